import Values

/// A macro over elements or entries.
final class ComprehensionPlan: Plan, @unchecked Sendable {
  private let macro: SyntaxNode.Comprehension.Macro
  private let source: Plan
  private let first: Int
  private let second: Int?
  private let predicate: Plan?
  private let transform: Plan?

  init(
    _ macro: SyntaxNode.Comprehension.Macro, over source: Plan, slots: (Int, Int?),
    predicate: Plan?, transform: Plan?, _ range: Range<Int>
  ) {
    self.macro = macro
    self.source = source
    first = slots.0
    second = slots.1
    self.predicate = predicate
    self.transform = transform
    super.init(range)
  }

  override func evaluate(_ evaluation: inout Evaluation) throws(Halt) -> Value {
    let source = try source.evaluate(&evaluation)
    switch macro {
    case .exists: return try search(source, for: true, &evaluation)
    case .all: return try search(source, for: false, &evaluation)
    case .existsOne: return try count(source, &evaluation)
    case .filter: return try filter(source, &evaluation)
    case .map, .transformList: return try list(source, &evaluation)
    case .transformMap, .transformMapEntry: return try map(source, &evaluation)
    case .sortBy: return try sort(source, &evaluation)
    }
  }

  // MARK: Elements

  private typealias Body = (
    inout Evaluation, _ key: Value, _ element: Value
  ) throws(Halt) -> Bool

  /// Calls the body for each element, its variables set, until it returns false. Where a body
  /// meets an unknown the others are looked at too, so that the set is whole.
  private func forEach(
    _ source: Value, _ evaluation: inout Evaluation, _ body: Body
  ) throws(Halt) {
    var unknown: Halt?
    switch source {
    case .list(let list):
      for index in list.indices {
        let key = Value.int(Int64(index))
        evaluation.slots[first] = second == nil ? list[index] : key
        if let second { evaluation.slots[second] = list[index] }
        guard try step(&evaluation, key, list[index], &unknown, body) else { return }
      }
    case .map(let map):
      for member in map {
        evaluation.slots[first] = member.key
        if let second { evaluation.slots[second] = member.value }
        let element = second == nil ? member.key : member.value
        guard try step(&evaluation, member.key, element, &unknown, body) else { return }
      }
    case .object(let object) where object.isRecord:
      var map = ValueMap()
      for name in object.fieldNames { map[name] = object.field(name) }
      try forEach(.map(map), &evaluation, body)
    default:
      throw fail(.noSuchOverload, "expected a list or a map, found \(source.typeName)")
    }
    if let unknown { throw unknown }
  }

  private func step(
    _ evaluation: inout Evaluation, _ key: Value, _ element: Value, _ unknown: inout Halt?,
    _ body: Body
  ) throws(Halt) -> Bool {
    try evaluation.charge(1)
    do throws(Halt) {
      return try body(&evaluation, key, element)
    } catch {
      guard case .unknown = error else { throw error }
      unknown = unknown?.joined(with: error) ?? error
      return true
    }
  }

  // MARK: Tests

  /// `exists` (one true decides) and `all` (one false decides): errors elsewhere do not count once
  /// it is decided.
  private func search(
    _ source: Value, for decisive: Bool, _ evaluation: inout Evaluation
  ) throws(Halt) -> Value {
    guard let predicate else { return .bool(!decisive) }
    var isDecided = false
    var halt: Halt?
    try forEach(source, &evaluation) { (evaluation, _, _) throws(Halt) in
      do throws(Halt) {
        isDecided = try predicate.condition(&evaluation) == decisive
      } catch {
        if case .error(let error) = error, error.code == .limitReached { throw .error(error) }
        halt = halt?.joined(with: error) ?? error
      }
      return !isDecided
    }
    if isDecided { return .bool(decisive) }
    if let halt { throw halt }
    return .bool(!decisive)
  }

  private func count(_ source: Value, _ evaluation: inout Evaluation) throws(Halt) -> Value {
    var count = 0
    try forEach(source, &evaluation) { (evaluation, _, _) throws(Halt) in
      if try self.predicate?.condition(&evaluation) ?? true { count += 1 }
      return true
    }
    return .bool(count == 1)
  }

  // MARK: New collections

  private func filter(_ source: Value, _ evaluation: inout Evaluation) throws(Halt) -> Value {
    var kept: [Value] = []
    try forEach(source, &evaluation) { (evaluation, _, element) throws(Halt) in
      if try self.predicate?.condition(&evaluation) ?? true { kept.append(element) }
      return true
    }
    return .list(kept)
  }

  private func list(_ source: Value, _ evaluation: inout Evaluation) throws(Halt) -> Value {
    var values: [Value] = []
    try forEach(source, &evaluation) { (evaluation, _, element) throws(Halt) in
      guard try self.predicate?.condition(&evaluation) ?? true else { return true }
      values.append(try self.transform?.evaluate(&evaluation) ?? element)
      return true
    }
    return .list(values)
  }

  private func map(_ source: Value, _ evaluation: inout Evaluation) throws(Halt) -> Value {
    var map = ValueMap()
    try forEach(source, &evaluation) { (evaluation, key, element) throws(Halt) in
      guard try self.predicate?.condition(&evaluation) ?? true else { return true }
      let value = try self.transform?.evaluate(&evaluation) ?? element
      guard self.macro == .transformMapEntry else {
        try self.insert(key, value, into: &map)
        return true
      }
      guard case .map(let entries) = value else {
        throw self.fail(.noSuchOverload, "expected a map, found \(value.typeName)")
      }
      for entry in entries { try self.insert(entry.key, entry.value, into: &map) }
      return true
    }
    return .map(map)
  }

  private func sort(_ source: Value, _ evaluation: inout Evaluation) throws(Halt) -> Value {
    var keyed: [(key: Value, element: Value)] = []
    try forEach(source, &evaluation) { (evaluation, _, element) throws(Halt) in
      keyed.append((try self.transform?.evaluate(&evaluation) ?? element, element))
      return true
    }
    try evaluation.charge(keyed.count * 8)
    for pair in keyed.dropFirst() where CELOperations.order(keyed[0].key, pair.key) == nil {
      throw fail(.noSuchOverload, "the keys cannot be put in order")
    }
    let order = keyed.indices.sorted { one, other in
      let order = CELOperations.order(keyed[one].key, keyed[other].key) ?? 0
      return order == 0 ? one < other : order < 0
    }
    return .list(order.map { keyed[$0].element })
  }
}
