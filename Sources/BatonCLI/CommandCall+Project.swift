import Actions
import CLinux
import CommandLineKit
import Engine
import Glibc
import Plugins
import RunStore
import Runner
import SourceText
import Workflows

extension CommandCall {
  /// The project of the call.
  ///
  /// - Throws: ``CommandFailure`` with the findings where its files are wrong, or where it does not
  ///   have the environment that was named.
  func project() throws(CommandFailure) -> Project {
    let folder = projectFolder
    guard FileAccess.isFolder(folder) else {
      throw CommandFailure(.notFound, "there is no folder `\(folder)`")
    }
    let diagnostics = Diagnostics()
    guard let project = Project.load(from: folder, into: diagnostics), !diagnostics.hasErrors
    else {
      throw CommandFailure(
        .invalid, "the project in `\(folder)` cannot be used", diagnostics: diagnostics.sorted)
    }
    if let name = environment, project.environment(named: name) == nil {
      let names = project.environments.map(\.name)
      throw .usage(
        "unknown environment `\(name)`",
        help: nearest(name, among: names).map { "did you mean `\($0)`?" }
          ?? "there is " + names.joined(separator: ", "))
    }
    return project
  }

  /// The operations and events of the environment.
  func catalog(of project: Project) throws(CommandFailure) -> Catalog {
    let diagnostics = Diagnostics()
    let catalog = project.catalog(environment: environment, into: diagnostics)
    guard !diagnostics.hasErrors else {
      throw CommandFailure(
        .invalid, "the plugins cannot be used", diagnostics: diagnostics.sorted)
    }
    return catalog
  }

  /// The workflow in a file, with those that it calls.
  ///
  /// - Parameter participle: what is to be done with it, as the message says it: `run`, `planned`.
  /// - Throws: ``CommandFailure`` with every finding where the file is wrong.
  func workflow(at path: String, to participle: String) throws(CommandFailure) -> Workflow {
    let diagnostics = Diagnostics()
    let bytes = try FileAccess.read(path, console: console)
    // A large file with its run takes up to a hundred times its size.
    if bytes.count > 50_000 { clinux_expect_heap(100 * bytes.count) }
    let source = SourceFile(path: path, bytes: bytes)
    // A plugin that is missing or wrong matters only to a workflow that uses it.
    let plugins = Diagnostics()
    let project = try project()
    let catalog = project.catalog(environment: environment, into: plugins)
    let loader = WorkflowLoader(catalog: catalog, source: project.workflows)
    loader.keepForEver()
    guard let workflow = loader.load(source, into: diagnostics) else {
      throw CommandFailure(
        .invalid, "`\(path)` cannot be \(participle) as it is",
        diagnostics: diagnostics.following(plugins, of: project))
    }
    // So does a calendar that is wrong.
    guard plugins.isEmpty || workflow.definitions.allSatisfy(\.isCalendarKnown) else {
      throw CommandFailure(
        .invalid, "the calendar of `\(path)` cannot be used", diagnostics: plugins.sorted)
    }
    return workflow
  }

  /// What carries out the operations of the environment.
  func registry(of project: Project) throws(CommandFailure) -> OperationRegistry {
    project.registry(environment: environment, catalog: try catalog(of: project))
  }

  /// The runs of the project.
  func door(
    progress: @escaping @Sendable (RunDoor.Progress) -> Void = { _ in }
  ) throws(CommandFailure) -> RunDoor {
    let project = try project()
    let store = store(of: project)
    let console = console
    return RunDoor(
      project: project, store: store, environment: environment,
      person: try SignedIn(to: project, store)
    ) { event in
      progress(event)
      if case .leftOutOfLedger(let run, let reason) = event {
        console.show(
          note: "run \(run) stands as it is recorded, and the ledger does not know yet: \(reason);"
            + " once that is repaired, whoever goes on with it has it entered first")
      }
    }
  }

  /// What the project keeps on disk.
  func store(of project: Project) -> RunStore {
    let root = project.root + "/.baton"
    let key = SealingKey.Source(
      environment: getenv("BATON_KEY").map { String(cString: $0) }, file: root + "/key")
    return RunStore(root: root, key: key)
  }

  /// Every token there ever was.
  func tokens(of project: Project) throws(CommandFailure) -> [TokenRecord] {
    do { return try store(of: project).tokens() } catch { throw CommandFailure(error) }
  }

  /// The user of the operating system, under whose name things are recorded.
  static var actor: Actor {
    Actor(kind: .user, id: FileOwnership.name(of: getuid()))
  }
}
