import Actions
import CEL
import Documents
import Fields
import SourceText
import Values
import Workflows

/// A plugin in an environment: carried out by which driver, with which settings.
final class Connection: Sendable {
  let name: String
  let plugin: String
  let driver: DriverFile
  private let settings: [(name: String, value: DriverTemplate)]
  let secrets: SecretStore
  /// What `baton.yaml` is called, for messages.
  private let source: String

  init(
    name: String, plugin: String, driver: DriverFile,
    settings: [(name: String, value: DriverTemplate)], secrets: SecretStore, source: String
  ) {
    self.name = name
    self.plugin = plugin
    self.driver = driver
    self.settings = settings
    self.secrets = secrets
    self.source = source
  }

  /// The settings, with their secrets read now; may wait for a program.
  ///
  /// - Throws: `.unavailable` for a secret that cannot be had and a setting that does not fit.
  func resolvedSettings() throws(ActionFailure) -> ValueMap {
    var values = ValueMap(minimumCapacity: settings.count)
    for (name, template) in settings { values[name] = try template.render(DriverContext()) }
    switch driver.settings.complete(values) {
    case .success(let complete):
      for field in driver.settings.fields where field.isSensitive {
        if let text = complete[field.name]?.asString { secrets.add(text) }
      }
      return complete
    case .failure(let problems):
      throw .unavailable(
        "the connection `\(name)` is not set up: \(problems)", code: "setting",
        hint: "correct its settings in \(source)")
    }
  }
}

/// The connections' common door: inputs and outputs held against the contract, secrets kept out of
/// what is reported.
struct CheckedHandler: ActionHandler {
  let handler: any ActionHandler
  let contract: OperationContract
  let secrets: SecretStore?

  func perform(_ invocation: Invocation) async throws(ActionFailure) -> ValueMap {
    var checked = invocation
    switch contract.inputs.complete(invocation.inputs) {
    case .success(let inputs): checked.inputs = inputs
    case .failure(let problems):
      throw .definite(code: "invalid_input", "`\(invocation.operation)`: \(problems)")
    }
    if let secrets {
      checked.log = { [log = invocation.log] line in
        log(Redactor(secrets: secrets.revealed).redact(line))
      }
    }
    let outputs: ValueMap
    do throws(ActionFailure) {
      outputs = try await handler.perform(checked)
    } catch {
      let failure = noted(error, invocation)
      throw secrets.map { Redactor(secrets: $0.revealed).redact(failure) } ?? failure
    }
    switch contract.outputs.complete(outputs) {
    case .success(let complete): return complete
    case .failure(let problems): throw mismatch(problems, invocation)
    }
  }

  /// A failure with a code that the contract does not declare says so, to whoever has to deal with it.
  private func noted(_ failure: ActionFailure, _ invocation: Invocation) -> ActionFailure {
    let isDeclared =
      contract.errors.contains { $0.code.hasSameBytes(as: failure.code) }
      || FailureCodes.ofCalls.contains { $0.hasSameBytes(as: failure.code) }
    if isDeclared { return failure }
    var noted = failure
    let note =
      "the contract of `\(invocation.operation)` does not declare the code `\(failure.code)`"
    noted.hint = failure.hint.map { "\($0); \(note)" } ?? note
    return noted
  }

  /// The operation was carried out, but its answer is none: with effects that is a doubt.
  private func mismatch(_ problems: FieldProblems, _ invocation: Invocation) -> ActionFailure {
    let message = "`\(invocation.operation)` answered what its contract does not allow: \(problems)"
    return contract.effects == .none
      ? .definite(code: "invalid_output", message)
      : .lost(code: "invalid_output", message, hint: "correct the driver's `outputs`")
  }
}
