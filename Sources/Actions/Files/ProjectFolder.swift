internal import CLinux
import Glibc
import Synchronization

/// The folder of a project, and the only way to a file in it.
///
/// A path is walked component by component through open directories, so that neither `..`, nor an
/// absolute path, nor a symbolic link (also one that appears during the walk) leads outside.
package struct ProjectFolder: Sendable {
  /// The absolute path.
  package let path: String
  /// Makes the entries of an open directory durable; whether that worked.
  package let syncEntries: @Sendable (_ directory: Int32) -> Bool

  package init(
    _ path: String,
    syncEntries: @escaping @Sendable (_ directory: Int32) -> Bool = { fsync($0) == 0 }
  ) {
    self.path = path
    self.syncEntries = syncEntries
  }

  /// Why a path leads to no file.
  package enum Problem: Error, Hashable, Sendable {
    /// It is absolute, climbs out, or goes through a link that leads out; or it is the place where
    /// runs are kept.
    case outside(String)
    case invalid(String)
    case system(code: Int32, String)
    /// It is in its place already, but a loss of power may take it away again.
    case notDurable(code: Int32, String)

    /// One sentence.
    package var message: String {
      switch self {
      case .outside(let path): "`\(path)` is outside of the project folder"
      case .invalid(let path): "`\(path)` is not a path of a file"
      case .system(let code, let path): "`\(path)`: \(String(cString: strerror(code)))"
      case .notDurable(let code, let path):
        "`\(path)` is in its place, but could not be made safe from a loss of power:"
          + " \(String(cString: strerror(code)))"
      }
    }
  }

  /// An open directory of the project and the name of an entry in it.
  package struct Place: ~Copyable {
    package let directory: Int32
    package let name: String

    deinit { close(directory) }
  }

  /// Walks to the directory that holds (or will hold) a file.
  ///
  /// - Parameters:
  ///   - file: a path relative to the project folder.
  ///   - creating: whether folders that are missing on the way are made.
  /// - Throws: ``Problem``.
  package func place(of file: String, creating: Bool = false) throws(Problem) -> Place {
    guard !file.isEmpty, !file.utf8.contains(0), !file.hasSuffix("/") else {
      throw .invalid(file)
    }
    let start = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard start >= 0 else { throw .system(code: errno, path) }
    var walk = Walk(file: file, start: start, creating: creating)
    return try walk.run()
  }

  /// Makes durable which entries the folder of a file has: whoever made, renamed or deleted one may have been killed
  /// before it synced that, and then it is there to be seen, but not for a loss of power.
  ///
  /// - Throws: ``Problem``, as ``place(of:creating:)``.
  package func syncFolder(of file: String) throws(Problem) {
    let place = try place(of: file, creating: true)
    guard syncEntries(place.directory) else { throw .system(code: errno, file) }
  }

  /// The absolute path of a file whose directory was walked to, for libraries that want a path.
  ///
  /// - Throws: ``Problem``, as ``place(of:creating:)``.
  package func absolutePath(of file: String, creating: Bool = false) throws(Problem) -> String {
    let place = try place(of: file, creating: creating)
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = readlink("/proc/self/fd/\(place.directory)", &buffer, Int(PATH_MAX))
    guard count > 0 else { throw .system(code: errno, file) }
    guard
      let folder = String(validating: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    else { throw .invalid(file) }
    return folder == "/" ? "/" + place.name : folder + "/" + place.name
  }
}

/// The folders that this process has synced the folder above of.
private let durableFolders = Mutex<Set<FolderNumber>>([])

private struct FolderNumber: Hashable {
  let device: UInt64
  let inode: UInt64
}

/// A walk along a path, with the open directories it came through.
private struct Walk {
  private static let linkLimit = 40
  private static let runsFolder = ".baton"

  let file: String
  let creating: Bool
  private var directories: [Int32]
  private var pending: [Substring]
  private var links = 0

  init(file: String, start: Int32, creating: Bool) {
    self.file = file
    self.creating = creating
    directories = [start]
    pending = Self.components(file[...]).reversed()
    if file.hasPrefix("/") { pending.append("/") }
  }

  mutating func run() throws(ProjectFolder.Problem) -> ProjectFolder.Place {
    do throws(ProjectFolder.Problem) {
      let name = try walk()
      let directory = directories.removeLast()
      for descriptor in directories { close(descriptor) }
      return ProjectFolder.Place(directory: directory, name: name)
    } catch {
      for descriptor in directories { close(descriptor) }
      throw error
    }
  }

  private mutating func walk() throws(ProjectFolder.Problem) -> String {
    while let component = pending.popLast() {
      if component == "/" { throw .outside(file) }
      if component == "." { continue }
      if component == ".." {
        guard directories.count > 1 else { throw .outside(file) }
        close(directories.removeLast())
        continue
      }
      if directories.count == 1, component == Self.runsFolder { throw .outside(file) }
      let name = String(component)
      if let target = try link(name) {
        try follow(target)
      } else if pending.isEmpty {
        return name
      } else {
        directories.append(try enter(name))
      }
    }
    throw .invalid(file)
  }

  private var directory: Int32 { directories[directories.count - 1] }

  /// Where the entry points to, where it is a symbolic link.
  private func link(_ name: String) throws(ProjectFolder.Problem) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = readlinkat(directory, name, &buffer, Int(PATH_MAX))
    guard count >= 0 else { return nil }
    let target = buffer[..<count].map(UInt8.init(bitPattern:))
    guard let text = String(validating: target, as: UTF8.self) else { throw .invalid(file) }
    return text
  }

  private mutating func follow(_ target: String) throws(ProjectFolder.Problem) {
    links += 1
    guard links <= Self.linkLimit else { throw .system(code: ELOOP, file) }
    guard !target.hasPrefix("/") else { throw .outside(file) }
    pending += Self.components(target[...]).reversed()
  }

  private func enter(_ name: String) throws(ProjectFolder.Problem) -> Int32 {
    let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
    var descriptor = openat(directory, name, flags)
    if descriptor < 0, errno == ENOENT, creating {
      _ = clinux_make_folder(directory, name)
      descriptor = openat(directory, name, flags)
    }
    guard descriptor >= 0 else { throw .system(code: errno, file) }
    if creating { makeDurable(descriptor) }
    return descriptor
  }

  /// Syncs that a folder is there, once in a process: whoever made it may have been killed before it did.
  private func makeDurable(_ descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return }
    let number = FolderNumber(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    if durableFolders.withLock({ $0.contains(number) }) { return }
    fsync(directory)
    durableFolders.withLock { _ = $0.insert(number) }
  }

  private static func components(_ path: Substring) -> [Substring] {
    path.split(separator: "/", omittingEmptySubsequences: true)
  }
}
