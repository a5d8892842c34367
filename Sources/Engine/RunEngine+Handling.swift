import Values
import Workflows

/// What follows when something has failed.
extension RunEngine {
  /// Follows `on_failure`: outwards to the nearest step or section that has one.
  ///
  /// Where that lies outside a section of branches, the branches beside the failed one run on
  /// first.
  mutating func handleFailure(_ place: Place) -> Decision {
    // What became of the step cannot be told, so that nothing follows from it but a person's decision.
    if place.record.failure?.code == Failure.locked { return goOnBeside(place) }
    guard !state.recovery.exhausted.contains(place.address) else { return goOnBeside(place) }
    let handler = handler(of: place)
    switch handler.policy {
    case .park: return goOnBeside(place)
    case .stop: return stop(place)
    case .continue, .undo, .recover: break
    }
    let isLast = isLastOpen(place.frameID, in: handler.branches)
    if handler.isRecovering {
      // What ends the recovery waits for the branches, too.
      if isLast, handler.address != place.address { wake(handler.address) }
      agenda.wait(place.frameID, forRecoveryOf: handler.address)
      return goOnBeside(place)
    }
    return isLast ? follow(handler, place) : goOnBeside(place)
  }

  /// What comes of a failure by itself, as a sentence; nil where it waits for a person.
  package func followUp(at address: String) -> String? {
    // What the run has left, to take it back or to end, waits for nothing any more.
    guard case .failed? = state.steps[address]?.phase, state.isCurrent(address),
      let place = Place(engine: self, at: address, now: state.lastAt),
      place.record.failure?.code != Failure.locked, !state.recovery.exhausted.contains(address)
    else { return nil }
    let handler = handler(of: place)
    if handler.isRecovering { return "`\(handler.address)` is being put right" }
    let next: String
    switch handler.policy {
    case .park: return nil
    case .stop: next = "the run ends"
    case .continue: next = "the run goes on without `\(handler.address)`"
    case .undo: next = "the run is taken back"
    case .recover: next = "`\(handler.address)` is put right"
    }
    return "once what goes on beside it is over, \(next)"
  }

  /// What deals with a failure.
  private struct Handler {
    var policy: FailurePolicy = .park
    /// The step or section it belongs to.
    var address: String
    /// The branches on the way there, from within.
    var branches: [Agenda.Branch] = []
    /// Whether its recovery steps are being carried out, for this failure or for another one.
    var isRecovering = false
    /// Whether it is what the step says of its expiry.
    var isOfExpiry = false

    func following(_ policy: FailurePolicy) -> Handler {
      var handler = self
      handler.policy = policy
      return handler
    }
  }

  /// The policy that a failure comes to first on its way outwards; none beyond recovery steps that are
  /// being carried out.
  private func handler(of place: Place) -> Handler {
    var handler = Handler(address: place.address)
    let parked = handler
    // Defaults are of the step of their own file: of a call, where what it calls does not deal with the failure.
    var own = handler
    var step = place.step
    var (id, frame) = (place.frameID, place.frame)
    let isDealtWith = !recoverers(of: place.address).isEmpty
    if !isDealtWith, let policy = policyOfExpiry(place) {
      handler.isOfExpiry = true
      return handler.following(policy)
    }
    while true {
      if isRecovering(at: handler.address) {
        handler.isRecovering = true
        return handler.following(.continue)
      }
      if !isDealtWith, let policy = step.onFailure,
        applies(policy, at: handler.address, to: place)
      {
        return handler.following(policy)
      }
      if frame.role == .again {
        if let policy = policyPassed(onTheWayFrom: place) { return handler.following(policy) }
        (id, frame) = released(by: frame) ?? (id, frame)
      }
      // What goes wrong while things are put right, or taken back, is for people.
      if frame.role == .recovery || frame.role == .undo { return parked }
      guard let owner = frame.owner, let parent = frame.parent, let outer = state.frames[parent],
        let next = outer.current
      else { break }
      // That of a call that was left stands in the call around it.
      let address = outer.currentAddress ?? owner
      if frame.isBranch { handler.branches.append(Agenda.Branch(of: owner, frame: id)) }
      if frame.role == .workflow || frame.role == .workflowFinally {
        if !isDealtWith, let found = defaults(of: frame.surroundings.workflow, own, place) {
          return found
        }
        own = Handler(address: address, branches: handler.branches)
      }
      handler.address = address
      (step, id, frame) = (next, parent, outer)
    }
    // The `finally` of a call that was left stands in no other list.
    let file = frame.role == .workflowFinally ? frame.surroundings.workflow : workflow
    return defaults(of: file, own, place) ?? parked
  }

  /// The list of what an approval released that is asked again: a failure in its own goes out of that one. Nil
  /// for any other list.
  func released(by frame: Frame) -> (id: Int, frame: Frame)? {
    guard frame.role == .again, let id = frame.parent else { return nil }
    return state.frames[id].map { (id, $0) }
  }

  /// What the steps say around an approval that is asked again and that the run has passed with it: they are
  /// over, so that nothing goes on behind them nor puts them right; that is for people.
  private func policyPassed(onTheWayFrom place: Place) -> FailurePolicy? {
    guard let (_, frame) = released(by: place.frame), let way = way(to: place.address) else {
      return .park
    }
    let passed = way.drop { around in
      !frame.list.steps.contains { frame.address(of: $0) == around.address }
    }
    for around in passed.dropLast().reversed() {
      var policies = [around.step.onFailure]
      if case .workflow(let call) = around.step.kind {
        policies.insert(call.definition?.defaultOnFailure, at: 0)
      }
      guard let policy = policies.compactMap(\.self).first else { continue }
      switch policy {
      case .stop, .undo: return policy
      case .park, .continue, .recover: return .park
      }
    }
    return nil
  }

  private func isRecovering(at address: String) -> Bool {
    state.hasRecovery && state.recovery.open[address] != nil
  }

  private func policyOfExpiry(_ place: Place) -> FailurePolicy? {
    guard place.record.hasExpired, let policy = place.step.onExpiry,
      applies(policy, at: place.address, to: place)
    else { return nil }
    return policy
  }

  /// What the defaults of a file say of a failure that has come to one of its steps.
  private func defaults(of file: Workflow, _ own: Handler, _ place: Place) -> Handler? {
    guard let policy = file.defaultOnFailure, applies(policy, at: own.address, to: place) else {
      return nil
    }
    return own.following(policy)
  }

  // MARK: Branches beside the failed one

  /// Whether in the sections around a failure everything else is over, or stuck in the same way.
  private mutating func isLastOpen(_ frame: Int, in branches: [Agenda.Branch]) -> Bool {
    agenda.wait(frame, failingIn: branches)
    for (position, branch) in branches.enumerated() {
      agenda.noteStuck(branch, by: frame)
      guard isStuck(branch.section) else { return false }
      // Failures that go no further out than this section waited for it alone.
      if position + 1 < branches.count {
        agenda.lookAgain(atFailuresUpTo: branch.section, but: frame)
      }
    }
    return true
  }

  /// Whether nothing goes on in a section, and nothing new begins there.
  private func isStuck(_ section: String) -> Bool {
    guard let group = state.steps[section]?.group else { return true }
    return agenda.stuckCount(in: section) >= group.open.count && group.ended.isEmpty
      && group.nextItem >= group.start.count ?? 0
  }

  /// Whether what stands beside a failure in a step around it is over, or stuck in the same way, so
  /// that the run may go on behind that step.
  func isAlone(_ failed: String, in address: String) -> Bool {
    let place = state.standingAround(failed)
    // Of a call that has ended as failed nothing is open inside any more.
    guard place != address else { return true }
    var frame = standing(at: place).map { released(by: $0.frame)?.frame ?? $0.frame }
    while let inner = frame, let owner = inner.owner {
      if inner.isBranch, !isStuck(owner) { return false }
      frame = inner.parent.flatMap { state.frames[$0] }
      // That of a call that was left stands in the call around it.
      let here = frame?.currentAddress ?? owner
      if here == address { break }
      if isRecovering(at: here) { return false }
    }
    return true
  }

  /// A step that is stuck in an iteration does not keep the loop from the items after it.
  func goOnBeside(_ place: Place) -> Decision {
    var frame = released(by: place.frame)?.frame ?? place.frame
    while let owner = frame.owner, let parent = frame.parent {
      if frame.role == .iteration, let group = state.steps[owner]?.group,
        group.nextItem < group.start.count ?? 0, !group.held.contains(frame.index)
      {
        return .record([PendingEvent(.iterationHeld(index: frame.index), step: owner)])
      }
      guard let outer = state.frames[parent] else { break }
      frame = outer
    }
    return .wait(until: nil)
  }

  // MARK: What follows

  mutating func stop(_ place: Place) -> Decision {
    guard mayEnd("", by: place.frameID, goesOn: false) else { return .wait(until: nil) }
    let failure = place.record.failure ?? Failure(code: "failed", message: "the step failed")
    return .record(
      doubtsLeft() + [end(.failed, message: "\(place.step.title): \(failure.message)")])
  }

  private mutating func follow(_ handler: Handler, _ place: Place) -> Decision {
    let address = handler.address
    let failure = place.record.failure ?? Failure(code: "failed", message: "the step failed")
    switch handler.policy {
    case .continue:
      // Beside an approval that is asked again something may be under way in what is left.
      guard
        place.frame.role != .again || address == place.address
          || mayEnd(place.frame.surroundings.prefix, by: place.frameID, goesOn: true)
      else { return .wait(until: nil) }
      return leaving(address, place.address, failure)
        ?? .record(passOver(address, place.address, failure))
    case .undo: return undo(place, failure)
    case .recover(let branches):
      // The recoveries of an expiry come after those of a failure.
      let before =
        handler.isOfExpiry
        ? place.step.failureBranches(in: place.frame.surroundings.workflow).count : 0
      return startRecovery(branches, of: address, before, place, failure)
    case .park, .stop: return .wait(until: nil)
    }
  }

  /// Goes on behind a step or section although something in it has failed.
  func passOver(_ address: String, _ failed: String, _ failure: Failure) -> [PendingEvent] {
    guard address != failed else { return [PendingEvent(.stepContinued, step: address)] }
    return [
      PendingEvent(.stepFailed(failure), step: address),
      PendingEvent(.stepContinued, step: address),
    ]
  }
}

extension Frame {
  /// Whether others of its kind may stand beside it.
  fileprivate var isBranch: Bool { role == .branch || role == .iteration }
}
