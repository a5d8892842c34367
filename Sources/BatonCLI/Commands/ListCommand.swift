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
      options: [status, open, ListLimit.option, SharedOptions.timeZone],
      examples: [
        .init("baton list --open", "what is half finished"),
        .init("baton list order=A-1", "the runs for an order"),
        .init("baton list --status needs_attention --json", "for programs"),
      ])
  }

  static var body: CommandBody {
    .immediate { call throws(CommandFailure) in
      let limit = try ListLimit(call)
      let overview = try call.door().overview()
      overview.noteUnreadable(on: call.console)
      let found = try wanted(overview, call)
      let shown = found.prefix(limit.shown(of: found.count))
      if call.isJSON {
        writeJSON(shown, overview, left: limit.left(of: found.count), to: call.console.output)
      } else if call.isQuiet {
        call.console.output.write(ids(shown, overview))
      } else {
        try show(shown, overview, call)
      }
      if !call.isJSON { limit.note(of: found.count) }
      return .done
    }
  }

  /// The positions of the runs that are wanted, latest first.
  private static func wanted(
    _ overview: RunOverview, _ call: CommandCall
  ) throws(CommandFailure) -> [Int] {
    let wanted = try NamedValues.texts(call.arguments.values(labels)).map { member in
      (name: bytes(member.key.asString), value: bytes(member.value.asString))
    }
    let statuses = Set(call.arguments.values(status).compactMap(RunStatus.init(rawValue:)))
    let isOpen = call.arguments.has(open)
    let all = 0..<overview.count
    guard isOpen || !statuses.isEmpty || !wanted.isEmpty else { return Array(all) }
    return all.filter { position in
      guard let run = overview.row(at: position) else { return false }
      guard statuses.isEmpty || statuses.contains(run.status) else { return false }
      guard !isOpen || !run.status.isFinal else { return false }
      return wanted.allSatisfy { run.hasLabel($0.name, $0.value) }
    }
  }

  private static func bytes(_ text: String?) -> [UInt8] { Array((text ?? "").utf8) }

  private static func ids(_ found: ArraySlice<Int>, _ overview: RunOverview) -> [UInt8] {
    var bytes: [UInt8] = []
    for position in found {
      if let run = overview.row(at: position) { bytes.append(contentsOf: run.run) }
      bytes.append(0x0A)
    }
    return bytes
  }

  private static func writeJSON(
    _ found: ArraySlice<Int>, _ overview: RunOverview, left: Int?, to sink: TextSink
  ) {
    var writer = JSONListWriter(format: "baton-list/1", member: "runs", to: sink)
    for position in found {
      if let run = RunDetails.part(0, of: overview.details(at: position)), writer.add(run) {
        overview.giveBackDetails()
      }
    }
    writer.finish(left: left)
  }

  private static func show(
    _ found: ArraySlice<Int>, _ overview: RunOverview, _ call: CommandCall
  ) throws(CommandFailure) {
    guard !found.isEmpty else { return call.console.errors.line("no runs") }
    let format = try call.momentFormat()
    var moments = MomentColumn(format)
    let sink = call.console.output
    LongTable.write(
      ["RUN", "STATUS", "NAME", "WORKFLOW", "STARTED", "WAITS FOR"], rows: found.count, to: sink
    ) { number, row in
      guard let run = overview.row(at: found[found.startIndex + number]) else { return }
      add(run, &moments, format, sink.style, to: &row)
    }
  }

  private static func add(
    _ run: RunRow, _ moments: inout MomentColumn, _ format: MomentFormat, _ style: TextStyle,
    to row: inout TableRow
  ) {
    let texts = run.texts
    let status = run.status
    row.add(run.run)
    if style.isColored {
      row.add(status.plainWords) { _ in status.words(style) }
    } else {
      row.add(status.plainWords)
    }
    if run.isRehearsal {
      row.add(run.rehearsalName)
    } else if texts.name.elementsEqual(run.run) {
      row.add("")
    } else {
      row.add(texts.name)
    }
    row.add(texts.workflow)
    moments.add(run.startedAt, to: &row)
    // The moments in it end so; whatever else is waited for is copied as it is.
    if texts.reason.contains(UInt8(ascii: "Z")) {
      row.add(format.sentence(String(decoding: texts.reason, as: UTF8.self)))
    } else {
      row.add(texts.reason)
    }
  }
}
