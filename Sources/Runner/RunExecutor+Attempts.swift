import Actions
import Engine
import Fields
import RunStore
import Values
import Workflows

/// A call of an operation that the engine asked for. Handed on by reference: it holds much.
final class Call: Sendable {
  enum Purpose: Sendable {
    case attempt(AttemptRequest)
    case look(LookRequest)
  }

  let purpose: Purpose
  let operation: RegisteredOperation
  let invocation: Invocation
  /// Whether its intent has to be on disk before it begins.
  let needsSync: Bool

  init(
    purpose: Purpose, operation: RegisteredOperation, invocation: Invocation, needsSync: Bool
  ) {
    self.purpose = purpose
    self.operation = operation
    self.invocation = invocation
    self.needsSync = needsSync
  }

  /// Calls the operation; on any thread.
  func perform() async -> Result<ValueMap, ActionFailure> {
    do throws(ActionFailure) {
      return .success(try await operation.handler.perform(invocation))
    } catch {
      return .failure(error)
    }
  }
}

extension RunExecutor {
  /// Journals the intent of an attempt; nil where nobody can carry it out, which is journalled too.
  func prepare(_ request: AttemptRequest) throws(RunnerError) -> Call? {
    let operation: RegisteredOperation
    switch context.registry.operation(named: request.call.operation) {
    case .success(let found): operation = found
    case .failure(let failure):
      try report(request, .unavailable(Failure(failure)))
      return nil
    }
    let sensitive = request.sensitive
    let intent = Intent(
      operation: request.call.operation, driver: operation.driver,
      driverSHA256: operation.driverSHA256, effects: request.effects.rawValue, key: request.key,
      with: StoredValues(request.inputs, sensitive: { sensitive.contains($0) }, vault: vault),
      now: request.now)
    try record(
      PendingEvent(.attemptStarted(intent), step: request.address, attempt: request.attempt))
    return Call(
      purpose: .attempt(request), operation: operation,
      invocation: invocation(
        operation, request.call, request.inputs, key: request.key, address: request.address,
        attempt: request.attempt, timeout: request.timeout), needsSync: request.effects != .none)
  }

  /// A look at the world for a check; nothing is changed by it, so nothing need be durable before.
  func prepare(_ request: LookRequest) throws(RunnerError) -> Call? {
    switch context.registry.operation(named: request.call.operation) {
    case .failure(let failure):
      try record(
        PendingEvent(.lookFailed(request.look, message: failure.message), step: request.address))
      return nil
    case .success(let operation):
      // Nothing of a look is kept, so that nothing has been sealed.
      for name in request.sensitive { request.inputs[name].map(vault.hide) }
      return Call(
        purpose: .look(request), operation: operation,
        invocation: invocation(
          operation, request.call, request.inputs, key: "", address: request.address, attempt: 1,
          timeout: request.timeout), needsSync: false)
    }
  }

  /// Journals what came of a call. What an operation gives back is kept as it is, sealed where a secret or a
  /// sensitive value is in it: checks and later steps go by it.
  func report(_ call: Call, _ result: Result<ValueMap, ActionFailure>) throws(RunnerError) {
    vault.hide(call.operation.secrets())
    switch (call.purpose, result) {
    case (.attempt(let request), .success(let outputs)):
      try report(request, .succeeded(outputs))
    case (.attempt(let request), .failure(let failure)):
      try report(request, AttemptResult(vault.currentRedactor.redact(failure)))
    case (.look(let request), _) where !engine.awaits(request): return
    case (.look(let request), .success(let outputs)):
      let contract = request.call.contract
      let stored = StoredValues(
        outputs, sensitive: { contract?.outputs[$0]?.isSensitive ?? false }, vault: vault)
      try record(
        PendingEvent(.lookAnswered(request.look, outputs: stored), step: request.address))
    case (.look(let request), .failure(let failure)):
      let message = vault.currentRedactor.redact(failure).message
      try record(PendingEvent(.lookFailed(request.look, message: message), step: request.address))
    }
  }

  private func report(
    _ request: AttemptRequest, _ result: AttemptResult
  ) throws(RunnerError) {
    try record(engine.outcome(of: request, result, now: now))
    guard request.effects != .none else { return }
    // In the file at once, so that whoever kills the process cannot make it happen again; on disk before time
    // passes.
    owesSync = true
    try vault.check()
    try stored { () throws(StoreError) in try writer.write() }
  }

  /// Journals of the calls that were to be made now, and change something, that nobody has made them: a command
  /// came before that lets nothing more begin. Should that be refused, they are made after all.
  func withdrawPrepared() throws(RunnerError) {
    let calls = prepared
    prepared = []
    for call in calls {
      guard case .attempt(let request) = call.purpose else {
        prepared.append(call)
        continue
      }
      let failure = Failure(
        code: "not_called", message: "it was not called: a command came before that")
      try record(
        PendingEvent(
          .attemptFailed(failure, retryAt: now, wasSent: false), step: request.address,
          attempt: request.attempt))
    }
  }

  private func invocation(
    _ operation: RegisteredOperation, _ call: ActionCall, _ inputs: ValueMap, key: String,
    address: String, attempt: Int, timeout: TimeSpan?
  ) -> Invocation {
    let progress = context.progress
    let secrets = operation.secrets
    let redactor = vault.currentRedactor
    return Invocation(
      operation: call.operation, inputs: inputs, key: key, run: writer.run, step: address,
      attempt: attempt, timeout: timeout, projectFolder: context.projectFolder,
      inheritedDescriptors: [writer.lockDescriptor],
      log: { line in
        // The secrets are known once the operation has read them.
        let known = redactor.redact(line)
        progress(.log(address: address, Redactor(secrets: secrets()).redact(known)))
      })
  }
}

extension Failure {
  init(_ failure: ActionFailure) {
    self.init(
      code: failure.code,
      message: failure.hint.map { "\(failure.message) (\($0))" } ?? failure.message,
      details: failure.details.inJSON)
  }
}

extension AttemptResult {
  init(_ failure: ActionFailure) {
    self =
      switch failure.kind {
      case .definite: .failed(Failure(failure), canRetry: failure.canRetry)
      case .lost: .lost(Failure(failure))
      case .unavailable: .unavailable(Failure(failure))
      }
  }
}
