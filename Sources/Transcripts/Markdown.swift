import Workflows

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
      default: result.unicodeScalars.append(EscapedMarkdown.visible(character))
      }
    }
    // An address without a scheme is made a link by some readers.
    return result.split(separator: "www.", omittingEmptySubsequences: false)
      .joined(separator: "www\\.")
  }

  /// A code span.
  static func code(_ text: String) -> String { EscapedMarkdown.code(text) }

  /// A fenced code block.
  static func block(_ text: String, indent: String) -> [String] {
    let fence = String(repeating: "`", count: max(3, EscapedMarkdown.longestFence(in: text) + 1))
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(visible)
    return ([fence + "text"] + lines + [fence]).map { indent + $0 }
  }

  /// What a table cell may hold.
  static func cell(_ markdown: String) -> String { EscapedMarkdown.cell(markdown) }

  private static func visible(_ line: Substring) -> String {
    String(String.UnicodeScalarView(line.unicodeScalars.map(EscapedMarkdown.visible)))
  }
}
