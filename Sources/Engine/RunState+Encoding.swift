package import Values

extension RunState {
  /// The layout of saved states; a state of another layout is not read but folded again.
  static let layout: Int64 = 3

  /// The state as a value, for `run.json` and its hash: a cache of the fold, in no format of its own.
  package var saved: Value {
    var map: ValueMap = [
      "layout": .int(Self.layout), "header": .map(header.data),
      "started_at": .string(startedAt.journalText), "started_by": startedBy.saved,
      "last_at": .string(lastAt.journalText), "events": .int(Int64(eventCount)),
      "phase": phase.saved, "steps": .map(savedSteps), "frames": .list(savedFrames),
      "next_frame": .int(Int64(nextFrame)),
      "received": .list(received.map { .map(EventKind.eventReceived($0).data) }),
      "checkpoints": .list(checkpoints.map { .string($0) }),
      "notes": .list(notes.map(\.saved)), "problems": .list(problems.map { .string($0) }),
      "commands": .list(commands.sorted().map { .string($0) }),
      "outputs": .map(outputs.named("values")),
    ]
    if let parked {
      map["parked"] = [
        "status": .string(parked.status.rawValue), "reasons": .list(parked.reasons.map(\.value)),
      ]
    }
    map["checkpoint_test"] = checkpointTest?.saved
    if !takenInRounds.isEmpty { map["taken_in_rounds"] = .map(savedTaken) }
    if placement != RunPlacement(home: header.home) { map["placement"] = placement.saved }
    let recovery = savedRecovery
    if !recovery.isEmpty { map["recovery"] = .map(recovery) }
    return .map(map)
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

  private var savedSteps: ValueMap {
    ValueMap(distinct: steps.sorted { $0.key < $1.key }.map { ($0.key, $0.value.saved) })
  }
}

extension Actor {
  var saved: Value { ["id": .string(id), "kind": .string(kind.rawValue)] }
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
    case .unmet(let step, let message): ["step": .string(step), "message": .string(message)]
    }
  }
}

extension Note {
  var saved: Value {
    ["text": .string(text), "actor": actor.saved, "at": .string(at.journalText)]
  }
}

extension Frame {
  /// The list is found again through its owner.
  func saved(as id: Int) -> Value {
    let map: ValueMap = [
      "id": .int(Int64(id)), "role": .string(role.rawValue), "index": .int(Int64(index)),
      "cursor": .int(Int64(cursor)),
    ]
    return .map(map.adding("owner", owner))
  }
}

extension StepRecord {
  /// The members come in the order in which canonical JSON has them.
  var saved: Value {
    var map = ValueMap(minimumCapacity: 8)
    func add(_ name: String, _ value: Value?) { if let value { map.append(name, value) } }
    func add(_ name: String, _ count: Int) {
      if count != 0 { map.append(name, .int(Int64(count))) }
    }
    func add(_ name: String, _ values: StoredValues) {
      if !values.isEmpty { map.append(name, .map(values.named("values"))) }
    }
    if hasWork { add("answers", answers) }
    add("attempts", attempts)
    add("attempts_in_series", attemptsInSeries)
    add("by", by.map { $0 == .machine ? Self.savedMachine : $0.saved })
    if hasWork { add("corrected", corrected) }
    add("events_before", eventsBefore)
    if hasWork { add("failed_look", failedLook.map { Value.map($0.data) }) }
    add("failure", failure.map { Value.map($0.data) })
    let finish = finishedAt.map { Value.string($0.journalText) }
    add("finished_at", finish)
    add("group", group?.saved)
    add("how", manner.map { Value.string($0.rawValue) })
    add("key_generation", keyGeneration)
    if keyIsInDoubt { add("key_in_doubt", Value.bool(true)) }
    if hasWork, !looks.isEmpty {
      let ordered = looks.sorted { $0.key < $1.key }
      add("looks", Value.list(ordered.map { .map($0.key.data.adding("outputs", .map($0.value))) }))
    }
    add("outputs", outputs)
    if hasPeople { add("people", people.saved) }
    add("phase", phase.saved)
    add("reason", reason.map { Value.string($0) })
    add(
      "started_at",
      startedAt == finishedAt ? finish : startedAt.map { Value.string($0.journalText) })
    if hasWork, !takenEvents.isEmpty {
      add("taken", Value.list(takenEvents.sorted().map { .string($0) }))
    }
    if undoIsPrepared { add("undo_prepared", Value.bool(true)) }
    return .map(map)
  }

  private static let savedMachine = Actor.machine.saved
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
    add("counts", [rounds, roundsBefore, nextItem])
    if !collected.isEmpty {
      map["collected"] = .list(collected.sorted { $0.key < $1.key }.map { $0.value.saved($0.key) })
    }
    if let ending {
      let data: ValueMap = ["status": .string(ending.status.rawValue)]
      map["ending"] = .map(
        data.adding("message", ending.message).adding("repeated", ending.isRepeated))
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
    case .inDoubt(let intent, let message):
      named("in_doubt", intent.data.adding("message", message))
    case .succeeded: Self.savedSucceeded
    case .skipped: Self.savedSkipped
    case .cancelled: named("cancelled")
    case .undone: named("undone")
    }
  }

  // Those that most steps are in are made once.
  private static let savedActed: Value = ["name": "acted"]
  private static let savedInside: Value = ["name": "inside"]
  private static let savedSucceeded: Value = ["name": "succeeded"]
  private static let savedSkipped: Value = ["name": "skipped"]

  private func named(_ name: String, _ data: ValueMap = ValueMap()) -> Value {
    var map = data
    map["name"] = .string(name)
    return .map(map)
  }
}
