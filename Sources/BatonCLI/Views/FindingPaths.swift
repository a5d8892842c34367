import Glibc

/// Paths of files as tools want them that show findings beside the source: from the root of the
/// repository, whatever the current folder is.
struct FindingPaths {
  /// The repository's root, absolute, without links; nil where there is none.
  private let root: String?
  /// The current folder.
  private let folder: String

  /// - Parameters:
  ///   - workspace: `GITHUB_WORKSPACE`: where a job of GitHub Actions has the repository.
  ///   - folder: the current folder.
  init(workspace: String?, folder: String) {
    self.folder = folder
    let real = Self.resolved(folder)
    if let workspace, !workspace.isEmpty,
      Self.path(real + "/", below: Self.resolved(workspace)) != nil
    {
      root = Self.resolved(workspace)
    } else {
      root = Self.repository(around: real)
    }
  }

  /// Those of this process.
  static var current: FindingPaths {
    let folder = getcwd(nil, 0)
    defer { free(folder) }
    return FindingPaths(
      workspace: getenv("GITHUB_WORKSPACE").map { String(cString: $0) },
      folder: folder.map { String(cString: $0) } ?? ".")
  }

  /// The path from the root of the repository; nil for a file outside of it, and where there is none.
  func fromRoot(_ path: String) -> String? {
    guard let root else { return nil }
    let whole = path.hasPrefix("/") ? path : "\(folder)/\(path)"
    let slash = whole.lastIndex(of: "/") ?? whole.startIndex
    // A link to a file stays what it is: tools know it by its name.
    return Self.path(Self.resolved(String(whole[..<slash])) + whole[slash...], below: root)
  }

  // MARK: Folders

  private static func path(_ path: String, below root: String) -> String? {
    let start = root.hasSuffix("/") ? root : root + "/"
    return path.hasPrefix(start) ? String(path.dropFirst(start.count)) : nil
  }

  /// The nearest folder upwards with a `.git`, which is a file in a work tree.
  private static func repository(around folder: String) -> String? {
    var folder = folder[...]
    while !folder.isEmpty {
      if FileAccess.exists("\(folder)/.git") { return String(folder) }
      folder = folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)]
    }
    return nil
  }

  private static func resolved(_ folder: String) -> String {
    guard let found = realpath(folder.isEmpty ? "/" : folder, nil) else { return folder }
    defer { free(found) }
    return String(cString: found)
  }
}
