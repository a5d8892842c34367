import CEL
import Fields
import TimeZones
import Values
import Workflows

/// What the parts of a workflow are called in sentences for people.
struct Wording {
  let workflow: Workflow
  let style: WordStyle
  /// The names that several steps have.
  private let sharedTitles: Set<String>
  /// What is called, where a text sees what the operation is given.
  let call: ActionCall?
  /// Under which name it sees that: `inputs` in the contract, `with` in the step.
  let givenName: String

  init(_ workflow: Workflow, _ style: WordStyle) {
    self.workflow = workflow
    self.style = style
    call = nil
    givenName = "inputs"
    var seen: Set<String> = []
    sharedTitles = Set(workflow.allSteps.map(\.title).filter { !seen.insert($0).inserted })
  }

  private init(
    _ wording: Wording, _ style: WordStyle, call: ActionCall?, givenName: String = "inputs"
  ) {
    workflow = wording.workflow
    self.style = style
    sharedTitles = wording.sharedTitles
    self.call = call
    self.givenName = givenName
  }

  /// The same for the texts of a step's contract.
  func inside(_ call: ActionCall) -> Wording { Wording(self, style, call: call) }

  /// The same for what a step says itself of taking its call back.
  func behind(_ call: ActionCall) -> Wording {
    Wording(self, style, call: call, givenName: "with")
  }

  /// The same for what the step gives its operation.
  var outsideOfCall: Wording { Wording(self, style, call: nil) }

  // MARK: names

  /// The name of a role, as its key where the file does not declare it.
  func role(_ key: String) -> String {
    workflow.role(named: key).map(\.name).map { $0 == key ? Self.humanized(key) : $0 }
      ?? Self.humanized(key)
  }

  /// The name of a step.
  func step(_ id: String) -> String { workflow.step(named: id)?.title ?? id }

  /// The name of a step in a sentence that only one step can be meant by.
  func stepName(_ id: String) -> String {
    let title = step(id)
    return sharedTitles.contains(title) ? "\(title) (\(id))" : title
  }

  /// What a field is called inside a sentence: its label with a small letter, or its name in words.
  static func fieldName(_ field: Field) -> String {
    field.label.map(inSentence) ?? humanized(field.name)
  }

  /// The name of an output of a step.
  func output(_ name: String, of step: Step?) -> String {
    outputs(of: step)?[name].map(Self.fieldName) ?? Self.humanized(name)
  }

  /// The outputs of a step that have a description.
  func outputs(of step: Step?) -> FieldSet? {
    switch step?.kind {
    case .action(let call): call.contract?.outputs
    case .ask(let question): question.fields
    default: nil
    }
  }

  /// The name of a field with its article; a question and what begins with a verb are quoted:
  /// "the amount", "the answer to “Custom domain?”", "“is live”".
  static func noun(_ name: String) -> String {
    if name.hasSuffix("?") { return "the answer to “\(atStart(name))”" }
    let first = name.prefix { $0 != " " }
    let isClause = ["is", "has", "was", "are", "can", "does", "wants", "needs"].contains(first)
    return isClause && name.contains(" ") ? "“\(name)”" : "the \(name)"
  }

  /// A name in `snake_case` as words: `transaction_id` is "transaction ID".
  static func humanized(_ name: String) -> String {
    let words = name.split { $0 == "_" || $0 == "-" }.map { word in
      ["id", "url", "sso", "api"].contains(word) ? word.uppercased() : String(word)
    }
    return words.isEmpty ? name : words.joined(separator: " ")
  }

  /// With a small letter at the start, unless the first word is an abbreviation or a name.
  static func inSentence(_ label: String) -> String {
    let first = label.prefix { !$0.isWhitespace && $0 != "/" }
    let isPlain = first.dropFirst().allSatisfy { !$0.isUppercase }
    guard isPlain, first.count > 1, !label.hasSuffix("?") else { return label }
    return label.prefix(1).lowercased() + label.dropFirst()
  }

  /// With a capital letter at the start.
  static func atStart(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst()
  }

  // MARK: times

  /// A length of time in words: "3 days", "4 business hours".
  func length(_ duration: DurationTemplate) -> String {
    guard let fixed = duration.fixed else { return text(duration.template) }
    return Self.length(fixed)
  }

  static func length(_ length: Length) -> String {
    guard let span = length.elapsed else { return length.description }
    let seconds = span.seconds
    let isNegative = seconds < 0 || span.nanoseconds < 0
    var rest = seconds.magnitude
    var parts: [String] = []
    for (name, size) in [("week", 604_800), ("day", 86_400), ("hour", 3_600), ("minute", 60)] {
      let unit = UInt64(size)
      let count = rest / unit
      // Weeks only where they are the whole: 8 days are 8 days.
      guard count > 0, name != "week" || rest % unit == 0 else { continue }
      parts.append("\(count) \(name)\(count == 1 ? "" : "s")")
      rest %= unit
    }
    let fraction = Self.fraction(of: span)
    if rest > 0 || parts.isEmpty || !fraction.isEmpty {
      parts.append("\(rest)\(fraction) second\(rest == 1 && fraction.isEmpty ? "" : "s")")
    }
    return (isNegative ? "minus " : "") + parts.joined(separator: " ")
  }

  /// What is less than a second: ".25".
  private static func fraction(of span: TimeSpan) -> String {
    guard span.nanoseconds != 0 else { return "" }
    let digits = String(Int(span.nanoseconds.magnitude) + 1_000_000_000).dropFirst()
    return "." + String(digits.reversed().drop { $0 == "0" }.reversed())
  }

  func deadline(_ deadline: Deadline) -> String {
    switch deadline {
    case .after(let duration): length(duration)
    case .at(let moment): expression(moment)
    }
  }

  // MARK: expressions

  func expression(_ expression: Expression) -> String {
    guard let checked = expression.checked else { return style.code(expression.source) }
    return ExpressionWords(self, checked).shown(checked.tree).text
  }

  /// A value as a part of a sentence that goes on, or that other words hold on to: in brackets where
  /// it could be misread.
  func operand(_ expression: Expression) -> String {
    guard let checked = expression.checked else { return style.code(expression.source) }
    return ExpressionWords(self, checked).shown(checked.tree).within(.prefix).text
  }

  /// A condition as a clause: "the amount is at least 0".
  func condition(_ expression: Expression) -> String {
    guard let checked = expression.checked else { return style.code(expression.source) }
    return ExpressionWords(self, checked).condition(checked.tree).text
  }

  /// A condition after "and".
  func conjunct(_ expression: Expression) -> String {
    guard let checked = expression.checked else { return style.code(expression.source) }
    return ExpressionWords(self, checked).condition(checked.tree).within(.and).text
  }

  /// A text with its expressions in words. The author's own text is Markdown already.
  func text(_ template: Template) -> String {
    switch template.form {
    case .literal(let value): return value.asString ?? Self.plain(value)
    case .expression(let expression): return self.expression(expression)
    case .text(let parts):
      return parts.map { part in
        switch part {
        case .literal(let text): text
        case .expression(let expression): placeholder(expression)
        }
      }.joined()
    case .list(let templates): return templates.map(item).joined(separator: ", ")
    case .map(let members):
      return members.map { "\(Self.humanized($0.name)): \(item($0.value))" }.joined(separator: "; ")
    }
  }

  /// A part of a list or a map: a list or a map of its own has brackets.
  private func item(_ template: Template) -> String { phrase(template).asItem.text }

  /// A value that is put together from constants and expressions.
  func phrase(_ template: Template) -> Phrase {
    switch template.form {
    case .expression(let expression):
      guard let checked = expression.checked else { return .name(style.code(expression.source)) }
      return ExpressionWords(self, checked).shown(checked.tree)
    case .list(let templates):
      return Phrase(templates.count > 1 ? .open : .name, "\(text(template))")
    case .map(let members):
      return members.isEmpty ? .name("none") : Phrase(.open, "\(text(template))")
    case .literal(let value) where FieldWords.isEmpty(value): return .name(FieldWords.shown(value))
    case .literal, .text: return .name(text(template))
    }
  }

  /// What stands in a text for a value of the run: "[customer email]". It may stand inside of code
  /// or emphasis, so it has no marks of its own.
  private func placeholder(_ expression: Expression) -> String {
    let plain = Wording(self, .plain, call: call, givenName: givenName)
    if call != nil, let checked = expression.checked {
      let words = ExpressionWords(plain, checked)
      if let text = words.constant(checked.tree) ?? words.givenText(checked.tree) {
        return text.replacing("`", with: "'")
      }
    }
    let words = plain.expression(expression)
    let flat = words.replacing("[", with: "(").replacing("]", with: ")").replacing("`", with: "'")
    return "[\(flat.hasPrefix("the ") ? String(flat.dropFirst(4)) : flat)]"
  }

  static func plain(_ value: Value) -> String {
    switch value {
    case .null: "nothing"
    case .bool(let flag): flag ? "yes" : "no"
    case .int(let number): String(number)
    case .uint(let number): String(number)
    case .double(let number):
      number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : String(number)
    case .string(let text): text
    case .list(let items): items.map(plain).joined(separator: ", ")
    case .map(let map):
      map.map { "\(humanized($0.key.asString ?? "")): \(plain($0.value))" }.joined(separator: ", ")
    default: "\(value)"
    }
  }

  // MARK: waiting

  func wait(_ wait: Wait) -> String {
    switch wait {
    case .duration(let duration): "wait \(length(duration))"
    case .until(let moment): "wait until \(expression(moment))"
    case .event(let event): "wait for \(self.event(event))"
    case .firstOf(let waits):
      "wait for the first of: "
        + waits.map { "\(Self.humanized($0.name)) (\(bare($0.wait)))" }.joined(separator: ", ")
    }
  }

  private func bare(_ wait: Wait) -> String {
    switch wait {
    case .duration(let duration): length(duration)
    case .until(let moment): expression(moment)
    case .event(let event): self.event(event)
    case .firstOf: self.wait(wait)
    }
  }

  /// The name of an event, and which one counts.
  func event(_ wait: EventWait) -> String {
    style.code(wait.event)
  }
}
