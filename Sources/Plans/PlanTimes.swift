package import Values
import Workflows

/// When a run may end, reckoned with its calendar.
///
/// Machines take no time, except where they wait between rounds; people and events may come at
/// once, and no later than `due` or `expires` says. What fails is left out of account, but for times
/// that cannot be reckoned: the calendar does not reach so far, a run would park there.
package struct PlanTimes: Sendable {
  /// nil: every way leads through a time that cannot be reckoned.
  package private(set) var earliest: Timestamp?
  /// nil: nothing bounds it; ``openEnded`` says which steps do not, ``unreckoned`` where it cannot be
  /// known.
  package private(set) var latest: Timestamp?
  /// Addresses of steps that may take for ever.
  package private(set) var openEnded: [String]
  /// Steps that wait for a time, or have one to be done by, that cannot be reckoned.
  package private(set) var unreckoned: [Unreckoned]

  /// A step with a time that cannot be reckoned.
  package struct Unreckoned: Sendable, Hashable {
    package let address: String
    /// A clause for people: "`2 business days` reaches beyond 2026-12-31, up to which …".
    package let reason: String
  }

  init(of body: PlannedBody, from start: Timestamp) {
    let walker = TimeWalker()
    let end = walker.body(body, from: Interval(earliest: start, latest: start))
    earliest = end.earliest
    latest = end.latest
    openEnded = walker.openEnded
    unreckoned = walker.unreckoned
  }
}

/// When something may happen.
private struct Interval {
  /// nil: not as far as can be reckoned.
  var earliest: Timestamp?
  /// nil: nothing bounds it.
  var latest: Timestamp?

  /// What comes after a time that cannot be reckoned.
  static let never = Interval(earliest: nil, latest: nil)

  func union(_ other: Interval) -> Interval {
    Interval(
      earliest: [earliest, other.earliest].compactMap(\.self).min(),
      latest: latest.flatMap { mine in other.latest.map { max(mine, $0) } })
  }

  /// When both have happened.
  func joined(_ other: Interval) -> Interval {
    Interval(
      earliest: earliest.flatMap { mine in other.earliest.map { max(mine, $0) } },
      latest: latest.flatMap { mine in other.latest.map { max(mine, $0) } })
  }
}

/// Walks a plan and keeps the time.
private final class TimeWalker {
  /// Longer loops are reckoned from the shortest and the longest of their first rounds.
  private static let roundLimit = 200

  private(set) var openEnded: [String] = []
  private(set) var unreckoned: [PlanTimes.Unreckoned] = []
  private var seen: Set<String> = []
  /// When each step of a workflow begins and ends.
  private var reckoned: [String: [String: (started: Interval, finished: Interval)]] = [:]
  /// When the workflow may have ended early.
  private var ends: [Interval] = []

  func body(_ body: PlannedBody, from start: Interval) -> Interval {
    let outer = ends
    ends = []
    var end = list(body.steps, from: start)
    for early in ends { end = end?.union(early) ?? early }
    ends = outer
    let late = end ?? start
    return list(body.finally, from: late) ?? late
  }

  /// nil: nothing goes on after the list.
  private func list(_ list: PlannedList, from start: Interval) -> Interval? {
    var arriving = [Interval?](repeating: nil, count: list.steps.count + 1)
    arriving[0] = start
    func arrive(_ position: Int, _ interval: Interval) {
      arriving[position] = arriving[position]?.union(interval) ?? interval
    }
    for (position, step) in list.steps.enumerated() {
      guard let here = arriving[position] else { continue }
      if step.isPassable { arrive(position + 1, here) }
      guard step.certainty != .never else { continue }
      switch step.step.kind {
      case .finish: ends.append(here)
      case .goTo(let id):
        let target = list.steps.firstIndex { $0.step.id == id }
        arrive(target ?? position + 1, here)
      default:
        if let end = self.step(step, from: here) { arrive(position + 1, end) }
      }
    }
    return arriving[list.steps.count]
  }

  private func step(_ step: PlannedStep, from start: Interval) -> Interval? {
    let end = done(step, from: start)
    if let end {
      reckoned[step.scope.workflow.id, default: [:]][step.step.id] = (start, end)
    }
    return end
  }

  /// What an expression of a step can know of the times of others.
  private func times(
    in scope: PlanScope, _ bound: (Interval) -> Timestamp?
  ) -> [String: (started: Timestamp, finished: Timestamp)] {
    (reckoned[scope.workflow.id] ?? [:]).compactMapValues { times in
      guard let started = bound(times.started), let finished = bound(times.finished) else {
        return nil
      }
      return (started, finished)
    }
  }

  private func done(_ step: PlannedStep, from start: Interval) -> Interval? {
    switch step.body {
    case .leaf: return leaf(step, from: start)
    case .section(let inner): return list(inner, from: start)
    case .parallel(let branches): return sideBySide(branches, from: start)
    case .choose(let cases, let mayMatchNone):
      var end: Interval? = mayMatchNone ? start : nil
      for choice in cases where choice.certainty != .never {
        if let other = list(choice.steps, from: start) { end = end?.union(other) ?? other }
      }
      return end
    case .loop(let loop): return self.loop(loop, step, from: start)
    case .workflow(let inner): return body(inner, from: start)
    }
  }

  private func sideBySide(_ branches: PlannedList, from start: Interval) -> Interval? {
    var end = start
    for step in branches.steps where step.certainty != .never {
      guard let own = self.step(step, from: start) else { continue }
      end = end.joined(step.isPassable ? own.union(start) : own)
    }
    return end
  }

  // MARK: Loops

  private func loop(
    _ loop: PlannedLoop, _ step: PlannedStep, from start: Interval
  ) -> Interval? {
    guard loop.most != 0 else { return start }
    guard let once = round(loop, step, from: start, isLast: loop.most == 1) else {
      return loop.least == 0 ? start : nil
    }
    guard let most = loop.most ?? (once.latest == start.latest ? 1 : nil) else {
      open(step)
      return Interval(earliest: loop.least == 0 ? start.earliest : once.earliest, latest: nil)
    }
    let end = turns(loop.turns(for: most), loop.turns(for: loop.least), loop, step, (start, once))
    return loop.least == 0 ? Interval(earliest: start.earliest, latest: end.latest) : end
  }

  /// One turn after the other, each of as many rounds as may be under way at the same time. A turn
  /// that takes less time than another only lets the next one begin sooner, so that these bounds hold
  /// however long each round takes.
  private func turns(
    _ most: Int, _ least: Int, _ loop: PlannedLoop, _ step: PlannedStep,
    _ first: (start: Interval, end: Interval)
  ) -> Interval {
    var earliest = first.end.earliest
    var end = first.end
    var pace = Pace(first.start, first.end)
    var count = 1
    while count < min(most, Self.roundLimit) {
      count += 1
      guard let next = round(loop, step, from: end, isLast: count == most) else {
        return Interval(earliest: earliest, latest: end.latest)
      }
      pace.note(end, next)
      end = next
      if count <= least { earliest = next.earliest }
    }
    if least > count { earliest = pace.earliest(least - count, after: end) ?? earliest }
    guard most > count, end.latest != nil else {
      return Interval(earliest: earliest, latest: end.latest)
    }
    let latest = pace.latest(most - count, after: end)
    if latest == nil { open(step) }
    return Interval(earliest: earliest, latest: latest)
  }

  private func round(
    _ loop: PlannedLoop, _ step: PlannedStep, from start: Interval, isLast: Bool
  ) -> Interval? {
    guard let end = list(loop.steps, from: start) else { return nil }
    guard case .repeat(let definition) = step.step.kind, let every = definition.every, !isLast
    else { return end }
    let scope = step.scope
    return Interval(
      earliest: end.earliest,
      latest: end.latest.flatMap { moment(scope.moment(every, after: $0), of: step) })
  }

  // MARK: Leaves

  private func leaf(_ step: PlannedStep, from start: Interval) -> Interval {
    switch step.step.kind {
    case .wait(let wait): return bounded(self.wait(wait, step, from: start), step, from: start)
    case .ask, .approve:
      return bounded(Interval(earliest: start.earliest, latest: nil), step, from: start)
    default: return start
    }
  }

  private func wait(_ wait: Wait, _ step: PlannedStep, from start: Interval) -> Interval {
    let scope = step.scope
    switch wait {
    case .duration(let duration):
      return reckoned(
        step, from: start, early: { scope.moment(duration, after: $0) },
        late: { scope.moment(duration, after: $0) })
    case .until(let expression):
      var early = scope
      early.reckoned = times(in: scope) { $0.earliest }
      var late = scope
      late.reckoned = times(in: scope) { $0.latest }
      return reckoned(
        step, from: start, early: { early.moment(expression, at: $0) },
        late: { late.moment(expression, at: $0) })
    case .event: return Interval(earliest: start.earliest, latest: nil)
    case .firstOf(let ways):
      let all = ways.map { self.wait($0.wait, step, from: start) }
      guard all.allSatisfy({ $0.earliest != nil }) else { return .never }
      return Interval(
        earliest: all.compactMap(\.earliest).min(), latest: all.compactMap(\.latest).min())
    }
  }

  /// The end of a wait for a moment, from the earliest and the latest at which it may begin.
  private func reckoned(
    _ step: PlannedStep, from start: Interval, early: (Timestamp) -> PlanMoment,
    late: (Timestamp) -> PlanMoment
  ) -> Interval {
    guard let begin = start.earliest else { return .never }
    guard let first = moment(early(begin), of: step, unknown: begin) else { return .never }
    return Interval(
      earliest: max(first, begin),
      latest: start.latest.flatMap { latest in
        moment(late(latest), of: step).map { max($0, latest) }
      })
  }

  /// A moment of a step as far as it is known; where it cannot be reckoned, the reason is kept.
  private func moment(
    _ moment: PlanMoment, of step: PlannedStep, unknown: Timestamp? = nil
  ) -> Timestamp? {
    switch moment {
    case .at(let moment): return moment
    case .unknown: return unknown
    case .failed(let reason):
      let found = PlanTimes.Unreckoned(address: step.address, reason: reason)
      if !unreckoned.contains(found) { unreckoned.append(found) }
      return nil
    }
  }

  /// No later than the step's deadlines say.
  private func bounded(
    _ interval: Interval, _ step: PlannedStep, from start: Interval
  ) -> Interval {
    let deadlines = [step.step.due, step.step.expires].compactMap(\.self)
    if let begin = start.earliest {
      let first = deadlines.map { deadline in
        moment(step.scope.moment(deadline, after: begin), of: step, unknown: begin)
      }
      guard interval.earliest != nil, !first.contains(nil) else { return .never }
    }
    guard let begin = start.latest else {
      if deadlines.isEmpty, step.step.isOpenEnded { open(step) }
      return interval
    }
    var limits = [interval.latest].compactMap(\.self)
    for deadline in deadlines {
      let last = step.scope.moment(deadline, after: begin)
      if case .unknown = last { continue }
      guard let limit = moment(last, of: step) else {
        return Interval(earliest: interval.earliest, latest: nil)
      }
      limits.append(max(limit, begin))
    }
    if limits.isEmpty { open(step) }
    return Interval(earliest: interval.earliest, latest: limits.min())
  }

  private func open(_ step: PlannedStep) {
    guard !unreckoned.contains(where: { $0.address == step.address }) else { return }
    if seen.insert(step.address).inserted { openEnded.append(step.address) }
  }
}

extension PlannedStep {
  /// Whether a run may pass it.
  fileprivate var isPassable: Bool { certainty == .never || condition ?? .holds != .holds }
}

extension Step {
  /// Whether it waits for somebody or something that may never come.
  fileprivate var isOpenEnded: Bool {
    switch kind {
    case .ask, .approve, .wait(.event): true
    default: false
    }
  }
}

extension PlannedLoop {
  /// How often as many rounds as may be under way at the same time make so many.
  fileprivate func turns(for rounds: Int) -> Int { rounds / width + (rounds % width > 0 ? 1 : 0) }
}

/// How long the turns of a loop take: the shortest and the longest of those that were reckoned.
private struct Pace {
  private var shortest: TimeSpan?
  private var longest: TimeSpan?

  init(_ start: Interval, _ end: Interval) { note(start, end) }

  mutating func note(_ start: Interval, _ end: Interval) {
    if let before = start.earliest, let after = end.earliest, let span = after.since(before) {
      shortest = shortest.map { min($0, span) } ?? span
    }
    if let before = start.latest, let after = end.latest, let span = after.since(before) {
      longest = longest.map { max($0, span) } ?? span
    }
  }

  func earliest(_ turns: Int, after end: Interval) -> Timestamp? {
    shortest?.times(turns).flatMap { end.earliest?.adding($0) }
  }

  func latest(_ turns: Int, after end: Interval) -> Timestamp? {
    longest?.times(turns).flatMap { end.latest?.adding($0) }
  }
}

extension TimeSpan {
  fileprivate func times(_ factor: Int) -> TimeSpan? {
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: Int64(factor))
    let (parts, tooMany) = Int64(nanoseconds).multipliedReportingOverflow(by: Int64(factor))
    guard !overflow, !tooMany else { return nil }
    let (sum, isTooLong) = whole.addingReportingOverflow(parts / 1_000_000_000)
    return isTooLong ? nil : TimeSpan(seconds: sum, nanoseconds: Int32(parts % 1_000_000_000))
  }
}
