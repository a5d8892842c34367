import Engine
import RunStore
import Values
import Workflows

/// Folds a journal, from a saved state on where there is one.
final class Replay {
  private let reader: RunReader
  private let shelf: DefinitionShelf?
  private let vault: VaultAdapter
  private var engine: RunEngine?
  private var failure: RunnerError?

  /// - Parameter shelf: Workflows that were read already, for looking at many runs.
  init(_ reader: RunReader, _ vault: VaultAdapter, _ shelf: DefinitionShelf? = nil) {
    self.reader = reader
    self.shelf = shelf
    self.vault = vault
  }

  func restore(_ saved: Value) -> Bool {
    guard let workflow = try? workflow(saved["header"]?["definition"]),
      let state = RunState(saved: saved, workflow: workflow)
    else { return false }
    engine = RunEngine(workflow: workflow, state: state, vault: vault)
    return true
  }

  func apply(_ record: JournalRecord) {
    guard failure == nil else { return }
    do throws(UnreadableEvent) {
      let event = try Event(record)
      if engine == nil {
        guard let workflow = definition(record) else { return }
        engine = try RunEngine(workflow: workflow, created: event, vault: vault)
        return
      }
      if case .recovery(.migrated) = event.kind {
        guard let workflow = definition(record) else { return }
        engine?.expect(workflow)
      }
      engine?.apply(event)
    } catch {
      failure = RunnerError(.damaged, "record \(record.seq): \(error.message)")
    }
  }

  /// The workflow that a record pins; nil where it cannot be read, which is noted.
  private func definition(_ record: JournalRecord) -> Workflow? {
    do throws(RunnerError) {
      return try workflow(record.data["definition"])
    } catch {
      failure = error
      return nil
    }
  }

  private func workflow(_ definition: Value?) throws(RunnerError) -> Workflow {
    try PinnedDefinition.load(PinnedFile.all(in: definition), reader, shelf)
  }

  /// The state so far, to be held against one that a record names; nil where there is none.
  func state() -> FoldedState? {
    guard failure == nil, let json = try? engine?.state.encoded() else { return nil }
    return FoldedState(layout: RunState.layout, state: EncodedState(json))
  }

  /// Forgets everything: the journal is read from its start.
  func restart() {
    engine = nil
    failure = nil
  }

  func result() throws(RunnerError) -> RunEngine {
    if let failure { throw failure }
    guard let engine else { throw RunnerError(.damaged, "the journal has no records") }
    return engine
  }
}

extension Event {
  /// The event that a journal record holds.
  init(_ record: JournalRecord) throws(UnreadableEvent) {
    guard let kind = Actor.Kind(rawValue: record.actor.kind) else {
      throw UnreadableEvent(message: "unknown kind of actor `\(record.actor.kind)`")
    }
    self.init(
      try EventKind(type: record.type, data: record.data), step: record.step,
      attempt: record.attempt, actor: Actor(kind: kind, id: record.actor.id), at: record.moment,
      command: record.data["command"]?.asString)
  }
}

extension RunExecutor {
  /// The environment of a run is chosen at its start; another is refused.
  func requireEnvironment(_ name: String?) throws(RunnerError) {
    let own = engine.state.header.environment
    guard let name, name != own else { return }
    throw RunnerError(
      .refused, "the run was started in the environment `\(own)`, not in `\(name)`",
      hint: "leave --environment out")
  }

  /// Takes the run over from whoever had it last, and does what the command says.
  ///
  /// - Returns: why the command makes no sense any more, after what was due before it.
  func comeBack(_ command: Command) async throws(RunnerError) -> Refusal? {
    if case .resume = command.kind {
      if engine.state.parked == nil { try noteInterrupted() }
      try noteResumed(by: command.actor)
      return nil
    }
    try takeOver(command.actor)
    leaveStandstill(for: command.kind)
    let moment = now
    let askedAt = engine.askedAt(answeredBy: command.kind)
    if command.kind.endsTheRun {
      try reachDeadlines(before: moment)
    } else if standstill == nil {
      try await makeUp(before: moment)
    }
    if let refusal = engine.refusal(of: command.kind, askedAt: askedAt) { return refusal }
    return try takeOrRefuse(command, givenAt: moment)
  }

  /// Takes the run over from a process that died; a parked run is just gone on with.
  func takeOver(_ actor: Actor) throws(RunnerError) {
    guard engine.state.parked == nil else { return }
    try noteInterrupted()
    try noteResumed(by: actor)
  }

  /// Takes the run over and finds out what came of the attempts that a process left open: the world
  /// is asked, what is safe is tried again, and what nobody knows is in doubt. Nothing else begins.
  func settle(for actor: Actor) async throws(RunnerError) {
    if engine.state.parked == nil { try noteInterrupted() }
    try noteResumed(by: actor)
    while let decision = engine.nextToSettle(now: now) {
      switch decision {
      case .record(let events): try record(events)
      case .attempt(let request):
        guard let call = try prepare(request) else { continue }
        try sync()
        try report(call, await call.perform())
      case .look(let request):
        guard let call = try prepare(request) else { continue }
        try report(call, await call.perform())
      case .wait, .end: return
      }
    }
  }

  private func noteInterrupted() throws(RunnerError) {
    try record(PendingEvent(.runInterrupted(lastSequence: writer.nextSeq - 1)))
    try settleNotices()
  }
}

extension Command {
  /// With the evidence that was kept.
  func with(evidence kept: [Evidence]) -> Command {
    if kept.isEmpty { return self }
    let proven: CommandKind
    switch kind {
    case .done(let step, let values, let reason, let given):
      proven = .done(step: step, values: values, reason: reason, evidence: given + kept)
    case .resolve(let step, let happened, let values, let reason, let given):
      proven = .resolve(
        step: step, happened: happened, values: values, reason: reason, evidence: given + kept)
    default: return self
    }
    return Command(id: id, kind: proven, actor: actor, standing: standing)
  }
}
