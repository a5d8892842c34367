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
  /// Whether somebody stopped it: what was due in other runs was not looked at, or the run that it was at parked
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
  /// Fires what is due in all runs, and goes on with those that something arrived for or whose
  /// process died; runs that somebody executes are left to them.
  ///
  /// - Parameter watch: Told of each run before it is gone on with, and nil once it has come to rest.
  package func tick(
    watch: @Sendable (_ run: String?) -> Void = { _ in }
  ) async throws(RunnerError) -> TickReport {
    var report = TickReport(at: now())
    let due = try runsToLookAt(at: report.at)
    let events = KeptEvents(store)
    if !due.runs.isEmpty { try events.refresh() }
    var unconcerned: [RunIndexEntry] = []
    for run in due.runs {
      if isInterrupted() {
        report.isBrokenOff = true
        break
      }
      do throws(RunnerError) {
        if let entry = try await tick(run, events, watch, &report) { unconcerned.append(entry) }
      } catch {
        if case .locked = error.kind { continue }
        report.problems.append((run, error))
      }
    }
    note(unconcerned, in: due.view)
    report.nextAt = try nextDue(after: report.at, in: report.runs.isEmpty ? due.view : nil)
    return report
  }

  /// - Returns: What the index may keep of a run that nothing is to be done for, so that the events
  ///   it was looked at for do not make anybody look at it again.
  private func tick(
    _ run: String, _ events: KeptEvents, _ watch: @Sendable (String?) -> Void,
    _ report: inout TickReport
  ) async throws(RunnerError) -> RunIndexEntry? {
    guard store.holder(of: run) == nil else { return nil }
    let reader = try reader(of: run)
    let stamp = try stored { () throws(StoreError) in try reader.stamp() }
    var engine = try look(at: run).engine
    let moment = now()
    guard try isDue(&engine, events, moment) else {
      let content = describeForIndex(
        engine, RunSnapshot(engine, hold: nil, reader, now: moment), eventsSeen: events.end,
        hasInbox: hasPendingInbox(run))
      return RunIndexEntry(run: run, stamp: stamp, content: content)
    }
    let writer = try stored { () throws(StoreError) in try store.open(run: run) }
    defer { writer.release() }
    watch(run)
    defer { watch(nil) }
    let executor = try reopen(writer)
    try executor.takeOver(actor)
    try executor.takeInbox()
    try await executor.proceed()
    let snapshot = entered(executor)
    if isInterrupted(), !snapshot.status.isFinal { report.isBrokenOff = true }
    report.runs.append(TickReport.Run(snapshot: snapshot, reached: executor.reached))
    return nil
  }

  /// Whether there is anything to do for a run. Looking changes nothing.
  private func isDue(
    _ engine: inout RunEngine, _ events: KeptEvents, _ moment: Timestamp
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
        || events.events.contains { engine.wants($0, now: moment) }
    }
    return true
  }
}
