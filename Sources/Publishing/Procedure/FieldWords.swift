import Documents
package import Fields
import SourceText
import Values
import Workflows

/// What a field takes, in words.
package enum FieldWords {
  /// In Markdown, empty where there is nothing to say: "one of professional, enterprise; default professional".
  package static func details(of field: Field) -> String {
    var parts: [String] = []
    if let choices = field.choices {
      parts.append(
        "one of \(choices.map(shown).joined(separator: ", "))")
    } else if case let kind = kind(of: field), !kind.isEmpty {
      parts.append(kind)
    }
    if field.isOptional { parts.append("if there is one") }
    if let value = field.defaultValue {
      parts.append("default \(shown(value))")
    }
    if field.isSensitive { parts.append("confidential") }
    return parts.joined(separator: "; ")
  }

  /// A value as it is to be typed; what has no characters is named.
  static func shown(_ value: Value) -> String {
    guard isEmpty(value) else { return MarkdownText.code(Wording.plain(value)) }
    if case .string = value { return "empty" }
    return "none"
  }

  static func isEmpty(_ value: Value) -> Bool {
    switch value {
    case .string(let text): text.isEmpty
    case .list(let items): items.isEmpty
    case .map(let map): map.isEmpty
    default: false
    }
  }

  /// What may be given, without the choices, empty where that is any text: "whole number, at least 1".
  package static func kind(of field: Field) -> String {
    let schema = field.schema.source
    let type = schema["type"]?.asString
    let format = schema["format"]?.asString
    var parts: [String] = []
    switch (type, format) {
    case ("string", "email"): parts.append("email address")
    case ("string", "date"): parts.append("date")
    case ("string", "date-time"): parts.append("date and time")
    case ("string", "uri"): parts.append("link")
    case ("boolean", _): parts.append("yes or no")
    case ("integer", _): parts.append("whole number")
    case ("number", _): parts.append("number")
    case ("array", _): parts.append("list")
    default: break
    }
    if let least = schema["minimum"] { parts.append("at least \(Wording.plain(least))") }
    if let most = schema["maximum"] { parts.append("at most \(Wording.plain(most))") }
    return parts.joined(separator: ", ")
  }
}
