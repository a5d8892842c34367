internal import CLinux
import Glibc

extension ProjectFolder {
  /// The bytes of a regular file.
  ///
  /// - Parameter limit: the largest size that is read; a larger file is `EFBIG`.
  /// - Throws: ``Problem``; a folder, a pipe or a device is `.invalid`.
  package func read(_ file: String, limit: Int) throws(Problem) -> [UInt8] {
    let place = try place(of: file)
    // Without O_NONBLOCK opening a named pipe would wait for its writer.
    let descriptor = openat(
      place.directory, place.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(code: errno, file) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(code: errno, file) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .invalid(file) }
    guard status.st_size <= limit else { throw .system(code: EFBIG, file) }
    guard let bytes = readAll(descriptor, expected: Int(status.st_size), limit: limit) else {
      throw .system(code: errno, file)
    }
    return bytes
  }

  /// Puts a file in place whole: whoever looks sees the old content or the new one, and after this
  /// returns the new one survives a crash.
  ///
  /// Missing folders are made. The file is private to the user, or to the group that its folder is shared with.
  /// - Throws: ``Problem``; then the old content is still there, unless it is `.notDurable`.
  package func write(_ bytes: some Sequence<UInt8>, to file: String) throws(Problem) {
    let place = try place(of: file, creating: true)
    do throws(WriteError) {
      try replaceFile(in: place.directory, named: place.name, with: Array(bytes))
    } catch {
      throw .system(code: error.code, file)
    }
    guard syncEntries(place.directory) else { throw .notDurable(code: errno, file) }
  }
}

/// A failed system call.
package struct WriteError: Error, Hashable, Sendable {
  package let code: Int32
  package init(code: Int32) { self.code = code }
}

/// Writes to a temporary file beside the target, syncs it, renames it; the folder is the caller's to sync.
///
/// - Throws: ``WriteError``; the temporary file is gone by then.
private func replaceFile(
  in directory: Int32, named name: String, with bytes: [UInt8]
) throws(WriteError) {
  let temporary = ".baton-\(getpid())-\(UInt64.random(in: 0 ... .max))"
  try writeFile(in: directory, named: temporary, bytes)
  guard renameat(directory, temporary, directory, name) == 0 else {
    let code = errno
    unlinkat(directory, temporary, 0)
    throw WriteError(code: code)
  }
}

/// Writes a new file and syncs it.
///
/// - Throws: ``WriteError``; what was written is gone by then.
package func writeFile(
  in directory: Int32, named name: String, _ bytes: [UInt8]
) throws(WriteError) {
  let descriptor = clinux_open(directory, name, O_WRONLY | O_CREAT | O_EXCL)
  guard descriptor >= 0 else { throw WriteError(code: errno) }
  var succeeded = writeAll(descriptor, bytes) && fsync(descriptor) == 0
  let code = errno
  succeeded = close(descriptor) == 0 && succeeded
  guard succeeded else {
    unlinkat(directory, name, 0)
    throw WriteError(code: code)
  }
}

private func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
  bytes.withUnsafeBytes { buffer in
    var written = 0
    while written < buffer.count {
      let count = write(
        descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      written += count
    }
    return true
  }
}

/// Everything up to the end; nil where reading fails or there is more than `limit`.
private func readAll(_ descriptor: Int32, expected: Int, limit: Int) -> [UInt8]? {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(expected)
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = read(descriptor, &chunk, chunk.count)
    if count < 0, errno == EINTR { continue }
    guard count >= 0 else { return nil }
    if count == 0 { return bytes }
    bytes.append(contentsOf: chunk[..<count])
    guard bytes.count <= limit else {
      errno = EFBIG
      return nil
    }
  }
}
