/// Widths and line breaks of plain text in a terminal.
package enum TextLayout {
  /// The columns a text takes: wide East Asian characters and emoji two, combining marks none.
  package static func width(of text: some StringProtocol) -> Int {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
    return text.reduce(0) { $0 + width(of: $1) }
  }

  private static func width(of character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      return 2
    default:
      return scalar.properties.generalCategory == .nonspacingMark ? 0 : 1
    }
  }

  /// The text filled up with spaces to a width; a longer one is left as it is.
  package static func padded(_ text: String, to columns: Int) -> String {
    text + String(repeating: " ", count: max(0, columns - width(of: text)))
  }

  /// Lines of at most `columns`, broken at spaces; a longer word has a line of its own. Line breaks
  /// in the text stay.
  package static func wrapped(_ text: String, to columns: Int) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .flatMap { wrappedLine($0, to: columns) }
  }

  private static func wrappedLine(_ line: Substring, to columns: Int) -> [String] {
    var lines: [String] = []
    var current = ""
    for word in line.split(separator: " ") {
      if current.isEmpty {
        current = String(word)
      } else if width(of: current) + 1 + width(of: word) <= columns {
        current += " " + word
      } else {
        lines.append(current)
        current = String(word)
      }
    }
    return lines + [current]
  }

  /// Text from outside made harmless for a terminal: control characters, which could move the
  /// cursor or hide what is shown, become visible (`␛`), line breaks and tabs stay.
  package static func harmless(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
    guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case _ where !isUnsafe(scalar): result.append(scalar)
      case 0..<0x20: result.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}")
      case 0x7F: result.append("\u{2421}")
      default: result.append("\u{FFFD}")
      }
    }
    return String(result)
  }

  /// The same on one line, so that nothing in it can pass for a line of its own.
  package static func line(_ text: String) -> String {
    guard text.contains(where: \.isNewline) else { return harmless(text) }
    return harmless(text.split(whereSeparator: \.isNewline).joined(separator: " "))
  }

  /// The same with every line indented, blank ones left out; what comes after the first may be so by more.
  package static func indented(_ text: String, by indent: Int, more: Int = 0) -> [String] {
    text.split(whereSeparator: \.isNewline).enumerated().map { position, line in
      String(repeating: " ", count: position == 0 ? indent : indent + more) + harmless(String(line))
    }
  }

  private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0A, 0x09: false
    case 0..<0x20, 0x7F..<0xA0: true
    // Marks that turn the direction of writing.
    case 0x202A...0x202E, 0x2066...0x2069, 0x200E, 0x200F: true
    default: false
    }
  }
}
