import Engine
import RunStore
import Values

/// A run goes on in one place: a copy of its folder only once somebody adopted it.
extension RunService {
  /// Sees to it that a run belongs where its folder is.
  ///
  /// A folder that was moved, or put back where it was, is noted and goes on: nobody else has it.
  ///
  /// - Parameter reason: Why a copy is adopted; nil where nobody asked for that.
  /// - Throws: kind `refused` where the folder is a copy that nobody adopted.
  func settlePlace(_ executor: RunExecutor, adopting reason: String?) throws(RunnerError) {
    let run = executor.writer.run
    let state = executor.engine.state
    if case .ended = state.phase { return }
    guard state.header.run == run else { throw Self.otherRun(state.header.run, in: run) }
    let here = try home(of: executor.writer)
    let standing = state.placement.standing(in: here)
    if let reason {
      guard standing != .home || executor.writer.recordsInLedger != nil else {
        throw RunnerError(
          .refused, "run `\(run)` belongs here: there is nothing to adopt",
          hint: "baton resume \(run)")
      }
      return try adopt(executor, here, reason)
    }
    switch standing {
    case .home:
      guard let known = executor.writer.recordsInLedger else { return }
      throw Self.putBack(executor.writer, known)
    case .moved:
      try requireUpToDate(executor, here)
      try executor.record(PendingEvent(.place(.moved(to: here))))
    case .copied:
      guard let home = state.placement.home else { return }
      guard isGone(home, of: run, here) else { throw Self.copied(run, from: home) }
      try executor.record(PendingEvent(.place(.moved(to: here))))
    case .left(let adoption):
      throw RunnerError(
        .refused,
        "run `\(run)` goes on in \(adoption.home.sentence), where it was adopted:"
          + " \(adoption.reason)",
        hint: "go on with it there; should it be given up there, take it back:"
          + " baton resume \(run) --adopt --reason …")
    }
  }

  /// How the folder of a run relates to where it belongs; reads only.
  func standing(
    of run: String, _ placement: RunPlacement
  ) throws(RunnerError) -> RunPlacement.Standing {
    let here = RunHome(try stored { () throws(StoreError) in try store.whereabouts(of: run) })
    let standing = placement.standing(in: here)
    guard standing == .copied, let home = placement.home, isGone(home, of: run, here) else {
      return standing
    }
    return .moved
  }

  private static func copied(_ run: String, from home: RunHome) -> RunnerError {
    RunnerError(
      .refused, "run `\(run)` belongs in \(home.sentence): this folder is a copy of it",
      hint: "where nobody goes on with it there: baton resume \(run) --adopt --reason …")
  }

  private static func otherRun(_ run: String, in folder: String) -> RunnerError {
    RunnerError(
      .refused, "the folder `\(folder)` holds a copy of run `\(run)`",
      hint: "a run keeps its id: go on with `\(run)`, or give the folder that name")
  }

  /// A folder that was put back may be older than what happened since.
  private func requireUpToDate(_ executor: RunExecutor, _ here: RunHome) throws(RunnerError) {
    guard executor.engine.state.placement.home?.identity != here.identity else { return }
    let run = executor.writer.run
    let line = try stored { () throws(StoreError) in try store.lastLedgerLine(of: run) }
    guard let known = line?.events, known > executor.writer.nextSeq else { return }
    throw Self.putBack(executor.writer, known)
  }

  private static func putBack(_ writer: RunWriter, _ known: Int) -> RunnerError {
    RunnerError(
      .refused,
      "the folder of run `\(writer.run)` was put back with \(writer.nextSeq) records, and the"
        + " ledger knows of \(known): what was done since would be done again",
      hint: "put a later copy back; where there is none:"
        + " baton resume \(writer.run) --adopt --reason …")
  }

  /// Whether nothing is left of a run where it belonged, on this machine.
  private func isGone(_ home: RunHome, of run: String, _ here: RunHome) -> Bool {
    home.machine == here.machine && store.store(holding: home.folder, of: run) == nil
  }

  private func home(of writer: RunWriter) throws(RunnerError) -> RunHome {
    RunHome(try stored { () throws(StoreError) in try writer.whereabouts() })
  }

  // MARK: Adopting

  /// Goes on with a copy: the journal that is left says so first, then this one does.
  private func adopt(
    _ executor: RunExecutor, _ here: RunHome, _ reason: String
  ) throws(RunnerError) {
    let placement = executor.engine.state.placement
    let other = placement.elsewhere?.home ?? placement.home
    var adoption = Adoption(home: here, from: other, reason: reason)
    if let other, other.folder != here.folder || other.machine != here.machine {
      adoption.untold = try tell(other, adoption, executor)
    }
    try executor.record(PendingEvent(.place(.adopted(adoption))), actor: actor)
    // From here on the ledger knows as many records as this journal has, however many the other had.
    try stored { () throws(StoreError) in try executor.writer.noteInLedger() }
    try executor.sync()
    progress(.adopted(adoption))
  }

  /// Writes into the journal that is left where the run goes on.
  ///
  /// - Returns: why that could not be done; nil where it was.
  /// - Throws: kind `refused` or `locked` where the run has gone on there.
  private func tell(
    _ other: RunHome, _ adoption: Adoption, _ executor: RunExecutor
  ) throws(RunnerError) -> String? {
    let run = executor.writer.run
    guard other.machine == adoption.home.machine else { return "it is on another machine" }
    guard let left = store.store(holding: other.folder, of: run) else {
      return "there is nothing of it any more"
    }
    let writer: RunWriter
    do throws(StoreError) {
      writer = try left.open(run: run)
    } catch {
      switch error {
      case .locked, .heldByChildren: throw RunnerError(error)
      default: return error.message
      }
    }
    defer { writer.release() }
    let service = RunService(
      project: project, store: left, environment: environment, actor: actor, standing: standing,
      now: now,
      describe: describe)
    let leaving: RunExecutor
    do throws(RunnerError) {
      leaving = try service.bringBack(writer)
    } catch {
      return error.message
    }
    try Self.requireAllKnown(writer.reader, by: executor.writer.reader, run, other)
    try service.leave(leaving, adoption)
    return nil
  }

  private func leave(_ executor: RunExecutor, _ adoption: Adoption) throws(RunnerError) {
    let state = executor.engine.state
    if case .ended(let status, _) = state.phase {
      throw RunnerError(
        .refused,
        "the run is over in \(adoption.from?.sentence ?? "its folder"): it ended as"
          + " \(status.rawValue)", hint: "a copy of it cannot go on")
    }
    guard state.placement.elsewhere?.home != adoption.home else { return }
    try executor.takeOver(actor)
    try executor.record(PendingEvent(.place(.left(adoption))), actor: actor)
    try executor.park()
    _ = entered(executor)
  }

  /// What was done in the other folder must not be done again here.
  private static func requireAllKnown(
    _ other: RunReader, by reader: RunReader, _ run: String, _ home: RunHome
  ) throws(RunnerError) {
    var known: Set<String> = []
    var unknown = 0
    try stored { () throws(StoreError) in
      try reader.records { record in
        known.insert(record.hash)
        return true
      }
      try other.records { record in
        if !known.contains(record.hash), !isAboutThePlace(record.type) { unknown += 1 }
        return true
      }
    }
    guard unknown > 0 else { return }
    throw RunnerError(
      .refused,
      "run `\(run)` has gone on in \(home.sentence) since it was copied: \(unknown) records more",
      hint: "what they did would be done again: go on there, or copy the folder again")
  }

  /// Whether a record says where the run is, and that it stands still, rather than what it did.
  private static func isAboutThePlace(_ type: String) -> Bool {
    [
      "run.adopted", "run.adopted_elsewhere", "run.moved", "run.parked", "run.resumed",
      "run.interrupted", "journal.repaired", "clock.went_back",
    ].contains(type)
  }
}

extension RunHome {
  init(_ whereabouts: RunWhereabouts) {
    self.init(
      machine: whereabouts.machine, host: whereabouts.host, folder: whereabouts.folder,
      identity: whereabouts.identity)
  }
}
