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
    ValueMap(
      steps.keys.sorted().compactMap { address in
        steps[address].map { (address, $0.saved) }
      })
  }
}

extension Actor {
  var saved: Value { ["kind": .string(kind.rawValue), "id": .string(id)] }
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
  var saved: Value {
    var map: ValueMap = ["phase": phase.saved]
    func add(_ name: String, _ count: Int) {
      if count != 0 { map[name] = .int(Int64(count)) }
    }
    func add(_ name: String, _ values: StoredValues) {
      if !values.isEmpty { map[name] = .map(values.named("values")) }
    }
    map["started_at"] = startedAt.map { .string($0.journalText) }
    map["finished_at"] = finishedAt.map { .string($0.journalText) }
    add("attempts", attempts)
    add("attempts_in_series", attemptsInSeries)
    add("key_generation", keyGeneration)
    if keyIsInDoubt { map["key_in_doubt"] = true }
    add("events_before", eventsBefore)
    add("outputs", outputs)
    add("corrected", corrected)
    add("answers", answers)
    if !looks.isEmpty {
      let ordered = looks.sorted { $0.key < $1.key }
      map["looks"] = .list(ordered.map { .map($0.key.data.adding("outputs", .map($0.value))) })
    }
    if !takenEvents.isEmpty { map["taken"] = .list(takenEvents.sorted().map { .string($0) }) }
    map["failed_look"] = failedLook.map { .map($0.data) }
    map["how"] = manner.map { .string($0.rawValue) }
    map["by"] = by?.saved
    map["reason"] = reason.map { .string($0) }
    map["failure"] = failure.map { .map($0.data) }
    if undoIsPrepared { map["undo_prepared"] = true }
    map["group"] = group?.saved
    if hasPeople { map["people"] = people.saved }
    return .map(map)
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
    case .acted: named("acted")
    case .inside: named("inside")
    case .blocked(let blocker): named("blocked", blocker.data)
    case .failed(let acted): named("failed", ["acted": .bool(acted)])
    case .inDoubt(let intent, let message):
      named("in_doubt", intent.data.adding("message", message))
    case .succeeded: named("succeeded")
    case .skipped: named("skipped")
    case .cancelled: named("cancelled")
    case .undone: named("undone")
    }
  }

  private func named(_ name: String, _ data: ValueMap = ValueMap()) -> Value {
    var map = data
    map["name"] = .string(name)
    return .map(map)
  }
}
