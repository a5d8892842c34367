import CommandLineKit
import Documents
import Engine
import Glibc
import Plugins
import Runner
import Simulation
import SourceText
import Values
import Workflows

/// `baton test [FILE…]`.
enum TestCommand: BatonCommand {
  static let name = "test"
  private static let files = CommandArgument(
    "FILE", "a file of tests; default: all `*.test.yaml` in workflows/", .any, completion: .file)
  private static let watch = CommandOption.flag(
    "watch", "tests again whenever a file of the project changes")
  private static let junit = CommandOption.value(
    "junit", "FILE", "writes the results as JUnit XML too", completion: .file)
  private static let fromRun = CommandOption.value(
    "from-run", "RUN", "prints a test made from a run that has ended",
    completion: .lines(["list", "--quiet"]))

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "runs the tests of workflows in virtual time, and says what no test reaches",
      discussion: [
        "No operation is called and no time passes: a test says what operations, people and events "
          + "answer. A call without an answer fails the test.",
        "Values that are sensitive are not in the record of a run: --from-run puts others in their "
          + "place and says so.",
      ],
      arguments: [files], options: [watch, junit, fromRun],
      examples: [
        .init("baton test", "all tests of the project"),
        .init("baton test workflows/standard-onboarding.test.yaml --watch", "while you write"),
        .init(
          "baton test --from-run k7f3q9 > workflows/new.test.yaml", "a test from what happened"),
        .init("baton test --junit results.xml", "for a build server"),
      ])
  }

  static var body: CommandBody {
    .immediate { call throws(CommandFailure) in
      if let run = call.arguments.value(fromRun) { return try write(run, call) }
      return call.arguments.has(watch) ? try again(call) : try once(call)
    }
  }

  // MARK: Testing

  /// Tests that cannot be run as they are have a report, too: an earlier one would say that all is well.
  private static func once(_ call: CommandCall) throws(CommandFailure) -> ExitCode {
    let loaded: Loaded
    do throws(CommandFailure) {
      loaded = try load(call)
    } catch {
      if let path = call.arguments.value(junit) {
        let text = JUnitReport.text(unfit: error.message, error.diagnostics)
        try FileAccess.write(text, to: path, isPrivate: false)
      }
      throw error
    }
    return try report(loaded, call)
  }

  private typealias Loaded = (files: [TestFile], runner: TestRunner)

  private static func report(
    _ loaded: Loaded, _ call: CommandCall
  ) throws(CommandFailure) -> ExitCode {
    let results = loaded.files.flatMap { file in
      file.tests.map { measured($0, file, loaded.runner) }
    }
    let report = TestReport(
      results: results, style: call.console.output.style, columns: call.console.output.columns)
    if call.isJSON {
      call.console.write(json: report.json)
    } else {
      call.console.output.write(report.text(isQuiet: call.isQuiet))
    }
    if let path = call.arguments.value(junit) {
      try FileAccess.write(JUnitReport.text(results), to: path, isPrivate: false)
    }
    return results.allSatisfy(\.hasPassed) ? .done : .failed
  }

  private static func measured(
    _ test: WorkflowTest, _ file: TestFile, _ runner: TestRunner
  ) -> TestResult {
    let clock = ContinuousClock()
    let start = clock.now
    var result = runner.result(of: test, in: file)
    result.took = clock.now - start
    return result
  }

  private static func load(_ call: CommandCall) throws(CommandFailure) -> Loaded {
    let project = try call.project()
    let plugins = Diagnostics()
    let catalog = project.catalog(environment: call.environment, into: plugins)
    let diagnostics = Diagnostics()
    var found: [TestFile] = []
    for path in try paths(call) {
      let source = SourceFile(path: path, bytes: try FileAccess.read(path, console: call.console))
      let file = TestFile.load(
        source, catalog: catalog, workflows: project.workflows, into: diagnostics)
      if let file { found.append(file) }
    }
    guard !diagnostics.hasErrors else {
      throw CommandFailure(
        .invalid, "the tests cannot be run as they are",
        diagnostics: diagnostics.following(plugins, of: project))
    }
    if !diagnostics.isEmpty {
      call.console.errors.write(
        DiagnosticRenderer(colour: call.console.errors.style.isColored).render(diagnostics))
    }
    let runner = TestRunner(
      people: people(of: project), environment: call.environment ?? project.defaultEnvironment)
    return (found, runner)
  }

  private static func paths(_ call: CommandCall) throws(CommandFailure) -> [String] {
    let given = call.arguments.values(files)
    guard given.isEmpty else { return given }
    let folder = (call.projectFolder == "." ? "" : call.projectFolder + "/") + "workflows"
    let names = FileAccess.names(in: folder).filter(\.isPathOfTests)
    guard !names.isEmpty else {
      throw CommandFailure(
        .notFound, "there is no test in `\(folder)`",
        help: "a test stands beside its workflow, as `NAME.test.yaml`; "
          + "`baton test --from-run RUN` writes one")
    }
    return names.map { "\(folder)/\($0)" }
  }

  // MARK: Watching

  /// Looks at the files' times twice a second: there are few, and every file system has them.
  private static func again(_ call: CommandCall) throws(CommandFailure) -> ExitCode {
    var last = ExitCode.done
    var files = WatchedFiles(project: call.projectFolder, given: call.arguments.values(files))
    while !Interruption.isRequested {
      if files.haveChanged() {
        do throws(CommandFailure) {
          let loaded = try load(call)
          files.add(loaded.files.flatMap(\.workflowFiles))
          last = try report(loaded, call)
        } catch {
          last = error.code
          let renderer = DiagnosticRenderer(colour: call.console.errors.style.isColored)
          for finding in error.diagnostics {
            call.console.errors.write(renderer.render(finding) + "\n")
          }
          call.console.show(error: error.message, help: error.help)
        }
        call.console.errors.line("waiting for a change; Ctrl-C ends")
      }
      usleep(500_000)
    }
    return last
  }

  // MARK: Writing

  private static func write(
    _ run: String, _ call: CommandCall
  ) throws(CommandFailure) -> ExitCode {
    let history = try call.door().history(of: run)
    let state = history.engine.state
    guard case .ended(let status, _) = state.phase else {
      throw CommandFailure(
        .conflict, "the run `\(state.header.run)` has not ended: a test needs an end to expect",
        help: "baton status \(state.header.run)")
    }
    // As seen from `workflows/`, where the test is to stand.
    let folder = "../.baton/runs/\(state.header.run)/"
    let versions = history.versions.dropLast().map {
      TestWriter.Version($0.workflow, path: folder + $0.path)
    }
    var writer = TestWriter(history.engine, events: history.events, versions: versions)
    let name = "\(state.header.name) \(status.rawValue), as in run \(state.header.run)"
    call.console.output.write(
      writer.text(
        named: name, workflow: state.header.workflowID, people: people(of: try call.project())))
    return .done
  }

  private static func people(of project: Project) -> [TestPerson] {
    project.people.map { TestPerson(id: $0.id, roles: Set($0.roles), email: $0.email) }
  }
}
