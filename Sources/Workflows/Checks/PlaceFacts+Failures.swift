extension PlaceFacts {
  /// Whether the run may go on behind a step although the step has failed.
  func isPassedOver(_ step: Step) -> Bool {
    let own = step.onFailure == nil && step.onExpiry == nil ? [] : [step.onFailure, step.onExpiry]
    for policy in own {
      switch policy {
      case .continue: return true
      case .recover(let branches):
        if branches.contains(where: { $0.then == .continue }) { return true }
      default: break
      }
    }
    guard step.onFailure == nil, leavesFailuresToDefaults(step) else { return false }
    switch defaultOnFailure {
    case .continue: return canFail(step)
    case .recover(let branches): return canFail(step) && branches.contains { $0.then == .continue }
    default: return false
    }
  }

  /// Whether no step around has something to say of a failure; what fails while things are put right is
  /// for people.
  private func leavesFailuresToDefaults(_ step: Step) -> Bool {
    guard defaultOnFailure != nil else { return false }
    var location = map.location(of: step.index)
    while let list = location?.list {
      if case .recovery = list.purpose { return false }
      guard let owner = list.owner else { return true }
      guard owner.onFailure?.passesFailuresOn ?? true else { return false }
      location = map.location(of: owner.index)
    }
    return false
  }

  /// Whether the step itself can fail; a failure inside it is of the step in it.
  private func canFail(_ step: Step) -> Bool {
    switch step.kind {
    case .set, .section, .parallel: !step.verify.isEmpty
    default: true
    }
  }
}

extension FailurePolicy {
  /// Whether a failure may go on outwards: no recovery is for every failure.
  fileprivate var passesFailuresOn: Bool {
    guard case .recover(let branches) = self else { return false }
    return branches.allSatisfy { $0.when != nil }
  }
}
