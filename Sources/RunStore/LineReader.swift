internal import Glibc

/// Reads a file line by line in large pieces; memory is bounded by the longest line.
struct LineReader {
  private static let piece = 256 * 1024

  private let file: OpenFile
  private let end: Int
  private var buffer: [UInt8]
  private var filled = 0
  private var next = 0
  /// Where the buffer's first byte is in the file.
  private var base: Int

  /// - Parameter end: bytes of the file from here on are not looked at.
  init(_ file: OpenFile, from offset: Int, to end: Int) {
    self.file = file
    self.end = end
    base = offset
    buffer = [UInt8](repeating: 0, count: min(Self.piece, max(end - offset, 1)))
  }

  /// Where the next line begins in the file.
  var offset: Int { base + next }

  /// Hands the next line over without its newline, and whether it had one; nil at the end.
  mutating func next<Result>(
    _ body: (UnsafeRawBufferPointer, Bool) -> Result
  ) throws(StoreError) -> Result? {
    var searched = next
    while true {
      if let newline = newline(from: searched) {
        let line = next..<newline
        next = newline + 1
        return buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[line]), true) }
      }
      searched = filled - next
      guard try fill() else { break }
    }
    guard next < filled else { return nil }
    let line = next..<filled
    next = filled
    return buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[line]), false) }
  }

  private func newline(from start: Int) -> Int? {
    buffer.withUnsafeBytes { bytes in
      guard start < filled, let base = bytes.baseAddress,
        let found = memchr(base + start, 0x0A, filled - start)
      else { return nil }
      return UnsafeRawPointer(found) - base
    }
  }

  /// Moves what is left to the front and reads on; false at the end of the file.
  private mutating func fill() throws(StoreError) -> Bool {
    if next > 0 {
      buffer.withUnsafeMutableBytes { bytes in
        bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[next..<filled]))
      }
      base += next
      filled -= next
      next = 0
    }
    let left = end - base - filled
    guard left > 0 else { return false }
    if filled == buffer.count {
      buffer.append(contentsOf: repeatElement(0, count: min(buffer.count, left)))
    }
    let from = filled
    let place = base + filled
    let got = try buffer.withUnsafeMutableBufferPointer { (bytes) throws(StoreError) in
      let room = UnsafeMutableBufferPointer(rebasing: bytes[from..<min(bytes.count, from + left)])
      return try file.read(into: UnsafeMutableRawBufferPointer(room), at: place)
    }
    filled += got
    return got > 0
  }
}
