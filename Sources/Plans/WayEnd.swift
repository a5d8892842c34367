import Workflows

/// How a way through a part of a workflow ends; of branches side by side the last one of these counts.
enum WayEnd: Int, CaseIterable {
  case goesOn
  /// A failure goes outwards.
  case fails
  /// The workflow ends by `finish`, and has succeeded.
  case finishes
  /// The workflow ends by `finish`, and has not succeeded: a step that called it fails.
  case givesUp
  /// The run ends, with every workflow that is being carried out: `stop`, `undo`.
  case ends
}

/// Where something that goes wrong leads, beside people or on as if nothing had gone wrong, which is no
/// other way.
enum Mishap {
  case ends(WayEnd)
  /// To the recovery steps of the workflow's defaults.
  case recovered
}

extension PlannedStep {
  var mayBeSkipped: Bool {
    if certainty == .never { return true }
    switch condition {
    case .holds?, nil: return false
    default: return true
    }
  }

  /// What the step does with a failure that comes to it; nil where that is for others.
  var onFailure: FailurePolicy? {
    handler.flatMap { $0.address == address ? $0.policy : nil }
  }

  /// Where failures of the step itself lead, not those of what is inside it.
  var ownFailures: [Mishap] {
    let isPossible =
      if case .repeat(let loop) = step.kind {
        loop.atMost != nil || !step.verify.isEmpty
      } else {
        isLeaf ? failure != nil : !step.verify.isEmpty
      }
    return isPossible ? leads(to: handler) : []
  }

  /// Where it leads that the time is up: without `on_expiry` it is a failure like others. Recovery
  /// steps of its own are among ``recoveries``.
  var ownExpiries: [Mishap] {
    guard isLeaf, step.expires != nil else { return [] }
    switch step.onExpiry {
    case .stop?, .undo?: return [.ends(.ends)]
    case .continue?, .park?, .recover?: return []
    case nil: return leads(to: handler)
    }
  }

  /// Where failures lead that come to the step and that it has something to say of; nil where it has not.
  /// What its recovery steps do is not among them.
  var leadsOfFailures: [Mishap]? {
    onFailure.map { policy in
      switch policy {
      case .continue: [.ends(.goesOn)]
      case .stop, .undo: [.ends(.ends)]
      case .park: []
      case .recover: policy.takesAll ? [] : leads(to: handler?.outer)
      }
    }
  }

  private func leads(to handler: PlanBuilder.Handler?) -> [Mishap] {
    guard let handler else { return [] }
    guard handler.address == nil else {
      switch handler.policy {
      case .park: return []
      case .continue where handler.address == address: return []
      case .continue, .stop, .undo, .recover: return [.ends(.fails)]
      }
    }
    // The defaults of a workflow hold for each of its steps.
    switch handler.policy {
    case .park, .continue: return []
    case .stop, .undo: return [.ends(.ends)]
    case .recover:
      return [.recovered] + (handler.policy.takesAll ? [] : leads(to: handler.outer))
    }
  }
}

extension RecoveryBranch.Continuation {
  /// Where a recovery leads.
  var end: WayEnd {
    switch self {
    case .continue, .park, .retry: .goesOn
    case .stop, .undo: .ends
    }
  }
}

extension FailurePolicy {
  /// Whether it has something to say of every failure.
  fileprivate var takesAll: Bool {
    guard case .recover(let branches) = self else { return true }
    return branches.contains { $0.when == nil }
  }
}

extension Finish {
  var end: WayEnd { outcome == .succeeded ? .finishes : .givesUp }
}

extension PlannedList {
  func target(of step: PlannedStep) -> Int? {
    guard case .goTo(let id) = step.step.kind else { return nil }
    return steps.firstIndex { $0.step.id == id }
  }
}

extension WayEnd {
  /// How a workflow ends that has come to this end, and then to another one in its `finally`.
  func behind(finally late: WayEnd, isCalled: Bool) -> WayEnd {
    guard isCalled else { return self == .goesOn ? late : .ends }
    let both = [self, late]
    if both.contains(.ends) { return .ends }
    return both.contains(.givesUp) || both.contains(.fails) ? .fails : .goesOn
  }
}
