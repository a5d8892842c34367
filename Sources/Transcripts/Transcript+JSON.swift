import Engine
package import RunStore
package import Values

extension Transcript {
  /// The format that ``json`` writes; members may be added to it, none changes its meaning.
  package static let format = "baton-transcript/1"

  /// The transcript as JSON: `format`, `run`, `steps`, `entries`, `problems`. Moments are RFC 3339
  /// in UTC, lengths of time seconds as text (`0.25s`), a target in business time as its author wrote
  /// it (`2 business days`), and a sensitive value is `{"sensitive": true}`.
  package var json: Value {
    .map([
      "format": .string(Self.format), "run": run, "steps": .list(steps.map(\.json)),
      "entries": .list(entries.map(\.json)),
      "problems": .list(problems.map { .int(Int64($0.seq)) }),
    ])
  }

  private var run: Value {
    var map: ValueMap = [
      "id": .string(head.run), "name": .string(head.name), "status": .string(head.status),
      "workflow": [
        "id": .string(head.workflow), "name": .string(head.title),
        "version": .string(head.version), "file": .string(head.file),
        "sha256": .string(head.sha256),
      ],
      "environment": .string(head.environment), "rehearsal": .bool(head.isRehearsal),
      "labels": head.labels.json, "inputs": head.inputs.json,
      "started_at": .string(head.startedAt.journalText), "started_by": .string(head.startedBy),
      "events": .int(Int64(head.records)), "last_hash": .string(head.lastHash),
    ]
    if !head.migrations.isEmpty { map["migrations"] = .list(head.migrations.map(\.json)) }
    map["finished_at"] = head.finishedAt.map { .string($0.journalText) }
    map["message"] = head.message.map { .string($0) }
    map["ledger"] = head.ledger?.json
    if head.finishedAt != nil { map["outputs"] = head.outputs.json }
    return .map(map)
  }
}

extension LedgerFinding {
  /// `events`, the records that the ledger knows of, and how many of them are `missing`; or the `problem`.
  package var json: Value {
    switch self {
    case .behind(let records, let known, let isPutBack):
      var map: ValueMap = [
        "events": .int(Int64(known)), "missing": .int(Int64(known - records)),
      ]
      if isPutBack { map["put_back"] = true }
      return .map(map)
    case .unreadable(let message): return ["problem": .string(message)]
    }
  }
}

extension TranscriptMigration {
  var json: Value {
    var map: ValueMap = [
      "at": .string(at.journalText), "by": .string(by), "from_version": .string(from),
      "version": .string(version), "file": .string(file), "sha256": .string(sha256),
      "differences": .list(differences.map { .string($0) }),
    ]
    if !inputs.isEmpty {
      map["inputs_before"] = inputs.map(\.before).json
      map["inputs"] = inputs.map(\.after).json
    }
    return .map(map)
  }
}

extension ValueMap {
  fileprivate mutating func add(_ evidence: [Evidence]) {
    for member in evidence.members { set(member.key, member.value) }
  }
}

extension SettledDoubt {
  var json: Value {
    var map: ValueMap = ["by": .string(by), "happened": .bool(happened)]
    map["reason"] = reason.map { .string($0) }
    map.add(evidence)
    return .map(map)
  }
}

extension TranscriptStep {
  var json: Value {
    var map: ValueMap = [
      "address": .string(address), "title": .string(title), "status": .string(status),
      "attempts": .int(Int64(attempts)),
    ]
    map["started_at"] = startedAt.map { .string($0.journalText) }
    map["role"] = role.map { .string($0) }
    map["finished_at"] = finishedAt.map { .string($0.journalText) }
    map["how"] = how.map { .string($0) }
    map["by"] = by.map { .string($0) }
    map["reason"] = reason.map { .string($0) }
    if !settled.isEmpty { map["settled"] = .list(settled.map(\.json)) }
    map.add(evidence)
    map["items"] = items?.json
    map["duration"] = duration.map { .string($0.journalText) }
    map["target"] = target.map { .string($0.journalText) }
    map["target_met"] = isWithinTarget.map { .bool($0) }
    return .map(map)
  }
}

extension TranscriptEntry {
  var json: Value {
    var map: ValueMap = [
      "seq": .int(Int64(seq)), "at": .string(at.journalText), "type": .string(type),
      "actor": .string(actor), "sentence": .string(sentence),
    ]
    map["step"] = step.map { .string($0) }
    map["title"] = title.map { .string($0) }
    map["signed_in"] = signedIn
    map["arrived_at"] = arrivedAt.map { .string($0.journalText) }
    if !details.isEmpty {
      map["details"] = .list(
        details.map { shown in
          var detail: ValueMap = ["name": .string(shown.name)]
          detail[shown.value == nil ? "sensitive" : "value"] = shown.json ?? .bool(true)
          return .map(detail)
        })
    }
    return .map(map)
  }
}

extension [Shown] {
  var json: Value {
    .map(ValueMap(map { ($0.name, $0.json ?? ["sensitive": true]) }))
  }
}

extension Shown {
  /// The value as journals write it; nil where it is sensitive.
  fileprivate var json: Value? {
    if case .timestamp(let moment)? = value { .string(moment.journalText) } else { value }
  }
}
