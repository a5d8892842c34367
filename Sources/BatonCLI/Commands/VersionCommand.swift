import CommandLineKit
import Values

/// `baton version`.
enum VersionCommand: BatonCommand {
  static let name = "version"

  static var declaration: CommandDeclaration {
    CommandDeclaration(
      name, "prints the version", examples: [.init("baton version", "prints it")])
  }

  static var body: CommandBody {
    .immediate { call throws(CommandFailure) in
      if call.isJSON {
        call.console.write(
          json: ["format": "baton-version/1", "version": .string(BatonVersion.text)])
      } else {
        call.console.output.line(call.isQuiet ? BatonVersion.text : BatonVersion.line)
      }
      return .done
    }
  }
}
