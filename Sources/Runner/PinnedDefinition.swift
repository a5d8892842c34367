import Documents
import Glibc
import Plugins
import RunStore
import SourceText
import Synchronization
import Values
import Workflows

/// The files a run is pinned to: its workflow, and the contracts of the connections it uses.
struct PinnedDefinition: Sendable {
  /// Says which connection has which contract.
  static let index = "catalog.json"
  static let workflows = "workflows"
  /// Each version that the run was moved to, in a folder by its number.
  static let migrations = "migrations"
  private static let folder = "definition/"

  let files: [(path: String, bytes: [UInt8])]
  let workflowFile: String

  /// The files to pin for a workflow.
  ///
  /// - Parameter others: Connections that are needed though the workflow names them no more.
  init(_ workflow: Workflow, with others: Set<String> = []) throws(RunnerError) {
    workflowFile = Self.name(of: workflow, "workflow")
    var files = [(path: workflowFile, bytes: workflow.file.bytes)]
    var connections = ValueMap()
    for name in others.union(Self.connections(of: workflow)).sorted() {
      guard let contract = workflow.catalog.connection(named: name), let file = contract.file else {
        continue
      }
      // Not in a folder of their own: each folder costs a run a sync.
      let path = "contract-\(name).yaml"
      connections[name] = .string(path)
      files.append((path, file.bytes))
    }
    let called = Self.called(by: workflow)
    files += called.files
    let calendars = Self.calendars(of: workflow)
    files += calendars.files
    if !connections.isEmpty || !called.calls.isEmpty || !calendars.paths.isEmpty {
      let index: Value = [
        "connections": .map(connections), "calls": .map(called.calls),
        "calendars": .map(calendars.paths),
      ]
      files.append((Self.index, try Self.encode(index)))
    }
    // In the order in which records name them.
    self.files = files.sorted { $0.path < $1.path }
  }

  /// The workflows that a workflow calls, theirs too, and which call means which file.
  private static func called(
    by workflow: Workflow
  ) -> (files: [(path: String, bytes: [UInt8])], calls: ValueMap) {
    var paths = [ObjectIdentifier(workflow): name(of: workflow, "workflow")]
    var files: [(path: String, bytes: [UInt8])] = []
    let definitions = workflow.definitions
    for (number, definition) in definitions.enumerated().dropFirst() {
      let isTaken = definitions[..<number].contains { $0.id == definition.id }
      let stem = isTaken ? "\(definition.id)-\(number)" : definition.id
      let path = name(of: definition, "\(Self.workflows)/\(stem)")
      paths[ObjectIdentifier(definition)] = path
      files.append((path, definition.file.bytes))
    }
    var calls = ValueMap()
    for caller in definitions {
      guard let path = paths[ObjectIdentifier(caller)] else { continue }
      for case .workflow(let call) in caller.allSteps.map(\.kind) {
        guard let target = call.definition.flatMap({ paths[ObjectIdentifier($0)] }) else {
          continue
        }
        calls[callKey(call.reference, from: path)] = .string(target)
      }
    }
    return (files, calls)
  }

  /// The calendars that a workflow and those that it calls reckon by.
  private static func calendars(
    of workflow: Workflow
  ) -> (files: [(path: String, bytes: [UInt8])], paths: ValueMap) {
    var files: [(path: String, bytes: [UInt8])] = []
    var paths = ValueMap()
    for name in Set(workflow.definitions.compactMap(\.calendar)).sorted() {
      guard let calendar = workflow.catalog.calendar(named: name) else { continue }
      let path = "calendars/\(name).yaml"
      paths[name] = .string(path)
      files.append((path, calendar.file.bytes))
    }
    return (files, paths)
  }

  private static func name(of workflow: Workflow, _ stem: String) -> String {
    stem + (workflow.file.path.hasSuffix(".json") ? ".json" : ".yaml")
  }

  private static func callKey(_ reference: String, from path: String) -> String {
    "\(path) \(reference)"
  }

  private static func encode(_ value: Value) throws(RunnerError) -> [UInt8] {
    do throws(CanonicalJSONError) {
      return try CanonicalJSON.encode(value)
    } catch {
      throw RunnerError(.operational, error.message)
    }
  }

  /// The connections that the files name, by `connection.`; all of them where a file writes text
  /// with escapes, which could hide a name.
  private static func connections(of workflow: Workflow) -> [String] {
    let files = workflow.definitions.map(\.file.bytes)
    let names = workflow.catalog.connectionNames
    guard !files.contains(where: { $0.contains(UInt8(ascii: "\\")) }) else { return names }
    return names.filter { name in
      files.contains { $0.contains(bytes: Array("\(name).".utf8)) }
    }
  }

  /// Reads the workflow of a run from its pinned files; where the originals have been edited or
  /// deleted since makes no difference.
  ///
  /// - Parameter shelf: Workflows that were read already, for looking at many runs.
  static func load(
    _ reader: RunReader, _ shelf: DefinitionShelf? = nil
  ) throws(RunnerError) -> Workflow {
    try load(try stored { () throws(StoreError) in try reader.definition() }, reader, shelf)
  }

  /// Reads the workflow from the files that a record names, all of them in one folder.
  static func load(
    _ pinned: [PinnedFile], _ reader: RunReader, _ shelf: DefinitionShelf?
  ) throws(RunnerError) -> Workflow {
    if let known = shelf?.workflows[pinned] { return known }
    let workflow = try load(pinned, reader)
    shelf?.workflows[pinned] = workflow
    return workflow
  }

  /// The path of the workflow among files that were pinned together, in the run's folder.
  static func path(in pinned: [PinnedFile]) -> String {
    folder + (pinned.map(\.path).first { base(of: $0) != nil } ?? "")
  }

  private static func load(
    _ pinned: [PinnedFile], _ reader: RunReader
  ) throws(RunnerError) -> Workflow {
    let prefix = pinned.lazy.compactMap { Self.base(of: $0.path) }.first ?? ""
    func bytes(_ path: String) throws(RunnerError) -> [UInt8]? {
      guard let file = pinned.first(where: { $0.path == prefix + path }) else { return nil }
      return try stored { () throws(StoreError) in try reader.definitionFile(file) }
    }
    let diagnostics = Diagnostics()
    let index = try bytes(Self.index).flatMap { try? JSONReader.value(from: $0) }
    let catalog = try catalog(index, bytes, into: diagnostics)
    guard let top = pinned.map(\.path).first(where: { Self.base(of: $0) != nil }),
      case let path = String(top.dropFirst(prefix.count)), let content = try bytes(path)
    else { throw RunnerError(.damaged, "the run's definition has no workflow") }
    let called = try called(index, bytes)
    let file = SourceFile(path: folder + path, bytes: content)
    guard
      let workflow = Workflow.load(
        file: file, catalog: catalog, workflows: called, isStarted: true, into: diagnostics)
    else {
      throw RunnerError(
        .invalidWorkflow(diagnostics.sorted),
        "this release cannot read the workflow the run was started with")
    }
    return workflow
  }

  /// What stands before the names of all files pinned together, from the path of the workflow among
  /// them; nil for every other path.
  private static func base(of path: String) -> String? {
    let parts = path.split(separator: "/")
    guard let name = parts.last, name.hasPrefix("workflow."),
      parts.count == 1 || (parts.count == 3 && parts[0] == migrations)
    else { return nil }
    return String(path.dropLast(name.count))
  }

  /// Finds the pinned files of called workflows as their callers name them.
  private static func called(
    _ index: Value?, _ bytes: (String) throws(RunnerError) -> [UInt8]?
  ) throws(RunnerError) -> WorkflowSource {
    var files: [String: SourceFile] = [:]
    for member in index?["calls"]?.asMap ?? ValueMap() {
      guard let key = member.key.asString, let path = member.value.asString,
        let content = try bytes(path)
      else { continue }
      files[key] = SourceFile(path: folder + path, bytes: content)
    }
    let found = files
    return WorkflowSource(find: { reference, caller in
      found[callKey(reference, from: String(caller.path.dropFirst(folder.count)))]
    })
  }

  private static func catalog(
    _ index: Value?, _ bytes: (String) throws(RunnerError) -> [UInt8]?,
    into diagnostics: Diagnostics
  ) throws(RunnerError) -> Catalog {
    var connections: [String: PluginContract] = [:]
    for member in index?["connections"]?.asMap ?? ValueMap() {
      guard let name = member.key.asString, let path = member.value.asString,
        let content = try bytes(path)
      else { continue }
      let file = SourceFile(path: folder + path, bytes: content)
      connections[name] = PluginContract.decode(file, isStarted: true, into: diagnostics)
    }
    var calendars: [String: CalendarFile] = [:]
    for member in index?["calendars"]?.asMap ?? ValueMap() {
      guard let name = member.key.asString, let path = member.value.asString,
        let content = try bytes(path)
      else { continue }
      let file = SourceFile(path: folder + path, bytes: content)
      calendars[name] = CalendarFile.decode(file, name: name, into: diagnostics)
    }
    return Catalog(connections, calendars: calendars)
  }
}

/// The files of the workflow that was started last, for the next run of it.
final class PinnedDefinitionShelf: Sendable {
  private let last = Mutex<(workflow: Workflow, pinned: PinnedDefinition)?>(nil)

  /// The files to pin for a workflow.
  func definition(of workflow: Workflow) throws(RunnerError) -> PinnedDefinition {
    if let last = last.withLock({ $0 }), last.workflow === workflow { return last.pinned }
    let pinned = try PinnedDefinition(workflow)
    last.withLock { $0 = (workflow, pinned) }
    return pinned
  }
}

/// The workflows of runs that were looked at, by the files they are pinned to.
final class DefinitionShelf {
  var workflows: [[PinnedFile]: Workflow] = [:]
}

extension [UInt8] {
  /// Whether the bytes occur anywhere.
  fileprivate func contains(bytes wanted: [UInt8]) -> Bool {
    guard let first = wanted.first else { return true }
    return withUnsafeBytes { all in
      var start = 0
      while start + wanted.count <= all.count, let base = all.baseAddress,
        let found = memchr(base + start, Int32(first), all.count - wanted.count + 1 - start)
      {
        let place = base.distance(to: UnsafeRawPointer(found))
        if memcmp(base + place, wanted, wanted.count) == 0 { return true }
        start = place + 1
      }
      return false
    }
  }
}
