import Workflows

extension RunPlan {
  /// Whether a run may have come to these steps in this order.
  ///
  /// A path holds the addresses of the steps that do something (no sections, branches and loops
  /// themselves), each once, in the order in which the run came to them; a run that stands still or
  /// was ended by a person has the beginning of one. Steps of branches that run side by side may be
  /// mixed. What takes steps back (`a.undo`) may come anywhere: it follows from what was done.
  ///
  /// - Complexity: O(steps of the plan + length of the path × depth).
  package func contains(_ path: [String]) -> Bool {
    let steps = path.filter { !$0.hasSuffix(".undo") }
    return !PathMatcher(depth: 0, defaults: []).match(body, steps.map { PathToken($0) }).isEmpty
  }
}

/// Follows a path through a plan.
private struct PathMatcher {
  /// How many parts of the addresses lead to the list being looked at.
  let depth: Int
  /// The recovery steps of the workflow's defaults.
  let defaults: [PlannedRecovery]

  private var deeper: PathMatcher { PathMatcher(depth: depth + 1, defaults: defaults) }

  private func part(_ token: PathToken) -> PathToken.Part? {
    depth < token.parts.count ? token.parts[depth] : nil
  }

  // MARK: Workflows

  func match(_ body: PlannedBody, _ tokens: [PathToken]) -> Outcomes {
    PathMatcher(depth: depth, defaults: body.recoveries).steps(of: body, tokens)
  }

  private func steps(of body: PlannedBody, _ tokens: [PathToken]) -> Outcomes {
    let firstLate = tokens.firstIndex { part($0).map { body.finally.has($0.name) } ?? false }
    let early = Array(tokens[..<(firstLate ?? tokens.count)])
    let late = Array(tokens[early.count...])
    let outcomes = recovered(body.steps, early)
    let after = recovered(body.finally, late)
    guard !outcomes.isEmpty, !after.isEmpty else { return [] }
    return ending(outcomes, after)
  }

  /// A list in which the recovery steps of the defaults may be done, too.
  private func recovered(_ list: PlannedList, _ tokens: [PathToken]) -> Outcomes {
    let (rescue, own) = split(tokens) { id in defaults.contains { $0.steps.has(id) } }
    let outcomes = self.list(list, own)
    if rescue.isEmpty || outcomes.isEmpty { return outcomes }
    // What has failed need not be the last that was done: the run may go on behind it.
    let recovered = recover(defaults, rescue, outcomes)
    return recovered.isEmpty ? [] : outcomes.union(recovered)
  }

  private func ending(_ main: Outcomes, _ after: Outcomes) -> Outcomes {
    var result: Outcomes = [.stops]
    if after.contains(.completes), !main.isDisjoint(with: [.completes, .ends]) {
      result.insert(.completes)
    }
    if !main.isDisjoint(with: [.fails, .ends]) || after.contains(.fails) { result.insert(.fails) }
    if main.contains(.ends) { result.insert(.ends) }
    return result
  }

  private func split(
    _ tokens: [PathToken], _ isFirst: (String) -> Bool
  ) -> (first: [PathToken], rest: [PathToken]) {
    var first: [PathToken] = []
    var rest: [PathToken] = []
    for token in tokens {
      if let name = part(token)?.name, isFirst(name) {
        first.append(token)
      } else {
        rest.append(token)
      }
    }
    return (first, rest)
  }

  // MARK: Lists

  /// The steps of a list one after the other.
  private func list(_ list: PlannedList, _ tokens: [PathToken]) -> Outcomes {
    guard let groups = groups(list, tokens) else { return [] }
    let lastUsed = groups.keys.max() ?? -1
    var result: Outcomes = []
    var isReached = [Bool](repeating: false, count: list.steps.count + 1)
    isReached[0] = true
    for (position, step) in list.steps.enumerated() where isReached[position] {
      if lastUsed < position { result.insert(.stops) }
      let outcomes = match(step, groups[position] ?? [])
      if outcomes.contains(.completes) {
        let next = target(of: step, groups[position] != nil, in: list) ?? position + 1
        if !(position + 1..<next).contains(where: { groups[$0] != nil }) { isReached[next] = true }
      }
      if lastUsed <= position { result.formUnion(outcomes.subtracting(.completes)) }
    }
    if isReached[list.steps.count] { result.insert(.completes) }
    return result
  }

  /// Where a `go_to` that was done goes on.
  private func target(of step: PlannedStep, _ isDone: Bool, in list: PlannedList) -> Int? {
    guard isDone, case .goTo(let id) = step.step.kind else { return nil }
    return list.steps.firstIndex { $0.step.id == id }
  }

  /// The tokens by the step of the list they belong to; nil where they are not in its order.
  private func groups(_ list: PlannedList, _ tokens: [PathToken]) -> [Int: [PathToken]]? {
    guard let groups = mixed(list, tokens) else { return nil }
    var last = 0
    for token in tokens {
      guard let name = part(token)?.name, let position = list.positions[name], position >= last
      else { return nil }
      last = position
    }
    return groups
  }

  private func mixed(_ list: PlannedList, _ tokens: [PathToken]) -> [Int: [PathToken]]? {
    var groups: [Int: [PathToken]] = [:]
    for token in tokens {
      guard let name = part(token)?.name, let position = list.positions[name] else { return nil }
      groups[position, default: []].append(token)
    }
    return groups
  }

  /// The steps of a list side by side.
  private func sideBySide(_ list: PlannedList, _ tokens: [PathToken]) -> Outcomes {
    guard let groups = mixed(list, tokens) else { return [] }
    var result: Outcomes = [.completes]
    // Every branch begins: one that has not says that all of it stands still.
    var isWhole = true
    for (position, step) in list.steps.enumerated() {
      var outcomes = match(step, groups[position] ?? [])
      if groups[position] == nil { outcomes.insert(.stops) }
      if outcomes.isEmpty { return [] }
      if !outcomes.contains(.completes) { result.remove(.completes) }
      if outcomes.isDisjoint(with: [.completes, .fails]) { isWhole = false }
      result.formUnion(outcomes.subtracting(.completes))
    }
    return isWhole ? result : result.subtracting(.fails)
  }

  // MARK: Steps

  private func match(_ step: PlannedStep, _ tokens: [PathToken]) -> Outcomes {
    guard step.certainty != .never || tokens.isEmpty else { return [] }
    let (rescue, own) = split(tokens) { id in step.recoveries.contains { $0.steps.has(id) } }
    var outcomes = own.isEmpty ? skipped(step) : []
    if step.certainty != .never { outcomes.formUnion(body(of: step, own)) }
    if !rescue.isEmpty {
      guard outcomes.contains(.fails) || step.recoveries.contains(where: { $0.then == .retry })
      else { return [] }
      outcomes = recover(step.recoveries, rescue, outcomes)
    }
    return handled(outcomes, step)
  }

  /// Whether a run may pass the step without doing anything.
  private func skipped(_ step: PlannedStep) -> Outcomes {
    if step.certainty == .never { return .completes }
    switch step.condition {
    case .fails?, .unknown?: return .completes
    case .broken?: return [.completes, .stops, .fails]
    case .holds?, nil: break
    }
    // A person may pass over a section whose preconditions do not hold.
    return step.isLeaf || step.step.preconditions.isEmpty ? [] : [.completes, .stops]
  }

  private func body(of step: PlannedStep, _ tokens: [PathToken]) -> Outcomes {
    switch step.body {
    case .leaf: return leaf(step, tokens)
    case .section(let inner): return list(inner, tokens)
    case .parallel(let branches): return sideBySide(branches, tokens)
    case .choose(let cases, let mayMatchNone): return choose(cases, mayMatchNone, tokens)
    case .loop(let loop): return self.loop(loop, step.step.id, tokens)
    case .workflow(let body):
      guard tokens.allSatisfy({ part($0)?.index == nil && $0.parts.count > depth + 1 }) else {
        return []
      }
      return deeper.match(body, tokens)
    }
  }

  private func leaf(_ step: PlannedStep, _ tokens: [PathToken]) -> Outcomes {
    guard tokens.count == 1, tokens[0].parts.count == depth + 1, part(tokens[0])?.index == nil
    else { return [] }
    if case .finish = step.step.kind { return [.ends, .stops] }
    return [.completes, .stops, .fails]
  }

  private func choose(
    _ cases: [PlannedCase], _ mayMatchNone: Bool, _ tokens: [PathToken]
  ) -> Outcomes {
    var result: Outcomes = [.stops, .fails]
    if tokens.isEmpty, mayMatchNone { result.insert(.completes) }
    var isFound = tokens.isEmpty
    for choice in cases where choice.certainty != .never {
      let isHere = tokens.allSatisfy { part($0).map { choice.steps.has($0.name) } ?? false }
      guard isHere else { continue }
      let outcomes = list(choice.steps, tokens)
      isFound = isFound || !outcomes.isEmpty
      result.formUnion(outcomes)
    }
    return isFound ? result : []
  }

  private func loop(_ loop: PlannedLoop, _ id: String, _ tokens: [PathToken]) -> Outcomes {
    var rounds: [Int: [PathToken]] = [:]
    var last = 0
    for token in tokens {
      guard let part = part(token), part.name == id, let index = part.index, index >= 0,
        index >= last || loop.mayMix, token.parts.count > depth + 1
      else { return [] }
      last = index
      rounds[index, default: []].append(token)
    }
    if let limit = loop.limit, let highest = rounds.keys.max(), highest >= limit { return [] }
    var result: Outcomes = [.stops, .fails]
    let empty = deeper.list(loop.steps, [])
    var all = loop.least == 0 || !rounds.isEmpty || empty.contains(.completes)
    for tokens in rounds.values {
      let outcomes = deeper.recovered(loop.steps, tokens)
      if outcomes.isEmpty { return [] }
      // What failed in one round does not keep the others from being done.
      all = all && !outcomes.isDisjoint(with: [.completes, .fails])
      result.formUnion(outcomes.intersection(.ends))
    }
    if all { result.insert(.completes) }
    return result
  }

  // MARK: Failures

  private func recover(
    _ recoveries: [PlannedRecovery], _ tokens: [PathToken], _ body: Outcomes
  ) -> Outcomes {
    var result: Outcomes = [.stops, .fails]
    var count = 0
    for recovery in recoveries {
      let own = tokens.filter { part($0).map { recovery.steps.has($0.name) } ?? false }
      guard !own.isEmpty else { continue }
      var outcomes = list(recovery.steps, own)
      // Done again for another failure it may come to what it did not do before, whose place is then behind.
      if outcomes.isEmpty { outcomes = list(recovery.steps, inOrder(own, of: recovery.steps)) }
      if outcomes.isEmpty { return [] }
      count += own.count
      result.formUnion(outcomes.subtracting(.completes))
      if outcomes.contains(.completes) { result.formUnion(after(recovery.then, body)) }
    }
    return count == tokens.count ? result : []
  }

  private func inOrder(_ tokens: [PathToken], of list: PlannedList) -> [PathToken] {
    list.steps.flatMap { step in tokens.filter { part($0)?.name == step.step.id } }
  }

  private func after(_ then: RecoveryBranch.Continuation, _ body: Outcomes) -> Outcomes {
    switch then {
    case .continue, .park: [.completes, .stops]
    case .stop, .undo: .ends
    case .retry: body
    }
  }

  /// What the step's own policies make of a failure. A person can always pass over a failed step,
  /// or do it by hand, where the run parks.
  private func handled(_ outcomes: Outcomes, _ step: PlannedStep) -> Outcomes {
    guard outcomes.contains(.fails) else { return outcomes }
    var result = outcomes
    for policy in [step.onFailure, step.step.onExpiry].compactMap(\.self) {
      switch policy {
      case .continue: result.insert(.completes)
      case .stop, .undo: result.insert(.ends)
      case .park, .recover: result.formUnion([.stops, .completes])
      }
    }
    if !step.isLeaf { result.formUnion([.stops, .completes]) }
    return result
  }
}

extension PlannedList {
  /// Whether an address that begins with this id leads into the list.
  fileprivate func has(_ id: String) -> Bool { positions[id] != nil }
}
