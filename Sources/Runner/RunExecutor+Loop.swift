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
    case told(Message, Message.Sending.Outcome)
    case glance
  }

  /// Goes on until the run parks or is over; a run that somebody stopped stays so.
  func proceed() async throws(RunnerError) {
    if let standstill { return try stand(by: standstill) }
    if let failure = await goOn(until: nil) { try parkAfter(failure) }
  }

  /// Has happen what was due before a moment, or came, with what follows from it.
  ///
  /// - Throws: what it failed with; the run is parked then.
  func makeUp(before moment: Timestamp) async throws(RunnerError) {
    if !engine.hasMissed(before: moment), try takeProjectEvents(by: moment) == .none { return }
    guard let failure = await goOn(until: moment) else { return }
    try parkAfter(failure)
    throw failure
  }

  private func goOn(until moment: Timestamp?) async -> RunnerError? {
    // What was under way before, or slept, belonged to another group.
    prepared = []
    callsUnderWay = 0
    outbox.forgetWhatIsUnderWay()
    hasGlanceAhead = false
    return await withTaskGroup(of: Wake.self) { group -> RunnerError? in
      defer { group.cancelAll() }
      do throws(RunnerError) {
        try await loop(&group, until: moment)
        return nil
      } catch {
        group.cancelAll()
        await hearMessages(&group)
        return error
      }
    }
  }

  /// Notes what came of the messages that an error breaks off: of a parked run nothing is under way.
  private func hearMessages(_ group: inout TaskGroup<Wake>) async {
    while let wake = await group.next() {
      if case .told(let message, let outcome) = wake { noteBrokenOff(message, outcome) }
    }
  }

  /// - Parameter moment: Where to stop once all that was due before has happened; nil: when the run parks or
  ///   is over.
  private func loop(
    _ group: inout TaskGroup<Wake>, until moment: Timestamp?
  ) async throws(RunnerError) {
    while true {
      let decision = nextDecision()
      if hasToTell, comesAfterTelling(decision) {
        try makeUpMessages()
        // They do not hold up what comes at the moment, but where that waits for calls.
        if moment == nil || isBusy { try sendMessages(&group) }
      }
      switch decision {
      case .record(let events) where isHeldBack(events):
        try sendMessages(&group)
        try await carryOut(until: nil, moment, &group)
      case .record(let events) where events.contains(where: \.kind.isTimer):
        if try isPreceded(by: moment) { continue }
        guard let moment, !engine.hasMissed(before: moment) else {
          try record(events)
          continue
        }
        // Nothing more begins, and of what has begun the end is heard.
        guard isBusy || outbox.isUnderWay else { return }
        try await carryOut(until: nil, moment, &group)
      case .record(let events): try record(events)
      case .attempt(let request):
        // A command may have changed what is to be done; the engine is asked again then.
        if !hasJustLooked, try takeInbox() == .taken { continue }
        hasJustLooked = false
        guard !isWindingDown, engine.isDue(request) else { continue }
        if let call = try prepare(request) { prepared.append(call) }
      case .look(let request):
        guard let call = try prepare(request) else { continue }
        if engine.expect(request) {
          prepared.append(call)
        } else {
          try settleBefore([])
          try report(call, await call.perform())
        }
      case .wait(let until):
        if isBusy || outbox.isUnderWay {
          try await carryOut(until: until, moment, &group)
        } else if let moment {
          guard try takeProjectEvents(by: moment) != .none else { return }
        } else if try await rest(until: until) {
          return
        }
      case .end where outbox.isUnderWay: try await carryOut(until: nil, moment, &group)
      case .end: return moment == nil ? try finish() : ()
      }
    }
  }

  /// Whether calls are under way, or about to be made.
  var isBusy: Bool { callsUnderWay > 0 || !prepared.isEmpty }

  /// Whether what happens next waits until people were told: the run does not end before that.
  func isHeldBack(_ events: [PendingEvent]) -> Bool {
    hasToTell && events.contains(where: \.kind.endsTheRun)
  }

  /// Whether people are told before what happens next. What follows from an answer comes first: whoever was to be
  /// told of the question is not told any more.
  private func comesAfterTelling(_ decision: Decision) -> Bool {
    switch decision {
    case .record(let events): isHeldBack(events) || events.contains(where: \.kind.isTimer)
    case .attempt, .look: false
    case .wait, .end: true
    }
  }

  /// What to do next: no call while as many are under way as may be, and nothing new where the run is to stop.
  private func nextDecision() -> Decision {
    // Nothing comes behind the end, not even that somebody stopped it.
    if case .ended = engine.state.phase { return .end }
    if context.isInterrupted() || isWindingDown { return .wait(until: nil) }
    return engine.next(now: now, mayCall: callsUnderWay + prepared.count < Self.callLimit)
  }

  /// Whether anything comes before a deadline: what arrived before it.
  private func isPreceded(by moment: Timestamp?) throws(RunnerError) -> Bool {
    if try takeInbox() == .taken || isWindingDown { return true }
    return try takeProjectEvents(by: moment) == .taken
  }

  /// Takes what has arrived, or waits, where there is nothing to do; true once the run has parked.
  private func rest(until: Timestamp?) async throws(RunnerError) -> Bool {
    if try takeInbox() != .none { return false }
    guard !context.isInterrupted() else {
      try park(interrupted: true)
      return true
    }
    if try takeProjectEvents() != .none { return false }
    eventsSeen = keptEvents.end
    if let until {
      try settleBefore([])
      if await sitOut(until) { return false }
    }
    try park()
    return true
  }

  /// Begins the calls that are prepared, their intents on disk before, and waits until one ends or it is time to
  /// look up.
  private func carryOut(
    until: Timestamp?, _ moment: Timestamp?, _ group: inout TaskGroup<Wake>
  ) async throws(RunnerError) {
    if isWindingDown { try withdrawPrepared() }
    let calls = prepared
    prepared = []
    try makeDurable(calls)
    if calls.count == 1, callsUnderWay == 0, until == nil, engine.isLinear, !outbox.isUnderWay {
      try report(calls[0], await calls[0].perform())
      try takeInbox()
      hasJustLooked = true
      return
    }
    for call in calls { group.addTask { .done(call, await call.perform()) } }
    callsUnderWay += calls.count
    guard callsUnderWay > 0 || outbox.isUnderWay else { return }
    switch await next(until: until, &group) {
    case .done(let call, let result):
      callsUnderWay -= 1
      try report(call, result)
    case .told(let message, let outcome): try conclude(message, outcome)
    case .glance: break
    }
    try takeInbox()
    _ = try takeProjectEvents(by: moment)
  }

  /// Sends what is to go out, beside what is under way.
  private func sendMessages(_ group: inout TaskGroup<Wake>) throws(RunnerError) {
    while let (message, sending) = try nextMessage() {
      group.addTask { .told(message, await sending.perform()) }
    }
  }

  /// Puts the intents of calls on disk. Where that cannot be done they are not begun, which the record says
  /// with what is kept in reserve: nobody has to wonder what came of them.
  private func makeDurable(_ calls: [Call]) throws(RunnerError) {
    do throws(RunnerError) {
      try settleBefore(calls)
    } catch {
      try? noteNotBegun(calls, error)
      throw error
    }
  }

  private func noteNotBegun(_ calls: [Call], _ cause: RunnerError) throws(RunnerError) {
    let failure = Failure(code: "unavailable", message: cause.message)
    for call in calls {
      guard case .attempt(let request) = call.purpose else { continue }
      try record(
        PendingEvent(
          .attemptFailed(failure, retryAt: nil, wasSent: false), step: request.address,
          attempt: request.attempt))
    }
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
