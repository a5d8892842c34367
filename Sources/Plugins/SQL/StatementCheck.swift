import Actions
import Documents
import Fields
import SourceText
import Values
import Workflows

/// Looks at the statements of an operation before any database does: a value that is not bound would be
/// taken for text, and a parameter without one is only found when it is called.
struct StatementCheck {
  private let node: Node
  private let reader: DriverReader
  /// What stands behind the `:` of a parameter.
  private let names: [String]
  private let inputs: [String]
  /// Whether `:key` may be meant for the input of that name.
  private let isKeyAmbiguous: Bool

  init(_ node: Node, _ contract: OperationContract, _ reader: DriverReader) {
    self.node = node
    self.reader = reader
    inputs = contract.inputs.names
    isKeyAmbiguous = inputs.contains("key")
    let own = inputs + (node["parameters"]?.members?.map(\.name) ?? [])
    names = own.filter { $0 != "key" } + (isKeyAmbiguous ? [] : ["key"])
  }

  /// - Parameter schema: the driver's, which is the same for all operations: nothing can be put into it.
  func run(schema: Node?) {
    for member in node["parameters"]?.members ?? [] where member.name == "key" {
      reader.report(
        .driverExpression, "`key` cannot name a parameter", at: member.key.span,
        label: "`:key` is the idempotency key")
    }
    if let scalar = schema?.scalar {
      _ = look(forTemplate: scalar) { _ in
        "a schema is the same for each operation: no value is put into it"
      }
    }
    for statement in node["statements"]?.items ?? [] {
      guard let scalar = statement.scalar, !look(forTemplate: scalar, hint(for:)) else { continue }
      let bytes = Array(scalar.text.utf8)
      for range in SQLText.parameters(in: bytes) {
        check(String(decoding: bytes[range], as: UTF8.self), at: scalar.fileSpan(range))
      }
    }
  }

  /// Whether there is a `${{ … }}` in a text of SQL, which is said then.
  private func look(forTemplate scalar: Scalar, _ hint: (String) -> String) -> Bool {
    let bytes = Array(scalar.text.utf8)
    guard let range = SQLText.template(in: bytes) else { return false }
    let text = String(decoding: bytes[range], as: UTF8.self)
    reader.report(
      .driverExpression, "SQL has no `${{ … }}`: it would stay as it stands",
      at: scalar.fileSpan(range), help: hint(text))
    return true
  }

  private func hint(for template: String) -> String {
    let read = template.dropFirst(3).split(separator: "}").first.map(String.init) ?? ""
    let words = read.split(separator: " ").joined().split(separator: ".").map(String.init)
    if words.count == 2, words[0] == "inputs", inputs.contains(words[1]), words[1] != "key" {
      return "write `:\(words[1])`, without quotes around it: it is bound"
    }
    if words == ["key"], !isKeyAmbiguous {
      return "write `:key`, without quotes around it: it is bound"
    }
    return "give the value a name under `parameters`, and write `:name`, without quotes around it"
  }

  private func check(_ parameter: String, at span: SourceSpan) {
    let name = String(parameter.dropFirst())
    guard parameter.hasPrefix(":") else {
      return reader.report(
        .driverExpression, "`\(parameter)` is no parameter", at: span,
        label: "expected `:name`")
    }
    if names.contains(where: { $0.hasSameBytes(as: name) }) { return }
    if name == "key" {
      return reader.report(
        .driverExpression, "`:key` may be the idempotency key or the input `key`", at: span,
        help: "give the one that is meant another name under `parameters`: `${{ key }}` is the "
          + "idempotency key, `${{ inputs.key }}` the input")
    }
    reader.report(
      .driverExpression, "there is no value for the parameter `\(parameter)`", at: span,
      label: "there are \(names.map { "`:\($0)`" }.joined(separator: ", "))",
      help: nearest(name, among: names).map { "did you mean `:\($0)`?" }
        ?? "it is an input of the contract, or stands under `parameters`")
  }
}

/// Reads SQL as far as that finds its parameters, as SQLite's tokenizer does.
enum SQLText {
  /// The parameters with their signs, as ranges of bytes: `:name`, `@name`, `$name`, `?`, `?1`.
  static func parameters(in bytes: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var index = 0
    while index < bytes.count {
      if let end = passedOver(bytes, from: index) {
        index = end
        continue
      }
      let end = endOfWord(bytes, from: index + 1)
      switch bytes[index] {
      case UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "$"):
        if end > index + 1 { found.append(index..<end) }
        index = end
      case UInt8(ascii: "?"):
        found.append(index..<end)
        index = end
      default: index = isOfWord(bytes[index]) ? end : index + 1
      }
    }
    return found
  }

  /// The first `${{ … }}`, or what there is of one.
  static func template(in bytes: [UInt8]) -> Range<Int>? {
    guard let start = position(of: "${{", in: bytes, from: 0) else { return nil }
    let end = position(of: "}}", in: bytes, from: start).map { $0 + 2 }
    return start..<(end ?? start + 3)
  }

  /// The end of a text, of a quoted name or of a comment that starts at an index; nil where none does.
  private static func passedOver(_ bytes: [UInt8], from index: Int) -> Int? {
    switch bytes[index] {
    case UInt8(ascii: "'"): end(of: "'", bytes, from: index + 1)
    case UInt8(ascii: "\""): end(of: "\"", bytes, from: index + 1)
    case UInt8(ascii: "`"): end(of: "`", bytes, from: index + 1)
    case UInt8(ascii: "["): end(of: "]", bytes, from: index + 1)
    case UInt8(ascii: "-") where bytes[index...].starts(with: "--".utf8):
      end(of: "\n", bytes, from: index + 2)
    case UInt8(ascii: "/") where bytes[index...].starts(with: "/*".utf8):
      end(of: "*/", bytes, from: index + 2)
    default: nil
    }
  }

  private static func end(of closing: String, _ bytes: [UInt8], from start: Int) -> Int {
    position(of: closing, in: bytes, from: start).map { $0 + closing.utf8.count } ?? bytes.count
  }

  private static func position(of text: String, in bytes: [UInt8], from start: Int) -> Int? {
    bytes.indices.dropFirst(start).first { bytes[$0...].starts(with: text.utf8) }
  }

  private static func endOfWord(_ bytes: [UInt8], from start: Int) -> Int {
    var end = start
    while end < bytes.count, isOfWord(bytes[end]) { end += 1 }
    return end
  }

  /// Whether a byte belongs to a name.
  private static func isOfWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x24, 0x80...0xFF: true
    default: false
    }
  }
}
