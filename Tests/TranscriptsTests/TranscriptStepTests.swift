import Engine
import Testing
import TimeZones
import Values
import Workflows

@testable import RunStore
@testable import Transcripts

/// The table of steps: it says what `status` says, in the same order.
@Suite struct TranscriptStepTests {
  private static let root = JournalRecord.Actor(kind: "user", id: "root")

  private func transcript(
    _ records: [JournalRecord], _ descriptions: [StepDescription] = []
  ) -> Transcript {
    Transcript(records: [SampleJournal.records[0]] + records, descriptions: descriptions)
  }

  @Test func `steps stand in the order of the procedure, each as deep as there`() {
    let result = transcript(
      [
        SampleJournal.record(1, "step.started", step: "other", data: [:]),
        SampleJournal.record(2, "step.started", step: "kid", data: [:]),
        SampleJournal.record(3, "step.started", step: "gone", data: [:]),
        SampleJournal.record(4, "step.started", step: "kid/each", data: [:]),
      ],
      [
        StepDescription(address: "kid", title: "Kid", status: .running, depth: 1),
        StepDescription(address: "kid/each", title: "Each", status: .running, depth: 2),
        StepDescription(address: "other", title: "Other", status: .running, depth: 1),
        StepDescription(address: "never", title: "Never"),
      ])
    #expect(result.steps.map(\.address) == ["kid", "kid/each", "other", "gone"])
    #expect(result.text().contains("\n    Kid [kid]: running\n      Each [kid/each]: running\n"))
  }

  @Test func `a message of a reminder's own is told with where it went and what it said`() {
    let with: Value = ["to": "bo@example.com", "subject": "Your deposit"]
    let text = transcript([
      SampleJournal.record(
        1, "notice.started", step: "paid",
        data: ["timer": "remind.1", "operation": "sms_mail.send", "with": with]),
      SampleJournal.record(2, "notice.sent", step: "paid", data: ["timer": "remind.1"]),
      SampleJournal.record(
        3, "notice.failed", step: "paid",
        data: ["timer": "remind.2", "unknown": true, "message": "nobody knows"]),
      SampleJournal.record(
        4, "notice.sent", step: "paid",
        data: ["timer": "escalate.1", "person": "ana", "with": ["to": "ana@example.com"]]),
    ]).text()
    #expect(text.contains("sending the message of reminder 1 by sms_mail.send"), "\(text)")
    #expect(text.contains("bo@example.com") && text.contains("Your deposit"), "\(text)")
    #expect(text.contains("the message of reminder 1 was sent"), "\(text)")
    #expect(text.contains("the message of reminder 2: nobody knows"), "\(text)")
    #expect(text.contains("told ana of escalation 1") && text.contains("ana@example.com"))
    #expect(!text.contains("everybody"))
  }

  @Test func `a step stands where the state says, whatever its last event was`() {
    let result = transcript(
      [
        SampleJournal.record(1, "step.waiting", step: "tour", data: ["for": "answer"]),
        SampleJournal.record(2, "step.succeeded", step: "made", data: ["how": "machine"]),
        SampleJournal.record(3, "step.succeeded", step: "again", data: ["how": "machine"]),
        SampleJournal.record(4, "step.started", step: "each[0]/x", data: [:]),
      ],
      [
        StepDescription(address: "tour", title: "Tour", status: .cancelled),
        StepDescription(address: "made", title: "Made", status: .undone),
        StepDescription(address: "again", title: "Again", status: .pending),
        StepDescription(address: "each[0]/x", title: "X"),
      ])
    #expect(result.steps.map(\.status) == ["cancelled", "undone", "pending", "cancelled"])
    #expect(result.steps[2].how == nil)
    #expect(result.steps[2].finishedAt == nil)
  }

  @Test func `a target in business time is measured by the calendar`() {
    // A Friday evening, and the Monday after it.
    func record(_ at: String, _ type: String) -> JournalRecord {
      JournalRecord(
        seq: 1, at: at, type: type, step: "sso", attempt: nil,
        actor: .init(kind: "machine", id: "baton"), data: ["how": "machine"], prev: "", hash: "")
    }
    let target = StepTarget(Length(AuthoredDuration(1, .businessDays)))
    func told(_ end: String) -> Transcript {
      transcript(
        [record("2026-11-20T16:00:00.000Z", "step.started"), record(end, "step.succeeded")],
        [StepDescription(address: "sso", title: "SSO", target: target)])
    }
    let met = told("2026-11-23T15:00:00.000Z")
    #expect(met.text().contains("target 1 business day met"), "\(met.text())")
    #expect(met.markdown().contains("| 1 business day, met |"))
    #expect(met.json["steps"]?.asList?.first?["target"] == "1 business day")
    #expect(met.json["steps"]?.asList?.first?["target_met"] == true)
    let missed = told("2026-11-24T15:00:00.000Z")
    #expect(missed.markdown().contains("| 1 business day, **missed** |"))
    #expect(missed.json["steps"]?.asList?.first?["target_met"] == false)
  }

  @Test func `what only holds other steps is done by nobody`() {
    let records = [
      SampleJournal.record(1, "step.started", step: "call", data: [:]),
      SampleJournal.record(2, "step.succeeded", step: "call", data: ["how": "machine"]),
    ]
    func row(_ isContainer: Bool) -> String? {
      let description = StepDescription(
        address: "call", title: "Call", isContainer: isContainer)
      return transcript(records, [description]).markdown().split(separator: "\n")
        .first { $0.hasPrefix("| Call") }.map(String.init)
    }
    #expect(row(true)?.contains("| succeeded |  |  |  |") == true, "\(row(true) ?? "")")
    #expect(row(false)?.contains("| succeeded | machine | baton |") == true)
  }

  @Test func `nothing is under way in a run that has ended, though its definition is unreadable`() {
    let result = transcript([
      SampleJournal.record(1, "step.waiting", step: "tour", data: ["for": "answer"]),
      SampleJournal.record(2, "step.in_doubt", step: "bill", data: ["message": "who knows"]),
      SampleJournal.record(3, "run.finished", data: ["status": "cancelled"]),
    ])
    #expect(result.steps.map(\.status) == ["cancelled", "in_doubt"])
  }

  @Test func `what was taken back in an item that is over is undone, as in one that is open`() {
    var records: [JournalRecord] = []
    for (position, step) in ["each[0]/make", "each[1]/make", "each[0]/make.undo"].enumerated() {
      records.append(
        SampleJournal.record(
          position + 1, "step.succeeded", step: step, data: ["how": "machine"]))
    }
    records.append(
      SampleJournal.record(
        4, "step.skipped", step: "each[1]/make.undo2",
        data: ["how": "override", "reason": "person"], actor: Self.root))
    let result = transcript(
      records,
      [
        StepDescription(address: "each[0]/make", title: "Make it", depth: 1),
        StepDescription(address: "each[1]/make", title: "Make it", depth: 1),
        StepDescription(address: "each[0]/make.undo", title: "Take back", status: .succeeded),
        StepDescription(address: "each[1]/make.undo2", title: "Take back", status: .skipped),
      ])
    #expect(result.steps.map(\.status) == ["undone", "succeeded", "succeeded", "skipped"])
    #expect(result.steps[0].how == "machine")
    #expect(result.text().contains("Make it [each[0]/make]: undone"))
    // Done once more, it is not undone any more.
    let again = transcript(
      records.prefix(3) + [
        SampleJournal.record(
          5, "step.succeeded", step: "each[0]/make", data: ["how": "machine"])
      ])
    #expect(again.steps[0].status == "succeeded")
  }

  @Test func `a loop says in how many of its items all was taken back`() {
    let begin: ValueMap = ["count": 2, "inputs": ["items": ["a", "b"]]]
    var records = [SampleJournal.record(1, "step.started", step: "each", data: begin)]
    for (index, seq) in [(0, 2), (1, 4)] {
      let step = "each[\(index)]/make"
      records.append(SampleJournal.record(seq, "undo.prepared", step: step, data: [:]))
      records.append(
        SampleJournal.record(
          seq + 1, "iteration.ended", step: "each", data: ["index": .int(Int64(index))]))
    }
    records.append(
      SampleJournal.record(6, "step.succeeded", step: "each", data: ["how": "machine"]))
    func takeBack(_ seq: Int, _ index: Int, _ type: String) {
      records.append(
        SampleJournal.record(
          seq, type, step: "each[\(index)]/make.undo", data: ["how": "machine"]))
    }
    func items() -> LoopItems? {
      transcript(records).steps.first { $0.address == "each" }?.items
    }
    #expect(items()?.words == "2 items")
    takeBack(7, 1, "step.succeeded")
    #expect(items()?.words == "2 items, 1 taken back")
    takeBack(8, 0, "step.skipped")
    #expect(items()?.words == "2 items, 1 taken back")
    takeBack(9, 0, "step.succeeded")
    #expect(items()?.words == "2 items, taken back")
    #expect(items()?.json["taken_back"] == 2)
  }

  @Test func `what was in doubt is by whoever said that it happened`() {
    let ana = JournalRecord.Actor(kind: "person", id: "ana")
    func records(_ happened: Bool, _ how: String) -> [JournalRecord] {
      [
        SampleJournal.record(1, "step.in_doubt", step: "bill", data: ["message": "who knows"]),
        SampleJournal.record(
          2, "doubt.resolved", step: "bill", data: ["happened": .bool(happened), "reason": "seen"],
          actor: ana),
        SampleJournal.record(3, "step.succeeded", step: "bill", data: ["how": .string(how)]),
      ]
    }
    #expect(transcript(records(true, "person")).steps[0].by == "person ana")
    #expect(transcript(records(false, "machine")).steps[0].by == "baton")
    // The table says who settled it, how and why, whoever acted in the end.
    let yes = transcript(records(true, "person"))
    #expect(
      yes.text().contains(
        "\n  bill [bill]: succeeded, doubt settled by person ana, it happened: seen, 2.0 s\n"))
    #expect(
      yes.markdown().contains("| person ana | doubt settled by person ana, it happened\\: seen |"))
    #expect(
      yes.json["steps"]?.asList?.first?["settled"] == [
        ["by": "person ana", "happened": true, "reason": "seen"]
      ])
    let no = transcript(records(false, "machine"))
    #expect(
      no.text().contains(
        "\n  bill [bill]: succeeded, doubt settled by person ana, it did not happen: seen, 2.0 s\n")
    )
    #expect(
      no.markdown().contains("| baton | doubt settled by person ana, it did not happen\\: seen |"))
  }

  @Test func `the table has the reason and the evidence of what was done by hand`() {
    let result = transcript([
      SampleJournal.record(
        1, "step.succeeded", step: "tenant",
        data: ["how": "by_hand", "reason": "in the console", "evidence": ["f6ed42"]],
        actor: Self.root),
      SampleJournal.record(2, "step.skipped", step: "other", data: ["reason": "condition"]),
    ])
    #expect(
      result.text().contains(
        "tenant [tenant]: succeeded, by hand, by user root: in the console, evidence f6ed42, 0 ms\n"
      ))
    #expect(result.text().contains("other [other]: skipped: its condition does not hold, 0 ms\n"))
    #expect(result.markdown().contains("| by hand | user root | in the console; evidence f6ed42 |"))
  }

  @Test func `evidence has the name, the size and the type that the record has of it`() {
    let data: ValueMap = [
      "how": "by_hand", "reason": "seen", "evidence": ["f6ed42", "0a0b"],
      "evidence_files": [
        ["sha256": "f6ed42", "name": "mail|x.eml", "size": 16, "type": "text/plain"],
        ["sha256": "0a0b", "size": 1],
      ],
    ]
    let result = transcript([
      SampleJournal.record(1, "step.succeeded", step: "tenant", data: data, actor: Self.root)
    ])
    let text = result.text()
    #expect(
      text.contains(
        "seen, evidence `mail|x.eml` (16 bytes, text/plain, SHA-256 f6ed42),"
          + " evidence 1 byte, SHA-256 0a0b, "), "\(text)")
    #expect(
      text.contains(
        "evidence: f6ed42\n      evidence file: `mail|x.eml`, 16 bytes, text/plain\n"), "\(text)")
    let markdown = result.markdown()
    #expect(markdown.contains("16 bytes, text/plain, SHA"), "\(markdown)")
    let step = result.json["steps"]?.asList?.first
    #expect(step?["evidence"] == data["evidence"])
    #expect(step?["evidence_files"]?.asList?.map { $0["size"] } == [16, 1])
  }

  @Test func `what says of a file of another hash is not said of this one`() {
    let text = transcript([
      SampleJournal.record(
        1, "step.succeeded", step: "tenant",
        data: [
          "how": "by_hand", "reason": "seen", "evidence": ["f6ed42"],
          "evidence_files": [["sha256": "0a0b", "name": "other"]],
        ], actor: Self.root)
    ]).text()
    #expect(text.contains("seen, evidence f6ed42, ") && !text.contains("other"), "\(text)")
  }

  @Test func `a refusal says who was refused, and a clock that went back by how much`() {
    let result = transcript([
      SampleJournal.record(
        1, "command.refused", step: "quality", data: ["message": "bo has approved"],
        actor: .init(kind: "person", id: "ana")),
      SampleJournal.record(2, "command.refused", data: ["message": "it cannot be read"]),
      SampleJournal.record(3, "clock.went_back", data: ["by_seconds": 5400]),
    ])
    #expect(
      result.entries.dropFirst().map(\.sentence) == [
        "person ana was refused: bo has approved", "refused: it cannot be read",
        "the clock of the machine went back by 1 h 30 min",
      ])
  }

  @Test func `a loop says which items failed, which are over and how many were not begun`() {
    let items: Value = ["ana", "bo", "cy", "di", "eve"]
    var records = [
      SampleJournal.record(
        1, "step.started", step: "each", data: ["count": 5, "inputs": ["items": items]]),
      SampleJournal.record(2, "step.failed", step: "each[0]/rd", data: ["message": "no"]),
      SampleJournal.record(3, "step.continued", step: "each[0]/rd", data: [:]),
      SampleJournal.record(4, "iteration.ended", step: "each", data: ["index": 0]),
      SampleJournal.record(5, "step.failed", step: "each[1]/rd", data: ["message": "no"]),
      SampleJournal.record(6, "step.waiting", step: "each[2]/rd", data: ["for": "answer"]),
    ]
    func line(_ status: StepStatus?) -> String? {
      let loop = StepDescription(address: "each", title: "All", status: status)
      let open = ["each[1]/rd", "each[2]/rd"].map {
        StepDescription(address: $0, title: "Rd", status: $0.contains("1") ? .failed : .waiting)
      }
      return transcript(records, status == .running ? [loop] + open : [loop]).text()
        .split(separator: "\n").first { $0.contains("[each]:") }.map(String.init)
    }
    let start = "  All [each]: running, 1 of 5 items done, failures passed over in [0] ana"
    #expect(line(.running) == start + ", 1 stuck: [1] bo, 1 waiting, 2 not begun")
    records.append(SampleJournal.record(7, "run.finished", data: ["status": "cancelled"]))
    #expect(
      line(.cancelled)
        == "  All [each]: cancelled, 1 of 5 items done, failures passed over in [0] ana, "
        + "1 failed: [1] bo, 1 broken off: [2] cy, 2 not begun")
  }

  @Test func `a loop that is begun once more is counted once more`() {
    let begin: ValueMap = ["count": 1, "inputs": ["items": [["id": 7]]]]
    let result = transcript([
      SampleJournal.record(1, "step.started", step: "each", data: begin),
      SampleJournal.record(2, "step.failed", step: "each[0]/rd", data: ["message": "no"]),
      SampleJournal.record(3, "step.started", step: "each", data: begin),
    ])
    #expect(result.text().contains("each [each]: running, 0 of 1 item done, 1 not begun\n"))
    #expect(result.steps[0].items?.json == ["all": 1, "not_begun": 1, "done": 0])
  }

  @Test func `of a step that the run went back behind, only what was done since is told`() {
    let records = [
      SampleJournal.record(1, "attempt.started", step: "make", attempt: 1, data: [:]),
      SampleJournal.record(
        2, "doubt.resolved", step: "make", data: ["happened": true, "reason": "seen"],
        actor: Self.root),
      SampleJournal.record(3, "step.succeeded", step: "make", data: ["how": "person"]),
      SampleJournal.record(4, "step.started", step: "each", data: ["count": 1]),
      SampleJournal.record(5, "step.waiting", step: "each[0]/ok", data: ["for": "answer"]),
      SampleJournal.record(6, "run.rewound", data: [:]),
      SampleJournal.record(7, "attempt.started", step: "make", attempt: 2, data: [:]),
      SampleJournal.record(8, "step.succeeded", step: "make", data: ["how": "machine"]),
    ]
    let result = transcript(
      records,
      [
        StepDescription(
          address: "make", title: "Make", target: .seconds(2), status: .succeeded,
          startedAt: records[6].moment),
        StepDescription(address: "each", title: "Each", status: .pending),
        StepDescription(address: "each[0]/ok", title: "Ok"),
      ])
    let text = result.text()
    #expect(
      text.contains("\n  Make [make]: succeeded, 1.0 s, target 2.0 s met, done 2 times\n"),
      "\(text)")
    #expect(text.contains("\n  Each [each]: pending\n"), "\(text)")
    let steps = result.json["steps"]?.asList ?? []
    #expect(steps[0]["started_at"] == "2026-11-20T21:06:07.000Z")
    #expect(steps[0]["settled"] == nil)
    #expect(steps[1]["started_at"] == nil)
    #expect(steps[1]["items"] == nil)
  }

  @Test func `a step in an item of a loop that is begun once more is begun once more`() {
    let begin: ValueMap = ["count": 1, "inputs": ["items": ["a"]]]
    let result = transcript([
      SampleJournal.record(1, "step.started", step: "each", data: begin),
      SampleJournal.record(2, "attempt.started", step: "each[0]/rd", attempt: 1, data: [:]),
      SampleJournal.record(
        3, "doubt.resolved", step: "each[0]/rd", data: ["happened": true, "reason": "seen"],
        actor: Self.root),
      SampleJournal.record(4, "step.succeeded", step: "each[0]/rd", data: ["how": "person"]),
      SampleJournal.record(5, "iteration.ended", step: "each", data: ["index": 0]),
      SampleJournal.record(6, "step.started", step: "each", data: begin),
      SampleJournal.record(7, "attempt.started", step: "each[0]/rd", attempt: 1, data: [:]),
      SampleJournal.record(8, "step.succeeded", step: "each[0]/rd", data: ["how": "machine"]),
    ])
    #expect(result.steps[1].duration == TimeSpan(seconds: 1))
    #expect(result.steps[1].settled == [])
    #expect(result.steps[1].by == "baton")
  }

  @Test func `many failed items are counted, and the first of them named`() {
    var items = LoopItems(all: 40)
    items.stuck = (0..<40).map { LoopItems.Item(index: $0, value: ["id": .int(Int64($0))]) }
    items.done = 0
    #expect(items.words.hasPrefix("0 of 40 items done, 40 failed: [0] {\"id\":0}, [1] "))
    #expect(items.words.hasSuffix("[9] {\"id\":9} and 30 more"))
    #expect(LoopItems.Item(index: 3, value: nil).words == "[3]")
  }

  @Test func `nothing of a run is running that no process executes`() {
    let records = [SampleJournal.record(1, "step.started", step: "part", data: [:])]
    func text(_ status: String) -> String {
      Transcript(records: [SampleJournal.records[0]] + records, status: status).text()
    }
    #expect(text("running").contains("part [part]: running\n"))
    #expect(text("interrupted").contains("part [part]: begun\n"))
    #expect(text("waiting").contains("part [part]: begun\n"))
  }

  @Test func `an approval is by those who approved`() {
    let people = ["ana", "bob"].map { JournalRecord.Actor(kind: "person", id: $0) }
    let result = transcript([
      SampleJournal.record(1, "step.waiting", step: "go", data: ["for": "approval"]),
      SampleJournal.record(
        2, "approval.given", step: "go", data: ["decision": "approved"], actor: people[0]),
      SampleJournal.record(
        3, "approval.given", step: "go", data: ["decision": "approved"], actor: people[1]),
      SampleJournal.record(4, "step.succeeded", step: "go", data: ["how": "person"]),
    ])
    #expect(result.steps[0].by == "person ana, person bob")
  }

  @Test func `what waited before it was recorded is told with when it came`() {
    func details(_ previous: Int, _ data: ValueMap, _ type: String = "answer.given") -> [Shown] {
      let result = transcript([
        SampleJournal.record(previous, "deadline.reached", step: "q", data: ["timer": "expires"]),
        SampleJournal.record(7, type, step: "q", data: data, actor: Self.root),
      ])
      return result.entries.last?.details.filter { $0.name == "arrived" } ?? []
    }
    let soon: Value = "2026-11-20T21:06:06.995Z"
    let early: Value = "2026-11-20T21:06:04.000Z"
    #expect(details(1, [:]).isEmpty && details(1, ["given_at": soon]).isEmpty)
    #expect(details(1, ["given_at": early]).map(\.name) == ["arrived"])
    // It was there before the record above it.
    #expect(details(7, ["given_at": soon]).map(\.name) == ["arrived"])
    #expect(details(1, ["arrived_at": early, "event": "paid"], "event.received").count == 1)
    let json = transcript([
      SampleJournal.record(7, "answer.given", step: "q", data: ["given_at": soon])
    ]).json
    #expect(json["entries"]?.asList?.last?["arrived_at"] == soon)
  }

  @Test func `what was rejected is by whoever rejected it, and a release by whoever released`() {
    let people = ["ana", "bob"].map { JournalRecord.Actor(kind: "person", id: $0) }
    let result = transcript([
      SampleJournal.record(1, "step.waiting", step: "go", data: ["for": "approval"]),
      SampleJournal.record(2, "step.released", step: "go", data: [:], actor: people[1]),
      SampleJournal.record(
        3, "approval.given", step: "go", data: ["decision": "approved"], actor: people[0]),
      SampleJournal.record(
        4, "approval.given", step: "go", data: ["decision": "rejected"], actor: people[1]),
      SampleJournal.record(5, "step.failed", step: "go", data: ["code": "rejected"]),
    ])
    #expect(result.steps[0].by == "person bob")
    #expect(result.entries[2].sentence == "given up by person bob: nobody is on it any more")
  }

  @Test(arguments: [["how": "override"], [:]] as [ValueMap])
  func `what a person passed over is an override, by whom and why`(how: ValueMap) {
    var data = how
    data["reason"] = "person"
    data["message"] = "told by phone"
    let result = transcript([
      SampleJournal.record(1, "step.skipped", step: "a", data: data, actor: Self.root)
    ])
    #expect(result.steps[0].how == "override")
    #expect(result.steps[0].by == "user root")
    #expect(result.steps[0].reason == "told by phone")
    #expect(result.entries[1].sentence == "skipped by user root: told by phone")
    #expect(result.text().contains("a [a]: skipped, override, by user root"))
  }

  @Test func `what a migration leaves out nobody passed over`() {
    let result = transcript([
      SampleJournal.record(
        1, "step.skipped", step: "a", data: ["reason": "migration", "message": "too late"],
        actor: Self.root)
    ])
    #expect(result.steps[0].how == "machine")
    #expect(result.entries[1].sentence == "skipped by user root: too late")
  }

  @Test func `whoever accepts that a checkpoint does not hold leaves its step as it is`() {
    let result = transcript([
      SampleJournal.record(1, "step.succeeded", step: "a", data: ["how": "machine"]),
      SampleJournal.record(
        2, "step.skipped", step: "a", data: ["how": "override", "reason": "person"],
        actor: Self.root),
    ])
    #expect(result.steps[0].status == "succeeded")
    #expect(result.steps[0].how == "machine")
  }

  @Test func `says who ends a run`() {
    let result = transcript([
      SampleJournal.record(
        1, "run.finishing", data: ["status": "cancelled", "message": "by mistake"],
        actor: Self.root),
      SampleJournal.record(2, "run.finishing", data: ["status": "succeeded"]),
    ])
    #expect(
      result.entries.dropFirst().map(\.sentence) == [
        "about to end as cancelled by user root: by mistake", "about to end as succeeded",
      ])
  }

  @Test func `a step that was passed over is not said to be done where the run comes to it again`()
  {
    let result = transcript([
      SampleJournal.record(1, "step.skipped", step: "a", data: ["reason": "condition"]),
      SampleJournal.record(2, "step.succeeded", step: "b", data: ["how": "machine"]),
      SampleJournal.record(3, "step.kept", step: "a", data: [:]),
      SampleJournal.record(4, "step.kept", step: "b", data: [:]),
    ])
    #expect(
      result.entries.suffix(2).map(\.sentence) == [
        "was passed over already, and is not done", "was done already, and keeps its outcome",
      ])
  }

  @Test func `a step that has another id from a migration on has one row, under the new one`() {
    let result = Transcript(
      records: [
        SampleJournal.records[0],
        SampleJournal.record(1, "step.succeeded", step: "mail", data: ["how": "machine"]),
        SampleJournal.record(
          2, "run.migrated", data: ["renamed": ["mail": "welcome"]], actor: Self.root),
        SampleJournal.record(3, "step.kept", step: "welcome", data: [:]),
      ],
      descriptions: [StepDescription(address: "welcome", title: "Welcome", status: .succeeded)])
    #expect(result.steps.map(\.address) == ["welcome"])
    #expect(result.steps.map(\.title) == ["Welcome"])
    #expect(result.steps.map(\.by) == ["baton"])
  }

  @Test func `a migration is in the head, with what differed and the inputs it gave`() {
    let records = [
      SampleJournal.records[0],
      SampleJournal.record(
        1, "run.migrated",
        data: [
          "workflow": [
            "id": "onboarding", "name": "New tenant", "version": "2.0.0", "file": "new.yaml",
            "sha256": "cd34",
          ], "reason": "v2", "inputs": ["company": "Acme", "extra": "more"],
          "voided": ["go": ["cat", "bob"]], "renamed": ["mail": "welcome"],
        ], actor: Self.root),
    ]
    let transcript = Transcript(
      records: records,
      differences: [1: [.init(workflow: "onboarding", subject: .step("new"), change: .added([:]))]])
    let text = transcript.text()
    #expect(text.contains("\nrun 20261120-k7f3q9 of onboarding 1.2.0: New tenant\n"))
    #expect(
      text.contains(
        "\nmoved to version 2.0.0 2026-11-20 21:06:01.000 +00:00 by user root, from new.yaml, "
          + "SHA-256 cd34\n"))
    #expect(
      text.contains("moved from version 1.2.0 of the workflow to version 2.0.0 by user root: v2\n"))
    #expect(text.contains("\n      differs: step `new`: added\n"))
    #expect(text.contains("\n      void: go, given by cat, bob\n"))
    #expect(text.contains("\n      renamed: mail is welcome now, and keeps its outcome\n"))
    #expect(
      text.contains(
        "Inputs\n  company: Acme\n  company until 2026-11-20 21:06:01.000 +00:00: `rm` | <b>x</b>\n"
          + "  password: (sensitive)\n  extra: more\n"))
    #expect(text.contains("\n      company: Acme\n      extra: more\n      company before: `rm`"))
    let migration = transcript.json["run"]?["migrations"]?.asList?.first
    #expect(migration?["inputs"] == ["company": "Acme"])
    #expect(migration?["inputs_before"] == ["company": "`rm` | <b>x</b>"])
    #expect(transcript.markdown().contains("\n- company until 2026-11-20 21"))
    #expect(transcript.json["run"]?["migrations"]?.asList?.first?["from_version"] == "1.2.0")
    #expect(transcript.markdown().contains("| Moved to | `2.0.0` "))
  }
}
