import Values

/// A call of a function whose arguments are evaluated first.
final class CallPlan: Plan, @unchecked Sendable {
  private let function: String
  private let arguments: [Plan]
  private let overloads: [Overload]
  private let work: CallWork

  init(
    _ function: String, _ arguments: [Plan], _ overloads: [Overload], _ work: CallWork,
    _ range: Range<Int>
  ) {
    self.work = work
    self.function = function
    self.arguments = arguments
    self.overloads = overloads
    super.init(range)
  }

  override func evaluate(_ evaluation: inout Evaluation) throws(Halt) -> Value {
    try evaluation.charge(1)
    let values = try evaluateArguments(&evaluation)
    if work != .constant { try evaluation.charge(work.cost(of: values, limit: evaluation.budget)) }
    let overload = try choose(values)
    do throws(EvaluationError) {
      let value: Value
      switch (overload.implementation, values.count) {
      case (.unary(let call), 1): value = try call(values[0])
      case (.binary(let call), 2): value = try call(values[0], values[1])
      case (.ternary(let call), 3): value = try call(values[0], values[1], values[2])
      case (.many(let call), _): value = try call(values)
      case (.contextual(let call), _): value = try call(evaluation.activation, values)
      default: throw mismatch(values)
      }
      evaluation.budget -= value.weight
      return value
    } catch {
      throw located(error)
    }
  }

  /// Every argument is looked at before an unknown one is reported, so that the set is whole.
  private func evaluateArguments(_ evaluation: inout Evaluation) throws(Halt) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(arguments.count)
    var halt: Halt?
    for argument in arguments {
      do throws(Halt) {
        values.append(try argument.evaluate(&evaluation))
      } catch {
        guard !evaluation.unknowns.isEmpty else { throw error }
        halt = halt?.joined(with: error) ?? error
      }
    }
    if let halt { throw halt }
    return values
  }

  private func choose(_ values: [Value]) throws(Halt) -> Overload {
    if overloads.count == 1 { return overloads[0] }
    if overloads.isEmpty { throw fail(.noSuchOverload, "unknown function `\(function)`") }
    for overload in overloads where overload.accepts(values) { return overload }
    throw located(mismatch(values))
  }

  private func mismatch(_ values: [Value]) -> EvaluationError {
    let found = values.map(\.typeName).joined(separator: ", ")
    let name = OperatorNames.symbol(of: function) ?? function
    return EvaluationError(.noSuchOverload, "`\(name)` does not work on (\(found))")
  }
}

/// Operators with two operands: no list of arguments is made for them.
final class BinaryPlan: Plan, @unchecked Sendable {
  private let left: Plan
  private let right: Plan
  private let operation: @Sendable (Value, Value) throws(EvaluationError) -> Value
  private let work: CallWork

  init?(
    _ left: Plan, _ right: Plan, _ overloads: [Overload], _ work: CallWork, _ range: Range<Int>
  ) {
    guard let first = overloads.first, case .binary(let operation) = first.implementation else {
      return nil
    }
    self.work = work
    self.left = left
    self.right = right
    self.operation = operation
    super.init(range)
  }

  override func evaluate(_ evaluation: inout Evaluation) throws(Halt) -> Value {
    try evaluation.charge(1)
    let first: Value
    do throws(Halt) {
      first = try left.evaluate(&evaluation)
    } catch {
      guard !evaluation.unknowns.isEmpty else { throw error }
      do throws(Halt) { _ = try right.evaluate(&evaluation) } catch let other {
        throw error.joined(with: other)
      }
      throw error
    }
    let second = try right.evaluate(&evaluation)
    if work != .constant, !(first.isScalar && second.isScalar) {
      try evaluation.charge(work.cost(of: [first, second], limit: evaluation.budget))
    }
    do throws(EvaluationError) {
      let value = try operation(first, second)
      evaluation.budget -= value.weight
      return value
    } catch {
      throw located(error)
    }
  }
}

extension Value {
  /// What making the value cost beyond the call: grows with its size, so that doubling again and
  /// again ends at the limit.
  var weight: Int {
    switch self {
    case .string(let text): text.utf8.count >> 4
    case .bytes(let bytes): bytes.count >> 4
    case .list(let values): values.count
    case .map(let map): map.count * 2
    default: 0
    }
  }
}

extension Overload {
  /// Whether values have, as far as a value shows its type, the types of the parameters.
  func accepts(_ values: [Value]) -> Bool {
    values.count == parameters.count && zip(values, parameters).allSatisfy { $0.hasType($1) }
  }
}

extension Value {
  func hasType(_ type: CELType) -> Bool {
    switch (type, self) {
    case (.dyn, _), (.parameter, _), (.error, _): true
    case (.null, .null), (.bool, .bool), (.int, .int), (.uint, .uint), (.double, .double),
      (.string, .string), (.bytes, .bytes), (.timestamp, .timestamp), (.duration, .duration),
      (.map, .map):
      true
    case (.list(let element), .list(let values)):
      values.first.map { $0.hasType(element) } ?? true
    case (.wrapper(let inner), let value): value.isNull || value.hasType(inner)
    case (.type, .object(let object)): object is TypeValue
    case (.optional, .object(let object)): object is OptionalValue
    case (.opaque(let name, _), .object(let object)): object.typeName == name
    case (.object, .object(let object)), (.map, .object(let object)): object.isRecord
    case (.object, .map): true
    default: false
    }
  }

  var isNull: Bool { if case .null = self { true } else { false } }
}
