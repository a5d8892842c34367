import CEL

/// Where expressions stand, and what is known there from the conditions that lead to the place.
struct PlaceFacts {
  /// Beyond so many jumps in one list, or cases before one, their conditions are not followed.
  private static let jumpLimit = 200

  let map: StepMap
  let steps: StepTable

  init(_ parts: Workflow.Parts, _ steps: [Step?], _ outlines: OutlineReader) {
    map = StepMap(parts, count: outlines.all.count)
    self.steps = StepTable(steps: steps, indexByID: outlines.indexByID)
  }

  /// Beyond so many steps that have succeeded because others have, no more are followed.
  private static let successLimit = 200

  /// What is known where a name is read, from the steps around it and from the expression itself.
  ///
  /// - Parameter goal: a step; once it is known to have succeeded, no more is looked for.
  func facts(
    at place: StepMap.Location, _ read: NameRead, _ reference: NameReference,
    until goal: String? = nil
  ) -> Facts {
    var facts = facts(at: place, read)
    read.expression.addFacts(at: reference.range, to: &facts)
    expand(&facts, until: goal)
    return facts
  }

  /// The list and the position where an expression stands; nil where the flow does not matter.
  func place(of read: NameRead) -> StepMap.Location? {
    switch read.place {
    case .unchecked: return nil
    case .condition(let index), .before(let index), .after(let index), .caseCondition(let index, _):
      return map.location(of: index)
    case .loopEnd(let index):
      return map.loop(of: index).map { StepMap.Location(list: $0, position: $0.steps.count) }
    case .end: return StepMap.Location(list: map.main, position: map.main.steps.count)
    }
  }

  private func facts(at place: StepMap.Location, _ read: NameRead) -> Facts {
    var facts = Facts()
    for (level, location) in map.chain(place).reversed().enumerated() {
      surroundings(location, into: &facts)
      guard location.position < location.list.steps.count else { continue }
      let step = location.list.steps.steps[location.position]
      if level > 0 || !isCondition(read), let condition = step.condition {
        facts.add(condition, is: true)
      }
      guard level > 0 || !isCondition(read) else { continue }
      for check in step.preconditions where check.look == nil { facts.add(check.check, is: true) }
    }
    if case .caseCondition(let index, let number) = read.place,
      case .choose(let cases)? = map.location(of: index).map({
        $0.list.steps.steps[$0.position].kind
      })
    {
      let earlier = cases.prefix(number).suffix(Self.jumpLimit)
      for way in earlier { if let when = way.when { facts.add(when, is: false) } }
    }
    return facts
  }

  /// What is known of the last round of a loop that has succeeded.
  func factsAfterRounds(of loop: Repeat) -> Facts {
    var facts = Facts()
    facts.add(loop.until, is: true)
    expand(&facts)
    return facts
  }

  private func isCondition(_ read: NameRead) -> Bool {
    if case .condition = read.place { true } else { false }
  }

  /// What a list tells of the places in it: its case, and what would have ended it before.
  private func surroundings(_ location: StepMap.Location, into facts: inout Facts) {
    let list = location.list
    if case .branch(let number) = list.purpose, case .choose(let cases)? = list.owner?.kind {
      if let when = cases[number].when { facts.add(when, is: true) }
      let earlier = cases.prefix(number).suffix(Self.jumpLimit)
      for way in earlier { if let when = way.when { facts.add(when, is: false) } }
    }
    facts.formUnion(list.passed(upTo: location.position) { expand(&$0) })
    guard list.isJumpedOver(location.position), list.jumps.count <= Self.jumpLimit else { return }
    for jump in list.jumps
    where jump.position < location.position && jump.target > location.position {
      if let condition = jump.step.condition { facts.add(condition, is: false) }
    }
  }

  /// A step that has succeeded was not skipped: its conditions held.
  private func expand(_ facts: inout Facts, until goal: String? = nil) {
    var rest = Self.successLimit
    while rest > 0 {
      if let goal, facts.succeeded.contains(goal) { return }
      guard let id = facts.nextSuccess() else { return }
      rest -= 1
      guard let step = steps[id], let location = map.location(of: step.index) else { continue }
      for location in map.chain(location) {
        let step = location.list.steps.steps[location.position]
        if let condition = step.condition { facts.add(condition, is: true) }
        facts.addSuccess(of: step.id)
        if case .branch(let number) = location.list.purpose,
          case .choose(let cases)? = location.list.owner?.kind, let when = cases[number].when
        {
          facts.add(when, is: true)
        }
      }
    }
  }
}

/// The steps of a file by their ids.
struct StepTable {
  let steps: [Step?]
  let indexByID: [String: Int]

  subscript(id: String) -> Step? { indexByID[id].flatMap { steps[$0] } }
}
