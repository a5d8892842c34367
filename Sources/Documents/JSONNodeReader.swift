import SourceText
import Values

/// Reads a JSON file into a tree with places.
struct JSONNodeReader: ~Copyable {
  private let file: SourceFile
  private let diagnostics: Diagnostics
  private var scanner: JSONScanner
  private var builder: DocumentTree.Builder

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
    builder = DocumentTree.Builder(file, size: file.bytes.count)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { scanner.position = 3 }
  }

  private mutating func document() -> Node? {
    do throws(JSONError) {
      let root = try node(depth: 0)
      scanner.skipSpace()
      guard scanner.current == nil else { throw scanner.unexpected("the end of the file") }
      return builder.finish(root)
    } catch {
      let deep = error.message.hasPrefix("nested deeper")
      let code: DiagnosticCode = deep ? .nestedTooDeep : .jsonSyntax
      diagnostics.add(
        code, error.message, in: file,
        at: SourceSpan(start: error.offset, end: min(error.offset + 1, file.bytes.count)))
      return nil
    }
  }

  private mutating func node(depth: Int) throws(JSONError) -> DocumentTree.Row {
    scanner.skipSpace()
    let start = scanner.position
    switch scanner.current {
    case 0x22: return try text()
    case 0x7B: return try mapping(depth: depth + 1)
    case 0x5B: return try sequence(depth: depth + 1)
    case .some(0x2D), .some(0x30...0x39): _ = try scanner.number(.text)
    default: _ = try scanner.word()
    }
    let range = start..<scanner.position
    return builder.scalar(.plain, .none, SourceSpan(range), text: range)
  }

  /// A text in quotes.
  private mutating func text() throws(JSONError) -> DocumentTree.Row {
    let start = scanner.position
    if let range = scanner.unescapedString() {
      let span = SourceSpan(start: start, end: scanner.position)
      return builder.scalar(.double, .none, span, text: range)
    }
    let text = try scanner.string()
    let span = SourceSpan(start: start, end: scanner.position)
    return builder.scalar(.double, .none, span, text: text.utf8)
  }

  private mutating func enter(_ depth: Int) throws(JSONError) {
    guard depth <= DocumentReader.depthLimit else {
      throw scanner.failure("nested deeper than \(DocumentReader.depthLimit) levels")
    }
    scanner.position += 1
  }

  private mutating func sequence(depth: Int) throws(JSONError) -> DocumentTree.Row {
    let start = scanner.position
    try enter(depth)
    let base = builder.count
    if !scanner.skip(0x5D) {
      repeat {
        let item = try node(depth: depth)
        builder.push(item)
      } while scanner.skip(0x2C)
      guard scanner.skip(0x5D) else { throw scanner.unexpected("`,` or `]`") }
    }
    return builder.close(
      .sequence, from: base, SourceSpan(start: start, end: scanner.position))
  }

  private mutating func mapping(depth: Int) throws(JSONError) -> DocumentTree.Row {
    let start = scanner.position
    try enter(depth)
    let base = builder.count
    var keys = MappingKeys(base: base)
    if !scanner.skip(0x7D) {
      repeat { try member(depth: depth, &keys) } while scanner.skip(0x2C)
      guard scanner.skip(0x7D) else { throw scanner.unexpected("`,` or `}`") }
    }
    return builder.close(.mapping, from: base, SourceSpan(start: start, end: scanner.position))
  }

  private mutating func member(depth: Int, _ keys: inout MappingKeys) throws(JSONError) {
    scanner.skipSpace()
    guard scanner.current == 0x22 else { throw scanner.unexpected("a key in quotes") }
    let key = try text()
    guard scanner.skip(0x3A) else { throw scanner.unexpected("`:`") }
    builder.push(key)
    let value = try node(depth: depth)
    builder.push(value)
    keys.admitTop(of: &builder, diagnostics)
  }
}
