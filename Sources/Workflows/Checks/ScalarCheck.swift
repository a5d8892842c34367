import Documents
import SourceText
import Values

/// Scalars that a reader of YAML 1.1 takes for something else: `no`, `012`, `12:30`, `1_000`.
///
/// Here they mean what they say; other tools that read the file may differ. Texts that look like a
/// number with a last `0`, `version: 3.10`, lose it there: ``FileDecoder/text(_:_:)`` finds those,
/// because only where text is wanted they are meant as text.
struct ScalarCheck {
  private let decoder: FileDecoder
  /// Where errors begin: a scalar that is wrong as it stands needs no quotes.
  private let wrong: Set<Int>

  static func run(_ workflow: WorkflowUnderCheck, _ facts: ProjectFacts) {
    run(workflow.root, workflow.decoder, isData: false)
  }

  /// - Parameter isData: whether any map of the file may have any key, as far as no error says otherwise.
  static func run(_ root: Node, _ decoder: FileDecoder, isData: Bool) {
    guard !decoder.file.isJSON else { return }
    let check = ScalarCheck(
      decoder: decoder, wrong: decoder.diagnostics.errorStarts(in: decoder.file))
    var hasEmpty = false
    root.forEachPlainScalar { text in
      if text.isEmpty { hasEmpty = true }
      return isSuspect(text)
    } _: {
      check.look(at: $0)
    }
    if hasEmpty {
      OmittedValueCheck(decoder: decoder, wrong: check.wrong).look(at: root, isData: isData)
    }
  }

  private func look(at scalar: Scalar) {
    guard let other = Self.other(scalar.text), !decoder.spoken.contains(scalar.span.start),
      !wrong.contains(scalar.span.start)
    else { return }
    decoder.report(
      .ambiguousScalar, "`\(scalar.text)` is \(other) for readers of YAML 1.1", at: scalar.span,
      label: "here it is \(scalar.kindName)", help: Self.help(scalar))
  }

  private static func help(_ scalar: Scalar) -> String {
    if case .int(let number) = scalar.resolved, scalar.text.utf8.first == 0x30 {
      return "write `\(number)` for the number, or `\"\(scalar.text)\"` for the text"
    }
    return "put it in quotes: `\"\(scalar.text)\"`"
  }

  /// A first look that most texts do not pass: the others begin as a word or a number may.
  private static func isSuspect(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = text.first, text.count <= 24 else { return false }
    switch first {
    case 0x79, 0x59, 0x6E, 0x4E, 0x6F, 0x4F: return text.count <= 3
    case 0x30...0x39, 0x2B, 0x2D: return true
    default: return false
    }
  }

  /// What YAML 1.1 makes of a plain scalar, where that is something else.
  private static func other(_ text: String) -> String? {
    let bytes = text.utf8
    guard let first = bytes.first, bytes.count <= 24 else { return nil }
    switch first {
    case 0x79, 0x59, 0x6E, 0x4E, 0x6F, 0x4F:
      return bytes.count > 1 && bytes.count <= 3 && words.contains(text) ? "a truth value" : nil
    case 0x30...0x39, 0x2B, 0x2D: return number(text)
    default: return nil
    }
  }

  private static let words: Set<String> = [
    "yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF",
  ]

  private static func number(_ text: String) -> String? {
    let digits = text.utf8.drop { $0 == 0x2B || $0 == 0x2D }
    guard digits.count + 1 >= text.utf8.count, let first = digits.first, isDigit(first) else {
      return nil
    }
    if digits.allSatisfy({ isDigit($0) || $0 == 0x3A || $0 == 0x2E }), isSexagesimal(digits) {
      return "a number to the base 60"
    }
    if first == 0x30, digits.count > 1, let base = base(digits) {
      return "a number to the base \(base)"
    }
    if digits.contains(0x5F), digits.allSatisfy({ isDigit($0) || $0 == 0x5F || $0 == 0x2E }) {
      return "a number"
    }
    return nil
  }

  /// What a `0` at the start says in YAML 1.1: `012`, `0b11`.
  private static func base(_ digits: Substring.UTF8View) -> Int? {
    if digits.allSatisfy({ (0x30...0x37).contains($0) }) { return 8 }
    let rest = digits.dropFirst(2)
    let isBinary = digits.dropFirst().first == 0x62 && !rest.isEmpty
    return isBinary && rest.allSatisfy { (0x30...0x31).contains($0) } ? 2 : nil
  }

  /// `12:30`, `1:30:00`, `190:20:30.15`: every part but the first is below 60.
  private static func isSexagesimal(_ digits: Substring.UTF8View) -> Bool {
    let parts = digits.split(separator: 0x3A, omittingEmptySubsequences: false)
    guard parts.count > 1 else { return false }
    return parts.allSatisfy { !$0.isEmpty }
      && parts.dropFirst().allSatisfy { part in
        let whole = part.prefix { isDigit($0) }
        return whole.count <= 2 && (whole.count < 2 || (whole.first ?? 0) < 0x36)
      }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

extension FileDecoder {
  /// Warns of a text that other readers take for a number, and that loses its last `0` by that.
  func checkTextOfNumber(_ scalar: Scalar) {
    guard isAdvised, scalar.style == .plain, let last = scalar.text.utf8.last, last == 0x30,
      scalar.text.utf8.count > 2, scalar.text.utf8.contains(0x2E),
      case .double(let number) = scalar.resolved
    else { return }
    report(
      .ambiguousScalar, "`\(scalar.text)` is the number \(number) for other readers of YAML",
      at: scalar.span, label: "here it is text, as it stands",
      help: "put it in quotes: `\"\(scalar.text)\"`")
  }
}
