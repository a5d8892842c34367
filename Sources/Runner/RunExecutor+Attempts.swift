import Actions
import Engine
import Fields
import RunStore
import Values
import Workflows

extension RunExecutor {
  /// Calls an operation, its intent on disk before and its outcome journalled after.
  func perform(_ request: AttemptRequest) async throws(RunnerError) {
    let operation: RegisteredOperation
    switch context.registry.operation(named: request.call.operation) {
    case .success(let found): operation = found
    case .failure(let failure):
      return try report(request, .unavailable(Failure(failure)))
    }
    let sensitive = request.sensitive
    let intent = Intent(
      operation: request.call.operation, driver: operation.driver,
      driverSHA256: operation.driverSHA256, effects: request.effects.rawValue, key: request.key,
      with: StoredValues(request.inputs, sensitive: { sensitive.contains($0) }, vault: vault))
    try record(
      PendingEvent(.attemptStarted(intent), step: request.address, attempt: request.attempt))
    if request.effects != .none { try sync() }
    let result = await call(
      operation, request.call, request.inputs, key: request.key, address: request.address,
      attempt: request.attempt, timeout: request.timeout)
    switch result {
    case .success(let outputs):
      try report(request, .succeeded(redact(outputs, of: request.call, operation)))
    case .failure(let failure): try report(request, AttemptResult(redact(failure, operation)))
    }
  }

  private func report(
    _ request: AttemptRequest, _ result: AttemptResult
  ) throws(RunnerError) {
    try record(engine.outcome(of: request, result, now: now))
  }

  /// Asks the world for a check; nothing is changed by it, so nothing need be durable before.
  func look(_ request: LookRequest) async throws(RunnerError) {
    func event(_ kind: EventKind) -> PendingEvent { PendingEvent(kind, step: request.address) }
    switch context.registry.operation(named: request.call.operation) {
    case .failure(let failure):
      try record(event(.lookFailed(request.look, message: failure.message)))
    case .success(let operation):
      let result = await call(
        operation, request.call, request.inputs, key: "", address: request.address, attempt: 1,
        timeout: request.timeout)
      switch result {
      case .success(let outputs):
        let shown = redact(outputs.inJSON, of: request.call, operation)
        try record(event(.lookAnswered(request.look, outputs: shown)))
      case .failure(let failure):
        let message = redact(failure, operation).message
        try record(event(.lookFailed(request.look, message: message)))
      }
    }
  }

  private func call(
    _ operation: RegisteredOperation, _ call: ActionCall, _ inputs: ValueMap, key: String,
    address: String, attempt: Int, timeout: TimeSpan?
  ) async -> Result<ValueMap, ActionFailure> {
    let progress = context.progress
    let secrets = operation.secrets
    let invocation = Invocation(
      operation: call.operation, inputs: inputs, key: key, run: writer.run, step: address,
      attempt: attempt, timeout: timeout, projectFolder: context.projectFolder,
      inheritedDescriptors: [writer.lockDescriptor],
      log: { line in
        progress(.log(address: address, Redactor(secrets: secrets()).redact(line)))
      })
    do throws(ActionFailure) {
      return .success(try await operation.handler.perform(invocation))
    } catch {
      return .failure(error)
    }
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
