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
    self.init(
      name: wait.event, fields: wait.contract?.fields,
      demands: wait.match?.demands(of: "event", in: place.scope) ?? ValueMap())
  }
}
