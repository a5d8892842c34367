import Actions
import CEL
import Values

/// What the expressions of a driver see of one attempt.
struct DriverContext: Activation, Sendable {
  private var values: [String: Value]

  init(_ values: [String: Value] = [:]) { self.values = values }

  init(_ invocation: Invocation, settings: ValueMap) {
    values = [
      "inputs": .map(invocation.inputs), "settings": .map(settings),
      "key": .string(invocation.key),
    ]
  }

  func value(named name: String) -> Value? { values[name] }

  /// The context with another name.
  func with(_ name: String, _ value: Value) -> DriverContext {
    var context = self
    context.values[name] = value
    return context
  }

  /// An evaluation's message for people. Secrets that it may show are redacted by whoever has them.
  func message(of error: EvaluationError) -> String { error.message }
}

/// The names that a place in a driver file can use, with their types.
struct DriverScope {
  private var variables: [String: CELType]
  private let functions: [FunctionDeclaration]

  init(_ variables: [String: CELType], functions: [FunctionDeclaration] = []) {
    self.variables = variables
    self.functions = functions
  }

  func with(_ more: [String: CELType]) -> DriverScope {
    var scope = self
    scope.variables.merge(more) { $1 }
    return scope
  }

  var environment: CELEnvironment {
    CELEnvironment(variables: variables, functions: functions)
  }
}
