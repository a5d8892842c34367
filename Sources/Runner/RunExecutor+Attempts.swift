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
      with: StoredValues(request.inputs, sensitive: { sensitive.contains($0) }, vault: vault))
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
      return Call(
        purpose: .look(request), operation: operation,
        invocation: invocation(
          operation, request.call, request.inputs, key: "", address: request.address, attempt: 1,
          timeout: request.timeout), needsSync: false)
    }
  }

  /// Journals what came of a call.
  func report(_ call: Call, _ result: Result<ValueMap, ActionFailure>) throws(RunnerError) {
    switch (call.purpose, result) {
    case (.attempt(let request), .success(let outputs)):
      try report(request, .succeeded(redact(outputs, of: request.call, call.operation)))
    case (.attempt(let request), .failure(let failure)):
      try report(request, AttemptResult(redact(failure, call.operation)))
    case (.look(let request), .success(let outputs)):
      let shown = redact(outputs.inJSON, of: request.call, call.operation)
      try record(
        PendingEvent(.lookAnswered(request.look, outputs: shown), step: request.address))
    case (.look(let request), .failure(let failure)):
      let message = redact(failure, call.operation).message
      try record(PendingEvent(.lookFailed(request.look, message: message), step: request.address))
    }
  }

  private func report(
    _ request: AttemptRequest, _ result: AttemptResult
  ) throws(RunnerError) {
    try record(engine.outcome(of: request, result, now: now))
  }

  private func invocation(
    _ operation: RegisteredOperation, _ call: ActionCall, _ inputs: ValueMap, key: String,
    address: String, attempt: Int, timeout: TimeSpan?
  ) -> Invocation {
    let progress = context.progress
    let secrets = operation.secrets
    return Invocation(
      operation: call.operation, inputs: inputs, key: key, run: writer.run, step: address,
      attempt: attempt, timeout: timeout, projectFolder: context.projectFolder,
      inheritedDescriptors: [writer.lockDescriptor],
      log: { line in
        progress(.log(address: address, Redactor(secrets: secrets()).redact(line)))
      })
  }

  // MARK: Redaction

  /// Outputs without the secrets and sensitive values that were used to get them; members that the
  /// contract calls sensitive are sealed later and stay whole.
  private func redact(
    _ outputs: ValueMap, of call: ActionCall, _ operation: RegisteredOperation
  ) -> ValueMap {
    let redactor = redactor(operation)
    guard !redactor.isEmpty else { return outputs }
    var result = ValueMap()
    for member in outputs {
      let isSealed =
        member.key.asString.flatMap { call.contract?.outputs[$0]?.isSensitive } ?? false
      result.set(member.key, isSealed ? member.value : redactor.redact(member.value))
    }
    return result
  }

  private func redact(_ failure: ActionFailure, _ operation: RegisteredOperation) -> ActionFailure {
    let redactor = redactor(operation)
    guard !redactor.isEmpty else { return failure }
    var failure = failure
    failure.message = redactor.redact(failure.message)
    failure.hint = failure.hint.map(redactor.redact)
    failure.details = redactor.redact(.map(failure.details)).asMap ?? ValueMap()
    return failure
  }

  private func redactor(_ operation: RegisteredOperation) -> Redactor {
    Redactor(secrets: operation.secrets() + vault.usedTexts)
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
