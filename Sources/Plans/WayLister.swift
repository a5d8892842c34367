import Workflows

/// A way through a part of a workflow.
struct Way {
  var path: [String] = []
  var end = WayEnd.goesOn
  var known = KnownConditions()
  /// Whether the `finally` of the call that it has come through last is among it.
  var hasFinally = false

  /// The same way, ended otherwise; where that is that it goes on, what failed is seen to.
  func ending(_ end: WayEnd) -> Way {
    var way = self
    way.end = end
    return way
  }

  func havingFinally(_ hasFinally: Bool) -> Way {
    var way = self
    way.hasFinally = hasFinally
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
  /// What stands before the addresses of the workflow's steps.
  private let prefix: String
  /// The same in the innermost loop of the workflow that is around; nil outside of loops. What the steps
  /// of a loop give is another thing every round.
  private let loopPrefix: String?

  init(limit: Int) { self.init(limit, ConditionCache(), [], prefix: "") }

  /// Whether there may be ways that were not listed.
  var isCut: Bool { cache.isCut }

  private init(
    _ limit: Int, _ cache: ConditionCache, _ recoveries: [PlannedRecovery], prefix: String,
    loopPrefix: String? = nil
  ) {
    self.limit = limit
    self.cache = cache
    self.recoveries = recoveries
    self.prefix = prefix
    self.loopPrefix = loopPrefix
  }

  private func inside(loop step: PlannedStep) -> WayLister {
    WayLister(
      limit, cache, recoveries, prefix: prefix,
      loopPrefix: PlanBuilder.loopPrefix(step.address))
  }

  // MARK: Workflows

  /// What is known outside is not known inside, where the same words are about other things, and the
  /// other way round.
  ///
  /// - Parameter call: The step that calls the workflow; nil for that of the run.
  func body(_ body: PlannedBody, from start: Way, call: PlannedStep? = nil) -> [Way] {
    let prefix = call.map { PlanBuilder.callPrefix($0.address) } ?? prefix
    let inner = WayLister(limit, cache, body.recoveries, prefix: prefix)
    let isCalled = call != nil
    var result: [Way] = []
    for way in inner.list(body.steps, from: start.knowing(KnownConditions())) {
      guard result.count < limit else {
        cache.isCut = true
        break
      }
      // What is put right in a call that has failed comes before its `finally`.
      if isCalled, way.end == .fails {
        result.append(way.knowing(start.known).havingFinally(false))
        continue
      }
      result += inner.finally(body, behind: way).map { late in
        late.ending(way.end.behind(finally: late.end, isCalled: isCalled)).knowing(start.known)
          .havingFinally(isCalled)
      }
    }
    return first(result)
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
        cache.isCut = true
        arriving[later].removeLast(arriving[later].count - limit)
      }
    }
    return first(arriving[list.steps.count] + over)
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
    guard loopPrefix == nil, way.end == .goesOn else { return way }
    var way = way
    way.known.note(over: step.step.id)
    return way
  }

  // MARK: Steps

  private func done(_ step: PlannedStep, from way: Way) -> [Way] {
    var ways = inside(step, from: way)
    let succeeded = ways.filter { $0.end == .goesOn }
    ways += self.ways(of: step.ownFailures + step.ownExpiries, from: succeeded)
    let failed = ways.filter { $0.end == .fails }
    for recovery in step.recoveries {
      let before = recovery.cause == .failure ? failed : succeeded
      ways += following(before) {
        self.ways(of: recovery, for: step, from: $0, begun: way, whole: succeeded)
      }
    }
    let others = ways.filter { $0.end != .fails }
    let left = following(ways.filter { $0.end == .fails }) { self.left(step, $0) }
    guard let leads = step.leadsOfFailures else { return others + left }
    return others + self.ways(of: leads, from: left)
  }

  /// The ways on which a call that has failed is left: its `finally` is carried out first.
  private func left(_ step: PlannedStep, _ way: Way) -> [Way] {
    guard case .workflow(let body) = step.body, !way.hasFinally else { return [way] }
    let inner = WayLister(
      limit, cache, body.recoveries, prefix: PlanBuilder.callPrefix(step.address))
    return inner.finally(body, behind: way.knowing(KnownConditions())).map { late in
      late.ending(way.end.behind(finally: late.end, isCalled: true)).knowing(way.known)
    }
  }

  private func first(_ ways: [Way]) -> [Way] {
    if ways.count > limit { cache.isCut = true }
    return Array(ways.prefix(limit))
  }

  /// What follows each of some ways, no more than the limit.
  private func following(_ ways: [Way], _ next: (Way) -> [Way]) -> [Way] {
    var result: [Way] = []
    for way in ways {
      guard result.count < limit else {
        cache.isCut = true
        break
      }
      result += next(way)
    }
    return result
  }

  private func ways(of mishaps: [Mishap], from failed: [Way]) -> [Way] {
    mishaps.flatMap { mishap in
      switch mishap {
      case .ends(let end): failed.map { $0.ending(end) }
      case .recovered:
        recoveries.flatMap { recovery in following(failed) { defaults(recovery, from: $0) } }
      }
    }
  }

  /// The recovery steps of the workflow's defaults, which are done in the innermost loop.
  private func defaults(_ recovery: PlannedRecovery, from failed: Way) -> [Way] {
    list(recovery.steps, from: failed.ending(.goesOn)).map { rescued in
      var way = rescued.end == .goesOn ? rescued.ending(recovery.then.end) : rescued
      if let loopPrefix {
        for place in failed.path.count..<way.path.count {
          way.path[place] = loopPrefix + way.path[place].dropFirst(prefix.count)
        }
      }
      return way
    }
  }

  /// The ways of a step's own recovery steps.
  ///
  /// - Parameter whole: The ways on which nothing fails in the step.
  private func ways(
    of recovery: PlannedRecovery, for step: PlannedStep, from failed: Way, begun: Way, whole: [Way]
  ) -> [Way] {
    // What the called workflow came to know is not of the names that the recovery steps of a call have.
    let start = step.isCall ? failed.knowing(begun.known) : failed
    return following(list(recovery.steps, from: start.ending(.goesOn))) { rescued in
      guard rescued.end == .goesOn else { return [rescued] }
      guard recovery.leadsBack(into: step) else {
        let end = rescued.ending(recovery.then.end)
        return recovery.cause == .failure ? left(step, end) : [end]
      }
      return again(step, behind: rescued, failed, begun: begun, whole: whole)
    }
  }

  /// The ways on which a step goes on where something in it is tried again. Of a call or a loop it may be
  /// all of it, which may come to something else.
  private func again(
    _ step: PlannedStep, behind rescued: Way, _ failed: Way, begun: Way, whole: [Way]
  ) -> [Way] {
    let done = Set(failed.path[begun.path.count...])
    let rests = whole.map { $0.path[begun.path.count...] }
    let going = step.isCall || step.isLoop ? rests : rests.filter { done.isSubset(of: $0) }
    guard !going.isEmpty else { return [rescued.knowing(begun.known)] }
    return going.map { rest in
      var way = rescued.knowing(begun.known)
      way.path += rest.filter { !done.contains($0) }
      return way
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
        + (loop.most == 0 ? [] : inside(loop: step).list(loop.steps, from: way))
    case .workflow(let inner): return body(inner, from: way, call: step)
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
      all = first(following(all) { beside($0, step, from: way) })
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

extension PlannedStep {
  fileprivate var isCall: Bool { if case .workflow = body { true } else { false } }
  fileprivate var isLoop: Bool { if case .loop = body { true } else { false } }
}
