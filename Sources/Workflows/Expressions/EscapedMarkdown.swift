/// Text inside Markdown, and Markdown as text.
package enum EscapedMarkdown {
  /// Text that means only itself: whatever could begin markup has a backslash before it, and a line
  /// break is a space, so that it can begin no line.
  package static func escaped(_ text: String) -> String {
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "\\", "`", "*", "_", "[", "]", "<", ">", "|", "~", "&", "#":
        result += "\\\(character)"
      case ":" where result.hasSuffix("http") || result.hasSuffix("https"): result += "\\:"
      case "\n", "\r", "\u{2028}", "\u{2029}", "\u{85}": result += " "
      default: result.unicodeScalars.append(character)
      }
    }
    return result.split(separator: "www.", omittingEmptySubsequences: false)
      .joined(separator: "www\\.")
  }

  /// Text inside a code span or block, which it cannot end.
  package static func inCode(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { character in
          switch character {
          case "`": "'"
          case "\n", "\r": " "
          default: character
          }
        }))
  }

  /// A code span of its own: as many back-ticks around it as its content needs.
  package static func code(_ text: String) -> String {
    let line = String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0 == "\n" || $0 == "\r" ? " " : visible($0) }))
    guard !line.isEmpty else { return "(empty)" }
    let fence = String(repeating: "`", count: longestFence(in: line) + 1)
    let needsSpace = line.hasPrefix("`") || line.hasSuffix("`")
    let isPadded = line.hasPrefix(" ") && line.hasSuffix(" ")
    let space = needsSpace || isPadded ? " " : ""
    return fence + space + line + space + fence
  }

  /// Markdown put into a cell of a table: one line, no bar that would end the cell, even in a code span.
  package static func cell(_ markdown: String) -> String {
    var result = ""
    var previous: Character = " "
    for character in markdown.trimmingBlank {
      if character == "|", previous != "\\" { result.append("\\") }
      result.append(character)
      previous = character
    }
    let paragraphs = result.split(separator: "\n", omittingEmptySubsequences: true)
    return paragraphs.map { String($0).trimmingBlank }.joined(separator: "<br>")
  }

  /// How many back-ticks stand in a row at most.
  package static func longestFence(in text: String) -> Int {
    var longest = 0
    var run = 0
    for byte in text.utf8 {
      run = byte == UInt8(ascii: "`") ? run + 1 : 0
      longest = max(longest, run)
    }
    return longest
  }

  /// A character that shows: what would hide or turn others round is replaced.
  package static func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.value {
    case 0x09: scalar
    case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069: "\u{FFFD}"
    default: scalar
    }
  }

  /// What a reader of Markdown sees of escapes: the characters themselves. In code a backslash is
  /// only a backslash.
  package static func plain(_ markdown: String) -> String {
    guard markdown.utf8.contains(0x5C) else { return markdown }
    var isInFence = false
    return markdown.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      if line.drop(while: { $0 == " " }).hasPrefix("```") { isInFence.toggle() }
      return isInFence ? String(line) : unescaped(line)
    }.joined(separator: "\n")
  }

  private static func unescaped(_ line: Substring) -> String {
    var result = ""
    var isInSpan = false
    var isEscaped = false
    for character in line.unicodeScalars {
      if isEscaped {
        if !character.isPunctuation { result += "\\" }
        isEscaped = false
      } else if character == "\\", !isInSpan {
        isEscaped = true
        continue
      } else if character == "`" {
        isInSpan.toggle()
      }
      result.unicodeScalars.append(character)
    }
    return isEscaped ? result + "\\" : result
  }
}

extension Unicode.Scalar {
  /// ASCII punctuation: what a backslash can escape (CommonMark 0.31, 2.4).
  fileprivate var isPunctuation: Bool {
    switch value {
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
    default: false
    }
  }
}

extension StringProtocol {
  /// Without white space at both ends.
  package var trimmingBlank: String {
    let start = drop(while: \.isWhitespace)
    return String(start.reversed().drop(while: \.isWhitespace).reversed())
  }
}
