import Glibc

/// A table of any number of rows, which is written as it comes: its rows are asked for twice, first
/// for the widths of the columns, then for the text.
///
/// It looks as ``Table`` does.
package enum LongTable {
  /// Writes a table; nothing where there is no row.
  ///
  /// - Parameter row: adds the cells of the row of a number, the same both times.
  package static func write(
    _ header: [String], rows: Int, to sink: TextSink, _ row: (Int, inout TableRow) -> Void
  ) {
    guard rows > 0 else { return }
    var pen = TableRow(columns: header.count, sink)
    for number in 0..<rows {
      row(number, &pen)
      pen.end()
    }
    pen.beginWriting(header)
    for number in 0..<rows {
      row(number, &pen)
      pen.end()
    }
    pen.flush()
  }
}

/// The cells of a row of a ``LongTable``, added from the left to the right.
package struct TableRow: ~Copyable {
  /// Whether only the widths of the cells matter yet.
  package private(set) var isMeasuring = true
  private let sink: TextSink
  /// Of each column; 0 for one that is left out.
  private var widths: [Int]
  private let output: OutputPage
  private var column = 0
  private var isFirst = true
  /// The spaces that come before the next text.
  private var missing = 0

  init(columns: Int, _ sink: TextSink) {
    widths = Array(repeating: 0, count: columns)
    self.sink = sink
    output = OutputPage(sink)
  }

  /// Adds a cell, dressed once its width is known.
  package mutating func add(_ text: String, dress: ((String) -> String)? = nil) {
    guard let dress, !isMeasuring else {
      var text = text
      return text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }
    let shown = Self.shown(text)
    var dressed = shown.isEmpty ? "" : dress(shown)
    let width = TextLayout.width(of: shown)
    dressed.withUTF8 { put(UnsafeRawBufferPointer($0), width: width) }
  }

  /// Adds a cell of UTF-8.
  package mutating func add(_ text: UnsafeRawBufferPointer) {
    if text.isPlain { return put(text, width: text.count) }
    if let width = text.narrowWidth { return put(text, width: width) }
    var shown = Self.shown(String(decoding: text, as: UTF8.self))
    let width = TextLayout.width(of: shown)
    shown.withUTF8 { put(UnsafeRawBufferPointer($0), width: width) }
  }

  private static func shown(_ text: String) -> String {
    TextLayout.harmless(text).split(separator: "\n").joined(separator: " ")
  }

  private mutating func put(_ text: UnsafeRawBufferPointer, width: Int) {
    let column = column
    self.column = column &+ 1
    guard column < widths.count else { return }
    if isMeasuring {
      if width > widths[column] { widths[column] = width }
      return
    }
    let full = widths[column]
    guard full > 0 else { return }
    if !isFirst { missing &+= 2 }
    isFirst = false
    if !text.isEmpty {
      output.putSpaces(missing)
      output.put(text)
      missing = 0
    }
    missing &+= full &- width
  }

  mutating func end() {
    column = 0
    isFirst = true
    missing = 0
    if !isMeasuring { output.endLine() }
  }

  mutating func beginWriting(_ header: [String]) {
    isMeasuring = false
    let shown = header.indices.filter { widths[$0] > 0 }
    for column in shown { widths[column] = max(widths[column], header[column].count) }
    var line = shown.map { TextLayout.padded(header[$0], to: widths[$0]) }
      .joined(separator: "  ")[...]
    while line.last == " " { line.removeLast() }
    var text = sink.style.dim(String(line))
    text.withUTF8 { output.put(UnsafeRawBufferPointer($0)) }
    output.endLine()
  }

  func flush() { output.flush() }
}

/// Memory in which lines are put together, and written in large pieces.
private final class OutputPage {
  private let sink: TextSink
  private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 8)
  private var count = 0

  init(_ sink: TextSink) { self.sink = sink }

  deinit { memory.deallocate() }

  func put(_ text: UnsafeRawBufferPointer) {
    guard let source = text.baseAddress, let target = room(for: text.count) else {
      flush()
      return sink.write(Array(text))
    }
    memcpy(target, source, text.count)
    count &+= text.count
  }

  func putSpaces(_ number: Int) {
    var left = number
    while left > 0 {
      let part = min(left, memory.count)
      guard let target = room(for: part) else { return }
      memset(target, 0x20, part)
      count &+= part
      left &-= part
    }
  }

  func endLine() {
    room(for: 1)?.storeBytes(of: 0x0A, as: UInt8.self)
    count &+= 1
  }

  func flush() {
    sink.write(Array(memory[..<count]))
    count = 0
  }

  /// Where so many bytes can be put; nil where they are more than the memory holds.
  private func room(for number: Int) -> UnsafeMutableRawPointer? {
    if number > memory.count &- count { flush() }
    guard number <= memory.count else { return nil }
    return memory.baseAddress.map { $0 + count }
  }
}

extension UnsafeRawBufferPointer {
  /// How many columns the text fills, where it is made of printable ASCII, and of letters of European
  /// alphabets that fill one column each; nil for any other.
  ///
  /// It is what ``TextLayout`` says, without looking for what belongs together.
  var narrowWidth: Int? {
    var width = 0
    var offset = 0
    while offset < count {
      let byte = self[offset]
      width &+= 1
      offset &+= 1
      if byte >= 0x20, byte < 0x7F { continue }
      guard offset < count, case let next = self[offset], next & 0xC0 == 0x80 else { return nil }
      // U+00C0 to U+02FF, and Greek and Cyrillic from U+0388 to U+047F.
      guard 0xC3...0xCB ~= byte || (byte == 0xCE && next >= 0x88) || 0xCF...0xD1 ~= byte else {
        return nil
      }
      offset &+= 1
    }
    return width
  }

  /// Whether there is nothing in it but what fills one column each: ASCII without controls.
  ///
  /// Complexity: a few operations for 8 bytes.
  fileprivate var isPlain: Bool {
    guard let baseAddress else { return true }
    guard count >= 8 else { return allSatisfy { $0 >= 0x20 && $0 < 0x7F } }
    var offset = 0
    while offset &+ 8 < count {
      guard Self.isPlain(baseAddress, offset) else { return false }
      offset &+= 8
    }
    // The last ones together with some that were looked at.
    return Self.isPlain(baseAddress, count &- 8)
  }

  @inline(__always)
  private static func isPlain(_ base: UnsafeRawPointer, _ offset: Int) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let word = base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    // A byte that is ASCII has its highest bit set here where it is a control or DEL.
    let controls = (word &- ones &* 0x20) | (word &+ ones)
    return (word | controls) & (ones &* 0x80) == 0
  }
}
