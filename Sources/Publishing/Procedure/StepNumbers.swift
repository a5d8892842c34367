import Workflows

/// The numbers under which steps are found in the document: 4, 4.2, 4.2.1; E1 for the steps at the
/// end, 4.F1 for those after a failure.
struct StepNumbers {
  private var numbers: [Int: String] = [:]

  init(_ workflow: Workflow) {
    add(workflow.steps, prefix: "")
    add(workflow.finally, prefix: "E")
    if case .recover(let branches)? = workflow.defaultOnFailure {
      for (index, branch) in branches.enumerated() { add(branch.steps, prefix: "F\(index + 1).") }
    }
  }

  subscript(_ step: Step) -> String? { numbers[step.index] }

  private mutating func add(_ list: StepList, prefix: String) {
    for (position, step) in list.steps.enumerated() {
      let number = "\(prefix)\(position + 1)"
      numbers[step.index] = number
      switch step.kind {
      case .section(let list), .parallel(let list): add(list, prefix: number + ".")
      case .forEach(let loop): add(loop.steps, prefix: number + ".")
      case .repeat(let loop): add(loop.steps, prefix: number + ".")
      case .choose(let cases):
        for (index, choice) in cases.enumerated() {
          add(choice.steps, prefix: "\(number).\(Self.letter(index))")
        }
      default: break
      }
      var count = 0
      for policy in [step.onFailure, step.onExpiry] {
        guard case .recover(let branches)? = policy else { continue }
        for branch in branches {
          count += 1
          add(branch.steps, prefix: branches.count == 1 ? "\(number).F" : "\(number).F\(count).")
        }
      }
    }
  }

  /// `a`, `b` … `z`, `a1` …
  static func letter(_ index: Int) -> String {
    let letter = String(UnicodeScalar(UInt8(97 + index % 26)))
    return index < 26 ? letter : "\(letter)\(index / 26)."
  }
}
