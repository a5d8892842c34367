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
    }
    return true
  }

  private mutating func restoreFrames(_ map: ValueMap, _ workflow: Workflow) -> Bool {
    for value in map["frames"]?.asList ?? [] {
      guard let frame = Frame(saved: value, workflow: workflow) else { return false }
      frames.append(frame)
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
    checkpoints = map["checkpoints"]?.texts ?? []
    problems = map["problems"]?.texts ?? []
    commands = Set(map["commands"]?.texts ?? [])
    outputs = map["outputs"]?.storedValues ?? StoredValues()
    parked = map["parked"].flatMap(Park.init(saved:))
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
      self = .unmet(step: step, message: message)
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
  init?(saved: Value, workflow: Workflow) {
    guard let name = saved["role"]?.asString, let index = saved["index"]?.asInt,
      let cursor = saved["cursor"]?.asInt
    else { return nil }
    let owner = saved["owner"]?.asString
    let role: Role
    var list: StepList?
    switch name {
    case "main": (role, list) = (.main, workflow.steps)
    case "finally": (role, list) = (.finally, workflow.finally)
    case "body":
      role = .body
      list = owner.flatMap { workflow.step(named: RunEngine.stepID(of: $0)) }?.bodyList
    default: return nil
    }
    guard let list, cursor >= 0, cursor <= Int64(list.steps.count) else { return nil }
    self.init(
      role: role, owner: owner, prefixes: saved["prefixes"]?.texts ?? [""], list: list,
      index: Int(index), cursor: Int(cursor))
  }
}

extension Step {
  /// The list that is worked on inside the step.
  var bodyList: StepList? {
    switch kind {
    case .section(let list): list
    case .repeat(let loop): loop.steps
    default: nil
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
    startedAt = map["started_at"]?.moment
    finishedAt = map["finished_at"]?.moment
    attempts = map.count("attempts")
    attemptsInSeries = map.count("attempts_in_series")
    keyGeneration = map.count("key_generation")
    keyIsInDoubt = map["key_in_doubt"]?.asBool ?? false
    eventsBefore = map.count("events_before")
    rounds = map.count("rounds")
    outputs = map["outputs"]?.storedValues ?? StoredValues()
    corrected = map["corrected"]?.storedValues ?? StoredValues()
    answers = map["answers"]?.storedValues ?? StoredValues()
    for value in map["looks"]?.asList ?? [] {
      guard case .map(let data) = value,
        let look = try? Look(DataReader(type: "state", data: data))
      else { return nil }
      looks[look] = data["outputs"]?.asMap ?? ValueMap()
    }
    takenEvents = Set(map["taken"]?.texts ?? [])
    failedLook = map.read("failed_look") { reader throws(UnreadableEvent) in try Look(reader) }
    manner = map["how"]?.asString.flatMap(Manner.init(rawValue:))
    by = map["by"].flatMap(Actor.init(saved:))
    reason = map["reason"]?.asString
    failure = map.read("failure") { reader throws(UnreadableEvent) in try Failure(reader) }
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
    case "in_doubt": .inDoubt(try Intent(reader), message: try reader.text("message"))
    case "succeeded": .succeeded
    case "skipped": .skipped
    case "cancelled": .cancelled
    default: nil
    }
  }
}
