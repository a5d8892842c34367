package import Engine
import RunStore
package import Workflows

/// A run as its files have it.
struct Look {
  let engine: RunEngine
  let vault: (vault: Vault, adapter: VaultAdapter)
  /// Whether its journal and its saved state do not confirm each other to the end.
  let isDoubtful: Bool
}

extension RunService {
  /// Why a command would be refused as the run stands; nil where it would be taken.
  package func refusal(
    of kind: CommandKind, in part: String
  ) throws(RunnerError) -> RunnerError? {
    let run = try stored { () throws(StoreError) in try store.find(part) }
    let command = Command(id: newCommandID(), kind: kind, actor: actor, standing: standing)
    let engine = try look(at: run).engine
    guard case .failure(let refusal) = engine.handle(command, now: now()) else { return nil }
    return store.holder(of: run) == nil
      ? RunnerError(.refused, refusal.message, hint: refusal.hint) : error(refusal, ofHeld: run)
  }

  /// A run as it stands; never waits, never writes.
  ///
  /// - Parameter asksLedger: Whether what the ledger says of it is of interest, too.
  package func snapshot(
    _ part: String, askingLedger asksLedger: Bool = false
  ) throws(RunnerError) -> RunSnapshot {
    let run = try stored { () throws(StoreError) in try store.find(part) }
    // Before the journal: whoever executes the run adds to that first.
    let line: Result<LedgerEntry?, StoreError>? =
      asksLedger ? Result { () throws(StoreError) in try store.lastLedgerLine(of: run) } : nil
    let look = try self.look(at: run)
    var snapshot = RunSnapshot(
      look.engine, hold: store.hold(of: run), try reader(of: run), now: now())
    snapshot.standing = try standing(of: run, snapshot.placement)
    snapshot.ledger = finding(line, in: snapshot, isDoubtful: look.isDoubtful)
    return snapshot
  }

  /// What there is to say of the ledger's newest line about a run.
  ///
  /// - Parameter isDoubtful: Whether the run's files do not confirm each other to the end: then nobody goes on with
  ///   them though the ledger knows of more.
  private func finding(
    _ line: Result<LedgerEntry?, StoreError>?, in snapshot: RunSnapshot, isDoubtful: Bool
  ) -> LedgerFinding? {
    switch line {
    case nil, .success(nil)?: return nil
    case .failure(let error)?: return .unreadable(error.message)
    case .success(let line?)?:
      guard line.events > snapshot.eventCount else { return nil }
      return .behind(records: snapshot.eventCount, known: line.events, isPutBack: !isDoubtful)
    }
  }

  func reader(of run: String) throws(RunnerError) -> RunReader {
    try stored { () throws(StoreError) in try store.reader(run: run) }
  }

  func look(
    at run: String, _ shelf: DefinitionShelf? = nil
  ) throws(RunnerError) -> Look {
    let reader = try reader(of: run)
    let vault = try stored { () throws(StoreError) in try reader.vault() }
    let adapter = VaultAdapter(vault, events: store.projectVault)
    let replay = Replay(reader, adapter, shelf)
    let recovery = try stored { () throws(StoreError) in
      try reader.recover(
        restore: replay.restore, apply: replay.apply, state: replay.state,
        restart: replay.restart)
    }
    var engine = try replay.result()
    if engine.undoProgress != nil { nameRemovedSteps(in: &engine) }
    // Not the engine, which holds the vault itself.
    let state = engine.state
    adapter.watch { state.commitments }
    return Look(
      engine: engine, vault: (vault, adapter), isDoubtful: recovery.isDoubtful)
  }

  /// The definitions of steps of a run by their addresses, those of rounds and iterations that are
  /// over among them.
  package func steps(
    at addresses: Set<String>, of part: String
  ) throws(RunnerError) -> [String: Step] {
    let run = try stored { () throws(StoreError) in try store.find(part) }
    let engine = try look(at: run).engine
    var steps: [String: Step] = [:]
    for address in addresses { steps[address] = engine.step(at: address) }
    return steps
  }

  /// The steps of a run in the order of the procedure, those at some addresses among them though
  /// their round or iteration is over, or a migration took them out: those come last, but in rounds and
  /// iterations where they stood.
  package func outline(
    with addresses: Set<String>, of part: String
  ) throws(RunnerError) -> [OutlineStep] {
    let run = try stored { () throws(StoreError) in try store.find(part) }
    let engine = try look(at: run).engine
    let census = LoopCensus(engine)
    let definitions = EarlierDefinitions(engine, try reader(of: run))
    let outline = engine.outline(with: addresses).map { place in
      var place = place
      place.items = census.items(of: place.step, at: place.address)
      place.target = engine.target(of: place.step, at: place.address)
      place.earlierTargets = definitions.targets(at: place.address)
      return place
    }
    let removed: Set<String> =
      engine.state.migrations > 0 ? addresses.filter(engine.isRemoved) : []
    guard !removed.isEmpty else { return outline }
    var places = RemovedPlaces(outline)
    for earlier in try earlierEngines(of: engine) {
      places.add(removed.filter { !earlier.isRemoved($0) }, of: earlier.outline(with: addresses))
    }
    let state = engine.state
    for (address, step) in try stepsRemoved(from: engine, removed).sorted(by: { $0.key < $1.key }) {
      places.add(
        OutlineStep(step: step, address: address, record: state.steps[address], depth: 0))
    }
    return places.all.map { place in
      guard removed.contains(place.address) else { return place }
      var place = place
      place.target = engine.target(of: place.step, at: place.address)
      return place
    }
  }

  /// The workflow a run is pinned to.
  package func workflow(of part: String) throws(RunnerError) -> Workflow {
    let run = try stored { () throws(StoreError) in try store.find(part) }
    return try look(at: run).engine.workflow
  }
}
