import Values
import Workflows

/// Steps that a person does in place of the machine.
extension RunEngine {
  /// Whether nothing is to be called for a step because a person does it.
  func isByHand(_ place: Place) -> Bool {
    if let position = state.undo.position(of: place.address) {
      switch state.undo.entries[position].plan {
      case .manual, .unknown: return true
      case .call: break
      }
    }
    guard case .action = place.step.kind else { return false }
    return state.header.isByHand
      || (state.hasRecovery && state.recovery.byHand.contains(place.address))
  }

  /// Shows a person what to do, and waits until they have done it.
  func askByHand(_ place: Place) -> Decision {
    place.record(
      .stepWaiting(
        Waiting(cause: .byHand(message: instructions(place)), role: place.step.role)))
  }

  /// What a person is told to do.
  func instructions(_ place: Place) -> String {
    manual(of: place.step, at: place.address) ?? fallback(place)
  }

  private func fallback(_ place: Place) -> String {
    guard case .action(let call) = place.step.kind else { return place.step.title }
    return "\(place.step.title): do by hand what `\(call.operation)` does"
  }

  mutating func takeByHand(_ address: String) {
    state.recovery.byHand.insert(address)
    switch state.steps[address]?.phase {
    case .failed(acted: false), .blocked, .unavailable, .retrying:
      state.steps[address]?.phase = .entered
      state.steps[address]?.looks = [:]
    default: break
    }
  }
}
