package import Values
package import Workflows

/// What is to be done next with a run.
package enum Decision: Sendable {
  /// Transitions that need nothing from outside: journal and apply them, then ask again.
  case record([PendingEvent])
  /// Journal the intent, make it durable, then call the operation.
  case attempt(AttemptRequest)
  /// Ask the world without changing it, for a check.
  case look(LookRequest)
  /// Nothing can be done now. The earliest moment at which something will be due, if any.
  case wait(until: Timestamp?)
  /// The run is over.
  case end
}

/// An event before it has a time and an actor.
package struct PendingEvent: Sendable {
  package let kind: EventKind
  package let step: String?
  package let attempt: Int?

  package init(_ kind: EventKind, step: String? = nil, attempt: Int? = nil) {
    self.kind = kind
    self.step = step
    self.attempt = attempt
  }
}

/// An operation to be called.
package struct AttemptRequest: Sendable {
  package let address: String
  package let attempt: Int
  package let step: Step
  package let call: ActionCall
  /// The inputs in clear.
  package let inputs: ValueMap
  /// Which of them are sensitive.
  package let sensitive: Set<String>
  package let effects: Effects
  package let key: String
  package let timeout: TimeSpan?
  /// The moment that the inputs saw, where they see one and the record has to say it.
  package var now: Timestamp?
}

/// An operation without effects to be called for a check.
package struct LookRequest: Sendable {
  package let address: String
  package let look: Look
  package let call: ActionCall
  package let inputs: ValueMap
  /// The names of the inputs that are sensitive.
  package let sensitive: Set<String>
  package let timeout: TimeSpan?
}

/// How an attempt ended.
package enum AttemptResult: Sendable {
  case succeeded(ValueMap)
  /// It definitely did not take effect. `canRetry` is nil where the operation's contract is to say.
  case failed(Failure, canRetry: Bool?)
  /// Nobody knows.
  case lost(Failure)
  /// It was never sent.
  case unavailable(Failure)
}
