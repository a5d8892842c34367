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
      let overview = try call.door().overview()
      // One damaged run must not hide the others.
      for problem in overview.problems {
        call.console.show(note: "run \(problem.run) cannot be read: \(problem.error.message)")
      }
      let found = try wanted(overview, call)
      if call.isJSON {
        writeJSON(found, overview, to: call.console.output)
      } else if call.isQuiet {
        call.console.output.write(ids(found, overview))
      } else {
        try show(found, overview, call)
      }
      return .done
    }
  }

  /// The positions of the runs that are wanted, latest first.
  private static func wanted(
    _ overview: RunOverview, _ call: CommandCall
  ) throws(CommandFailure) -> [Int] {
    let wanted = try NamedValues.texts(call.arguments.values(labels)).map { member in
      (name: member.key.asString ?? "", value: member.value.asString ?? "")
    }
    let statuses = Set(call.arguments.values(status).compactMap(RunStatus.init(rawValue:)))
    let isOpen = call.arguments.has(open)
    let newest = overview.newestFirst
    guard isOpen || !statuses.isEmpty || !wanted.isEmpty else { return newest }
    return newest.filter { position in
      guard let run = overview.row(at: position) else { return false }
      guard statuses.isEmpty || statuses.contains(run.status) else { return false }
      guard !isOpen || !run.status.isFinal else { return false }
      return wanted.allSatisfy { run.hasLabel($0.name, $0.value) }
    }
  }

  private static func ids(_ found: [Int], _ overview: RunOverview) -> [UInt8] {
    var bytes: [UInt8] = []
    for position in found {
      if let run = overview.row(at: position) { bytes.append(contentsOf: run.run) }
      bytes.append(0x0A)
    }
    return bytes
  }

  private static func writeJSON(_ found: [Int], _ overview: RunOverview, to sink: TextSink) {
    var writer = JSONListWriter(format: "baton-list/1", member: "runs", to: sink)
    for position in found {
      if let run = RunDetails.part(0, of: overview.details(at: position)) { writer.add(run) }
    }
    writer.finish()
  }

  private static func show(
    _ found: [Int], _ overview: RunOverview, _ call: CommandCall
  ) throws(CommandFailure) {
    guard !found.isEmpty else { return call.console.errors.line("no runs") }
    var moments = MomentColumn(try call.momentFormat())
    let style = call.console.output.style
    var table = Table(["RUN", "STATUS", "NAME", "WORKFLOW", "STARTED", "WAITS FOR"])
    for position in found {
      guard let run = overview.row(at: position) else { continue }
      add(run, startedAt: moments.text(run.startedAt), style, to: &table)
    }
    call.console.output.write(table.lines(style: style))
  }

  private static func add(
    _ run: RunRow, startedAt moment: String, _ style: TextStyle, to table: inout Table
  ) {
    let texts = run.texts
    let status = run.status
    table.add(run.run)
    if style.isColored {
      table.add(status.plainWords) { _ in status.words(style) }
    } else {
      table.add(status.plainWords)
    }
    if run.isRehearsal {
      table.add(rehearsalName(of: run))
    } else if texts.name.elementsEqual(run.run) {
      table.add("")
    } else {
      table.add(texts.name)
    }
    table.add(texts.workflow)
    table.add(moment)
    table.add(texts.reason)
    table.endRow()
  }

  /// The name, where it says more than the id; a rehearsal is called one.
  private static func rehearsalName(of run: RunRow) -> String {
    let name = run.texts.name
    let shown = name.elementsEqual(run.run) ? "" : String(decoding: name, as: UTF8.self)
    return shown.isEmpty ? "(rehearsal)" : "\(shown) (rehearsal)"
  }
}

/// Moments to the minute, for a column in which neighbours are often of the same minute.
struct MomentColumn {
  private let format: MomentFormat
  private var minute = Int64.min
  private var last = ""

  init(_ format: MomentFormat) { self.format = format }

  mutating func text(_ moment: Timestamp) -> String {
    if moment.seconds / 60 != minute {
      minute = moment.seconds / 60
      last = format.minutes(moment)
    }
    return last
  }
}
