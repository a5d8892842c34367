import CEL

/// Where expressions stand, and what is known there from the conditions that lead to the place.
struct PlaceFacts {
  /// Beyond so many jumps in one list, or cases before one, their conditions are not followed.
  private static let jumpLimit = 200
  /// Beyond so many steps that have succeeded because others have, no more are followed.
  private static let successLimit = 200

  let map: StepMap
  let steps: StepTable
  /// What follows upon a failure for which no step around has anything to say.
  let defaultOnFailure: FailurePolicy?
  /// Where the run may end well before its end.
  let earlyEnd: EarlyEnd?

  init(_ parts: Workflow.Parts, _ steps: [Step?], _ outlines: OutlineReader) {
    let hasFinish = outlines.keys.contains(.finish)
    map = StepMap(parts, count: outlines.all.count, hasFinish: hasFinish)
    self.steps = StepTable(steps: steps, indexByID: outlines.indexByID)
    defaultOnFailure = parts.defaultOnFailure
    earlyEnd = hasFinish ? EarlyEnd(parts.allSteps, map) : nil
  }

  /// What is known where a name is read, from the steps around it and from the expression itself.
  ///
  /// - Parameter goal: a step; once it is known to have succeeded, no more is looked for.
  func facts(
    at place: StepMap.Location, _ read: NameRead, _ reference: NameReference,
    until goal: String? = nil
  ) -> Facts {
    var facts = facts(at: place, read)
    let spelling = spelling(of: read, at: place)
    read.expression.addFacts(at: reference.range, in: spelling, to: &facts)
    expand(&facts, at: place, until: goal)
    facts.names = spelling.names
    return facts
  }

  /// The list and the position where an expression stands; nil where the flow does not matter.
  func place(of read: NameRead) -> StepMap.Location? {
    switch read.place {
    case .unchecked: return nil
    case .condition(let index), .before(let index), .caseCondition(let index, _):
      return map.location(of: index)
    case .after(let index):
      return map.location(of: index).map {
        StepMap.Location(list: $0.list, position: $0.position, isDone: true)
      }
    case .loopEnd(let index): return map.endOfLoop(index)
    case .end: return StepMap.Location(list: map.main, position: map.main.steps.count)
    }
  }

  private func facts(at place: StepMap.Location, _ read: NameRead) -> Facts {
    var facts = Facts()
    let chain = map.chain(place)
    for (level, location) in chain.reversed().enumerated() {
      surroundings(location, read, into: &facts)
      guard location.position < location.list.steps.count else { continue }
      let step = map.step(at: location)
      guard level > 0 || !read.isCondition else { continue }
      if let condition = step.condition { add(condition, is: true, at: location, to: &facts) }
      for check in step.preconditions where check.look == nil {
        add(check.check, is: true, at: location, to: &facts)
      }
    }
    if case .caseCondition(let index, let number) = read.place,
      let location = map.location(of: index),
      case .choose(let cases) = map.step(at: location).kind
    {
      exclude(cases, before: number, at: location, from: &facts)
    }
    for location in chain { addDoubtful(before: location, read, to: &facts) }
    return facts
  }

  /// What is known of the last round of a loop that has succeeded.
  func factsAfterRounds(of loop: Repeat, _ step: Step) -> Facts {
    var facts = Facts()
    guard let end = map.endOfLoop(step.index) else { return facts }
    add(loop.until, is: true, at: end, to: &facts)
    expand(&facts, at: end)
    return facts
  }

  // MARK: Lists

  /// What a list tells of the places in it: its case, and what would have ended it before.
  private func surroundings(
    _ location: StepMap.Location, _ read: NameRead, into facts: inout Facts
  ) {
    let list = location.list
    if case .branch(let number) = list.purpose, let owner = list.owner,
      case .choose(let cases) = owner.kind, let around = map.location(of: owner.index)
    {
      if let when = cases[number].when { add(when, is: true, at: around, to: &facts) }
      exclude(cases, before: number, at: around, from: &facts)
    }
    guard !list.passages.isEmpty else { return }
    // Side by side nothing is before anything else.
    if case .parallel = list.purpose { return }
    let passed = list.passed(upTo: end(of: location, read)) { passage, facts in
      guard isSure(passage, in: list) else { return false }
      add(passage, in: list, to: &facts)
      return true
    } _: {
      expand(&$0, at: location)
    }
    facts.formUnion(passed)
  }

  /// Up to where a list is known to have been gone through. The outputs of the workflow are also needed
  /// where a `finish` ends it well.
  private func end(of location: StepMap.Location, _ read: NameRead) -> Int {
    guard case .end = read.place, let earlyEnd else { return location.position }
    return min(location.position, earlyEnd.position)
  }

  /// The cases before one do not hold.
  private func exclude(
    _ cases: [Case], before number: Int, at location: StepMap.Location, from facts: inout Facts
  ) {
    for way in cases.prefix(number).suffix(Self.jumpLimit) {
      if let when = way.when { add(when, is: false, at: location, to: &facts) }
    }
  }

  /// Whether the run comes past a step in one way only.
  private func isSure(_ passage: Passage, in list: StepMap.List) -> Bool {
    guard !list.isJumpedOver(passage.position) else { return false }
    return passage.isEnd || passage.step.condition == nil && !isPassedOver(passage.step)
  }

  private func add(_ passage: Passage, in list: StepMap.List, to facts: inout Facts) {
    for (condition, isTrue) in passage.tells {
      add(condition, is: isTrue, at: passage.place(in: list, map), to: &facts)
    }
  }

  /// What those steps tell that may have been skipped, where it is known that they were not; and the
  /// jumps past the place, which were not taken.
  private func addDoubtful(
    before location: StepMap.Location, _ read: NameRead, to facts: inout Facts
  ) {
    let list = location.list
    guard !list.doubtful.isEmpty || list.isJumpedOver(location.position),
      list.jumps.count <= Self.jumpLimit
    else { return }
    let end = end(of: location, read)
    for passage in list.doubtful.suffix(Self.jumpLimit) where passage.position < end {
      let own = StepMap.Location(list: list, position: passage.position)
      if jump(over: own, upTo: end, facts) != nil { continue }
      if !passage.isEnd {
        if isPassedOver(passage.step) { continue }
        guard passage.step.condition.map({ holds($0, at: own, facts) }) ?? true else { continue }
      }
      add(passage, in: list, to: &facts)
    }
    for jump in list.jumps
    where jump.position < location.position && jump.target > location.position {
      let own = StepMap.Location(list: list, position: jump.position)
      guard let condition = jump.step.condition,
        self.jump(over: own, upTo: location.position, facts) == nil
      else { continue }
      add(condition, is: false, at: own, to: &facts)
    }
  }

  // MARK: Successes

  /// A step that has succeeded was not skipped: its conditions held.
  private func expand(
    _ facts: inout Facts, at place: StepMap.Location, until goal: String? = nil
  ) {
    for _ in 0..<Self.successLimit {
      if let goal, facts.succeeded.contains(goal) { return }
      guard let id = facts.nextSuccess() ?? nextTested(&facts, at: place) else { return }
      guard let step = steps[id], let own = map.location(of: step.index) else { continue }
      for location in map.chain(own) { follow(location, of: step, at: place, into: &facts) }
    }
  }

  /// What is known of a step, or one around it, since the step has succeeded.
  private func follow(
    _ location: StepMap.Location, of success: Step, at place: StepMap.Location,
    into facts: inout Facts
  ) {
    let step = map.step(at: location)
    if let condition = step.condition { add(condition, is: true, at: location, to: &facts) }
    if step === success, case .repeat(let loop) = step.kind, let end = map.endOfLoop(step.index) {
      add(loop.until, is: true, at: end, to: &facts)
    }
    if step !== success, isOver(step, at: place), !isPassedOver(step) {
      facts.addSuccess(of: step.id)
    }
    if case .branch(let number) = location.list.purpose, let owner = location.list.owner,
      case .choose(let cases) = owner.kind, let around = map.location(of: owner.index)
    {
      if let when = cases[number].when { add(when, is: true, at: around, to: &facts) }
      exclude(cases, before: number, at: around, from: &facts)
    }
  }

  /// A step that can only have succeeded, by what is known of its status.
  private func nextTested(_ facts: inout Facts, at place: StepMap.Location) -> String? {
    for id in facts.tested where !facts.succeeded.contains(id) {
      guard let step = steps[id], loopLeft(step, at: place) == nil,
        doubt(step, at: place, facts: facts) == nil
      else { continue }
      facts.addSuccess(of: id)
      return facts.nextSuccess()
    }
    return nil
  }
}

extension Passage {
  /// Where its conditions stand: those of a loop at its end.
  fileprivate func place(in list: StepMap.List, _ map: StepMap) -> StepMap.Location {
    if case .repeat = step.kind, let end = map.endOfLoop(step.index) { return end }
    return StepMap.Location(list: list, position: position)
  }
}

/// The steps of a file by their ids.
struct StepTable {
  let steps: [Step?]
  let indexByID: [String: Int]

  subscript(id: String) -> Step? { indexByID[id].flatMap { steps[$0] } }
}
