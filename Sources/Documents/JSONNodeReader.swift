import SourceText
import Values

/// Reads a JSON file into a tree with places.
struct JSONNodeReader {
  private let file: SourceFile
  private let diagnostics: Diagnostics
  private var scanner: JSONScanner
  private let stack = ElementStack<Member>()

  /// - Returns: nil where the file is not JSON; the finding says where.
  static func read(_ file: SourceFile, into diagnostics: Diagnostics) -> Node? {
    file.bytes.withUnsafeBufferPointer { bytes in
      var reader = JSONNodeReader(file: file, diagnostics: diagnostics, bytes: bytes)
      return reader.document()
    }
  }

  private init(file: SourceFile, diagnostics: Diagnostics, bytes: UnsafeBufferPointer<UInt8>) {
    self.file = file
    self.diagnostics = diagnostics
    scanner = JSONScanner(bytes)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { scanner.position = 3 }
  }

  private mutating func document() -> Node? {
    do throws(JSONError) {
      let node = try node(depth: 0)
      scanner.skipSpace()
      guard scanner.current == nil else { throw scanner.unexpected("the end of the file") }
      return node
    } catch {
      let deep = error.message.hasPrefix("nested deeper")
      let code: DiagnosticCode = deep ? .nestedTooDeep : .jsonSyntax
      diagnostics.add(
        code, error.message, in: file,
        at: SourceSpan(start: error.offset, end: min(error.offset + 1, file.bytes.count)))
      return nil
    }
  }

  private mutating func node(depth: Int) throws(JSONError) -> Node {
    scanner.skipSpace()
    let start = scanner.position
    switch scanner.current {
    case 0x22:
      // In a statement of its own: as an argument it would be read behind the copy of `self`.
      let text = try scanner.string()
      return scalar(text, .double, from: start)
    case 0x7B: return try mapping(depth: depth + 1)
    case 0x5B: return try sequence(depth: depth + 1)
    case .some(0x2D), .some(0x30...0x39): _ = try scanner.number(.text)
    default: _ = try scanner.word()
    }
    let text = String(decoding: scanner.bytes[start..<scanner.position], as: UTF8.self)
    return scalar(text, .plain, from: start)
  }

  private func scalar(_ text: String, _ style: Scalar.Style, from start: Int) -> Node {
    let span = SourceSpan(start: start, end: scanner.position)
    return Node(.scalar(Scalar(text: text, style: style, file: file, span: span)), span: span)
  }

  private mutating func enter(_ depth: Int) throws(JSONError) {
    guard depth <= DocumentReader.depthLimit else {
      throw scanner.failure("nested deeper than \(DocumentReader.depthLimit) levels")
    }
    scanner.position += 1
  }

  private mutating func sequence(depth: Int) throws(JSONError) -> Node {
    let start = scanner.position
    try enter(depth)
    var nodes: [Node] = []
    if !scanner.skip(0x5D) {
      repeat { nodes.append(try node(depth: depth)) } while scanner.skip(0x2C)
      guard scanner.skip(0x5D) else { throw scanner.unexpected("`,` or `]`") }
    }
    return Node(.sequence(nodes), span: SourceSpan(start: start, end: scanner.position))
  }

  private mutating func mapping(depth: Int) throws(JSONError) -> Node {
    let start = scanner.position
    try enter(depth)
    var builder = MappingBuilder(file: file, stack: stack)
    if !scanner.skip(0x7D) {
      repeat { try member(into: &builder, depth: depth) } while scanner.skip(0x2C)
      guard scanner.skip(0x7D) else { throw scanner.unexpected("`,` or `}`") }
    }
    return Node(.mapping(builder.finish()), span: SourceSpan(start: start, end: scanner.position))
  }

  private mutating func member(
    into builder: inout MappingBuilder, depth: Int
  ) throws(JSONError) {
    scanner.skipSpace()
    let start = scanner.position
    guard scanner.current == 0x22 else { throw scanner.unexpected("a key in quotes") }
    let text = try scanner.string()
    let span = SourceSpan(start: start, end: scanner.position)
    guard scanner.skip(0x3A) else { throw scanner.unexpected("`:`") }
    let key = Scalar(text: text, style: .double, file: file, span: span)
    builder.add(key, try node(depth: depth), into: diagnostics)
  }
}
