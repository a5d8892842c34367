/// Text put into Markdown so that it means only itself.
enum Markdown {
  /// Every character that could start markup gets a backslash; line breaks become spaces.
  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "\\", "`", "*", "_", "{", "}", "[", "]", "<", ">", "(", ")", "#", "+", "!", "|", "~",
        "&", ":", "@", "=":
        result += "\\\(character)"
      case "\n", "\r", "\t": result += " "
      default: result.unicodeScalars.append(isHidden(character) ? "\u{FFFD}" : character)
      }
    }
    // An address without a scheme is made a link by some readers.
    return result.split(separator: "www.", omittingEmptySubsequences: false)
      .joined(separator: "www\\.")
  }

  /// A code span: the fence is longer than any run of backticks within.
  static func code(_ text: String) -> String {
    let line = String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0 == "\n" || $0 == "\r" ? " " : isHidden($0) ? "\u{FFFD}" : $0 })
    )
    guard !line.isEmpty else { return "(empty)" }
    let fence = String(repeating: "`", count: longestRun(in: line) + 1)
    let needsSpace = line.hasPrefix("`") || line.hasSuffix("`")
    let isPadded = line.hasPrefix(" ") && line.hasSuffix(" ")
    let space = needsSpace || isPadded ? " " : ""
    return fence + space + line + space + fence
  }

  /// A fenced code block.
  static func block(_ text: String, indent: String) -> [String] {
    let fence = String(repeating: "`", count: max(3, longestRun(in: text) + 1))
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(visible)
    return ([fence + "text"] + lines + [fence]).map { indent + $0 }
  }

  /// What a table cell may hold: a bar would end it, even in a code span.
  static func cell(_ markdown: String) -> String {
    var result = ""
    var previous: Character = " "
    for character in markdown {
      result += character == "|" && previous != "\\" ? "\\|" : String(character)
      previous = character
    }
    return result
  }

  private static func longestRun(in text: String) -> Int {
    var longest = 0
    var run = 0
    for byte in text.utf8 {
      run = byte == UInt8(ascii: "`") ? run + 1 : 0
      longest = max(longest, run)
    }
    return longest
  }

  private static func visible(_ line: Substring) -> String {
    String(
      String.UnicodeScalarView(line.unicodeScalars.map { isHidden($0) ? "\u{FFFD}" : $0 }))
  }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09: false
    case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
