internal import CLinux
internal import Glibc

/// An open file or folder that closes itself; every failure is a ``StoreError`` with its path.
final class OpenFile {
  let descriptor: Int32
  let path: String

  /// Opens, or with `O_CREAT` creates, for this user alone or for the group that the folder is shared
  /// with; child processes do not inherit it.
  init(_ path: String, _ flags: Int32) throws(StoreError) {
    // Whoever reads does not wait for somebody to write into a pipe that was put there.
    let waiting = flags & O_ACCMODE == O_RDONLY ? O_NONBLOCK : 0
    let descriptor = clinux_open(AT_FDCWD, path, flags | waiting)
    guard descriptor >= 0 else { throw StoreError.system(path, "open") }
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close(descriptor) }

  func size() throws(StoreError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw StoreError.system(path, "look at") }
    return Int(status.st_size)
  }

  /// The number that tells it from the other files of its file system.
  func inode() throws(StoreError) -> UInt {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw StoreError.system(path, "look at") }
    return UInt(status.st_ino)
  }

  /// Reads up to `count` bytes; fewer at the end of the file.
  func read(_ count: Int, at offset: Int) throws(StoreError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let got = try bytes.withUnsafeMutableBufferPointer { (buffer) throws(StoreError) in
      try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
    }
    bytes.removeLast(count - got)
    return bytes
  }

  /// Fills the buffer as far as the file goes, and returns how far that was.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(StoreError) -> Int {
    var done = 0
    while done < buffer.count, let base = buffer.baseAddress {
      let got = pread(descriptor, base + done, buffer.count - done, off_t(offset + done))
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else { throw StoreError.system(path, "read") }
      if got == 0 { break }
      done += got
    }
    return done
  }

  /// Writes all of it at a place in the file.
  func write(_ bytes: some Sequence<UInt8>, at offset: Int) throws(StoreError) {
    let code =
      bytes.withContiguousStorageIfAvailable { write($0, at: offset) }
      ?? Array(bytes).withUnsafeBufferPointer { write($0, at: offset) }
    if code != 0 { throw StoreError(code, path, "write") }
  }

  /// Writes all of it at the end, in one call where the kernel takes it whole.
  func append(_ bytes: [UInt8]) throws(StoreError) {
    var done = 0
    while done < bytes.count {
      let put = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done)
      }
      if put < 0 && errno == EINTR { continue }
      guard put > 0 else { throw StoreError.system(path, "write") }
      done += put
    }
  }

  /// Begins to bring what was written to the disk, without waiting.
  func beginWriting() { clinux_begin_writing(descriptor) }

  func truncate(to size: Int) throws(StoreError) {
    guard ftruncate(descriptor, off_t(size)) == 0 else { throw StoreError.system(path, "shorten") }
  }

  /// Makes the content durable, and what of the metadata is needed to read it.
  func syncData() throws(StoreError) {
    while fdatasync(descriptor) != 0 {
      guard errno == EINTR else { throw StoreError.system(path, "sync") }
    }
  }

  /// Makes content and metadata durable; for a folder, its entries.
  func sync() throws(StoreError) {
    while fsync(descriptor) != 0 {
      guard errno == EINTR else { throw StoreError.system(path, "sync") }
    }
  }

  private func write(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int) -> Int32 {
    var done = 0
    while done < bytes.count, let base = bytes.baseAddress {
      let put = pwrite(descriptor, base + done, bytes.count - done, off_t(offset + done))
      if put < 0 && errno == EINTR { continue }
      guard put > 0 else { return put == 0 ? EIO : errno }
      done += put
    }
    return 0
  }
}

extension StoreError {
  /// The error of a system call that just failed.
  static func system(_ path: String, _ action: String) -> StoreError {
    StoreError(errno, path, action)
  }

  init(_ code: Int32, _ path: String, _ action: String) {
    switch code {
    case ENOSPC, EDQUOT, EFBIG: self = .diskFull(path: path)
    case EACCES, EPERM: self = .noPermission(path: path)
    case EROFS: self = .readOnly(path: path)
    default: self = .failed(path: path, action: action, errno: code)
    }
  }

  /// Whether it says nothing of what a file holds: it could not be read.
  var saysUnreadable: Bool {
    switch self {
    case .noPermission: true
    case .failed: !saysMissing
    default: false
    }
  }

  /// Whether it says that a file is not there.
  var saysMissing: Bool {
    if case .failed(_, _, let code) = self { code == ENOENT || code == ENOTDIR } else { false }
  }
}

/// What the system calls an error number.
func describe(_ code: Int32) -> String {
  var text = [CChar](repeating: 0, count: 128)
  guard strerror_r(code, &text, text.count) == 0 else { return "error \(code)" }
  let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
  return String(decoding: bytes, as: UTF8.self).lowercased()
}
