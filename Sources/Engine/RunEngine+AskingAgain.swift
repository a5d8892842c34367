import Values
import Workflows

/// An approval that was begun, and where it stands.
struct EarlierApproval {
  let address: String
  let list: StepList
  let surroundings: Surroundings
  let position: Int
}

/// Approvals that are void because what they released is tried with other values.
///
/// Each is asked for again in a list of its own, beside what it released, which keeps its place: nothing new
/// begins there until it is given.
extension RunEngine {
  /// What a retry with other values does to the approvals before it, in its list and in those around it.
  func voidedApprovals(by values: StoredValues, at address: String) -> [PendingEvent] {
    guard !values.isEmpty else { return [] }
    let names = values.names.sorted().map { "`\($0)`" }.joined(separator: ", ")
    let reason = "`\(address)` is tried with another value for \(names)"
    var retried = self
    retried.apply(
      Event(
        .stepRetried(with: values, again: false, reason: nil), step: address, at: state.lastAt))
    return approvals(before: address).compactMap { approval -> PendingEvent? in
      switch state.steps[approval.address]?.phase {
      case .succeeded?:
        PendingEvent(
          .people(.voided(Voided(by: address, reason: reason))), step: approval.address)
      // What turned it down was of the values as they were.
      case .failed? where isAskedAgain(approval.address):
        PendingEvent(
          .stepRetried(with: StoredValues(), again: false, reason: reason), step: approval.address)
      // What some have said meanwhile was, too.
      case .waiting(let asked, _)?:
        retried.approvalAskedAnew(approval.address, askedBy: self, now: state.lastAt)
          .flatMap { $0.cause == asked.cause ? nil : $0 }
          .map { PendingEvent(.stepWaiting($0), step: approval.address) }
      default: nil
      }
    }
  }

  /// The approvals before a step at which the run stands, those in its own list first.
  func approvals(before address: String) -> [EarlierApproval] {
    frames(around: state.standing[address]).flatMap { state.approvals(before: $0.frame) }
  }

  /// A frame and those around it; none from an approval that is asked again outwards.
  func frames(around innermost: Int?) -> [(id: Int, frame: Frame)] {
    var found: [(id: Int, frame: Frame)] = []
    var next = innermost
    while let id = next, let frame = state.frames[id], frame.role != .again {
      found.append((id, frame))
      next = frame.parent
    }
    return found
  }

  // MARK: Folding

  /// Asks for an approval again, beside a step that it released.
  mutating func askAgain(_ address: String, beside released: String) {
    guard state.standing[address] == nil else { return }
    for (id, frame) in frames(around: state.standing[released]) {
      guard let approval = state.approval(at: address, before: frame) else { continue }
      let asking = add(Frame(askingAgain: approval, beside: id))
      state.askedAgain.append(asking)
      return
    }
  }

  /// An approval is over that was asked again: what it holds up goes on.
  mutating func closeAskedAgain(_ id: Int) {
    state.frames[id] = nil
    agenda.remove(id)
    state.askedAgain.removeAll { $0 == id }
    lookAtEverything()
  }

  /// What was released is over: the approvals of it that are asked again have nothing to release.
  mutating func closeAskedAgain(beside released: Int) {
    guard !state.askedAgain.isEmpty else { return }
    for id in state.askedAgain where state.frames[id]?.parent == released {
      state.askedAgain.removeAll { $0 == id }
      close(id)
    }
  }

  // MARK: Deciding

  /// Whether an approval is asked again, beside what it released.
  func isAskedAgain(_ address: String) -> Bool { standing(at: address)?.frame.role == .again }

  /// Whether nothing new begins in a list until an approval that is asked again is given.
  func isHeldByApproval(_ id: Int) -> Bool { approvalHolding(id) != nil }

  /// An approval that is asked again and until which nothing new begins in a list; nil where there is none.
  private func approvalHolding(_ id: Int) -> String? {
    guard !state.askedAgain.isEmpty else { return nil }
    var holding: String?
    var next: Int? = id
    while let id = next, let frame = state.frames[id] {
      if frame.role == .again { return nil }
      holding =
        holding
        ?? state.askedAgain.lazy.compactMap { self.state.frames[$0] }
        .first { $0.parent == id }?.currentAddress
      next = frame.parent
    }
    return holding
  }

  /// Whether a step at which the run stands waits, with all that is released with it, for an approval that is
  /// asked again.
  func isHeldByApproval(at address: String) -> Bool {
    state.standing[address].map { isHeldByApproval($0) } ?? false
  }

  /// Nothing is decided about a step that waits to begin until an approval is given that is asked again.
  func refuseHeld(_ address: String, _ record: StepRecord) throws(Refusal) {
    guard case .entered = record.phase else { return }
    try refuseHeld(address)
  }

  /// Nobody does in its place, or passes over, what an approval released that is asked again. What is under way
  /// by hand may have been done already.
  func refuseInsteadOfHeld(_ address: String, _ record: StepRecord) throws(Refusal) {
    switch record.phase {
    case .failed, .blocked, .unavailable, .retrying: try refuseHeld(address)
    default: return
    }
  }

  private func refuseHeld(_ address: String) throws(Refusal) {
    guard let id = state.standing[address], let approval = approvalHolding(id) else { return }
    let ways = [wayOn(fromApproval: approval), wayOn(fromHeld: address)].compactMap(\.self)
    throw Refusal(
      "`\(address)` waits for `\(approval)`, which is asked again",
      hint: ways.isEmpty ? currentHint : ways.joined(separator: "; or "))
  }

  /// What was given in place of a value of the procedure is put right while nobody has approved it.
  private func wayOn(fromHeld address: String) -> String? {
    guard let record = state.steps[address], !record.corrected.isEmpty else { return nil }
    return "have it tried with other values: \(command("retry", address, "--with NAME=VALUE"))"
  }

  private func stands(_ address: String, inside frame: Int?) -> Bool {
    frames(around: state.standing[address]).contains { $0.id == frame }
  }

  /// Those of some addresses at which the run stands that lie in a list or deeper.
  func currentAddresses(inside frame: Int?) -> [String] {
    currentAddresses.filter { stands($0, inside: frame) }
  }
}

extension RunState {
  /// The approvals that a list has passed, with those in the steps it holds, and those in the lists behind which
  /// it comes.
  func approvals(before frame: Frame) -> [EarlierApproval] {
    guard frame.role != .branch, frame.role != .again else { return [] }
    var found: [EarlierApproval] = []
    collect(frame.list, upTo: frame.cursor, frame.surroundings, into: &found)
    for (list, around) in lists(before: frame) {
      collect(list, upTo: list.count, around, into: &found)
    }
    return found
  }

  /// The lists behind which a list comes that is not one of the procedure itself: recovery steps behind all that
  /// the step holds which has failed, `finally` behind the steps of its workflow.
  private func lists(before frame: Frame) -> [(list: StepList, surroundings: Surroundings)] {
    switch frame.role {
    case .finally, .workflowFinally:
      return [(frame.surroundings.workflow.steps, frame.surroundings)]
    case .recovery:
      guard let (step, surroundings) = failedStep(before: frame), let owner = frame.owner,
        let record = steps[owner]
      else { return [] }
      return step.lists(at: owner, record, surroundings).filter { $0.list !== frame.list }
    default: return []
    }
  }

  /// The step that recovery steps are for, and where it stands; nil for any other list.
  func failedStep(before frame: Frame) -> (step: Step, surroundings: Surroundings)? {
    guard frame.role == .recovery, let outer = frame.parent.flatMap({ frames[$0] }),
      let step = outer.current
    else { return nil }
    return (step, outer.surroundings)
  }

  func approval(at address: String, before frame: Frame) -> EarlierApproval? {
    approvals(before: frame).first { $0.address == address }
  }

  /// Adds the approvals among some steps of a list, with those in the steps it holds.
  func collect(
    _ list: StepList, upTo end: Int, _ surroundings: Surroundings,
    into found: inout [EarlierApproval]
  ) {
    for (position, step) in list.steps[..<end].enumerated() {
      let address = surroundings.prefix + step.id
      guard let record = steps[address] else { continue }
      if case .approve = step.kind {
        found.append(
          EarlierApproval(
            address: address, list: list, surroundings: surroundings, position: position))
      }
      for (inner, around) in step.lists(at: address, record, surroundings) {
        collect(inner, upTo: inner.count, around, into: &found)
      }
    }
  }
}

extension Frame {
  /// The list in which an approval is asked again.
  init(askingAgain approval: EarlierApproval, beside released: Int) {
    self.init(
      role: .again, parent: released, owner: nil, surroundings: approval.surroundings,
      list: approval.list, index: approval.position, cursor: approval.position,
      end: approval.position + 1)
  }

  /// As it was saved; nil where what it asks again is not to be found any more.
  init?(askingAgain saved: Value, in state: RunState) {
    guard let parent = saved["parent"]?.asInt.map(Int.init), let outer = state.frames[parent],
      let address = saved["step"]?.asString,
      let approval = state.approval(at: address, before: outer)
    else { return nil }
    self.init(askingAgain: approval, beside: parent)
  }

  /// What finds it again, beside what is saved of every frame.
  var savedAskingAgain: ValueMap {
    guard role == .again, let parent, let address = currentAddress else { return ValueMap() }
    return ["parent": .int(Int64(parent)), "step": .string(address)]
  }
}
