import Engine
import RunStore

extension RunService {
  /// Does what was asked of a run whose process died in the middle of an attempt, once it is known
  /// what came of that. Whoever wanted to take something back and cannot does not want more done:
  /// the run parks with its doubt then.
  func settle(
    _ command: Command, _ executor: RunExecutor
  ) async throws(RunnerError) -> RunSnapshot {
    let moment = executor.now
    try await executor.settle(for: command.actor)
    try executor.reachDeadlines(before: executor.now)
    let refusal: Refusal?
    if case .failure(let found) = executor.engine.handle(command, now: executor.now) {
      refusal = found
    } else {
      refusal = nil
      try executor.take(command, givenAt: moment)
    }
    if refusal != nil, command.kind.goesBack {
      try executor.park()
    } else {
      try executor.takeInbox()
      try await executor.proceed()
    }
    let snapshot = entered(executor)
    if let refusal { throw RunnerError(.refused, refusal.message, hint: refusal.hint) }
    return snapshot
  }
}

extension CommandKind {
  /// Whether it takes back what was done.
  fileprivate var goesBack: Bool {
    switch self {
    case .undo, .rewind: true
    default: false
    }
  }
}
