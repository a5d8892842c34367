import Workflows

extension Step {
  /// The lists inside a step that may have been begun, with their surroundings.
  func lists(
    at address: String, _ record: StepRecord, _ surroundings: Surroundings
  ) -> [(list: StepList, surroundings: Surroundings)] {
    let group = record.group ?? Group()
    func inside(_ index: Int) -> Surroundings {
      surroundings.inside(self, at: address, index: index)
    }
    var lists: [(list: StepList, surroundings: Surroundings)] =
      switch kind {
      case .section(let list), .parallel(let list): [(list, surroundings)]
      case .choose(let cases): cases.map { ($0.steps, surroundings) }
      case .repeat(let loop): [(loop.steps, inside(group.rounds))]
      case .forEach(let loop): (0..<group.nextItem).map { (loop.steps, inside($0)) }
      case .workflow(let call):
        [call.definition?.steps, call.definition?.finally].compactMap { $0 }.map { ($0, inside(0)) }
      default: []
      }
    for case .recover(let branches)? in [onFailure, onExpiry] {
      lists += branches.map { ($0.steps, surroundings) }
    }
    return lists
  }
}
