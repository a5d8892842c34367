import CommandLineKit
import Engine
import Fields
import RunStore
import Runner
import Values

/// The commands that take a run further, ready to be typed.
struct NextCommand: Sendable, Hashable {
  let command: String
  var meaning: String

  /// What there is to do for a run, the most likely first.
  static func all(for snapshot: RunSnapshot, program: String) -> [NextCommand] {
    if snapshot.isElsewhere {
      let command = "\(program) resume \(snapshot.runID) --adopt --reason 'WHY'"
      return [.init(command: command, meaning: "goes on here, where nobody does there")]
    }
    if case .behind(_, let known, let isPutBack)? = snapshot.ledger {
      return catchingUp(snapshot, known, isPutBack: isPutBack, program)
    }
    if let left = snapshot.leftRunning, !snapshot.status.isFinal {
      let command = "\(program) resume \(snapshot.runID)"
      let resume = NextCommand(
        command: command, meaning: "recovers the run, once that has ended by itself")
      // What another account started can only be seen, and ended, by that one.
      if left.isEmpty { return [resume] }
      return [
        .init(
          command: command + " --kill-children",
          meaning: "ends what still runs of it, and recovers the run"), resume,
      ]
    }
    if snapshot.status == .interrupted {
      return [.init(command: "\(program) resume \(snapshot.runID)", meaning: "recovers the run")]
    }
    guard !snapshot.status.isFinal else {
      let command = "\(program) transcript \(snapshot.runID)"
      return [.init(command: command, meaning: "shows who did what, and when")]
    }
    let maker = Maker(
      run: snapshot.runID, program: program, workflowFile: snapshot.workflowFile)
    let steps = snapshot.steps
    // What goes on by itself can be decided about, but need not be.
    let pressing = steps.filter { $0.followUp == nil } + steps.filter { $0.followUp != nil }
    var few = FewOfEachLoop()
    var commands: [NextCommand] = []
    for step in pressing {
      let own = maker.commands(for: step)
      guard own.isEmpty || few.admits(step.address) else { continue }
      // What takes the run further at several steps is typed once.
      for next in own {
        guard let same = commands.firstIndex(where: { $0.command == next.command }) else {
          commands.append(next)
          continue
        }
        if !commands[same].meaning.contains(next.meaning) {
          commands[same].meaning += "; \(next.meaning)"
        }
      }
    }
    let isStopped = snapshot.reasons.contains(.stopped)
    if isStopped || snapshot.isStoppedFromOutside, !commands.isEmpty {
      let resume = maker.make(
        "resume", nil, isStopped ? "goes on" : "goes on, once that has been seen to")
      return [resume] + commands.filter { $0.command != resume.command }
    }
    if !commands.isEmpty || snapshot.holder != nil { return commands }
    if let missing = snapshot.missingOutputs { return maker.commands(for: missing) }
    let isForTime = steps.contains { $0.goesOnAt != nil }
    return [
      .init(
        command: "\(program) resume \(snapshot.runID)",
        meaning: isForTime ? "goes on, once the time has come" : "goes on")
    ]
  }

  /// What has a deadline come that is past and that nobody has noticed: what is asked may be over. nil where there
  /// is none, and where the process that has the run, or whoever goes on with it, sees to that.
  static func makingUp(
    for snapshot: RunSnapshot, now: Timestamp, program: String
  ) -> NextCommand? {
    guard snapshot.holder == nil, !snapshot.isElsewhere, !snapshot.reasons.contains(.stopped),
      snapshot.status == .waiting || snapshot.status == .needsAttention,
      snapshot.steps.contains(where: { step in
        step.waiting?.timers.contains { $0.dueAt <= now } ?? false
      })
    else { return nil }
    return NextCommand(
      command: "\(program) resume \(snapshot.runID)",
      meaning: "has happen what was due since: what is asked may be over")
  }

  /// What there is to do for a run of which records are missing: what takes it further is refused.
  private static func catchingUp(
    _ snapshot: RunSnapshot, _ known: Int, isPutBack: Bool, _ program: String
  ) -> [NextCommand] {
    let verify = NextCommand(
      command: "\(program) verify \(snapshot.runID)",
      meaning: "says what is missing: put a copy of its folder back that has all \(known) records")
    guard isPutBack, !snapshot.status.isFinal else { return [verify] }
    return [
      verify,
      .init(
        command: "\(program) resume \(snapshot.runID) --adopt --reason 'WHY'",
        meaning: "goes on without them, where there is no later copy: what they did is done again"),
    ]
  }

  private struct Maker {
    let run: String
    let program: String
    let workflowFile: String

    func commands(for step: StepView) -> [NextCommand] {
      if step.isCheckpointUnmet { return atUnmetCheckpoint(step) }
      if step.doubt != nil, !step.isCurrent { return saying(step) }
      return switch step.status {
      // Nothing would come of it now.
      case .waiting where !step.heldFor.isEmpty: []
      case .waiting: waiting(step)
      case .blocked: blocked(step)
      // Where the run does not stand any more there is nothing to decide, nor where its recovery steps
      // have to be settled first.
      case .failed where step.isPassedOver || !step.isCurrent || step.isHeldUp: []
      case .failed where step.kind == "approve":
        [make("retry", step, "asks for the approval again")]
      case .failed: failed(step)
      case .inDoubt: settling(step)
      default: []
      }
    }

    /// What there is to do about what may have happened: the same again where that is safe, and asking again.
    private func settling(_ step: StepView) -> [NextCommand] {
      let again = make("retry", step, "tries the same again, which cannot do it twice")
      let asking = make("resume", nil, "asks again what came of it")
      return (step.isCurrent && step.canBeRepeated() ? [again] : [])
        + (step.canBeAskedAgain ? [asking] : []) + saying(step)
    }

    private func saying(_ step: StepView) -> [NextCommand] {
      guard step.canBeSettled() else { return [] }
      return [
        make(
          "resolve", step, options: "--happened \(settings(step))--reason 'WHY'",
          "says that it took effect"),
        make("resolve", step, options: "--did-not-happen --reason 'WHY'", "says that it did not"),
      ]
    }

    /// What there is to do for a run that is over but for its outputs.
    func commands(for missing: RunEngine.MissingOutputs) -> [NextCommand] {
      let end = make("cancel", nil, options: "--reason 'WHY'", "ends it without them")
      guard missing.isLocked else {
        let move = make(
          "migrate", nil, options: "--to FILE",
          "moves it to a version of the workflow in which they can be computed")
        return [move, end]
      }
      let first = SealObstacle.offersEntering(missing.message) ? [enterAgain] : []
      return first + [make("resume", nil, "goes on, once that has been seen to"), end]
    }

    /// What a step lacks that can be given from memory.
    private func entering(_ step: StepView) -> [NextCommand] {
      step.blocker?.canEnterValue == true ? [enterAgain] : []
    }

    private var enterAgain: NextCommand {
      make("resume", nil, options: "--enter -", "takes the sealed value again, typed in")
    }

    private func blocked(_ step: StepView) -> [NextCommand] {
      var commands = entering(step)
      if step.stage == .unavailable {
        commands.append(make("resume", nil, "tries it again, once it has been seen to"))
      } else if step.canHoldLater() {
        commands.append(
          make("resume", nil, "tests the condition again, once it has been seen to"))
      }
      if step.doubt != nil { commands += saying(step) }
      if step.canBeDoneByHand() {
        commands.append(
          make(
            "done", step, options: "\(outputs(step))--reason 'WHY'",
            "says that it was done by hand"))
      }
      guard commands.isEmpty else { return commands }
      return [
        make(
          "migrate", nil, options: "--to FILE",
          "moves the run to a version of the workflow in which it can go on"),
        make("cancel", nil, options: "--reason 'WHY'", "ends the run"),
      ]
    }

    private func atUnmetCheckpoint(_ step: StepView) -> [NextCommand] {
      [
        make("resume", nil, "tests the checkpoint again, once it has been seen to"),
        make(
          "skip", step, options: "--reason 'WHY'",
          step.isCheckpointUntested
            ? "goes on though nobody could look whether it holds"
            : "goes on though it does not hold any more"),
      ]
    }

    private func failed(_ step: StepView) -> [NextCommand] {
      var commands = takingOver(step.failure?.endedCalendar)
      commands += step.retries.map { make("retry", step, options: $0.options, $0.meaning) }
      if step.canBeDoneByHand() {
        commands.append(
          make(
            "done", step, options: "\(outputs(step))--reason 'WHY'",
            step.isDoneButUnfit
              ? "says that it was put right by hand" : "says that it was done by hand"))
      }
      if step.canBeSkipped() {
        commands.append(make("skip", step, options: "--reason 'WHY'", "passes over it"))
      }
      return commands
    }

    /// The run goes by the calendar that it was started with: trying again does not help before it has
    /// another one.
    private func takingOver(_ calendar: String?) -> [NextCommand] {
      guard let calendar else { return [] }
      return [
        make(
          "migrate", nil, options: "--to \(CommandWord.quoted(workflowFile))",
          "takes the calendar over, once the holidays of the next years are in"
            + " calendars/\(calendar).yaml; retry comes after that")
      ]
    }

    private func waiting(_ step: StepView) -> [NextCommand] {
      guard let waiting = step.waiting else { return [] }
      if let locked = waiting.locked() { return unlocking(step, waiting, locked) }
      if !waiting.events.isEmpty {
        return waiting.awaits().map { event in
          .init(
            command: "\(program) event \(run) \(event.name)\(data(of: event))",
            meaning: "delivers the event, once it has happened")
        }
      }
      if waiting.approval != nil {
        return [
          make("approve", step, "approves it"),
          make("reject", step, options: "--comment 'WHY'", "rejects it"),
        ]
      }
      if waiting.kind == "hand" {
        return [
          make("done", step, options: "\(outputs(step))--reason 'WHY'", "says that it was done")
        ]
      }
      if waiting.isForAnswer { return [make("answer", step, "asks the questions one by one")] }
      return [make("resume", nil, "goes on, once the time has come")]
    }

    /// What there is to do for what came and cannot be opened.
    private func unlocking(
      _ step: StepView, _ waiting: WaitingView, _ locked: String
    ) -> [NextCommand] {
      let first = SealObstacle.offersEntering(locked) ? [enterAgain] : []
      if waiting.isForAnswer {
        return first + [make("answer", step, "gives what is lacking")]
      }
      return first + [
        make("resume", nil, "goes on, once that has been seen to"),
        make(
          "done", step, options: "\(outputs(step))--reason 'WHY'", "says by hand that it has come"),
      ]
    }

    /// The event's data: what it must be to be the one that is waited for, the rest to be filled in.
    private func data(of event: AwaitedEvent) -> String {
      let fields = (event.fields?.fields ?? []).filter { field in
        field.isRequired || event.demands[field.name] != nil || event.read.contains(field.name)
      }
      return fields.map { field in
        guard !field.isSensitive, let known = event.demands[field.name]?.word else {
          return " \(field.name)=…"
        }
        return " " + CommandWord.quoted("\(field.name)=\(known)")
      }.joined()
    }

    /// What the step promises to later ones, to be filled in.
    private func outputs(_ step: StepView) -> String {
      promised(step).map { "\($0)=… " }.joined()
    }

    /// The same as `resolve` takes it.
    private func settings(_ step: StepView) -> String {
      promised(step).map { "--set \($0)=… " }.joined()
    }

    private func promised(_ step: StepView) -> [String] {
      step.outputs()?.neededNames ?? []
    }

    fileprivate func make(
      _ verb: String, _ step: StepView?, options: String = "", _ meaning: String
    ) -> NextCommand {
      let words = [program, verb, run, step.map { CommandWord.quoted($0.address) } ?? "", options]
      return NextCommand(
        command: words.filter { !$0.isEmpty }.joined(separator: " "), meaning: meaning)
    }
  }
}

extension Value {
  /// As a command takes it; nil for what cannot be read on one line.
  fileprivate var word: String? {
    switch self {
    case .string(let text): TextLayout.harmless(text) == text ? text : nil
    case .bool, .int, .double: shown
    default: nil
    }
  }
}

extension RunSnapshot {
  /// Whether the run needs attention though no step of it does: the disk was full, say. What its steps
  /// wait for does not make it go on.
  fileprivate var isStoppedFromOutside: Bool {
    guard status == .needsAttention, missingOutputs == nil else { return false }
    return !steps.contains { step in
      if step.isCheckpointUnmet { return true }
      return switch step.status {
      case .blocked, .inDoubt: true
      case .failed: !step.isPassedOver && step.isCurrent
      default: false
      }
    }
  }

  /// Whether the run belongs somewhere else, and could still go on.
  fileprivate var isElsewhere: Bool {
    switch standing {
    case .copied?, .left?: !status.isFinal
    case .home?, .moved?, nil: false
    }
  }
}
