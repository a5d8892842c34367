import Workflows

/// What going back to a checkpoint would do, for people to read first.
package struct RewindPreview: Sendable {
  /// What is taken back, newest first.
  package let entries: [UndoEntry]
  /// Steps that keep their outcome and are not done again, in the order of the procedure.
  package let kept: [String]
  /// Steps that are done again though what they did stays.
  package let again: [String]
  /// Approvals that are asked for again.
  package let voided: [String]
}

extension RunEngine {
  /// - Parameter address: The step that has the checkpoint.
  func preview(ofGoingBackTo address: String, _ again: [String]) -> RewindPreview {
    let entries = takenBack(byGoingBackTo: address).map { state.undo.entries[$0] }
    let takenBack = Set(entries.map(\.step))
    let later = laterSteps(than: address).filter { $0.surroundings.loops.isEmpty }
    let acted = later.filter { place in
      guard case .succeeded? = state.steps[place.address]?.phase else { return false }
      switch place.step.kind {
      case .action: return place.step.effects != Effects.none && !takenBack.contains(place.address)
      case .forEach, .repeat:
        return hasIrreversible(inside: place.address)
      default: return false
      }
    }.map(\.address)
    let voided = later.filter { place in
      guard case .approve = place.step.kind else { return false }
      return state.steps[place.address]?.isOver == true
    }
    return RewindPreview(
      entries: entries.reversed(), kept: acted.filter { !again.contains($0) },
      again: acted.filter(again.contains), voided: voided.map(\.address))
  }
}
