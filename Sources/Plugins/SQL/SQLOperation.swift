import Actions
import CEL
import Documents
import Fields
import SourceText
import Values
import Workflows

/// An operation of a driver of the kind `sql`: statements in one transaction, parameters bound by
/// name and never put into the text.
struct SQLOperation: ActionHandler {
  private let connection: Connection
  private let session: SQLSession
  private let contract: OperationContract
  private let file: DriverTemplate?
  private let statements: [String]
  private let parameters: [(name: String, value: DriverTemplate)]
  private let columns: [String: ColumnType]
  private let errors: [ErrorRule]
  private let outputs: OutputTemplates

  /// How a column's value is read that SQLite has no type for.
  enum ColumnType: String, CaseIterable, Sendable { case json, boolean }

  /// Reads the operation; what is wrong becomes a finding.
  init(
    _ node: Node, _ contract: OperationContract, connection: Connection, session: SQLSession,
    reader: DriverReader
  ) {
    let driver = connection.driver
    let owner = "the operation `\(contract.name)`"
    _ = reader.members(
      node, owner, allowed: ["statements", "parameters", "columns", "errors", "outputs"])
    self.connection = connection
    self.session = session
    self.contract = contract
    file = driver.root["file"].map { reader.template($0, driver.settingsScope) }
    statements = reader.list(node["statements"], "`statements`").compactMap {
      reader.text($0, "a statement")
    }
    StatementCheck(node, contract, reader).run(schema: driver.root["schema"])
    if file == nil {
      reader.report(
        .driverShape, "the driver does not say which file", at: driver.root.span,
        help: "write `file: ${{ settings.file }}` at its top")
    }
    if statements.isEmpty {
      reader.report(
        .driverShape, "\(owner) has no statements", at: node.span, help: "write `statements: […]`")
    }
    let scope = driver.scope(of: contract)
    parameters = reader.templates(node["parameters"], "`parameters`", scope)
    columns = Self.columns(driver.root["columns"], reader)
      .merging(Self.columns(node["columns"], reader)) { $1 }
    let row = CELType.map(.string, .dyn)
    let answered = scope.with(["rows": .list(row), "changes": .int])
    errors =
      ErrorRule.decode(
        node["errors"], answered, contract, reader, allowed: ["constraint", "when"])
      + ErrorRule.decode(
        driver.root["errors"], answered, contract, reader, allowed: ["constraint", "when"])
    outputs = OutputTemplates(node["outputs"], answered, contract, reader)
  }

  private static func columns(_ node: Node?, _ reader: DriverReader) -> [String: ColumnType] {
    guard let node else { return [:] }
    let pairs = reader.members(node, "`columns`").compactMap { member in
      reader.choice(member.value, "a column's type", as: ColumnType.self)
        .map { (member.name, $0) }
    }
    return Dictionary(pairs) { $1 }
  }

  func perform(_ invocation: Invocation) async throws(ActionFailure) -> ValueMap {
    try await BlockingPool.shared.run { () throws(ActionFailure) in
      try performBlocking(invocation)
    }
  }

  private func performBlocking(_ invocation: Invocation) throws(ActionFailure) -> ValueMap {
    let context = DriverContext(invocation, settings: try connection.resolvedSettings())
    guard let file = try file?.renderText(context) else {
      throw .unavailable("the connection `\(connection.name)` has no file", code: "setting")
    }
    let values = try boundValues(invocation, context)
    return try session.withDatabase(
      file: file, project: ProjectFolder(invocation.projectFolder), timeout: invocation.timeout
    ) { (database) throws(ActionFailure) in
      defer { database.rollBack() }
      let outputs = try run(on: database, file: file, values: values, context)
      do throws(SQLiteDatabase.Failure) {
        try database.execute("COMMIT")
      } catch {
        throw contract.effects == .none ? error.unavailable(file) : error.afterCommit(file)
      }
      return outputs
    }
  }

  /// The values of the parameters: the operation's own `parameters`, its inputs (NULL for those that
  /// are absent), and `:key`, in whose place nothing else is bound.
  private func boundValues(
    _ invocation: Invocation, _ context: DriverContext
  ) throws(ActionFailure) -> [String: Value] {
    var values: [String: Value] = [:]
    for field in contract.inputs.fields {
      values[field.name] = invocation.inputs[field.name] ?? .null
    }
    for (name, template) in parameters { values[name] = try template.render(context) ?? .null }
    values["key"] = .string(invocation.key)
    return values
  }

  private func run(
    on database: SQLiteDatabase, file: String, values: [String: Value], _ context: DriverContext
  ) throws(ActionFailure) -> ValueMap {
    var rows: [ValueMap] = []
    var changes = 0
    do throws(SQLiteDatabase.Failure) {
      try database.execute(
        "PRAGMA query_only = \(contract.effects == .none ? "ON" : "OFF")")
      try database.execute(contract.effects == .none ? "BEGIN" : "BEGIN IMMEDIATE")
      for statement in statements {
        let outcome = try database.run(statement, value: { values[$0] })
        changes += outcome.changes
        rows = outcome.rows ?? rows
      }
    } catch {
      throw constraintFailure(error, context) ?? forbiddenWrite(error) ?? error.unavailable(file)
    }
    let answer = context.with("rows", .list(rows.map { .map(typed($0)) }))
      .with("changes", .int(Int64(changes)))
    for rule in errors {
      guard case .condition(let condition) = rule.trigger else { continue }
      if try beforeCommit({ () throws(ActionFailure) in try condition.holds(answer) }) {
        throw rule.failure(answer)
      }
    }
    return try checked(
      beforeCommit { () throws(ActionFailure) in try outputs.render(answer) })
  }

  /// Reads the answer before anything is committed: where an expression fails nothing has changed, which is said.
  private func beforeCommit<Output>(
    _ read: () throws(ActionFailure) -> Output
  ) throws(ActionFailure) -> Output {
    do throws(ActionFailure) {
      return try read()
    } catch {
      throw .unavailable(error.message, code: error.code, hint: mending("the driver"))
    }
  }

  private func mending(_ part: String) -> String {
    contract.effects == .none
      ? "correct \(part)"
      : "what its statements changed was rolled back: correct \(part), and it is tried anew"
  }

  /// An answer that the contract does not allow is found before anything is committed.
  private func checked(_ outputs: ValueMap) throws(ActionFailure) -> ValueMap {
    switch contract.outputs.complete(outputs) {
    case .success(let complete): return complete
    case .failure(let problems):
      throw .unavailable(
        "the driver's answer is not what the contract of `\(contract.name)` allows: \(problems)",
        code: "driver_error", hint: mending("the driver's `outputs`"))
    }
  }

  private func constraintFailure(
    _ failure: SQLiteDatabase.Failure, _ context: DriverContext
  ) -> ActionFailure? {
    guard failure.isConstraint else { return nil }
    let empty = context.with("rows", .list([])).with("changes", .int(0))
    for rule in errors {
      if case .constraint(let text) = rule.trigger, failure.message.contains(text) {
        return rule.failure(empty)
      }
    }
    return nil
  }

  /// A statement that would change what the contract says is only looked at: no right to the file mends that.
  private func forbiddenWrite(_ failure: SQLiteDatabase.Failure) -> ActionFailure? {
    guard contract.effects == .none, failure.isForbiddenWrite else { return nil }
    return .unavailable(
      "the contract of `\(contract.name)` says `effects: none`, so its statements may not change"
        + " anything: \(failure.message)",
      code: "driver_error",
      hint: "correct the driver's statements, or say in the contract which effects it has")
  }

  private func typed(_ row: ValueMap) -> ValueMap {
    if columns.isEmpty { return row }
    var result = row
    for (name, type) in columns {
      guard let value = row[name] else { continue }
      switch type {
      case .boolean:
        // Of anything else nobody knows whether it means yes: the contract's type refuses it.
        guard let number = value.asNumber else { continue }
        result[name] = .bool(number != 0)
      case .json:
        guard let text = value.asString else { continue }
        result[name] = (try? JSONReader.value(from: Array(text.utf8))) ?? value
      }
    }
    return result
  }
}
