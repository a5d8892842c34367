import Fields
import Values
import Workflows

/// What is sensitive of what people give in place of what the run would have worked out.
extension RunEngine {
  /// The inputs of a call that are sensitive: by its contract, by what they are computed from, or since those
  /// that were there before are.
  func sensitiveInputs(of call: ActionCall, at address: String) -> Set<String> {
    var names = Set(call.contract?.inputs.sensitiveNames ?? [])
    guard let place = Place(engine: self, at: address, now: state.lastAt) else { return names }
    names.formUnion(call.with.filter { place.scope.readsSealed($0.value) }.map(\.name))
    return names.union(place.record.corrected.sealed.names)
  }

  /// Whether an output that a person gives is as sensitive as what the step would have given.
  ///
  /// - Parameter name: That of an output, or of a member of one: `event.code`.
  func isSensitiveOutput(_ name: String, of step: Step, at address: String) -> Bool {
    let output = String(name.prefix { $0 != "." })
    if step.isSensitiveOutput(output) { return true }
    guard let place = Place(engine: self, at: address, now: state.lastAt) else { return false }
    return wouldBeSensitive(output, of: step, at: address, place.scope)
  }

  private func wouldBeSensitive(
    _ name: String, of step: Step, at address: String, _ scope: RunScope
  ) -> Bool {
    switch step.kind {
    case .set(let values):
      return values.contains { $0.name == name && scope.readsSealed($0.value) }
    case .repeat(let loop):
      guard let last = loop.steps.steps.last else { return false }
      return wouldBeSensitive(name, of: last, at: address, scope)
    case .forEach(let loop):
      return loop.collect.map { scope.readsSealed($0) || scope.readsSealed(loop.list) } ?? false
    case .workflow(let call):
      // What it would have made of them is not known: that of any of them may be in any output.
      return call.with.contains { scope.readsSealed($0.value) }
        && call.definition?.outputs.contains { $0.name == name && !$0.value.expressions.isEmpty }
          ?? false
    default: return false
    }
  }
}
