import Engine
import RunStore
import Synchronization
import Values

extension RunService {
  /// How many runs that the index does not know are opened without entering them piece by piece.
  private static let manyUnread = 64
  /// How many runs are read before they are entered: what was read is in memory until then.
  private static let piece = 2048

  private var index: RunIndex { store.index(layout: RunRow.layout) }

  /// Every run, without opening those that are as the index knows them. Changes nothing but the
  /// index, and that only where it can.
  package func overview() throws(RunnerError) -> RunOverview {
    let view = try view(readingRows: true)
    let found = read(view.unread)
    // A cache that cannot be written costs time and nothing else.
    try? index.complete(view, with: found.compactMap(\.entryToKeep))
    return RunOverview(view, found) { try? read($0, DefinitionShelf()).entry }
  }

  /// What the index knows. Where it is new or was lost, it is made first: that saves opening all
  /// runs the next time.
  private func view(readingRows readsRows: Bool) throws(RunnerError) -> RunIndexView {
    var view = try look(readsRows)
    // What others do meanwhile may make it necessary to look again.
    for _ in 0..<3 where view.unread.count > Self.manyUnread {
      guard (try? fill(view)) == true else { break }
      let rest = try look(readsRows)
      if rest.unread.count == view.unread.count { return rest }
      view = rest
    }
    return view
  }

  private func look(_ readsRows: Bool) throws(RunnerError) -> RunIndexView {
    try stored { () throws(StoreError) in try index.look(readingRows: readsRows) }
  }

  /// Enters what a look did not know; whether some of it was.
  private func fill(_ view: RunIndexView) throws(StoreError) -> Bool {
    var completion = RunIndexCompletion(index, view)
    for start in stride(from: 0, to: view.unread.count, by: Self.piece) {
      let end = min(start + Self.piece, view.unread.count)
      let entries = read(Array(view.unread[start..<end])).compactMap(\.entryToKeep)
      guard try completion.enter(entries) else { return start > 0 }
    }
    try completion.finish()
    return true
  }

  // MARK: What is due

  /// Runs that something may be due in, and the look that showed it.
  struct DueRuns {
    let runs: [String]
    let view: RunIndexView
  }

  /// The runs that something may be due in at a moment, without opening those that are as the index
  /// knows them.
  ///
  /// - Parameter moment: nil for those only that an event of the project may be for.
  func runsToLookAt(at moment: Timestamp?) throws(RunnerError) -> DueRuns {
    let eventsSize = try stored { () throws(StoreError) in try store.projectEventsSize() }
    let view = try view(readingRows: eventsSize > 0)
    var found = view.unread
    var events = try UnseenEvents(store, after: view)
    for position in 0..<view.count {
      let isDue = moment.map { view.isDue(at: position, $0) } ?? false
      guard isDue || events.mayEndWait(at: position, in: view) else { continue }
      found.append(String(decoding: view.run(at: position), as: UTF8.self))
    }
    return DueRuns(runs: found.sorted(), view: view)
  }

  /// The open runs whose records are ahead of a moment, which is the clock's: it was set back; each with its last.
  func runsAhead(of moment: Timestamp) throws(RunnerError) -> [String: Timestamp] {
    let view = try view(readingRows: true)
    var found: [String: Timestamp] = [:]
    for position in 0..<view.count {
      let entry = view.row(at: position)
      guard let row = RunRow(run: entry.run, bytes: entry.summary), !row.status.isFinal,
        row.lastActivity > moment
      else { continue }
      found[String(decoding: entry.run, as: UTF8.self)] = row.lastActivity
    }
    for run in view.unread {
      // One that cannot be read takes no event either.
      guard let state = try? look(at: run).engine.state, state.lastAt > moment else { continue }
      if case .ended = state.phase { continue }
      found[run] = state.lastAt
    }
    return found
  }

  /// When the next thing is due in any run; nil for never.
  ///
  /// - Parameter known: what is known of them; nil to look.
  func nextDue(
    after moment: Timestamp, in known: RunIndexView? = nil
  ) throws(RunnerError) -> Timestamp? {
    let view: RunIndexView
    if let known { view = known } else { view = try look(false) }
    var next: Int64?
    for position in 0..<view.count {
      guard let due = view.due(at: position), due > moment.milliseconds else { continue }
      next = min(next ?? due, due)
    }
    for run in view.unread {
      // One that cannot be read was named, and must not hide what becomes of the others.
      guard let engine = try? look(at: run).engine, let due = engine.nextMoment(now: moment),
        due > moment
      else { continue }
      next = min(next ?? due.milliseconds, due.milliseconds)
    }
    return next.map(Timestamp.init(milliseconds:))
  }

  // MARK: Reading runs

  /// What came of reading a run.
  struct ReadRun: Sendable {
    let run: String
    let result: Result<(entry: RunIndexEntry, isHeld: Bool), RunnerError>

    /// For the index: not what somebody is changing.
    var entryToKeep: RunIndexEntry? {
      guard case .success(let found) = result, !found.isHeld else { return nil }
      return found.entry
    }
  }

  /// Runs as their own files say they are, in the order of their names.
  private func read(_ runs: [String]) -> [ReadRun] {
    guard runs.count > Self.manyUnread else { return read(runs[...], DefinitionShelf()) }
    let size = 64
    let found = Mutex<[ReadRun]>([])
    let pieces = (runs.count + size - 1) / size
    ParallelWork.perform(pieces) { piece in
      let part = runs[(piece * size)..<min((piece + 1) * size, runs.count)]
      let read = read(part, DefinitionShelf())
      found.withLock { $0 += read }
    }
    return found.withLock { $0 }.sorted { $0.run < $1.run }
  }

  private func read(_ runs: ArraySlice<String>, _ shelf: DefinitionShelf) -> [ReadRun] {
    runs.map { run in
      do throws(RunnerError) {
        return ReadRun(run: run, result: .success(try read(run, shelf)))
      } catch {
        return ReadRun(run: run, result: .failure(error))
      }
    }
  }

  /// A run as its own files say it is.
  private func read(
    _ run: String, _ shelf: DefinitionShelf
  ) throws(RunnerError) -> (entry: RunIndexEntry, isHeld: Bool) {
    let reader = try stored { () throws(StoreError) in try store.reader(run: run) }
    let stamp = try stored { () throws(StoreError) in try reader.stamp() }
    let engine = try look(at: run, shelf).engine
    let hold = store.hold(of: run)
    let snapshot = RunSnapshot(engine, hold: hold, reader, now: now())
    let content = describeForIndex(
      engine, snapshot, eventsSeen: 0, hasInbox: hasPendingInbox(run))
    return (RunIndexEntry(run: run, stamp: stamp, content: content), hold != nil)
  }

  // MARK: Entering

  /// The run as it stands at the end of what was done with it, entered into the index.
  func entered(_ executor: RunExecutor) -> RunSnapshot {
    let snapshot = RunSnapshot(
      executor.engine, hold: nil, executor.writer.reader, now: executor.now)
    let content = describeForIndex(
      executor.engine, snapshot, eventsSeen: executor.eventsSeen,
      hasInbox: executor.writer.hasInbox && hasPendingInbox(snapshot.runID))
    // A cache that cannot be written costs time and nothing else.
    try? executor.writer.enter(content, into: index)
    return snapshot
  }

  /// Notes what a look showed, and of runs that nothing was done for that it was looked at them: the
  /// next look need not compare all journals, nor open these runs for the same events.
  func note(_ entries: [RunIndexEntry], in view: RunIndexView) {
    // A cache that cannot be written costs time and nothing else.
    try? index.complete(view, with: entries)
  }

  /// Whether somebody left a command for a run that was not taken yet.
  func hasPendingInbox(_ run: String) -> Bool {
    (try? store.pendingInbox(of: run).isEmpty) == false
  }

  /// What the index keeps of a run.
  func describeForIndex(
    _ engine: RunEngine, _ snapshot: RunSnapshot, eventsSeen: Int, hasInbox: Bool
  ) -> RunIndexEntry.Content {
    let events = snapshot.status.isFinal ? [] : engine.awaitedEvents
    return RunIndexEntry.Content(
      due: hasInbox ? Int64.min : engine.nextMoment(now: now())?.milliseconds,
      order: snapshot.startedAt.milliseconds, mark: events.isEmpty ? 0 : RunRow.awaitsEvents,
      summary: RunRow.encode(snapshot, awaiting: events, eventsSeen: Int64(eventsSeen)),
      details: describe(snapshot))
  }
}

extension RunIndexView {
  /// Whether something is to be done for a run at a moment.
  fileprivate func isDue(at position: Int, _ moment: Timestamp) -> Bool {
    due(at: position).map { $0 <= moment.milliseconds } ?? false
  }
}

extension RunEngine {
  /// When something is to be done for the run without anybody asking; nil for never.
  func nextMoment(now: Timestamp) -> Timestamp? {
    if case .ended = state.phase { return nil }
    guard let parked = state.parked else { return now }
    // Somebody stopped it on purpose: only somebody goes on with it.
    if parked.isStopped { return nil }
    if !state.tellings.isEmpty { return now }
    var engine = self
    guard case .wait(let until) = engine.next(now: now) else { return now }
    return until
  }

  /// The events that steps wait for.
  var awaitedEvents: [AwaitedEvent] {
    awaitedEventsWithDemands(now: state.lastAt).sorted { $0.name < $1.name }
  }
}
