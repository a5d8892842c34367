import Engine
import Fields
import RunStore
import Runner
import Transcripts
import Values

extension RunSnapshot {
  /// The format of a run in JSON; members may be added to it, none changes its meaning.
  static let format = "baton-run/1"

  /// The run with all its steps.
  var json: Value {
    guard case .map(var map) = summaryJSON else { return .null }
    map["outputs"] = .map(outputs)
    if !sensitiveOutputs.isEmpty {
      map["sensitive_outputs"] = .list(sensitiveOutputs.map { .string($0) })
    }
    map["place"] = placeJSON
    map["ledger"] = ledger?.json
    map["steps"] = .list(steps.map(\.json))
    if !notes.isEmpty {
      map["notes"] = .list(
        notes.map { note in
          [
            "at": .string(note.at.journalText), "text": .string(note.text),
            "by": note.actor.json,
          ]
        })
    }
    if !undo.irreversible.isEmpty {
      map["irreversible"] = .list(
        undo.irreversible.map { ["step": .string($0.step), "count": .int(Int64($0.count))] })
    }
    return .map(map)
  }

  /// Where the run belongs, and what has become of copies.
  private var placeJSON: Value? {
    guard let home = placement.home else { return nil }
    var map: ValueMap = ["folder": .string(home.folder), "host": .string(home.host)]
    switch standing {
    case .copied?: map["is_copy"] = true
    case .left(let adoption)?: map["goes_on_in"] = adoption.json
    case .home?, .moved?, nil: break
    }
    map["adopted"] = placement.adoption?.json
    return .map(map)
  }

  /// The run without its steps, as lists show it.
  var summaryJSON: Value {
    var map: ValueMap = [
      "format": .string(Self.format), "id": .string(runID), "name": .string(name),
      "status": .string(status.rawValue), "labels": .map(labels),
      "workflow": [
        "id": .string(workflowID), "name": .string(workflowName),
        "version": .string(workflowVersion),
      ],
      "environment": .string(environment), "started_at": .string(startedAt.journalText),
      "last_activity": .string(lastActivity.journalText),
      "parked": .list(
        reasons.map { ["step": .string($0.step), "message": .string($0.message)] }),
    ]
    if isRehearsal { map["rehearsal"] = true }
    if isByHand { map["by_hand"] = true }
    map["finished_at"] = finishedAt.map { .string($0.journalText) }
    map["ended_by"] = endedBy?.json
    if let left = begunEnd?.notTakenBack, !left.isEmpty {
      map["not_taken_back"] = .list(left.map { .string($0) })
    }
    map["message"] = message.map { .string($0) }
    map["holder"] = holder.map { .string($0) }
    map["left_running"] = leftRunning.map { .list($0.map { .int(Int64($0)) }) }
    return .map(map)
  }

  /// Who asked for its end; nil where it goes on, or ended by itself.
  var endedBy: Actor? {
    guard let by = begunEnd?.by, by != .machine, status != .succeeded else { return nil }
    return status.isFinal || ending != nil ? by : nil
  }
}

extension StepView {
  /// One step.
  var json: Value {
    var map: ValueMap = [
      "address": .string(address), "title": .string(title), "kind": .string(kind),
      "status": .string(status.rawValue), "attempts": .int(Int64(attempts)),
    ]
    map["role"] = role.map { .string($0) }
    map["started_at"] = startedAt.map { .string($0.journalText) }
    map["finished_at"] = finishedAt.map { .string($0.journalText) }
    map["how"] = manner.map { .string($0.rawValue) }
    map["by"] = by?.json
    // One is named already.
    if doers.count > 1 { map["by_all"] = .list(doers.map(\.json)) }
    map["waiting"] = waiting.map(\.json)
    map["failure"] = failure.map { failure in
      [
        "code": .string(failure.code), "message": .string(failure.message),
        "details": .map(failure.details),
      ]
    }
    if isCheckpointUnmet { map["checkpoint_unmet"] = true }
    map["lost"] = lost?.json
    map["see"] = see.map { .string($0) }
    map["reason"] = reason.map { .string($0) }
    map["operation"] = operation.map { .string($0) }
    map["target"] = target.map { .string($0.journalText) }
    map["target_met"] = targetMet.map { .bool($0) }
    map["manual"] = manual.map { .string($0) }
    map["claimed_by"] = claim.map { .string($0.by.id) }
    if isPassedOver { map["passed_over"] = true }
    map["follow_up"] = followUp.map { .string($0) }
    if !heldFor.isEmpty { map["held_for"] = .list(heldFor.map { .string($0) }) }
    if effectStays { map["effect_stays"] = true }
    map["items"] = items?.json
    map["rounds"] = rounds.map { .int(Int64($0)) }
    map["goes_on_at"] = goesOnAt.map { .string($0.journalText) }
    if !untold.isEmpty { map["untold"] = .list(untold.map { .string($0) }) }
    return .map(map)
  }
}

extension WaitingView {
  /// What a step waits for.
  var json: Value {
    var map: ValueMap = ["for": .string(kind), "since": .string(since.journalText)]
    if !message.isEmpty { map["message"] = .string(message) }
    if let fields { map["fields"] = .list(fields.names.map { .string($0) }) }
    if markdown != message { map["markdown"] = .string(markdown) }
    if !items.isEmpty { map["items"] = .list(items.map(\.json)) }
    map["progress"] = progress.map { .double($0) }
    if !roles.isEmpty { map["roles"] = .list(roles.map { .string($0) }) }
    if !escalatedTo.isEmpty { map["escalated_to"] = .list(escalatedTo.map { .string($0) }) }
    if !timers.isEmpty {
      map["timers"] = .list(
        timers.map { ["timer": .string($0.name), "due_at": .string($0.dueAt.journalText)] })
    }
    if let approval { map["approval"] = json(of: approval) }
    if events.count > 1 { map["events"] = .list(events.map { .string($0) }) }
    map["event"] = event.map { .string($0) }
    map["until"] = until.map { .string($0.journalText) }
    map["due_at"] = dueAt.map { .string($0.journalText) }
    return .map(map)
  }

  private func json(of approval: ApprovalShown) -> Value {
    var map: ValueMap = [
      "approvals": .int(Int64(approval.approvals)), "not_starter": .bool(approval.notStarter),
      "shown": .string(approval.sha256),
      "decisions": .list(
        decisions.map { decision in
          var map: ValueMap = [
            "by": .string(decision.by.id), "at": .string(decision.at.journalText),
            "decision": .string(decision.decided.approves ? "approved" : "rejected"),
          ]
          map["comment"] = decision.decided.comment.map { .string($0) }
          return .map(map)
        }),
    ]
    if !approval.changes.isEmpty { map["changes"] = .list(approval.changes.map(json)) }
    map["unproven_starter"] = unprovenStarter.map { .string($0) }
    return .map(map)
  }

  private func json(of change: ApprovalShown.Change) -> Value {
    [
      "step": .string(change.step), "with": .map(change.with.clear),
      "sensitive": .list(change.with.sealed.names.map { .string($0) }),
    ]
  }

  /// `answer`, `approval`, `event`, `time`, `first` or `hand`.
  var kind: String {
    switch cause {
    case .answer: "answer"
    case .approval: "approval"
    case .event: "event"
    case .time: "time"
    case .byHand: "hand"
    case .first: "first"
    }
  }

  /// Whether a person has to do something.
  var isForPerson: Bool { isForAnswer || approval != nil }

  /// The events that can end it.
  var events: [String] { cause.events }

  var isForAnswer: Bool { kind == "answer" }

  /// The event it waits for.
  var event: String? {
    if case .event(let name) = cause { name } else { nil }
  }

  /// The moment it waits for.
  var until: Timestamp? {
    if case .time(let until) = cause { until } else { nil }
  }
}

extension ItemView {
  /// Something to tick.
  fileprivate var json: Value {
    var map: ValueMap = [
      "name": .string(name), "label": .string(label), "ticked": .bool(isTicked),
    ]
    map["help"] = help.map { .string($0) }
    map["category"] = category.map { .string($0) }
    map["event"] = event.map { .string($0) }
    return .map(map)
  }
}

extension Waiting.Cause {
  fileprivate var events: [String] {
    switch self {
    case .event(let name): [name]
    case .first(let branches): branches.flatMap(\.cause.events)
    case .answer, .approval, .time, .byHand: []
    }
  }
}

extension Adoption {
  fileprivate var json: Value {
    var map: ValueMap = [
      "folder": .string(home.folder), "host": .string(home.host), "reason": .string(reason),
    ]
    map["from"] = from.map { ["folder": .string($0.folder), "host": .string($0.host)] }
    map["untold"] = untold.map { .string($0) }
    return .map(map)
  }
}

extension Actor {
  fileprivate var json: Value { ["kind": .string(kind.rawValue), "id": .string(id)] }
}
