import Engine
import Values
package import Workflows

/// Something of a workflow that a test can reach.
package struct CoveragePoint: Hashable, Sendable {
  package enum Aspect: Hashable, Sendable {
    case reached
    case conditionHeld, conditionFailed
    /// A case of a `choose`, from 0.
    case chosen(Int)
    /// No case held.
    case choseNone
    /// The step's own `on_failure` was followed.
    case failed
    /// A branch of the recovery, from 0.
    case recovered(Int)
    case expired
    /// One of several things that were waited for.
    case arrived(String)
  }

  /// Steps, branches (both ways of a decision), and what follows a failure.
  package enum Kind: String, Sendable, CaseIterable {
    case steps, branches, failures
  }

  package let step: String
  package let aspect: Aspect

  package var kind: Kind {
    switch aspect {
    case .reached: .steps
    case .conditionHeld, .conditionFailed, .chosen, .choseNone, .arrived: .branches
    case .failed, .recovered, .expired: .failures
    }
  }

  /// For people: "`sso` with `if` false".
  package var words: String {
    switch aspect {
    case .reached: "\(step)"
    case .conditionHeld: "\(step): `if` holds"
    case .conditionFailed: "\(step): `if` does not hold"
    case .chosen(let index): "\(step): case \(index + 1)"
    case .choseNone: "\(step): no case holds"
    case .failed: "\(step): on_failure"
    case .recovered(let index): "\(step): on_failure, branch \(index + 1)"
    case .expired: "\(step): on_expiry"
    case .arrived(let name): "\(step): first_of, \(name)"
    }
  }
}

/// What tests reached of one workflow.
package struct Coverage: Sendable {
  package let workflow: Workflow
  /// Everything there is to reach, in the order of the file.
  package let all: [CoveragePoint]
  package private(set) var reached: Set<CoveragePoint> = []
  private let definitions: [ObjectIdentifier: Step]
  /// For each recovery step: whose it is, and the branch.
  private let rescuers: [String: (owner: String, aspect: CoveragePoint.Aspect)]

  package init(_ workflow: Workflow) {
    self.workflow = workflow
    all = workflow.allSteps.flatMap(Self.points)
    var own: [ObjectIdentifier: Step] = [:]
    var rescuers: [String: (owner: String, aspect: CoveragePoint.Aspect)] = [:]
    for step in workflow.allSteps {
      own[ObjectIdentifier(step)] = step
      for (policy, isExpiry) in [(step.onFailure, false), (step.onExpiry, true)] {
        guard case .recover(let branches)? = policy else { continue }
        for (index, branch) in branches.enumerated() {
          for inner in branch.steps.steps {
            rescuers[inner.id] = (step.id, isExpiry ? .expired : .recovered(index))
          }
        }
      }
    }
    definitions = own
    self.rescuers = rescuers
  }

  private static func points(of step: Step) -> [CoveragePoint] {
    var aspects: [CoveragePoint.Aspect] = [.reached]
    if step.condition != nil { aspects += [.conditionHeld, .conditionFailed] }
    if case .choose(let cases) = step.kind {
      aspects += cases.indices.map { .chosen($0) }
      if cases.allSatisfy({ $0.when != nil }) { aspects.append(.choseNone) }
    }
    if case .wait(.firstOf(let ways)) = step.kind { aspects += ways.map { .arrived($0.name) } }
    switch step.onFailure {
    case .recover(let branches)?: aspects += branches.indices.map { .recovered($0) }
    case .continue?, .stop?, .undo?: aspects.append(.failed)
    case .park?, nil: break
    }
    if case .park? = step.onExpiry {
      return aspects.map { CoveragePoint(step: step.id, aspect: $0) }
    }
    if step.onExpiry != nil { aspects.append(.expired) }
    return aspects.map { CoveragePoint(step: step.id, aspect: $0) }
  }

  /// Adds what a run reached; steps of other workflows, and of other versions, are left out.
  package mutating func add(_ run: SimulatedRun) {
    let moved = run.events.lastIndex { event in
      if case .recovery(.migrated) = event.kind { true } else { false }
    }
    for event in run.events[(moved ?? 0)...] { add(event, run.engine) }
  }

  package mutating func add(_ other: Coverage) { reached.formUnion(other.reached) }

  private mutating func add(_ event: Event, _ engine: RunEngine) {
    guard let address = event.step, let step = engine.step(at: address),
      definitions[ObjectIdentifier(step)] != nil
    else { return }
    switch event.kind {
    case .stepSkipped(let reason, _, _):
      if reason == "condition" { reach(step, .conditionFailed) }
      if reason == "no_case" {
        reach(step, .reached)
        reach(step, .choseNone)
      }
      return
    case .stepFailed: failed(step)
    case .people(.deadlineReached(let reached)) where reached.timer == "expires":
      if step.onExpiry != nil { reach(step, .expired) }
    default: break
    }
    reach(step, .reached)
    // Of rounds and items that are over the run's state tells nothing more.
    if case .wait(.firstOf) = step.kind, let which = event.arrived {
      // `paid`, or `outer.inner` of one inside another.
      reach(step, .arrived(which.split(separator: ".").first.map(String.init) ?? which))
    }
    if step.condition != nil { reach(step, .conditionHeld) }
    if let rescued = rescuers[step.id] {
      reached.insert(CoveragePoint(step: rescued.owner, aspect: rescued.aspect))
    }
    if let choice = event.choice { reach(step, .chosen(choice)) }
  }

  /// The nearest step outwards that says what follows.
  private mutating func failed(_ step: Step) {
    var current: Step? = step
    while let candidate = current {
      if candidate.onFailure != nil { return reach(candidate, .failed) }
      current = candidate.parent.map { workflow.allSteps[$0] }
    }
  }

  private mutating func reach(_ step: Step, _ aspect: CoveragePoint.Aspect) {
    reached.insert(CoveragePoint(step: step.id, aspect: aspect))
  }

  // MARK: Figures

  package func count(_ kind: CoveragePoint.Kind) -> (reached: Int, all: Int) {
    let points = all.filter { $0.kind == kind }
    return (points.count { reached.contains($0) }, points.count)
  }

  package var missing: [CoveragePoint] { all.filter { !reached.contains($0) } }
}

extension Event {
  /// Which of several things that were waited for has come.
  fileprivate var arrived: String? {
    switch kind {
    case .eventMatched(_, let outputs): outputs.clear["which"]?.asString
    case .timerFired(let timer, _): Waiting.branch(ofTimer: timer)
    case .stepSucceeded(let outputs, _, _, _): outputs?.clear["which"]?.asString
    default: nil
    }
  }

  /// The case that a `choose` took.
  fileprivate var choice: Int? {
    if case .stepStarted(let start) = kind { start.choice } else { nil }
  }
}
