import TestSupport

/// What only richer workflows have: failures that go out of branches, loops whose items come to nothing, called
/// workflows that finish beside others, and words that are sensitive.
extension RandomWorkflow {
  /// What follows where something fails in a branch: the others run on. nil where it goes further out.
  mutating func policyOfBranches(_ indent: Int) -> String? {
    guard isRich, random.chance(40) else { return nil }
    let space = String(repeating: " ", count: indent + 2)
    if random.chance(50) { return "\(space)on_failure: continue\n" }
    return "\(space)on_failure:\n" + recovery(indent + 2, then: "continue")
  }

  /// Makes what a policy sees to where it fails.
  mutating func seeing(to policy: String?, _ body: (inout RandomWorkflow) -> Void) {
    let wasRescued = isRescued
    isRescued = isRescued || policy != nil
    body(&self)
    isRescued = wasRescued
  }

  /// Makes branches, a level deeper.
  mutating func branches(under policy: String?, _ body: (inout RandomWorkflow) -> Void) {
    let wasBeside = isBesideInCall
    isBesideInCall = true
    seeing(to: policy) { $0.nested(beside: true, body) }
    isBesideInCall = wasBeside
  }

  /// What the items of a loop come to; of some that cannot be computed, where the loop may fail. Those are of
  /// no plan: expressions are taken to be right.
  mutating func collected(_ item: String, _ inside: [String], mayFail: Bool) -> String? {
    if mayFail, random.chance(40) { return "${{ 12 / (\(item) - 3) }}" }
    guard let last = inside.last else { return nil }
    if tellers.contains(last), random.chance(50) { return "${{ \(word(last)) }}" }
    return "${{ \(value(last)) }}"
  }

  /// What takes effect, cannot be taken back, and never comes to a good end: the run goes on without it.
  func unproven(_ id: String, _ indent: Int, _ members: [String]) -> String {
    let verify = "verify: [ { check: outputs.n < 0, message: It is not negative } ]"
    return step(id, indent, members + [verify, "on_failure: continue"])
  }

  // MARK: Sensitive words

  func word(_ id: String) -> String { "steps.\(id).outputs.?word.orValue('none')" }

  /// A word that one of some steps gives; nil where none does.
  mutating func wordExpression(_ seen: [String]) -> String? {
    let tellers = seen.filter(tellers.contains)
    guard isRich, !tellers.isEmpty, random.chance(70) else { return nil }
    return word(random.choose(tellers))
  }

  // MARK: Ends

  /// The end of a called workflow, or of the run where that is allowed beside others.
  mutating func finish() -> String? {
    if isFree, !isInCall, random.chance(8) {
      return "finish: { outcome: \(random.choose(["succeeded", "failed", "cancelled"])) }"
    }
    guard isRich, isInCall, !isBesideInCall, random.chance(12) else { return nil }
    return "finish: { outcome: succeeded }"
  }
}
