package import Values

extension Event {
  /// The `data` of the journal record: the members of the kind, and the command that asked for it.
  package var data: ValueMap {
    var data = kind.data
    if let command { data["command"] = .string(command) }
    if let standing { data["signed_in"] = standing.recorded }
    if let givenAt { data["given_at"] = .string(givenAt.journalText) }
    return data
  }
}

extension EventKind {
  var data: ValueMap {
    switch self {
    case .runCreated(let header): header.data
    case .runResumed(let process, let host):
      ["pid": .int(Int64(process)), "host": .string(host)]
    case .runInterrupted(let last): ["last_seq": .int(Int64(last))]
    case .runParked(let status, let reasons, let hash):
      [
        "status": .string(status.rawValue), "reasons": .list(reasons.map(\.value)),
        "state_sha256": .string(hash), "state_layout": .int(RunState.layout),
      ]
    case .runFinishing(let status, let message, let left, let calls):
      ValueMap(members: ["status": .string(status.rawValue)]).adding("message", message)
        .adding("not_taken_back", left.isEmpty ? nil : .list(left.map { .string($0) }))
        .adding("calls_left", calls.isEmpty ? nil : .list(calls.map { .string($0) }))
    case .runFinished(let status, let message, let outputs):
      ValueMap(members: ["status": .string(status.rawValue)]).adding("message", message).adding(
        "outputs", outputs)
    default: stepData
    }
  }

  private var stepData: ValueMap {
    switch self {
    case .attemptStarted(let intent): intent.data
    case .attemptSucceeded(let outputs): ValueMap().adding("outputs", outputs)
    case .attemptFailed(let failure, let retryAt, let wasSent):
      failure.data.adding("retry_at", retryAt?.journalText).adding("sent", wasSent)
    case .attemptLost(let message, let byCrash):
      ValueMap(members: ["message": .string(message)]).adding("crash", byCrash)
    case .lookAnswered(let look, let outputs): look.data.adding("outputs", outputs)
    case .lookFailed(let look, let message): look.data.adding("message", message)
    case .stepSucceeded(let outputs, let manner, let reason, let evidence):
      ValueMap(members: ["how": .string(manner.rawValue)]).adding("outputs", outputs).adding(
        "reason", reason
      ).adding(evidence)
    case .stepFailed(let failure): failure.data
    case .stepSkipped(let reason, let message, let isOverride):
      ValueMap().adding("how", isOverride ? Manner.override.rawValue : nil)
        .adding("message", message).adding("reason", reason)
    case .stepBlocked(let blocker): blocker.data
    case .stepInDoubt(let message): ["message": .string(message)]
    case .stepRetried(let with, let again, let reason):
      ValueMap().adding("with", with).adding("again", again).adding("reason", reason)
    case .stepWaiting(let waiting): waiting.data
    case .stepStarted(let start): start.data
    case .roundEnded(let index), .iterationHeld(let index): ["index": .int(Int64(index))]
    case .iterationEnded(let index, let collected):
      ValueMap(members: ["index": .int(Int64(index))]).adding(
        "collected", collected.isEmpty ? nil : collected)
    case .workflowFinishing(let status, let message, let failure, let calls):
      ValueMap(members: ["status": .string(status.rawValue)]).adding("message", message)
        .adding("failure", failure.map { .map($0.data) })
        .adding("calls_left", calls.isEmpty ? nil : .list(calls.map { .string($0) }))
    default: outsideData
    }
  }

  private var outsideData: ValueMap {
    switch self {
    case .answerGiven(let values): ValueMap().adding("values", values)
    case .eventReceived(let event):
      event.data.named("data").adding("id", event.id)
        .adding("event", event.name).adding("arrived_at", event.at?.journalText)
        .adding("of_project", flag: event.isOfProject)
    case .people(let event): event.data
    case .eventMatched(let id, let outputs):
      ValueMap(members: ["id": .string(id)]).adding("outputs", outputs)
    case .timerFired(let timer, let dueAt):
      ["timer": .string(timer), "due_at": .string(dueAt.journalText)]
    case .doubtResolved(let happened, let outputs, let reason, let evidence):
      ValueMap(members: ["happened": .bool(happened), "reason": .string(reason)])
        .adding("outputs", outputs).adding(evidence)
    case .checkpointMoved(let unmet): unmet.data
    case .recovery(let event): event.data
    case .place(let event): event.data
    case .noteAdded(let text): ["text": .string(text)]
    case .commandRefused(let message): ["message": .string(message)]
    case .journalRepaired(let bytes, let sha256, let file):
      ["bytes": .int(Int64(bytes)), "sha256": .string(sha256), "file": .string(file)]
    case .clockWentBack(let seconds): ["by_seconds": .int(Int64(seconds))]
    default: ValueMap()
    }
  }
}

extension ValueMap {
  /// The map itself: gives a literal its type.
  init(members: ValueMap) { self = members }

  /// With a member, unless it is nil.
  consuming func adding(_ name: String, _ value: Value?) -> ValueMap {
    if let value { self[name] = value }
    return self
  }

  consuming func adding(_ name: String, _ text: String?) -> ValueMap {
    adding(name, text.map { Value.string($0) })
  }

  consuming func adding(_ name: String, _ flag: Bool) -> ValueMap { adding(name, Value.bool(flag)) }

  /// With a member that is there only where it is true.
  consuming func adding(_ name: String, flag: Bool) -> ValueMap {
    flag ? adding(name, Value.bool(true)) : self
  }

  /// With the clear values under a name and the commitments beside it under `sealed`.
  consuming func adding(_ name: String, _ values: StoredValues?) -> ValueMap {
    guard let values else { return self }
    let map = adding(name, Value.map(values.clear))
    return values.sealed.isEmpty ? map : map.adding("sealed", Value.map(values.sealed))
  }
}

extension StoredValues {
  func named(_ name: String) -> ValueMap { ValueMap().adding(name, self) }
}

extension RunHeader {
  /// The format of the journals this release writes.
  package static let format = "baton-journal/1"

  /// The members come in the order in which canonical JSON has them.
  var data: ValueMap {
    let workflow: ValueMap = [
      "file": .string(workflowFile), "id": .string(workflowID), "name": .string(workflowName),
      "sha256": .string(workflowSHA256), "version": .string(workflowVersion),
    ]
    var map = ValueMap(minimumCapacity: 12)
    if isByHand { map.append("by_hand", .bool(true)) }
    map.append("definition", .map(definition))
    map.append("environment", .string(environment))
    map.append("format", .string(Self.format))
    if let home { map.append("home", .map(home.data)) }
    map.append("inputs", .map(inputs.clear))
    map.append("labels", .map(labels))
    map.append("name", .string(name))
    map.append("rehearsal", .bool(isRehearsal))
    map.append("run", .string(run))
    if !inputs.sealed.isEmpty { map.append("sealed", .map(inputs.sealed)) }
    map.append("workflow", .map(workflow))
    return map
  }
}

extension Intent {
  var data: ValueMap {
    ValueMap(members: [
      "driver": .string(driver), "driver_sha256": .string(driverSHA256),
      "effects": .string(effects), "key": .string(key), "operation": .string(operation),
    ]).adding("now", now?.journalText).adding("with", with)
  }
}

extension StepStart {
  var data: ValueMap {
    ValueMap().adding("case", choice.map { Value.int(Int64($0)) })
      .adding("count", count.map { Value.int(Int64($0)) })
      .adding("inputs", inputs.isEmpty ? nil : inputs)
  }
}

extension Failure {
  var data: ValueMap {
    ValueMap(members: ["code": .string(code), "message": .string(message)])
      .adding("details", details.isEmpty ? nil : .map(details))
  }
}

extension Look {
  var data: ValueMap {
    ["for": .string(purpose.rawValue), "check": .int(Int64(index))]
  }
}

extension Blocker {
  var data: ValueMap {
    ValueMap(members: ["message": .string(message)]).adding("see", see).adding("check", check)
  }
}

extension ApprovalShown {
  fileprivate var data: ValueMap {
    ValueMap(members: [
      "for": "approval", "message": .string(message), "approvals": .int(Int64(approvals)),
      "not_starter": .bool(notStarter), "shown": .string(sha256),
    ]).adding("changes", changes.isEmpty ? nil : .list(changes.map(\.value)))
  }
}

extension ApprovalShown.Change {
  var value: Value { .map(ValueMap(members: ["step": .string(step)]).adding("with", with)) }

  init?(_ value: Value) {
    guard case .map(let data) = value, let step = data["step"]?.asString else { return nil }
    self.init(step: step, with: DataReader(type: "step.waiting", data: data).values("with"))
  }
}

extension Waiting {
  var data: ValueMap {
    cause.data.adding("role", role).adding("due_at", dueAt?.journalText)
      .adding("since", since?.journalText)
      .adding("dropped", dropped.isEmpty ? nil : .list(dropped.map { .string($0) }))
      .adding("given", given.isEmpty ? nil : .list(given.map { .string($0) }))
      .adding(
        "timers",
        timers.isEmpty
          ? nil
          : .list(
            timers.map {
              ["timer": .string($0.name), "due_at": .string($0.dueAt.journalText)]
            }))
  }
}

extension Waiting.Cause {
  var data: ValueMap {
    switch self {
    case .answer(let message, let fields, let items):
      [
        "for": "answer", "message": .string(message),
        "fields": .list(fields.map { .string($0) }), "items": .map(items),
      ]
    case .approval(let shown): shown.data
    case .event(let name): ["for": "event", "event": .string(name)]
    case .byHand(let message): ["for": "hand", "message": .string(message)]
    case .time(let until): ["for": "time", "until": .string(until.journalText)]
    case .first(let branches):
      [
        "for": "first",
        "of": .list(branches.map { .map($0.cause.data.adding("name", $0.name)) }),
      ]
    }
  }
}

extension ParkReason {
  var value: Value { ["message": .string(message), "step": .string(step)] }
}
