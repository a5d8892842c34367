import Actions
import Documents
import Engine
import Glibc
import RunStore
import Values
import Workflows

/// Executes one run: asks the engine what to do, does it, journals what came of it.
///
/// Owned by one task, which holds the run's lock through the writer. What the engine decided is
/// journalled and applied with nothing in between.
final class RunExecutor {
  /// How many events there are between two saved states, at least.
  private static let saveInterval = 4096
  /// How much there is to tell, at most, before it is made safe and told.
  private static let longestUntold = 256

  let store: RunStore
  let writer: RunWriter
  var engine: RunEngine
  let vault: VaultAdapter
  let context: RunContext
  /// How far the project's events had been looked at when the run last had nothing to do.
  var eventsSeen = 0
  let keptEvents: KeptEvents
  /// Which of them were held against which waits, to no avail.
  var seenEvents = SeenEvents()
  /// The moments that came while it was executed.
  private(set) var reached: [ReachedMoment] = []
  private var eventsSinceSave = 0
  /// Calls whose intent is journalled and that are yet to be made.
  var prepared: [Call] = []
  /// Calls that are under way.
  var callsUnderWay = 0
  /// What people are being told of rungs that were reached.
  var outbox = Outbox()
  /// Whether the inbox was looked at after the last call, so that no time has passed since.
  var hasJustLooked = false
  /// How the run stands where somebody stopped it: nothing is done until somebody goes on with it.
  private(set) var standstill: Park?
  /// Since when is asked what commands answer that were left and wait for what was due before them.
  var askedWhenCome: [String: Timestamp?] = [:]
  /// Whether a command waits for what is under way to end, so that nothing new begins.
  var isWindingDown = false
  /// Whether something is not on disk yet that has to be before time passes: what an effect came to, or what a
  /// person decided.
  var owesSync = false
  /// The command that the run was brought back for, and where its records end once it is taken.
  private var given: (id: String, end: Int?)?
  /// What whoever watches is told once it cannot be lost any more.
  private var untold: [RunProgress] = []
  /// Whether a task sleeps until it is time to look up.
  var hasGlanceAhead = false

  init(
    store: RunStore, writer: RunWriter, engine: RunEngine, vault: VaultAdapter, context: RunContext
  ) {
    self.store = store
    self.writer = writer
    self.engine = engine
    self.vault = vault
    self.context = context
    keptEvents = KeptEvents(store)
    if let park = engine.state.parked, park.isStopped { standstill = park }
  }

  // MARK: Recording

  /// The moment, for the engine and the record: never before the last record, whatever the clock says.
  var now: Timestamp {
    let now = context.now()
    return max(now, writer.lastMoment ?? now)
  }

  /// Journals and applies events that count together or not at all, whenever the process dies.
  func record(
    _ events: [PendingEvent], actor: Actor = .machine, command: String? = nil,
    standing: Standing? = nil, givenAt: Timestamp? = nil
  ) throws(RunnerError) {
    for (position, event) in events.enumerated() {
      try record(
        event, actor: actor, command: command, standing: standing, givenAt: givenAt,
        hasMore: position + 1 < events.count)
    }
  }

  /// Journals and applies one event.
  ///
  /// - Parameters:
  ///   - givenAt: When the command that asks for it was given.
  ///   - hasMore: Whether it counts only together with the next.
  func record(
    _ pending: PendingEvent, actor: Actor = .machine, command: String? = nil,
    standing: Standing? = nil, givenAt: Timestamp? = nil, hasMore: Bool = false
  ) throws(RunnerError) {
    try vault.check()
    let now = now
    let event = Event(
      pending.kind, step: pending.step, attempt: pending.attempt, actor: actor, at: now,
      command: command, standing: standing ?? context.standing(of: actor),
      givenAt: givenAt.flatMap { $0.isRecordedBefore(now) ? $0 : nil })
    try append(event, hasMore: hasMore)
    // Asked before the run moves on, while it stands there.
    var step: Step?
    if RunContext.isShown(event.kind), let address = event.step { step = engine.step(at: address) }
    engine.apply(event)
    note(event)
    eventsSinceSave += 1
    if let progress = context.progress(of: event, at: step) { untold.append(progress) }
    guard !hasMore else { return }
    if untold.count >= Self.longestUntold { try makeSafe() }
    if eventsSinceSave >= Self.saveInterval, eventsSinceSave >= engine.weight * 4 {
      try saveState()
    }
  }

  private func note(_ event: Event) {
    switch event.kind {
    case .timerFired(let timer, let dueAt):
      reached.append(ReachedMoment(step: event.step ?? "", timer: timer, dueAt: dueAt))
    case .people(.deadlineReached(let deadline)) where !deadline.isPassedOver:
      reached.append(
        ReachedMoment(step: event.step ?? "", timer: deadline.timer, dueAt: deadline.dueAt))
    default: break
    }
  }

  private func append(_ event: Event, hasMore: Bool = false) throws(RunnerError) {
    try enterOwed(before: event.kind)
    try noticeClock()
    try write(event, hasMore: hasMore)
  }

  /// What the run stands still by is in the ledger before anything comes behind it; what says that the run was
  /// elsewhere, where the ledger is another, comes first.
  private func enterOwed(before kind: EventKind) throws(RunnerError) {
    switch kind {
    case .place(.moved), .place(.adopted), .journalRepaired: return
    default: break
    }
    guard writer.owesLedger else { return }
    try stored { () throws(StoreError) in try writer.noteInLedger() }
  }

  private func write(_ event: Event, hasMore: Bool = false) throws(RunnerError) {
    var data = event.data
    if hasMore { data["more"] = true }
    try stored { () throws(StoreError) in
      try writer.add(
        type: event.kind.type, step: event.step, attempt: event.attempt,
        actor: JournalRecord.Actor(kind: event.actor.kind.rawValue, id: event.actor.id),
        at: event.at, data: data)
    }
  }

  /// The record's times never decrease. That the clock went back is said once: until it has passed the last
  /// record again, no record has another time, whatever process writes it.
  private func noticeClock() throws(RunnerError) {
    guard let last = writer.lastMoment, let gap = last.since(context.now()), gap.seconds >= 1,
      engine.state.clockWentBackAt != last
    else { return }
    let kind = EventKind.clockWentBack(bySeconds: Int(gap.seconds))
    let event = Event(kind, at: last)
    try stored { () throws(StoreError) in
      try writer.append(
        type: kind.type, actor: JournalRecord.Actor(kind: "machine", id: "baton"), at: last,
        data: event.data)
    }
    engine.apply(event)
  }

  func saveState() throws(RunnerError) {
    eventsSinceSave = 0
    let state = try encoded(engine.state)
    try stored { () throws(StoreError) in try writer.sync() }
    keep(state)
    tell()
  }

  /// A cache that cannot be written costs time and nothing else.
  private func keep(_ state: EncodedState) { try? writer.saveState(state) }

  private func encoded(_ state: RunState) throws(RunnerError) -> EncodedState {
    do throws(CanonicalJSONError) {
      return EncodedState(try state.encoded())
    } catch {
      throw RunnerError(StoreError.notRecordable(error.message))
    }
  }

  func sync() throws(RunnerError) {
    try vault.check()
    try stored { () throws(StoreError) in try writer.sync() }
    owesSync = false
    tell()
  }

  /// Makes safe what is known: on disk what an effect came to and what a person decided, whatever happens to the
  /// machine, and in the file all else, for others to see and for a process that is killed to leave behind.
  func makeSafe() throws(RunnerError) {
    if owesSync || !writer.isPublished { return try sync() }
    try vault.check()
    try stored { () throws(StoreError) in try writer.write() }
    tell()
  }

  /// Tells whoever watches what has come to be; what was shown as done must not become a doubt.
  private func tell() {
    for progress in untold { context.progress(progress) }
    untold.removeAll(keepingCapacity: true)
  }

  // MARK: Ending

  func park(interrupted: Bool = false) throws(RunnerError) {
    var park = engine.parkReasons()
    if interrupted, park.reasons.isEmpty || hasMoreToDo {
      park = Park(status: .needsAttention, reasons: [.stopped] + park.reasons)
    }
    try stand(by: park)
  }

  /// Parks the run for the reasons that are given.
  func stand(by park: Park) throws(RunnerError) {
    // The record is not filled with parks between which nothing was.
    if writer.isAtRest, !writer.owesLedger, engine.state.parked == park {
      try saveState()
    } else {
      try close(with: .runParked(status: park.status, reasons: park.reasons, stateHash: ""))
    }
    context.progress(.parked(park.status, reasons: park.reasons))
  }

  /// Whether the run would go on now, if nobody had stopped it.
  private var hasMoreToDo: Bool {
    var ahead = engine
    if case .wait = ahead.next(now: now) { return false }
    return true
  }

  /// What was left for the run and came too late is refused: nobody would take it any more.
  func finish() throws(RunnerError) {
    try takeInbox()
    try settle()
    if case .ended(let status, let message) = engine.state.phase {
      context.progress(.finished(status, message: message))
    }
  }

  /// Journals the parking with the hash of the state it leaves behind.
  private func close(with kind: EventKind, usingReserve: Bool = false) throws(RunnerError) {
    guard case .runParked(let status, let reasons, _) = kind else { return }
    try enterOwed(before: kind)
    // Before the state is hashed: a record in between would not be in it.
    try noticeClock()
    let now = now
    var parked = engine
    parked.apply(Event(kind, at: now))
    let state = try encoded(parked.state)
    let event = Event(
      .runParked(status: status, reasons: reasons, stateHash: state.sha256), at: now)
    try write(event)
    engine = parked
    try settle(state, usingReserve: usingReserve)
  }

  /// The journal, then the ledger, then the saved state.
  private func settle(
    _ state: EncodedState? = nil, usingReserve: Bool = false
  ) throws(RunnerError) {
    try vault.check()
    try stored { () throws(StoreError) in
      try writer.sync(usingReserve: usingReserve, isLast: true)
      guard !usingReserve else { return }
      try writer.noteInLedger()
    }
    owesSync = false
    tell()
    guard !usingReserve else { return }
    guard let state else { return try saveState() }
    keep(state)
  }

  /// Watches over a command whose giver waits for what becomes of it.
  func expect(_ command: Command) {
    if case .resume = command.kind { return }
    given = (command.id, nil)
  }

  /// Whether the command that somebody waits for is not in the journal.
  var hasLostCommand: Bool {
    guard let given else { return false }
    return given.end.map { !writer.hasWritten(upTo: $0) } ?? true
  }

  /// A disk that is full must not lose the place: the reserve is kept for saying so.
  func parkAfter(_ error: RunnerError) throws(RunnerError) {
    guard case .operational = error.kind else { throw error }
    if writer.owesLedger { return try stand(after: error) }
    let cause = error
    let reason = ParkReason(step: engine.state.currentAddress ?? "", message: error.message)
    do throws(RunnerError) {
      try close(
        with: .runParked(status: .needsAttention, reasons: [reason], stateHash: ""),
        usingReserve: true)
    } catch {
      throw notEvenNoted(cause)
    }
    context.progress(.parked(.needsAttention, reasons: [reason]))
  }

  /// Leaves the run standing by its last record, which the ledger lacks: nothing may come behind that.
  private func stand(after cause: RunnerError) throws(RunnerError) {
    do throws(RunnerError) {
      try vault.check()
      try stored { () throws(StoreError) in try writer.sync(usingReserve: true, isLast: true) }
    } catch {
      throw notEvenNoted(cause)
    }
    owesSync = false
    tell()
    if case .ended(let status, let message) = engine.state.phase {
      context.progress(.finished(status, message: message))
    } else if let park = engine.state.parked {
      context.progress(.parked(park.status, reasons: park.reasons))
    }
    context.progress(.leftOutOfLedger(run: writer.run, reason: cause.message))
  }

  /// The run stands where it was, and its giver learns that.
  private func notEvenNoted(_ cause: RunnerError) -> RunnerError {
    if hasLostCommand { return cause }
    return RunnerError(
      .operational, "\(cause.message); the run could not even note that it stopped",
      hint: "repair that, then: baton resume \(writer.run)")
  }

  // MARK: Commands

  /// Journals what a command changes.
  ///
  /// - Parameter givenAt: When it was given, where it may have waited since: deadlines go by that.
  func take(_ command: Command, givenAt: Timestamp? = nil) throws(RunnerError) {
    guard let refusal = try takeOrRefuse(command, givenAt: givenAt) else { return }
    throw RunnerError(.refused, refusal.message, hint: refusal.hint)
  }

  /// Journals what a command changes; where nothing is, why it is refused.
  func takeOrRefuse(
    _ command: Command, givenAt: Timestamp? = nil
  ) throws(RunnerError) -> Refusal? {
    let now = now
    let earlier = givenAt.flatMap { $0.isRecordedBefore(now) ? $0 : nil }
    switch engine.handle(command, now: now, givenAt: earlier) {
    case .success(let events):
      leaveStandstill(for: command.kind)
      try record(
        events, actor: command.actor, command: command.id.isEmpty ? nil : command.id,
        standing: command.standing, givenAt: givenAt)
      owesSync = true
      if given?.id == command.id { given?.end = writer.end }
      return nil
    case .failure(let refusal): return refusal
    }
  }

  /// A run that somebody stopped goes on where that is what a command is for.
  func leaveStandstill(for kind: CommandKind) { if kind.goesOn { standstill = nil } }

  /// Notes that a process takes the run over; tests again what blocked it.
  func noteResumed(by actor: Actor) throws(RunnerError) {
    standstill = nil
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let host = String(decoding: bytes, as: UTF8.self)
    try record(PendingEvent(.runResumed(process: Int(getpid()), host: host)), actor: actor)
  }
}

extension Timestamp {
  /// Whether it is earlier as journals write moments.
  fileprivate func isRecordedBefore(_ other: Timestamp) -> Bool {
    self < other && journalText != other.journalText
  }
}
