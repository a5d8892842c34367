import CommandLineKit
import Engine
import Glibc
import Transcripts

/// One call of a command: what was typed, where to write, and where the project is.
struct CommandCall: Sendable {
  let arguments: ParsedArguments
  let console: Console

  var isJSON: Bool { arguments.has(CommonOptions.json) }
  var isQuiet: Bool { arguments.has(CommonOptions.quiet) }
  var environment: String? { arguments.value(CommonOptions.environment) }

  /// Whether questions may be asked: on a terminal, unless `--no-input` or `--json` forbids it.
  var canAsk: Bool {
    console.canAsk && !arguments.has(CommonOptions.noInput) && !isJSON
  }

  /// The value of an argument that the parser has made sure is there.
  func required(_ argument: CommandArgument) -> String { arguments.value(argument) ?? "" }

  /// The folder of the project: the one named, or the nearest one upwards with a `baton.yaml` or
  /// a `.baton`, or the current one.
  var projectFolder: String {
    if let folder = arguments.value(CommonOptions.project) { return folder }
    guard let start = currentFolder else { return "." }
    var folder = start[...]
    while !folder.isEmpty {
      if FileAccess.exists("\(folder)/baton.yaml") || FileAccess.exists("\(folder)/.baton") {
        return String(folder) == start ? "." : String(folder)
      }
      folder = folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)]
    }
    return "."
  }

  /// How moments are shown.
  func momentFormat() throws(CommandFailure) -> MomentFormat {
    guard let name = arguments.value(SharedOptions.timeZone), name != "UTC" else { return .utc }
    return try .named(name)
  }

  /// How to call this program so that it finds the same project: `baton` or `baton -C folder`.
  var programCall: String {
    guard let folder = arguments.value(CommonOptions.project) else { return "baton" }
    return "baton -C \(CommandWord.quoted(folder))"
  }

  private var currentFolder: String? {
    guard let path = getcwd(nil, 0) else { return nil }
    defer { free(path) }
    return String(cString: path)
  }
}
