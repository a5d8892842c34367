import Actions
import CEL
import SourceText
import Values
import Workflows

/// A value of a driver file or of `baton.yaml` with `${{ … }}` in it, parsed once.
final class DriverTemplate: Sendable {
  /// A piece of a text.
  enum Part: Sendable {
    case literal(String)
    case expression(CheckedExpression)
  }

  enum Form: Sendable {
    case literal(Value)
    /// One `${{ … }}` and nothing more; keeps its type.
    case expression(CheckedExpression)
    case text([Part])
    case list([DriverTemplate])
    case map([(name: String, value: DriverTemplate)])
  }

  let form: Form
  /// `path:line:column`.
  let place: String

  init(_ form: Form, place: String) {
    self.form = form
    self.place = place
  }

  /// The value, where it needs no evaluation.
  var literal: Value? { if case .literal(let value) = form { value } else { nil } }

  /// Whether the text begins with an inserted value.
  var startsWithValue: Bool {
    switch form {
    case .expression: true
    case .text(let parts): if case .expression? = parts.first { true } else { false }
    case .literal, .list, .map: false
    }
  }

  /// Its expressions in the order written; none where it is the same at each use.
  var expressions: [CheckedExpression] {
    switch form {
    case .literal: []
    case .expression(let expression): [expression]
    case .text(let parts): parts.compactMap(\.expression)
    case .list(let templates): templates.flatMap(\.expressions)
    case .map(let members): members.flatMap(\.value.expressions)
    }
  }

  /// Whether an expression in it reads a variable.
  func reads(_ variable: String) -> Bool {
    expressions.contains { expression in
      expression.references.contains { $0.path.first == variable }
    }
  }

  /// The value with its expressions put in; nil for an absent optional value, which leaves its key
  /// or its place in a list out.
  ///
  /// - Throws: `.unavailable` where an expression fails: the driver needs mending. Whoever renders after something
  ///   was sent says instead that it may have taken effect.
  func render(_ context: DriverContext) throws(ActionFailure) -> Value? {
    switch form {
    case .literal(let value): return value
    case .expression(let expression):
      return try evaluate(expression, context).map { value throws(ActionFailure) in
        try storable(value)
      }
    case .text(let parts):
      var text = ""
      for part in parts { text += try self.text(of: part, context) }
      return .string(text)
    case .list(let templates):
      var values: [Value] = []
      for template in templates {
        if let value = try template.render(context) { values.append(value) }
      }
      return .list(values)
    case .map(let members):
      var map = ValueMap(minimumCapacity: members.count)
      for (name, template) in members { map[name] = try template.render(context) }
      return .map(map)
    }
  }

  /// The text with its expressions put in; nil for an absent optional value.
  ///
  /// - Throws: as ``render(_:)``, and where the value is a list or a map.
  func renderText(_ context: DriverContext) throws(ActionFailure) -> String? {
    guard let value = try render(context) else { return nil }
    guard let text = value.insertedText else {
      throw failure("\(value.nounForMessages) cannot be put into text")
    }
    return text
  }

  /// What a driver says of a failure; where that cannot be made, what is known without it, and why. The failure
  /// itself is certain, and stays what it is.
  func words(_ context: DriverContext, else meaning: String) -> String {
    do throws(ActionFailure) {
      return try renderText(context) ?? meaning
    } catch {
      return "\(meaning) (the driver's message for it cannot be made: \(error.message))"
    }
  }

  private func text(of part: Part, _ context: DriverContext) throws(ActionFailure) -> String {
    switch part {
    case .literal(let text): return text
    case .expression(let expression):
      guard let value = try evaluate(expression, context) else { return "" }
      guard let text = value.insertedText else {
        throw failure("\(value.nounForMessages) cannot be put into text")
      }
      return text
    }
  }

  private func evaluate(
    _ expression: CheckedExpression, _ context: DriverContext
  ) throws(ActionFailure) -> Value? {
    do throws(EvaluationError) {
      return try expression.evaluate(context).presentValue
    } catch {
      throw failure(context.message(of: error))
    }
  }

  private func storable(_ value: Value) throws(ActionFailure) -> Value {
    do throws(UnstorableValue) { return try value.storable() } catch {
      throw failure(error.message("cannot be handed on"))
    }
  }

  private func failure(_ message: String) -> ActionFailure {
    .unavailable("\(place): \(message)", code: "driver_error")
  }
}

extension DriverTemplate.Part {
  fileprivate var expression: CheckedExpression? {
    if case .expression(let expression) = self { expression } else { nil }
  }
}

/// A condition of a driver file.
struct DriverCondition: Sendable {
  let expression: CheckedExpression
  let place: String

  /// - Throws: `.unavailable` where it cannot be evaluated.
  func holds(_ context: DriverContext) throws(ActionFailure) -> Bool {
    do throws(EvaluationError) {
      return try expression.evaluate(context).asBool == true
    } catch {
      throw .unavailable("\(place): \(context.message(of: error))", code: "driver_error")
    }
  }
}
