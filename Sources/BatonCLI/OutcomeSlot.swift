import Dispatch
import Synchronization

/// Where a task leaves its outcome for the thread that waits for it.
final class OutcomeSlot<Outcome: Sendable>: Sendable {
  private let outcome = Mutex<Outcome?>(nil)
  private let filled = DispatchSemaphore(value: 0)

  func fill(_ value: Outcome) {
    outcome.withLock { $0 = value }
    filled.signal()
  }

  /// Blocks until there is an outcome.
  func wait() -> Outcome {
    filled.wait()
    guard let value = outcome.withLock({ $0 }) else {
      preconditionFailure("the slot was signalled before it was filled")
    }
    return value
  }
}
