import CommandLineKit
import Engine
import Runner

/// `baton undo RUN`.
enum UndoCommand: BatonCommand {
  static let name = "undo"
  static let yes = CommandOption.flag("yes", "does it without asking")

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "takes back what a run did, newest first, and ends it",
      discussion: [
        "It shows first what it will call and what cannot be taken back, and asks; without a terminal "
          + "it needs --yes. What is called was worked out when each step succeeded.",
        "An undo that fails parks the run: `retry`, `done` and `skip` settle it, under the address "
          + "that `baton status` shows, and the rest follows. In the end `finally` is carried out.",
        "Without --yes, --json prints what it would do, as `baton-undo-plan/1`: what is `taken_back`, newest "
          + "first, each with the `address` at which that happens, and `operation` and `with`, or `instructions`; "
          + "whether a person does it (`by_hand`); and what `stays`.",
      ],
      arguments: [SharedOptions.run], options: [yes, SharedOptions.reason],
      examples: [
        .init("baton undo k7f3q9", "shows what it will do, and asks"),
        .init("baton undo k7f3q9 --yes --reason 'ordered by mistake'", "does it"),
      ])
  }

  static var body: CommandBody {
    .waiting { call throws(CommandFailure) in
      try await takeBack(
        call.required(SharedOptions.run), reason: call.arguments.value(SharedOptions.reason), call)
    }
  }

  /// Shows, asks, and takes back.
  static func takeBack(
    _ run: String, reason: String?, _ call: CommandCall
  ) async throws(CommandFailure) -> ExitCode {
    let door = try call.door()
    let snapshot = try door.snapshot(run)
    // What the run refuses anyway is not worth a list or a question. Where no process carries it out, what
    // came of its last attempt is found out first.
    if snapshot.holder != nil || unsettled(snapshot).isEmpty {
      try door.requireTaken(.undo(reason: reason), by: run)
    }
    try confirm(snapshot, call)
    return try await RunConversation(call: call).carry { door throws(CommandFailure) in
      try await door.submit(.undo(reason: reason), to: run)
    }
  }

  private static func confirm(
    _ snapshot: RunSnapshot, _ call: CommandCall
  ) throws(CommandFailure) {
    let list = UndoList(preview: snapshot.undo, unsettled: unsettled(snapshot))
    if call.isJSON, !call.arguments.has(yes) {
      call.console.write(json: list.json)
    } else {
      for line in list.lines { call.console.errors.line(line) }
    }
    try call.confirm("Take this back", option: yes)
  }

  /// The steps in the middle of which the process died.
  private static func unsettled(_ snapshot: RunSnapshot) -> [String] {
    snapshot.steps.filter { step in
      snapshot.status == .interrupted && step.status == .running && step.operation != nil
    }.map(\.address)
  }
}

extension CommandCall {
  /// Asks on a terminal whether to go on; elsewhere the option must have said so.
  func confirm(_ question: String, option: CommandOption) throws(CommandFailure) {
    if arguments.has(option) { return }
    guard canAsk else {
      throw .usage("nothing was done yet", help: "add --\(option.name) to do it")
    }
    guard Prompter(console: console).confirm(question) == true else {
      throw CommandFailure(.interrupted, "nothing was done")
    }
  }
}
