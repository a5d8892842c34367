package import Actions
import Documents
import Fields
package import SourceText
import Synchronization
import Values
import Workflows

/// The connections of an environment as far as they have been used.
final class ConnectionTable: Sendable {
  private let project: Project
  private let environment: ProjectEnvironment?
  private let environmentName: String
  private let catalog: Catalog
  private let clock: @Sendable () -> Timestamp
  private let opened = Mutex<[String: OpenConnection]>([:])

  init(
    project: Project, environment: ProjectEnvironment?, environmentName: String,
    catalog: Catalog, clock: @escaping @Sendable () -> Timestamp
  ) {
    self.project = project
    self.environment = environment
    self.environmentName = environmentName
    self.catalog = catalog
    self.clock = clock
  }

  func operation(named name: String) -> Result<RegisteredOperation, ActionFailure> {
    do throws(ActionFailure) {
      return .success(try find(name))
    } catch { return .failure(error) }
  }

  private func find(_ name: String) throws(ActionFailure) -> RegisteredOperation {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 else {
      throw .unavailable("`\(name)` is not an operation", code: "unknown_operation")
    }
    guard let definition = environment?.connection(named: parts[0]) else {
      return try builtIn(name, connection: parts[0])
    }
    guard let contract = catalog.operation(named: name) else {
      throw missingContract(name, definition)
    }
    let connection = try open(definition)
    let handler = try connection.handler(for: contract, clock: clock)
    let secrets = connection.connection.secrets
    return RegisteredOperation(
      contract: contract,
      handler: CheckedHandler(handler: handler, contract: contract, secrets: secrets),
      driver: definition.driver, driverSHA256: connection.connection.driver.sha256,
      secrets: { secrets.revealed })
  }

  private func builtIn(
    _ name: String, connection: String
  ) throws(ActionFailure) -> RegisteredOperation {
    guard environment != nil || project.environments.isEmpty else {
      throw .unavailable(
        "there is no environment `\(environmentName)` in the project", code: "unknown_environment",
        hint: "it has \(project.environments.map(\.name).joined(separator: ", "))")
    }
    guard let handler = BuiltInOperations.handler(named: name),
      let contract = Catalog.builtIn.operation(named: name)
    else {
      throw .unavailable(
        "the environment `\(environmentName)` has no connection `\(connection)`",
        code: "unknown_connection",
        hint: "add `\(connection): { driver: … }` to its connections in baton.yaml")
    }
    return RegisteredOperation(
      contract: contract,
      handler: CheckedHandler(handler: handler, contract: contract, secrets: nil),
      driver: BuiltInOperations.driver)
  }

  private func missingContract(
    _ name: String, _ definition: ConnectionDefinition
  ) -> ActionFailure {
    guard let plugin = catalog.connection(named: definition.name) else {
      return .unavailable(
        "the plugin `\(definition.plugin)` is missing", code: "missing_plugin",
        hint: "put its contract at plugins/\(definition.plugin)/plugin.yaml")
    }
    let names = plugin.operations.map(\.name)
    return .unavailable(
      "`\(definition.name)` has no operation `\(name.split(separator: ".").last ?? "")`",
      code: "unknown_operation", hint: "it has \(names.joined(separator: ", "))")
  }

  private func open(_ definition: ConnectionDefinition) throws(ActionFailure) -> OpenConnection {
    if let known = opened.withLock({ $0[definition.name] }) { return known }
    let path = "plugins/\(definition.plugin)/\(definition.driver).yaml"
    guard let source = project.pluginFile(definition.plugin, definition.driver) else {
      throw .unavailable(
        "the driver `\(definition.driver)` of the plugin `\(definition.plugin)` is missing",
        code: "missing_driver", hint: "it is looked for at \(path)")
    }
    let diagnostics = Diagnostics()
    guard let driver = DriverFile.decode(source, into: diagnostics) else {
      throw .unusableDriver(definition, diagnostics)
    }
    let connection = OpenConnection(
      Connection(
        name: definition.name, plugin: definition.plugin, driver: driver,
        settings: definition.settings,
        secrets: environment?.secrets ?? SecretStore(folder: project.root),
        source: project.file?.path ?? "baton.yaml"))
    return opened.withLock { table in
      let first = table[definition.name] ?? connection
      table[definition.name] = first
      return first
    }
  }
}

/// A connection with what its operations share.
final class OpenConnection: Sendable {
  let connection: Connection
  private let session: SQLSession

  init(_ connection: Connection) {
    self.connection = connection
    session = SQLSession(schema: connection.driver.root["schema"]?.text)
  }

  /// Compiles an operation of the driver.
  ///
  /// - Throws: `.unavailable` where the driver has no such operation, or a wrong one.
  func handler(
    for contract: OperationContract, clock: @escaping @Sendable () -> Timestamp
  ) throws(ActionFailure) -> any ActionHandler {
    let driver = connection.driver
    guard let node = driver.root["operations"]?[contract.name] else {
      throw .unavailable(
        "the driver `\(driver.name)` cannot do `\(connection.name).\(contract.name)`",
        code: "missing_operation", hint: "add the operation to \(driver.file.path)")
    }
    let diagnostics = Diagnostics()
    let handler = compile(
      node, contract, DriverReader(driver.file, diagnostics), clock: clock)
    if let first = diagnostics.sorted.first { throw .brokenDriver(first) }
    return handler
  }

  /// Compiles an operation; what is wrong becomes a finding.
  func compile(
    _ node: Node, _ contract: OperationContract, _ reader: DriverReader,
    clock: @escaping @Sendable () -> Timestamp
  ) -> any ActionHandler {
    switch connection.driver.kind {
    case .sql:
      SQLOperation(node, contract, connection: connection, session: session, reader: reader)
    case .mail: MailOperation(node, contract, connection: connection, reader: reader, clock: clock)
    case .command: CommandOperation(node, contract, connection: connection, reader: reader)
    }
  }
}

extension ActionFailure {
  fileprivate static func unusableDriver(
    _ definition: ConnectionDefinition, _ diagnostics: Diagnostics
  ) -> ActionFailure {
    diagnostics.sorted.first.map { .brokenDriver($0) }
      ?? .unavailable("the driver `\(definition.driver)` cannot be read", code: "driver_error")
  }

  /// A driver's first mistake, as a failure of whoever needs it.
  package static func brokenDriver(_ finding: Diagnostic) -> ActionFailure {
    let (line, column) = finding.file.location(of: finding.span.start)
    return .unavailable(
      "\(finding.file.path):\(line):\(column): \(finding.message)", code: "driver_error",
      hint: finding.help ?? "correct the driver file")
  }
}
