import Actions
import Fields
import Values
import Workflows

extension OperationRegistry {
  /// Answers every operation with the examples of its contract; no driver is touched.
  static func rehearsing(_ catalog: Catalog) -> OperationRegistry {
    OperationRegistry { name in
      guard let contract = catalog.operation(named: name) else {
        return .failure(.unavailable("there is no operation `\(name)`"))
      }
      return .success(
        RegisteredOperation(
          contract: contract, handler: ExampleHandler(contract: contract), driver: driver))
    }
  }

  /// What stands as the driver in the journal of a rehearsal.
  private static let driver = "rehearsal"
}

/// Plays an operation: gives the outputs of the example that fits the inputs best.
private struct ExampleHandler: ActionHandler {
  let contract: OperationContract

  func perform(_ invocation: Invocation) async throws(ActionFailure) -> ValueMap {
    let examples = contract.examples
    let best = examples.max { fit($0, invocation.inputs) < fit($1, invocation.inputs) }
    if let best { return best.outputs }
    guard contract.outputs.fields.contains(where: \.isRequired) else { return ValueMap() }
    throw .unavailable(
      "the contract of `\(invocation.operation)` has no example to rehearse with",
      code: "no_example",
      hint: "give the outputs with `baton done`, or add an example to the contract")
  }

  /// How many of an example's inputs are the ones that were given.
  private func fit(_ example: OperationExample, _ inputs: ValueMap) -> Int {
    example.inputs.count { inputs.value(for: $0.key) == $0.value }
  }
}
