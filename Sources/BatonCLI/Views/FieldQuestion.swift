import CommandLineKit
import Fields
import Publishing
import Values

/// A field as a question on a terminal. What is typed is read as the field says, and what does not fit
/// is said of the label, which is all that the person has seen.
struct FieldQuestion {
  let field: Field

  init(_ field: Field) { self.field = field }

  /// What the terminal shows.
  var question: Prompter.Question {
    Prompter.Question(
      label: field.title, help: field.help, hint: hint,
      defaultText: field.isSensitive ? nil : field.defaultValue.map(shown),
      choices: choices, isHidden: field.isSensitive, isOptional: !field.isRequired)
  }

  /// The value of a text, or why it is none, in words for who typed it.
  func read(_ text: String) -> Result<Value, FieldProblem> {
    field.parse(text).mapError { FieldProblem(path: $0.path, message: inWords($0, of: text)) }
  }

  private var choices: [String] {
    if let choices = field.choices { return choices.map(shown) }
    return isYesOrNo ? ["yes", "no"] : []
  }

  private var isYesOrNo: Bool { field.schema.typeName == "boolean" }

  private func shown(_ value: Value) -> String {
    guard let flag = value.asBool else { return value.shown }
    return flag ? "yes" : "no"
  }

  /// As the status card has it, and how it is written where that is not clear.
  private var hint: String {
    let kind = FieldWords.kind(of: field)
    let parts = [kind, way, field.isSensitive ? "confidential" : ""]
    return parts.filter { !$0.isEmpty }.joined(separator: ", ")
  }

  private var way: String {
    let source = field.schema.source
    switch (field.schema.typeName, source["format"]?.asString) {
    case ("string", "date"): return "such as 2026-01-18"
    case ("string", "date-time"): return "such as 2026-01-18T09:30:00Z"
    case ("string", "time"): return "a time such as 09:30:00Z"
    case ("array", _):
      let isNested = ["array", "object"].contains(source["items"]?["type"]?.asString)
      return isNested ? "in JSON" : "with commas between"
    case ("object", _): return "in JSON"
    default: return ""
    }
  }

  private func inWords(_ problem: FieldProblem, of text: String) -> String {
    let title = "`\(field.title)`"
    if isYesOrNo {
      return "\(title) must be yes or no" + (field.isSensitive ? "" : ", not `\(text)`")
    }
    let subject = "`\(problem.path)`"
    guard problem.message.hasPrefix(subject) else { return problem.message }
    // Inside a value its place is known by more than the label: `users[0].email`.
    let place = problem.path.dropFirst(field.name.count)
    let rest = problem.message.dropFirst(subject.count)
    return place.isEmpty ? title + rest : "`\(place.drop { $0 == "." })` of \(title)\(rest)"
  }
}
