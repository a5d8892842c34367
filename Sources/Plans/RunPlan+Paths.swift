import CEL
import Workflows

/// How many ways lead through a workflow.
package struct PathCount: Sendable, Hashable, CustomStringConvertible {
  /// nil: more than can be counted.
  package let number: UInt64?

  static let zero = PathCount(number: 0)
  static let one = PathCount(number: 1)

  static func + (left: PathCount, right: PathCount) -> PathCount {
    guard let a = left.number, let b = right.number else { return PathCount(number: nil) }
    let (sum, overflow) = a.addingReportingOverflow(b)
    return PathCount(number: overflow ? nil : sum)
  }

  static func * (left: PathCount, right: PathCount) -> PathCount {
    if left.number == 0 || right.number == 0 { return .zero }
    guard let a = left.number, let b = right.number else { return PathCount(number: nil) }
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return PathCount(number: overflow ? nil : product)
  }

  /// `12`, `1.5e9`, `more than 1.8e19`.
  package var description: String {
    guard let number else { return "more than 1.8e19" }
    guard number >= 1_000_000 else { return String(number) }
    var mantissa = number
    var exponent = 0
    while mantissa >= 100 {
      mantissa /= 10
      exponent += 1
    }
    return "\(mantissa / 10).\(mantissa % 10)e\(exponent + 1)"
  }
}

/// How a way through a part of a workflow ends.
private enum WayEnd: Int, CaseIterable {
  case goesOn, fails, ends
}

extension RunPlan {
  /// How many ways lead through the workflow, at most: every condition that is not decided goes both
  /// ways, though two that say the same cannot differ. A loop counts as one round; a failure counts
  /// where the workflow says what follows it and that is another way.
  package var pathCount: PathCount {
    let counts = WayCounter().body(body)
    return WayEnd.allCases.reduce(.zero) { $0 + (counts[$1] ?? .zero) }
  }

  /// The ways through the workflow as addresses, at most so many. Those that two equal conditions on
  /// inputs rule out are left out.
  package func paths(limit: Int) -> [[String]] {
    var seen: Set<[String]> = []
    return WayLister(limit: limit).body(body).map(\.path).filter { seen.insert($0).inserted }
  }
}

private typealias WayCounts = [WayEnd: PathCount]

/// Counts without listing.
private struct WayCounter {
  func body(_ body: PlannedBody) -> WayCounts {
    let main = list(body.steps)
    let rescued = body.recoveries.reduce(PathCount.zero) { $0 + total(list($1.steps)) }
    let after = total(list(body.finally))
    var result: WayCounts = [:]
    result[.goesOn] = ((main[.goesOn] ?? .zero) + (main[.ends] ?? .zero)) * after
    let failed = main[.fails] ?? .zero
    result[.fails] = (body.recoveries.isEmpty ? failed : failed * rescued) * after
    return result
  }

  private func total(_ counts: WayCounts) -> PathCount {
    let sum = counts.values.reduce(.zero, +)
    return sum.number == 0 ? .one : sum
  }

  func list(_ list: PlannedList) -> WayCounts {
    var result: WayCounts = [.fails: .zero, .ends: .zero]
    var arriving = [PathCount](repeating: .zero, count: list.steps.count + 1)
    arriving[0] = .one
    for (position, step) in list.steps.enumerated() {
      let here = arriving[position]
      guard here.number != 0 else { continue }
      let done = self.done(step)
      let next = list.target(of: step) ?? position + 1
      arriving[next] = arriving[next] + here * (done[.goesOn] ?? .zero)
      if step.mayBeSkipped { arriving[position + 1] = arriving[position + 1] + here }
      for end in [WayEnd.fails, .ends] {
        result[end] = (result[end] ?? .zero) + here * (done[end] ?? .zero)
      }
    }
    result[.goesOn] = arriving[list.steps.count]
    return result
  }

  /// The ways of a step that is done.
  private func done(_ step: PlannedStep) -> WayCounts {
    guard step.certainty != .never else { return [:] }
    var counts: WayCounts =
      switch step.body {
      case .leaf: leaf(step)
      case .section(let inner): list(inner)
      case .parallel(let branches): sideBySide(branches)
      case .choose(let cases, let mayMatchNone): choose(cases, mayMatchNone)
      case .loop(let loop): self.loop(loop)
      case .workflow(let inner): body(inner)
      }
    for recovery in step.recoveries {
      let ways = list(recovery.steps)
      let failures = recovery.cause == .failure ? counts[.fails] ?? .zero : .one
      let end = recovery.then.end
      counts[end] = (counts[end] ?? .zero) + failures * (ways[.goesOn] ?? .zero)
      counts[.ends] = (counts[.ends] ?? .zero) + failures * (ways[.ends] ?? .zero)
    }
    if let policy = step.step.onFailure { counts.settle(policy, isLeaf: step.isLeaf) }
    return counts
  }

  private func leaf(_ step: PlannedStep) -> WayCounts {
    if case .finish = step.step.kind { return [.ends: .one] }
    return [.goesOn: .one, .fails: step.failsVisibly ? .one : .zero]
  }

  private func sideBySide(_ branches: PlannedList) -> WayCounts {
    var all = WayCounts()
    all[.goesOn] = .one
    for step in branches.steps {
      var own = done(step)
      if step.mayBeSkipped { own[.goesOn] = (own[.goesOn] ?? .zero) + .one }
      var next = WayCounts()
      for (a, left) in all {
        for (b, right) in own {
          let end = a.rawValue > b.rawValue ? a : b
          next[end] = (next[end] ?? .zero) + left * right
        }
      }
      all = next
    }
    return all
  }

  private func choose(_ cases: [PlannedCase], _ mayMatchNone: Bool) -> WayCounts {
    var result: WayCounts = [.goesOn: mayMatchNone ? .one : .zero]
    for choice in cases where choice.certainty != .never {
      for (end, count) in list(choice.steps) { result[end] = (result[end] ?? .zero) + count }
    }
    return result
  }

  private func loop(_ loop: PlannedLoop) -> WayCounts {
    guard loop.most != 0 else { return [.goesOn: .one] }
    var counts = list(loop.steps)
    if loop.least == 0 { counts[.goesOn] = (counts[.goesOn] ?? .zero) + .one }
    return counts
  }
}

extension WayCounts {
  /// What a step's own policy makes of failures.
  fileprivate mutating func settle(_ policy: FailurePolicy, isLeaf: Bool) {
    let failures = self[.fails] ?? .zero
    self[.fails] = .zero
    switch policy {
    case .continue where isLeaf: break
    case .continue: self[.goesOn] = (self[.goesOn] ?? .zero) + failures
    case .stop, .undo: self[.ends] = (self[.ends] ?? .zero) + failures
    case .park, .recover: break
    }
  }
}

extension RecoveryBranch.Continuation {
  /// Where a recovery leads.
  fileprivate var end: WayEnd {
    switch self {
    case .continue, .park, .retry: .goesOn
    case .stop, .undo: .ends
    }
  }
}

extension PlannedList {
  fileprivate func target(of step: PlannedStep) -> Int? {
    guard case .goTo(let id) = step.step.kind else { return nil }
    return steps.firstIndex { $0.step.id == id }
  }
}

extension PlannedStep {
  fileprivate var mayBeSkipped: Bool {
    if certainty == .never { return true }
    switch condition {
    case .holds?, nil: return false
    default: return true
    }
  }

  /// Whether a failure of the step leads another way than its success.
  fileprivate var failsVisibly: Bool {
    switch failure?.policy {
    case nil, .park?: false
    case .continue?: failure?.handler != address
    case .stop?, .undo?, .recover?: true
    }
  }
}

/// A way through a part of a workflow.
private struct Way {
  var path: [String] = []
  var end = WayEnd.goesOn
  /// What was decided of conditions that only read inputs: they cannot change during a run.
  var decided: [String: Bool] = [:]

  func appending(_ other: Way) -> Way {
    Way(path: path + other.path, end: other.end, decided: other.decided)
  }
}

/// Lists ways, and stops at a limit.
private struct WayLister {
  let limit: Int

  func body(_ body: PlannedBody, from start: Way = Way()) -> [Way] {
    var result: [Way] = []
    for way in list(body.steps, from: start) {
      var ways = [way]
      if way.end == .fails, !body.recoveries.isEmpty {
        ways = body.recoveries.flatMap { list($0.steps, from: way.going) }
      }
      for way in ways {
        result += list(body.finally, from: way.going).map { late in
          Way(path: late.path, end: way.end == .fails ? .fails : .goesOn, decided: late.decided)
        }
      }
      if result.count >= limit { break }
    }
    return Array(result.prefix(limit))
  }

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
    let key = step.step.condition.flatMap { $0.isFixedByInputs ? $0.source : nil }
    let before = key.flatMap { way.decided[$0] }
    if step.certainty != .never, before != false {
      var taken = way
      if let key { taken.decided[key] = true }
      result += done(step, from: taken).map { ($0, true) }
    }
    if step.mayBeSkipped, before != true {
      var passed = way
      if let key { passed.decided[key] = false }
      result.append((passed, false))
    }
    return result
  }

  private func done(_ step: PlannedStep, from way: Way) -> [Way] {
    var ways: [Way] =
      switch step.body {
      case .leaf: leaf(step, from: way)
      case .section(let inner): list(inner, from: way)
      case .parallel(let branches): sideBySide(branches, from: way)
      case .choose(let cases, let mayMatchNone): choose(cases, mayMatchNone, from: way)
      case .loop(let loop):
        (loop.least == 0 ? [way] : []) + (loop.most == 0 ? [] : list(loop.steps, from: way))
      case .workflow(let inner): body(inner, from: way)
      }
    ways += step.recoveries.flatMap { recovery in
      let failed =
        recovery.cause == .failure ? ways.filter { $0.end == .fails } : leaf(step, from: way)
      return failed.flatMap { list(recovery.steps, from: $0.going) }.map { rescued in
        Way(
          path: rescued.path, end: rescued.end == .goesOn ? recovery.then.end : rescued.end,
          decided: rescued.decided)
      }
    }
    return step.step.onFailure.map { settled(ways, $0) } ?? ways
  }

  private func settled(_ ways: [Way], _ policy: FailurePolicy) -> [Way] {
    ways.compactMap { way in
      guard way.end == .fails else { return way }
      var way = way
      switch policy {
      case .continue: way.end = .goesOn
      case .stop, .undo: way.end = .ends
      case .park, .recover: return nil
      }
      return way
    }
  }

  private func leaf(_ step: PlannedStep, from way: Way) -> [Way] {
    var way = way
    way.path.append(step.address)
    if case .finish = step.step.kind {
      way.end = .ends
      return [way]
    }
    guard step.failsVisibly else { return [way] }
    var failed = way
    failed.end = .fails
    return [way, failed]
  }

  private func sideBySide(_ branches: PlannedList, from way: Way) -> [Way] {
    var all = [way]
    for step in branches.steps {
      all = Array(
        all.flatMap { sofar in
          ways(of: step, from: sofar.going).map { next in
            var way = next.way
            if sofar.end.rawValue > way.end.rawValue { way.end = sofar.end }
            return way
          }
        }.prefix(limit))
    }
    return all
  }

  private func choose(
    _ cases: [PlannedCase], _ mayMatchNone: Bool, from way: Way
  ) -> [Way] {
    let taken = cases.filter { $0.certainty != .never }
    return taken.flatMap { list($0.steps, from: way) } + (mayMatchNone ? [way] : [])
  }
}

extension Way {
  /// The same way, where what failed is seen to.
  fileprivate var going: Way {
    var way = self
    way.end = .goesOn
    return way
  }
}

extension Expression {
  /// Whether its value cannot change during a run.
  fileprivate var isFixedByInputs: Bool {
    !references.isEmpty && references.allSatisfy { $0.path.first == "inputs" }
  }
}
