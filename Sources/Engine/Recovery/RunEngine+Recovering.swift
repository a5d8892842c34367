import Values
import Workflows

/// Recovery steps: `on_failure` with steps of its own.
extension RunEngine {
  // MARK: Which recovery

  /// Whether a policy has something to say about a failure: of recoveries one must hold.
  func applies(_ policy: FailurePolicy, at address: String, to place: Place) -> Bool {
    guard case .recover(let branches) = policy else { return true }
    return choice(of: branches, at: address, for: place) != BranchChoice.none
  }

  private enum BranchChoice: Equatable {
    case branch(Int)
    case none
    /// It depends on a sealed value that cannot be opened: a person has to see to it.
    case unknown
  }

  /// The first branch whose `when` holds. One that cannot be evaluated does not hold.
  private func choice(
    of branches: [RecoveryBranch], at address: String, for failed: Place
  ) -> BranchChoice {
    let failure = failed.record.failure ?? Failure(code: "failed", message: "the step failed")
    for (index, branch) in branches.enumerated() {
      guard let when = branch.when else { return .branch(index) }
      guard let place = Place(engine: self, at: address, now: failed.now) else { continue }
      let scope = place.scope.with("error", failure.value(at: failed.address))
      do throws(ExpressionFailure) {
        if try when.test(scope) { return .branch(index) }
      } catch {
        if error.isUnknown { return .unknown }
      }
    }
    return .none
  }

  /// - Parameter before: How many recoveries the step at the address has before these.
  mutating func startRecovery(
    _ branches: [RecoveryBranch], of address: String, _ before: Int, _ place: Place,
    _ failure: Failure
  ) -> Decision {
    guard case .branch(let branch) = choice(of: branches, at: address, for: place) else {
      return goOnBeside(place)
    }
    if let other = recoverer(with: branches[branch].steps, beside: address) {
      agenda.wait(place.frameID, forRecoveryOf: other)
      return goOnBeside(place)
    }
    let start = RecoveryStart(branch: before + branch, failed: place.address, failure: failure)
    return .record([PendingEvent(.recovery(.recoveryStarted(start)), step: address)])
  }

  /// The step for which the same recovery steps are being carried out: those of `defaults` are of every
  /// step, and are done for one branch after the other, since their addresses are the same.
  private func recoverer(with list: StepList, beside address: String) -> String? {
    guard let surroundings = standing(at: address)?.frame.surroundings,
      surroundings.workflow.hasDefaultRecovery(list)
    else { return nil }
    let prefix = surroundings.prefix
    let steps = surroundings.workflow.allSteps
    // As many as there are in the file, or as are being carried out in all iterations: what is less.
    let owners =
      steps.count < state.recovery.open.count
      ? steps.map { prefix + $0.id } : Array(state.recovery.open.keys)
    return owners.first { owner in
      guard let recovery = state.recovery.open[owner], let place = standing(at: owner),
        let step = place.frame.current
      else { return false }
      let surroundings = place.frame.surroundings
      return surroundings.prefix.hasSameBytes(as: prefix)
        && step.recoveryList(recovery.start.branch, in: surroundings.workflow) === list
    }
  }

  /// The steps whose recovery steps are being carried out for a failed one: itself, or those around it.
  func recoverers(of failed: String) -> [String] {
    guard state.hasRecovery else { return [] }
    var address = failed
    var frame = standing(at: failed)?.frame
    var found: [String] = []
    while true {
      if state.recovery.open[address]?.start.failed == failed { found.append(address) }
      frame = frame.flatMap { released(by: $0)?.frame } ?? frame
      guard frame?.owner != nil, let outer = frame?.parent.flatMap({ state.frames[$0] }),
        let here = outer.currentAddress
      else { return found }
      // That of a call that was left stands in the call around it.
      address = here
      frame = outer
    }
  }

  // MARK: Folding

  /// Folds an event of a recovery, or of doing by hand, that is about a step.
  mutating func applyRecovery(_ event: RecoveryEvent, at address: String) {
    state.parked = nil
    switch event {
    case .undoPrepared(let plan):
      let replacing = state.steps[address]?.undoIsPrepared ?? false
      state.undo.add(plan, for: address, replacing: replacing)
      state.steps[address, default: StepRecord()].undoIsPrepared = true
    case .stepKept:
      state.recovery.kept.remove(address)
      leave(address)
    case .recoveryStarted(let start): openRecovery(start, of: address)
    case .recoveryEnded(let then):
      guard let recovery = state.recovery.open[address] else { return }
      closeRecovery(of: address)
      follow(then, recovery.start.failed)
    case .byHandChosen: takeByHand(address)
    case .undoing, .rewinding, .rewound, .migrated: break
    }
  }

  private mutating func openRecovery(_ start: RecoveryStart, of address: String) {
    guard let parent = standing(at: address), let step = parent.frame.current else { return }
    var recovery = OpenRecovery(start: start)
    if let frame = Frame(.recovery, of: step, at: address, index: start.branch, in: parent) {
      renew(frame.list, frame.surroundings, keeping: .ofWaits)
      if frame.current != nil { recovery.frame = add(frame) }
    }
    state.recovery.open[address] = recovery
  }

  /// What follows a recovery, in the journal, where a called workflow has ended itself as failed: only begun
  /// anew can it come to another end.
  private static let beginAnew = "retry_again"

  private mutating func follow(_ then: String, _ failed: String) {
    let again = then == Self.beginAnew
    guard again || then == RecoveryBranch.Continuation.retry.rawValue else {
      state.recovery.exhausted.insert(failed)
      wake(failed)
      return
    }
    state.recovery.retries[failed, default: 0] += 1
    state.steps[failed]?.retried(with: StoredValues(), again: again)
    forgetTicks(of: failed)
    // What was done about the failure stays in the record as it was.
    if again { renew(inside: failed, keeping: .ofWaits, withRecovery: false) }
    wake(failed)
  }

  private func hasEndedItself(_ call: String) -> Bool {
    guard let ending = state.steps[call]?.group?.ending else { return false }
    return ending.status != .succeeded
  }

  mutating func wake(_ address: String) {
    if let frame = state.standing[address] { agenda.add(frame) }
  }

  /// Closes the recovery steps of a step or section.
  mutating func closeRecovery(of address: String) {
    guard state.hasRecovery, let recovery = state.recovery.open.removeValue(forKey: address)
    else { return }
    if let frame = recovery.frame { close(frame) }
    // Other failures may have waited for the same steps, or for what follows.
    agenda.noteEnd(ofRecoveryOf: address)
  }

  /// What is over, or tried again by a person, needs no recovery any more.
  mutating func noteRecovered(_ kind: EventKind, at address: String) {
    guard state.hasRecovery else { return }
    switch kind {
    case .stepSucceeded, .stepSkipped, .stepContinued, .stepRetried, .doubtResolved: break
    default: return
    }
    if case .stepRetried = kind { state.recovery.byHand.remove(address) }
    state.recovery.exhausted.remove(address)
    state.recovery.retries[address] = nil
    for owner in recoverers(of: address) {
      closeRecovery(of: owner)
      wake(owner)
    }
  }

  // MARK: Deciding

  /// What follows when the recovery steps of a step or section are over; nil where they are not, or
  /// there are none.
  mutating func endRecovery(_ place: Place) -> Decision? {
    guard state.hasRecovery, let recovery = state.recovery.open[place.address],
      recovery.frame.flatMap({ state.frames[$0] }) == nil
    else { return nil }
    let then = continuation(of: recovery, place)
    let failed = recovery.start.failed
    let word = then == .retry && hasEndedItself(failed) ? Self.beginAnew : then.rawValue
    let ended = PendingEvent(.recovery(.recoveryEnded(then: word)), step: place.address)
    switch then {
    case .park, .retry: return .record([ended])
    case .continue:
      // Somebody may have had another branch tried again meanwhile.
      guard isAlone(failed, in: place.address), !isLeaving(place.address) else {
        return .wait(until: nil)
      }
      if let decision = leaving(place.address, failed, recovery.start.failure) { return decision }
      return .record([ended] + passOver(place.address, failed, recovery.start.failure))
    case .stop:
      guard mayEnd("", by: place.frameID, goesOn: false) else { return .wait(until: nil) }
      let title = step(at: failed)?.title ?? failed
      let end = end(.failed, message: "\(title): \(recovery.start.failure.message)")
      return .record([ended] + doubtsLeft() + [end])
    case .undo:
      guard case .record(let events) = undo(place, recovery.start.failure) else {
        return .wait(until: nil)
      }
      return .record([ended] + events)
    }
  }

  private func continuation(
    of recovery: OpenRecovery, _ place: Place
  ) -> RecoveryBranch.Continuation {
    let workflow = place.frame.surroundings.workflow
    let branches = place.step.recoveryBranches(in: workflow)
    guard recovery.start.branch < branches.count else { return .park }
    let then = branches[recovery.start.branch].then
    let retries = state.recovery.retries[recovery.start.failed] ?? 0
    return then == .retry && retries >= RecoveryState.retryLimit ? .park : then
  }

  /// Takes back what was done, once nothing is under way and nothing is in doubt.
  mutating func undo(_ place: Place, _ failure: Failure) -> Decision {
    guard case .main = state.phase else { return goOnBeside(place) }
    guard mayEnd("", by: place.frameID, goesOn: true) else { return .wait(until: nil) }
    return .record([undoing("\(place.step.title): \(failure.message)")])
  }

  /// What ends a recovery leaves nothing behind that is under way, or of which nobody knows.
  func refuseWhileRecovering(_ address: String) throws(Refusal) {
    if let refusal = refusalWhileRecovering(address) { throw refusal }
  }

  /// Why nothing is decided about a failed step now, since its recovery steps have begun something of
  /// which nobody knows yet, or a call whose `finally` is still to come; nil where they have not.
  package func refusalWhileRecovering(_ address: String) -> Refusal? {
    for owner in recoverers(of: address) {
      guard let list = state.recovery.open[owner]?.frame else { continue }
      let inside = addresses(inside: list)
      if let unsettled = inside.first(where: isInDoubt) {
        return Refusal(
          "`\(unsettled)`, of the recovery steps of `\(owner)`, is in doubt: that is settled first",
          hint: commandToResolve(unsettled))
      }
      if let busy = inside.sorted().first(where: isUnsettled) {
        return Refusal(
          "`\(busy)`, of the recovery steps of `\(owner)`, is being carried out",
          hint: "go on first: baton resume \(state.header.run)")
      }
      if let call = callBegun(inside: list) {
        return Refusal(
          "`\(call)`, of the recovery steps of `\(owner)`, has begun, and its `finally` comes first",
          hint: currentHint)
      }
    }
    return nil
  }

  /// Where the lists stand that were opened from one on, in the order in which they were.
  private func addresses(inside frame: Int) -> [String] {
    var frames = [frame]
    var found: [(frame: Int, address: String)] = []
    while let id = frames.popLast() {
      guard let address = state.frames[id]?.currentAddress else { continue }
      found.append((id, address))
      frames += state.steps[address]?.group?.open ?? []
      if let recovery = state.recovery.open[address]?.frame { frames.append(recovery) }
    }
    return found.sorted { $0.frame < $1.frame }.map(\.address)
  }

  // MARK: Views

  /// The failed steps that recovery steps are working on.
  var recoveringAddresses: Set<String> {
    guard state.hasRecovery else { return [] }
    return Set(state.recovery.open.values.map(\.start.failed))
  }
}

extension StateReader {
  /// `error`, for the recovery steps around which a list stands.
  func failure(around frame: Frame) -> Value? {
    guard state.hasRecovery else { return nil }
    let open = state.recovery.open
    var frame = frame
    while true {
      if frame.role == .recovery, let recovery = frame.owner.flatMap({ open[$0] }) {
        return recovery.start.failure.value(at: recovery.start.failed)
      }
      guard let parent = frame.parent.flatMap({ state.frames[$0] }) else { return nil }
      frame = parent
    }
  }
}

extension Step {
  /// The recoveries of the step, those of `on_expiry` behind those of `on_failure`.
  func recoveryBranches(in workflow: Workflow) -> [RecoveryBranch] {
    guard case .recover(let branches)? = onExpiry else { return failureBranches(in: workflow) }
    return failureBranches(in: workflow) + branches
  }

  /// The recoveries of `on_failure`, or where the step has none those of the defaults.
  func failureBranches(in workflow: Workflow) -> [RecoveryBranch] {
    switch onFailure {
    case .recover(let branches)?: branches
    case nil:
      if case .recover(let branches)? = workflow.defaultOnFailure { branches } else { [] }
    default: []
    }
  }

  func recoveryList(_ branch: Int, in workflow: Workflow) -> StepList? {
    let branches = recoveryBranches(in: workflow)
    return branch < branches.count ? branches[branch].steps : nil
  }
}

extension Workflow {
  /// The recovery steps of the defaults.
  var defaultRecovery: [StepList] {
    guard case .recover(let branches)? = defaultOnFailure else { return [] }
    return branches.map(\.steps)
  }

  /// Whether recovery steps are those of the defaults.
  func hasDefaultRecovery(_ list: StepList) -> Bool { defaultRecovery.contains { $0 === list } }

  /// Whether any step, here or in a workflow that is called, has a way back.
  var hasUndo: Bool { definitions.contains { $0.allSteps.contains { $0.undo != nil } } }
}
