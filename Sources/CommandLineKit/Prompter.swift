/// Asks questions on a terminal.
package struct Prompter: Sendable {
  /// One question.
  package struct Question: Sendable {
    package let label: String
    package let help: String?
    /// What is to be typed, where there are no choices: `whole number, at least 1`.
    package let hint: String
    /// What counts when nothing is typed.
    package let defaultText: String?
    package let choices: [String]
    /// Whether the answer must not be shown.
    package let isHidden: Bool
    /// Whether nothing is an answer.
    package let isOptional: Bool

    package init(
      label: String, help: String? = nil, hint: String = "", defaultText: String? = nil,
      choices: [String] = [], isHidden: Bool = false, isOptional: Bool = false
    ) {
      self.label = label
      self.help = help
      self.hint = hint
      self.defaultText = defaultText
      self.choices = choices
      self.isHidden = isHidden
      self.isOptional = isOptional
    }
  }

  /// What came of a question.
  package enum Answer: Sendable, Hashable {
    case text(String)
    /// Nothing was typed, and that is allowed (or the default counts).
    case nothing
    /// The input ended, or a signal came.
    case interrupted
  }

  private let console: Console

  package init(console: Console) { self.console = console }

  /// Asks until `problem` has nothing to say about the answer.
  package func ask(_ question: Question, problem: (String) -> String?) -> Answer {
    if let help = question.help { console.errors.line(dim("  " + help)) }
    while true {
      console.errors.write(prompt(for: question))
      let line = console.input.line(hidden: question.isHidden)
      if question.isHidden { console.errors.line() }
      if line == .unreadable {
        refuse("it is not UTF-8 text, to which the terminal can be set: type it again")
        continue
      }
      guard case .text(let typed) = line else {
        console.errors.line()
        return .interrupted
      }
      let text = question.isHidden ? typed : chosen(trimmed(typed), from: question.choices)
      if text.isEmpty, question.isOptional || question.defaultText != nil { return .nothing }
      guard let sentence = unfit(text) ?? problem(text) else { return .text(text) }
      refuse(sentence)
    }
  }

  private func refuse(_ sentence: String) {
    console.errors.line(console.errors.style.red("  " + TextLayout.harmless(sentence)))
  }

  /// Asks for yes or no. Nil where the input ended or a signal came.
  ///
  /// - Parameter no: what the other answer than yes is called; `no` always means it, too.
  package func confirm(
    _ question: String, help: String? = nil, otherwise no: String = "no"
  ) -> Bool? {
    let answer = ask(Question(label: question, help: help, choices: ["yes", no])) { text in
      ["yes", "y", no, "no", "n"].contains(text.lowercased()) ? nil : "yes or \(no)?"
    }
    guard case .text(let text) = answer else { return nil }
    return text.lowercased().hasPrefix("y")
  }

  /// What no question takes: nothing, and keys that were taken for characters.
  private func unfit(_ text: String) -> String? {
    if text.isEmpty { return "an answer is needed here" }
    let isControl = { (scalar: Unicode.Scalar) in
      scalar.properties.generalCategory == .control && scalar != "\t"
    }
    guard text.unicodeScalars.contains(where: isControl) else { return nil }
    return "there is a character in it that cannot be seen, of an arrow key perhaps: type it again"
  }

  private func prompt(for question: Question) -> String {
    let style = console.errors.style
    var text = style.bold(TextLayout.harmless(question.label))
    if !question.choices.isEmpty {
      text += dim(" (" + question.choices.joined(separator: ", ") + ")")
    } else if !question.hint.isEmpty {
      text += dim(" (\(question.hint))")
    }
    if let defaultText = question.defaultText {
      text += dim(" [\(defaultText.isEmpty ? "empty" : defaultText)]")
    } else if question.isOptional {
      text += dim(" [leave out]")
    }
    return text + ": "
  }

  // The beginning of exactly one choice stands for it.
  private func chosen(_ text: String, from choices: [String]) -> String {
    guard !text.isEmpty, !choices.contains(text) else { return text }
    let matching = choices.filter { $0.lowercased().hasPrefix(text.lowercased()) }
    return matching.count == 1 ? matching[0] : text
  }

  private func trimmed(_ text: String) -> String {
    let start = text.drop(while: \.isWhitespace)
    return String(start.reversed().drop(while: \.isWhitespace).reversed())
  }

  private func dim(_ text: String) -> String {
    console.errors.style.dim(TextLayout.harmless(text))
  }
}
