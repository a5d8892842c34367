import Fields
import Plans
import Runner
import Values
import Workflows

extension RunPlan {
  /// The document of `baton plan --json`.
  func json(paths limit: Int?) -> Value {
    var map: ValueMap = [
      "format": "baton-plan/1",
      "workflow": [
        "id": .string(workflow.id), "name": .string(workflow.name),
        "version": .string(workflow.version ?? ""), "sha256": .string(workflow.sha256),
      ],
      "inputs": .map(body.shownInputs),
      "unknown_inputs": .list(body.unknownInputs.map { .string($0) }),
      "steps": .list(body.steps.steps.map(\.json)),
      "finally": .list(body.finally.steps.map(\.json)),
      "path_count": pathCount.number.flatMap { Int64(exactly: $0) }.map { .int($0) } ?? .null,
      "starts_at": .string(start.journalText),
      "earliest_end": times.earliest.map { .string($0.journalText) } ?? .null,
      "latest_end": times.latest.map { .string($0.journalText) } ?? .null,
      "open_ended": .list(times.openEnded.map { .string($0) }),
      "unreckoned": .list(
        times.unreckoned.map { ["step": .string($0.address), "reason": .string($0.reason)] }),
    ]
    if let limit {
      map["paths"] = .list(paths(limit: limit).map { .list($0.map { .string($0) }) })
    }
    return .map(map)
  }
}

extension PlannedBody {
  fileprivate var shownInputs: ValueMap {
    var shown = ValueMap()
    for member in inputs {
      let isSensitive = member.key.asString.map(sensitiveInputs.contains) ?? false
      shown.set(member.key, isSensitive ? .string(hiddenValue) : member.value)
    }
    return shown
  }
}

extension PlannedStep {
  fileprivate var json: Value {
    var map: ValueMap = [
      "id": .string(step.id), "address": .string(address), "kind": .string(step.kind.key),
      "certainty": .string(certainty.rawValue),
    ]
    map["name"] = step.name.map { .string($0) }
    map["role"] = step.role.map { .string($0) }
    if let condition, let source = step.condition?.source {
      map["if"] = ["source": .string(source), "verdict": .string(condition.word)]
    }
    addFacts(to: &map)
    addLists(to: &map)
    return .map(map)
  }

  private func addFacts(to map: inout ValueMap) {
    if !unmet.isEmpty {
      map["unmet"] = .list(
        unmet.map { ["check": .string($0.source), "message": .string($0.message)] })
    }
    if !calls.isEmpty { map["calls"] = .list(calls.map(\.json)) }
    map["question"] = question?.json
    map["waits"] = wait.map { .string($0) }
    if let failure {
      map["failure"] = [
        "causes": .list(failure.causes.map { .string($0) }),
        "attempts": .int(Int64(failure.attempts)), "leads_to": .string(failure.leadsTo),
        "handler": failure.handler.map { .string($0) } ?? .null,
      ]
    }
  }

  private func addLists(to map: inout ValueMap) {
    switch body {
    case .leaf: break
    case .section(let list): map["steps"] = .list(list.steps.map(\.json))
    case .parallel(let list): map["parallel"] = .list(list.steps.map(\.json))
    case .choose(let cases, let mayMatchNone):
      map["cases"] = .list(cases.map(\.json))
      map["may_match_none"] = .bool(mayMatchNone)
    case .loop(let loop):
      map["loop"] = [
        "at_least": .int(Int64(loop.least)),
        "at_most": loop.most.map { .int(Int64($0)) } ?? .null,
        "side_by_side": .bool(loop.isParallel), "words": .string(loop.words),
        "steps": .list(loop.steps.steps.map(\.json)),
      ]
    case .workflow(let body):
      map["workflow"] = [
        "id": .string(body.workflow.id), "inputs": .map(body.shownInputs),
        "unknown_inputs": .list(body.unknownInputs.map { .string($0) }),
        "steps": .list(body.steps.steps.map(\.json)),
        "finally": .list(body.finally.steps.map(\.json)),
      ]
    }
    if !recoveries.isEmpty { map["recoveries"] = .list(recoveries.map(\.json)) }
  }
}

extension PlannedCase {
  fileprivate var json: Value {
    [
      "when": source.map { .string($0) } ?? .null, "verdict": .string(verdict.word),
      "certainty": .string(certainty.rawValue), "steps": .list(steps.steps.map(\.json)),
    ]
  }
}

extension PlannedRecovery {
  fileprivate var json: Value {
    [
      "cause": .string(cause.rawValue), "when": source.map { .string($0) } ?? .null,
      "then": .string(then.rawValue), "steps": .list(steps.steps.map(\.json)),
    ]
  }
}

extension PlannedCall {
  fileprivate var json: Value {
    [
      "operation": .string(operation), "purpose": .string(purpose.rawValue),
      "effects": .string(effects.rawValue), "undo": undo.map { .string($0) } ?? .null,
    ]
  }
}

extension PlannedQuestion {
  fileprivate var json: Value {
    [
      "role": role.map { .string($0) } ?? .null, "message": .string(message),
      "fields": .list(fields.map { .string($0.name) }),
      "items": .list(items.map { .string($0.name) }),
      "approvals": approvals.map { .int(Int64($0)) } ?? .null,
      "not_starter": .bool(notStarter), "deadlines": .list(deadlines.map { .string($0) }),
    ]
  }
}
