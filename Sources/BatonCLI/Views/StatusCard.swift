import CommandLineKit
import Engine
import RunStore
import Runner
import Transcripts
import Values

/// The handover card of a run, for somebody who has never seen it: where it stands, what waits for
/// whom since when, what was done and how, open doubts, and the command to type next.
struct StatusCard {
  let snapshot: RunSnapshot
  let format: MomentFormat
  let style: TextStyle
  /// How this program is called so that it finds the same project.
  let program: String
  let now: Timestamp
  /// Who had the run take back what it did, and why; nil while it does not.
  var goingBack: GoingBack?
  /// Who had the run end, and why; nil while it goes on.
  var ending: RunEnding?

  var text: String {
    var lines = head
    lines += section(
      snapshot.status.isFinal ? "Where it ended" : "Where it stands",
      shownOpen + otherReasons + comingNext)
    lines += section("Notes", noteLines)
    lines += section("Done so far", doneLines)
    lines += section("Cannot be taken back", irreversible)
    lines += section("Outputs", snapshot.outputLines)
    var next = NextCommand.all(for: snapshot, program: program)
    if let first = NextCommand.makingUp(for: snapshot, now: now, program: program) {
      next = [first] + next.filter { $0.command != first.command }
    }
    lines += section(
      "Next", next.flatMap { ["  " + style.bold($0.command), "      \($0.meaning)"] })
    return lines.joined(separator: "\n") + "\n"
  }

  private var head: [String] {
    var lines = [
      style.bold(TextLayout.line(snapshot.name)) + "  " + snapshot.status.words(style),
      "  run \(snapshot.runID) of "
        + [snapshot.workflowID, snapshot.workflowVersion].filter { !$0.isEmpty }
        .joined(separator: " ")
        + " in the environment \(snapshot.environment)",
      "  " + TextLayout.line(snapshot.workflowName),
      TextLayout.line(
        "  started \(format.minutes(snapshot.startedAt)) by \(snapshot.startedBy.id),"
          + " last activity \(ago(snapshot.lastActivity))"),
    ]
    if snapshot.isRehearsal {
      lines.append(style.yellow("  a rehearsal: no operation was called, examples answered"))
    }
    if snapshot.isByHand { lines.append("  done by hand: people do what the machine would do") }
    if let end = snapshot.finishedAt, let span = end.since(snapshot.startedAt) {
      lines.append("  ended \(format.minutes(end)), after \(MomentFormat.text(span))")
    }
    if let left = leftRunning { lines.append(warned(left)) }
    if let ending, isEndToldHere {
      let sentence = ending.sentence(format)
      lines.append(snapshot.ending == nil ? "  " + TextLayout.line(sentence) : warned(sentence))
    }
    if let left = snapshot.leftBehind { lines.append(warned(left)) }
    if let goingBack { lines.append(warned(goingBack.sentence(format))) }
    return lines + place + snapshot.labels.lines(indent: 2)
  }

  /// Why nobody can go on with a run whose process is dead.
  private var leftRunning: String? {
    guard let processes = snapshot.leftRunning, !snapshot.status.isFinal else { return nil }
    let names = processes.map { "process \($0)" }.joined(separator: ", ")
    return "the process that executed it is dead, but what it started still runs: "
      + (names.isEmpty ? "processes that this account cannot see" : names)
  }

  /// Of a run that failed the step that did so says why.
  private var isEndToldHere: Bool { snapshot.status != .failed || open.isEmpty }

  /// Where the run belongs, where that needs to be said.
  private var place: [String] {
    var lines: [String] = []
    if let adoption = snapshot.placement.adoption, let from = adoption.from {
      lines.append(
        "  " + TextLayout.line("adopted from \(from.sentence): \(adoption.reason)"))
    }
    switch snapshot.standing {
    case .copied?:
      let home = snapshot.placement.home?.sentence ?? "another folder"
      lines.append(warned("a copy that nobody adopted: the run belongs in \(home)"))
    case .left(let adoption)?:
      lines.append(warned("goes on in \(adoption.home.sentence): \(adoption.reason)"))
    case .home?, .moved?, nil: break
    }
    if let ledger = snapshot.ledger { lines.append(warned(ledger.sentence)) }
    return lines
  }

  /// What those before left for whoever comes next; of many the latest.
  private var noteLines: [String] {
    let shown = 5
    let notes = snapshot.notes
    let earlier =
      notes.count > shown
      ? [style.dim("  … \(notes.count - shown) earlier: the transcript has them")] : []
    return earlier
      + notes.suffix(shown).flatMap { note in
        let text = "\(format.minutes(note.at)) \(note.actor.words): \(note.text)"
        return TextLayout.indented(text, by: 2, more: 4)
      }
  }

  private func warned(_ text: String) -> String { "  " + style.yellow(TextLayout.line(text)) }

  /// What stays even if the run is undone, while that can still happen.
  private var irreversible: [String] {
    guard !snapshot.status.isFinal || snapshot.status == .undone else { return [] }
    return Array(UndoList(preview: snapshot.undo).irreversible.dropFirst())
  }

  private func section(_ title: String, _ lines: [String]) -> [String] {
    lines.isEmpty ? [] : ["", style.bold(title)] + lines
  }

  private var open: [StepView] {
    snapshot.steps.filter { step in
      switch step.status {
      case .waiting, .blocked, .inDoubt, .running: true
      case .failed: !step.isPassedOver
      default: false
      }
    }
  }

  private var shownOpen: [String] {
    var few = FewOfEachLoop()
    // What holds the others together is shown with them.
    let shown = open.filter { $0.stage == .inside || few.admits($0.address) }
    guard few.leftOut > 0 else { return shown.flatMap(openLines) }
    return shown.flatMap(openLines) + [
      style.dim("  … and \(few.leftOut) more steps: `\(program) tasks` lists all")
    ]
  }

  /// What was not begun though the run stands there: its process ended, or somebody stopped it.
  private var comingNext: [String] {
    guard snapshot.holder == nil, !snapshot.status.isFinal else { return [] }
    if case .left? = snapshot.standing { return [] }
    var few = FewOfEachLoop()
    return snapshot.steps.filter {
      $0.status == .pending && $0.isCurrent && few.admits($0.address)
    }.map { step in
      let standing = step.heldWords ?? "comes next, not begun yet"
      return "  \(step.status.mark(style)) \(name(of: step)): \(standing)"
    }
  }

  /// Why the run stands still where no step that stands here says it: somebody stopped it.
  private var otherReasons: [String] {
    // Where it goes on stands in the head.
    if case .left? = snapshot.standing { return [] }
    let shown = Set(open.map(\.address))
    // A checkpoint that does not hold any more stays done.
    let seeWords = snapshot.seeWords
    // Those that the reasons do not list stand here by themselves.
    return snapshot.reasons.filter { $0.others == nil && !shown.contains($0.step) }.map { reason in
      let place = reason.step.isEmpty ? "" : "\(reason.step): "
      return "  \(StepStatus.blocked.mark(style)) "
        + TextLayout.line(place + format.sentence(reason.message))
        + (seeWords[reason.step].map { "\n      \($0)" } ?? "")
    }
  }

  private func openLines(_ step: StepView) -> [String] {
    var lines = ["  \(mark(of: step)) \(name(of: step)): \(standing(of: step))"]
    // What it asks for comes to nothing now, nor does any of its moments.
    if step.status == .waiting, step.heldWords != nil { return lines }
    // What a step waits for stands in its line already, and so does the moment at which it goes on.
    let reasons = snapshot.reasons.filter { reason in
      reason.step == step.address && reason.message != step.waiting?.sentence
        && step.goesOnAt == nil
    }.map { format.sentence($0.message) }
    var messages = reasons
    if let failure = step.failure, !reasons.contains(failure.message) {
      messages.append(failure.message)
    }
    if let next = step.followUp { messages.append(next) }
    // An ended run has no reasons any more.
    if let doubt = step.doubt, !reasons.contains(doubt) { messages.append(doubt) }
    // The moment or the event it waits for stands in its line already.
    if let waiting = step.waiting, waiting.until == nil, waiting.event == nil,
      !waiting.message.isEmpty,
      !reasons.contains(waiting.message)
    {
      messages.append(format.sentence(waiting.message))
    }
    for message in messages { lines += TextLayout.indented(message, by: 6) }
    if let lost = step.lost { lines += lost.lines(format) }
    if let see = step.seeWords { lines.append("      " + see) }
    lines += step.waiting.map(WaitingLines.init)?.lines(format, now: now) ?? []
    for problem in step.untold {
      lines.append("      not told: " + style.yellow(TextLayout.line(problem)))
    }
    let isStuck = [.failed, .blocked].contains(step.status)
    // What was done, or may have been, is not to be done once more.
    if isStuck, !step.isDoneButUnfit, !snapshot.status.isFinal, let manual = step.manual,
      step.isForHands
    {
      lines.append("      By hand:")
      lines += TextLayout.indented(manual, by: 8)
    }
    return lines
  }

  private func standing(of step: StepView) -> String {
    if step.status == .waiting, let held = step.heldWords { return held }
    var facts = [statusWords(of: step)]
    if step.isDoneButUnfit { facts.append(step.actedWords) }
    if let items = step.items { facts.append(TextLayout.line(items.words)) }
    if let waiting = step.waiting {
      switch (waiting.event, waiting.kind, waiting.until) {
      case (let event?, _, _): facts = ["waiting for the event \(event)"]
      case (_, "answer", _), (_, "approval", _):
        let who = waiting.roles.isEmpty ? "somebody" : waiting.roles.joined(separator: " or ")
        facts = ["waiting for \(who) to \(waiting.approval == nil ? "answer" : "approve")"]
      case (_, "hand", _): facts = ["waiting for \(step.role ?? "somebody") to do it by hand"]
      case (_, _, let until?): facts = ["waiting until \(format.minutes(until))"]
      default: break
      }
      facts.append("since \(format.minutes(waiting.since)) (\(ago(waiting.since)))")
      if let due = waiting.dueAt { facts.append(self.due(due)) }
      if !waiting.escalatedTo.isEmpty {
        facts.append("escalated to " + waiting.escalatedTo.joined(separator: " and "))
      }
      if let claim = step.claim { facts.append("\(claim.by.id) is on it") }
    } else if let role = step.role {
      facts.append("\(role) is responsible")
    }
    if let moment = step.goesOnAt { facts.append("goes on at \(format.minutes(moment))") }
    if step.attempts > 1 { facts.append("\(step.attempts) attempts") }
    return facts.joined(separator: ", ")
  }

  /// While no process executes the run, nothing of it is running.
  private func statusWords(of step: StepView) -> String {
    guard snapshot.holder == nil, let stage = step.stage else { return step.status.words }
    return switch stage {
    case .attempting: "broken off before the answer came"
    case .retrying: "to be tried again"
    case .acted: "it acted, what comes after that was not begun"
    case .inside: "begun"
    case .unavailable: step.status.words
    }
  }

  private func mark(of step: StepView) -> String {
    let isBrokenOff = snapshot.holder == nil && step.stage == .attempting
    return (isBrokenOff ? StepStatus.blocked : step.status).mark(style)
  }

  private func due(_ moment: Timestamp) -> String {
    let text = "due \(format.minutes(moment))"
    guard now > moment, let late = now.since(moment) else { return text }
    return style.red("\(text), overdue by \(MomentFormat.text(late))")
  }

  func name(of step: StepView) -> String {
    let title = TextLayout.line(step.title)
    return title == step.address ? title : "\(title) \(style.dim("[\(step.address)]"))"
  }

  private func ago(_ moment: Timestamp) -> String {
    guard let span = now.since(moment), span >= TimeSpan(seconds: 1) else { return "just now" }
    return "\(MomentFormat.text(TimeSpan(seconds: span.seconds))) ago"
  }
}
