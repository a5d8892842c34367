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
  private let rows: UnsafeMutablePointer<Row>
  private let rowCount: Int
  /// The file, and behind it the texts that differ from what stands there: unescaped, folded, without
  /// indentation.
  private let bytes: UnsafeMutablePointer<UInt8>
  /// How the text and the source of the scalar belong together that was asked about last.
  private let segments = Mutex<(index: Int, map: SegmentMap)?>(nil)

  init(file: SourceFile, rows all: [Row], texts: [UInt8]) {
    self.file = file
    rowCount = all.count
    rows = .allocate(capacity: all.count)
    _ = UnsafeMutableBufferPointer(start: rows, count: all.count).initialize(fromContentsOf: all)
    let count = file.bytes.count
    bytes = .allocate(capacity: count + texts.count)
    _ = UnsafeMutableBufferPointer(start: bytes, count: count)
      .initialize(fromContentsOf: file.bytes)
    _ = UnsafeMutableBufferPointer(start: bytes + count, count: texts.count)
      .initialize(fromContentsOf: texts)
  }

  deinit {
    rows.deallocate()
    bytes.deallocate()
  }

  /// The row of a node.
  subscript(index: Int) -> Row {
    precondition(index < rowCount, "a row outside the tree")
    return rows[index]
  }

  /// Gives the text of a scalar.
  @inline(__always)
  func withText<Result>(
    at index: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    let row = self[index]
    return try body(UnsafeBufferPointer(start: bytes + Int(row.first), count: Int(row.count)))
  }

  /// Gives every plain scalar without a tag, from a node down, whose text passes a first look.
  func forEachPlainScalar(
    at index: Int, where isWanted: (UnsafeBufferPointer<UInt8>) -> Bool, _ body: (Int) -> Void
  ) {
    let row = self[index]
    switch row.kind {
    case .plain:
      if row.tag == .none, withText(at: index, isWanted) { body(index) }
    case .sequence, .mapping:
      for child in Int(row.first)..<Int(row.first) + Int(row.count) {
        forEachPlainScalar(at: child, where: isWanted, body)
      }
    case .single, .double, .literal, .folded: break
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
  struct Builder {
    let file: SourceFile
    private var rows: [Row] = []
    private var texts: [UInt8] = []
    private var stack: [Row] = []

    init(_ file: SourceFile) {
      self.file = file
      // About as many as a file of the usual density has.
      rows.reserveCapacity(file.bytes.count / 12)
    }

    /// How many nodes wait on the stack.
    var count: Int { stack.count }

    /// A row on the stack, from the bottom.
    subscript(place: Int) -> Row { stack[place] }

    mutating func push(_ row: Row) { stack.append(row) }

    mutating func drop(to count: Int) { stack.removeLast(stack.count - count) }

    /// Takes what waits from a place up as the children of a list or map.
    mutating func close(_ kind: Kind, from place: Int, _ span: SourceSpan) -> Row {
      let row = Row(kind, span, first: rows.count, count: stack.count - place)
      rows.append(contentsOf: stack[place...])
      drop(to: place)
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
      return Node(DocumentTree(file: file, rows: rows, texts: texts), rows.count - 1)
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
