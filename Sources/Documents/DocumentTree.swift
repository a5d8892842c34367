import Glibc
import SourceText
import Synchronization

/// A document as one table: a row of twenty bytes for each node, the children of a list or map side by
/// side, and texts left in the bytes of the file wherever they stand there as they are.
///
/// ``Node``, ``Scalar`` and ``Member`` are places in it. The memory is its own, so that looking at a row
/// or a text counts no references; it is written before anybody has the tree, and never again. That is
/// why threads may share it.
final class DocumentTree: @unchecked Sendable {
  /// What a row describes; of a scalar, how it was written.
  enum Kind: UInt8 {
    case plain, single, double, literal, folded
    case sequence, mapping

    var isScalar: Bool { rawValue < Kind.sequence.rawValue }
  }

  struct Row {
    var kind: Kind
    var tag = Scalar.Tag.none
    var start: UInt32
    var end: UInt32
    /// Where the text of a scalar begins among the tree's bytes, or which row is the first child of a
    /// list or map.
    var first: UInt32
    /// How many bytes or rows there are; a member of a map has two, its key and its value.
    var count: UInt32

    init(_ kind: Kind, _ span: SourceSpan, first: Int = 0, count: Int = 0) {
      self.kind = kind
      start = UInt32(clamping: span.start)
      end = UInt32(clamping: span.end)
      self.first = UInt32(clamping: first)
      self.count = UInt32(clamping: count)
    }

    var span: SourceSpan { SourceSpan(start: Int(start), end: Int(end)) }
  }

  let file: SourceFile
  private let rows: RowBuffer
  private let bytes: Bytes

  /// Where texts lie.
  private struct Bytes {
    /// The bytes of the file, which lie still as long as the tree has the file.
    let file: UnsafePointer<UInt8>
    let size: Int
    /// The texts that differ from what stands there: unescaped, folded, without indentation. Rows count
    /// on from the end of the file to them.
    let others: UnsafeMutablePointer<UInt8>

    @inline(__always)
    func text(of row: Row) -> UnsafeBufferPointer<UInt8> {
      let first = Int(row.first)
      return UnsafeBufferPointer(
        start: first < size ? file + first : UnsafePointer(others) + (first - size),
        count: Int(row.count))
    }
  }

  /// How the text and the source of the scalar belong together that was asked about last.
  private let segments = Mutex<(index: Int, map: SegmentMap)?>(nil)

  init(file: SourceFile, rows: consuming RowBuffer, texts: [UInt8]) {
    self.file = file
    self.rows = rows
    let others = UnsafeMutablePointer<UInt8>.allocate(capacity: max(texts.count, 1))
    _ = UnsafeMutableBufferPointer(start: others, count: texts.count)
      .initialize(fromContentsOf: texts)
    bytes = Bytes(
      file: file.bytes.withUnsafeBufferPointer { $0.baseAddress ?? UnsafePointer(others) },
      size: file.bytes.count, others: others)
  }

  deinit { bytes.others.deallocate() }

  /// The row of a node.
  subscript(index: Int) -> Row { rows[index] }

  /// Gives the text of a scalar.
  @inline(__always)
  func withText<Result>(
    at index: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    try body(bytes.text(of: self[index]))
  }

  /// Gives every plain scalar of the document without a tag whose text passes a first look, once, however
  /// many aliases name it.
  func forEachPlainScalar(
    where isWanted: (UnsafeBufferPointer<UInt8>) -> Bool, _ body: (Int) -> Void
  ) {
    for index in 0..<rows.count {
      let row = rows[index]
      if row.kind == .plain, row.tag == .none, isWanted(bytes.text(of: row)) { body(index) }
    }
  }

  /// Where a piece of a scalar's text stands in the file.
  func fileSpan(_ range: Range<Int>, of scalar: Scalar) -> SourceSpan {
    segments.withLock { segments in
      if let segments, segments.index == scalar.index { return segments.map.fileSpan(range) }
      let map = SegmentMap(scalar)
      segments = (scalar.index, map)
      return map.fileSpan(range)
    }
  }
}

extension DocumentTree {
  /// Puts a tree together from the leaves up: children wait on a stack until their list or map ends.
  struct Builder: ~Copyable {
    let file: SourceFile
    private var rows: RowBuffer
    private var texts: [UInt8] = []
    private var stack = RowBuffer(capacity: 64)

    /// - Parameter size: how many bytes of the file are read.
    init(_ file: SourceFile, size: Int) {
      self.file = file
      // As many as a dense file has; what is not needed is given back.
      rows = RowBuffer(capacity: size / 6)
    }

    /// How many nodes wait on the stack.
    var count: Int { stack.count }

    /// A row on the stack, from the bottom.
    subscript(place: Int) -> Row { stack[place] }

    mutating func push(_ row: Row) { stack.append(row) }

    mutating func drop(to count: Int) { stack.drop(to: count) }

    /// Takes what waits from a place up as the children of a list or map.
    mutating func close(_ kind: Kind, from place: Int, _ span: SourceSpan) -> Row {
      let row = Row(kind, span, first: rows.count, count: stack.count - place)
      rows.take(from: place, of: &stack)
      return row
    }

    /// A scalar whose text is a piece of the file.
    func scalar(_ kind: Kind, _ tag: Scalar.Tag, _ span: SourceSpan, text: Range<Int>) -> Row {
      var row = Row(kind, span, first: text.lowerBound, count: text.count)
      row.tag = tag
      return row
    }

    /// A scalar with a text of its own.
    mutating func scalar(
      _ kind: Kind, _ tag: Scalar.Tag, _ span: SourceSpan, text: some Collection<UInt8>
    ) -> Row {
      var row = Row(kind, span, first: file.bytes.count + texts.count, count: text.count)
      row.tag = tag
      texts.append(contentsOf: text)
      return row
    }

    /// Whether two scalars have the same text.
    func haveSameText(_ one: Row, _ other: Row) -> Bool {
      guard one.count == other.count else { return false }
      return withText(of: one) { left in
        withText(of: other) { right in left.hasSameBytes(as: right) }
      }
    }

    func text(of row: Row) -> String { withText(of: row) { String(decoding: $0, as: UTF8.self) } }

    /// The node whose row is the root; the builder is of no use afterwards.
    mutating func finish(_ root: Row) -> Node {
      rows.append(root)
      rows.trim()
      let index = rows.count - 1
      var whole = RowBuffer(capacity: 0)
      swap(&whole, &rows)
      return Node(DocumentTree(file: file, rows: whole, texts: texts), index)
    }

    /// Whether the text of a scalar is this one, of two bytes.
    func isText(of row: Row, _ first: UInt8, _ second: UInt8) -> Bool {
      withText(of: row) { $0.count == 2 && $0[0] == first && $0[1] == second }
    }

    @inline(__always)
    private func withText<Result>(
      of row: Row, _ body: (UnsafeBufferPointer<UInt8>) -> Result
    ) -> Result {
      let start = Int(row.first)
      let size = file.bytes.count
      if start < size || row.count == 0 {
        let range = min(start, size)..<min(start, size) + Int(row.count)
        return file.bytes.withUnsafeBufferPointer { body(.init(rebasing: $0[range])) }
      }
      let range = start - size..<start - size + Int(row.count)
      return texts.withUnsafeBufferPointer { body(.init(rebasing: $0[range])) }
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether both hold the same bytes.
  func hasSameBytes(as other: UnsafeBufferPointer<UInt8>) -> Bool {
    guard count == other.count else { return false }
    guard let start = baseAddress, let otherStart = other.baseAddress else { return true }
    return memcmp(start, otherStart, count) == 0
  }
}

extension String {
  /// Gives the bytes of the text, which are not copied.
  func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    if let result = utf8.withContiguousStorageIfAvailable(body) { return result }
    return Array(utf8).withUnsafeBufferPointer(body)
  }
}
