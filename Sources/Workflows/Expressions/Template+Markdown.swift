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
    text += isCode ? EscapedMarkdown.code(inserted) : EscapedMarkdown.escaped(inserted)
  }

  private mutating func endLine() {
    if line.drop(while: { $0 == " " }).hasPrefix("```") { isInFence.toggle() }
    line = ""
    isInSpan = false
  }
}

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
  package static func code(_ text: String) -> String {
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
