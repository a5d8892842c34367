import Actions
import CLinux
import CommandLineKit
import Dispatch
import SourceText

/// The program: finds the command, carries it out, and turns what came of it into an exit code.
public enum BatonProgram {
  /// Carries out a command line.
  ///
  /// - Parameter words: the command line, the program's name first.
  /// - Returns: the exit code.
  public static func main(_ words: [String]) -> Int32 {
    clinux_use_one_heap()
    CrashReport.install(
      "\nbaton: this is a bug in baton. No run is lost by it: `baton resume RUN` goes on.\n")
    Interruption.install()
    defer { OutputBuffer.shared.flush() }
    let color = ColorChoice(rawValue: CommandTable.colorWord(in: words) ?? "") ?? .auto
    let console = Console.standard(color: color)
    if let word = CommandLine.alteredArgument {
      console.show(error: "`\(TextLayout.harmless(word))` is not UTF-8 text", help: nil)
      return ExitCode.usage.rawValue
    }
    return perform(Array(words.dropFirst()), console: console).rawValue
  }

  /// Carries out the words after the program's name, with these streams.
  static func perform(_ words: [String], console: Console) -> ExitCode {
    do {
      return try dispatch(words, console: console)
    } catch {
      report(error, console: console)
      return error.code
    }
  }

  private static func dispatch(
    _ words: [String], console: Console
  ) throws(CommandFailure) -> ExitCode {
    let found = CommandLocator(names: CommandTable.names, commonOptions: CommonOptions.all)
      .find(in: words)
    guard let name = found.name else { return withoutCommand(words, console: console) }
    guard let command = CommandTable.command(named: name) else {
      throw CommandFailure(
        .unknownCommand(name, program: "baton", known: CommandTable.names))
    }
    let arguments = try parse(found.words, for: command.declaration)
    if arguments.has(CommonOptions.help) {
      let page = HelpPage(
        CommandTable.program, columns: console.output.columns, style: console.output.style)
      console.output.write(page.page(of: command.declaration))
      return .done
    }
    let call = CommandCall(arguments: arguments, console: console)
    // A zone that there is not is refused before anything is done, whether moments are shown or not.
    _ = try call.momentFormat()
    return try perform(command.body, call)
  }

  private static func parse(
    _ words: [String], for declaration: CommandDeclaration
  ) throws(CommandFailure) -> ParsedArguments {
    do {
      return try CommandParser(
        program: "baton", command: declaration, commonOptions: CommonOptions.all
      ).parse(words, excusing: [CommonOptions.help])
    } catch { throw CommandFailure(error) }
  }

  private static func perform(
    _ body: CommandBody, _ call: CommandCall
  ) throws(CommandFailure) -> ExitCode {
    switch body {
    case .immediate(let body): return try body(call)
    case .waiting(let body):
      return try waitFor { () async -> Result<ExitCode, CommandFailure> in
        do throws(CommandFailure) {
          return .success(try await body(call))
        } catch {
          return .failure(error)
        }
      }.get()
    }
  }

  private static func withoutCommand(_ words: [String], console: Console) -> ExitCode {
    if words == ["--version"] {
      console.output.line(BatonVersion.line)
      return .done
    }
    let isWanted = words.isEmpty || words.contains("--help") || words.contains("-h")
    let sink = isWanted && !words.isEmpty ? console.output : console.errors
    let page = HelpPage(CommandTable.program, columns: sink.columns, style: sink.style)
    guard isWanted else {
      console.show(error: "no command in `baton \(words.joined(separator: " "))`")
      console.errors.line("`baton help` lists the commands")
      return .usage
    }
    sink.write(page.overview())
    return words.isEmpty ? .usage : .done
  }

  private static func report(_ failure: CommandFailure, console: Console) {
    let renderer = DiagnosticRenderer(colour: console.errors.style.isColored)
    for diagnostic in failure.diagnostics {
      console.errors.write(renderer.render(diagnostic) + "\n")
    }
    console.show(error: failure.message, help: failure.help)
  }

  // Commands wait for things on other threads; the main thread waits for the command.
  private static func waitFor<Outcome: Sendable>(
    _ work: @escaping @Sendable () async -> Outcome
  ) -> Outcome {
    let slot = OutcomeSlot<Outcome>()
    Task.detached(executorPreference: BlockingPool.shared) { slot.fill(await work()) }
    return slot.wait()
  }
}

extension CommandLine {
  /// The first word of the command line that is not UTF-8, as `arguments` has it: with other characters in it.
  fileprivate static var alteredArgument: String? {
    for index in 0..<Int(argc) {
      guard let word = unsafeArgv[index], String(validatingCString: word) == nil else { continue }
      return String(cString: word)
    }
    return nil
  }
}
