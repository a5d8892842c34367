package import Documents
import Values

extension RunState {
  /// The layout of saved states; a state of another layout is not read but folded again.
  package static let layout: Int64 = 20

  /// The state in canonical JSON, for `run.json` and its hash: a cache of the fold, in no format of
  /// its own.
  ///
  /// - Throws: for values that JSON has no form for; no event has any.
  package func encoded() throws(CanonicalJSONError) -> [UInt8] {
    var writer = StateWriter(capacity: 2048 + 400 * steps.count)
    writer.open()
    try writer.add("begun_end", begunEnd?.saved)
    if !callsLeft.isEmpty { try writer.add("calls_left", .list(callsLeft.map { .string($0) })) }
    try writer.add("checkpoint_test", checkpointTest?.saved)
    try writer.add("checkpoints", .list(checkpoints.map { .string($0) }))
    writer.add("clock_went_back", moment: clockWentBackAt)
    try writer.add("commands", .list(commands.sorted().map { .string($0) }))
    try writer.add("ended_at", endedAt.map { .string($0.journalText) })
    try writer.add("events", .int(Int64(eventCount)))
    try writer.add("frames", .list(savedFrames))
    try writer.add("header", .map(header.data))
    writer.add("last_at", moment: lastAt)
    try writer.add("layout", .int(Self.layout))
    try writer.add("next_frame", .int(Int64(nextFrame)))
    try writer.add("notes", .list(notes.map(\.saved)))
    try writer.add("outputs", .map(outputs.named("values")))
    try writer.add("parked", parked?.saved)
    writer.add("past_finally", flag: hasLeftFinally)
    try writer.add("phase", phase.saved)
    if placement != RunPlacement(home: header.home) {
      try writer.add("placement", placement.saved)
    }
    try writer.add("problems", .list(problems.map { .string($0) }))
    try writer.add("received", .list(received.map { .map(EventKind.eventReceived($0).data) }))
    let recovery = savedRecovery
    if !recovery.isEmpty { try writer.add("recovery", .map(recovery)) }
    writer.add("started_at", moment: startedAt)
    try writer.add("started_by", startedBy.saved)
    try writeSteps(to: &writer)
    if !takenInRounds.isEmpty { try writer.add("taken_in_rounds", .map(savedTaken)) }
    if !tellings.isEmpty { try writer.add("tellings", .list(tellings.map(\.saved))) }
    writer.close()
    return writer.finish()
  }

  private func writeSteps(to writer: inout StateWriter) throws(CanonicalJSONError) {
    writer.name("steps")
    writer.open()
    // Addresses are ASCII, which sorts alike in bytes and in UTF-16.
    for address in steps.keys.sorted() {
      writer.name(address)
      try steps[address]?.write(to: &writer)
    }
    writer.close()
  }

  private var savedTaken: ValueMap {
    ValueMap(
      takenInRounds.sorted { $0.key < $1.key }.map { wait, events in
        (wait, .list(events.sorted().map { .string($0) }))
      })
  }

  private var savedFrames: [Value] {
    // What takes an effect back follows from the effects.
    frames.keys.sorted().compactMap { id in
      frames[id]?.role == .undo ? nil : frames[id]?.saved(as: id)
    }
  }
}

extension Actor {
  var saved: Value { ["id": .string(id), "kind": .string(kind.rawValue)] }
}

extension BegunEnd {
  fileprivate var saved: Value {
    let map: ValueMap = ["at": .string(at.journalText), "by": by.saved]
    let left = notTakenBack.map { Value.string($0) }
    return .map(map.adding("not_taken_back", left.isEmpty ? nil : .list(left)))
  }
}

extension Park {
  fileprivate var saved: Value {
    ["reasons": .list(reasons.map(\.value)), "status": .string(status.rawValue)]
  }
}

extension RunPhase {
  var saved: Value {
    switch self {
    case .main: ["name": "main"]
    case .undoing(let goal, let mark): goal.saved(from: mark)
    case .finishing(let status, let message): Self.saved("finishing", status, message)
    case .ended(let status, let message): Self.saved("ended", status, message)
    }
  }

  private static func saved(_ name: String, _ status: RunStatus, _ message: String?) -> Value {
    let map: ValueMap = ["name": .string(name), "status": .string(status.rawValue)]
    return .map(map.adding("message", message))
  }
}

extension CheckpointTest {
  var saved: Value {
    switch self {
    case .pending(let step): ["step": .string(step)]
    case .unmet(let step, let unmet): .map(unmet.data.adding("step", step))
    }
  }
}

extension Note {
  var saved: Value {
    ["text": .string(text), "actor": actor.saved, "at": .string(at.journalText)]
  }
}

extension Frame {
  /// The list is found again through its owner; that of a call that was left, which stands nowhere, also
  /// through the list in which it goes on.
  func saved(as id: Int) -> Value {
    let map: ValueMap = [
      "id": .int(Int64(id)), "role": .string(role.rawValue), "index": .int(Int64(index)),
      "cursor": .int(Int64(cursor)),
    ]
    let asked = savedAskingAgain
    let outer = role == .workflowFinally ? parent.map { Value.int(Int64($0)) } : asked["parent"]
    return .map(
      map.adding("owner", owner).adding("parent", outer).adding("step", asked["step"]))
  }
}

extension StepRecord {
  fileprivate func write(to writer: inout StateWriter) throws(CanonicalJSONError) {
    writer.open()
    if hasWork { try writer.add("answers", kept: answers) }
    if attemptedAt != startedAt { writer.add("attempted_at", moment: attemptedAt) }
    writer.add("attempts", count: attempts)
    writer.add("attempts_in_series", count: attemptsInSeries)
    writeActor(to: &writer)
    writer.add("condition_open", flag: conditionIsOpen)
    if hasWork { try writer.add("corrected", kept: corrected) }
    if hasWork { try writer.add("doubt", doubt?.saved) }
    writer.add("effect_counted", flag: effectIsCounted)
    writer.add("effect_stands", flag: effectStands)
    writer.add("events_before", count: eventsBefore)
    if hasWork { try writer.add("failed_look", failedLook.map { .map($0.saved) }) }
    try writer.add("failure", failure.map { .map($0.data) })
    writer.add("finished_at", moment: finishedAt)
    try writer.add("group", group?.saved)
    writer.add("how", text: manner?.rawValue)
    writer.add("key_generation", count: keyGeneration)
    if hasWork { try writer.add("looks", savedLooks) }
    if hasWork { writer.add("now", moment: otherNow) }
    try writer.add("outputs", kept: outputs)
    if hasPeople { try writer.add("people", people.saved) }
    try writePhase(to: &writer)
    writer.add("reason", text: reason)
    writer.add("started_at", moment: startedAt)
    if hasWork { try writer.add("taken", savedTakenEvents) }
    writer.add("undo_prepared", flag: undoIsPrepared)
    writer.close()
  }

  private var savedLooks: Value? {
    guard !looks.isEmpty else { return nil }
    let ordered = looks.sorted { $0.key < $1.key }
    return .list(ordered.map { .map($0.key.data.adding("outputs", $0.value)) })
  }

  private var savedTakenEvents: Value? {
    takenEvents.isEmpty ? nil : .list(takenEvents.sorted().map { .string($0) })
  }

  private func writeActor(to writer: inout StateWriter) {
    guard let by else { return }
    writer.name("by")
    writer.open()
    writer.add("id", text: by.id)
    writer.add("kind", text: by.kind.rawValue)
    writer.close()
  }

  /// The phase; for that of most steps no value is made.
  private func writePhase(to writer: inout StateWriter) throws(CanonicalJSONError) {
    guard case .succeeded = phase else { return try writer.add("phase", phase.saved) }
    writer.name("phase")
    writer.open()
    writer.add("name", text: "succeeded")
    writer.close()
  }
}

extension Group {
  var saved: Value {
    var map: ValueMap = ["start": .map(start.data)]
    func add(_ name: String, _ numbers: some Collection<Int>) {
      if !numbers.isEmpty { map[name] = .list(numbers.map { .int(Int64($0)) }) }
    }
    add("open", open)
    add("ended", ended)
    add("held", held.sorted())
    add("uncollected", uncollected.sorted())
    add("failed", failed.sorted())
    add("broken_off", brokenOff.sorted())
    if effectsBefore > 0 { map["effects_before"] = .int(Int64(effectsBefore)) }
    if let handled = handled?.saved {
      add("by_hand", handled.byHand)
      add("overridden", handled.overridden)
      add("passed_over", handled.passedOver)
    }
    add("counts", [rounds, roundsBefore, nextItem])
    if forgottenKeys > 0 { map["forgotten_keys"] = .int(Int64(forgottenKeys)) }
    if !approvals.isEmpty {
      map["approvals"] = .list(approvals.sorted().map { .string($0) })
    }
    if !collected.isEmpty {
      map["collected"] = .list(collected.sorted { $0.key < $1.key }.map { $0.value.saved($0.key) })
    }
    if !callsLeft.isEmpty { map["calls_left"] = .list(callsLeft.map { .string($0) }) }
    if let ending {
      let data: ValueMap = ["status": .string(ending.status.rawValue)]
      map["ending"] = .map(
        data.adding("message", ending.message).adding("repeated", ending.isRepeated)
          .adding("failure", ending.failure.map { .map($0.data) }))
    }
    return .map(map)
  }
}

extension Group.Collected {
  fileprivate func saved(_ index: Int) -> Value {
    switch self {
    case .clear(let value): .list([.int(Int64(index)), value])
    case .sealed(let commitment): .list([.int(Int64(index)), .string(commitment), .bool(true)])
    }
  }
}

extension StepPhase {
  var saved: Value {
    switch self {
    case .entered: named("entered")
    case .attempting(let intent): named("attempting", intent.data)
    case .lost(let intent, let message, let byCrash):
      named("lost", intent.data.adding("message", message).adding("crash", byCrash))
    case .retrying(let at): named("retrying", ["at": .string(at.journalText)])
    case .unavailable(let failure): named("unavailable", failure.data)
    case .waiting(let waiting, let since):
      named("waiting", waiting.data.adding("since", since.journalText))
    case .acted: Self.savedActed
    case .inside: Self.savedInside
    case .blocked(let blocker): named("blocked", blocker.data)
    case .failed(let acted): named("failed", ["acted": .bool(acted)])
    case .inDoubt(let intent, let message, let asksAgain):
      named(
        "in_doubt", intent.data.adding("message", message).adding("asks_again", flag: asksAgain))
    case .succeeded: named("succeeded")
    case .skipped: Self.savedSkipped
    case .cancelled: named("cancelled")
    case .undone: named("undone")
    }
  }

  // Those that most steps are in are made once.
  private static let savedActed: Value = ["name": "acted"]
  private static let savedInside: Value = ["name": "inside"]
  private static let savedSkipped: Value = ["name": "skipped"]

  private func named(_ name: String, _ data: ValueMap = ValueMap()) -> Value {
    var map = data
    map["name"] = .string(name)
    return .map(map)
  }
}

extension FailedLook {
  fileprivate var saved: ValueMap { look.data.adding("message", message) }
}
