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

  /// Words of ours, or of the author's that are no Markdown.
  func words(_ text: String) -> String {
    switch self {
    case .plain: text
    case .markdown: MarkdownText.escaped(text)
    }
  }
}
