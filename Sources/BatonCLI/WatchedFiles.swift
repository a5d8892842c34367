/// The files on which the outcome of tests depends, and how they were when somebody last looked.
struct WatchedFiles {
  private let project: String
  /// The files of tests that were named.
  private let given: [String]
  private var others: Set<String> = []
  private var seen: [String: FileAccess.Stamp]?

  /// - Parameters:
  ///   - project: the folder of the project.
  ///   - given: files of tests; what stands beside them is watched too.
  init(project: String, given: [String]) {
    self.project = project
    self.given = given
  }

  /// Watches more files: workflows that tests turned out to be about, wherever they are.
  mutating func add(_ paths: [String]) {
    for path in paths where others.insert(path).inserted {
      seen?[path] = FileAccess.stamp(of: path)
    }
  }

  /// Whether one was changed, made or removed since this was last asked; at first they all count as
  /// changed.
  mutating func haveChanged() -> Bool {
    let now = stamps()
    defer { seen = now }
    return now != seen
  }

  private func stamps() -> [String: FileAccess.Stamp] {
    var stamps: [String: FileAccess.Stamp] = [:]
    func add(_ path: String) { stamps[path] = FileAccess.stamp(of: path) }
    // Not what is written meanwhile: results, what a run leaves behind.
    func add(in folder: String) {
      for name in FileAccess.names(in: folder)
      where [".yaml", ".yml", ".json"].contains(where: name.hasSuffix) {
        add("\(folder)/\(name)")
      }
    }
    add("\(project)/baton.yaml")
    for folder in ["workflows", "calendars"] { add(in: "\(project)/\(folder)") }
    for plugin in FileAccess.names(in: "\(project)/plugins") {
      add("\(project)/plugins/\(plugin)/plugin.yaml")
    }
    for folder in Set(given.map(Self.folder(of:))) { add(in: folder) }
    for path in given + others { add(path) }
    return stamps
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
