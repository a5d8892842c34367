import Workflows

/// A way through a part of a workflow.
struct Way {
  var path: [String] = []
  var end = WayEnd.goesOn
  var known = KnownConditions()

  /// The same way, ended otherwise; where that is that it goes on, what failed is seen to.
  func ending(_ end: WayEnd) -> Way {
    var way = self
    way.end = end
    return way
  }

  func knowing(_ known: KnownConditions) -> Way {
    var way = self
    way.known = known
    return way
  }
}

/// Lists ways, and stops at a limit.
struct WayLister {
  private let limit: Int
  private let cache: ConditionCache
  /// The recovery steps of the workflow's defaults.
  private let recoveries: [PlannedRecovery]
  /// How many loops of the workflow are around: what their steps give is another thing every round.
  private let loopDepth: Int

  init(limit: Int) { self.init(limit, ConditionCache(), [], loopDepth: 0) }

  private init(
    _ limit: Int, _ cache: ConditionCache, _ recoveries: [PlannedRecovery], loopDepth: Int
  ) {
    self.limit = limit
    self.cache = cache
    self.recoveries = recoveries
    self.loopDepth = loopDepth
  }

  private var insideLoop: WayLister {
    WayLister(limit, cache, recoveries, loopDepth: loopDepth + 1)
  }

  // MARK: Workflows

  /// What is known outside is not known inside, where the same words are about other things, and the
  /// other way round.
  func body(_ body: PlannedBody, from start: Way, isCalled: Bool) -> [Way] {
    let inner = WayLister(limit, cache, body.recoveries, loopDepth: 0)
    var result: [Way] = []
    for way in inner.list(body.steps, from: start.knowing(KnownConditions())) {
      if isCalled, way.end.leavesCall {
        result.append(way.knowing(start.known))
      } else {
        result += inner.finally(body, behind: way).map { late in
          late.ending(way.end.behind(finally: late.end, isCalled: isCalled)).knowing(start.known)
        }
      }
      if result.count >= limit { break }
    }
    return Array(result.prefix(limit))
  }

  private func finally(_ body: PlannedBody, behind way: Way) -> [Way] {
    var start = way.ending(.goesOn)
    // What was taken back, or left in the middle, is not what it was.
    if way.end != .goesOn { start.known.set(over: []) }
    return list(body.finally, from: start)
  }

  // MARK: Lists

  private func list(_ list: PlannedList, from start: Way) -> [Way] {
    var over: [Way] = []
    var arriving = [[Way]](repeating: [], count: list.steps.count + 1)
    arriving[0] = [start]
    for (position, step) in list.steps.enumerated() {
      for way in arriving[position] {
        for next in ways(of: step, from: way) {
          guard next.way.end == .goesOn else {
            over.append(next.way)
            continue
          }
          let target = next.isDone ? list.target(of: step) : nil
          arriving[target ?? position + 1].append(next.way)
        }
      }
      arriving[position] = []
      for later in position + 1...list.steps.count where arriving[later].count > limit {
        arriving[later].removeLast(arriving[later].count - limit)
      }
    }
    return Array((arriving[list.steps.count] + over).prefix(limit))
  }

  private func ways(of step: PlannedStep, from way: Way) -> [(way: Way, isDone: Bool)] {
    var result: [(way: Way, isDone: Bool)] = []
    if step.certainty != .never, let taken = assuming(step.step.condition, true, way) {
      result += done(step, from: taken).map { (leaving(step, $0), true) }
    }
    // A step that nobody expects to be come to says nothing of its condition.
    let denied = step.certainty == .never && step.condition != .fails ? nil : step.step.condition
    if step.mayBeSkipped, let passed = assuming(denied, false, way) {
      result.append((leaving(step, passed), false))
    }
    return result
  }

  /// The way on which a condition holds, or does not; nil where what is known rules that out.
  private func assuming(_ condition: Expression?, _ holds: Bool, _ way: Way) -> Way? {
    guard let condition, let fixed = cache.condition(condition), way.known.isFixed(fixed) else {
      return way
    }
    if let verdict = way.known.verdict(fixed.condition) { return verdict == holds ? way : nil }
    var way = way
    way.known.assume(fixed.condition, holds)
    return way
  }

  private func leaving(_ step: PlannedStep, _ way: Way) -> Way {
    guard loopDepth == 0, way.end == .goesOn else { return way }
    var way = way
    way.known.note(over: step.step.id)
    return way
  }

  // MARK: Steps

  private func done(_ step: PlannedStep, from way: Way) -> [Way] {
    var ways = inside(step, from: way)
    let succeeded = ways.filter { $0.end == .goesOn }
    for mishap in [step.ownFailure, step.ownExpiry] {
      switch mishap {
      case .nowhere: break
      case .ends(let end): ways += succeeded.map { $0.ending(end) }
      case .recovered:
        ways += recoveries.flatMap { self.ways(of: $0, after: succeeded, step, begun: way) }
      }
    }
    let failed = ways.filter { $0.end == .fails }
    for recovery in step.recoveries {
      let before = recovery.cause == .failure ? failed : succeeded
      ways += self.ways(of: recovery, after: before, step, begun: way)
    }
    guard let policy = step.onFailure else { return ways }
    return ways.compactMap { way in
      way.end == .fails ? policy.endOfFailure.map { way.ending($0) } : way
    }
  }

  private func ways(
    of recovery: PlannedRecovery, after failed: [Way], _ step: PlannedStep, begun: Way
  ) -> [Way] {
    // What the called workflow came to know is not of the names that the recovery steps of a call have.
    let isCall = if case .workflow = step.body { true } else { false }
    return failed.flatMap { way in
      let start = isCall ? way.knowing(begun.known) : way
      return list(recovery.steps, from: start.ending(.goesOn)).map { rescued in
        let end = rescued.end == .goesOn ? recovery.then.end : rescued.end
        // What is done once more may come to something else.
        let isForgotten = recovery.then == .retry && !step.isLeaf
        return rescued.ending(end).knowing(isForgotten ? begun.known : rescued.known)
      }
    }
  }

  private func inside(_ step: PlannedStep, from way: Way) -> [Way] {
    switch step.body {
    case .leaf: return [leaf(step, from: way)]
    case .section(let inner): return list(inner, from: way)
    case .parallel(let branches): return sideBySide(branches, from: way)
    case .choose(let cases, let mayMatchNone): return choose(cases, mayMatchNone, from: way)
    case .loop(let loop):
      return (loop.least == 0 ? [way] : [])
        + (loop.most == 0 ? [] : insideLoop.list(loop.steps, from: way))
    case .workflow(let inner): return body(inner, from: way, isCalled: true)
    }
  }

  private func leaf(_ step: PlannedStep, from way: Way) -> Way {
    var way = way
    way.path.append(step.address)
    if case .finish(let finish) = step.step.kind { way.end = finish.end }
    return way
  }

  private func sideBySide(_ branches: PlannedList, from way: Way) -> [Way] {
    var all = [way]
    for step in branches.steps {
      all = Array(all.flatMap { beside($0, step, from: way) }.prefix(limit))
    }
    return all
  }

  /// The ways of one more branch. It does not know what is over in the others.
  private func beside(_ sofar: Way, _ step: PlannedStep, from start: Way) -> [Way] {
    var begun = sofar.ending(.goesOn)
    begun.known.set(over: start.known.over)
    return ways(of: step, from: begun).map { next in
      var way = next.way
      if sofar.end.rawValue > way.end.rawValue { way.end = sofar.end }
      way.known.set(over: way.known.over.union(sofar.known.over))
      return way
    }
  }

  private func choose(
    _ cases: [PlannedCase], _ mayMatchNone: Bool, from way: Way
  ) -> [Way] {
    var result: [Way] = []
    var rest: Way? = way
    for choice in cases {
      guard let here = rest else { break }
      if choice.certainty != .never, let taken = assuming(choice.when, true, here) {
        result += list(choice.steps, from: taken)
      }
      rest = choice.when.flatMap { assuming($0, false, here) }
    }
    if mayMatchNone, let rest { result.append(rest) }
    return result
  }
}
