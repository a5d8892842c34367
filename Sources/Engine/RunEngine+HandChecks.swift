import Fields
import Values
import Workflows

extension RunEngine {
  /// What a person did by hand has to pass the checks of the step that need nothing but its outputs.
  /// Those for which something would have to be called are not made.
  func refuseUnmet(_ step: Step, _ address: String, _ values: ValueMap) throws(Refusal) {
    let checks = step.verify.filter { $0.look == nil }
    guard !checks.isEmpty, let place = Place(engine: self, at: address, now: state.lastAt) else {
      return
    }
    let scope = place.scope.seeing(outputs: seen(values, of: step, at: address))
      .sealing("outputs", Set(values.names.filter { isSensitiveOutput($0, of: step, at: address) }))
    for check in checks {
      do throws(ExpressionFailure) {
        guard try !check.check.test(scope) else { continue }
      } catch {
        throw Refusal("the check of `\(address)` cannot be tested: \(place.explained(error))")
      }
      throw Refusal(
        "the check of `\(address)` does not hold: \(place.message(of: check, in: scope))",
        hint: "what was done by hand has to pass `\(check.check.source)` as well")
    }
  }

  /// The event that a person tells of has to be one that the wait would have taken. What cannot be tested,
  /// because a member of it was not given, is theirs to know.
  func refuseAnotherEvent(_ step: Step, _ address: String, _ given: ValueMap) throws(Refusal) {
    guard case .wait(let wait) = step.kind, case .map(let event)? = given[Step.eventOutput],
      let events = wait.way(in: given)?.wait.events, !events.isEmpty,
      let place = Place(engine: self, at: address, now: state.lastAt)
    else { return }
    let data = events[0].contract.map { $0.fields.coerce(event) } ?? event
    let scope = place.scope.with("event", .map(data))
    for event in events {
      guard let match = event.match, (try? match.test(scope)) == false else { return }
    }
    let demands = Set(events.compactMap { $0.match?.source }).sorted().joined(separator: "` or `")
    throw Refusal(
      "`\(address)` waits for another event: `\(demands)` does not hold",
      hint: "what is told by hand has to be what the wait would have taken")
  }

  /// The outputs that were given, as the checks of the step see them.
  private func seen(_ values: ValueMap, of step: Step, at address: String) -> Value {
    let outputs = step.coerce(values)
    guard case .forEach(let loop) = step.kind else { return .map(outputs) }
    let collected = state.steps[address]?.group?.collection(openedBy: vault) ?? []
    return outputs[Step.collectedOutput] ?? .list(loop.restored(collection: collected))
  }
}
