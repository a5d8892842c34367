import Values
import Workflows

/// The `finally` of called workflows that are left before they are at their end.
///
/// Where the run goes on behind such a call, the call ends as failed first, and fails once its `finally` is
/// over. Where the run itself ends, their `finally` comes before that of the run, inner ones first.
extension RunEngine {
  // MARK: The run goes on behind them

  /// What comes before the run goes on behind a step in which something has failed; nil where it may do
  /// so at once.
  func leaving(_ address: String, _ failed: String, _ failure: Failure) -> Decision? {
    guard hasCalledFinally else { return nil }
    let frames = framesDeepInside(address)
    let addresses = [address] + frames.compactMap(\.currentAddress)
    let begun = addresses.filter { isBegunCall($0) && state.steps[$0]?.group?.ending == nil }
    let calls = begun + frames.compactMap(leftCall)
    let innermost = calls.filter { call in !calls.contains { $0.isInside(call) } }
    guard !innermost.isEmpty else { return nil }
    return .record(
      innermost.sorted().map { call in
        let own = failed.isInside(call) ? failure : self.failure(inside: call) ?? failure
        return PendingEvent(
          .workflowFinishing(status: .failed, message: own.message, failure: own), step: call)
      })
  }

  /// Whether the `finally` of a call that is left, in a step or the step itself, is under way.
  func isLeaving(_ address: String) -> Bool {
    guard hasCalledFinally else { return false }
    return framesDeepInside(address).contains { $0.role == .workflowFinally && !standsStill($0) }
  }

  /// Whether nothing goes on in a list but what has failed and waits for what follows from that.
  private func standsStill(_ frame: Frame) -> Bool {
    guard let here = frame.currentAddress else { return true }
    if case .failed? = state.steps[here]?.phase { return true }
    let open = framesInside(here)
    return !open.isEmpty && open.allSatisfy { state.frames[$0].map(standsStill) ?? true }
  }

  /// What has failed in a call.
  private func failure(inside call: String) -> Failure? {
    currentAddresses.lazy.filter { $0.isInside(call) }.compactMap { address in
      guard case .failed? = self.state.steps[address]?.phase else { return nil }
      return self.state.steps[address]?.failure
    }.first
  }

  // MARK: Calls

  /// The lists that are open inside a step, at any depth.
  private func framesDeepInside(_ address: String) -> [Frame] {
    framesDeep(from: framesInside(address))
  }

  /// Lists that are open, and those inside them, at any depth.
  private func framesDeep(from lists: [Int]) -> [Frame] {
    var ids = lists
    var found: [Frame] = []
    while let id = ids.popLast() {
      guard let frame = state.frames[id] else { continue }
      found.append(frame)
      if let here = frame.currentAddress { ids += framesInside(here) }
    }
    return found
  }

  /// Whether the run stands at a call with a `finally` that has begun and is not over, whether or not a list
  /// of it is open.
  private func isBegunCall(_ address: String) -> Bool {
    guard case .workflow(let called)? = standing(at: address)?.frame.current?.kind,
      called.definition?.finally.isEmpty == false, let record = state.steps[address],
      case .inside = record.phase
    else { return false }
    return owesFinally(record)
  }

  /// Whether `finally` of a call that has begun was not ended by itself.
  private func owesFinally(_ record: StepRecord) -> Bool {
    record.group.map { !($0.ending?.isRepeated ?? false) } ?? false
  }

  /// The call whose `finally` a list is, where it was left on the way to the end of one around it.
  private func leftCall(_ frame: Frame) -> String? {
    guard frame.role == .workflowFinally, frame.parent != nil, let call = frame.owner,
      state.standing[call] == nil
    else { return nil }
    return call
  }

  /// What is left of the `finally` of calls inside a step, when the run goes on behind that, is not carried
  /// out later either: neither are those that were to come after it.
  mutating func leaveFinallyBehind(_ address: String) {
    guard hasCalledFinally else { return }
    var calls = state.steps[address]?.group?.callsLeft ?? []
    for frame in framesDeepInside(address) {
      if frame.role == .workflowFinally, let call = frame.owner { calls.append(call) }
      if let here = frame.currentAddress { calls += state.steps[here]?.group?.callsLeft ?? [] }
    }
    for call in calls { state.steps[call]?.changeGroup { $0.ending?.isRepeated = true } }
  }

  // MARK: The run ends

  /// The calls that are left when the run ends now and whose `finally` is then to be carried out, inner ones first.
  var callsLeft: [String] {
    guard hasCalledFinally else { return [] }
    switch state.phase {
    case .main: return callsLeft(behind: state.frames.values)
    // What is left of the `finally` at which it stands ends with it.
    case .finishing: return callsLeft(behind: state.frames.values) + state.callsLeft
    case .ended: return []
    case .undoing:
      // They were left when the run began to take back.
      return innerFirst(
        state.steps.compactMap { address, record in
          guard case .cancelled = record.phase, owesFinally(record) else { return nil }
          return address
        })
    }
  }

  /// The same of the calls inside another one, when that ends now.
  func callsLeft(inside call: String) -> [String] {
    guard hasCalledFinally else { return [] }
    return callsLeft(behind: framesDeepInside(call)).filter { $0 != call }
  }

  /// A call that has begun in a list and whose `finally` has not come to its end; nil where there is none.
  func callBegun(inside list: Int) -> String? {
    guard hasCalledFinally else { return nil }
    return callsLeft(behind: framesDeep(from: [list])).last
  }

  /// The calls that are left with some lists, those among them that wait for their turn to be.
  private func callsLeft(behind frames: some Sequence<Frame>) -> [String] {
    var calls: [String] = []
    for frame in frames {
      if let call = leftCall(frame) { calls.append(call) }
      guard let here = frame.currentAddress else { continue }
      if isBegunCall(here) { calls.append(here) }
      calls += state.steps[here]?.group?.callsLeft ?? []
    }
    return innerFirst(calls)
  }

  private func innerFirst(_ calls: [String]) -> [String] {
    calls.filter { finallyFrame(of: $0) != nil }.sorted { one, other in
      let (depth, otherDepth) = (one.depth, other.depth)
      return depth == otherDepth ? one < other : depth > otherDepth
    }
  }

  /// What is left of the `finally` of a call that has no place in the run any more: the steps from the
  /// first that has not been begun; nil where there is none.
  ///
  /// - Parameter parent: the frame of the call around it that goes on behind it; nil for the run.
  func finallyFrame(of call: String, in parent: Int? = nil) -> Frame? {
    guard let (step, outer) = location(of: call),
      var frame = Frame(finallyOf: step, at: call, in: outer, of: parent),
      let first = frame.list.steps.firstIndex(where: { step in
        state.steps[frame.address(of: step)]?.startedAt == nil
      })
    else { return nil }
    frame.cursor = first
    return frame
  }

  /// Opens the `finally` of the next call that was left, and after the last that of the run, unless the run
  /// has left that itself.
  mutating func openNextFinally() {
    while !state.callsLeft.isEmpty {
      let call = state.callsLeft.removeFirst()
      guard let frame = finallyFrame(of: call) else { continue }
      let id = add(frame)
      state.steps[call]?.changeGroup { $0.open = [id] }
      return
    }
    if state.hasLeftFinally { passFinally() } else { openOutermost(.finally) }
  }

  /// Ends the run for good, but for its outputs: what is left of its `finally` is not carried out.
  mutating func passFinally() {
    openOutermost(.finally)
    for (id, frame) in state.frames {
      if let address = frame.currentAddress { state.standing[address] = nil }
      state.frames[id]?.cursor = frame.end
    }
  }
}

extension Frame {
  /// The `finally` of a call that was left; nil where the step is no such call.
  init?(finallyOf step: Step, at call: String, in outer: Surroundings, of parent: Int?) {
    guard case .workflow(let called) = step.kind, let finally = called.definition?.finally,
      !finally.isEmpty
    else { return nil }
    self.init(
      role: .workflowFinally, parent: parent, owner: call,
      surroundings: outer.inside(step, at: call, index: 0), list: finally, index: 0, cursor: 0,
      end: finally.count)
  }
}

extension RunStatus {
  /// Of two outcomes the worse one counts, whichever comes later: `finally` makes none better.
  func isWorse(than other: RunStatus) -> Bool { badness > other.badness }

  private var badness: Int {
    switch self {
    case .succeeded, .running, .waiting, .needsAttention, .interrupted: 0
    case .cancelled, .undone: 1
    case .failed: 2
    }
  }
}

extension StateReader {
  /// What the run has come to, as a place sees it: in the `finally` of a called workflow, how that ends.
  func outcomeSoFar(in surroundings: Surroundings) -> RunStatus {
    var rest = surroundings.call?.utf8[...]
    while let call = rest {
      if let ending = state.steps[String(Substring(call))]?.group?.ending { return ending.status }
      rest = call.lastIndex(of: UInt8(ascii: "/")).map { call[..<$0] }
      // A loop stands in addresses with the number of its item or round.
      if let outer = rest, outer.last == UInt8(ascii: "]"),
        let bracket = outer.lastIndex(of: UInt8(ascii: "["))
      {
        rest = outer[..<bracket]
      }
    }
    return state.outcomeSoFar
  }
}

extension Workflow {
  /// Whether a workflow that is called, at any depth, has a `finally`.
  var hasCalledFinally: Bool {
    definitions.dropFirst().contains { !$0.finally.isEmpty }
  }
}

extension RunState {
  /// The nearest step around an address, or that itself, at which the run stands.
  func standingAround(_ address: String) -> String {
    var rest = address.utf8[...]
    while standing[String(Substring(rest))] == nil,
      let end = rest.lastIndex(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "[") })
    {
      rest = rest[..<end]
    }
    return String(Substring(rest))
  }
}

extension String {
  /// In how many calls and loops the step of an address stands.
  fileprivate var depth: Int { utf8.count { $0 == UInt8(ascii: "/") } }
}
