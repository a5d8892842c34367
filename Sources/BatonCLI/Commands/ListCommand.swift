import CommandLineKit
import Engine
import Runner
import Transcripts
import Values

/// `baton list [label=value…]`.
enum ListCommand: BatonCommand {
  static let name = "list"
  private static let labels = CommandArgument(
    "LABEL=VALUE", "only runs with this label, `order=A-1`", .any)
  private static let status = CommandOption.value(
    "status", "STATUS", "only runs with this status", choices: RunStatus.allCases.map(\.rawValue),
    isRepeatable: true)
  private static let open = CommandOption.flag("open", "only runs that have not ended")

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "lists the runs, newest first", arguments: [labels],
      options: [status, open, SharedOptions.timeZone],
      examples: [
        .init("baton list --open", "what is half finished"),
        .init("baton list order=A-1", "the runs for an order"),
        .init("baton list --status needs_attention --json", "for programs"),
      ])
  }

  static var body: CommandBody {
    .immediate { call throws(CommandFailure) in
      let found = try runs(call)
      if call.isJSON {
        call.console.write(
          json: ["format": "baton-list/1", "runs": .list(found.map(\.summaryJSON))])
      } else if call.isQuiet {
        for run in found { call.console.output.line(run.runID) }
      } else {
        try show(found, call)
      }
      return .done
    }
  }

  private static func runs(_ call: CommandCall) throws(CommandFailure) -> [RunSnapshot] {
    let door = try call.door()
    let wanted = try NamedValues.texts(call.arguments.values(labels))
    let statuses = call.arguments.values(status)
    var found: [RunSnapshot] = []
    for id in try door.runIDs() {
      do {
        let run = try door.snapshot(id)
        let fits = statuses.isEmpty || statuses.contains(run.status.rawValue)
        let isWanted = fits && !(call.arguments.has(open) && run.status.isFinal)
        if isWanted, wanted.allSatisfy({ run.labels.has($0) }) { found.append(run) }
      } catch {
        // One damaged run must not hide the others.
        call.console.show(note: "run \(id) cannot be read: \(error.message)")
      }
    }
    return found.sorted { ($0.startedAt, $0.runID) > ($1.startedAt, $1.runID) }
  }

  private static func show(
    _ runs: [RunSnapshot], _ call: CommandCall
  ) throws(CommandFailure) {
    guard !runs.isEmpty else { return call.console.errors.line("no runs") }
    let format = try call.momentFormat()
    let style = call.console.output.style
    var table = Table(["RUN", "STATUS", "NAME", "WORKFLOW", "STARTED", "WAITS FOR"])
    for run in runs {
      let status = run.status
      table.add([
        .init(run.runID),
        .init(status.rawValue.split(separator: "_").joined(separator: " ")) { _ in
          status.words(style)
        },
        .init(run.shownName), .init(run.workflowID),
        .init(format.minutes(run.startedAt)),
        .init(run.reasons.first?.message ?? ""),
      ])
    }
    call.console.output.write(table.text(style: style))
  }
}

extension RunSnapshot {
  /// The name, where it says more than the id; a rehearsal is called one.
  fileprivate var shownName: String {
    let shown = name == runID ? "" : name
    guard isRehearsal else { return shown }
    return shown.isEmpty ? "(rehearsal)" : "\(shown) (rehearsal)"
  }
}

extension ValueMap {
  /// Whether a label is there with this text, however its value is typed.
  fileprivate func has(_ label: Member) -> Bool {
    value(for: label.key)?.shown == label.value.asString
  }
}
