import Documents
import Fields
package import Values
import Workflows

/// Why a test cannot go on, and what to do about it.
package struct SimulationProblem: Error, Sendable, Hashable {
  package let message: String
  /// Lines to copy.
  package let help: String?

  package init(message: String, help: String? = nil) {
    self.message = message
    self.help = help
  }
}

extension SimulationProblem {
  /// Says which answer to add, with an example from the contract.
  init(_ missing: MissingAnswer) {
    let call = missing.call
    let place = call.looks != nil ? "a check of `\(call.address)`" : "`\(call.address)`"
    let effects = call.contract?.effects ?? .once
    let why =
      effects == .none
      ? "a test asks nobody outside" : "it has effects, and a test never carries them out"
    if let number = missing.number {
      self.init(
        message: "\(place) calls `\(call.operation)` a \(number.ordinal) time, "
          + "and the test has \(number - 1) answer\(number == 2 ? "" : "s")",
        help: "add one more under `actions`, or give one answer for all calls without `- `")
    } else {
      let example = call.contract?.exampleOutputs ?? ValueMap()
      self.init(
        message: "\(place) calls `\(call.operation)`, and the test has no answer: \(why)",
        help:
          "add under `actions`:\n  \(call.operation): { outputs: \(FlowText.text(.map(example))) }")
    }
  }
}

extension OperationContract {
  /// Outputs to begin with: those of the contract's first example, else made up from the fields.
  package var exampleOutputs: ValueMap {
    if let example = examples.first { return example.outputs }
    return FieldSamples.values(for: outputs)
  }
}

extension Int {
  /// `2nd`, `11th`.
  fileprivate var ordinal: String {
    let isTeen = (11...13).contains(self % 100)
    let ending = isTeen ? "th" : [1: "st", 2: "nd", 3: "rd"][self % 10] ?? "th"
    return "\(self)\(ending)"
  }
}
