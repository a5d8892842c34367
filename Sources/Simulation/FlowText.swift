package import Values

/// Values as YAML that people would write.
package enum FlowText {
  /// On one line: `{ status: COMPLETE, amount: 99.0 }`.
  package static func text(_ value: Value) -> String {
    switch value {
    case .null: "null"
    case .bool(let flag): flag ? "true" : "false"
    case .int(let number): String(number)
    case .uint(let number): String(number)
    case .double(let number): "\(number)"
    case .string(let text): scalar(text)
    case .list(let values): "[" + values.map(text).joined(separator: ", ") + "]"
    case .map(let map): map.isEmpty ? "{}" : "{ " + members(map).joined(separator: ", ") + " }"
    case .timestamp(let moment): scalar(moment.journalText)
    case .duration(let span): scalar(span.journalText)
    case .bytes, .object: "null"
    }
  }

  private static func members(_ map: ValueMap) -> [String] {
    map.map { "\(scalar($0.key.asString ?? text($0.key))): \(text($0.value))" }
  }

  /// Text as a scalar that reads back as that text; in quotes where it needs them.
  package static func scalar(_ text: String) -> String {
    isPlain(text) ? text : quoted(text)
  }

  private static let words: Set<String> = [
    "", "null", "Null", "NULL", "~", "true", "True", "TRUE", "false", "False", "FALSE", ".inf",
    ".nan", ".NaN", ".NAN", ".Inf", ".INF",
    // Truth values for readers of YAML 1.1.
    "yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF",
  ]

  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, !words.contains(text) else { return false }
    let isLetter = (0x41...0x5A).contains(first & 0xDF) || first == 0x2F
    let isSafe = text.utf8.allSatisfy { byte in
      (0x41...0x5A).contains(byte & 0xDF) || (0x30...0x39).contains(byte)
        || [0x20, 0x2D, 0x2E, 0x2F, 0x5F, 0x40, 0x28, 0x29].contains(byte)
    }
    return isLetter && isSafe && text.utf8.last != 0x20
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case _ where scalar.value < 0x20 || [0x7F, 0x85, 0x2028, 0x2029].contains(scalar.value):
        let digits = String(scalar.value, radix: 16, uppercase: true)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
