import CommandLineKit
import Documents
import Glibc

/// Reading and writing whole files.
enum FileAccess {
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// What tells one state of a file from another.
  struct Stamp: Equatable {
    let seconds: Int
    let nanoseconds: Int
    let size: Int
  }

  /// nil where there is no such file.
  static func stamp(of path: String) -> Stamp? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return Stamp(
      seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec,
      size: Int(status.st_size))
  }

  /// The bytes of a file; `-` is standard input.
  ///
  /// - Parameter limit: how many bytes are enough: no document may have more than its reader takes, and a file
  ///   may have no end.
  static func read(
    _ path: String, console: Console, limit: Int = DocumentReader.sizeLimit + 1
  ) throws(CommandFailure) -> [UInt8] {
    if path == "-" { return console.input.everything(upTo: limit) }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .file(path, "read", lastProblem) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var status = stat()
    if fstat(descriptor, &status) == 0 {
      bytes.reserveCapacity(min(max(0, Int(status.st_size)), limit))
    }
    var chunk = [UInt8](repeating: 0, count: 65536)
    while bytes.count < limit {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .file(path, "read", lastProblem) }
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    return bytes
  }

  /// Writes a file.
  ///
  /// - Parameter isPrivate: only the user may read it, where it is new; else whoever the user lets
  ///   read new files.
  static func write(
    _ text: String, to path: String, isPrivate: Bool = true
  ) throws(CommandFailure) {
    let mode: mode_t = isPrivate ? 0o600 : 0o666
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw .file(path, "write", lastProblem) }
    defer { close(descriptor) }
    guard put(text, into: descriptor) else { throw .file(path, "write", lastProblem) }
  }

  /// Whether all of a text could be written; else `errno` says why not.
  private static func put(_ text: String, into descriptor: Int32) -> Bool {
    let bytes = Array(text.utf8)
    var position = 0
    while position < bytes.count {
      let count = bytes[position...].withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      position += count
    }
    return true
  }

  /// Writes a file that must not be there yet; where that fails, there is none.
  static func create(_ path: String, with text: String) throws(CommandFailure) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .file(path, "write", lastProblem) }
    defer { close(descriptor) }
    guard put(text, into: descriptor) else {
      let problem = lastProblem
      unlink(path)
      throw .file(path, "write", problem)
    }
  }

  /// Makes a folder, unless it is there.
  static func createFolder(_ path: String) throws(CommandFailure) {
    guard mkdir(path, 0o755) != 0, !isFolder(path) else { return }
    throw .file(path, "make the folder", lastProblem)
  }

  /// Puts a text in the place of a file at once: whoever reads meanwhile, or after a crash, sees the old
  /// or the new one, and nothing is left beside it where that fails. Links are followed, and the file's permissions stay.
  static func replace(_ path: String, with text: String) throws(CommandFailure) {
    guard let resolved = realpath(path, nil) else { throw .file(path, "write", lastProblem) }
    let target = String(cString: resolved)
    free(resolved)
    var status = stat()
    let mode = stat(target, &status) == 0 ? status.st_mode & 0o7777 : 0o600
    let temporary = "\(target).\(getpid()).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .file(path, "write", lastProblem) }
    defer { close(descriptor) }
    guard put(text, into: descriptor), fchmod(descriptor, mode) == 0, fsync(descriptor) == 0,
      rename(temporary, target) == 0
    else {
      let problem = lastProblem
      unlink(temporary)
      throw .file(path, "write", problem)
    }
  }

  /// The names in a folder, sorted; nothing where there is no such folder.
  static func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  private static var lastProblem: String { String(cString: strerror(errno)).lowercased() }
}
