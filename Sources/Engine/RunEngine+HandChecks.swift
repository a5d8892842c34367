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
    for check in checks {
      do throws(ExpressionFailure) {
        guard try !check.check.test(scope) else { continue }
      } catch {
        throw Refusal("the check of `\(address)` cannot be tested: \(error.message)")
      }
      throw Refusal(
        "the check of `\(address)` does not hold: \(place.message(of: check, in: scope))",
        hint: "what was done by hand has to pass `\(check.check.source)` as well")
    }
  }

  /// The outputs that were given, as the checks of the step see them.
  private func seen(_ values: ValueMap, of step: Step, at address: String) -> Value {
    guard case .forEach = step.kind else { return .map(step.coerce(values)) }
    let collected = state.steps[address]?.group?.collection(openedBy: vault) ?? []
    return values[Step.collectedOutput] ?? .list(collected)
  }
}
