import Engine
import RunStore
package import Values

/// What a tick did.
package struct TickReport: Sendable {
  /// A run that something was done for.
  package struct Run: Sendable {
    package let snapshot: RunSnapshot
    package let reached: [ReachedMoment]
  }

  package let at: Timestamp
  package internal(set) var runs: [Run] = []
  /// Runs that could not be gone on with, and why.
  package internal(set) var problems: [(run: String, error: RunnerError)] = []
  /// Whether somebody stopped it: what was due in other runs was not looked at, or a run that it was at parked
  /// before it came to rest.
  package internal(set) var isBrokenOff = false
  /// When the next thing is due in any run, as far as that is known.
  package internal(set) var nextAt: Timestamp?
}

/// A moment that came: a deadline, or the end of a wait.
package struct ReachedMoment: Sendable, Hashable {
  package let step: String
  package let timer: String
  package let dueAt: Timestamp
}

extension RunService {
  /// How many runs are gone on with at a time.
  static let width = 8

  /// What came of a run that was looked at.
  private enum TickOutcome: Sendable {
    /// Nothing was to be done for it; what the index may keep of it, so that the events it was looked at for do
    /// not make anybody look at it again.
    case unconcerned(RunIndexEntry)
    /// - isBrokenOff: Whether somebody stopped it meanwhile.
    case wentOn(TickReport.Run, isBrokenOff: Bool)
    /// Somebody else is at it.
    case left
    case failed(run: String, RunnerError)
  }

  /// Fires what is due in all runs, and goes on with those that something arrived for or whose
  /// process died, with some at a time; runs that somebody executes are left to them.
  ///
  /// - Parameter watch: Told of each run before it is gone on with, and once it has come to rest.
  package func tick(
    watch: @escaping @Sendable (_ run: String, _ isUnderWay: Bool) -> Void = { _, _ in }
  ) async throws(RunnerError) -> TickReport {
    var report = TickReport(at: now())
    let due = try runsToLookAt(at: report.at)
    let events = KeptEvents(store)
    if !due.runs.isEmpty { try events.refresh() }
    let (kept, end) = (events.events, events.end)
    let outcomes = await BoundedConcurrency.map(
      due.runs, width: Self.width, until: isInterrupted
    ) { run -> TickOutcome in
      do throws(RunnerError) {
        return try await tick(run, kept, upTo: end, watch)
      } catch {
        if case .locked = error.kind { return .left }
        return .failed(run: run, error)
      }
    }
    report.isBrokenOff = outcomes.count < due.runs.count
    var unconcerned: [RunIndexEntry] = []
    for outcome in outcomes {
      switch outcome {
      case .unconcerned(let entry): unconcerned.append(entry)
      case .wentOn(let run, let isBrokenOff):
        report.runs.append(run)
        if isBrokenOff { report.isBrokenOff = true }
      case .failed(let run, let error): report.problems.append((run, error))
      case .left: break
      }
    }
    note(unconcerned, in: due.view)
    report.nextAt = try nextDue(after: report.at, in: report.runs.isEmpty ? due.view : nil)
    return report
  }

  /// - Parameter end: How far the events of the project were read.
  private func tick(
    _ run: String, _ events: [ProjectEvent], upTo end: Int,
    _ watch: @Sendable (String, Bool) -> Void
  ) async throws(RunnerError) -> TickOutcome {
    guard store.holder(of: run) == nil else { return .left }
    let reader = try reader(of: run)
    let stamp = try stored { () throws(StoreError) in try reader.stamp() }
    var engine = try look(at: run).engine
    let moment = now()
    guard try isDue(&engine, events, moment) else {
      let content = describeForIndex(
        engine, RunSnapshot(engine, hold: nil, reader, now: moment), eventsSeen: end,
        hasInbox: hasPendingInbox(run))
      return .unconcerned(RunIndexEntry(run: run, stamp: stamp, content: content))
    }
    let writer = try stored { () throws(StoreError) in try store.open(run: run) }
    defer { writer.release() }
    watch(run, true)
    defer { watch(run, false) }
    let executor = try reopen(writer)
    try executor.takeOver(actor)
    try executor.takeInbox()
    try await executor.proceed()
    let snapshot = entered(executor)
    return .wentOn(
      TickReport.Run(snapshot: snapshot, reached: executor.reached),
      isBrokenOff: isInterrupted() && !snapshot.status.isFinal)
  }

  /// Whether there is anything to do for a run. Looking changes nothing.
  private func isDue(
    _ engine: inout RunEngine, _ events: [ProjectEvent], _ moment: Timestamp
  ) throws(RunnerError) -> Bool {
    let state = engine.state
    if case .ended = state.phase { return false }
    guard let parked = state.parked else { return true }
    let run = state.header.run
    if try !stored({ () throws(StoreError) in try store.pendingInbox(of: run) }).isEmpty {
      return true
    }
    // Somebody stopped it on purpose: only somebody goes on with it.
    if parked.isStopped { return false }
    if case .wait = engine.next(now: moment) {
      return !engine.state.tellings.isEmpty
        || events.contains { engine.wants($0, now: moment) }
    }
    return true
  }
}
