import Values
import Workflows

/// With what operations were called, held against what a test expects.
extension TestScript {
  var callMismatches: [Mismatch] { test.expected.calls.flatMap(mismatches) }

  private func mismatches(_ expected: ExpectedCalls) -> [Mismatch] {
    let calls = made.filter { expected.target.precision(for: $0) > 0 }
    let what = "calls.\(expected.target.words)"
    guard expected.isOfAll ? !calls.isEmpty : calls.count == expected.inputs.count else {
      return [count(calls, expected, at: what)]
    }
    return calls.enumerated().flatMap { index, call -> [Mismatch] in
      guard let inputs = expected.inputs[safely: expected.isOfAll ? 0 : index] else { return [] }
      let place = expected.isOfAll && calls.count == 1 ? what : "\(what)[\(index)]"
      return Comparison.mismatches(.map(inputs), .map(call.inputs), at: place)
    }
  }

  private func count(
    _ calls: [SimulatedCall], _ expected: ExpectedCalls, at what: String
  ) -> Mismatch {
    let wanted = expected.inputs.count
    return Mismatch(
      what, expected: expected.isOfAll ? "a call" : Self.words(wanted),
      found: Self.words(calls.count),
      difference: calls.map { "  \($0.address): \(FlowText.text(.map($0.inputs)))" })
  }

  private static func words(_ count: Int) -> String {
    switch count {
    case 0: "no call"
    case 1: "1 call"
    default: "\(count) calls"
    }
  }
}
