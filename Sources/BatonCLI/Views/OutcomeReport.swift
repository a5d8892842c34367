import CommandLineKit
import Engine
import Runner
import Transcripts
import Values

/// What a command that carried a run further says in the end.
struct OutcomeReport {
  let call: CommandCall
  let run: RunSnapshot
  /// Whether somebody asked for the end of a run that was cancelled or taken back.
  var isAskedFor = false

  /// Writes it in the form the options ask for, and gives the exit code.
  func write() -> ExitCode {
    if call.isJSON {
      call.console.write(json: run.json)
    } else if call.isQuiet {
      call.console.output.line(run.runID)
    } else {
      writeText()
    }
    return code
  }

  private var code: ExitCode {
    if Interruption.isRequested, !run.status.isFinal { return .interrupted }
    return ExitCode(run.status, isAskedFor: isAskedFor)
  }

  private func writeText() {
    let console = call.console
    let style = console.output.style
    let name = run.name
    let called = name == run.runID || name.isEmpty ? "" : " (\(TextLayout.line(name)))"
    console.output.line("\(run.kindWord) \(run.runID)\(called): \(run.status.words(style))")
    if let message = run.message, !message.isEmpty {
      console.output.line("  " + TextLayout.line(message))
    }
    for line in run.outputLines { console.output.line(line) }
    guard !run.status.isFinal else {
      if let left = run.leftBehind { warn(left) }
      return writeDoubts()
    }
    writeWhatIsOpen()
  }

  /// What nobody knows of a run that has ended: it is for people to find out.
  private func writeDoubts() {
    guard run.hasDoubts() else { return }
    for step in run.steps where step.status == .inDoubt {
      warn("\(step.address): in doubt: \(step.doubt ?? "nobody knows whether it happened")")
    }
  }

  private func warn(_ text: String) {
    let errors = call.console.errors
    errors.line(errors.style.yellow("warning: ") + TextLayout.line(text))
  }

  private func writeWhatIsOpen() {
    let console = call.console
    var few = FewOfEachLoop()
    let others = run.reasons.compactMap(\.others).reduce(0, +)
    let seeWords = run.seeWords
    for reason in run.reasons where reason.others == nil && reason.message != run.message {
      guard few.admits(reason.step) else { continue }
      let message = MomentFormat.utc.sentence(reason.message)
      let text = reason.step.isEmpty ? message : "\(reason.step): \(message)"
      for line in TextLayout.indented(text, by: 2, more: 2) { console.output.line(line) }
      if let see = seeWords[reason.step] { console.output.line("    " + see) }
    }
    if few.leftOut + others > 0 {
      let status = "`\(call.programCall) status \(run.runID)`"
      console.output.line("  … and \(few.leftOut + others) more steps: see \(status)")
    }
    if code == .interrupted, run.holder == nil {
      let resume = "\(call.programCall) resume \(run.runID)"
      console.errors.line("parked as you asked; to go on: " + console.errors.style.bold(resume))
      return
    }
    let next = NextCommand.all(for: run, program: call.programCall)
    guard !next.isEmpty else { return }
    console.errors.line("to go on:")
    for command in next {
      console.errors.line("  \(console.errors.style.bold(command.command))  \(command.meaning)")
    }
  }
}
