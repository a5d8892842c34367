import CEL
import Documents
import SourceText

extension FileDecoder {
  private static let roots = ["inputs", "steps", "run", "item", "event", "outputs", "error"]

  /// Warns of a text with `{{ inputs.x }}` or `${inputs.x}` in it, as other tools write it: here it
  /// would reach people as it stands.
  func checkLookalike(_ scalar: Scalar) {
    guard scalar.withUTF8({ $0.contains(0x7B) }) else { return }
    let bytes = Array(scalar.text.utf8)
    var start = 0
    while let brace = bytes[start...].firstIndex(of: 0x7B) {
      var inside = brace
      while inside < bytes.count, bytes[inside] == 0x7B { inside += 1 }
      start = inside
      guard inside - brace <= 2, let end = bytes[inside...].firstIndex(of: 0x7D) else { continue }
      let word = String(decoding: bytes[inside..<end], as: UTF8.self).trimmed
      guard Self.roots.contains(where: { word.hasPrefix("\($0).") }),
        word.utf8.allSatisfy({ $0 > 0x20 })
      else { continue }
      let begin = brace > 0 && bytes[brace - 1] == 0x24 ? brace - 1 : brace
      var last = end
      while last < bytes.count, bytes[last] == 0x7D { last += 1 }
      report(
        .lookalike, "this looks like an expression, and is shown as it stands",
        at: scalar.fileSpan(begin..<last), help: "an expression is written `${{ \(word) }}`")
      return
    }
  }

  /// Warns of a text that is an expression as a whole, `inputs.name`, as some keys take it bare: where a value is
  /// written it would be kept as its own words.
  ///
  /// Only what reads something that is there: a name of a file may look like one, too.
  func checkBareExpression(_ scalar: Scalar, in scope: Scope) {
    guard let root = scalar.withUTF8({ Self.rootOfPath($0) }), let type = scope.type(of: root),
      reads(scalar.withUTF8 { Self.firstPath($0) }, of: type)
    else { return }
    let source = scalar.text.trimmed
    guard (try? scope.environment.compile(source).get()) != nil else { return }
    report(
      .lookalike, "this looks like an expression, and is taken for text as it stands",
      at: scalar.span, help: "an expression is written `${{ \(source) }}`")
  }

  /// The name that a text begins with, where a `.` and another one follow it; nil for most texts.
  private static func rootOfPath(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    // The names of a path are short, and so is what somebody writes bare.
    let limit = min(bytes.count, 100)
    guard bytes.count <= 400, limit > 0, isLetter(bytes[0]) else { return nil }
    var dot = 1
    while dot < limit, isOfName(bytes[dot]) { dot += 1 }
    guard dot + 1 < limit, bytes[dot] == 0x2E, isLetter(bytes[dot + 1]) else { return nil }
    return String(decoding: bytes[..<dot], as: UTF8.self)
  }

  /// The names with dots between them that a text begins with.
  private static func firstPath(_ bytes: UnsafeBufferPointer<UInt8>) -> [String] {
    let end = bytes.firstIndex { !isOfName($0) && $0 != 0x2E } ?? bytes.count
    return String(decoding: bytes[..<end], as: UTF8.self).split(separator: ".").map(String.init)
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || byte == 0x5F
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    isLetter(byte) || (0x30...0x39).contains(byte)
  }

  /// Whether a path leads from a name that the place sees to a field that it is known to have.
  private func reads(_ path: [String], of root: CELType) -> Bool {
    guard path.count > 1, case .object(let record) = root.present else { return false }
    guard path[0] == "steps" else { return !record.isOpen && record.type(of: path[1]) != nil }
    guard path.count > 2, let types, types.knows(path[1]),
      case .object(let step)? = types.type(of: path[1])?.present
    else { return false }
    return step.type(of: path[2]) != nil
  }
}
