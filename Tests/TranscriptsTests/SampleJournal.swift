import Engine
import TimeZones
import Transcripts
import Values
import Workflows

@testable import RunStore

/// A journal with something of everything: an answer, a failure, a doubt, work by hand, an
/// interruption, a sensitive value, and names that try to be markup.
enum SampleJournal {
  static let records: [JournalRecord] = [
    record(
      0, "run.created",
      data: [
        "format": "baton-journal/1", "run": "20261120-k7f3q9",
        "workflow": [
          "id": "onboarding", "name": "New tenant", "version": "1.2.0",
          "file": "workflows/onboarding.yaml", "sha256": "ab12",
        ],
        "environment": "local", "name": "Onboard [click](http://evil.example)",
        "labels": ["order": "A-1"], "inputs": ["company": "`rm` | <b>x</b>"],
        "sealed": ["password": "00ff"],
      ], actor: .init(kind: "user", id: "root")),
    record(
      1, "attempt.started", step: "payment", attempt: 1,
      data: ["operation": "payments.confirm", "driver": "sqlite", "with": ["order_id": "A-1"]]),
    record(
      2, "attempt.failed", step: "payment", attempt: 1,
      data: ["code": "unavailable", "message": "the service is down"]),
    record(3, "run.interrupted", data: ["last_seq": 2]),
    record(4, "run.resumed", data: ["pid": 7, "host": "desk"]),
    record(
      5, "step.succeeded", step: "payment",
      data: ["how": "by_hand", "reason": "done in the console", "outputs": ["status": "COMPLETE"]],
      actor: .init(kind: "person", id: "ana")),
    record(
      6, "step.waiting", step: "checks",
      data: [
        "for": "answer", "message": "Look at it.\nTwice.", "fields": ["amount"], "role": "support",
      ]),
    record(
      7, "run.parked",
      data: ["status": "waiting", "reasons": [["step": "checks", "message": "for an answer"]]]),
    record(
      8, "answer.given", step: "checks", data: ["values": ["amount": 99], "sealed": ["pin": "aa"]],
      actor: .init(kind: "person", id: "ana")),
    record(
      9, "step.succeeded", step: "checks", data: ["how": "person", "outputs": ["amount": 99]]),
    record(10, "run.finished", data: ["status": "succeeded", "outputs": ["tenant": "ten_1"]]),
  ]

  static let descriptions = [
    StepDescription(
      address: "payment", title: "Confirm the payment", target: .seconds(5)),
    StepDescription(
      address: "checks", title: "Check it", role: "support", target: .seconds(2)),
  ]

  static let transcript = Transcript(records: records, descriptions: descriptions)

  static func record(
    _ seq: Int, _ type: String, step: String? = nil, attempt: Int? = nil, data: ValueMap,
    actor: JournalRecord.Actor = .init(kind: "machine", id: "baton")
  ) -> JournalRecord {
    let second = seq < 10 ? "0\(seq)" : "\(seq)"
    return JournalRecord(
      seq: seq, at: "2026-11-20T21:06:\(second).000Z", type: type, step: step, attempt: attempt,
      actor: actor, data: data, prev: "", hash: "hash\(seq)")
  }
}

extension StepTarget {
  static func seconds(_ seconds: Int64) -> StepTarget {
    StepTarget(Length(AuthoredDuration(seconds * 1_000_000_000, .exact)))
  }
}
