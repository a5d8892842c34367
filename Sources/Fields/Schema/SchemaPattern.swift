import CEL
import CRE2

/// A regular expression of a schema: found anywhere in a text, in linear time.
final class SchemaPattern: Sendable {
  /// As the author wrote it.
  let source: String
  /// RE2's patterns may be used by several threads at once.
  private let compiled: Compiled

  private struct Compiled: @unchecked Sendable {
    // Immutable after compilation; RE2 guards its caches itself.
    let pattern: OpaquePointer
  }

  /// - Throws: where it is no pattern of ECMAScript, or one that RE2 refuses.
  init(_ source: String) throws(PatternProblem) {
    let translated = try ECMAScriptPattern.translated(source)
    var reason = [CChar](repeating: 0, count: 256)
    let pattern = cre2_compile(translated, translated.utf8.count, 1 << 20, &reason, reason.count)
    guard let pattern else {
      let bytes = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      let text = String(decoding: bytes, as: UTF8.self)
      throw PatternProblem(text, in: source)
    }
    self.source = source
    compiled = Compiled(pattern: pattern)
  }

  deinit { cre2_delete(compiled.pattern) }

  func isFound(in text: String) -> Bool {
    cre2_contains(compiled.pattern, text, text.utf8.count)
  }
}

/// Rewrites what ECMA-262 and RE2 spell differently.
enum ECMAScriptPattern {
  /// The pattern for RE2.
  ///
  /// - Throws: where it is none of ECMAScript.
  static func translated(_ source: String) throws(PatternProblem) -> String {
    var result = ""
    var rest = Substring(source)
    var isInClass = false
    while let character = rest.unicodeScalars.popFirst() {
      switch character {
      case "\\":
        guard let escape = rest.unicodeScalars.popFirst() else {
          throw PatternProblem("trailing \\ at end of expression", in: source)
        }
        guard isKnown(escape) else {
          throw PatternProblem("invalid escape sequence: \\\(escape)", in: source)
        }
        result += self.escape(escape, &rest, isInClass: isInClass)
      case "[" where isInClass: result += "\\["
      case "." where !isInClass: result += #"[^\n\r\x{2028}\x{2029}]"#
      case "[" where !isInClass:
        result += classStart(&rest, &isInClass)
      case "(" where !isInClass && rest.first == "?":
        guard let group = groupStart(rest) else {
          throw PatternProblem("invalid perl operator: (\(rest.prefix(2))", in: source)
        }
        result += group
        rest = rest.dropFirst()
      default:
        if character == "]" { isInClass = false }
        result.unicodeScalars.append(character)
      }
    }
    return result
  }

  /// `[]` matches nothing and `[^]` everything.
  private static func classStart(_ rest: inout Substring, _ isInClass: inout Bool) -> String {
    for (empty, meaning) in [("]", #"[^\x00-\x{10FFFF}]"#), ("^]", "(?s:.)")]
    where rest.hasPrefix(empty) {
      rest = rest.dropFirst(empty.count)
      return meaning
    }
    isInClass = true
    return "["
  }

  /// What `(?` becomes; nil for the groups of other languages.
  private static func groupStart(_ rest: Substring) -> String? {
    let body = rest.dropFirst()
    if body.hasPrefix("<"), !body.hasPrefix("<="), !body.hasPrefix("<!") { return "(?P" }
    if body.hasPrefix("P") { return nil }
    let flags = body.prefix { "ims-".contains($0) }
    return !flags.isEmpty && body.dropFirst(flags.count).first == ")" ? nil : "(?"
  }

  /// Whether ECMAScript takes a text as a pattern; look-around and back-references are patterns too,
  /// though RE2 has none.
  static func isValid(_ source: String) -> Bool {
    let plain = ["(?<=", "(?<!", "(?=", "(?!"].reduce(source) { $0.replacing($1, with: "(?:") }
    return (try? SchemaPattern(withoutReferences(plain))) != nil
  }

  /// The pattern with an empty group for each `\1` and `\k<name>`. A reference to a group that the
  /// pattern does not have stays, and is an unknown escape.
  private static func withoutReferences(_ source: String) -> String {
    let groups = groups(of: source)
    var result = ""
    var rest = Substring(source)
    while let character = rest.popFirst() {
      guard character == "\\", let escape = rest.first else {
        result.append(character)
        continue
      }
      if let reference = reference(rest, to: groups) {
        result += "(?:)"
        rest = rest.dropFirst(reference.count)
      } else {
        result += "\\\(escape)"
        rest = rest.dropFirst()
      }
    }
    return result
  }

  /// What stands behind a backslash and refers to one of the groups; nil where nothing does.
  private static func reference(
    _ rest: Substring, to groups: (count: Int, names: Set<Substring>)
  ) -> Substring? {
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    if let number = Int(digits), number > 0, number <= groups.count { return digits }
    guard rest.hasPrefix("k<"), let end = rest.firstIndex(of: ">") else { return nil }
    return groups.names.contains(rest[rest.index(rest.startIndex, offsetBy: 2)..<end])
      ? rest[...end] : nil
  }

  /// How many groups a pattern captures, and the names of those that have one.
  private static func groups(of source: String) -> (count: Int, names: Set<Substring>) {
    var count = 0
    var names: Set<Substring> = []
    var rest = Substring(source)
    var isInClass = false
    while let character = rest.popFirst() {
      switch character {
      case "\\": rest = rest.dropFirst()
      case "[": isInClass = true
      case "]": isInClass = false
      case "(" where !isInClass && rest.hasPrefix("?<"):
        count += 1
        names.insert(rest.dropFirst(2).prefix { $0 != ">" })
      case "(" where !isInClass && !rest.hasPrefix("?"): count += 1
      default: break
      }
    }
    return (count, names)
  }

  /// Letters and digits that mean something behind a backslash, and everything else as itself.
  private static func isKnown(_ escape: Unicode.Scalar) -> Bool {
    guard escape.isASCII, escape.properties.isAlphabetic else { return true }
    return "dDwWsSbBfnrtvcxupPk".unicodeScalars.contains(escape)
  }

  /// What ECMAScript takes as white space, and what it does not, to stand between `[` and `]`.
  private static let space =
    #"\t-\r \x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF}"#
  private static let noSpace =
    #"\x{0}-\x{8}\x{E}-\x{1F}\x{21}-\x{9F}\x{A1}-\x{167F}\x{1681}-\x{1FFF}\x{200B}-\x{2027}"#
    + #"\x{202A}-\x{202E}\x{2030}-\x{205E}\x{2060}-\x{2FFF}\x{3001}-\x{FEFE}\x{FF00}-\x{10FFFF}"#

  private static func escape(
    _ escape: Unicode.Scalar, _ rest: inout Substring, isInClass: Bool
  ) -> String {
    switch escape {
    case "u": return "\\x{\(codePoint(&rest))}"
    case "c":
      guard let letter = rest.unicodeScalars.popFirst() else { return "\\c" }
      return "\\x{\(String(letter.value % 32, radix: 16))}"
    case "p", "P": return "\\\(escape)\(property(&rest))"
    case "s": return isInClass ? space : "[\(space)]"
    case "S": return isInClass ? noSpace : "[\(noSpace)]"
    case "b" where isInClass: return "\\x{8}"
    default: return "\\\(escape)"
    }
  }

  /// The digits behind `\u`; two escapes that make one character count as one.
  private static func codePoint(_ rest: inout Substring) -> String {
    let digits = hexDigits(&rest)
    guard let high = UInt32(digits, radix: 16), (0xD800..<0xDC00).contains(high),
      rest.hasPrefix("\\u"), let low = UInt32(rest.dropFirst(2).prefix(4), radix: 16),
      (0xDC00..<0xE000).contains(low)
    else { return String(digits) }
    rest = rest.dropFirst(6)
    return String(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00), radix: 16)
  }

  private static func hexDigits(_ rest: inout Substring) -> Substring {
    if rest.first == "{", let end = rest.firstIndex(of: "}") {
      let digits = rest[rest.index(after: rest.startIndex)..<end]
      rest = rest[rest.index(after: end)...]
      return digits
    }
    let digits = rest.prefix(4)
    rest = rest.dropFirst(4)
    return digits
  }

  /// Unicode's long names of general categories; scripts go by the name both know.
  private static func property(_ rest: inout Substring) -> String {
    guard rest.first == "{", let end = rest.firstIndex(of: "}") else { return "" }
    let name = String(rest[rest.index(after: rest.startIndex)..<end])
    rest = rest[rest.index(after: end)...]
    let value = name.split(separator: "=").last.map(String.init) ?? name
    return "{\(categories[value] ?? value)}"
  }

  private static let categories: [String: String] = [
    "Letter": "L", "Lowercase_Letter": "Ll", "Uppercase_Letter": "Lu", "Titlecase_Letter": "Lt",
    "Modifier_Letter": "Lm", "Other_Letter": "Lo", "Mark": "M", "Combining_Mark": "M",
    "Nonspacing_Mark": "Mn", "Spacing_Mark": "Mc", "Enclosing_Mark": "Me", "Number": "N",
    "digit": "Nd", "Decimal_Number": "Nd", "Letter_Number": "Nl", "Other_Number": "No",
    "Punctuation": "P", "punct": "P", "Connector_Punctuation": "Pc", "Dash_Punctuation": "Pd",
    "Open_Punctuation": "Ps", "Close_Punctuation": "Pe", "Initial_Punctuation": "Pi",
    "Final_Punctuation": "Pf", "Other_Punctuation": "Po", "Symbol": "S", "Math_Symbol": "Sm",
    "Currency_Symbol": "Sc", "Modifier_Symbol": "Sk", "Other_Symbol": "So", "Separator": "Z",
    "Space_Separator": "Zs", "Line_Separator": "Zl", "Paragraph_Separator": "Zp", "Other": "C",
    "Control": "Cc", "cntrl": "Cc", "Format": "Cf", "Private_Use": "Co", "Surrogate": "Cs",
  ]
}
