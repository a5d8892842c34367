import CommandLineKit
import Engine
import Runner
import Transcripts
import Values

/// `baton tasks`.
enum TasksCommand: BatonCommand {
  static let name = "tasks"
  private static let role = CommandOption.value("role", "ROLE", "only what this role has to do")

  /// A step that waits for a person, by the positions of its run and of itself there.
  private struct Found {
    let run: Int
    let task: Int
    let since: Int64
  }

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "lists what waits for people, in all runs", options: [role, SharedOptions.timeZone],
      examples: [
        .init("baton tasks", "everything that waits for somebody"),
        .init("baton tasks --role support", "what waits for the support team"),
      ])
  }

  static var body: CommandBody {
    .immediate { call throws(CommandFailure) in
      let overview = try call.door().overview()
      let found = tasks(overview, role: call.arguments.value(role))
      if call.isJSON {
        call.console.output.write(json(found, overview))
      } else if call.isQuiet {
        call.console.output.write(addresses(found, overview))
      } else {
        try show(found, overview, call)
      }
      return .done
    }
  }

  /// What is wanted, longest waiting first.
  private static func tasks(_ overview: RunOverview, role: String?) -> [Found] {
    var found: [Found] = []
    for position in 0..<overview.count {
      overview.withRow(at: position) { (run: RunRow) -> Void in
        for (number, task) in run.tasks.enumerated() {
          if let role, !task.roles.contains(where: { $0.elementsEqual(role.utf8) }) { continue }
          found.append(Found(run: position, task: number, since: task.sinceMilliseconds))
        }
      }
    }
    return found.sorted { ($0.since, $0.run, $0.task) < ($1.since, $1.run, $1.task) }
  }

  private static func addresses(_ found: [Found], _ overview: RunOverview) -> [UInt8] {
    var bytes: [UInt8] = []
    for one in found {
      overview.withRow(at: one.run) { (run: RunRow) -> Void in
        bytes.append(contentsOf: run.run)
        bytes.append(0x20)
        bytes.append(contentsOf: run.tasks[one.task].address)
        bytes.append(0x0A)
      }
    }
    return bytes
  }

  private static func show(
    _ found: [Found], _ overview: RunOverview, _ call: CommandCall
  ) throws(CommandFailure) {
    guard !found.isEmpty else { return call.console.errors.line("nothing waits for anybody") }
    let format = try call.momentFormat()
    var since = MomentColumn(format)
    var due = MomentColumn(format)
    var table = Table(["RUN", "STEP", "WHAT", "WHO", "SINCE", "DUE", "FOR"])
    for one in found {
      overview.withRow(at: one.run) { (run: RunRow) -> Void in
        let task = run.tasks[one.task]
        let moments = (since.text(task.since), task.dueAt.map { due.text($0) } ?? "")
        add(task, of: run, moments, to: &table)
      }
    }
    call.console.output.write(table.lines(style: call.console.output.style))
  }

  private static func add(
    _ task: TaskRow, of run: RunRow, _ moments: (since: String, due: String),
    to table: inout Table
  ) {
    table.add(run.run)
    table.add(task.address)
    if task.status == .waiting {
      table.add(task.title)
    } else {
      table.add("\(task.status.words): \(String(decoding: task.title, as: UTF8.self))")
    }
    let roles = task.roles.map { String(decoding: $0, as: UTF8.self) }
    table.add(roles.joined(separator: ", "))
    table.add(moments.since)
    table.add(moments.due)
    table.add(run.texts.name)
    table.endRow()
  }

  private static func json(_ found: [Found], _ overview: RunOverview) -> [UInt8] {
    var writer = JSONListWriter(format: "baton-tasks/1", member: "tasks")
    for one in found {
      overview.withDetails(at: one.run) { details in
        guard let task = RunDetails.part(one.task + 1, of: details) else { return }
        writer.add(task, ending: "\n    }")
      }
    }
    return writer.finished()
  }
}
