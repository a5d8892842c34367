import CommandLineKit
import Engine
import Runner
import Synchronization
import Transcripts
import Values

/// Shows the steps of a run as they go: a line for each that has ended, and on a terminal what is
/// going on now.
final class ProgressPrinter: Sendable {
  private let lines: LiveLines
  private let style: TextStyle
  private let started = Mutex<[String: Timestamp]>([:])
  /// The addresses at which something goes on now.
  private let underWay = Mutex<Set<String>>([])

  init(console: Console) {
    lines = LiveLines(console.errors)
    style = console.errors.style
  }

  func show(_ progress: RunProgress) {
    switch progress {
    case .runStarted(let run, let name, let isRehearsal):
      let called = name == run ? "" : " " + TextLayout.line(name)
      let manner = isRehearsal ? style.yellow(" (rehearsal: nothing is really done)") : ""
      lines.add(style.dim("run \(run)") + called + manner)
    case .adopted(let adoption): adopted(adoption)
    case .stepStarted(let address, let title, let role, let at):
      started.withLock { $0[address] = at }
      _ = underWay.withLock { $0.insert(address) }
      let who = role.map { style.dim(" (\($0))") } ?? ""
      lines.show("\(style.cyan("▸")) \(TextLayout.line(title))\(who)")
    case .stepEnded(let address, let title, let status, let manner, let message, let see, let at):
      ended(address, title, status, manner, at)
      if let message, status != .succeeded {
        for line in TextLayout.indented(message, by: 4) { lines.add(line) }
      }
      if let see { lines.add("    see: " + TextLayout.line(see)) }
    case .attemptFailed(let address, let message, let retryAt, _):
      rests(address)
      let next = retryAt == nil ? "" : "; it will be tried again"
      lines.add("  \(style.yellow("!")) \(address): \(TextLayout.line(message))\(next)")
    case .waiting(let address, let title, _, _):
      rests(address)
      lines.show(nil)
      lines.add("\(StepStatus.waiting.mark(style)) \(TextLayout.line(title))")
    case .deadlineReached(let address, let title, let timer, _):
      let words = DeadlineTimer.words(for: timer)
      lines.add("  \(style.yellow("!")) \(TextLayout.line(title)) [\(address)]: \(words)")
    case .noticeFailed(let address, let timer, let message):
      let text = TextLayout.line(message)
      let words = DeadlineTimer.words(for: timer)
      lines.add("  \(style.yellow("!")) \(address): \(words) could not be told: \(text)")
    case .parked, .finished, .leftOutOfLedger: lines.show(nil)
    case .log(let address, let text):
      lines.add("    " + style.dim("\(address): \(TextLayout.harmless(text))"))
    }
  }

  private func adopted(_ adoption: Adoption) {
    guard let from = adoption.from else { return }
    let left = TextLayout.line(from.sentence)
    lines.add("adopted from \(left)")
    guard let untold = adoption.untold else { return }
    let why = TextLayout.line(untold)
    lines.add(
      "  \(style.yellow("!")) that folder was not told (\(why)): see to it that nobody goes on there"
    )
  }

  /// Says that the run parks as somebody asked, once what is going on now has ended.
  func showParking() {
    guard underWay.withLock({ !$0.isEmpty }) else { return }
    lines.add(
      "  \(style.yellow("!")) parks once what is under way has ended; Ctrl-C again aborts it")
  }

  private func rests(_ address: String) { _ = underWay.withLock { $0.remove(address) } }

  /// Clears what is going on now.
  func finish() { lines.show(nil) }

  private func ended(
    _ address: String, _ name: String, _ status: StepStatus, _ how: Manner?, _ at: Timestamp
  ) {
    rests(address)
    let start = started.withLock { $0.removeValue(forKey: address) }
    let took = start.flatMap { at.since($0) }.map { "  " + style.dim(MomentFormat.text($0)) }
    let title = TextLayout.line(name.isEmpty ? address : name)
    let isPlain = status == .succeeded && (how == .machine || how == nil)
    var line = status.mark(style) + " " + title
    if !isPlain { line += "  " + (status == .succeeded ? how?.words ?? "" : status.words) }
    if let took { line += took }
    lines.show(nil)
    lines.add(line)
  }
}
