import Actions
import CEL
import Documents
import Fields
import SourceText
import Values
import Workflows

/// The ways of carrying operations out.
enum DriverKind: String, CaseIterable, Sendable {
  case sql, mail, command

  /// Kinds that are planned, so that the message can say so.
  static let planned = ["http", "mcp"]
}

/// A driver file, read as far as its head; operations are compiled when they are needed.
struct DriverFile: Sendable {
  let name: String
  let kind: DriverKind
  let settings: FieldSet
  let root: Node
  let file: SourceFile
  let sha256: String

  /// Reads the head; nil where it is wrong, which has been reported then.
  static func decode(_ file: SourceFile, into diagnostics: Diagnostics) -> DriverFile? {
    let before = diagnostics.errorCount
    guard let root = DocumentReader.read(file, into: diagnostics) else { return nil }
    let reader = DriverReader(file, diagnostics)
    let kind = kind(root, reader)
    if let kind { _ = reader.members(root, "a driver", allowed: head + kind.keys) }
    let name = reader.text(root["driver"], "`driver`")
    if name == nil, root["driver"] == nil, root.members != nil {
      reader.report(
        .driverShape, "the driver has no name", at: root.span, help: "write `driver: NAME`")
    }
    let settings = root["settings"].map { FieldSet.decode($0, in: file, into: diagnostics) }
    guard diagnostics.errorCount == before, let kind, let name else { return nil }
    return DriverFile(
      name: name, kind: kind, settings: settings ?? FieldSet(), root: root, file: file,
      sha256: hexSHA256(file.bytes))
  }

  private static let head = ["driver", "kind", "summary", "description", "settings", "operations"]

  private static func kind(_ root: Node, _ reader: DriverReader) -> DriverKind? {
    guard root.members != nil else {
      reader.wrongShape(root, "a map", "a driver")
      return nil
    }
    guard let node = root["kind"] else {
      reader.report(
        .driverShape, "the driver has no `kind`", at: root.span,
        help: "write `kind: sql`, `kind: mail` or `kind: command`")
      return nil
    }
    if let word = node.text, DriverKind.planned.contains(word) {
      reader.report(
        .unknownDriverKind, "drivers of the kind `\(word)` are not there yet", at: node.span)
      return nil
    }
    guard let word = reader.text(node, "`kind`") else { return nil }
    guard let kind = DriverKind(rawValue: word) else {
      let names = DriverKind.allCases.map(\.rawValue)
      reader.report(
        .unknownDriverKind, "there is no kind of driver `\(word)`", at: node.span,
        label: "there are \(names.joined(separator: ", "))",
        help: nearest(word, among: names).map { "did you mean `\($0)`?" })
      return nil
    }
    return kind
  }

  /// The names that the driver has operations for.
  var operationNames: [String] { root["operations"]?.members?.map(\.name) ?? [] }

  /// What expressions of the whole driver see.
  var settingsScope: DriverScope {
    DriverScope(["settings": settings.objectType(named: "`settings`")])
  }

  /// What expressions of an operation see.
  func scope(of contract: OperationContract) -> DriverScope {
    settingsScope.with([
      "inputs": contract.inputs.objectType(named: "`inputs`"), "key": .string,
    ])
  }
}

extension DriverKind {
  /// The keys at the top of a driver file, besides those that all have.
  var keys: [String] {
    switch self {
    case .sql: ["file", "schema", "columns", "errors"]
    case .mail: ["maildir"]
    case .command: ["env", "folder", "timeout"]
    }
  }
}

/// Where an operation's answer comes from in a driver: the templates of its outputs.
struct OutputTemplates: Sendable {
  let templates: [(name: String, value: DriverTemplate)]

  init(
    _ node: Node?, _ scope: DriverScope, _ contract: OperationContract, _ reader: DriverReader
  ) {
    templates = reader.templates(node, "`outputs`", scope)
    for member in node?.members ?? [] where contract.outputs[member.name] == nil {
      let names = contract.outputs.names
      reader.report(
        .notInContract, "`\(contract.name)` has no output `\(member.name)`", at: member.key.span,
        label: names.isEmpty ? "it has none" : "it has \(names.joined(separator: ", "))",
        help: nearest(member.name, among: names).map { "did you mean `\($0)`?" })
    }
  }

  /// Whether an output reads a variable.
  func read(_ variable: String) -> Bool { templates.contains { $0.value.reads(variable) } }

  /// - Throws: `.unavailable` where an expression fails.
  func render(_ context: DriverContext) throws(ActionFailure) -> ValueMap {
    var outputs = ValueMap(minimumCapacity: templates.count)
    for (name, template) in templates { outputs[name] = try template.render(context) }
    return outputs
  }
}

/// A failure that a driver knows: when it is meant, and which of the contract's codes it is.
struct ErrorRule: Sendable {
  enum Trigger: Sendable {
    /// An expression that holds.
    case condition(DriverCondition)
    /// A violated constraint that SQLite names with this text.
    case constraint(String)
  }

  let trigger: Trigger
  let code: String
  let message: DriverTemplate?
  /// The contract's sentence for the code.
  let meaning: String?
  /// nil: as the contract says.
  let canRetry: Bool?

  /// `[{ when | constraint, code, message?, retry? }]`.
  static func decode(
    _ node: Node?, _ scope: DriverScope, _ contract: OperationContract, _ reader: DriverReader,
    allowed: [String]
  ) -> [ErrorRule] {
    reader.list(node, "`errors`").compactMap { item in
      let keys = allowed + ["code", "message", "retry"]
      guard !reader.members(item, "an error rule", allowed: keys).isEmpty else { return nil }
      guard let codeNode = item["code"], let code = reader.text(codeNode, "`code`"),
        let trigger = trigger(item, scope, reader)
      else {
        reader.report(
          .driverShape,
          "an error rule needs \(allowed.map { "`\($0)`" }.joined(separator: " or ")) and a `code`",
          at: item.span)
        return nil
      }
      return ErrorRule(
        trigger: trigger, code: code, message: item["message"].map { reader.template($0, scope) },
        meaning: contract.errors.first { $0.code.hasSameBytes(as: code) }?.meaning,
        canRetry: reader.flag(item["retry"], "`retry`"))
    }
  }

  private static func trigger(
    _ item: Node, _ scope: DriverScope, _ reader: DriverReader
  ) -> Trigger? {
    if let node = item["constraint"] {
      return reader.text(node, "`constraint`").map { .constraint($0) }
    }
    return item["when"].flatMap { reader.condition($0, "`when`", scope) }.map { .condition($0) }
  }

  /// The failure, in the driver's words, else the contract's.
  func failure(_ context: DriverContext) -> ActionFailure {
    let known = meaning ?? code
    let text = message?.words(context, else: known) ?? known
    return .definite(code: code, text, canRetry: canRetry)
  }
}
