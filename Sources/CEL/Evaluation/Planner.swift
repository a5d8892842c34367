import Values

/// Makes a plan from a tree and what the checker found.
struct Planner {
  let environment: CELEnvironment
  let findings: Findings
  /// Whether names and functions were resolved by the checker.
  let isChecked: Bool
  private(set) var slotCount = 0
  private var locals: [(name: String, plan: (Range<Int>) -> Plan)] = []

  init(_ environment: CELEnvironment, _ findings: Findings, isChecked: Bool) {
    self.environment = environment
    self.findings = findings
    self.isChecked = isChecked
  }

  mutating func plan(_ node: SyntaxNode) throws(EvaluationError) -> Plan {
    switch node.kind {
    case .literal(let value): return ConstantPlan(value, node.range)
    case .identifier(let name): return identifier(name, node)
    case .select(let operand, let field, let isOptional):
      return try select(node, operand, field, isOptional)
    case .has(let operand, let field):
      return TestPlan(
        SelectPlan(try plan(operand), field, node.range), isOptional: false, node.range)
    case .call(let function, let target, let arguments):
      return try call(node, function, target, arguments)
    case .and(let left, let right):
      return LogicPlan(try plan(left), try plan(right), decisive: false, node.range)
    case .or(let left, let right):
      return LogicPlan(try plan(left), try plan(right), decisive: true, node.range)
    case .conditional(let test, let positive, let negative):
      return ConditionalPlan(try plan(test), try plan(positive), try plan(negative), node.range)
    case .list(let elements): return try list(elements, node)
    case .map(let entries): return try map(entries, node)
    case .message(let name, _):
      throw EvaluationError(.noSuchOverload, "unknown type `\(name)`", range: node.range)
    default: return try scope(node)
    }
  }

  private mutating func list(
    _ elements: [SyntaxNode.Element], _ node: SyntaxNode
  ) throws(EvaluationError) -> Plan {
    var plans: [(plan: Plan, isOptional: Bool)] = []
    for element in elements { plans.append((try plan(element.value), element.isOptional)) }
    let constants = plans.compactMap { $0.isOptional ? nil : ($0.plan as? ConstantPlan)?.value }
    if constants.count == plans.count { return ConstantPlan(.list(constants), node.range) }
    return ListPlan(plans, node.range)
  }

  private mutating func map(
    _ entries: [SyntaxNode.Entry], _ node: SyntaxNode
  ) throws(EvaluationError) -> Plan {
    var plans: [(key: Plan, value: Plan, isOptional: Bool)] = []
    for entry in entries {
      plans.append((try plan(entry.key), try plan(entry.value), entry.isOptional))
    }
    return MapPlan(plans, node.range)
  }

  // MARK: Names

  private func local(_ name: String, _ range: Range<Int>) -> Plan? {
    locals.last { $0.name == name }?.plan(range)
  }

  private func identifier(_ name: String, _ node: SyntaxNode) -> Plan {
    if let local = local(name, node.range) { return local }
    switch findings.names[node.id] {
    case .variable(let name): return VariablePlan(name, node.range)
    case .constant(let value): return ConstantPlan(value, node.range)
    case .local, nil: return UnresolvedPlan(environment.candidates(for: name), node.range)
    }
  }

  private mutating func select(
    _ node: SyntaxNode, _ operand: SyntaxNode, _ field: String, _ isOptional: Bool
  ) throws(EvaluationError) -> Plan {
    switch findings.names[node.id] {
    case .variable(let name): return VariablePlan(name, node.range)
    case .constant(let value): return ConstantPlan(value, node.range)
    case .local, nil: break
    }
    let select = SelectPlan(try plan(operand), field, node.range)
    if isOptional { return TestPlan(select, isOptional: true, node.range) }
    guard !isChecked, let name = node.qualifiedName, !startsWithLocal(name) else { return select }
    let candidates = environment.candidates(for: name)
    return UnresolvedSelectPlan(UnresolvedPlan(candidates, node.range), select)
  }

  private func startsWithLocal(_ name: String) -> Bool {
    if name.hasPrefix(".") { return false }
    let first = name.split(separator: ".", maxSplits: 1).first.map(String.init) ?? name
    return locals.contains { $0.name == first }
  }

  // MARK: Calls

  private mutating func call(
    _ node: SyntaxNode, _ function: String, _ target: SyntaxNode?, _ arguments: [SyntaxNode]
  ) throws(EvaluationError) -> Plan {
    let found = resolve(node, function, target, arguments.count)
    let operands =
      (found.isNamespaced || target == nil ? [] : [target].compactMap(\.self)) + arguments
    var plans: [Plan] = []
    for operand in operands { plans.append(try plan(operand)) }
    if plans.count == 2, case .fallback(let unwraps)? = found.overloads.first?.implementation {
      return FallbackPlan(plans[0], plans[1], unwraps: unwraps, node.range)
    }
    let isSingle =
      found.overloads.count == 1 || found.overloads.shareImplementation(of: found.function)
    let work = CallWork(function: found.function)
    if plans.count == 2, isSingle,
      let binary = BinaryPlan(plans[0], plans[1], found.overloads, work, node.range)
    {
      return binary
    }
    return CallPlan(found.function, plans, found.overloads, work, node.range)
  }

  private func resolve(
    _ node: SyntaxNode, _ function: String, _ target: SyntaxNode?, _ count: Int
  ) -> (function: String, overloads: [Overload], isNamespaced: Bool) {
    if let call = findings.calls[node.id] { return call }
    return unchecked(function, target, count)
  }

  private func unchecked(
    _ function: String, _ target: SyntaxNode?, _ count: Int
  ) -> (function: String, overloads: [Overload], isNamespaced: Bool) {
    var names = environment.candidates(for: function)
    var isNamespaced = false
    if let prefix = target?.qualifiedName, !startsWithLocal(prefix) {
      let qualified = environment.candidates(for: "\(prefix).\(function)")
      if qualified.contains(where: { environment.function(named: $0) != nil }) {
        names = qualified
        isNamespaced = true
      }
    }
    guard let name = names.first(where: { environment.function(named: $0) != nil }),
      let declaration = environment.function(named: name)
    else { return (function, [], isNamespaced) }
    let isMember = target != nil && !isNamespaced
    let fitting = declaration.overloads.filter {
      $0.isMember == isMember && $0.parameters.count == count + (isMember ? 1 : 0)
    }
    return (name, fitting, isNamespaced)
  }

  // MARK: Scopes

  private mutating func slot() -> Int {
    defer { slotCount += 1 }
    return slotCount
  }

  private mutating func scope(_ node: SyntaxNode) throws(EvaluationError) -> Plan {
    let outside = locals.count
    defer { locals.removeLast(locals.count - outside) }
    switch node.kind {
    case .bind(let name, let value, let body):
      let valuePlan = try plan(value)
      let slot = self.slot()
      locals.append((name, { LocalPlan(slot, $0) }))
      return BindPlan(slot, valuePlan, try plan(body), node.range)
    case .block(let values, let body):
      let first = slotCount
      slotCount += values.count
      for (index, value) in values.enumerated() {
        let lazy = LazyPlan(first + index, try plan(value), value.range)
        locals.append(("@index\(index)", { _ in lazy }))
      }
      return BlockPlan(first..<(first + values.count), try plan(body), node.range)
    case .optionalMap(let target, let name, let body, let isFlat):
      let targetPlan = try plan(target)
      let slot = self.slot()
      locals.append((name, { LocalPlan(slot, $0) }))
      return OptionalMapPlan(targetPlan, slot, try plan(body), isFlat: isFlat, node.range)
    case .comprehension(let comprehension): return try self.comprehension(comprehension, node)
    default: return try plan(node)
    }
  }

  private mutating func comprehension(
    _ macro: SyntaxNode.Comprehension, _ node: SyntaxNode
  ) throws(EvaluationError) -> Plan {
    let source = try plan(macro.range)
    let first = slot()
    locals.append((macro.variable, { LocalPlan(first, $0) }))
    var second: Int?
    if let name = macro.second {
      let index = slot()
      second = index
      locals.append((name, { LocalPlan(index, $0) }))
    }
    var predicate: Plan?
    if let node = macro.predicate { predicate = try plan(node) }
    var transform: Plan?
    if let node = macro.transform { transform = try plan(node) }
    return ComprehensionPlan(
      macro.macro, over: source, slots: (first, second), predicate: predicate, transform: transform,
      node.range)
  }
}

extension [Overload] {
  /// Whether all overloads of an operator do the same, so that none need be chosen.
  fileprivate func shareImplementation(of function: String) -> Bool {
    OperatorNames.symbol(of: function) != nil
  }
}
