import CommandLineKit
import Engine
import Runner
import Transcripts
import Values

/// What was done so far. A section, a loop or a called workflow that is over is one line: whoever
/// takes over needs to know where the run stands, and the transcript has the rest. What a person
/// did in place of the machine, or passed over, is never folded away.
extension StatusCard {
  var doneLines: [String] {
    var lines: [(text: String, folded: Int)] = []
    // The depth of the container that is over and being folded, and where its line is.
    var fold: (depth: Int, line: Int, isOfRounds: Bool)?
    var few = FewOfEachLoop()
    var failures = [(depth: Int, message: String)]()
    for step in snapshot.steps {
      failures.removeAll { $0.depth >= step.depth }
      if let over = fold, step.depth <= over.depth { fold = nil }
      guard step.isDone else { continue }
      if let over = fold, step.isOrdinary {
        // Of rounds only the last is known: the number of its steps says nothing.
        lines[over.line].folded += step.status == .succeeded && !over.isOfRounds ? 1 : 0
        continue
      }
      if step.isOrdinary, !few.admits(step.address) { continue }
      let message = step.isPassedOver ? step.failure?.message : nil
      lines.append((doneLine(step, isTold: failures.contains { $0.message == message }), 0))
      if let message { failures.append((step.depth, message)) }
      if fold == nil, step.isContainer {
        fold = (step.depth, lines.count - 1, step.rounds.map { $0 > 1 } ?? false)
      }
    }
    if few.leftOut > 0 {
      lines.append((style.dim("  … and \(few.leftOut) more steps in items of the same loops"), 0))
    }
    return lines.map { line in
      line.folded == 0
        ? line.text : line.text + style.dim(" (\(line.folded) step\(line.folded == 1 ? "" : "s"))")
    }
  }

  /// - Parameter isTold: whether a step that it stands in says already why it failed.
  private func doneLine(_ step: StepView, isTold: Bool) -> String {
    var facts: [String] = []
    if step.status != .succeeded { facts.append(step.status.words) }
    // A section is nobody's: those inside it may be the machine's or a person's.
    if let how = step.manner, !step.isPassedOver, how != .machine || !step.isContainer {
      let people = how == .machine ? [] : step.doers.map(\.words)
      let by = people.isEmpty ? "" : " by \(people.joined(separator: ", "))"
      facts.append(words(how, of: step) + by + (reason(of: step).map { ": \($0)" } ?? ""))
    }
    if step.effectStays { facts.append("what it did stays") }
    if step.isPassedOver {
      let message = isTold ? nil : step.failure.map { ": " + TextLayout.line($0.message) }
      facts.append("the run went on" + (message ?? ""))
    }
    if let rounds = step.rounds, rounds > 1 { facts.append("\(rounds) rounds") }
    if let items = step.items { facts.append(TextLayout.line(items.words)) }
    if let start = step.startedAt, let span = step.finishedAt?.since(start) {
      facts.append(MomentFormat.text(span))
    }
    if let target = step.target, let met = step.targetMet {
      let text = "target \(MomentFormat.text(target)) \(met ? "met" : "missed")"
      facts.append(met ? text : style.yellow(text))
    }
    return "  \(step.status.mark(style)) \(name(of: step)): \(facts.joined(separator: ", "))"
  }

  /// Of an operation a person says what came of it where nobody knew: it was the machine that acted.
  private func words(_ how: Manner, of step: StepView) -> String {
    how == .person && step.kind == "action" ? "doubt settled" : how.words
  }

  private func reason(of step: StepView) -> String? {
    guard let reason = step.reason else { return nil }
    return TextLayout.line(step.status == .skipped ? SkipReason.words(for: reason) : reason)
  }
}

extension StepView {
  fileprivate var isDone: Bool {
    switch status {
    case .succeeded, .skipped, .undone, .cancelled: true
    case .failed: isPassedOver
    default: false
    }
  }

  /// Whether nothing is to be said of the step that its section does not say.
  fileprivate var isOrdinary: Bool {
    // A person answers as planned; of what the machine does a person settles a doubt.
    let isByPlan = manner == nil || manner == .machine || (manner == .person && kind != "action")
    let isSeenTo =
      items.map { !$0.byHand.isEmpty || !$0.overridden.isEmpty || $0.takenBack > 0 } ?? false
    return isByPlan && !isSeenTo && (status == .succeeded || status == .skipped)
      && targetMet != false
  }

  /// Whether the step only holds others together.
  fileprivate var isContainer: Bool {
    ["steps", "parallel", "for_each", "choose", "repeat", "workflow"].contains(kind)
  }
}
