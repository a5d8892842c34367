import Workflows

/// How words are marked that are somebody's name or code.
enum WordStyle {
  case plain, markdown

  /// The name of a step or a field.
  func name(_ text: String) -> String {
    switch self {
    case .plain: "“\(text)”"
    case .markdown: "*\(MarkdownText.escaped(text))*"
    }
  }

  /// A value or an expression as it stands in the file.
  func code(_ text: String) -> String {
    switch self {
    case .plain: text
    case .markdown: MarkdownText.code(text)
    }
  }

  /// A constant text; in plain words with quotes, unless it can only be one.
  func constant(_ text: String) -> String {
    switch self {
    case .plain: Self.isUnmistakable(text) ? text : "“\(text)”"
    case .markdown: MarkdownText.code(text)
    }
  }

  /// One word that is none of ours and no number.
  private static func isUnmistakable(_ text: String) -> Bool {
    let isWord = text.allSatisfy { $0.isLetter || $0.isNumber || "_-./@#:".contains($0) }
    return isWord && text.contains(where: \.isLetter) && Double(text) == nil
      && !ownWords.contains(text)
  }

  private static let ownWords: Set<String> = [
    "yes", "no", "nothing", "always", "never", "known", "empty", "and", "or", "not", "if", "is",
    "otherwise", "at", "before", "after",
    "it", "the", "a", "an", "of", "one", "none", "there", "minus", "holds", "text",
  ]

  /// Words of ours, or of the author's that are no Markdown.
  func words(_ text: String) -> String {
    switch self {
    case .plain: text
    case .markdown: MarkdownText.escaped(text)
    }
  }
}
