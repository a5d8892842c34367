import Workflows

typealias WayCounts = [WayEnd: PathCount]

/// Counts ways without listing them.
struct WayCounter {
  /// The recovery steps of the workflow's defaults.
  private let recoveries: [PlannedRecovery]

  init(recoveries: [PlannedRecovery] = []) { self.recoveries = recoveries }

  func body(_ body: PlannedBody, isCalled: Bool) -> WayCounts {
    let main = WayCounter(recoveries: body.recoveries).list(body.steps)
    let late = WayCounter(recoveries: body.recoveries).list(body.finally)
    var result = WayCounts()
    for (end, count) in main {
      for (lateEnd, after) in late {
        result.add(count * after, end.behind(finally: lateEnd, isCalled: isCalled))
      }
    }
    return result
  }

  private func list(_ list: PlannedList) -> WayCounts {
    var result = WayCounts()
    var arriving = [PathCount](repeating: .zero, count: list.steps.count + 1)
    arriving[0] = .one
    for (position, step) in list.steps.enumerated() {
      let here = arriving[position]
      guard here.number != 0 else { continue }
      let done = self.done(step)
      let next = list.target(of: step) ?? position + 1
      arriving[next] = arriving[next] + here * (done[.goesOn] ?? .zero)
      if step.mayBeSkipped { arriving[position + 1] = arriving[position + 1] + here }
      for (end, count) in done where end != .goesOn { result.add(here * count, end) }
    }
    result[.goesOn] = arriving[list.steps.count]
    return result
  }

  /// The ways of a step that is done.
  private func done(_ step: PlannedStep) -> WayCounts {
    guard step.certainty != .never else { return [:] }
    var counts = inside(step)
    let succeeded = counts[.goesOn] ?? .zero
    counts.add(ways(of: step.ownFailures + step.ownExpiries), times: succeeded)
    let failed = counts[.fails] ?? .zero
    for recovery in step.recoveries {
      var own = ways(of: recovery)
      if recovery.leadsBack(into: step) { own[.goesOn] = (own[.goesOn] ?? .zero) * succeeded }
      counts.add(own, times: recovery.cause == .failure ? failed : succeeded)
    }
    if let leads = step.leadsOfFailures {
      counts[.fails] = nil
      counts.add(ways(of: leads), times: failed)
    }
    return counts
  }

  private func ways(of mishaps: [Mishap]) -> WayCounts {
    var ways = WayCounts()
    for mishap in mishaps {
      switch mishap {
      case .ends(let end): ways.add(.one, end)
      case .recovered:
        for recovery in recoveries { ways.add(self.ways(of: recovery), times: .one) }
      }
    }
    return ways
  }

  private func ways(of recovery: PlannedRecovery) -> WayCounts {
    var ways = list(recovery.steps)
    let done = ways.removeValue(forKey: .goesOn) ?? .zero
    ways.add(done, recovery.then.end)
    return ways
  }

  private func inside(_ step: PlannedStep) -> WayCounts {
    switch step.body {
    case .leaf:
      if case .finish(let finish) = step.step.kind { return [finish.end: .one] }
      return [.goesOn: .one]
    case .section(let inner): return list(inner)
    case .parallel(let branches): return sideBySide(branches)
    case .choose(let cases, let mayMatchNone): return choose(cases, mayMatchNone)
    case .loop(let loop): return self.loop(loop)
    case .workflow(let inner): return body(inner, isCalled: true)
    }
  }

  private func sideBySide(_ branches: PlannedList) -> WayCounts {
    var all: WayCounts = [.goesOn: .one]
    for step in branches.steps {
      var own = done(step)
      if step.mayBeSkipped { own.add(.one, .goesOn) }
      var next = WayCounts()
      for (a, left) in all {
        for (b, right) in own { next.add(left * right, a.rawValue > b.rawValue ? a : b) }
      }
      all = next
    }
    return all
  }

  private func choose(_ cases: [PlannedCase], _ mayMatchNone: Bool) -> WayCounts {
    var result: WayCounts = [.goesOn: mayMatchNone ? .one : .zero]
    for choice in cases where choice.certainty != .never {
      result.add(list(choice.steps), times: .one)
    }
    return result
  }

  private func loop(_ loop: PlannedLoop) -> WayCounts {
    guard loop.most != 0 else { return [.goesOn: .one] }
    var counts = list(loop.steps)
    if loop.least == 0 { counts.add(.one, .goesOn) }
    return counts
  }
}

extension WayCounts {
  fileprivate mutating func add(_ count: PathCount, _ end: WayEnd) {
    self[end] = (self[end] ?? .zero) + count
  }

  fileprivate mutating func add(_ counts: WayCounts, times factor: PathCount) {
    for (end, count) in counts { add(count * factor, end) }
  }
}
