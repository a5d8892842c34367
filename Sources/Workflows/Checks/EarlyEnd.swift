/// The first place at which the run may end well before its end: nothing from there on is sure to have
/// been done when it has ended.
struct EarlyEnd {
  /// The `finish`.
  let step: Step
  /// The index of the first step that may be left out, or left as it is.
  let index: Int
  /// The position of that step in the steps of the workflow, or of the one around it.
  let position: Int

  /// - Returns: nil where the run ends well only at its end.
  init?(_ steps: [Step], _ map: StepMap) {
    let ends = steps.filter { step in
      if case .finish(let finish) = step.kind { finish.outcome == .succeeded } else { false }
    }
    let all = ends.compactMap { EarlyEnd($0, map) }
    guard let first = all.min(by: { $0.index < $1.index }) else { return nil }
    self = first
  }

  private init?(_ finish: Step, _ map: StepMap) {
    guard let location = map.location(of: finish.index) else { return nil }
    let chain = map.chain(location)
    if case .finally = chain[0].list.purpose { return nil }
    step = finish
    let around = chain.first { location in
      switch location.list.purpose {
      // What stands before it in the list around may not be done: it failed, or goes on beside it; or
      // its outputs are given only at its end.
      case .recovery, .parallel, .forEach, .loop: true
      default: false
      }
    }
    index = around.map { $0.list.owner?.index ?? 0 } ?? finish.index
    position = chain[0].list === map.main ? chain[0].position : 0
  }
}
