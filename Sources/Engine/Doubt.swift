import Values
import Workflows

/// An attempt whose answer was lost, while nobody knows whether it took effect.
package struct Doubt: Sendable, Hashable {
  /// What was asked for: it is tried again with the same key and the same inputs or not at all.
  package let intent: Intent
  /// When the first attempt with the key was made; nil in the states of old journals that do not say.
  let since: Timestamp?
  /// Why nobody knows.
  let message: String
}

extension Doubt {
  /// Whether the run waits until it is known: not where doing it again is the same as doing it once
  /// and nothing is ever taken back.
  func isOpen(for step: Step) -> Bool {
    switch intent.declaredEffects {
    case .none: false
    case .repeatable: step.undo != nil
    case .keyed, .once: true
    }
  }
}

extension Intent {
  /// What is not known counts as what must not happen twice.
  var declaredEffects: Effects { Effects(rawValue: effects) ?? .once }
}

extension Doubt {
  var saved: Value {
    .map(intent.data.adding("message", message).adding("since", since?.journalText))
  }

  init?(saved: Value) {
    guard case .map(let map) = saved else { return nil }
    let reader = DataReader(type: "state", data: map)
    do throws(UnreadableEvent) {
      self.init(
        intent: try Intent(reader), since: try reader.moment("since"),
        message: try reader.text("message"))
    } catch {
      return nil
    }
  }
}
