import CommandLineKit
import Engine
import Runner

/// `baton note RUN text`.
enum NoteCommand: BatonCommand {
  static let name = "note"
  private static let text = CommandArgument("TEXT", "the remark", .atLeastOne)

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "leaves a remark for whoever comes next",
      arguments: [SharedOptions.run, text],
      examples: [.init("baton note k7f3q9 'called, they will log in on Monday'", "leaves it")])
  }

  static var body: CommandBody {
    .waiting { call throws(CommandFailure) in
      let run = call.required(SharedOptions.run)
      let words = call.arguments.values(text).joined(separator: " ")
      guard words.contains(where: { !$0.isWhitespace }) else { throw .usage("the remark is empty") }
      let outcome = try await call.door().submit(.note(text: words), to: run)
      if call.isJSON { call.console.write(json: outcome.json) }
      if !call.isJSON, !call.isQuiet { call.console.output.line("noted in run \(outcome.runID)") }
      return .done
    }
  }
}
