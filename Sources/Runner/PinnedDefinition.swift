import Documents
import Plugins
import RunStore
import SourceText
import Values
import Workflows

/// The files a run is pinned to: its workflow, and the contracts of the connections it uses.
struct PinnedDefinition {
  /// Says which connection has which contract.
  static let index = "catalog.json"
  static let contracts = "contracts"

  let files: [(path: String, bytes: [UInt8])]
  let workflowFile: String

  /// The files to pin for a workflow.
  init(_ workflow: Workflow) throws(RunnerError) {
    workflowFile = "workflow." + (workflow.file.path.hasSuffix(".json") ? "json" : "yaml")
    var files = [(path: workflowFile, bytes: workflow.file.bytes)]
    var connections = ValueMap()
    for name in Self.connections(of: workflow) {
      guard let contract = workflow.catalog.connection(named: name), let file = contract.file else {
        continue
      }
      let path = "\(Self.contracts)/\(name).yaml"
      connections[name] = .string(path)
      files.append((path, file.bytes))
    }
    files.append((Self.index, try Self.encode(["connections": .map(connections)])))
    self.files = files
  }

  private static func encode(_ value: Value) throws(RunnerError) -> [UInt8] {
    do throws(CanonicalJSONError) {
      return try CanonicalJSON.encode(value)
    } catch {
      throw RunnerError(.operational, error.message)
    }
  }

  private static func connections(of workflow: Workflow) -> [String] {
    workflow.catalog.connectionNames.sorted()
  }

  /// Reads the workflow of a run from its pinned files; where the originals have been edited or
  /// deleted since makes no difference.
  static func load(_ reader: RunReader) throws(RunnerError) -> Workflow {
    let pinned = try stored { () throws(StoreError) in try reader.definition() }
    func bytes(_ path: String) throws(RunnerError) -> [UInt8]? {
      guard let file = pinned.first(where: { $0.path == path }) else { return nil }
      return try stored { () throws(StoreError) in try reader.definitionFile(file) }
    }
    let diagnostics = Diagnostics()
    let catalog = try catalog(bytes, into: diagnostics)
    guard let path = pinned.map(\.path).first(where: { $0.hasPrefix("workflow.") }),
      let content = try bytes(path)
    else { throw RunnerError(.damaged, "the run's definition has no workflow") }
    let file = SourceFile(path: "definition/\(path)", bytes: content)
    guard let workflow = Workflow.load(file: file, catalog: catalog, into: diagnostics) else {
      throw RunnerError(
        .invalidWorkflow(diagnostics.sorted),
        "this release cannot read the workflow the run was started with")
    }
    return workflow
  }

  private static func catalog(
    _ bytes: (String) throws(RunnerError) -> [UInt8]?, into diagnostics: Diagnostics
  ) throws(RunnerError) -> Catalog {
    guard let index = try bytes(Self.index), let value = try? JSONReader.value(from: index) else {
      return Catalog()
    }
    var connections: [String: PluginContract] = [:]
    for member in value["connections"]?.asMap ?? ValueMap() {
      guard let name = member.key.asString, let path = member.value.asString,
        let content = try bytes(path)
      else { continue }
      let file = SourceFile(path: "definition/\(path)", bytes: content)
      connections[name] = PluginContract.decode(file, into: diagnostics)
    }
    return Catalog(connections)
  }
}
