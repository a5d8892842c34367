package import Values
package import Workflows

extension RunState {
  /// Reads a saved state; nil where it is of another layout or does not fit the workflow, and then
  /// the journal is folded from its start.
  package init?(saved: Value, workflow: Workflow) {
    guard case .map(let map) = saved, map["layout"]?.asInt == Self.layout,
      let headerData = map["header"]?.asMap,
      let header = try? RunHeader(DataReader(type: "run.created", data: headerData)),
      let startedAt = map["started_at"]?.moment, let lastAt = map["last_at"]?.moment,
      let startedBy = map["started_by"].flatMap(Actor.init(saved:)),
      let events = map["events"]?.asInt, let phase = map["phase"].flatMap(RunPhase.init(saved:))
    else { return nil }
    self.init(header: header, startedAt: startedAt, startedBy: startedBy, lastAt: lastAt)
    eventCount = Int(events)
    self.phase = phase
    guard restoreSteps(map), restoreFrames(map, workflow), restoreRest(map) else { return nil }
  }

  private mutating func restoreSteps(_ map: ValueMap) -> Bool {
    for member in map["steps"]?.asMap ?? ValueMap() {
      guard let address = member.key.asString, let record = StepRecord(saved: member.value) else {
        return false
      }
      steps[address] = record
      itemCount += record.group?.start.count ?? 0
    }
    return true
  }

  private mutating func restoreFrames(_ map: ValueMap, _ workflow: Workflow) -> Bool {
    nextFrame = Int(map["next_frame"]?.asInt ?? 0)
    for value in map["frames"]?.asList ?? [] {
      guard let id = value["id"]?.asInt.map(Int.init),
        let frame = Frame(saved: value, in: self, workflow)
      else { return false }
      frames[id] = frame
      if frame.role == .again { askedAgain.append(id) }
      if let address = frame.currentAddress { standing[address] = id }
    }
    return true
  }

  private mutating func restoreRest(_ map: ValueMap) -> Bool {
    for value in map["received"]?.asList ?? [] {
      guard case .map(let data) = value,
        case .eventReceived(let event)? = try? EventKind(type: "event.received", data: data)
      else { return false }
      received.append(event)
    }
    for value in map["notes"]?.asList ?? [] {
      guard let note = Note(saved: value) else { return false }
      notes.append(note)
    }
    for value in map["tellings"]?.asList ?? [] {
      guard let telling = Telling(saved: value) else { return false }
      tellings.append(telling)
    }
    for member in map["taken_in_rounds"]?.asMap ?? ValueMap() {
      if let wait = member.key.asString { takenInRounds[wait] = Set(member.value.texts) }
    }
    clockWentBackAt = map["clock_went_back"]?.moment
    checkpoints = map["checkpoints"]?.texts ?? []
    problems = map["problems"]?.texts ?? []
    callsLeft = map["calls_left"]?.texts ?? []
    hasLeftFinally = map["past_finally"]?.asBool ?? false
    commands = Set(map["commands"]?.texts ?? [])
    outputs = map["outputs"]?.storedValues ?? StoredValues()
    endedAt = map["ended_at"]?.moment
    begunEnd = map["begun_end"].flatMap(BegunEnd.init(saved:))
    parked = map["parked"].flatMap(Park.init(saved:))
    if let value = map["placement"] {
      guard let saved = RunPlacement(saved: value) else { return false }
      placement = saved
    }
    guard restoreRecovery(map["recovery"]?.asMap ?? ValueMap()) else { return false }
    checkpointTest = map["checkpoint_test"].flatMap(CheckpointTest.init(saved:))
    return true
  }
}

extension Value {
  fileprivate var moment: Timestamp? { asString.flatMap(Timestamp.init(journalText:)) }
  fileprivate var texts: [String] { (asList ?? []).compactMap(\.asString) }

  fileprivate var storedValues: StoredValues? {
    asMap.map { DataReader(type: "state", data: $0).values("values") }
  }
}

extension BegunEnd {
  fileprivate init?(saved: Value) {
    guard let by = saved["by"].flatMap(Actor.init(saved:)), let at = saved["at"]?.moment else {
      return nil
    }
    let left = saved["not_taken_back"]?.asList?.compactMap(\.asString)
    self.init(by: by, at: at, notTakenBack: left ?? [])
  }
}

extension Actor {
  init?(saved: Value) {
    guard let kind = saved["kind"]?.asString.flatMap(Kind.init(rawValue:)),
      let id = saved["id"]?.asString
    else { return nil }
    self.init(kind: kind, id: id)
  }
}

extension RunPhase {
  init?(saved: Value) {
    let status = saved["status"]?.asString.flatMap(RunStatus.init(rawValue:))
    let message = saved["message"]?.asString
    switch (saved["name"]?.asString, status) {
    case ("main", nil): self = .main
    case ("undoing", nil):
      guard let phase = UndoGoal.phase(saved: saved) else { return nil }
      self = phase
    case ("finishing", let status?): self = .finishing(status, message: message)
    case ("ended", let status?): self = .ended(status, message: message)
    default: return nil
    }
  }
}

extension Park {
  init?(saved: Value) {
    guard case .map(let map) = saved else { return nil }
    let reader = DataReader(type: "state", data: map)
    guard let status = try? reader.status(), let reasons = try? reader.reasons() else { return nil }
    self.init(status: status, reasons: reasons)
  }
}

extension CheckpointTest {
  init?(saved: Value) {
    guard let step = saved["step"]?.asString else { return nil }
    if let message = saved["message"]?.asString {
      let unmet = Blocker(
        message: message, see: saved["see"]?.asString, check: saved["check"]?.asString)
      self = .unmet(step: step, unmet)
    } else {
      self = .pending(step: step)
    }
  }
}

extension Note {
  init?(saved: Value) {
    guard let text = saved["text"]?.asString, let at = saved["at"]?.moment,
      let actor = saved["actor"].flatMap(Actor.init(saved:))
    else { return nil }
    self.init(text: text, actor: actor, at: at)
  }
}

extension Frame {
  /// - Parameter state: with the frames that were opened before, its parent among them.
  init?(saved: Value, in state: RunState, _ workflow: Workflow) {
    guard let role = saved["role"]?.asString.flatMap(Role.init(rawValue:)),
      let index = saved["index"]?.asInt.map(Int.init),
      let cursor = saved["cursor"]?.asInt.map(Int.init)
    else { return nil }
    var frame: Frame
    if let owner = saved["owner"]?.asString, role == .workflowFinally, state.standing[owner] == nil
    {
      guard let (step, outer) = workflow.location(of: owner),
        let found = Frame(
          finallyOf: step, at: owner, in: outer, of: saved["parent"]?.asInt.map(Int.init))
      else { return nil }
      frame = found
    } else if let owner = saved["owner"]?.asString {
      guard let id = state.standing[owner], let parent = state.frames[id],
        let step = parent.current,
        let found = Frame(role, of: step, at: owner, index: index, in: (id, parent))
      else { return nil }
      frame = found
    } else if role == .again {
      guard let found = Frame(askingAgain: saved, in: state) else { return nil }
      frame = found
    } else {
      guard role == .main || role == .finally else { return nil }
      frame = Frame(role, of: workflow)
    }
    guard cursor >= 0, cursor <= frame.list.count else { return nil }
    frame.cursor = cursor
    self = frame
  }
}

extension Group {
  init?(saved: Value) {
    guard let start = saved["start"]?.asMap else { return nil }
    self.init()
    self.start = StepStart(DataReader(type: "state", data: start))
    func numbers(_ name: String) -> [Int] {
      (saved[name]?.asList ?? []).compactMap { $0.asInt.map(Int.init) }
    }
    open = numbers("open")
    ended = numbers("ended")
    held = Set(numbers("held"))
    uncollected = Set(numbers("uncollected"))
    failed = Set(numbers("failed"))
    brokenOff = Set(numbers("broken_off"))
    effectsBefore = Int(saved["effects_before"]?.asInt ?? 0)
    if ["by_hand", "overridden", "passed_over"].contains(where: { saved[$0] != nil }) {
      handled = HandledItems(
        byHand: numbers("by_hand"), overridden: numbers("overridden"),
        passedOver: numbers("passed_over"))
      guard handled != nil else { return nil }
    }
    let counts = numbers("counts")
    guard counts.count == 3 else { return nil }
    (rounds, roundsBefore, nextItem) = (counts[0], counts[1], counts[2])
    forgottenKeys = Int(saved["forgotten_keys"]?.asInt ?? 0)
    approvals = Set(saved["approvals"]?.texts ?? [])
    for entry in saved["collected"]?.asList ?? [] {
      guard let parts = entry.asList, parts.count > 1, let index = parts[0].asInt else {
        return nil
      }
      if parts.count == 3, let commitment = parts[1].asString {
        collected[Int(index)] = .sealed(commitment)
      } else {
        collected[Int(index)] = .clear(parts[1])
      }
    }
    callsLeft = saved["calls_left"]?.asList?.compactMap(\.asString) ?? []
    if let value = saved["ending"] {
      guard let status = value["status"]?.asString.flatMap(RunStatus.init(rawValue:)) else {
        return nil
      }
      ending = Ending(
        status: status, message: value["message"]?.asString,
        isRepeated: value["repeated"]?.asBool ?? false,
        failure: value["failure"]?.asMap.flatMap {
          try? Failure(DataReader(type: "state", data: $0))
        })
    }
  }
}

extension StepRecord {
  init?(saved: Value) {
    guard case .map(let map) = saved, let phase = map["phase"].flatMap(StepPhase.init(saved:))
    else {
      return nil
    }
    self.init()
    self.phase = phase
    if let value = map["group"] {
      guard let group = Group(saved: value) else { return nil }
      self.group = group
    }
    startedAt = map["started_at"]?.moment
    finishedAt = map["finished_at"]?.moment
    attempts = map.count("attempts")
    attemptedAt = map["attempted_at"]?.moment ?? (attempts > 0 ? startedAt : nil)
    attemptsInSeries = map.count("attempts_in_series")
    keyGeneration = map.count("key_generation")
    conditionIsOpen = map["condition_open"]?.asBool ?? false
    effectIsCounted = map["effect_counted"]?.asBool ?? false
    effectStands = map["effect_stands"]?.asBool ?? false
    eventsBefore = map.count("events_before")
    undoIsPrepared = map["undo_prepared"]?.asBool ?? false
    outputs = map["outputs"]?.storedValues ?? StoredValues()
    corrected = map["corrected"]?.storedValues ?? StoredValues()
    answers = map["answers"]?.storedValues ?? StoredValues()
    for value in map["looks"]?.asList ?? [] {
      guard case .map(let data) = value,
        let look = try? Look(DataReader(type: "state", data: data))
      else { return nil }
      looks[look] = DataReader(type: "state", data: data).values("outputs")
    }
    takenEvents = Set(map["taken"]?.texts ?? [])
    failedLook = map.read("failed_look") { reader throws(UnreadableEvent) in
      FailedLook(look: try Look(reader), message: try reader.text("message"))
    }
    if let saved = map["doubt"] {
      guard let doubt = Doubt(saved: saved) else { return nil }
      self.doubt = doubt
    }
    otherNow = map["now"]?.moment
    manner = map["how"]?.asString.flatMap(Manner.init(rawValue:))
    by = map["by"].flatMap(Actor.init(saved:))
    reason = map["reason"]?.asString
    failure = map.read("failure") { reader throws(UnreadableEvent) in try Failure(reader) }
    if let saved = map["people"] {
      guard let people = PeopleRecord(saved: saved) else { return nil }
      self.people = people
    }
  }
}

extension ValueMap {
  fileprivate func count(_ name: String) -> Int { Int(self[name]?.asInt ?? 0) }

  fileprivate func read<T>(
    _ name: String, _ body: (DataReader) throws(UnreadableEvent) -> T
  ) -> T? {
    guard let data = self[name]?.asMap else { return nil }
    return try? body(DataReader(type: "state", data: data))
  }
}

extension StepPhase {
  init?(saved: Value) {
    guard case .map(let map) = saved, let name = map["name"]?.asString else { return nil }
    let reader = DataReader(type: "state", data: map)
    do throws(UnreadableEvent) {
      guard let phase = try Self.read(name, reader) else { return nil }
      self = phase
    } catch {
      return nil
    }
  }

  private static func read(_ name: String, _ reader: DataReader) throws(UnreadableEvent) -> Self? {
    switch name {
    case "entered": .entered
    case "attempting": .attempting(try Intent(reader))
    case "lost":
      .lost(
        try Intent(reader), message: try reader.text("message"), byCrash: reader.flag("crash"))
    case "retrying": .retrying(at: try reader.requiredMoment("at"))
    case "unavailable": .unavailable(try Failure(reader))
    case "waiting":
      .waiting(try Waiting(reader), since: try reader.requiredMoment("since"))
    case "acted": .acted
    case "inside": .inside
    case "blocked": .blocked(try Blocker(reader))
    case "failed": .failed(acted: reader.flag("acted"))
    case "in_doubt":
      .inDoubt(
        try Intent(reader), message: try reader.text("message"),
        asksAgain: reader.flag("asks_again"))
    case "succeeded": .succeeded
    case "skipped": .skipped
    case "cancelled": .cancelled
    case "undone": .undone
    default: nil
    }
  }
}
