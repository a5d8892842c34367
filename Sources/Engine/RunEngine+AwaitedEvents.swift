import CEL
package import Fields
package import Values
import Workflows

/// An event that a step waits for, as somebody who delivers it has to know it.
package struct AwaitedEvent: Sendable {
  package let name: String
  /// nil where no contract declares it.
  package let fields: FieldSet?
  /// What its members must be for it to be the one that is waited for, as far as that is known.
  package let demands: ValueMap
  /// The members without which it cannot be told whether it is the one.
  package let read: Set<String>
}

extension RunEngine {
  /// The events that would end a step's wait.
  package func awaitedEvents(at address: String) -> [AwaitedEvent] {
    guard let place = Place(engine: self, at: address, now: state.lastAt),
      case .wait(let wait) = place.step.kind
    else { return [] }
    return wait.events.map { AwaitedEvent($0, place) }
  }
}

extension AwaitedEvent {
  init(_ wait: EventWait, _ place: Place) {
    // What depends on a sensitive value is not told.
    let demands = wait.match.flatMap { match in
      let demands = match.demands(of: "event", in: place.scope)
      return match.isSensitive(in: place.scope) ? nil : demands
    }
    self.init(
      name: wait.event, fields: wait.contract?.fields, demands: demands ?? ValueMap(),
      read: wait.match?.certainMembers(of: "event") ?? [])
  }
}

extension Expression {
  /// The members of a name that it reads whether or not they are there.
  fileprivate func certainMembers(of name: String) -> Set<String> {
    Set(
      references.compactMap { reference in
        reference.path.first == name && reference.certainCount >= 2 ? reference.path[1] : nil
      })
  }
}
