/// Text put into Markdown without changing what it says.
enum MarkdownText {
  /// Text whose characters mean nothing but themselves.
  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      if "\\`*_[]<>|#~".contains(character) { result.append("\\") }
      result.append(character.isNewline ? " " : character)
    }
    return result
  }

  /// A code span; as many back-ticks around it as its content needs.
  static func code(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    var longest = 0
    var current = 0
    for character in line {
      current = character == "`" ? current + 1 : 0
      longest = max(longest, current)
    }
    let fence = String(repeating: "`", count: longest + 1)
    let space = line.hasPrefix("`") || line.hasSuffix("`") || line.isEmpty ? " " : ""
    return fence + space + line + space + fence
  }

  /// Markdown of the author's put into a cell of a table: one line, no bar that would end the cell.
  static func cell(_ markdown: String) -> String {
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
}

extension StringProtocol {
  /// Without white space at both ends.
  var trimmingBlank: String {
    let start = drop(while: \.isWhitespace)
    return String(start.reversed().drop(while: \.isWhitespace).reversed())
  }
}
