import Values
import Workflows

/// What going back to a checkpoint would do, for people to read first.
package struct RewindPreview: Sendable {
  /// What is taken back.
  package let undo: UndoPreview
  /// Steps that keep their outcome and are not done again, in the order of the procedure.
  package let kept: [String]
  /// Recovery steps whose effects stay, and which are done again where what they put right fails again.
  package let ifFailing: [String]
  /// Of those that are kept, the ones that were done with what is done anew.
  package let outdated: [String]
  /// Steps that are done again since somebody wants it, whatever they did, or were told.
  package let again: [String]
  /// Steps that are tried again though the run had gone on without them: they had failed.
  package let retried: [String]
  /// What only looked, asked or waited, and is done anew since it was about what is done anew.
  package let renewed: [String]
  /// Steps that are done again with values that a person gave for them.
  package let corrected: [(step: String, with: StoredValues)]
  /// Approvals that are asked for again, and loops in which everything is asked again.
  package let voided: [String]
  /// Questions that are asked anew with what was given so far, and those that are so without it.
  package let answersKept: [String]
  package let answersLost: [String]
}

extension RunEngine {
  /// The run as it would be once everything behind a checkpoint was taken back that can be.
  func takenBack(to address: String, _ again: [String]) -> RunEngine {
    var engine = self
    func apply(_ kind: EventKind, _ step: String? = nil) {
      engine.apply(Event(kind, step: step, at: state.lastAt))
    }
    apply(.recovery(.rewinding(to: address, again: again, message: nil, keepsManual: true)))
    for position in engine.state.recovery.takingBack.reversed() {
      let done = EventKind.stepSucceeded(
        outputs: nil, manner: .machine, reason: nil, evidence: [])
      apply(done, engine.state.undo.entries[position].address)
    }
    return engine
  }

  /// - Parameters:
  ///   - address: The step that has the checkpoint.
  ///   - back: The run with everything taken back.
  func preview(
    ofGoingBackTo address: String, _ again: [String], _ back: RunEngine
  ) -> RewindPreview {
    let entries = back.state.recovery.takingBack.reversed().map { state.undo.entries[$0] }
    var (kept, outdated, ifFailing): ([String], [String], [String]) = ([], [], [])
    var (repeated, renewed, voided): ([String], [String], [String]) = ([], [], [])
    var retried: [String] = []
    var corrected: [(step: String, with: StoredValues)] = []
    let ways = back.waysBack(to: address, again: Set(again))
    for way in ways {
      let step = way.later.address
      guard let before = state.steps[step] else { continue }
      switch way.outcome {
      case .kept, .left, .untouched:
        guard way.stands || way.outcome == .kept else { continue }
        // What they put right is done again: it is not kept as a whole.
        if way.later.isForFailure, way.outcome != .untouched {
          if way.stands { ifFailing.append(step) }
        } else {
          kept.append(step)
          if way.readsRenewed, way.stands { outdated.append(step) }
        }
      case .torn: break
      case .anew:
        // Recovery steps are done again only where something fails again.
        if way.later.isForFailure { continue }
        let isDone = way.stands || before.isKnown(way.later.step)
        if way.isAgain, isDone { repeated.append(step) }
        if !way.isAgain, before.isPassedOver, !way.later.step.isPart { retried.append(step) }
        if way.isRenewed { renewed.append(step) }
        if before.hasWork, !before.corrected.isEmpty { corrected.append((step, before.corrected)) }
        corrected += back.corrections(in: way)
        // Of a loop nothing is known any more of what was said in items that are over.
        let isLoopOfQuestions = way.later.step.isLoop && way.later.step.holdsQuestion
        let isGiven = (before.isOver && before.isDone) || before.isBeingDecided
        if case .approve = way.later.step.kind, isGiven {
          voided.append(step)
        }
        if isLoopOfQuestions, before.startedAt != nil { voided.append(step) }
      }
    }
    let halfAnswered = ways.filter { way in
      way.outcome == .anew && !way.later.isForFailure
        && state.steps[way.later.address]?.isHalfAnswered(way.later.step) == true
    }
    ifFailing += back.recoveryOutside(of: ways)
    let undo = UndoPreview(
      entries: entries, byHand: addressesByHand(of: entries), irreversible: [])
    return RewindPreview(
      undo: undo, kept: kept, ifFailing: ifFailing, outdated: outdated, again: repeated,
      retried: retried, renewed: renewed, corrected: corrected, voided: voided,
      answersKept: halfAnswered.filter(\.keepsAnswers).map(\.later.address),
      answersLost: halfAnswered.filter { !$0.keepsAnswers }.map(\.later.address))
  }

  /// The recovery steps of loops that are done again, and of the defaults of what is, whose effects stay.
  private func recoveryOutside(of ways: [WayBack]) -> [String] {
    var found: [String] = []
    for way in ways where way.outcome == .anew {
      let (step, inner) = (way.later.step, way.later.surroundings)
      var lists = inner.workflow.defaultRecovery
      if step.isLoop { lists += step.recoveryBranches(in: inner.workflow).map(\.steps) }
      for address in lists.flatMap({ $0.steps.map { inner.prefix + $0.id } })
      where effectStays(at: address) && !found.contains(address) { found.append(address) }
    }
    return found
  }
}

extension StepRecord {
  /// Whether the step is over, and was not left out.
  fileprivate var isDone: Bool { if case .skipped = phase { false } else { true } }

  /// Whether some have decided about it, of those who must.
  fileprivate var isBeingDecided: Bool { hasPeople && !people.decisions.isEmpty }

  /// Whether the step came to something that is known: found, answered or awaited.
  fileprivate func isKnown(_ step: Step) -> Bool {
    guard case .succeeded = phase else { return false }
    switch step.kind {
    case .ask, .wait, .action, .forEach, .repeat: return true
    default: return false
    }
  }
}
