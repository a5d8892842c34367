import Values

/// Why the evaluation of a part ended without a value.
enum Halt: Error {
  case error(EvaluationError)
  /// The value depends on these, which are not known yet.
  case unknown(Set<Unknown>)
}

/// A variable, or a part of one, that is not known.
public struct Unknown: Hashable, Sendable {
  /// The variable and the fields that lead to the part: `["steps", "user", "outputs"]`.
  public let path: [String]

  public init(_ path: [String]) { self.path = path }
}

/// One evaluation: the variables, the slots of macros, what it may still cost.
struct Evaluation {
  let activation: any Activation
  /// The variables of macros; uninitialized memory is never among them.
  var slots: UnsafeMutableBufferPointer<Value?>
  var budget: Int
  let unknowns: [Unknown]

  mutating func charge(_ cost: Int) throws(Halt) {
    guard cost <= budget else {
      throw .error(EvaluationError(.limitReached, "the expression takes too much work"))
    }
    budget -= cost
  }

  /// The unknowns that an attribute path meets: those it leads into or through.
  func unknowns(at path: [String]) -> Set<Unknown> {
    var met: Set<Unknown> = []
    for unknown in unknowns {
      let shared = min(path.count, unknown.path.count)
      if path.prefix(shared).elementsEqual(unknown.path.prefix(shared)) { met.insert(unknown) }
    }
    return met
  }
}

/// A part of an expression, ready to be evaluated.
///
/// `@unchecked Sendable`, here and in every subclass (which has to repeat it): all that a plan holds is
/// constant, what changes is in the ``Evaluation`` that is handed in.
class Plan: @unchecked Sendable {
  let range: Range<Int>
  init(_ range: Range<Int>) { self.range = range }

  func evaluate(_ evaluation: inout Evaluation) throws(Halt) -> Value {
    preconditionFailure("every plan evaluates itself")
  }

  final func fail(_ code: EvaluationError.Code, _ message: String) -> Halt {
    .error(EvaluationError(code, message, range: range))
  }

  /// Gives an error of a function the place where it happened.
  final func located(_ error: EvaluationError) -> Halt {
    var error = error
    error.range = error.range ?? range
    return .error(error)
  }

  /// The truth value of a part.
  final func condition(_ evaluation: inout Evaluation) throws(Halt) -> Bool {
    let value = try evaluate(&evaluation)
    guard case .bool(let flag) = value else {
      throw fail(.noSuchOverload, "expected a truth value, found \(value.typeName)")
    }
    return flag
  }
}

final class ConstantPlan: Plan, @unchecked Sendable {
  let value: Value
  init(_ value: Value, _ range: Range<Int>) {
    self.value = value
    super.init(range)
  }

  override func evaluate(_ evaluation: inout Evaluation) throws(Halt) -> Value { value }
}

final class VariablePlan: Plan, @unchecked Sendable {
  let name: String

  init(_ name: String, _ range: Range<Int>) {
    self.name = name
    super.init(range)
  }

  override func evaluate(_ evaluation: inout Evaluation) throws(Halt) -> Value {
    if !evaluation.unknowns.isEmpty {
      let met = evaluation.unknowns(at: name.split(separator: ".").map(String.init))
      if !met.isEmpty { throw .unknown(met) }
    }
    if let value = evaluation.activation.value(named: name) { return value }
    throw fail(.noSuchVariable, "`\(name)` has no value")
  }
}

/// A name in an expression that was not checked: the first of its meanings that has a value.
final class UnresolvedPlan: Plan, @unchecked Sendable {
  private let candidates: [String]

  init(_ candidates: [String], _ range: Range<Int>) {
    self.candidates = candidates
    super.init(range)
  }

  func find(_ evaluation: Evaluation) -> Value? {
    for name in candidates {
      if let value = evaluation.activation.value(named: name) { return value }
      if let type = TypeNames.type(named: name) { return .object(TypeValue(type.name)) }
    }
    return nil
  }

  override func evaluate(_ evaluation: inout Evaluation) throws(Halt) -> Value {
    if let value = find(evaluation) { return value }
    throw fail(.noSuchVariable, "unknown name `\(candidates.last ?? "")`")
  }
}

/// `a.b.c` in an expression that was not checked: one name, or a field of a value.
final class UnresolvedSelectPlan: Plan, @unchecked Sendable {
  private let name: UnresolvedPlan
  private let select: Plan

  init(_ name: UnresolvedPlan, _ select: Plan) {
    self.name = name
    self.select = select
    super.init(select.range)
  }

  override func evaluate(_ evaluation: inout Evaluation) throws(Halt) -> Value {
    if let value = name.find(evaluation) { return value }
    return try select.evaluate(&evaluation)
  }
}

final class LocalPlan: Plan, @unchecked Sendable {
  private let slot: Int
  init(_ slot: Int, _ range: Range<Int>) {
    self.slot = slot
    super.init(range)
  }

  override func evaluate(_ evaluation: inout Evaluation) throws(Halt) -> Value {
    guard let value = evaluation.slots[slot] else { throw fail(.noSuchVariable, "no value yet") }
    return value
  }
}

final class SelectPlan: Plan, @unchecked Sendable {
  let operand: Plan
  let field: String

  init(_ operand: Plan, _ field: String, _ range: Range<Int>) {
    self.operand = operand
    self.field = field
    super.init(range)
  }

  /// The variable and constant fields that lead here, where it is such a chain; only what is unknown
  /// asks for it.
  var path: [String]? {
    switch operand {
    case let variable as VariablePlan: [variable.name, field]
    case let select as SelectPlan: select.path.map { $0 + [field] }
    default: nil
    }
  }

  override func evaluate(_ evaluation: inout Evaluation) throws(Halt) -> Value {
    if !evaluation.unknowns.isEmpty, let path {
      let met = evaluation.unknowns(at: path)
      if !met.isEmpty { throw .unknown(met) }
      return try select(from: try Self.known(operand, &evaluation))
    }
    return try select(from: try operand.evaluate(&evaluation))
  }

  /// The operand of a path that meets no unknown; its own path may lead past one.
  static func known(_ plan: Plan, _ evaluation: inout Evaluation) throws(Halt) -> Value {
    switch plan {
    case let select as SelectPlan:
      return try select.select(from: try known(select.operand, &evaluation))
    case let variable as VariablePlan:
      if let value = evaluation.activation.value(named: variable.name) { return value }
      throw plan.fail(.noSuchVariable, "`\(variable.name)` has no value")
    default: return try plan.evaluate(&evaluation)
    }
  }

  func select(from value: Value) throws(Halt) -> Value {
    switch value {
    case .map(let map):
      if let found = map[field] { return found }
      throw fail(.noSuchKey, "there is no `\(field)`")
    case .object(let optional as OptionalValue):
      guard let inner = optional.value else { return value }
      return .object(try find(in: inner).map { OptionalValue($0) } ?? .none)
    case .object(let object) where object.isRecord:
      if let found = object.field(field) { return found }
      throw fail(.noSuchField, "`\(field)` is not set")
    default: throw noFields(value)
    }
  }

  /// The field where it is there; a value that can have no fields is an error, also inside an
  /// optional one.
  func find(in value: Value) throws(Halt) -> Value? {
    switch value {
    case .map(let map): return map[field]
    case .object(let optional as OptionalValue):
      guard let inner = optional.value else { return nil }
      return try find(in: inner)
    case .object(let object) where object.isRecord: return object.field(field)
    default: throw noFields(value)
    }
  }

  private func noFields(_ value: Value) -> Halt {
    fail(.noSuchOverload, "\(value.typeName) has no fields, so no `\(field)`")
  }
}

/// `operand.?field` and `has(operand.field)`.
final class TestPlan: Plan, @unchecked Sendable {
  private let select: SelectPlan
  private let isOptional: Bool

  init(_ select: SelectPlan, isOptional: Bool, _ range: Range<Int>) {
    self.select = select
    self.isOptional = isOptional
    super.init(range)
  }

  override func evaluate(_ evaluation: inout Evaluation) throws(Halt) -> Value {
    if !evaluation.unknowns.isEmpty, let path = select.path {
      let met = evaluation.unknowns(at: path)
      if !met.isEmpty { throw .unknown(met) }
    }
    let operand =
      evaluation.unknowns.isEmpty
      ? try select.operand.evaluate(&evaluation) : try SelectPlan.known(select.operand, &evaluation)
    let found = try select.find(in: operand)
    return isOptional ? .object(found.map { OptionalValue($0) } ?? .none) : .bool(found != nil)
  }
}
