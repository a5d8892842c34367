import Actions
import Engine
import Plugins
import Values
import Workflows

/// What an execution has around it: time, the operations, and whoever watches.
final class RunContext {
  let now: @Sendable () -> Timestamp
  let registry: OperationRegistry
  let projectFolder: String
  let progress: @Sendable (RunProgress) -> Void
  let isInterrupted: @Sendable () -> Bool
  /// Who can be told of something, and by what.
  var people: [Person] = []
  var notification: NotificationDefinition?
  /// The operations of the project as it is now, of which the environment's `notify` is one: the run has
  /// only those that its workflow calls.
  var notifier: (_ operation: String) -> OperationRegistry
  var hasNoticedClock = false

  init(
    now: @escaping @Sendable () -> Timestamp, registry: OperationRegistry, projectFolder: String,
    progress: @escaping @Sendable (RunProgress) -> Void,
    isInterrupted: @escaping @Sendable () -> Bool
  ) {
    self.now = now
    self.registry = registry
    notifier = { _ in registry }
    self.projectFolder = projectFolder
    self.progress = progress
    self.isInterrupted = isInterrupted
  }

  /// Whether ``report(_:of:)`` has something to tell of such an event.
  static func isShown(_ kind: EventKind) -> Bool {
    switch kind {
    case .attemptSucceeded, .roundEnded, .iterationEnded, .stepContinued, .recovery: false
    default: true
    }
  }

  /// Tells whoever watches what an event means.
  func report(_ event: Event, of step: Step?) {
    switch event.kind {
    case .attemptStarted, .stepStarted:
      progress(event, step) { address, step in
        .stepStarted(address: address, title: step.title, role: step.role, at: event.at)
      }
    case .attemptFailed(let failure, let retryAt, _):
      progress(event, step) { address, _ in
        .attemptFailed(
          address: address, message: failure.message, retryAt: retryAt, at: event.at)
      }
    case .stepWaiting(let waiting):
      progress(event, step) { address, step in
        .waiting(address: address, title: step.title, waiting, at: event.at)
      }
    case .people(.deadlineReached(let reached)) where !reached.isPassedOver:
      progress(event, step) { address, step in
        .deadlineReached(
          address: address, title: step.title, timer: reached.timer, dueAt: reached.dueAt)
      }
    case .people(.noticeFailed(let failure)):
      let message = failure.message
      progress(event, step) { address, _ in
        .noticeFailed(
          address: address, timer: failure.timer,
          message: failure.person.map { "\($0): \(message)" } ?? message)
      }
    case .stepSucceeded(_, let manner, let reason, _):
      ended(event, step, .succeeded, manner, reason)
    case .stepSkipped(_, let message, _): ended(event, step, .skipped, nil, message)
    case .stepFailed(let failure): ended(event, step, .failed, nil, failure.message)
    case .stepBlocked(let blocker): ended(event, step, .blocked, nil, blocker.message)
    case .stepInDoubt(let message): ended(event, step, .inDoubt, nil, message)
    default: break
    }
  }

  private func ended(
    _ event: Event, _ step: Step?, _ status: StepStatus, _ manner: Manner?,
    _ message: String?
  ) {
    progress(event, step) { address, step in
      .stepEnded(
        address: address, title: step.title, status: status, manner: manner, message: message,
        at: event.at)
    }
  }

  private func progress(
    _ event: Event, _ step: Step?, _ described: (String, Step) -> RunProgress
  ) {
    guard let address = event.step, let step else { return }
    progress(described(address, step))
  }
}
