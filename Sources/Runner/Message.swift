import Actions
import Engine
import Values

/// A message to one person about a rung, made up when that was reached: it goes out as it is, whatever becomes
/// of the question meanwhile. Handed on by reference: it holds much.
final class Message: Sendable {
  /// What went wrong with a message.
  enum Problem: Error {
    /// Nobody tried to send it.
    case untried(String)
    case failed(String)
    case lost(String)
  }

  /// How it is sent.
  struct Sending: Sendable {
    let operation: RegisteredOperation
    let invocation: Invocation
    /// A lost answer is like a crash: once more where that is safe.
    let isRepeatable: Bool
  }

  let telling: Telling
  /// What the record calls whom it is for.
  let name: String
  /// What the journal keeps of what the operation is called with.
  let with: StoredValues?
  let sending: Result<Sending, Problem>

  init(
    _ telling: Telling, to name: String, with: StoredValues?, _ sending: Result<Sending, Problem>
  ) {
    self.telling = telling
    self.name = name
    self.with = with
    self.sending = sending
  }
}

extension Message.Sending {
  /// What came of a message: why it failed, and how often nobody answered in time.
  struct Outcome: Sendable {
    var failure: ActionFailure?
    var timeouts = 0
  }

  /// Sends the message; on any thread.
  func perform() async -> Outcome {
    var outcome = Outcome()
    await attempt(&outcome)
    if isRepeatable, !Task.isCancelled, case .lost? = outcome.failure?.kind {
      await attempt(&outcome)
    }
    return outcome
  }

  private func attempt(_ outcome: inout Outcome) async {
    do throws(ActionFailure) {
      _ = try await operation.handler.perform(invocation)
      outcome.failure = nil
    } catch {
      outcome.failure = error
      if error.code == "timeout" { outcome.timeouts += 1 }
    }
  }
}
