import Documents
import TestSupport
import Testing
import Values
import Workflows

@testable import Engine

/// Something that must never be; the seed is added by whoever catches it.
struct Violation: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// The process dies here: what is in memory is gone.
struct Crash: Error {}

/// A process that executes a run in memory, as the runner does on a disk: a journal of which a prefix
/// is durable, saved states that may be stale, an inbox, and a clock.
final class VirtualProcess {
  /// A record as it stands in the journal: read back, nothing is shared with what was written.
  struct Entry {
    let type: String
    let step: String?
    let attempt: Int?
    let actor: Actor
    let at: Timestamp
    let command: String?
    let data: [UInt8]
    /// Whether it only counts together with the next.
    let hasMore: Bool
  }

  /// A command that somebody left, and when.
  struct Delivery {
    let command: Command
    let at: Timestamp
  }

  /// The versions that the run has gone by, the first one first.
  private(set) var versions: [Workflow]
  let world: World
  var engine: RunEngine
  private(set) var journal: [Entry] = []
  private(set) var synced = 0
  private var saved: [(bytes: [UInt8], count: Int, versions: Int)] = []
  var inbox: [Delivery] = []
  /// What the events so far have brought about.
  private var rules = Rules()
  var clock = Timestamp(seconds: 1_763_000_000)
  /// When the run goes on by itself, as it said when it parked.
  private(set) var wakeAt: Timestamp?
  /// So many of a thousand chances to die are taken.
  var deadliness = 0
  /// How many calls may be under way at once.
  private let callLimit: Int
  var random: SeededNumbers
  private(set) var crashes = 0
  /// Attempts whose intent is journalled and that are not made yet.
  private var prepared: [AttemptRequest] = []
  /// The addresses of the attempts that are prepared or under way.
  private var attempting: Set<String> = []
  /// Calls that were made, each with what is to be journalled of its end.
  private var underWay: [() -> [PendingEvent]] = []
  /// What people are being told, of each step one after the other.
  var outbox: [Message] = []
  /// Whether what is in it goes out.
  private var isTelling = false
  private let vault = MemoryVault()
  static let starter = Actor(kind: .person, id: "sam")

  init(_ workflow: Workflow, seed: UInt64) throws {
    versions = [workflow]
    world = World(seed: seed)
    random = SeededNumbers(seed: seed)
    callLimit = [5, 5, 1, 2][Int(seed % 4)]
    let header = RunHeader(
      run: "20261120-abc234", workflowID: "test", workflowName: "A test", workflowVersion: "1.0.0",
      workflowFile: "test.yaml", workflowSHA256: workflow.sha256, definition: [:],
      environment: "local", name: "A test", labels: [:],
      inputs: StoredValues(clear: ["n": .int(Int64(seed % 7))]))
    let created = Event(.runCreated(header), actor: Self.starter, at: clock)
    engine = try RunEngine(workflow: workflow, created: created, vault: vault)
    journal = [try Self.entry(created, hasMore: false)]
    synced = 1
  }

  /// The version that the run goes by.
  var workflow: Workflow { versions[versions.count - 1] }

  var isOver: Bool { if case .ended = engine.state.phase { true } else { false } }

  /// The moment as the runner sees it: never before the last record.
  var now: Timestamp { max(clock, engine.state.lastAt) }

  // MARK: Going on

  /// Goes on after a park, a crash or with a command, until the run parks or is over.
  func go(_ command: Command) throws {
    do {
      guard try comeBack(command) else { return }
      try takeInbox()
      try loop()
    } catch is Crash {
      try recover()
    }
  }

  func start() throws {
    do { try loop() } catch is Crash { try recover() }
  }

  /// Takes the run over and does what the command says; false where that is refused.
  private func comeBack(_ command: Command) throws -> Bool {
    if case .resume = command.kind {
      if engine.state.parked == nil { try noteInterrupted() }
      try resumed(by: command.actor)
      return true
    }
    if engine.hasToSettle(before: command.kind) { return try settle(before: command) }
    // What was due before the command came is settled first, and may change what it means.
    let isLate = engine.hasMissed(before: now)
    if !isLate, case .failure = engine.handle(command) { return false }
    try takeOver(command.actor)
    let askedAt = engine.askedAt(answeredBy: command.kind)
    if command.kind.endsTheRun {
      try reachDeadlines(before: now)
    } else if isLate {
      try loop(until: now)
    }
    if engine.refusal(of: command.kind, askedAt: askedAt) == nil { try take(command) }
    return true
  }

  /// Does what the command says once it is known what came of the attempts that a dead process left.
  private func settle(before command: Command) throws -> Bool {
    try settleAttempts(for: command.actor)
    try reachDeadlines(before: now)
    guard case .failure = engine.handle(command) else {
      try take(command)
      return true
    }
    guard command.kind.endsTheRun else { return true }
    try park()
    return false
  }

  private func settleAttempts(for actor: Actor) throws {
    if engine.state.parked == nil { try noteInterrupted() }
    try resumed(by: actor)
    while let decision = engine.nextToSettle(now: now) {
      switch decision {
      case .record(let events): try record(events)
      case .attempt(let request):
        try begin(request)
        prepared = []
        attempting = []
        try sync()
        let result = world.perform(request)
        try mayDie()
        try record(engine.outcome(of: request, result, now: now))
      case .look(let request): try record(answer(to: request)())
      case .wait, .end: return
      }
    }
  }

  private func takeOver(_ actor: Actor) throws {
    guard engine.state.parked == nil else { return }
    try noteInterrupted()
    try resumed(by: actor)
  }

  private func noteInterrupted() throws {
    try record(PendingEvent(.runInterrupted(lastSequence: journal.count - 1)))
    try settleNotices()
  }

  private func resumed(by actor: Actor) throws {
    try record(PendingEvent(.runResumed(process: 1, host: "h")), actor: actor)
  }

  private func reachDeadlines(before moment: Timestamp) throws {
    while case let events = engine.deadline(before: min(moment, now)), !events.isEmpty {
      try record(events)
    }
  }

  /// Moves the run to another version, and goes on; nothing happens where that is impossible.
  func move(to version: Workflow, by actor: Actor, _ decide: (MigrationDecision) -> String) throws {
    guard !isOver else { return }
    do {
      if engine.hasUnsettled { try settleAttempts(for: actor) }
      guard let (plan, choices) = readyPlan(to: version, decide) else { return try park() }
      if engine.state.parked == nil { try noteInterrupted() }
      let events = engine.migration(
        to: version, by: plan, choices, definition: [:], file: "test.yaml", reason: nil, now: now)
      versions.append(version)
      engine.expect(version)
      try record(events, actor: actor)
      try sync()
      try resumed(by: actor)
      try takeInbox()
      try loop()
    } catch is Crash {
      try recover()
    }
  }

  private func readyPlan(
    to version: Workflow, _ decide: (MigrationDecision) -> String
  ) -> (MigrationPlan, MigrationChoices)? {
    var choices = MigrationChoices()
    // What is decided may bring more to decide.
    for _ in 0..<4 {
      guard let plan = try? engine.migrationPlan(to: version, choices) else { return nil }
      if plan.isReady { return (plan, choices) }
      for case .decision(_, let decision, nil) in plan.items.map(\.verdict) {
        choices.decisions[decision.key] = decide(decision)
      }
    }
    return nil
  }

  /// - Parameter moment: Where to stop once all that was due before has happened.
  private func loop(until moment: Timestamp? = nil) throws {
    prepared = []
    attempting = []
    underWay = []
    isTelling = moment == nil
    for _ in 0..<40_000 {
      let decision = engine.next(now: now, mayCall: prepared.count + underWay.count < callLimit)
      if comesAfterTelling(decision) { try makeUpMessages() }
      switch decision {
      case .record(let events) where events.contains(where: \.kind.isTimer):
        // What arrived before a deadline comes before it.
        if case .taken = try takeInbox() { continue }
        guard let moment, !engine.hasMissed(before: moment) else {
          try record(events)
          continue
        }
        guard try goOnWithCalls() else { return }
      case .record(let events) where isHeldBack(events):
        isTelling = true
        _ = try goOnWithCalls()
      case .record(let events): try record(events)
      case .attempt(let request):
        if try takeInbox() == .taken { continue }
        guard engine.isDue(request) else { continue }
        try begin(request)
      case .look(let request):
        if engine.expect(request) {
          underWay.append(answer(to: request))
        } else {
          try record(answer(to: request)())
        }
      case .wait(let until):
        if try goOnWithCalls() { continue }
        try checkWait(until)
        if moment != nil { return }
        if try takeInbox() != .none { continue }
        wakeAt = until
        return try park()
      case .end where isTelling && !outbox.isEmpty: _ = try goOnWithCalls()
      case .end: return moment == nil ? try settle() : ()
      }
    }
    throw Violation("goes on for ever")
  }

  /// Journals an intent; the call is made once it is durable.
  private func begin(_ request: AttemptRequest) throws {
    let intent = Intent(
      operation: request.call.operation, driver: "test", driverSHA256: "",
      effects: request.effects.rawValue, key: request.key,
      with: StoredValues(
        request.inputs, sensitive: { request.sensitive.contains($0) }, vault: vault),
      now: request.now)
    try record(
      PendingEvent(.attemptStarted(intent), step: request.address, attempt: request.attempt))
    prepared.append(request)
    attempting.insert(request.address)
  }

  /// The run does not end before people were told.
  private func isHeldBack(_ events: [PendingEvent]) -> Bool {
    (!outbox.isEmpty || !engine.state.tellings.isEmpty)
      && events.contains(where: \.kind.endsTheRun)
  }

  /// What follows from an answer comes before anybody is told.
  private func comesAfterTelling(_ decision: Decision) -> Bool {
    switch decision {
    case .record(let events): isHeldBack(events) || events.contains(where: \.kind.isTimer)
    case .attempt, .look: false
    case .wait, .end: true
    }
  }

  /// Nothing but its own end ends an attempt that is under way.
  private func checkAttempts(_ event: Event) throws {
    if let address = event.step { attempting.remove(address) }
    for address in attempting {
      if case .attempting? = engine.state.steps[address]?.phase { continue }
      throw Violation(
        "`\(address)` was under way, and \(event.kind.type) of `\(event.step ?? "")` broke it off")
    }
  }

  /// Makes the calls that are prepared, and hears how one of those under way ended; false where
  /// there is none.
  private func goOnWithCalls() throws -> Bool {
    if prepared.contains(where: { $0.effects != .none }) { try sync() }
    for request in prepared {
      try mayDie()
      let result = world.perform(request)
      underWay.append { [self] in engine.outcome(of: request, result, now: now) }
    }
    prepared = []
    try mayDie()
    let messages = isTelling || !underWay.isEmpty ? outbox.count : 0
    guard underWay.count + messages > 0 else { return false }
    let ended = random.number(0..<underWay.count + messages)
    if ended < underWay.count {
      try record(underWay.remove(at: ended)())
    } else {
      try tellSomebody()
    }
    try takeInbox()
    return true
  }

  private func answer(to request: LookRequest) -> () -> [PendingEvent] {
    let kind: EventKind =
      switch world.look(request) {
      case .success(let outputs): .lookAnswered(request.look, outputs: StoredValues(clear: outputs))
      case .failure(let failure): .lookFailed(request.look, message: failure.message)
      }
    return { [self] in
      engine.awaits(request) ? [PendingEvent(kind, step: request.address)] : []
    }
  }

  /// A run that waits has nothing to do: not now, and not for somebody who opens it anew.
  private func checkWait(_ until: Timestamp?) throws {
    if let until, until <= now { throw Violation("waits for a moment that has come: \(until)") }
    var opened = try restored(encoded(engine.state.saved), workflow)
    let decision = opened.next(now: now)
    guard case .wait(let moment) = decision, moment == until else {
      throw Violation("waits until \(String(describing: until)); opened anew: \(decision)")
    }
  }

  private enum Arrivals { case none, taken, leftForLater }

  @discardableResult
  private func takeInbox() throws -> Arrivals {
    var found = Arrivals.none
    while let delivery = inbox.first {
      let command = delivery.command
      try concludeDecisions()
      if command.kind.endsTheRun {
        guard underWay.isEmpty, prepared.isEmpty, !isTelling || outbox.isEmpty else {
          return .none
        }
        try reachDeadlines(before: delivery.at)
      } else if engine.hasMissed(before: min(delivery.at, now)) {
        return found == .none ? .leftForLater : found
      }
      if case .failure(let refusal) = engine.handle(command) {
        try record(
          PendingEvent(.commandRefused(message: refusal.message)), actor: command.actor,
          command: command.id)
      } else {
        try take(command)
      }
      try sync()
      try mayDie()
      inbox.removeFirst()
      found = .taken
    }
    return found
  }

  /// What follows from what is known comes before the next command.
  private func concludeDecisions() throws {
    for _ in 0..<1000 {
      guard case .record(let events) = engine.next(now: now),
        !events.contains(where: \.kind.isTimer), !isHeldBack(events)
      else { return }
      try record(events)
    }
  }

  private func take(_ command: Command) throws {
    guard case .success(let events) = engine.handle(command) else { return }
    try record(events, actor: command.actor, command: command.id)
  }

  // MARK: The record

  /// Transitions that count together or not at all.
  private func record(
    _ events: [PendingEvent], actor: Actor = .machine, command: String? = nil
  ) throws {
    for (position, event) in events.enumerated() {
      try record(
        event, actor: actor, command: command, hasMore: position + 1 < events.count)
    }
  }

  func record(
    _ pending: PendingEvent, actor: Actor = .machine, command: String? = nil,
    hasMore: Bool = false
  ) throws {
    let event = Event(
      pending.kind, step: pending.step, attempt: pending.attempt, actor: actor, at: now,
      command: command)
    journal.append(try Self.entry(event, hasMore: hasMore))
    do {
      try rules.check(event, before: engine)
    } catch {
      throw Violation("\(error)\n\(story(of: pending.step ?? ""))")
    }
    engine.apply(event)
    try checkAttempts(event)
    try mayDie()
  }

  func sync() throws {
    try mayDie()
    synced = journal.count
  }

  private func park() throws {
    let park = engine.parkReasons()
    let kind = EventKind.runParked(status: park.status, reasons: park.reasons, stateHash: "")
    try record(PendingEvent(kind))
    try settle()
  }

  private func settle() throws {
    try sync()
    try mayDie()
    let state = try encoded(engine.state.saved)
    try Self.checkSecrecy(state)
    saved.append((state, journal.count, versions.count))
    try mayDie()
  }

  func mayDie() throws {
    guard deadliness > 0, random.number(0..<1000) < deadliness else { return }
    throw Crash()
  }

  // MARK: Dying and coming back

  /// Drops everything in memory and goes on from what a disk would still hold.
  func recover() throws {
    crashes += 1
    attempting = []
    outbox = []
    let live = try encoded(engine.state.saved)
    var surviving = random.number(synced...journal.count)
    while journal[surviving - 1].hasMore { surviving -= 1 }
    let lostNothing = surviving == journal.count
    journal.removeLast(journal.count - surviving)
    synced = journal.count
    saved.removeAll { $0.count > surviving }
    let full = try replayed(journal.count)
    engine = full
    rules = Rules(try journal.map(Self.event), full)
    if let state = saved.isEmpty ? nil : random.choose(saved) {
      engine = try restored(state.bytes, versions[state.versions - 1])
      for entry in journal[state.count...] { try fold(entry, into: &engine) }
    }
    versions.removeLast(versions.count - 1 - engine.state.migrations)
    let folded = try encoded(full.state.saved)
    if lostNothing, folded != live {
      throw Violation("the fold is not the live state\n\(difference(folded, live))")
    }
    let came = try encoded(engine.state.saved)
    if came != folded {
      throw Violation("a saved state and the tail are not the replay\n\(difference(came, folded))")
    }
  }

  /// The first records, folded.
  func replayed(_ count: Int) throws -> RunEngine {
    var engine = try RunEngine(
      workflow: versions[0], created: try Self.event(journal[0]), vault: vault)
    for entry in journal[1..<count] { try fold(entry, into: &engine) }
    return engine
  }

  private func fold(_ entry: Entry, into engine: inout RunEngine) throws {
    let event = try Self.event(entry)
    if case .recovery(.migrated) = event.kind {
      engine.expect(versions[engine.state.migrations + 1])
    }
    engine.apply(event)
  }

  private func restored(_ bytes: [UInt8], _ workflow: Workflow) throws -> RunEngine {
    let value = try JSONReader.value(from: bytes, depthLimit: 1000, largeIntegers: .double)
    guard let state = RunState(saved: value, workflow: workflow) else {
      throw Violation("a saved state cannot be read: \(text(bytes))")
    }
    return RunEngine(workflow: workflow, state: state, vault: vault)
  }

  private func encoded(_ value: Value) throws -> [UInt8] { try CanonicalJSON.encode(value) }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// Where two texts part, with what stands around it.
  private func difference(_ one: [UInt8], _ other: [UInt8]) -> String {
    let same = zip(one, other).prefix { $0 == $1 }.count
    let start = max(0, same - 200)
    return "\(text(Array(one[start...].prefix(400))))\n\(text(Array(other[start...].prefix(400))))"
  }

  /// How many events of a type the journal has.
  func count(_ type: String) -> Int { journal.count { $0.type == type } }

  /// What the journal says of a step and of the run as a whole.
  func story(of address: String) -> String {
    journal.enumerated().filter { $1.step == nil || $1.step == address || $1.type.contains("undo") }
      .map { "\($0) \($1.type) \($1.step ?? "") \(text($1.data).prefix(150))" }
      .joined(separator: "\n")
  }

  private static func entry(_ event: Event, hasMore: Bool) throws -> Entry {
    let data = try CanonicalJSON.encode(.map(event.data))
    try checkSecrecy(data)
    return Entry(
      type: event.kind.type, step: event.step, attempt: event.attempt, actor: event.actor,
      at: event.at, command: event.command, data: data, hasMore: hasMore)
  }

  /// What is sensitive stands nowhere in clear.
  private static func checkSecrecy(_ bytes: [UInt8]) throws {
    let text = String(decoding: bytes, as: UTF8.self)
    guard !text.contains(World.beginningOfWords) else {
      throw Violation("a sensitive word in clear: \(text)")
    }
  }

  /// What the run gives, sensitive values among it.
  var outputs: ValueMap { engine.state.outputs.openedOrLeftOut(by: vault) }

  static func event(_ entry: Entry) throws -> Event {
    let value = try JSONReader.value(from: entry.data, depthLimit: 1000)
    let kind = try EventKind(type: entry.type, data: value.asMap ?? ValueMap())
    return Event(
      kind, step: entry.step, attempt: entry.attempt, actor: entry.actor, at: entry.at,
      command: entry.command)
  }
}

/// Keeps sensitive values in memory, where no crash reaches them.
final class MemoryVault: ValueVault, @unchecked Sendable {
  // Unchecked: a virtual run has one thread.
  private var values: [Value] = []

  func seal(_ value: Value) -> String {
    values.append(value)
    return "sealed-\(values.count - 1)"
  }

  func open(_ commitment: String) -> Value? {
    guard let number = Int(commitment.dropFirst(7)), values.indices.contains(number) else {
      return nil
    }
    return values[number]
  }
}
