package import Engine
package import Values
package import Workflows

/// What the world and people say in a simulation.
package protocol SimulationScript: AnyObject {
  /// What an operation answers; a failure where the script has no answer.
  func answer(to call: SimulatedCall) -> Result<SimulatedAnswer, MissingAnswer>

  /// What arrives next, where nothing else is to be done; nothing where nothing will.
  func nextDelivery(_ run: SimulatedMoment) -> Delivery?

  /// When somebody is there who notices what comes due at a moment: that moment, or a later one.
  func noticed(_ due: Timestamp, startedAt: Timestamp) -> Timestamp

  /// A delivery was taken, or refused.
  func delivered(_ delivery: Delivery, _ refusal: Refusal?, at now: Timestamp)
}

extension SimulationScript {
  /// Somebody is always there.
  package func noticed(_ due: Timestamp, startedAt: Timestamp) -> Timestamp { due }
}

/// A call of an operation.
package struct SimulatedCall: Sendable {
  /// `connection.operation`.
  package let operation: String
  package let contract: OperationContract?
  package let address: String
  package let step: Step?
  package let inputs: ValueMap
  /// What it only looks at the world for; nil where it acts.
  package let looks: StepPattern.Looks?
}

/// What a call comes to, and how long it takes.
package struct SimulatedAnswer: Sendable {
  package let result: AttemptResult
  package let takes: TimeSpan

  package init(_ result: AttemptResult, takes: TimeSpan = .zero) {
    self.result = result
    self.takes = takes
  }
}

/// A call that the script has no answer for.
package struct MissingAnswer: Error, Sendable {
  package let call: SimulatedCall
  /// Which call it is, from 1, where the script has answers but not so many.
  package let number: Int?

  package init(_ call: SimulatedCall, number: Int? = nil) {
    self.call = call
    self.number = number
  }
}

/// A run that has nothing to do for now.
package struct SimulatedMoment: Sendable {
  package let engine: RunEngine
  package let now: Timestamp
  package let startedAt: Timestamp
  /// When the run goes on by itself.
  package let wakesAt: Timestamp?
  /// Whether a call is under way.
  package let isActing: Bool
  /// Whether something is due now: it happens unless something else arrives at this moment.
  package var isDue = false
}

/// Something that arrives at a run.
package struct Delivery: Sendable {
  package enum Content: Sendable {
    case command(CommandKind)
    /// The run is moved to another version of its workflow.
    case move(Workflow, MigrationChoices, reason: String)

    /// Whether it lets nothing more begin.
    var endsTheRun: Bool { if case .command(let kind) = self { kind.endsTheRun } else { false } }
  }

  package let at: Timestamp
  package let content: Content
  package let actor: Actor
  /// What the person may do; nil where nothing is known of them, so that nothing is refused.
  package let standing: Standing?
  /// Whose it is in the script.
  package let origin: Int
  /// The words with which it has to be refused; nil where it is to be taken.
  package var refused: String?

  package init(
    at: Timestamp, _ kind: CommandKind, by actor: Actor, standing: Standing? = nil,
    origin: Int = 0
  ) {
    self.init(at: at, .command(kind), by: actor, standing: standing, origin: origin)
  }

  package init(
    at: Timestamp, _ content: Content, by actor: Actor, standing: Standing? = nil, origin: Int = 0
  ) {
    self.at = at
    self.content = content
    self.actor = actor
    self.standing = standing
    self.origin = origin
  }
}
