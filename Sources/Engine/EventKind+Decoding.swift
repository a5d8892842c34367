package import Values

/// A record that is no event of this format.
package struct UnreadableEvent: Error, Sendable {
  package let message: String

  package init(message: String) { self.message = message }
}

extension EventKind {
  /// Reads the kind from the type and the data of a journal record.
  package init(type: String, data: ValueMap) throws(UnreadableEvent) {
    let reader = DataReader(type: type, data: data)
    if let kind = try Self.ofRun(reader) {
      self = kind
    } else if let kind = try Self.ofStep(reader) {
      self = kind
    } else if let kind = try Self.fromOutside(reader) {
      self = kind
    } else if let event = try RecoveryEvent(reader) {
      self = .recovery(event)
    } else if let event = try PeopleEvent(reader) {
      self = .people(event)
    } else if let event = try PlaceEvent(reader) {
      self = .place(event)
    } else {
      throw UnreadableEvent(message: "unknown event type `\(type)`")
    }
  }

  private static func ofRun(_ reader: DataReader) throws(UnreadableEvent) -> EventKind? {
    switch reader.type {
    case "run.created": .runCreated(try RunHeader(reader))
    case "run.resumed":
      .runResumed(process: try reader.integer("pid"), host: try reader.text("host"))
    case "run.interrupted": .runInterrupted(lastSequence: try reader.integer("last_seq"))
    case "run.parked":
      .runParked(
        status: try reader.status(), reasons: try reader.reasons(),
        stateHash: try reader.text("state_sha256"))
    case "run.finishing":
      .runFinishing(
        status: try reader.status(), message: reader.optionalText("message"),
        notTakenBack: reader.data["not_taken_back"]?.asList?.compactMap(\.asString) ?? [],
        callsLeft: reader.data["calls_left"]?.asList?.compactMap(\.asString) ?? [])
    case "run.finished":
      .runFinished(
        status: try reader.status(), message: reader.optionalText("message"),
        outputs: reader.values("outputs"))
    default: nil
    }
  }

  private static func ofStep(_ reader: DataReader) throws(UnreadableEvent) -> EventKind? {
    switch reader.type {
    case "attempt.started": .attemptStarted(try Intent(reader))
    case "attempt.succeeded": .attemptSucceeded(outputs: reader.values("outputs"))
    case "attempt.failed":
      .attemptFailed(
        try Failure(reader), retryAt: try reader.moment("retry_at"), wasSent: reader.flag("sent"))
    case "attempt.lost":
      .attemptLost(message: try reader.text("message"), byCrash: reader.flag("crash"))
    case "look.answered":
      .lookAnswered(try Look(reader), outputs: reader.values("outputs"))
    case "look.failed": .lookFailed(try Look(reader), message: try reader.text("message"))
    case "step.started": .stepStarted(StepStart(reader))
    case "step.succeeded": try succeeded(reader)
    case "step.failed": .stepFailed(try Failure(reader))
    case "step.continued": .stepContinued
    case "step.skipped":
      .stepSkipped(
        reason: try reader.text("reason"), message: reader.optionalText("message"),
        isOverride: reader.optionalText("how") == Manner.override.rawValue)
    case "step.blocked": .stepBlocked(try Blocker(reader))
    case "step.in_doubt": .stepInDoubt(message: try reader.text("message"))
    case "step.retried":
      .stepRetried(
        with: reader.values("with"), again: reader.flag("again"),
        reason: reader.optionalText("reason"))
    case "step.waiting": .stepWaiting(try Waiting(reader))
    case "round.ended": .roundEnded(index: try reader.integer("index"))
    case "iteration.ended":
      .iterationEnded(index: try reader.integer("index"), collected: reader.values("collected"))
    case "iteration.held": .iterationHeld(index: try reader.integer("index"))
    case "workflow.finishing":
      .workflowFinishing(
        status: try reader.status(), message: reader.optionalText("message"),
        failure: try reader.data["failure"]?.asMap.map { data throws(UnreadableEvent) in
          try Failure(DataReader(type: reader.type, data: data))
        }, callsLeft: reader.data["calls_left"]?.asList?.compactMap(\.asString) ?? [])
    default: nil
    }
  }

  private static func succeeded(_ reader: DataReader) throws(UnreadableEvent) -> EventKind {
    guard let manner = Manner(rawValue: try reader.text("how")) else {
      throw reader.unfit("how")
    }
    return .stepSucceeded(
      outputs: reader.data["outputs"] == nil ? nil : reader.values("outputs"), manner: manner,
      reason: reader.optionalText("reason"), evidence: Evidence.all(in: reader.data))
  }

  private static func fromOutside(_ reader: DataReader) throws(UnreadableEvent) -> EventKind? {
    switch reader.type {
    case "answer.given": .answerGiven(values: reader.values("values"))
    case "event.received":
      .eventReceived(
        ReceivedEvent(
          id: try reader.text("id"), name: try reader.text("event"), data: reader.values("data"),
          at: try reader.moment("arrived_at"), isOfProject: reader.flag("of_project")))
    case "event.matched":
      .eventMatched(id: try reader.text("id"), outputs: reader.values("outputs"))
    case "timer.fired":
      .timerFired(timer: try reader.text("timer"), dueAt: try reader.requiredMoment("due_at"))
    case "doubt.resolved":
      .doubtResolved(
        happened: reader.flag("happened"), outputs: reader.values("outputs"),
        reason: try reader.text("reason"), evidence: Evidence.all(in: reader.data))
    case "checkpoint.moved": .checkpointMoved(try Blocker(reader))
    case "checkpoint.held": .checkpointHeld
    case "note.added": .noteAdded(text: try reader.text("text"))
    case "command.refused": .commandRefused(message: try reader.text("message"))
    case "journal.repaired":
      .journalRepaired(
        bytes: try reader.integer("bytes"), sha256: try reader.text("sha256"),
        file: try reader.text("file"))
    case "clock.went_back": .clockWentBack(bySeconds: try reader.integer("by_seconds"))
    default: nil
    }
  }
}

/// Reads the members of a record's data, each failure naming the member.
struct DataReader {
  let type: String
  let data: ValueMap

  func unfit(_ name: String) -> UnreadableEvent {
    UnreadableEvent(message: "`\(name)` is missing or unfit in an event of type `\(type)`")
  }

  func text(_ name: String) throws(UnreadableEvent) -> String {
    guard let text = data[name]?.asString else { throw unfit(name) }
    return text
  }

  func optionalText(_ name: String) -> String? { data[name]?.asString }

  func integer(_ name: String) throws(UnreadableEvent) -> Int {
    guard let number = data[name]?.asInt else { throw unfit(name) }
    return Int(number)
  }

  func flag(_ name: String) -> Bool { data[name]?.asBool ?? false }

  func moment(_ name: String) throws(UnreadableEvent) -> Timestamp? {
    guard let text = data[name]?.asString else { return nil }
    guard let moment = Timestamp(journalText: text) else { throw unfit(name) }
    return moment
  }

  func requiredMoment(_ name: String) throws(UnreadableEvent) -> Timestamp {
    guard let moment = try moment(name) else { throw unfit(name) }
    return moment
  }

  func values(_ name: String) -> StoredValues {
    StoredValues(
      clear: data[name]?.asMap ?? ValueMap(), sealed: data["sealed"]?.asMap ?? ValueMap())
  }

  func status() throws(UnreadableEvent) -> RunStatus {
    guard let status = RunStatus(rawValue: try text("status")) else { throw unfit("status") }
    return status
  }

  func reasons() throws(UnreadableEvent) -> [ParkReason] {
    var reasons: [ParkReason] = []
    for value in data["reasons"]?.asList ?? [] {
      guard let step = value["step"]?.asString, let message = value["message"]?.asString else {
        throw unfit("reasons")
      }
      reasons.append(ParkReason(step: step, message: message))
    }
    return reasons
  }
}

extension RunHeader {
  init(_ reader: DataReader) throws(UnreadableEvent) {
    guard reader.data["format"]?.asString == Self.format else {
      throw UnreadableEvent(message: "the journal's format is not `\(Self.format)`")
    }
    guard let workflow = reader.data["workflow"]?.asMap else { throw reader.unfit("workflow") }
    let inner = DataReader(type: reader.type, data: workflow)
    self.init(
      run: try reader.text("run"), workflowID: try inner.text("id"),
      workflowName: try inner.text("name"), workflowVersion: try inner.text("version"),
      workflowFile: try inner.text("file"), workflowSHA256: try inner.text("sha256"),
      definition: reader.data["definition"]?.asMap ?? ValueMap(),
      environment: try reader.text("environment"), name: try reader.text("name"),
      labels: reader.data["labels"]?.asMap ?? ValueMap(), inputs: reader.values("inputs"),
      isRehearsal: reader.flag("rehearsal"), isByHand: reader.flag("by_hand"),
      home: RunHome(reader.data["home"]))
  }
}

extension Intent {
  init(_ reader: DataReader) throws(UnreadableEvent) {
    self.init(
      operation: try reader.text("operation"), driver: try reader.text("driver"),
      driverSHA256: try reader.text("driver_sha256"), effects: try reader.text("effects"),
      key: try reader.text("key"), with: reader.values("with"), now: try reader.moment("now"))
  }
}

extension StepStart {
  init(_ reader: DataReader) {
    self.init(
      choice: reader.data["case"]?.asInt.map(Int.init),
      count: reader.data["count"]?.asInt.map(Int.init), inputs: reader.values("inputs"))
  }
}

extension Failure {
  init(_ reader: DataReader) throws(UnreadableEvent) {
    self.init(
      code: try reader.text("code"), message: try reader.text("message"),
      details: reader.data["details"]?.asMap ?? ValueMap())
  }
}

extension Look {
  init(_ reader: DataReader) throws(UnreadableEvent) {
    guard let purpose = Purpose(rawValue: try reader.text("for")) else { throw reader.unfit("for") }
    self.init(purpose: purpose, index: try reader.integer("check"))
  }
}

extension Blocker {
  init(_ reader: DataReader) throws(UnreadableEvent) {
    self.init(
      message: try reader.text("message"), see: reader.optionalText("see"),
      check: reader.optionalText("check"))
  }
}

extension Waiting {
  init(_ reader: DataReader) throws(UnreadableEvent) {
    var timers: [DeadlineTimer] = []
    for value in reader.data["timers"]?.asList ?? [] {
      guard let name = value["timer"]?.asString, let text = value["due_at"]?.asString,
        let moment = Timestamp(journalText: text),
        let timer = DeadlineTimer(name: name, dueAt: moment)
      else { throw reader.unfit("timers") }
      timers.append(timer)
    }
    self.init(
      cause: try Cause(reader), role: reader.optionalText("role"),
      dueAt: try reader.moment("due_at"), timers: timers, since: try reader.moment("since"),
      dropped: reader.data["dropped"]?.asList?.compactMap(\.asString) ?? [],
      given: reader.data["given"]?.asList?.compactMap(\.asString) ?? [])
  }
}

extension Waiting.Cause {
  init(_ reader: DataReader) throws(UnreadableEvent) {
    switch try reader.text("for") {
    case "answer":
      self = .answer(
        message: try reader.text("message"),
        fields: reader.data["fields"]?.asList?.compactMap(\.asString) ?? [],
        items: reader.data["items"]?.asMap ?? ValueMap())
    case "approval":
      self = .approval(
        ApprovalShown(
          message: try reader.text("message"), approvals: try reader.integer("approvals"),
          notStarter: reader.flag("not_starter"), sha256: try reader.text("shown"),
          changes: (reader.data["changes"]?.asList ?? []).compactMap(ApprovalShown.Change.init)))
    case "event": self = .event(name: try reader.text("event"))
    case "time": self = .time(until: try reader.requiredMoment("until"))
    case "first":
      var branches: [Waiting.Branch] = []
      for value in reader.data["of"]?.asList ?? [] {
        let inner = DataReader(type: reader.type, data: value.asMap ?? ValueMap())
        branches.append(Waiting.Branch(name: try inner.text("name"), cause: try Self(inner)))
      }
      self = .first(branches)
    case "hand": self = .byHand(message: try reader.text("message"))
    default: throw reader.unfit("for")
    }
  }
}
