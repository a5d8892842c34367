package import CEL
import Values

extension Template {
  /// The text as Markdown: what the author wrote stands, what is put in means only itself, so that
  /// no value can fake a link or emphasis. Sensitive values are left out.
  ///
  /// - Throws: as ``renderText(_:)``.
  package func renderMarkdown(
    _ activation: some Activation
  ) throws(ExpressionFailure) -> String {
    var writer = MarkdownWriter()
    switch form {
    case .literal(let value): return value.insertedText ?? ""
    case .expression(let expression): try writer.put(expression, activation)
    case .text(let parts):
      for part in parts {
        switch part {
        case .literal(let piece): writer.write(piece)
        case .expression(let expression): try writer.put(expression, activation)
        }
      }
    case .list, .map: return try renderText(activation)
    }
    return writer.text
  }

  /// The text for people: what is sensitive is left out.
  ///
  /// - Throws: as ``renderText(_:)``.
  package func renderShown(_ activation: some Activation) throws(ExpressionFailure) -> String {
    switch form {
    case .literal, .list, .map: return try renderText(activation)
    case .expression(let expression): return try expression.shown(activation) ?? hiddenValue
    case .text(let parts):
      var text = ""
      for part in parts {
        switch part {
        case .literal(let piece): text += piece
        case .expression(let expression): text += try expression.shown(activation) ?? hiddenValue
        }
      }
      return text
    }
  }
}

/// What people see in place of a value.
package let hiddenValue = "(sensitive)"

extension Expression {
  /// What people see of it; nothing for an absent optional value, nil where it is sensitive.
  fileprivate func shown(_ activation: some Activation) throws(ExpressionFailure) -> String? {
    guard !isSensitive else { return nil }
    // What has come about in the run shows by what is read.
    let text = try text(activation)
    return isSensitive(in: activation) ? nil : text
  }
}

/// Writes Markdown and knows whether it stands in code, where a backslash is only a backslash.
private struct MarkdownWriter {
  private(set) var text = ""
  private var isInFence = false
  private var isInSpan = false
  private var line = ""

  mutating func write(_ piece: String) {
    text += piece
    for character in piece.unicodeScalars {
      if character == "\n" {
        endLine()
      } else {
        line.unicodeScalars.append(character)
        if character == "`", !isInFence { isInSpan.toggle() }
      }
    }
  }

  mutating func put(
    _ expression: Expression, _ activation: some Activation
  ) throws(ExpressionFailure) {
    guard let inserted = try expression.shown(activation) else {
      text += hiddenValue
      return
    }
    let isCode = isInFence || isInSpan
    text += isCode ? EscapedMarkdown.inCode(inserted) : EscapedMarkdown.escaped(inserted)
  }

  private mutating func endLine() {
    if line.drop(while: { $0 == " " }).hasPrefix("```") { isInFence.toggle() }
    line = ""
    isInSpan = false
  }
}
