import CommandLineKit
import Engine
import Plugins
import Runner
import Transcripts
import Values

/// `baton tasks`.
enum TasksCommand: BatonCommand {
  static let name = "tasks"
  private static let role = CommandOption.value("role", "ROLE", "only what this role has to do")
  private static let mine = CommandOption.flag("mine", "only what is yours to do")

  /// A step that waits for a person, by the positions of its run and of itself there.
  private struct Found {
    let run: Int
    let task: Int
    let since: Int64
    let isMine: Bool
  }

  /// What is wanted, and whose tasks come first.
  private struct Wish {
    var role: String?
    var isOnlyMine = false
    /// The roles of whoever asks, and the id under which claims are theirs.
    var roles: [String] = []
    var id = ""

    /// What somebody has claimed is theirs alone.
    func isMine(_ task: TaskRow) -> Bool {
      guard task.claim.isEmpty else { return task.claim.elementsEqual(id.utf8) }
      return roles.contains { role in task.roles.contains { $0.elementsEqual(role.utf8) } }
    }

    func includes(_ task: TaskRow) -> Bool {
      guard let role else { return true }
      return task.roles.contains { $0.elementsEqual(role.utf8) }
    }
  }

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "lists what waits for people, in all runs, yours first",
      discussion: [
        "Yours is what your roles have to do, and what you claimed: those of whoever signed in with"
          + " BATON_TOKEN, else of the person in baton.yaml with the name of the machine's user."
      ], options: [mine, role, SharedOptions.timeZone],
      examples: [
        .init("baton tasks", "everything that waits for somebody"),
        .init("baton tasks --mine", "what waits for you"),
        .init("baton tasks --role support", "what waits for the support team"),
      ])
  }

  static var body: CommandBody {
    .immediate { call throws(CommandFailure) in
      let door = try call.door()
      let wish = try wish(of: door.person, call)
      let overview = try door.overview()
      let found = tasks(overview, wish)
      if call.isJSON {
        writeJSON(found, overview, to: call.console.output)
      } else if call.isQuiet {
        call.console.output.write(addresses(found, overview))
      } else {
        try show(found, overview, call)
      }
      return .done
    }
  }

  private static func wish(
    of person: SignedIn, _ call: CommandCall
  ) throws(CommandFailure) -> Wish {
    let isOnlyMine = call.arguments.has(mine)
    if isOnlyMine, person.person == nil {
      throw .usage(
        "nobody knows which tasks are yours: \(person.actor.id) is not among the people",
        help: "set BATON_TOKEN, or name a role: baton tasks --role support")
    }
    return Wish(
      role: call.arguments.value(role), isOnlyMine: isOnlyMine, roles: person.person?.roles ?? [],
      id: person.actor.id)
  }

  /// What is wanted: mine first, then what waits longest.
  private static func tasks(_ overview: RunOverview, _ wish: Wish) -> [Found] {
    var found: [Found] = []
    for position in 0..<overview.count {
      guard let run = overview.row(at: position) else { continue }
      for (number, task) in run.tasks.enumerated() {
        let isMine = wish.isMine(task)
        guard wish.includes(task), isMine || !wish.isOnlyMine else { continue }
        found.append(
          Found(run: position, task: number, since: task.sinceMilliseconds, isMine: isMine))
      }
    }
    return found.sorted { one, other in
      if one.isMine != other.isMine { return one.isMine }
      return (one.since, one.run, one.task) < (other.since, other.run, other.task)
    }
  }

  private static func addresses(_ found: [Found], _ overview: RunOverview) -> [UInt8] {
    var bytes: [UInt8] = []
    for one in found {
      guard let run = overview.row(at: one.run) else { continue }
      bytes.append(contentsOf: run.run)
      bytes.append(0x20)
      bytes.append(contentsOf: run.tasks[one.task].address)
      bytes.append(0x0A)
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
      guard let run = overview.row(at: one.run) else { continue }
      let task = run.tasks[one.task]
      let moments = (since.text(task.since), task.dueAt.map { due.text($0) } ?? "")
      add(task, of: run, moments, to: &table)
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
    let claim = String(decoding: task.claim, as: UTF8.self)
    let who = roles.joined(separator: ", ")
    table.add(claim.isEmpty ? who : who.isEmpty ? claim : "\(who): \(claim)")
    table.add(moments.since)
    table.add(moments.due)
    table.add(run.texts.name)
    table.endRow()
  }

  private static func writeJSON(_ found: [Found], _ overview: RunOverview, to sink: TextSink) {
    var writer = JSONListWriter(format: "baton-tasks/1", member: "tasks", to: sink)
    for one in found {
      if let task = RunDetails.part(one.task + 1, of: overview.details(at: one.run)) {
        writer.add(
          task,
          ending: one.isMine ? ",\n      \"mine\": true\n    }" : ",\n      \"mine\": false\n    }")
      }
    }
    writer.finish()
  }
}
