import CLinux
import CommandLineKit
import Documents
import Plugins
import Runner
import SourceText
import Values
import Workflows

/// `baton validate [FILE…]`.
enum ValidateCommand: BatonCommand {
  static let name = "validate"
  private static let files = CommandArgument(
    "FILE", "a workflow's file, or a file of tests; default: all workflows in workflows/", .any,
    completion: .file)
  private static let format = CommandOption.value(
    "format", "FORMAT", "the form of the findings", choices: ["text", "json", "sarif", "github"])
  private static let strict = CommandOption.flag("strict", "warnings count as errors")

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "finds every problem of workflows, all at once",
      discussion: [
        "An error keeps a workflow from running; a warning does not. `allow: { CODE: reason }` at a "
          + "step, or at the top of the file, silences a warning that the author has looked at.",
        "`baton help CODE` shows what a code means, with a wrong and a right example.",
        "In the forms for GitHub and SARIF, paths count from the root of the repository: "
          + "`GITHUB_WORKSPACE`, or the nearest folder upwards with a `.git`.",
      ],
      arguments: [files], options: [format, strict],
      examples: [
        .init("baton validate", "checks all workflows of the project"),
        .init("baton validate workflows/standard-onboarding.yaml", "checks one"),
        .init("baton validate --strict --format github", "annotates a pull request"),
        .init("baton validate --format sarif > findings.sarif", "for tools that collect findings"),
      ])
  }

  static var body: CommandBody {
    .immediate { call throws(CommandFailure) in
      guard let project = try self.project(call) else { return .invalid }
      let found = Diagnostics()
      let catalog = project.catalog(environment: call.environment, isAdvised: true, into: found)
      project.advise(into: found)
      let parts = PartFindings(found, of: project)
      let loader = WorkflowLoader(
        catalog: catalog,
        source: project.workflows(shownIn: call.projectFolder),
        facts: project.facts(now: Moment.now))
      loader.keepForEver()
      let all = try call.workflowFiles(files, withTests: false)
      let paths = all.filter { !$0.isPathOfTests }
      let tests = all.filter(\.isPathOfTests)
      let diagnostics = Diagnostics()
      let asksForAll = call.arguments.values(files).isEmpty
      for finding in parts.findings where asksForAll || finding.calendar == nil {
        diagnostics.add(finding.diagnostic)
      }
      for finding in NotificationFindings(
        of: project, environment: call.environment, (catalog, isWhole: parts.arePluginsWhole),
        inAll: asksForAll
      ).findings { diagnostics.add(finding) }
      var used = UsedCalendars()
      var ids = WorkflowIDs()
      var webhooks = WebhookPaths()
      for path in paths {
        let bytes = try FileAccess.read(path, console: call.console)
        // What is made of a large file takes up to thirty times its size.
        if bytes.count > 50_000 { clinux_expect_heap(30 * bytes.count) }
        let found = parts.arePluginsWhole ? diagnostics : Diagnostics()
        let file = SourceFile(path: path, bytes: bytes)
        let workflow = loader.load(file, into: found)
        if !parts.arePluginsWhole {
          for finding in found.sorted where !finding.code.mayFollowFromPlugin {
            diagnostics.add(finding)
          }
        }
        if parts.areCalendarsWrong { used.add(workflow, from: file) }
        guard let workflow else { continue }
        ids.add(workflow, into: diagnostics)
        webhooks.add(workflow, into: diagnostics)
      }
      try check(
        tests, of: project, catalog, isWhole: parts.arePluginsWhole, into: diagnostics, call)
      for finding in parts.findings where finding.calendar.map(used.contains) == true {
        diagnostics.add(finding.diagnostic)
      }
      show(diagnostics, workflows: paths.count, tests: tests.count, call)
      let isBad = diagnostics.hasErrors || (call.arguments.has(strict) && !diagnostics.isEmpty)
      return isBad ? .invalid : .done
    }
  }

  /// The project; nil where its file is wrong, which has been said in the form that was asked for.
  private static func project(_ call: CommandCall) throws(CommandFailure) -> Project? {
    do {
      return try call.project()
    } catch {
      let asksForText = !call.isJSON && call.arguments.value(format) ?? "text" == "text"
      guard !error.diagnostics.isEmpty, !asksForText else { throw error }
      let diagnostics = Diagnostics()
      for finding in error.diagnostics { diagnostics.add(finding) }
      show(diagnostics, workflows: 0, tests: 0, call)
      return nil
    }
  }

  /// Checks files of tests that are given among workflows; what is wrong with a workflow that is among them, too, is
  /// said once.
  private static func check(
    _ tests: [String], of project: Project, _ catalog: Catalog, isWhole: Bool,
    into diagnostics: Diagnostics, _ call: CommandCall
  ) throws(CommandFailure) {
    for path in tests {
      let found = Diagnostics()
      let file = SourceFile(path: path, bytes: try FileAccess.read(path, console: call.console))
      _ = TestFile.load(
        file, catalog: catalog, workflows: project.workflows(shownIn: call.projectFolder),
        into: found)
      for finding in found.sorted where isWhole || !finding.code.mayFollowFromPlugin {
        diagnostics.add(finding)
      }
    }
  }

  private static func show(
    _ diagnostics: Diagnostics, workflows: Int, tests: Int, _ call: CommandCall
  ) {
    switch call.isJSON ? "json" : call.arguments.value(format) ?? "text" {
    case "json": call.console.write(json: FindingsReport.json(diagnostics))
    case "sarif": call.console.write(json: SarifReport(diagnostics, .current).json)
    case "github":
      for line in FindingsReport.annotations(diagnostics, .current) {
        call.console.output.line(line)
      }
    default:
      let style = call.console.output.style
      call.console.output.write(
        DiagnosticRenderer(colour: style.isColored).render(diagnostics))
      guard !call.isQuiet else { return }
      call.console.errors.line(summary(diagnostics, workflows: workflows, tests: tests))
    }
  }

  private static func summary(
    _ diagnostics: Diagnostics, workflows: Int, tests: Int
  ) -> String {
    func number(_ count: Int, _ word: String) -> String {
      "\(count) \(word)\(count == 1 ? "" : "s")"
    }
    var files = number(workflows, "workflow")
    if tests > 0 {
      let some = tests == 1 ? "1 file of tests" : "\(tests) files of tests"
      files = workflows == 0 ? some : "\(files), \(some)"
    }
    guard !diagnostics.isEmpty else { return "\(files), no problems" }
    return "\(files), \(number(diagnostics.errorCount, "error")), "
      + number(diagnostics.warningCount, "warning")
  }
}

/// The calendars that the workflows use which are asked for; what is wrong with another one does not
/// matter to them.
private struct UsedCalendars {
  private var names: Set<String> = []

  /// - Parameter workflow: nil where the file is wrong; it may name a calendar all the same.
  mutating func add(_ workflow: Workflow?, from file: SourceFile) {
    if let workflow {
      names.formUnion(workflow.definitions.compactMap(\.calendar))
    } else if let name = DocumentReader.read(file, into: Diagnostics())?["calendar"]?.text {
      names.insert(name)
    }
  }

  func contains(_ name: String) -> Bool { names.contains(name) }
}

/// The ids of the workflows that are checked together: each is one workflow's.
private struct WorkflowIDs {
  private var known: [String: Workflow] = [:]

  mutating func add(_ workflow: Workflow, into diagnostics: Diagnostics) {
    guard let first = known[workflow.id] else {
      known[workflow.id] = workflow
      return
    }
    guard first.file.path != workflow.file.path else { return }
    diagnostics.add(
      .duplicateName, "the id `\(workflow.id)` is taken", in: workflow.file, at: workflow.idSpan,
      notes: [.init("by this workflow", file: first.file, span: first.idSpan)],
      help: "ids are unique in the project: other workflows call this one by it")
  }
}

/// The paths of the webhooks of workflows that are checked together: each is one trigger's.
private struct WebhookPaths {
  private var known: [String: (file: SourceFile, span: SourceSpan)] = [:]

  mutating func add(_ workflow: Workflow, into diagnostics: Diagnostics) {
    for trigger in workflow.triggers {
      guard case .webhook(let path, _) = trigger.source else { continue }
      guard let first = known[path] else {
        known[path] = (workflow.file, trigger.span)
        continue
      }
      guard first.file.path != workflow.file.path else { continue }
      diagnostics.add(
        .duplicateName, "the path `\(path)` is taken", in: workflow.file, at: trigger.span,
        notes: [.init("by this trigger", file: first.file, span: first.span)],
        help: "a path is one trigger's in the project")
    }
  }
}
