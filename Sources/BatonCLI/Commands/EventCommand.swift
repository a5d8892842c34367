import CommandLineKit
import Engine
import Fields
import Runner
import Values
import Workflows

/// `baton event [RUN] NAME [data]`.
enum EventCommand: BatonCommand {
  static let name = "event"
  private static let run = CommandArgument(
    "RUN", "the run; without it the event is for every run that waits for it",
    completion: .lines(["list", "--quiet"]))
  private static let words = CommandArgument(
    "NAME FIELD=VALUE", "the event, `connection.event`, and its data", .any)
  private static let file = CommandOption.value(
    "data", "FILE", "a YAML or JSON file with the data; `-` reads standard input",
    completion: .file)

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "delivers an event to a run, or to all that wait for it",
      discussion: [
        "An event that comes before its wait is kept until the wait. Without a run the project keeps it,"
          + " and every wait that it matches, in any run that was started before, takes it once.",
        "With --json it prints `baton-event/1` of an event for every run: the `runs` that were gone on with, those that"
          + " somebody has `stopped`, which take it once somebody goes on with them, and `problems`.",
      ],
      arguments: [run, words], options: [file],
      examples: [
        .init(
          "baton event k7f3q9 site.user_logged_in user_id=u1",
          "says to one run that the user has logged in"),
        .init("baton event site.user_logged_in user_id=u1", "says it to every run that waits"),
      ])
  }

  static var body: CommandBody {
    .waiting { call throws(CommandFailure) in
      let all = [call.arguments.value(run)].compactMap(\.self) + call.arguments.values(words)
      // The name of an event has a dot, the id of a run has none.
      guard let position = all.prefix(2).firstIndex(where: isEvent) else {
        throw .usage(
          "no event is named", help: "write it `connection.event`; `baton plugins` lists them")
      }
      let values = try NamedValues.merged(
        file: call.arguments.value(file), words: Array(all[(position + 1)...]),
        console: call.console)
      return try await position == 0
        ? keep(all[0], values, call) : deliver(all[1], values, to: all[0], call)
    }
  }

  private static func isEvent(_ word: String) -> Bool {
    word.contains(".") && !word.contains("=")
  }

  private static func deliver(
    _ name: String, _ values: GivenValues, to run: String, _ call: CommandCall
  ) async throws(CommandFailure) -> ExitCode {
    var conversation = RunConversation(call: call)
    conversation.remark = { door, outcome throws(CommandFailure) in
      // Whoever executes the run at this moment may still come to take it.
      guard outcome.holder == nil, try !door.isTaken(name, by: outcome.runID) else { return nil }
      return isLocked(name, outcome)
        ? "kept; whether anything waits for it cannot be known now"
        : "kept; nothing waits for it now"
    }
    return try await conversation.carry { door throws(CommandFailure) in
      let fields = try door.fields(ofEvent: name, in: run)
      let data = try completed(values.typed(by: fields), fields, call)
      return try await door.submit(.event(name: name, data: data), to: run)
    }
  }

  /// Whether a step waits of which it cannot be known whether an event is for it.
  private static func isLocked(_ name: String, _ run: RunSnapshot) -> Bool {
    guard run.status == .needsAttention else { return false }
    return run.steps.contains { $0.waiting?.locked()?.contains("`\(name)`") ?? false }
  }

  private static func keep(
    _ name: String, _ values: GivenValues, _ call: CommandCall
  ) async throws(CommandFailure) -> ExitCode {
    // The steps of several runs, side by side, would say nothing of any: each run is shown as it has come to rest.
    let door = try call.door()
    let catalog = try call.catalog(of: door.project)
    let fields = catalog.event(named: name)?.fields
    let data = try completed(values.typed(by: fields), fields, call)
    let delivery = try await keep(name, data, door, catalog, call)
    report(delivery, call)
    if delivery.isBrokenOff { return .interrupted }
    return delivery.problems.first.map { CommandFailure($0.error).code } ?? .done
  }

  private static func keep(
    _ name: String, _ data: ValueMap, _ door: RunDoor, _ catalog: Catalog, _ call: CommandCall
  ) async throws(CommandFailure) -> EventDelivery {
    let underWay = RunsUnderWay()
    async let _: Void = StoppingNotice.tell(call) {
      underWay.stopping(saying: "no more runs are given it")
    }
    return try await door.keep(name, data: data, catalog: catalog) {
      underWay.note($0, isUnderWay: $1)
    }
  }

  private static func report(_ delivery: EventDelivery, _ call: CommandCall) {
    if call.isJSON {
      call.console.write(
        json: [
          "format": "baton-event/1", "id": .string(delivery.event.id),
          "runs": .list(delivery.runs.map(\.summaryJSON)),
          "stopped": .list(delivery.stopped.map { .string($0) }),
          "problems": .list(
            delivery.problems.map {
              ["run": .string($0.run), "message": .string($0.error.message)]
            }),
        ])
    } else {
      let style = call.console.output.style
      for run in delivery.runs {
        call.console.output.line(
          call.isQuiet ? run.runID : "\(run.kindWord) \(run.runID): \(run.status.words(style))")
      }
      if delivery.runs.isEmpty, delivery.stopped.isEmpty, !call.isQuiet {
        call.console.errors.line("kept; no run waits for it now")
      }
    }
    for run in delivery.stopped {
      call.console.show(
        note: "somebody stopped run \(run), which takes it once somebody goes on with it:"
          + " baton resume \(run)")
    }
    for run in delivery.cutShort {
      call.console.show(
        note: "run \(run.runID) took it and was stopped under way: baton resume \(run.runID)")
    }
    if delivery.hasLeftOut {
      call.console.show(note: "broken off: the next tick gives it to the other runs that wait")
    }
    for problem in delivery.problems {
      call.console.show(note: "run \(problem.run): \(problem.error.message)")
    }
  }

  /// On a terminal, what is missing is asked for; elsewhere the refusal says it.
  private static func completed(
    _ data: ValueMap, _ fields: FieldSet?, _ call: CommandCall
  ) throws(CommandFailure) -> ValueMap {
    guard let fields else { return data }
    let missing = fields.fields.filter { $0.isRequired && data[$0.name] == nil }
    guard !missing.isEmpty else { return data }
    guard call.canAsk else {
      let words = missing.map { "\($0.name)=…" }.joined(separator: " ")
      throw .usage("the event's data is incomplete", help: "add " + words)
    }
    let answers = AnswerPrompt(console: call.console).answers(for: fields, except: data)
    guard !answers.isBrokenOff else {
      throw CommandFailure(
        .interrupted, "not delivered: the questions were broken off",
        help: answers.again(fields, except: data))
    }
    return answers.values
  }
}
