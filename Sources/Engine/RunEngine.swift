import Values
package import Workflows

/// A run of one workflow: its state, and the rules by which it changes.
///
/// Pure: it reads no clock, disk or randomness. Feed it events with ``apply(_:)``; ask with
/// ``next(now:)`` what to do. The same events give the same state, whether live, reopened,
/// rehearsed or verified.
package struct RunEngine: Sendable {
  /// The definition that the run goes by now.
  package internal(set) var workflow: Workflow
  /// The state, in a place that its readers share.
  private(set) var statePlace: StatePlace
  package let vault: any ValueVault
  /// What is to be looked at; found again from the state.
  var agenda = Agenda()
  /// Those of the round or iteration that was opened last, which is the one asked for most.
  var newestSurroundings: Surroundings?
  /// Whether any step has a way back.
  var hasUndo: Bool
  /// Whether a workflow that is called has a `finally`.
  var hasCalledFinally: Bool
  /// What the steps that wait for events go by.
  var eventWaits: EventWaits
  /// The definition that the next migration moves the run to.
  var upcoming: Workflow?
  /// What steps were called that a migration took out and that can be taken back, by address; for people only.
  var removedTitles: [String: String] = [:]

  /// - Parameter created: the first event of the journal.
  package init(workflow: Workflow, created: Event, vault: any ValueVault) throws(UnreadableEvent) {
    guard case .runCreated(let header) = created.kind else {
      throw UnreadableEvent(message: "the first event is `\(created.kind.type)`, not `run.created`")
    }
    self.workflow = workflow
    self.vault = vault
    hasUndo = workflow.hasUndo
    hasCalledFinally = workflow.hasCalledFinally
    eventWaits = workflow.eventWaits
    statePlace = StatePlace(
      RunState(
        header: header, startedAt: created.at, startedBy: created.actor, lastAt: created.at))
    state.eventCount = 1
    openOutermost(.main)
  }

  /// An engine that goes on from a state that was kept.
  package init(workflow: Workflow, state: RunState, vault: any ValueVault) {
    self.workflow = workflow
    statePlace = StatePlace(state)
    self.vault = vault
    hasUndo = workflow.hasUndo
    hasCalledFinally = workflow.hasCalledFinally
    eventWaits = workflow.eventWaits
    standAtUndo()
    lookAtEverything()
  }

  /// What has become of the run so far.
  package internal(set) var state: RunState {
    // By address, so that whoever reads or changes a member touches no more than that.
    unsafeAddress { UnsafePointer(statePlace.pointer) }
    unsafeMutableAddress {
      if !isKnownUniquelyReferenced(&statePlace) {
        statePlace = StatePlace(statePlace.pointer.pointee)
      }
      return statePlace.pointer
    }
  }

  /// About how much there is to save.
  package var weight: Int {
    state.steps.count + state.itemCount + state.received.count + state.undo.entries.count
  }

  /// Puts every frame among those to decide about.
  mutating func lookAtEverything() {
    for id in state.frames.keys.sorted() { agenda.add(id) }
  }

  /// Folds one event into the state. Total: an event about a step that is not there changes nothing
  /// but the count, so a journal of a later release cannot crash a reader.
  package mutating func apply(_ event: Event) {
    state.eventCount += 1
    state.lastAt = max(state.lastAt, event.at)
    if let command = event.command { state.commands.insert(command) }
    if let address = event.step {
      applyToStep(event, at: address)
    } else {
      applyToRun(event)
    }
  }

  private mutating func applyToRun(_ event: Event) {
    noteEnd(event)
    noteGoingBack(event)
    switch event.kind {
    case .recovery(let recovery): applyRecovery(recovery)
    case .place(let place): state.placement.fold(place)
    case .runResumed: resumed()
    case .runParked(let status, let reasons, _):
      state.parked = Park(status: status, reasons: reasons)
    case .runFinishing(let status, let message, _, let calls):
      startFinishing(status, message, calls)
    case .runFinished(let status, let message, let outputs):
      state.phase = .ended(status, message: message)
      state.outputs = outputs
      state.parked = nil
      closeEverything()
    case .eventReceived(var received):
      received.at = received.at ?? event.at
      state.received.append(received)
      leavePark(for: event.kind)
      lookAtEverything()
    case .clockWentBack: state.clockWentBackAt = event.at
    case .noteAdded(let text):
      state.notes.append(Note(text: text, actor: event.actor, at: event.at))
    default: break
    }
  }

  /// A run that somebody stopped stands still, whatever is kept for it meanwhile.
  mutating func leavePark(for kind: EventKind) {
    guard let parked = state.parked else { return }
    switch kind {
    case .eventReceived, .people(.claimed), .people(.released):
      if parked.isStopped { return }
    default: break
    }
    state.parked = nil
  }

  /// Whoever asked for the end, where somebody did, said so before what followed from it.
  private mutating func noteEnd(_ event: Event) {
    var left: [String] = []
    switch event.kind {
    case .recovery(.undoing): break
    case .runFinishing(let status, _, let steps, _):
      if status == .succeeded { return }
      left = steps
    case .runFinished(let status, _, _):
      state.endedAt = event.at
      if status == .succeeded { return }
    default: return
    }
    guard event.actor != .machine || (state.begunEnd?.by ?? .machine) == .machine else { return }
    state.begunEnd = BegunEnd(by: event.actor, at: event.at, notTakenBack: left)
    if event.actor != .machine { state.leaveTellings() }
  }

  /// Who has the run take back what it did, and why: the newest counts.
  private mutating func noteGoingBack(_ event: Event) {
    switch event.kind {
    case .recovery(.undoing(let message, _)), .recovery(.rewinding(_, _, let message, _)):
      state.recovery.goingBack = BegunGoingBack(by: event.actor, at: event.at, message: message)
    case .recovery(.rewound): state.recovery.goingBack = nil
    default: break
    }
  }

  private mutating func resumed() {
    state.parked = nil
    for address in currentAddresses {
      switch state.steps[address]?.phase {
      case .blocked, .unavailable:
        state.steps[address]?.phase = .entered
        state.steps[address]?.looks = [:]
      case .attempting(let intent):
        // The process died between the intent and the outcome.
        state.steps[address]?.lose(
          intent, message: "the process ended before the answer came", byCrash: true)
        agenda.note(address, isAttempting: false)
      case .inDoubt where canAskAgain(address): state.steps[address]?.askAgain()
      default: break
      }
    }
    retestCheckpoint()
    lookAtEverything()
  }

  mutating func retestCheckpoint() {
    guard case .main = state.phase else { return }
    // What it found before may be of a step, or of a check, that a migration took out.
    state.checkpointTest = nil
    guard let address = state.checkpoints.last else { return }
    if state.steps[address] != nil, let step = step(at: address), !step.verify.isEmpty {
      state.steps[address]?.looks = [:]
      state.checkpointTest = .pending(step: address)
    }
  }

  /// - Parameter calls: whose `finally` comes first.
  private mutating func startFinishing(
    _ status: RunStatus, _ message: String?, _ calls: [String]
  ) {
    let isInOwnFinally = state.frames.values.contains { $0.role == .finally }
    state.recovery.open = [:]
    state.recovery.goingBack = nil
    abandonEverything()
    state.phase = .finishing(status, message: message)
    state.parked = nil
    state.checkpointTest = nil
    if isInOwnFinally, calls.isEmpty { return passFinally() }
    if isInOwnFinally { state.hasLeftFinally = true }
    closeEverything()
    state.callsLeft = calls
    openNextFinally()
  }
}
