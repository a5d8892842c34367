import Values

/// `&&` and `||`: either side decides, whatever the other does (CEL specification, "Logical
/// operators").
final class LogicPlan: Plan, @unchecked Sendable {
  private let left: Plan
  private let right: Plan
  /// The value that decides: true for `||`, false for `&&`.
  private let decisive: Bool

  init(_ left: Plan, _ right: Plan, decisive: Bool, _ range: Range<Int>) {
    self.left = left
    self.right = right
    self.decisive = decisive
    super.init(range)
  }

  override func evaluate(_ evaluation: inout Evaluation) throws(Halt) -> Value {
    let first: Halt
    do throws(Halt) {
      if try left.condition(&evaluation) == decisive { return .bool(decisive) }
      return .bool(try right.condition(&evaluation))
    } catch {
      first = error
    }
    do throws(Halt) {
      if try right.condition(&evaluation) == decisive { return .bool(decisive) }
    } catch {
      throw first.joined(with: error)
    }
    throw first
  }
}

extension Halt {
  /// What two halts are together: an unknown may yet decide, so it outweighs an error.
  func joined(with other: Halt) -> Halt {
    switch (self, other) {
    case (.unknown(let some), .unknown(let others)): .unknown(some.union(others))
    case (.unknown, .error): self
    case (.error, .unknown): other
    case (.error, .error): self
    }
  }
}

final class ConditionalPlan: Plan, @unchecked Sendable {
  private let test: Plan
  private let positive: Plan
  private let negative: Plan

  init(_ test: Plan, _ positive: Plan, _ negative: Plan, _ range: Range<Int>) {
    self.test = test
    self.positive = positive
    self.negative = negative
    super.init(range)
  }

  override func evaluate(_ evaluation: inout Evaluation) throws(Halt) -> Value {
    try test.condition(&evaluation)
      ? try positive.evaluate(&evaluation) : try negative.evaluate(&evaluation)
  }
}

/// `optional.or(other)` and `optional.orValue(other)`: the other is looked at only where there is no
/// value, so that it may fail where there is one.
final class FallbackPlan: Plan, @unchecked Sendable {
  private let optional: Plan
  private let other: Plan
  /// Whether the value is asked for, not an optional one.
  private let unwraps: Bool

  init(_ optional: Plan, _ other: Plan, unwraps: Bool, _ range: Range<Int>) {
    self.optional = optional
    self.other = other
    self.unwraps = unwraps
    super.init(range)
  }

  override func evaluate(_ evaluation: inout Evaluation) throws(Halt) -> Value {
    try evaluation.charge(1)
    let first: Value
    do throws(Halt) {
      first = try optional.evaluate(&evaluation)
    } catch {
      guard case .unknown = error else { throw error }
      do throws(Halt) { _ = try other.evaluate(&evaluation) } catch let second {
        throw error.joined(with: second)
      }
      throw error
    }
    guard let value = try optional.unwrap(first) else { return try other.evaluate(&evaluation) }
    return unwraps ? value : first
  }
}

final class ListPlan: Plan, @unchecked Sendable {
  private let elements: [(plan: Plan, isOptional: Bool)]

  init(_ elements: [(plan: Plan, isOptional: Bool)], _ range: Range<Int>) {
    self.elements = elements
    super.init(range)
  }

  override func evaluate(_ evaluation: inout Evaluation) throws(Halt) -> Value {
    try evaluation.charge(elements.count)
    var values: [Value] = []
    values.reserveCapacity(elements.count)
    var unknown: Halt?
    for (plan, isOptional) in elements {
      guard let value = try plan.orUnknown(&evaluation, &unknown) else { continue }
      if !isOptional {
        values.append(value)
      } else if let inner = try plan.unwrap(value) {
        values.append(inner)
      }
    }
    if let unknown { throw unknown }
    return .list(values)
  }
}

final class MapPlan: Plan, @unchecked Sendable {
  private let entries: [(key: Plan, value: Plan, isOptional: Bool)]

  init(_ entries: [(key: Plan, value: Plan, isOptional: Bool)], _ range: Range<Int>) {
    self.entries = entries
    super.init(range)
  }

  override func evaluate(_ evaluation: inout Evaluation) throws(Halt) -> Value {
    try evaluation.charge(entries.count * 2)
    var map = ValueMap(minimumCapacity: entries.count)
    var unknown: Halt?
    for (keyPlan, valuePlan, isOptional) in entries {
      let key = try keyPlan.orUnknown(&evaluation, &unknown)
      let value = try valuePlan.orUnknown(&evaluation, &unknown)
      guard let key, let value else { continue }
      if !isOptional {
        try keyPlan.insert(key, value, into: &map)
      } else if let inner = try valuePlan.unwrap(value) {
        try keyPlan.insert(key, inner, into: &map)
      }
    }
    if let unknown { throw unknown }
    return .map(map)
  }
}

extension Plan {
  /// The value, or nil where it depends on unknowns, which are added to those met before.
  fileprivate func orUnknown(
    _ evaluation: inout Evaluation, _ unknown: inout Halt?
  ) throws(Halt) -> Value? {
    do throws(Halt) {
      return try evaluate(&evaluation)
    } catch {
      guard case .unknown = error else { throw error }
      unknown = unknown?.joined(with: error) ?? error
      return .none
    }
  }
}

extension Plan {
  func unwrap(_ value: Value) throws(Halt) -> Value? {
    guard case .object(let optional as OptionalValue) = value else {
      throw fail(.noSuchOverload, "expected an optional value, found \(value.typeName)")
    }
    return optional.value
  }

  func insert(_ key: Value, _ value: Value, into map: inout ValueMap) throws(Halt) {
    switch key {
    case .string, .int, .uint, .bool: break
    default: throw fail(.invalidArgument, "\(key.typeName) cannot be a key")
    }
    guard map.value(for: key) == nil else {
      throw fail(.invalidArgument, "the key \(key.shown) is there twice")
    }
    map.set(key, value)
  }
}

/// `cel.bind`.
final class BindPlan: Plan, @unchecked Sendable {
  private let slot: Int
  private let value: Plan
  private let body: Plan

  init(_ slot: Int, _ value: Plan, _ body: Plan, _ range: Range<Int>) {
    self.slot = slot
    self.value = value
    self.body = body
    super.init(range)
  }

  override func evaluate(_ evaluation: inout Evaluation) throws(Halt) -> Value {
    evaluation.slots[slot] = try value.evaluate(&evaluation)
    return try body.evaluate(&evaluation)
  }
}

/// `cel.block`: forgets what its elements were in an earlier round of a macro around it.
final class BlockPlan: Plan, @unchecked Sendable {
  private let slots: Range<Int>
  private let body: Plan

  init(_ slots: Range<Int>, _ body: Plan, _ range: Range<Int>) {
    self.slots = slots
    self.body = body
    super.init(range)
  }

  override func evaluate(_ evaluation: inout Evaluation) throws(Halt) -> Value {
    for slot in slots { evaluation.slots[slot] = .none }
    return try body.evaluate(&evaluation)
  }
}

/// An element of `cel.block`: computed when it is first read.
final class LazyPlan: Plan, @unchecked Sendable {
  private let slot: Int
  private let value: Plan

  init(_ slot: Int, _ value: Plan, _ range: Range<Int>) {
    self.slot = slot
    self.value = value
    super.init(range)
  }

  override func evaluate(_ evaluation: inout Evaluation) throws(Halt) -> Value {
    if let known = evaluation.slots[slot] { return known }
    let computed = try value.evaluate(&evaluation)
    evaluation.slots[slot] = computed
    return computed
  }
}

/// `target.optMap(name, body)` and `target.optFlatMap(name, body)`.
final class OptionalMapPlan: Plan, @unchecked Sendable {
  private let target: Plan
  private let slot: Int
  private let body: Plan
  private let isFlat: Bool

  init(_ target: Plan, _ slot: Int, _ body: Plan, isFlat: Bool, _ range: Range<Int>) {
    self.target = target
    self.slot = slot
    self.body = body
    self.isFlat = isFlat
    super.init(range)
  }

  override func evaluate(_ evaluation: inout Evaluation) throws(Halt) -> Value {
    guard let inner = try target.unwrap(try target.evaluate(&evaluation)) else {
      return .object(OptionalValue.none)
    }
    evaluation.slots[slot] = inner
    let result = try body.evaluate(&evaluation)
    return isFlat ? result : .object(OptionalValue(result))
  }
}
