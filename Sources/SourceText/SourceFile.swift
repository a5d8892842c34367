import Glibc
import Synchronization

/// A file as its author wrote it: bytes that never change, and where its lines are.
///
/// Places are UTF-8 byte offsets; lines and columns are computed for display only.
package final class SourceFile: Sendable {
  /// The path as it is shown to people.
  package let path: String
  package let bytes: [UInt8]
  /// The offset at which each line starts; never empty. They are looked for when somebody asks for a line:
  /// of most files nobody does.
  private var lineStarts: [Int] {
    foundLineStarts.withLock { found in
      if let found { return found }
      let starts = Self.lineStarts(of: bytes)
      found = starts
      return starts
    }
  }
  private let foundLineStarts = Mutex<[Int]?>(nil)

  package init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }

  /// A file whose content is at hand as text.
  package convenience init(path: String, text: String) {
    self.init(path: path, bytes: Array(text.utf8))
  }

  /// The whole content; bytes that are not UTF-8 are shown as U+FFFD.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// How many lines there are; at least one.
  package var lineCount: Int { lineStarts.count }

  /// The line and column, both from 1 and counted in Unicode scalars. Offsets outside the file are
  /// taken as its nearest end.
  package func location(of offset: Int) -> (line: Int, column: Int) {
    let offset = min(max(offset, 0), bytes.count)
    let line = lineNumber(of: offset)
    let start = contentStart(ofLine: line)
    let column = bytes[min(start, offset)..<offset].count { $0 & 0xC0 != 0x80 }
    return (line, column + 1)
  }

  /// A line's text without its line break; empty for a line that does not exist.
  package func line(_ number: Int) -> String {
    String(decoding: bytes[range(ofLine: number)], as: UTF8.self)
  }

  /// The byte range of a line without its line break; empty for a line that does not exist.
  package func range(ofLine number: Int) -> Range<Int> {
    let lineStarts = lineStarts
    guard (1...lineStarts.count).contains(number) else { return bytes.count..<bytes.count }
    let start = contentStart(ofLine: number)
    var end = number < lineStarts.count ? lineStarts[number] : bytes.count
    while end > start, bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
    return start..<end
  }

  /// The text of a span.
  package subscript(span: SourceSpan) -> String {
    let start = min(max(span.start, 0), bytes.count)
    return String(decoding: bytes[start..<min(max(span.end, start), bytes.count)], as: UTF8.self)
  }

  /// The number of the line, from 1, that holds an offset.
  func lineNumber(of offset: Int) -> Int {
    let lineStarts = lineStarts
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }

  /// Where a line's text starts: a byte order mark is no part of the first line.
  private func contentStart(ofLine number: Int) -> Int {
    number == 1 && bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : lineStarts[number - 1]
  }

  private static func lineStarts(of bytes: [UInt8]) -> [Int] {
    var starts = [0]
    bytes.withUnsafeBufferPointer { buffer in
      let hasReturns = buffer.baseAddress.map { memchr($0, 0x0D, buffer.count) != nil } ?? false
      var index = 0
      while let base = buffer.baseAddress, index < buffer.count {
        if hasReturns, buffer[index] == 0x0D {
          index += index + 1 < buffer.count && buffer[index + 1] == 0x0A ? 2 : 1
          starts.append(index)
        } else if hasReturns, buffer[index] != 0x0A {
          index += 1
        } else {
          guard let found = memchr(base + index, 0x0A, buffer.count - index) else { break }
          index = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - base + 1
          starts.append(index)
        }
      }
    }
    return starts
  }
}

/// A piece of a file: UTF-8 byte offsets, the end exclusive.
package struct SourceSpan: Hashable, Sendable {
  // In half the space, since there are many; no file is nearly so large.
  @usableFromInline var first: UInt32
  @usableFromInline var last: UInt32

  @inlinable package var start: Int {
    get { Int(first) }
    set { first = UInt32(clamping: newValue) }
  }

  @inlinable package var end: Int {
    get { Int(last) }
    set { last = UInt32(clamping: newValue) }
  }

  @inlinable package init(start: Int, end: Int) {
    first = UInt32(clamping: start)
    last = UInt32(clamping: end)
  }

  package init(_ range: Range<Int>) { self.init(start: range.lowerBound, end: range.upperBound) }

  package var isEmpty: Bool { end <= start }

  /// The smallest span that holds both.
  package func union(_ other: SourceSpan) -> SourceSpan {
    SourceSpan(start: min(start, other.start), end: max(end, other.end))
  }
}
