import Actions
import CommandLineKit
import Glibc
import Plugins
import Values
import Workflows

/// `baton doctor`.
enum DoctorCommand: BatonCommand {
  static let name = "doctor"

  /// One thing looked at, and what is wrong with it.
  private struct Finding {
    let subject: String
    let problem: String?
    let help: String?
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
      let findings = [store(of: project)] + (try operations(of: project, call))
      if call.isJSON {
        call.console.write(json: [
          "format": "baton-doctor/1", "findings": .list(findings.map(json)),
        ])
      } else {
        for finding in findings where !(call.isQuiet && finding.problem == nil) {
          show(finding, call)
        }
      }
      return findings.contains { $0.problem != nil } ? .failed : .done
    }
  }

  private static func store(of project: Project) -> Finding {
    let folder = project.root + "/.baton"
    let place = FileAccess.exists(folder) ? folder : project.root
    let isWritable = access(place, W_OK) == 0
    return Finding(
      subject: "the runs in \(folder)", problem: isWritable ? nil : "`\(place)` is not writable",
      help: isWritable ? nil : "use the account that owns it, or give this one access")
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
      case .success: Finding(subject: name, problem: nil, help: nil)
      case .failure(let failure):
        Finding(subject: name, problem: failure.message, help: failure.hint)
      }
    }
  }

  private static func show(_ finding: Finding, _ call: CommandCall) {
    let output = call.console.output
    guard let problem = finding.problem else {
      return output.line("\(output.style.green("✓")) \(finding.subject)")
    }
    output.line("\(output.style.red("✗")) \(finding.subject): \(TextLayout.harmless(problem))")
    if let help = finding.help { output.line("    \(TextLayout.harmless(help))") }
  }

  private static func json(_ finding: Finding) -> Value {
    var map: ValueMap = [
      "subject": .string(finding.subject), "well": .bool(finding.problem == nil),
    ]
    map["problem"] = finding.problem.map { .string($0) }
    map["help"] = finding.help.map { .string($0) }
    return .map(map)
  }
}
