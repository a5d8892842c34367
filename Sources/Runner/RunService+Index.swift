import Engine
import RunStore
import Values

extension RunService {
  /// How many runs that the index does not know are opened without entering them.
  private static let manyUnread = 64

  private var index: RunIndex { store.index(layout: RunRow.layout) }

  /// Every run, without opening those that are as the index knows them. Changes nothing but the
  /// index, and that only where it can.
  package func overview() throws(RunnerError) -> RunOverview {
    let view = try stored { () throws(StoreError) in try index.look() }
    var live: [RunOverview.Live] = []
    var entries: [RunIndexEntry] = []
    var problems: [(run: String, error: RunnerError)] = []
    let shelf = DefinitionShelf()
    for run in view.unread {
      do throws(RunnerError) {
        let (entry, isHeld) = try read(run, shelf)
        if !isHeld { entries.append(entry) }
        live.append(
          RunOverview.Live(
            run: Array(run.utf8), summary: entry.summary, details: entry.details))
      } catch {
        problems.append((run, error))
      }
    }
    // A cache that cannot be written costs time and nothing else.
    try? index.complete(view, with: entries)
    return RunOverview(view, live: live, problems: problems)
  }

  /// The runs that something may be due in at a moment, without opening those that are as the index
  /// knows them.
  func runsToLookAt(at moment: Timestamp) throws(RunnerError) -> [String] {
    var view = try stored { () throws(StoreError) in try index.look() }
    if view.unread.count > Self.manyUnread {
      // The index is new or was lost: made once, it saves opening all of them the next time.
      _ = try overview()
      view = try stored { () throws(StoreError) in try index.look() }
    }
    var found = view.unread
    let events = try KeptEventNames(store, after: view)
    for position in 0..<view.count {
      let isDue = view.due(at: position).map { $0 <= moment.milliseconds } ?? false
      guard isDue || events.mayEndWait(at: position, in: view) else { continue }
      found.append(String(decoding: view.run(at: position), as: UTF8.self))
    }
    return found.sorted()
  }

  /// When the next thing is due in any run; nil for never.
  func nextDue(after moment: Timestamp) throws(RunnerError) -> Timestamp? {
    let view = try stored { () throws(StoreError) in try index.look() }
    var next: Int64?
    for position in 0..<view.count {
      guard let due = view.due(at: position), due > moment.milliseconds else { continue }
      next = min(next ?? due, due)
    }
    for run in view.unread {
      guard let due = try look(at: run).engine.nextMoment(now: moment), due > moment else {
        continue
      }
      next = min(next ?? due.milliseconds, due.milliseconds)
    }
    return next.map(Timestamp.init(milliseconds:))
  }

  /// A run as its own files say it is.
  private func read(
    _ run: String, _ shelf: DefinitionShelf
  ) throws(RunnerError) -> (entry: RunIndexEntry, isHeld: Bool) {
    let reader = try stored { () throws(StoreError) in try store.reader(run: run) }
    let stamp = try stored { () throws(StoreError) in try reader.stamp() }
    let engine = try look(at: run, shelf).engine
    let holder = store.holder(of: run).map { "pid \($0.process) on \($0.host)" }
    let snapshot = RunSnapshot(engine, holder: holder)
    let (due, summary) = describeForIndex(engine, snapshot, eventsSeen: 0)
    return (
      RunIndexEntry(
        run: run, stamp: stamp, due: due, summary: summary, details: describe(snapshot)),
      holder != nil
    )
  }

  /// The run as it stands at the end of what was done with it, entered into the index.
  func entered(_ executor: RunExecutor) -> RunSnapshot {
    let snapshot = RunSnapshot(executor.engine, holder: nil)
    let (due, summary) = describeForIndex(
      executor.engine, snapshot, eventsSeen: executor.eventsSeen)
    // A cache that cannot be written costs time and nothing else.
    try? executor.writer.enter(
      into: index, due: due, summary: summary, details: describe(snapshot))
    return snapshot
  }

  private func describeForIndex(
    _ engine: RunEngine, _ snapshot: RunSnapshot, eventsSeen: Int
  ) -> (due: Int64?, summary: [UInt8]) {
    let run = snapshot.runID
    let hasInbox = (try? store.pendingInbox(of: run).isEmpty) == false
    let events = snapshot.status.isFinal ? [] : engine.awaitedEvents
    return (
      hasInbox ? Int64.min : engine.nextMoment(now: now())?.milliseconds,
      RunRow.encode(snapshot, awaiting: events, eventsSeen: Int64(eventsSeen))
    )
  }
}

extension RunEngine {
  /// When something is to be done for the run without anybody asking; nil for never.
  func nextMoment(now: Timestamp) -> Timestamp? {
    if case .ended = state.phase { return nil }
    guard let parked = state.parked else { return now }
    // Somebody stopped it on purpose: only somebody goes on with it.
    if parked.status == .needsAttention, parked.reasons.contains(where: \.step.isEmpty) {
      return nil
    }
    var engine = self
    guard case .wait(let until) = engine.next(now: now) else { return now }
    return until
  }

  /// The names of the events that steps wait for.
  var awaitedEvents: [String] { awaitedEvents(now: state.lastAt).sorted() }
}
