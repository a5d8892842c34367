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
  /// Steps that are done again though what they did, or were told, stays.
  package let again: [String]
  /// Steps that are done again with values that a person gave for them.
  package let corrected: [(step: String, with: StoredValues)]
  /// Approvals that are asked for again, and loops in which everything is asked again.
  package let voided: [String]
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
    var (kept, ifFailing): ([String], [String]) = ([], [])
    var (repeated, voided): ([String], [String]) = ([], [])
    var corrected: [(step: String, with: StoredValues)] = []
    let ways = back.waysBack(to: address, again: Set(again))
    for way in ways {
      let step = way.later.address
      guard let before = state.steps[step] else { continue }
      switch way.outcome {
      case .kept, .left, .untouched:
        guard way.stands else { continue }
        // What they put right is done again: it is not kept as a whole.
        if way.later.isForFailure, way.outcome != .untouched {
          ifFailing.append(step)
        } else {
          kept.append(step)
        }
      case .torn: break
      case .anew:
        // Recovery steps are done again only where something fails again.
        if way.later.isForFailure { continue }
        if way.isAgain, way.stands || before.isGivenFromOutside(way.later.step) {
          repeated.append(step)
        }
        if before.hasWork, !before.corrected.isEmpty { corrected.append((step, before.corrected)) }
        // Of a loop nothing is known any more of what was said in items that are over.
        let isLoopOfQuestions = way.later.step.isLoop && way.later.step.holdsQuestion
        if case .approve = way.later.step.kind, before.isOver { voided.append(step) }
        if isLoopOfQuestions, before.startedAt != nil { voided.append(step) }
      }
    }
    ifFailing += back.recoveryOutside(of: ways)
    let undo = UndoPreview(
      entries: entries, byHand: addressesByHand(of: entries), irreversible: [])
    return RewindPreview(
      undo: undo, kept: kept, ifFailing: ifFailing, again: repeated, corrected: corrected,
      voided: voided)
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
  /// Whether people or events gave what the step came to.
  fileprivate func isGivenFromOutside(_ step: Step) -> Bool {
    guard case .succeeded = phase else { return false }
    switch step.kind {
    case .ask, .wait: return true
    default: return false
    }
  }
}
