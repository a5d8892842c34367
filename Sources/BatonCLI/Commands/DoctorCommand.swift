import Actions
import CommandLineKit
import Glibc
import Plugins
import RunStore
import SourceText
import Values
import Workflows

/// `baton doctor`.
enum DoctorCommand: BatonCommand {
  static let name = "doctor"

  /// One thing looked at, and what is wrong with it.
  private struct Finding {
    let subject: String
    var problem: String?
    /// What is no problem by itself.
    var advice: String?
    var help: String?
    /// Why an operation cannot be carried out.
    var failure: ActionFailure?

    var isWell: Bool { problem == nil && advice == nil }
  }

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "looks whether this project can run here, without effects",
      examples: [
        .init("baton doctor", "looks at the environment local"),
        .init("baton doctor -e production", "looks at another one"),
      ])
  }

  static var body: CommandBody {
    .immediate { call throws(CommandFailure) in
      let project = try call.project()
      let operations = try operations(of: project, call)
      let findings =
        [store(of: project)] + events(of: project, call) + (try notification(of: project, call))
        + operations
        + (try drivers(of: project, call, without: operations.compactMap(\.failure)))
      if call.isJSON {
        call.console.write(json: [
          "format": "baton-doctor/1", "findings": .list(findings.map(json)),
        ])
      } else {
        for finding in findings where !(call.isQuiet && finding.isWell) { show(finding, call) }
      }
      return findings.contains { $0.problem != nil } ? .failed : .done
    }
  }

  /// Whether this account can use the runs, and with whom they are shared.
  private static func store(of project: Project) -> Finding {
    let folder = project.root + "/.baton"
    guard FileAccess.exists(folder) else {
      return finding(of: folder, obstacle(at: project.root, W_OK))
    }
    // What is made for all runs: what one account made before the folder was shared is its own alone.
    let parts = ["", "/runs", "/drafts", "/index", "/index/log", "/ledger.jsonl", "/key"]
    let obstacles = parts.lazy.compactMap { obstacle(at: folder + $0, R_OK | W_OK) }
    return finding(of: folder, obstacles.first)
  }

  /// Why a path cannot be used; nil where it can, or is not there.
  private static func obstacle(at path: String, _ mode: Int32) -> StoreError? {
    guard access(path, mode) != 0 else { return nil }
    return switch errno {
    case EACCES: .noPermission(path: path)
    case EROFS: .readOnly(path: path)
    default: nil
    }
  }

  private static func finding(of folder: String, _ obstacle: StoreError?) -> Finding {
    let group =
      FileOwnership.sharingGroup(of: folder).map { ", shared with the group `\($0)`" } ?? ""
    let subject = "the runs in \(folder)\(group)"
    guard case .noPermission(let path)? = obstacle else {
      return Finding(subject: subject, problem: obstacle?.message, help: obstacle?.hint)
    }
    let owner = FileOwnership.owner(of: path).map { "`\($0)`" } ?? "that owns it"
    return Finding(
      subject: subject, problem: "`\(path)` is not readable and writable for this account",
      help: "use the account \(owner), or give this one access")
  }

  /// What is wrong with the events that the project keeps.
  private static func events(of project: Project, _ call: CommandCall) -> [Finding] {
    call.store(of: project).projectEventNotes().map { note in
      Finding(
        subject: "the events of the project", advice: note,
        help: "bring the file, or the key, back from a copy; or have the event sent again")
    }
  }

  /// Whether the people of the project hear of what waits for them.
  private static func notification(
    of project: Project, _ call: CommandCall
  ) throws(CommandFailure) -> [Finding] {
    let environment = project.environment(named: call.environment ?? project.defaultEnvironment)
    guard let environment, environment.notification == nil else {
      let diagnostics = Diagnostics()
      project.checkNotification(
        environment: call.environment, catalog: try call.catalog(of: project), into: diagnostics)
      // That there is no such operation is said of the operation.
      return diagnostics.sorted.filter { $0.code != .unknownOperation }.map(finding)
    }
    if project.people.isEmpty { return [] }
    return [
      Finding(
        subject: "the environment `\(environment.name)`",
        advice:
          "it has no `notify`: nobody is told of deadlines and escalations that do not say how",
        help: "add `notify: { action: …, with: { … } }` to it in baton.yaml")
    ]
  }

  private static func operations(
    of project: Project, _ call: CommandCall
  ) throws(CommandFailure) -> [Finding] {
    let registry = try call.registry(of: project)
    let names = try call.catalog(of: project).operationNames
    let environment = project.environment(named: call.environment ?? project.defaultEnvironment)
    // What tells people has to be there too, whether or not it is a known operation.
    let notify = environment?.notification.map { [$0.operation] } ?? []
    return (names + notify.filter { !names.contains($0) }).map { name in
      switch registry.operation(named: name) {
      case .success: Finding(subject: name)
      case .failure(let failure):
        Finding(subject: name, problem: failure.message, help: failure.hint, failure: failure)
      }
    }
  }

  /// What is wrong in the driver files, besides what keeps operations from being carried out.
  private static func drivers(
    of project: Project, _ call: CommandCall, without known: [ActionFailure]
  ) throws(CommandFailure) -> [Finding] {
    let diagnostics = Diagnostics()
    project.checkDrivers(
      environment: call.environment, catalog: try call.catalog(of: project), into: diagnostics)
    return diagnostics.sorted.filter { !known.contains(.brokenDriver($0)) }.map(finding)
  }

  /// A finding of a file.
  private static func finding(_ found: Diagnostic) -> Finding {
    let place = found.file.location(of: found.span.start)
    let subject = "\(found.file.path):\(place.line):\(place.column)"
    let isProblem = found.severity == .error
    return Finding(
      subject: subject, problem: isProblem ? found.message : nil,
      advice: isProblem ? nil : found.message, help: found.help)
  }

  private static func show(_ finding: Finding, _ call: CommandCall) {
    let output = call.console.output
    if finding.isWell { return output.line("\(output.style.green("✓")) \(finding.subject)") }
    let mark = finding.problem == nil ? output.style.yellow("!") : output.style.red("✗")
    let text = finding.problem ?? finding.advice ?? ""
    output.line("\(mark) \(finding.subject): \(TextLayout.harmless(text))")
    if let help = finding.help { output.line("    \(TextLayout.harmless(help))") }
  }

  private static func json(_ finding: Finding) -> Value {
    var map: ValueMap = [
      "subject": .string(finding.subject), "well": .bool(finding.problem == nil),
    ]
    map["problem"] = finding.problem.map { .string($0) }
    map["advice"] = finding.advice.map { .string($0) }
    map["help"] = finding.help.map { .string($0) }
    return .map(map)
  }
}
