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
  /// Who acts, and what they signed in with; nil where nobody did.
  var signedIn: (actor: Actor, standing: Standing)?
  /// Who can be told of something, and by what.
  var people: [Person] = []
  var notification: NotificationDefinition?
  /// How long telling one person may take.
  var messageLimit = TimeSpan(seconds: 30)
  /// The operations of the project as it is now, of which the environment's `notify` is one: the run has
  /// only those that its workflow calls.
  var notifier: (_ operation: String) -> OperationRegistry

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

  /// What somebody signed in with who acts by themselves here; what others do is brought with their commands.
  func standing(of actor: Actor) -> Standing? {
    signedIn?.actor == actor ? signedIn?.standing : nil
  }

  /// Whether there is something to tell of such an event.
  static func isShown(_ kind: EventKind) -> Bool {
    switch kind {
    case .attemptSucceeded, .roundEnded, .iterationEnded, .stepContinued, .recovery: false
    default: true
    }
  }

  /// What an event means to whoever watches; nil where it means nothing to them.
  func progress(of event: Event, at step: Step?) -> RunProgress? {
    guard let address = event.step, let step else { return nil }
    switch event.kind {
    case .attemptStarted, .stepStarted:
      return .stepStarted(address: address, title: step.title, role: step.role, at: event.at)
    case .attemptFailed(let failure, let retryAt, _):
      return .attemptFailed(
        address: address, message: failure.message, retryAt: retryAt, at: event.at)
    case .stepWaiting(let waiting):
      return .waiting(address: address, title: step.title, waiting, at: event.at)
    case .people(.deadlineReached(let reached)) where !reached.isPassedOver:
      return .deadlineReached(
        address: address, title: step.title, timer: reached.timer, dueAt: reached.dueAt)
    case .people(.noticeFailed(let failure)):
      let message = failure.message
      return .noticeFailed(
        address: address, timer: failure.timer,
        message: failure.person.map { "\($0): \(message)" } ?? message)
    default: return end(of: event, address, step)
    }
  }

  private func end(of event: Event, _ address: String, _ step: Step) -> RunProgress? {
    let (status, manner, message): (StepStatus, Manner?, String?)
    switch event.kind {
    case .stepSucceeded(_, let how, let reason, _):
      (status, manner, message) = (.succeeded, how, reason)
    case .stepSkipped(reason: "checkpoint", let why, _):
      let tail = why.map { ": \($0)" } ?? ""
      return .log(address: address, "the checkpoint is passed over\(tail)")
    case .stepSkipped(_, let why, _): (status, manner, message) = (.skipped, nil, why)
    case .stepFailed(let failure): (status, manner, message) = (.failed, nil, failure.message)
    case .stepBlocked(let blocker): (status, manner, message) = (.blocked, nil, blocker.message)
    case .stepInDoubt(let doubt): (status, manner, message) = (.inDoubt, nil, doubt)
    default: return nil
    }
    return .stepEnded(
      address: address, title: step.title, status: status, manner: manner, message: message,
      see: event.kind.see, at: event.at)
  }
}

extension EventKind {
  /// Where to read on about what does not hold.
  fileprivate var see: String? {
    switch self {
    case .stepFailed(let failure): failure.see
    case .stepBlocked(let blocker): blocker.see
    default: nil
    }
  }
}
