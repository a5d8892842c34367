package import CEL
package import SourceText
package import Values

/// A value of the file with `${{ … }}` in it: text, or lists and maps of it.
package final class Template: Sendable {
  package enum Form: Sendable {
    /// Nothing to evaluate.
    case literal(Value)
    /// One `${{ … }}` and nothing more; keeps its type.
    case expression(Expression)
    case text([Part])
    case list([Template])
    case map([NamedTemplate])
  }

  /// A piece of a text.
  package enum Part: Sendable {
    case literal(String)
    case expression(Expression)
  }

  package let file: SourceFile
  package let span: SourceSpan
  package let form: Form
  /// The type of what ``render(_:)`` gives; moments and lengths of time are text by then.
  package var type: CELType { form.type }
  package let isSensitive: Bool

  /// The text that it always gives; nil for anything that is computed, or is no text.
  package var constantText: String? {
    if case .literal(.string(let text)) = form { text } else { nil }
  }

  init(_ form: Form, file: SourceFile, span: SourceSpan) {
    self.form = form
    self.file = file
    self.span = span
    isSensitive = form.isSensitive
  }

  /// Whether it may give nothing, so that its key is left out.
  var mayLackValue: Bool {
    if case .expression(let expression) = form, case .optional = expression.type {
      true
    } else {
      false
    }
  }

  /// Whether it may give nothing, or something that lacks a part.
  var mayLackPart: Bool {
    switch form {
    case .expression(let expression): expression.mayLackPart
    case .text: false
    case .literal, .list, .map: type.hasOptional
    }
  }

  /// The value, where it needs no evaluation.
  package var literal: Value? { if case .literal(let value) = form { value } else { nil } }

  /// The text or value with its expressions put in.
  ///
  /// - Returns: a value that JSON can express; nil for an absent optional value, which leaves its
  ///   key out.
  /// - Throws: where an expression fails, or gives what cannot stand in text or in a journal.
  package func render(_ activation: some Activation) throws(ExpressionFailure) -> Value? {
    switch form {
    case .literal(let value): return value
    case .expression(let expression):
      guard let value = try expression.evaluate(activation).presentValue else { return nil }
      return try expression.storable(value)
    case .text: return .string(try renderText(activation))
    case .list(let templates):
      var values: [Value] = []
      for template in templates {
        if let value = try template.render(activation) { values.append(value) }
      }
      return .list(values)
    case .map(let members):
      return .map(try members.render(activation))
    }
  }

  /// The text with its expressions put in; nothing for an absent optional value.
  ///
  /// - Throws: where an expression fails, or gives a list, a map or bytes.
  package func renderText(_ activation: some Activation) throws(ExpressionFailure) -> String {
    switch form {
    case .literal(let value): return value.insertedText ?? ""
    case .expression(let expression): return try expression.text(activation)
    case .text(let parts):
      var text = ""
      for part in parts {
        switch part {
        case .literal(let piece): text += piece
        case .expression(let expression): text += try expression.text(activation)
        }
      }
      return text
    case .list, .map:
      throw ExpressionFailure(
        message: "a list or a map cannot be put into text", place: place, source: "")
    }
  }

  /// Whether what it gives is sensitive; see ``Expression/isSensitive(in:)``.
  package func isSensitive(in activation: some Activation) -> Bool {
    if isSensitive { return true }
    switch form {
    case .literal: return false
    case .expression(let expression): return expression.isSensitive(in: activation)
    case .text, .list, .map: return expressions.contains { $0.isSensitive(in: activation) }
    }
  }

  /// Every expression in it, in the order of the file.
  package var expressions: [Expression] {
    switch form {
    case .literal: []
    case .expression(let expression): [expression]
    case .text(let parts):
      parts.compactMap { if case .expression(let expression) = $0 { expression } else { nil } }
    case .list(let templates): templates.flatMap(\.expressions)
    case .map(let members): members.flatMap(\.value.expressions)
    }
  }

  /// `path:line:column`.
  package var place: String {
    let (line, column) = file.location(of: span.start)
    return "\(file.path):\(line):\(column)"
  }
}

extension [NamedTemplate] {
  /// The values under their names; absent optional values leave their names out.
  ///
  /// - Throws: as ``Template/render(_:)``.
  package func render(_ activation: some Activation) throws(ExpressionFailure) -> ValueMap {
    var map = ValueMap(minimumCapacity: count)
    for (name, template) in self { map[name] = try template.render(activation) }
    return map
  }

  /// The names that are left out where their values are absent.
  var optionalNames: Set<String> {
    guard contains(where: \.value.mayLackValue) else { return [] }
    return Set(filter(\.value.mayLackValue).map(\.name))
  }

  /// Whether any value, or a part of one, may be absent.
  var mayLackSome: Bool { indices.contains { self[$0].value.mayLackPart } }

  /// The names whose values depend on something sensitive.
  package var sensitiveNames: [String] {
    // Mostly there are none; a filter would copy each to find that.
    indices.compactMap { self[$0].value.isSensitive ? self[$0].name : nil }
  }
}

extension Template.Form {
  fileprivate var type: CELType {
    switch self {
    case .literal(let value): CELType(of: value)
    case .expression(let expression): expression.type.stored
    case .text: .string
    case .list(let templates): .list(CELType.common(templates.map(\.type)))
    case .map(let members): Self.mapType(of: members)
    }
  }

  /// A map of which a part may be left out is a record, which says which.
  private static func mapType(of members: [NamedTemplate]) -> CELType {
    let types = members.map { ($0.name, $0.value.type) }
    let optional = members.optionalNames
    guard !optional.isEmpty || types.contains(where: \.1.hasOptional) else {
      return .map(.string, CELType.common(types.map(\.1)))
    }
    return .object(
      ObjectType(
        "object", fields: Dictionary(types, uniquingKeysWith: { $1 }), optional: optional))
  }

  fileprivate var isSensitive: Bool {
    switch self {
    case .literal: false
    case .expression(let expression): expression.isSensitive
    case .text(let parts):
      parts.contains {
        if case .expression(let expression) = $0 { expression.isSensitive } else { false }
      }
    case .list(let templates): templates.contains(where: \.isSensitive)
    case .map(let members): members.contains(where: \.value.isSensitive)
    }
  }
}

extension Expression {
  func text(_ activation: some Activation) throws(ExpressionFailure) -> String {
    guard let value = try evaluate(activation).presentValue else { return "" }
    guard let text = value.insertedText else {
      throw ExpressionFailure(
        message: "\(value.nounForMessages) cannot be put into text", place: place, source: source)
    }
    return text
  }

  /// A value that the expression gave, as a journal keeps it.
  ///
  /// - Throws: where it has no such form; see `Value.stored`.
  package func storable(_ value: Value) throws(ExpressionFailure) -> Value {
    do throws(UnstorableValue) {
      return try value.storable()
    } catch {
      throw ExpressionFailure(
        message: error.message("cannot be kept in a run"), place: place, source: source)
    }
  }
}
