package import Fields
package import Values
package import Workflows

/// Whether a run comes to a step. Failures are left out of account: they are listed apart.
package enum Certainty: String, Sendable, Hashable {
  /// In every run that gets so far.
  case certain
  case possible
  /// Not with what is known.
  case never

  /// What becomes of it under a condition.
  func under(_ verdict: Verdict) -> Certainty {
    switch (self, verdict) {
    case (.never, _), (_, .fails): .never
    case (_, .holds): self
    case (_, .unknown), (_, .broken): .possible
    }
  }
}

/// A step of a plan.
package final class PlannedStep: Sendable {
  package let step: Step
  /// The address in a run, with `[…]` for the rounds of loops.
  package let address: String
  package let certainty: Certainty
  /// What its `if` comes to; nil where it has none.
  package let condition: Verdict?
  package let body: Body
  /// Where a failure leads.
  package let failure: PlannedFailure?
  /// What `on_expiry` and `on_failure` add in steps.
  package let recoveries: [PlannedRecovery]
  /// Preconditions and checks that cannot hold with what is known.
  package let unmet: [PlannedCheck]
  package let calls: [PlannedCall]
  package let question: PlannedQuestion?
  /// What it waits for, in words.
  package let wait: String?
  /// What takes a failure of the step: the nearest `on_failure`.
  let handler: PlanBuilder.Handler?
  let scope: PlanScope

  package indirect enum Body: Sendable {
    case leaf
    case section(PlannedList)
    case parallel(PlannedList)
    case choose([PlannedCase], mayMatchNone: Bool)
    case loop(PlannedLoop)
    case workflow(PlannedBody)
  }

  init(_ parts: Parts) {
    step = parts.step
    address = parts.address
    certainty = parts.certainty
    condition = parts.condition
    body = parts.body
    failure = parts.failure
    recoveries = parts.recoveries
    unmet = parts.unmet
    calls = parts.calls
    question = parts.question
    wait = parts.wait
    handler = parts.handler
    scope = parts.scope
  }

  struct Parts {
    let step: Step
    let address: String
    let certainty: Certainty
    let condition: Verdict?
    var body = Body.leaf
    var failure: PlannedFailure?
    var recoveries: [PlannedRecovery] = []
    var unmet: [PlannedCheck] = []
    var calls: [PlannedCall] = []
    var question: PlannedQuestion?
    var wait: String?
    var handler: PlanBuilder.Handler?
    let scope: PlanScope
  }
}

/// Steps of one list.
package struct PlannedList: Sendable {
  package let steps: [PlannedStep]
  /// Where the step stands under which an id is found, for every id whose address begins here.
  let positions: [String: Int]

  init(_ steps: [PlannedStep]) {
    self.steps = steps
    var positions: [String: Int] = [:]
    for (position, step) in steps.enumerated() {
      for id in step.idsBelow { positions[id] = position }
    }
    self.positions = positions
  }

  static let empty = PlannedList([])
}

/// A workflow, or a sub-workflow, of a plan.
package struct PlannedBody: Sendable {
  package let workflow: Workflow
  package let inputs: ValueMap
  package let unknownInputs: [String]
  /// The names of those whose values nobody sees.
  package let sensitiveInputs: Set<String>
  package let steps: PlannedList
  package let finally: PlannedList
  /// The steps of `defaults: { on_failure: { steps } }`.
  package let recoveries: [PlannedRecovery]
}

/// A way of a `choose`.
package struct PlannedCase: Sendable {
  /// nil always holds.
  let when: Expression?
  package let verdict: Verdict
  package let certainty: Certainty
  package let steps: PlannedList
  /// The condition as it is written.
  package var source: String? { when?.source }
}

/// A loop: `for_each` or `repeat`.
package struct PlannedLoop: Sendable {
  package let steps: PlannedList
  package let least: Int
  /// nil: nobody knows.
  package let most: Int?
  /// How many rounds may be under way at the same time.
  let width: Int
  /// Nothing goes beyond it; a person may give a `repeat` more rounds than its `at_most`.
  let limit: Int?
  /// Whether rounds may be mixed: an item that stands still holds up no other, not even where items
  /// are taken one after the other.
  var mayMix: Bool { limit != nil || least == 0 }
  package var isParallel: Bool { width > 1 }
  /// In words: "for each of 3", "until `…`, at most 20 times".
  package let words: String
}

/// Steps after a failure, or when the time is up.
package struct PlannedRecovery: Sendable {
  package enum Cause: String, Sendable { case failure, expiry }
  package let cause: Cause
  package let source: String?
  package let steps: PlannedList
  package let then: RecoveryBranch.Continuation

  /// Whether what follows it is the rest of a step that holds others: what failed in it is tried again.
  func leadsBack(into step: PlannedStep) -> Bool { then == .retry && !step.isLeaf }
}

/// Where a failure of a step leads.
package struct PlannedFailure: Sendable {
  /// The step or section whose `on_failure` takes it; nil: `defaults`, or nobody.
  package let handler: String?
  /// `park`, `continue`, `stop`, `undo` or `recover`.
  package let leadsTo: String
  /// All tries, where the step tries again by itself.
  package let attempts: Int
  /// What can go wrong, in words: the operation's errors, a check, a rejection.
  package let causes: [String]
  let policy: FailurePolicy?
}

/// A check that cannot hold with what is known.
package struct PlannedCheck: Sendable {
  package let source: String
  package let message: String
  package let isPrecondition: Bool
}

/// An operation that may be called.
package struct PlannedCall: Sendable {
  package enum Purpose: String, Sendable { case act, look, probe, undo, notify }
  package let operation: String
  package let effects: Effects
  package let purpose: Purpose
  /// How it is taken back: an operation, or `by hand`; nil: nothing is said.
  package let undo: String?
}

/// What people are asked.
package struct PlannedQuestion: Sendable {
  package let role: String?
  package let message: String
  package let fields: [Field]
  package let items: [(name: String, label: String, event: String?)]
  /// How many must approve; nil for an `ask`.
  package let approvals: Int?
  package let notStarter: Bool
  /// "due after 4 business hours", "reminded 1h before", "escalated to engineering after 4h".
  package let deadlines: [String]
}

extension PlannedStep {
  /// The ids of the step and of those inside it whose addresses begin as its own does.
  fileprivate var idsBelow: [String] {
    var ids = [step.id]
    switch body {
    case .leaf, .loop, .workflow: break
    case .section(let list), .parallel(let list): ids += list.positions.keys
    case .choose(let cases, _): ids += cases.flatMap(\.steps.positions.keys)
    }
    return ids + recoveries.flatMap(\.steps.positions.keys)
  }

  /// Whether it does something itself, and is not there to hold other steps together.
  package var isLeaf: Bool { if case .leaf = body { true } else { false } }

  /// Every list inside it.
  package var lists: [PlannedList] {
    let inner: [PlannedList] =
      switch body {
      case .leaf: []
      case .section(let list), .parallel(let list): [list]
      case .choose(let cases, _): cases.map(\.steps)
      case .loop(let loop): [loop.steps]
      case .workflow(let body): [body.steps, body.finally] + body.recoveries.map(\.steps)
      }
    return inner + recoveries.map(\.steps)
  }
}
