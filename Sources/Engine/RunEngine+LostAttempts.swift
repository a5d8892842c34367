import Fields
package import Values
import Workflows

/// An attempt of which nobody knows what it came to, for whoever is to find out.
package struct LostAttempt: Sendable {
  /// What was called: `connection.operation`.
  package let operation: String
  /// What it was called with, without what is sensitive.
  package let with: ValueMap
  /// The names of what is sensitive.
  package let sensitive: [String]
  /// The idempotency key that the service was handed.
  package let key: String
  /// When it was first called with that key; nil where the journal is of a time at which it did not say so.
  package let since: Timestamp?
  /// How a person looks whether it took effect, as Markdown: what the operation that the step's probe calls says
  /// of itself, where it does and that can be known.
  package let manual: String?
}

extension RunEngine {
  /// What was asked for when a step was last tried; nil where it is not in doubt.
  package func lostAttempt(at address: String) -> LostAttempt? {
    guard isInDoubt(address), let record = state.steps[address],
      let intent = record.unsettledIntent
    else { return nil }
    return LostAttempt(
      operation: intent.operation, with: intent.with.clear, sensitive: intent.with.sealed.names,
      key: intent.key, since: record.doubt?.since, manual: lookingByHand(address, intent))
  }

  private func lookingByHand(_ address: String, _ intent: Intent) -> String? {
    guard let place = Place(engine: self, at: address, now: state.lastAt),
      let probe = place.step.probe, let contract = probe.action.contract,
      let manual = contract.manual
    else { return nil }
    let asking = scope(of: probe, intent, place)
    do throws(ExpressionFailure) {
      let inputs = contract.withDefaults(try place.seeing(asking).render(probe.action.with))
      let sensitive = asking.sensitiveNames(of: probe.action.with)
        .union(contract.inputs.sensitiveNames)
      return try manual.shownMarkdown(
        place.scope.with("inputs", .map(inputs)).with("key", .string(intent.key))
          .sealing("inputs", sensitive))
    } catch {
      return nil
    }
  }
}
