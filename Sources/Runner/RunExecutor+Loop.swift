import Actions
import Engine
import RunStore
import Values

extension RunExecutor {
  /// Waits no longer than this are sat out; longer ones park the run.
  static let patience = TimeSpan(seconds: 60)
  /// How often a waiting process looks whether anybody left a command.
  private static let glance = TimeSpan(seconds: 0, nanoseconds: 200_000_000)
  /// How many calls may be under way at once.
  private static let callLimit = 32

  /// Something that a waiting run wakes for.
  private enum Wake: Sendable {
    case done(Call, Result<ValueMap, ActionFailure>)
    case glance
  }

  /// Goes on until the run parks or is over.
  func proceed() async throws(RunnerError) {
    if let failure = await goOn(until: nil) { try parkAfter(failure) }
  }

  /// Has happen what was due before a moment, with what follows from it.
  ///
  /// - Throws: what it failed with; the run is parked then.
  func makeUp(before moment: Timestamp) async throws(RunnerError) {
    guard engine.hasMissed(before: moment), let failure = await goOn(until: moment) else { return }
    try parkAfter(failure)
    throw failure
  }

  private func goOn(until moment: Timestamp?) async -> RunnerError? {
    await withTaskGroup(of: Wake.self) { group -> RunnerError? in
      defer { group.cancelAll() }
      do throws(RunnerError) {
        try await loop(&group, until: moment)
        return nil
      } catch {
        return error
      }
    }
  }

  /// - Parameter moment: Where to stop once all that was due before has happened; nil: when the run parks or
  ///   is over.
  private func loop(
    _ group: inout TaskGroup<Wake>, until moment: Timestamp?
  ) async throws(RunnerError) {
    var calls: [Call] = []
    while true {
      switch nextDecision(calls.count) {
      case .record(let events) where events.contains(where: \.kind.isTimer):
        // What arrived before a deadline comes before it, and who is to be told of an earlier one is told.
        if case .taken = try takeInbox() { continue }
        if calls.isEmpty, callsUnderWay == 0, engine.hasUntoldPeople(at: events),
          try await tellPeople()
        {
          continue
        }
        if let moment, !engine.hasMissed(before: moment) { return }
        try record(events)
      case .record(let events): try record(events)
      case .attempt(let request):
        try takeInbox()
        // A command may have changed what is to be done; the engine is asked again then.
        guard !isWindingDown, engine.isDue(request) else { continue }
        if let call = try prepare(request) { calls.append(call) }
      case .look(let request):
        guard let call = try prepare(request) else { continue }
        if engine.expect(request) {
          calls.append(call)
        } else {
          try settleBefore([])
          try report(call, await call.perform())
        }
      case .wait(let until):
        if !calls.isEmpty || callsUnderWay > 0 {
          try await carryOut(calls, until: until, &group)
          calls = []
          continue
        }
        if moment != nil { return }
        eventsSeen = try stored { () throws(StoreError) in try store.projectEventsSize() }
        if try takeInbox() != .none { continue }
        guard !context.isInterrupted() else { return try park(interrupted: true) }
        if try takeProjectEvents() { continue }
        if try await tellPeople() { continue }
        guard let until else { return try park() }
        try settleBefore([])
        guard await sitOut(until) else { return try park() }
      case .end: return moment == nil ? try finish() : ()
      }
    }
  }

  /// What to do next: nothing new while as much is under way as may be, or the run is to stop.
  private func nextDecision(_ prepared: Int) -> Decision {
    if context.isInterrupted() || isWindingDown || callsUnderWay + prepared >= Self.callLimit {
      return .wait(until: nil)
    }
    return engine.next(now: now)
  }

  /// Begins calls, their intents on disk before, and waits until one ends or it is time to look up.
  private func carryOut(
    _ calls: [Call], until: Timestamp?, _ group: inout TaskGroup<Wake>
  ) async throws(RunnerError) {
    try settleBefore(calls)
    if calls.count == 1, callsUnderWay == 0, until == nil, engine.isLinear {
      return try report(calls[0], await calls[0].perform())
    }
    for call in calls { group.addTask { .done(call, await call.perform()) } }
    callsUnderWay += calls.count
    switch await next(until: until, &group) {
    case .done(let call, let result):
      callsUnderWay -= 1
      try report(call, result)
    case .glance: break
    }
    try takeInbox()
  }

  /// Makes safe what is known before time passes, the intents of calls among it.
  private func settleBefore(_ calls: [Call]) throws(RunnerError) {
    if calls.contains(where: \.needsSync) { return try sync() }
    try makeSafe()
  }

  private func next(until: Timestamp?, _ group: inout TaskGroup<Wake>) async -> Wake {
    if !hasGlanceAhead {
      hasGlanceAhead = true
      let rest = until.flatMap { $0.since(now) } ?? Self.glance
      let slice = max(.zero, min(rest, Self.glance))
      Self.startGlance(after: slice, in: &group)
    }
    let wake = await group.next() ?? .glance
    if case .glance = wake { hasGlanceAhead = false }
    return wake
  }

  /// Waits for a moment that is near; false where it is not.
  private func sitOut(_ until: Timestamp) async -> Bool {
    guard let rest = until.since(now), rest <= Self.patience else { return false }
    let slice = min(rest, Self.glance)
    if slice > .zero { await Self.sleep(slice) }
    return true
  }

  private static func startGlance(after span: TimeSpan, in group: inout TaskGroup<Wake>) {
    group.addTask { @concurrent in
      await sleep(span)
      return .glance
    }
  }

  private static func sleep(_ span: TimeSpan) async {
    try? await Task.sleep(
      nanoseconds: UInt64(span.seconds) * 1_000_000_000 + UInt64(span.nanoseconds))
  }
}
