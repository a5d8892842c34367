internal import CLinux
internal import Glibc

/// Folders and whole files, private to the user or to the group that the folder around them is shared with.
enum Folders {
  /// Creates a folder; one that exists is fine.
  static func create(_ path: String) throws(StoreError) {
    guard clinux_make_folder(AT_FDCWD, path) == 0 || errno == EEXIST else {
      throw StoreError.system(path, "create")
    }
  }

  /// Creates a folder and those above it, and makes each new entry durable.
  static func createDurably(_ path: String) throws(StoreError) {
    if exists(path) { return }
    let parent = parent(of: path)
    try createDurably(parent)
    try create(path)
    try sync(parent)
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// The folder that holds a path.
  static func parent(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: 0x2F) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func sync(_ path: String) throws(StoreError) {
    try OpenFile(path, O_RDONLY | O_DIRECTORY).sync()
  }

  /// The names in a folder, without `.` and `..`, unsorted; none where it does not exist.
  static func names(in path: String) throws(StoreError) -> [String] {
    guard let folder = opendir(path) else {
      let error = StoreError.system(path, "list")
      if error.saysMissing { return [] }
      throw error
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  /// The whole content of a file.
  static func read(_ path: String) throws(StoreError) -> [UInt8] {
    let file = try OpenFile(path, O_RDONLY | O_NOFOLLOW)
    return try file.read(try file.size(), at: 0)
  }

  /// Writes a new file whole, durable where asked; its entry is the caller's to sync.
  static func write(
    _ bytes: some Sequence<UInt8>, to path: String, durable: Bool
  ) throws(StoreError) {
    let file = try OpenFile(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW)
    try file.write(bytes, at: 0)
    if durable { try file.sync() }
  }

  /// Writes beside the path, then takes its place; whoever reads sees the old or the new content.
  ///
  /// - Parameter isShared: Whether several processes may do that at once: each has a draft of its own then,
  ///   which a kill leaves behind.
  static func replace(
    _ path: String, with bytes: some Sequence<UInt8>, durable: Bool, isShared: Bool = false
  ) throws(StoreError) {
    let draft =
      isShared ? "\(path).\(getpid())-\(Digest.hex(of: systemRandom(4))).tmp" : path + ".tmp"
    do throws(StoreError) {
      try write(bytes, to: draft, durable: durable)
      try move(draft, to: path)
    } catch {
      unlink(draft)
      throw error
    }
    if durable { try sync(parent(of: path)) }
  }

  static func move(_ path: String, to target: String) throws(StoreError) {
    guard rename(path, target) == 0 else { throw StoreError.system(target, "create") }
  }

  /// Deletes a file; one that is gone already is fine.
  static func delete(_ path: String) throws(StoreError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw StoreError.system(path, "delete") }
  }

  /// Deletes a folder with all in it, as far as that goes; links are not followed.
  static func deleteTree(_ path: String) {
    if unlink(path) == 0 { return }
    for name in (try? names(in: path)) ?? [] { deleteTree("\(path)/\(name)") }
    rmdir(path)
  }
}
