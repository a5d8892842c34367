import Actions
import CEL
import Documents
import Fields
import SourceText
import Values
import Workflows

/// Looks at a connection without using it: is its driver there, does it fit the contract, are the
/// settings those that it has.
struct DriverCheck {
  let project: Project
  let definition: ConnectionDefinition
  let secrets: SecretStore

  func run(_ contract: PluginContract?, into diagnostics: Diagnostics) {
    guard let file = project.file, let contract else { return }
    guard let source = project.pluginFile(definition.plugin, definition.driver) else {
      diagnostics.add(
        .unknownDriver, "the plugin `\(definition.plugin)` has no driver `\(definition.driver)`",
        in: file, at: definition.span,
        label: "`plugins/\(definition.plugin)/\(definition.driver).yaml` is missing")
      return
    }
    guard let driver = DriverFile.decode(source, into: diagnostics) else { return }
    checkSettings(driver, in: file, into: diagnostics)
    checkOperations(driver, contract, into: diagnostics)
    FileAdvice.look(at: driver.root, in: driver.file, hasTemplates: true, into: diagnostics)
  }

  private func checkSettings(
    _ driver: DriverFile, in file: SourceFile, into diagnostics: Diagnostics
  ) {
    let names = driver.settings.names
    for (name, _) in definition.settings where driver.settings[name] == nil {
      diagnostics.add(
        .driverSetting, "the driver `\(driver.name)` has no setting `\(name)`", in: file,
        at: definition.span,
        label: names.isEmpty ? "it has none" : "it has \(names.joined(separator: ", "))",
        help: nearest(name, among: names).map { "did you mean `\($0)`?" })
    }
    for field in driver.settings.fields
    where field.isRequired && !definition.settings.contains(where: { $0.name == field.name }) {
      diagnostics.add(
        .driverSetting,
        "the connection `\(definition.name)` needs the setting `\(field.name)`", in: file,
        at: definition.span)
    }
    for (name, value) in definition.settings {
      guard let field = driver.settings[name] else { continue }
      checkValue(value, of: field, in: file, into: diagnostics)
    }
  }

  /// Holds a setting against its field, where no program has to be asked for its secrets. One that is not there
  /// is a warning: the account that carries runs out may have what the one that looks has not.
  private func checkValue(
    _ template: DriverTemplate, of field: Field, in file: SourceFile,
    into diagnostics: Diagnostics
  ) {
    let expressions = template.expressions
    if secrets.asksProgram, !expressions.isEmpty { return }
    for expression in expressions {
      do throws(EvaluationError) { _ = try expression.evaluate(DriverContext()) } catch {
        diagnostics.add(
          .missingSecret, "the setting `\(field.name)` has no value here: \(error.message)",
          in: file, at: definition.span)
        return
      }
    }
    guard let value = try? template.render(DriverContext()).flatMap(field.present),
      case .failure(let problems) = field.check(value, isHidden: !expressions.isEmpty)
    else { return }
    diagnostics.add(
      .driverSetting, "the connection `\(definition.name)` is not set up: \(problems)", in: file,
      at: definition.span)
  }

  private func checkOperations(
    _ driver: DriverFile, _ contract: PluginContract, into diagnostics: Diagnostics
  ) {
    let reader = DriverReader(driver.file, diagnostics, isAdvised: true)
    let connection = OpenConnection(
      Connection(
        name: definition.name, plugin: definition.plugin, driver: driver,
        settings: definition.settings, secrets: secrets,
        source: project.file?.path ?? "baton.yaml"))
    for member in driver.root["operations"]?.members ?? [] {
      guard let operation = contract.operation(named: member.name) else {
        let names = contract.operations.map(\.name)
        reader.report(
          .notInContract, "the plugin `\(contract.name)` has no operation `\(member.name)`",
          at: member.key.span, label: "it has \(names.joined(separator: ", "))",
          help: nearest(member.name, among: names).map { "did you mean `\($0)`?" })
        continue
      }
      _ = connection.compile(
        member.value, operation, reader, clock: { Timestamp(seconds: 0) })
      checkCodes(of: member.value, operation.name, operation.errors.map(\.code), reader)
    }
    let all = contract.operations.flatMap { $0.errors.map(\.code) }
    checkCodes(of: driver.root, contract.name, all, reader)
  }

  /// Warns of codes that people and `on_failure` meet unprepared: the contract does not declare them.
  private func checkCodes(
    of node: Node, _ owner: String, _ declared: [String], _ reader: DriverReader
  ) {
    let rules = node["errors"]?.items?.compactMap { $0["code"] } ?? []
    let exits = node["exit_codes"]?.members?.map { $0.value["code"] ?? $0.value } ?? []
    for code in rules + exits {
      guard let word = code.text, !declared.contains(where: { $0.hasSameBytes(as: word) }),
        !FailureCodes.ofCalls.contains(word)
      else { continue }
      reader.report(
        .undeclaredCode, "the contract of `\(owner)` does not declare the code `\(word)`",
        at: code.span,
        label: declared.isEmpty
          ? "it declares none" : "it declares \(declared.joined(separator: ", "))",
        help: nearest(word, among: declared).map { "did you mean `\($0)`?" }
          ?? "write it under `errors` in the contract, with what it means")
    }
  }
}
