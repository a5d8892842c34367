import Actions
import Glibc

/// A Maildir: one file a message, complete or not there.
struct Maildir: Sendable {
  let folder: ProjectFolder
  /// Relative to the project.
  let path: String

  /// Delivers a message under a name of its own: written to `tmp`, synced, renamed into `new`.
  ///
  /// A message that is there under that name already, read or unread, stays as it is.
  ///
  /// - Throws: as ``Actions/ProjectFolder/write(_:to:)``: `.notDurable` where it is in its place.
  func deliver(_ message: [UInt8], named name: String) throws(ProjectFolder.Problem) {
    let current = try folder.place(of: "\(path)/cur/x", creating: true)
    let new = try folder.place(of: "\(path)/new/x", creating: true)
    let temporary = try folder.place(of: "\(path)/tmp/x", creating: true)
    if holds(name, new.directory) || holds(name, current.directory) {
      // Who put it there may have been killed before it synced that.
      try sync(new.directory, "new")
      return try sync(current.directory, "cur")
    }
    let draft = "\(name).\(getpid()).\(UInt32.random(in: 0 ... .max))"
    do throws(WriteError) {
      try writeFile(in: temporary.directory, named: draft, message)
    } catch {
      throw .system(code: error.code, "\(path)/tmp")
    }
    guard renameat(temporary.directory, draft, new.directory, name) == 0 else {
      let code = errno
      unlinkat(temporary.directory, draft, 0)
      throw .system(code: code, "\(path)/new")
    }
    try sync(new.directory, "new")
  }

  private func sync(_ directory: Int32, _ part: String) throws(ProjectFolder.Problem) {
    guard folder.syncEntries(directory) else {
      throw .notDurable(code: errno, "the message in \(path)/\(part)")
    }
  }

  /// Whether a folder has the message, perhaps with the flags that a reader put behind its name.
  private func holds(_ name: String, _ directory: Int32) -> Bool {
    if faccessat(directory, name, F_OK, 0) == 0 { return true }
    let own = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard own >= 0, let listing = fdopendir(own) else { return false }
    defer { closedir(listing) }
    while let entry = readdir(listing) {
      let entryName = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if entryName.hasPrefix(name + ":") { return true }
    }
    return false
  }
}
