import Engine
import Values
import Workflows

/// What a test has people do to a run that stands still.
extension TestScript {
  /// The next command, at its moment; nil before the run stands still for it.
  ///
  /// - Parameter isLast: whether the test has nothing else to come.
  func command(_ run: SimulatedMoment, isLast: Bool) -> Delivery? {
    guard let command = test.commands[safely: commandsDone] else { return nil }
    if let place = command.place, !run.stands(at: place) {
      parkedAt = nil
      return nil
    }
    if parkedAt == nil {
      guard standsStill(run, for: command, isLast: isLast) else { return nil }
      parkedAt = run.now
    }
    let actor = Actor(kind: .person, id: command.by ?? "somebody")
    var delivery = Delivery(
      at: max(moment(command.moment, since: parkedAt ?? run.now), run.now), command.content,
      by: actor, origin: -1)
    delivery.refused = command.refused
    return delivery
  }

  /// Whether the next command says at which step it is given.
  var isPlaced: Bool { test.commands[safely: commandsDone]?.place != nil }

  /// Whether a person could give the command now, and the test means it to be given here.
  private func standsStill(
    _ run: SimulatedMoment, for command: ScriptedCommand, isLast: Bool
  ) -> Bool {
    // While a process carries the run out, nobody takes it over.
    switch command.action {
    case .migrate, .resume: if run.isActing { return false }
    default: break
    }
    if command.place != nil { return !run.isActing }
    if run.engine.parkReasons().status == .needsAttention { return true }
    if isLast, run.wakesAt == nil { return true }
    guard isMeant(command, run, isLast: isLast) else { return false }
    guard case .command(let kind) = command.content else { return true }
    return run.engine.accepts(kind) != (command.refused != nil)
  }

  /// Whether a run that goes on by itself later is where the test means a command to be given.
  ///
  /// Somebody who is asked, and has no more answers in the test, acts instead of answering, before
  /// the deadlines of the question; a moment says itself when it is.
  private func isMeant(
    _ command: ScriptedCommand, _ run: SimulatedMoment, isLast: Bool
  ) -> Bool {
    if case .at = command.moment { return true }
    switch command.action {
    case .done(let step, _), .skip(let step):
      return run.engine.isWaiting(at: step)
        && (isSilent(at: step, run) || nextEntry(for: step, in: run.engine) == nil)
    case .cancel, .undo, .rewind, .migrate:
      return isLast && !run.isActing && run.engine.asksSomebody
    // A failure that waits for what is beside it can be tried again before something comes of it.
    case .retry: return command.refused == nil && !run.isActing
    case .resume, .resolve, .byHand: return false
    }
  }
}

extension RunEngine {
  /// Whether a command would change something, and not be refused.
  fileprivate func accepts(_ kind: CommandKind) -> Bool {
    let somebody = Actor(kind: .person, id: "somebody")
    guard case .success = handle(Command(id: "would-be", kind: kind, actor: somebody)) else {
      return false
    }
    return true
  }

  fileprivate func isWaiting(at address: String) -> Bool {
    guard case .waiting? = state.steps[address]?.phase else { return false }
    return true
  }

  /// Whether a question, an approval or a step to do by hand waits for people.
  fileprivate var asksSomebody: Bool {
    state.steps.contains { address, record in
      guard case .waiting = record.phase else { return false }
      if case .wait? = step(at: address)?.kind { return false }
      return true
    }
  }
}

extension SimulatedMoment {
  /// Whether the run stands at a step, which waits for somebody or for time, or is stuck.
  fileprivate func stands(at place: StepPattern) -> Bool {
    engine.currentAddresses.contains { address in
      guard place.precision(for: address) > 0, let phase = engine.state.steps[address]?.phase else {
        return false
      }
      return [.waiting, .blocked, .failed, .inDoubt].contains(phase.status)
    }
  }
}

extension ScriptedCommand {
  fileprivate var content: Delivery.Content {
    guard case .migrate(let move) = action else { return .command(kind) }
    let choices = MigrationChoices(decisions: move.decisions, inputs: move.inputs)
    return .move(move.workflow, choices, reason: reason)
  }

  private var kind: CommandKind {
    switch action {
    case .resume, .migrate: .resume
    case .retry(let step, let with, let again):
      .retry(step: step, with: with, again: again, reason: reason)
    case .done(let step, let values):
      .done(step: step, values: values, reason: reason, evidence: [])
    case .skip(let step): .skip(step: step, reason: reason)
    case .resolve(let step, let happened, let values):
      .resolve(step: step, happened: happened, values: values, reason: reason)
    case .cancel: .cancel(reason: reason)
    case .undo: .undo(reason: reason)
    case .rewind(let place, let again): .rewind(to: place, again: again, reason: reason)
    case .byHand(let step): .byHand(step: step, reason: reason)
    }
  }
}
