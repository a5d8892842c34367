import CommandLineKit
import Engine
import Fields
import Runner
import Values

/// `baton event RUN NAME [data]`.
enum EventCommand: BatonCommand {
  static let name = "event"
  private static let event = CommandArgument("NAME", "the event, `connection.event`")
  private static let data = CommandArgument("FIELD=VALUE", "the event's data", .any)
  private static let file = CommandOption.value(
    "data", "FILE", "a YAML or JSON file with the data; `-` reads standard input",
    completion: .file)

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "delivers an event to a run",
      discussion: ["An event that comes before its wait is kept until the wait."],
      arguments: [SharedOptions.run, event, data], options: [file],
      examples: [
        .init(
          "baton event k7f3q9 site.user_logged_in user_id=u1",
          "says that the user has logged in")
      ])
  }

  static var body: CommandBody {
    .waiting { call throws(CommandFailure) in
      let run = call.required(SharedOptions.run)
      let name = call.required(event)
      let values = try NamedValues.merged(
        file: call.arguments.value(file), words: call.arguments.values(data),
        console: call.console)
      return try await RunConversation(call: call).carry { door throws(CommandFailure) in
        let fields = try door.fields(ofEvent: name, in: run)
        let data = try completed(NamedValues.typed(values, by: fields), fields, call)
        return try await door.submit(.event(name: name, data: data), to: run)
      }
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
    guard let complete = AnswerPrompt(console: call.console).values(for: fields, except: data)
    else { throw CommandFailure(.interrupted, "not delivered: the questions were broken off") }
    return complete
  }
}
