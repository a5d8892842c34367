import Actions
import Values

/// How text stands in a header.
enum HeaderText {
  /// Octets of text in one encoded word, so that a line with the longest of our header names stays
  /// within 76 characters (RFC 2047, section 2).
  private static let wordSize = 36
  private static let lineWidth = 78

  /// The text of `Subject` and the like: folded (RFC 5322, section 2.2.3), encoded where it is not
  /// ASCII (RFC 2047).
  ///
  /// - Throws: for a line break or another control character, which could start a header of its own.
  static func unstructured(
    _ text: String, of header: String
  ) throws(MailMessage.Problem) -> String {
    try refuseControlCharacters(text, in: header)
    return isPlain(text) ? folded(text, indent: header.utf8.count + 2) : encodedWords(text)
  }

  /// A display name.
  static func phrase(_ text: String) throws(MailMessage.Problem) -> String {
    try refuseControlCharacters(text, in: "name of an address")
    guard isPlain(text), text.utf8.count <= 60 else { return encodedWords(text) }
    let specials = Array("()<>[]:;@\\,.\"".utf8)
    if !text.utf8.contains(where: { specials.contains($0) }) { return text }
    var quoted = "\""
    for character in text.unicodeScalars {
      if character == "\"" || character == "\\" { quoted += "\\" }
      quoted.unicodeScalars.append(character)
    }
    return quoted + "\""
  }

  /// The parameter of an attachment's name (RFC 2183; RFC 2231 where it is not ASCII).
  static func fileName(_ name: String) -> String {
    let isToken = name.utf8.allSatisfy { byte in
      (32...126).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }
    if isToken { return "filename=\"\(name)\"" }
    let digits = Array("0123456789ABCDEF")
    var encoded = ""
    for byte in name.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F:
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      default: encoded += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      }
    }
    return "filename*=utf-8''\(encoded)"
  }

  /// A hostile text in a message for people: cut, without control characters.
  static func shown(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.prefix(80).map { $0.value < 32 || $0.value == 127 ? "\u{FFFD}" : $0 }))
  }

  private static func refuseControlCharacters(
    _ text: String, in header: String
  ) throws(MailMessage.Problem) {
    let isRefused = text.unicodeScalars.contains { scalar in
      scalar.value < 32 || (127...159).contains(scalar.value) || scalar == "\u{2028}"
        || scalar == "\u{2029}"
    }
    if isRefused {
      throw MailMessage.Problem(
        message: "the \(header) `\(shown(text))` has a line break or a control character in it")
    }
  }

  private static func isPlain(_ text: String) -> Bool {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    return text.utf8.allSatisfy { (32...126).contains($0) } && !text.contains("=?")
      && words.allSatisfy { !$0.isEmpty && $0.utf8.count <= 60 }
  }

  private static func folded(_ text: String, indent: Int) -> String {
    var result = ""
    var column = indent
    for (number, word) in text.split(separator: " ").enumerated() {
      if number > 0 {
        let breaks = column + 1 + word.utf8.count > lineWidth
        result += breaks ? "\n " : " "
        column = breaks ? 1 : column + 1
      }
      result += word
      column += word.utf8.count
    }
    return result
  }

  private static func encodedWords(_ text: String) -> String {
    var words: [String] = []
    var chunk: [UInt8] = []
    for scalar in text.unicodeScalars {
      let bytes = Array(UTF8.encode(scalar) ?? UTF8.EncodedScalar())
      if chunk.count + bytes.count > wordSize {
        words.append("=?utf-8?B?\(Base64.encode(chunk))?=")
        chunk = []
      }
      chunk += bytes
    }
    if !chunk.isEmpty { words.append("=?utf-8?B?\(Base64.encode(chunk))?=") }
    return words.joined(separator: "\n ")
  }
}

/// Dates of messages (RFC 5322, section 3.3), in UTC.
enum MailDate {
  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  static func text(of moment: Timestamp) -> String {
    let day = Int((Double(moment.seconds) / 86_400).rounded(.down))
    let second = Int(moment.seconds) - day * 86_400
    let date = civil(day)
    let weekday = days[((day % 7) + 7) % 7]
    return "\(weekday), \(date.day) \(months[date.month - 1]) \(date.year) "
      + "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60)) +0000"
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  /// Days since 1970-01-01 to a date of the Gregorian calendar (Howard Hinnant's `civil_from_days`).
  private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
      dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    )
  }
}
