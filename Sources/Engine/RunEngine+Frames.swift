import Values
import Workflows

extension RunEngine {
  /// The addresses at which the run stands, in the order in which their lists were opened.
  package var currentAddresses: [String] {
    state.frames.keys.sorted().compactMap { state.frames[$0]?.currentAddress }
  }

  /// The lists inside a step that are open, those of its recovery among them.
  func framesInside(_ address: String) -> [Int] {
    let open = state.steps[address]?.group?.open ?? []
    guard state.hasRecovery, let recovery = state.recovery.open[address]?.frame else { return open }
    return open + [recovery]
  }

  // MARK: Opening

  /// Makes a list the outermost one.
  mutating func openOutermost(_ role: Frame.Role) {
    closeEverything()
    add(Frame(role, of: workflow))
  }

  /// Opens the lists of a step that has started.
  mutating func enter(_ address: String, _ start: StepStart) {
    guard let parent = standing(at: address), let step = parent.frame.current else { return }
    switch step.kind {
    case .section, .repeat:
      open(
        .body, of: step, at: address, index: state.steps[address]?.group?.rounds ?? 0, in: parent)
    case .parallel(let list):
      for index in list.steps.indices {
        open(.branch, of: step, at: address, index: index, in: parent)
      }
    case .choose:
      guard let choice = start.choice else { return }
      open(.choice, of: step, at: address, index: choice, in: parent)
    case .forEach(let loop):
      state.itemCount += start.count ?? 0
      let effects = state.undo.entries.count
      state.steps[address]?.changeGroup { $0.effectsBefore = effects }
      openIterations(of: loop, step, at: address, in: parent)
    case .workflow: open(.workflow, of: step, at: address, index: 0, in: parent)
    default: break
    }
  }

  /// Opens as many iterations as may run side by side.
  private mutating func openIterations(
    of loop: ForEach, _ step: Step, at address: String, in parent: (id: Int, frame: Frame)
  ) {
    while let group = state.steps[address]?.group, let count = group.start.count,
      group.nextItem < count, group.open.count - group.held.count < loop.maxParallel ?? 1
    {
      state.steps[address]?.changeGroup { $0.nextItem += 1 }
      open(.iteration, of: step, at: address, index: group.nextItem, in: parent)
    }
  }

  private mutating func open(
    _ role: Frame.Role, of step: Step, at owner: String, index: Int,
    in parent: (id: Int, frame: Frame)
  ) {
    guard let frame = Frame(role, of: step, at: owner, index: index, in: parent) else { return }
    if !frame.surroundings.loops.isEmpty { newestSurroundings = frame.surroundings }
    guard frame.current != nil else { return noteEnd(of: frame, at: owner) }
    let id = add(frame)
    state.steps[owner]?.changeGroup { $0.open.append(id) }
  }

  @discardableResult
  mutating func add(_ frame: Frame) -> Int {
    let id = state.nextFrame
    state.nextFrame += 1
    state.frames[id] = frame
    if let address = frame.currentAddress { state.standing[address] = id }
    agenda.add(id)
    return id
  }

  func standing(at address: String) -> (id: Int, frame: Frame)? {
    guard let id = state.standing[address], let frame = state.frames[id] else { return nil }
    return (id, frame)
  }

  // MARK: Moving on

  /// Goes on behind a step that is over.
  mutating func leave(_ address: String) {
    guard let id = state.standing.removeValue(forKey: address), let frame = state.frames[id] else {
      return
    }
    leaveFinallyBehind(address)
    closeInside(address)
    if frame.role != .again, frame.current?.checkpoint != nil,
      case .succeeded? = state.steps[address]?.phase
    {
      // One that is passed once more, in another place, is the newest.
      if state.recovery.goesByPlaces { state.checkpoints.removeAll { $0 == address } }
      state.checkpoints.append(address)
      state.recovery.marks[address] = state.undo.entries.count
    }
    move(id, frame, to: frame.cursor + 1)
  }

  /// Closes a list inside a step that has no step any more at which it stands.
  mutating func closeIfOver(_ id: Int) {
    guard let frame = state.frames[id], frame.owner != nil, frame.current == nil else { return }
    move(id, frame, to: frame.cursor)
  }

  private mutating func move(_ id: Int, _ frame: Frame, to cursor: Int) {
    var frame = frame
    frame.cursor = cursor
    if let next = frame.currentAddress {
      state.frames[id] = frame
      state.standing[next] = id
      agenda.add(id)
    } else if frame.role == .workflowFinally, let call = frame.owner, state.standing[call] == nil {
      leaveFinally(id, of: call, in: frame.parent)
    } else if let owner = frame.owner, let parent = frame.parent {
      state.frames[id] = nil
      agenda.remove(id)
      state.steps[owner]?.changeGroup { $0.open.removeAll { $0 == id } }
      noteEnd(of: frame, at: owner)
      // An iteration is over once its loop has collected what it came to.
      if frame.role != .iteration { agenda.noteEnd(inside: owner) }
      agenda.add(parent)
      closeAskedAgain(beside: id)
    } else if frame.role == .again {
      closeAskedAgain(id)
    } else {
      state.frames[id] = frame
      agenda.add(id)
    }
  }

  private mutating func noteEnd(of frame: Frame, at owner: String) {
    guard frame.role == .iteration else { return }
    state.steps[owner]?.changeGroup {
      $0.ended.append(frame.index)
      $0.held.remove(frame.index)
    }
  }

  // MARK: Loops

  /// Closes a round and opens the next; what the one before left behind is dropped, so that a long
  /// loop takes no more memory than a short one.
  mutating func startRound(of address: String) {
    guard let parent = standing(at: address), let step = parent.frame.current,
      case .repeat(let loop) = step.kind, let rounds = state.steps[address]?.group?.rounds
    else { return }
    let outer = parent.frame.surroundings
    let over = surroundings(inside: step, at: address, rounds - 1, outer)
    note(forget(loop.steps, over), in: over, of: address)
    open(.body, of: step, at: address, index: rounds, in: parent)
  }

  /// Keeps what an iteration came to, drops the rest of it, and opens the next.
  mutating func endIteration(_ index: Int, of address: String, _ collected: StoredValues) {
    guard let parent = standing(at: address), let step = parent.frame.current,
      case .forEach(let loop) = step.kind
    else { return }
    state.steps[address]?.changeGroup {
      $0.ended.removeAll { $0 == index }
      $0.uncollected.remove(index)
    }
    if let value = collected.clear[Self.collectedName] {
      state.steps[address]?.changeGroup { $0.collected[index] = .clear(value) }
    } else if let commitment = collected.sealed[Self.collectedName]?.asString {
      state.steps[address]?.changeGroup { $0.collected[index] = .sealed(commitment) }
    }
    let outer = parent.frame.surroundings
    let over = surroundings(inside: step, at: address, index, outer)
    note(forget(loop.steps, over), in: over, of: address)
    openIterations(of: loop, step, at: address, in: parent)
    agenda.noteEnd(inside: address)
  }

  /// Goes on with a loop although one of its iterations is stuck, or came to nothing that can be
  /// collected.
  mutating func holdIteration(_ index: Int, of address: String) {
    guard let parent = standing(at: address), let step = parent.frame.current,
      case .forEach(let loop) = step.kind
    else { return }
    let isOver = state.steps[address]?.group?.ended.contains(index) ?? false
    state.steps[address]?.changeGroup {
      if isOver {
        $0.ended.removeAll { $0 == index }
        $0.uncollected.insert(index)
      } else {
        $0.held.insert(index)
      }
    }
    openIterations(of: loop, step, at: address, in: parent)
    if isOver { agenda.noteEnd(inside: address) }
  }

  /// The name under which what an iteration came to is journalled.
  static let collectedName = "value"

  // MARK: Closing

  /// Ends a called workflow: what it has not done is cancelled, then its `finally` is due.
  ///
  /// - Parameter failure: what has failed in it, where the run goes on without it for that.
  mutating func startFinishing(workflowAt address: String, _ failure: Failure?) {
    // What puts the failure of the call right is over, and goes on behind its `finally`.
    if state.steps[address]?.group?.ending?.failure == nil { closeRecovery(of: address) }
    guard let parent = standing(at: address), let step = parent.frame.current else {
      return endFinally(ofLeft: address, failure)
    }
    closeLists(inside: address)
    openNextFinally(of: address, step, in: parent)
  }

  /// Ends what is left of the `finally` of a call that was left, of which the calls that it leaves itself come
  /// next. Where that is for a failure, the call that goes on behind it has failed.
  private mutating func endFinally(ofLeft call: String, _ failure: Failure?) {
    guard let group = state.steps[call]?.group, let id = group.open.first,
      let frame = state.frames[id], frame.role == .workflowFinally
    else { return }
    closeLists(inside: call)
    state.steps[call]?.changeGroup {
      $0.callsLeft = []
      $0.ending?.isRepeated = true
    }
    if let outer = frame.parent.flatMap({ state.frames[$0]?.currentAddress }) {
      state.steps[outer]?.changeGroup {
        $0.callsLeft.insert(contentsOf: group.callsLeft, at: 0)
        if let failure { $0.worsen(.failed, failure.message, failure) }
      }
    } else {
      state.callsLeft.insert(contentsOf: group.callsLeft, at: 0)
    }
    goOnBehindFinally(in: frame.parent)
  }

  /// Opens the `finally` of the next call that a called workflow left, and after the last its own.
  private mutating func openNextFinally(
    of address: String, _ step: Step, in parent: (id: Int, frame: Frame)
  ) {
    while let call = state.steps[address]?.group?.callsLeft.first {
      state.steps[address]?.changeGroup { $0.callsLeft.removeFirst() }
      guard let frame = finallyFrame(of: call, in: parent.id) else { continue }
      let id = add(frame)
      state.steps[call]?.changeGroup { $0.open = [id] }
      state.steps[address]?.changeGroup { $0.open = [id] }
      return
    }
    guard state.steps[address]?.group?.ending?.isRepeated == false else { return }
    open(.workflowFinally, of: step, at: address, index: 0, in: parent)
  }

  /// Goes on behind the `finally` of a call that was left.
  private mutating func leaveFinally(_ id: Int, of call: String, in parent: Int?) {
    state.frames[id] = nil
    agenda.remove(id)
    state.steps[call]?.changeGroup { $0.open = [] }
    goOnBehindFinally(in: parent)
  }

  /// - Parameter parent: the list in which the call stands that left it; nil where that was the run.
  private mutating func goOnBehindFinally(in parent: Int?) {
    guard let parent else {
      if case .finishing = state.phase { openNextFinally() }
      return
    }
    guard let frame = state.frames[parent], let address = frame.currentAddress,
      let step = frame.current
    else { return }
    state.steps[address]?.changeGroup { $0.open = [] }
    agenda.add(parent)
    openNextFinally(of: address, step, in: (parent, frame))
  }

  /// Closes the lists inside a step; what is not over there is cancelled.
  mutating func closeInside(_ address: String) {
    closeRecovery(of: address)
    closeLists(inside: address)
  }

  private mutating func closeLists(inside address: String) {
    guard let open = state.steps[address]?.group?.open, !open.isEmpty else { return }
    state.steps[address]?.changeGroup { $0.open = [] }
    for id in open { close(id) }
  }

  mutating func close(_ id: Int) {
    guard let frame = state.frames[id] else { return }
    noteBrokenOff(frame)
    state.frames[id] = nil
    agenda.remove(id)
    closeAskedAgain(beside: id)
    guard let address = frame.currentAddress else { return }
    state.standing[address] = nil
    agenda.note(address, isAttempting: false)
    state.steps[address]?.abandon()
    abandon(aheadOf: frame)
    closeInside(address)
  }

  /// Closes every list, as if nothing had been begun.
  mutating func closeEverything() {
    for frame in state.frames.values { noteBrokenOff(frame) }
    state.frames = [:]
    state.standing = [:]
    state.askedAgain = []
    agenda = Agenda()
  }

  /// An iteration is closed before it is over: its loop remembers that, whatever is forgotten of its steps.
  private mutating func noteBrokenOff(_ frame: Frame) {
    guard frame.role == .iteration, let owner = frame.owner else { return }
    let isFailed = leavesFailure(frame)
    state.steps[owner]?.changeGroup {
      if isFailed { $0.failed.insert(frame.index) } else { $0.brokenOff.insert(frame.index) }
    }
  }

  /// Whether a list that is closed stands at something that failed, or of which nobody knows whether it
  /// happened.
  private func leavesFailure(_ frame: Frame) -> Bool {
    guard let address = frame.currentAddress, let record = state.steps[address] else {
      return false
    }
    switch record.phase {
    case .failed, .inDoubt: return true
    default: break
    }
    return record.doubtLeft != nil
      || framesInside(address).contains { state.frames[$0].map(leavesFailure) ?? false }
  }

  // MARK: Records

  /// Drops what is known of the steps of a list, and of those inside them.
  ///
  /// - Returns: what the loop around them has to remember.
  @discardableResult
  private mutating func forget(_ list: StepList, _ surroundings: Surroundings) -> Forgotten {
    var forgotten = Forgotten()
    for step in list.steps {
      let address = surroundings.prefix + step.id
      guard let record = state.steps.removeValue(forKey: address) else { continue }
      beginAnew(address)
      if record.hasTakenEvents { keepTaken(record.takenEvents, at: address) }
      if case .approve = step.kind, case .succeeded = record.phase {
        forgotten.approvals.insert(address)
      }
      var inside = Forgotten(record.group, at: address)
      for (list, inner) in step.lists(at: address, record, surroundings) {
        inside.add(forget(list, inner))
      }
      inside.keys += record.keyGeneration
      forgotten.add(inside)
    }
    return forgotten
  }

  /// Remembers with a loop how far the keys of its rounds and items went, since begun anew it goes on from there,
  /// and what was approved in them.
  ///
  /// - Parameter over: the surroundings of the round or item that is forgotten.
  private mutating func note(_ forgotten: Forgotten, in over: Surroundings, of loop: String) {
    if forgotten.keys > 0 {
      state.steps[loop]?.changeGroup { $0.forgottenKeys = max($0.forgottenKeys, forgotten.keys) }
    }
    guard !forgotten.approvals.isEmpty else { return }
    state.steps[loop]?.changeGroup { $0.approvals.formUnion(forgotten.names(inside: over)) }
  }

  /// Makes the steps inside a step as if they had never been begun, but for their keys: a service
  /// must not answer them with what it remembers.
  ///
  /// - Parameter withRecovery: Whether those are among them that were carried out since it failed.
  mutating func renew(
    inside address: String, keeping kept: KeptTaken = .none, withRecovery: Bool = true
  ) {
    guard let (step, surroundings) = location(of: address), let record = state.steps[address]
    else { return }
    for (list, inner) in step.lists(at: address, record, surroundings)
    where withRecovery || !step.isForFailures(list) {
      renew(list, inner, keeping: kept)
    }
    state.steps[address]?.group = nil
    forgetTaken(inside: address, but: kept)
  }

  /// Makes a `repeat` as if it had never been begun. Of its rounds only the last is known, and none
  /// comes to the same key: the run has gone back since.
  mutating func forgetRounds(of address: String, keeping kept: KeptTaken = .none) {
    guard let (step, surroundings) = location(of: address), case .repeat(let loop) = step.kind,
      let group = state.steps[address]?.group
    else { return }
    forget(loop.steps, surroundings.inside(step, at: address, index: group.rounds))
    forgetTaken(inside: address, but: kept)
  }

  mutating func renew(
    _ list: StepList, _ surroundings: Surroundings, keeping kept: KeptTaken = .none
  ) {
    for step in list.steps {
      let address = surroundings.prefix + step.id
      guard let record = state.steps[address] else { continue }
      for (list, inner) in step.lists(at: address, record, surroundings) {
        renew(list, inner, keeping: kept)
      }
      state.steps[address] = record.renewed
      if record.hasTakenEvents, kept.isKept(of: step) {
        state.steps[address]?.takenEvents = record.takenEvents
        // Begun anew it stands in another round.
        keepTaken(record.takenEvents, at: address)
      }
      beginAnew(address)
      if step.checkpoint != nil { forgetCheckpoint(at: address) }
    }
  }

  /// A step that is begun anew has not passed its checkpoint: there is nothing to go back to or to test.
  private mutating func forgetCheckpoint(at address: String) {
    state.checkpoints.removeAll { $0 == address }
    if state.hasRecovery { state.recovery.marks[address] = nil }
    if state.checkpointTest?.step == address { state.checkpointTest = nil }
  }

  /// A step that is begun anew has nothing behind it that was done about a failure.
  private mutating func beginAnew(_ address: String) {
    guard state.hasRecovery else { return }
    keepNoLonger(address)
    if state.hasEarlierTimes { state.earlierTimes[address] = nil }
    if !state.recovery.exhausted.isEmpty { state.recovery.exhausted.remove(address) }
    if !state.recovery.retries.isEmpty { state.recovery.retries[address] = nil }
  }

  /// A step that is begun anew has no outcome of before a rewind to keep.
  mutating func keepNoLonger(_ address: String) {
    guard state.hasRecovery, state.recovery.kept.contains(address) else { return }
    state.recovery.kept.remove(address)
  }
}

/// Which of the events that steps took are kept where the steps are begun anew.
enum KeptTaken {
  case none
  /// An event that ended a wait ends it once; what is asked anew is ticked anew by what has come.
  case ofWaits
  case all

  func isKept(of step: Step) -> Bool {
    switch (self, step.kind) {
    case (.none, _): false
    case (.ofWaits, .wait), (.all, _): true
    case (.ofWaits, _): false
    }
  }
}

extension RunEngine {
  /// Remembers the events that a wait took in a round or item that is over: no later round takes them again, nor
  /// does the item once the run has gone back behind the loop.
  ///
  /// The items of a `for_each` are different waits, each of which takes every event once.
  private mutating func keepTaken(_ events: Set<String>, at address: String) {
    guard address.utf8.contains(UInt8(ascii: "[")) else { return }
    state.takenInRounds[addressInEveryRound(address), default: []].formUnion(events)
  }

  /// What is begun anew may take what it took before, but for what is kept.
  private mutating func forgetTaken(inside address: String, but kept: KeptTaken) {
    guard !state.takenInRounds.isEmpty else { return }
    let wait = addressInEveryRound(address)
    for taken in state.takenInRounds.keys.filter({ $0.isInside(wait) }) {
      if kept != .none, let step = location(of: taken)?.step, kept.isKept(of: step) { continue }
      state.takenInRounds[taken] = nil
    }
  }
}
