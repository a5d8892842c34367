import CommandLineKit
import Documents
import Transcripts

/// `baton transcript RUN`.
enum TranscriptCommand: BatonCommand {
  static let name = "transcript"
  private static let format = CommandOption.value(
    "format", "FORMAT", "the form", choices: ["text", "markdown", "json"])
  private static let output = CommandOption.value(
    "output", short: "o", "FILE", "writes it to a file", completion: .file)
  private static let brief = CommandOption.flag(
    "brief", "only what people did and what went wrong (text)")

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "prints who did what in a run, when, and by which version of which procedure",
      discussion: [
        "Made from the journal alone. Sensitive values are not in the journal: they are shown as "
          + "(sensitive). `baton verify` says whether the journal is intact; that the ledger knows of more records"
          + " than it has stands at the top."
      ],
      arguments: [SharedOptions.run],
      options: [format, output, brief, SharedOptions.timeZone],
      examples: [
        .init("baton transcript k7f3q9", "prints it as text"),
        .init(
          "baton transcript k7f3q9 --format markdown --time-zone Africa/Johannesburg -o run.md",
          "writes it as Markdown, in local time"),
      ])
  }

  static var body: CommandBody {
    .immediate { call throws(CommandFailure) in
      let transcript = try call.door().transcript(of: call.required(SharedOptions.run))
      let text = try rendered(transcript, call)
      if let path = call.arguments.value(output) {
        try FileAccess.write(text, to: path)
      } else {
        call.console.output.write(text)
      }
      return .done
    }
  }

  private static func rendered(
    _ transcript: Transcript, _ call: CommandCall
  ) throws(CommandFailure) -> String {
    let moments = try call.momentFormat()
    let wanted = call.arguments.value(format) ?? (call.isJSON ? "json" : "text")
    return switch wanted {
    case "json": JSONText.pretty(transcript.json) + "\n"
    case "markdown": transcript.markdown(in: moments)
    default: transcript.text(in: moments, brief: call.arguments.has(brief))
    }
  }
}
