import Values
import Workflows

/// Approvals that somebody gave in rounds and items that are over: they are not known one by one any more, so
/// that they cannot be asked again.
extension RunEngine {
  /// What they released is not tried with other values. In a `repeat` the same approval of the last round is asked
  /// again in place of those before it.
  func refuseReleasedByItems(_ address: String, _ values: StoredValues) throws(Refusal) {
    guard !values.isEmpty, let loop = loopOfForgottenApprovals(before: address) else { return }
    let asItIs = "try it as it is: " + command("retry", address)
    throw Refusal(
      "approvals in `\(loop)` released `\(address)` as it is, and those of a loop are not asked again",
      hint: canBeDoneByHand(address)
        ? asItIs + "; or do it otherwise by hand, and say so: " + commandForHand(address) : asItIs)
  }

  private func loopOfForgottenApprovals(before address: String) -> String? {
    let asked = Set(
      approvals(before: address).map(\.address).filter(canBeAskedAgain).map(addressInEveryRound))
    for (_, frame) in frames(around: state.standing[address]) {
      // Items beside its own released nothing of it, but the rounds before its own did.
      if frame.role == .body, let loop = frame.owner, hasForgotten(in: loop, but: asked) {
        return loop
      }
      guard frame.role != .branch, frame.role != .again else { continue }
      let passed = frame.list.steps[..<frame.cursor]
      if let loop = loop(in: passed, frame.surroundings, but: asked) { return loop }
      if let loop = loop(before: frame, but: asked) { return loop }
    }
    return nil
  }

  /// The same of what a list comes behind that is not one of the procedure itself.
  private func loop(before frame: Frame, but asked: Set<String>) -> String? {
    if frame.role == .finally || frame.role == .workflowFinally {
      let steps = frame.surroundings.workflow.steps.steps[...]
      return loop(in: steps, frame.surroundings, but: asked)
    }
    guard let (step, surroundings) = state.failedStep(before: frame) else { return nil }
    return loop(of: step, surroundings, but: asked, besides: frame.list)
  }

  /// Whether an approval is one that is void where what it released is tried with other values.
  private func canBeAskedAgain(_ address: String) -> Bool {
    if case .succeeded? = state.steps[address]?.phase { return true }
    return isAskedAgain(address)
  }

  /// - Parameter asked: the approvals that are asked again.
  private func loop(
    in steps: ArraySlice<Step>, _ surroundings: Surroundings, but asked: Set<String>
  ) -> String? {
    for step in steps {
      if let found = loop(of: step, surroundings, but: asked) { return found }
    }
    return nil
  }

  /// - Parameter recovery: a list of the step that does not count.
  private func loop(
    of step: Step, _ surroundings: Surroundings, but asked: Set<String>,
    besides recovery: StepList? = nil
  ) -> String? {
    let address = surroundings.prefix + step.id
    guard let record = state.steps[address] else { return nil }
    if hasForgotten(in: address, but: asked) { return address }
    let isForEach = if case .forEach = step.kind { true } else { false }
    for (list, inner) in step.lists(at: address, record, surroundings) where list !== recovery {
      if isForEach, hasGivenApproval(list, inner) { return address }
      if let found = loop(in: list.steps[...], inner, but: asked) { return found }
    }
    return nil
  }

  private func hasForgotten(in loop: String, but asked: Set<String>) -> Bool {
    guard let approvals = state.steps[loop]?.group?.approvals, !approvals.isEmpty else {
      return false
    }
    let prefix = addressInEveryRound(loop) + "/"
    return approvals.contains { !asked.contains(prefix + $0) }
  }

  /// Whether somebody approved something in an item that is still known, since it did not come to its end.
  private func hasGivenApproval(_ list: StepList, _ surroundings: Surroundings) -> Bool {
    var approvals: [EarlierApproval] = []
    state.collect(list, upTo: list.count, surroundings, into: &approvals)
    return approvals.contains { canBeAskedAgain($0.address) }
  }
}

/// What a loop remembers of the steps of a round or an item that is over.
struct Forgotten {
  /// The highest generation of a key among them.
  var keys = 0
  /// The addresses of approvals that were given.
  var approvals: Set<String> = []

  init() {}

  /// What a step that is forgotten remembers itself.
  init(_ group: Group?, at address: String) {
    keys = group?.forgottenKeys ?? 0
    guard let names = group?.approvals, !names.isEmpty else { return }
    approvals = Set(names.map { "\(address)/\($0)" })
  }

  mutating func add(_ other: Forgotten) {
    keys = max(keys, other.keys)
    if !other.approvals.isEmpty { approvals.formUnion(other.approvals) }
  }

  /// The approvals as they are named inside the round or item, whatever rounds and items they stood in there.
  func names(inside surroundings: Surroundings) -> [String] {
    approvals.map { address in
      address.dropFirst(surroundings.prefix.count).split(separator: "/")
        .map { $0.prefix { $0 != "[" } }.joined(separator: "/")
    }
  }
}
