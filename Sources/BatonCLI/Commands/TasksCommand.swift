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
    let run: Int32
    /// Its number, and its place in the row.
    let task: Int32
    let place: Int32
    let owner: Owner
    let since: Int64

    var isMine: Bool { owner == .me }

    /// The end of its JSON.
    func ending(isRehearsal: Bool) -> StaticString {
      switch (owner, isRehearsal) {
      case (.me, false): ",\"mine\":true}"
      case (.me, true): ",\"mine\":true,\"rehearsal\":true}"
      case (.others, false): ",\"mine\":false}"
      case (.others, true): ",\"mine\":false,\"rehearsal\":true}"
      case (.nobody, false): ",\"mine\":false,\"nobody_holds_role\":true}"
      case (.nobody, true): ",\"mine\":false,\"nobody_holds_role\":true,\"rehearsal\":true}"
      case (.anybody, false): ",\"mine\":false,\"has_no_role\":true}"
      case (.anybody, true): ",\"mine\":false,\"has_no_role\":true,\"rehearsal\":true}"
      }
    }
  }

  /// Whose something to do is.
  private enum Owner {
    case me, others
    /// It is for a role, and nobody of the project holds one that may do it.
    case nobody
    /// It is for no role, and nobody is on it.
    case anybody
  }

  /// What is wanted, and whose tasks come first.
  private struct Wish {
    var role: String?
    var isOnlyMine = false
    /// The roles of whoever asks, and the id under which claims are theirs.
    var roles: [String] = []
    var id = ""
    /// What roles of a run may call whoever asks: the id, the address.
    var names: [String] = []
    /// The roles that people of the project hold.
    var held: [String] = []

    /// What nobody of the project can find among their own, everybody is shown.
    func owner(of task: TaskRow) -> Owner {
      if isMine(task) { return .me }
      guard task.claim.isEmpty else { return .others }
      if task.isForAnybody { return task.excludes(id) ? .others : .anybody }
      guard !task.isHeldInRun, !held.isEmpty else { return .others }
      return held.contains { task.has(role: $0) } ? .others : .nobody
    }

    /// What somebody has claimed is theirs alone, until it is escalated to others as well; what they have
    /// approved is for others.
    private func isMine(_ task: TaskRow) -> Bool {
      if task.excludes(id) { return false }
      let isFree = task.claim.isEmpty
      if !isFree, task.claim.elementsEqual(id.utf8) { return true }
      return roles.contains {
        isFree ? task.has(role: $0) : task.wasEscalatedSinceClaim(to: $0)
      } || names.contains { task.isHeldInRun(by: $0) }
    }

    func includes(_ task: TaskRow) -> Bool {
      role.map { task.has(role: $0) } ?? true
    }

    /// That there is nothing of what is wanted.
    var nothing: String {
      if isOnlyMine { return "nothing waits for you" }
      return "nothing waits for " + (role.map { "the role `\($0)`" } ?? "anybody")
    }
  }

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "lists what waits for people, in all runs, yours first",
      discussion: [
        "Yours is what your roles have to do, those that a run gives to you by your id or address among them,"
          + " and what you claimed; what somebody else claimed only where it was escalated to you since: as whoever signed in with BATON_TOKEN, else as the person in baton.yaml with"
          + " the name of the machine's user. An approval that you have given, or must not give, is not. What belongs to a role that nobody in"
          + " baton.yaml holds, or to no role, comes after yours, with --mine as well: somebody has to see to"
          + " it. A step that fails has the role of the section that it stands in, where it has none."
      ], options: [mine, role, ListLimit.option, SharedOptions.timeZone],
      examples: [
        .init("baton tasks", "everything that waits for somebody"),
        .init("baton tasks --mine", "what waits for you"),
        .init("baton tasks --role support", "what waits for the support team"),
      ])
  }

  static var body: CommandBody {
    .immediate { call throws(CommandFailure) in
      let door = try call.door()
      let wish = try wish(of: door.person, among: door.project.people, call)
      let limit = try ListLimit(call)
      let overview = try door.overview()
      overview.noteUnreadable(on: call.console)
      let found = tasks(overview, wish)
      let shown = found.prefix(limit.shown(of: found.count))
      if call.isJSON {
        writeJSON(shown, overview, left: limit.left(of: found.count), to: call.console.output)
      } else if call.isQuiet {
        call.console.output.write(addresses(shown, overview))
      } else {
        try show(shown, overview, wish, call)
      }
      if !call.isJSON { limit.note(of: found.count) }
      return .done
    }
  }

  private static func wish(
    of person: SignedIn, among people: [Person], _ call: CommandCall
  ) throws(CommandFailure) -> Wish {
    let isOnlyMine = call.arguments.has(mine)
    if isOnlyMine, person.person == nil {
      throw .usage(
        "nobody knows which tasks are yours: \(person.actor.id) is not among the people",
        help: "set BATON_TOKEN, or name a role: baton tasks --role support")
    }
    let standing = person.person.map { Standing($0) }
    return Wish(
      role: call.arguments.value(role), isOnlyMine: isOnlyMine, roles: person.person?.roles ?? [],
      id: person.actor.id, names: standing?.names.sorted() ?? [],
      held: Set(people.flatMap(\.roles)).sorted())
  }

  /// What is wanted: mine first, then what waits longest.
  private static func tasks(_ overview: RunOverview, _ wish: Wish) -> [Found] {
    var found: [Found] = []
    // The oldest runs first: their tasks wait longest, mostly, which leaves little to be sorted.
    for position in (0..<overview.count).reversed() {
      overview.row(at: position)?.forEachTask { number, task in
        let owner = wish.owner(of: task)
        guard wish.includes(task), owner != .others || !wish.isOnlyMine else { return }
        found.append(
          Found(
            run: Int32(position), task: Int32(number), place: Int32(task.place), owner: owner,
            since: task.sinceMilliseconds))
      }
    }
    found.sort { one, other in
      if one.isMine != other.isMine { return one.isMine }
      if one.since != other.since { return one.since < other.since }
      return one.run != other.run ? one.run > other.run : one.task < other.task
    }
    return found
  }

  private static func addresses(_ found: ArraySlice<Found>, _ overview: RunOverview) -> [UInt8] {
    var bytes: [UInt8] = []
    for one in found {
      guard let run = overview.row(at: Int(one.run)) else { continue }
      bytes.append(contentsOf: run.run)
      bytes.append(0x20)
      bytes.append(contentsOf: run.task(at: Int(one.place)).address)
      bytes.append(0x0A)
    }
    return bytes
  }

  private static func show(
    _ found: ArraySlice<Found>, _ overview: RunOverview, _ wish: Wish, _ call: CommandCall
  ) throws(CommandFailure) {
    guard !found.isEmpty else { return call.console.errors.line(wish.nothing) }
    let format = try call.momentFormat()
    var since = MomentColumn(format)
    var due = MomentColumn(format)
    LongTable.write(
      ["RUN", "STEP", "WHAT", "WHO", "SINCE", "DUE", "FOR"], rows: found.count,
      to: call.console.output
    ) { number, row in
      let one = found[found.startIndex + number]
      guard let run = overview.row(at: Int(one.run)) else { return }
      let task = run.task(at: Int(one.place))
      add(task, of: run, isNobodys: one.owner == .nobody, to: &row)
      since.add(task.since, to: &row)
      if let dueAt = task.dueAt { due.add(dueAt, to: &row) } else { row.add("") }
      if run.isRehearsal { row.add(run.rehearsalName) } else { row.add(run.texts.name) }
    }
  }

  private static func add(
    _ task: TaskRow, of run: RunRow, isNobodys: Bool, to row: inout TableRow
  ) {
    row.add(run.run)
    row.add(task.address)
    if task.status == .waiting {
      row.add(task.title)
    } else {
      let see = task.see.isEmpty ? "" : " (see \(String(decoding: task.see, as: UTF8.self)))"
      row.add("\(task.status.words): \(String(decoding: task.title, as: UTF8.self))\(see)")
    }
    if !isNobodys, task.claim.isEmpty, let role = task.onlyRole {
      row.add(role)
    } else {
      row.add(who(task) + (isNobodys ? " (nobody holds it)" : ""))
    }
  }

  /// Who may do it, and who is on it.
  private static func who(_ task: TaskRow) -> String {
    var roles: [String] = []
    task.forEachRoleByOrigin { role, isEscalatedTo in
      roles.append((isEscalatedTo ? "escalated to " : "") + String(decoding: role, as: UTF8.self))
    }
    let claim = String(decoding: task.claim, as: UTF8.self)
    let who = roles.joined(separator: ", ")
    return claim.isEmpty ? who : who.isEmpty ? claim : "\(who): \(claim)"
  }

  private static func writeJSON(
    _ found: ArraySlice<Found>, _ overview: RunOverview, left: Int?, to sink: TextSink
  ) {
    var writer = JSONListWriter(format: "baton-tasks/1", member: "tasks", to: sink)
    for one in found {
      let isRehearsal = overview.row(at: Int(one.run))?.isRehearsal ?? false
      if let task = RunDetails.part(
        Int(one.task) + 1, of: overview.details(at: Int(one.run))),
        writer.add(task, ending: one.ending(isRehearsal: isRehearsal))
      {
        overview.giveBackDetails()
      }
    }
    writer.finish(left: left)
  }
}
