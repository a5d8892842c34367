import Fields
import Values
import Workflows

/// What the run waits for, as the definition and the inputs put it after a migration.
extension RunEngine {
  /// The questions, and the steps that somebody does by hand, that are put otherwise now, to somebody
  /// else or in other words; what was answered and the deadlines stay.
  ///
  /// - Parameter again: those that are asked from the beginning.
  func waitsPutAnew(but again: [String], now: Timestamp) -> [PendingEvent] {
    state.steps.keys.sorted().compactMap { address in
      guard !again.contains(address), let waiting = waitingAnew(at: address, now: now),
        case .waiting(let old, _)? = state.steps[address]?.phase,
        waiting.cause != old.cause || waiting.role != old.role
      else { return nil }
      return PendingEvent(.stepWaiting(waiting), step: address)
    }
  }

  /// What a step waits for as it is put now; nil where it does not wait, or somebody is asked to
  /// approve.
  func waitingAnew(at address: String, now: Timestamp) -> Waiting? {
    guard case .waiting(let old, let since)? = state.steps[address]?.phase,
      let place = Place(engine: self, at: address, now: now)
    else { return nil }
    if case .approval = old.cause { return nil }
    return old.anew(causeAnew(old.cause, place), since: since, role: place.step.role)
  }

  private func causeAnew(_ old: Waiting.Cause, _ place: Place) -> Waiting.Cause {
    switch (old, place.step.kind) {
    case (.answer(let message, _, let items), .ask(let question)):
      var labels = ValueMap()
      for item in question.items {
        let label = try? item.label.shownMarkdown(place.scope)
        labels[item.name] = .string(label ?? items[item.name]?.asString ?? item.name)
      }
      let words = question.message.map { try? $0.shownMarkdown(place.scope) } ?? place.step.title
      return .answer(message: words ?? message, fields: question.fields.names, items: labels)
    case (.byHand, .action): return .byHand(message: instructions(place))
    default: return old
    }
  }

  /// An open approval as the new definition puts it, to be decided within the same deadlines; nil
  /// where the run does not stand at it.
  func approvalAskedAnew(_ address: String, now: Timestamp) -> Waiting? {
    guard state.isCurrent(address),
      case .waiting(let old, let since)? = state.steps[address]?.phase,
      let place = Place(engine: self, at: address, now: now),
      case .approve(let approval) = place.step.kind,
      let shown = try? self.shown(place, approval)
    else { return nil }
    return old.anew(.approval(shown), since: since, role: place.step.role)
  }
}

extension Waiting {
  /// The same wait, with the same deadlines, put otherwise.
  fileprivate func anew(_ cause: Cause, since: Timestamp, role: String?) -> Waiting {
    var waiting = self
    waiting.cause = cause
    waiting.role = role
    waiting.since = since
    return waiting
  }
}
