import Testing
import Values

@testable import RunStore
@testable import Transcripts

@Suite struct TranscriptTests {
  private let transcript = SampleJournal.transcript

  @Test func `sums up who did each step, how, and whether the target was met`() {
    let payment = transcript.steps[0]
    #expect(payment.title == "Confirm the payment")
    #expect(payment.how == "by_hand")
    #expect(payment.by == "person ana")
    #expect(payment.reason == "done in the console")
    #expect(payment.isWithinTarget == true)
    #expect(transcript.steps[1].isWithinTarget == false)
  }

  @Test func `gathers what went wrong`() {
    #expect(transcript.problems.map(\.seq) == [2, 3])
  }

  @Test func `tells the run as text`() {
    #expect(
      transcript.text() == """
        Onboard [click](http://evil.example)
        run 20261120-k7f3q9 of onboarding 1.2.0: New tenant
        from workflows/onboarding.yaml, SHA-256 ab12
        in the environment local
        started 2026-11-20 21:06:00.000 +00:00 by user root
        succeeded 2026-11-20 21:06:10.000 +00:00, after 10 s

        Inputs
          company: `rm` | <b>x</b>
          password: (sensitive)

        Labels
          order: A-1

        Steps
          Confirm the payment [payment]: succeeded, by hand, by person ana: \
        done in the console, 4.0 s, target 5.0 s met
          Check it [checks]: succeeded, person, by person ana, 3.0 s, target 2.0 s missed

        What happened
          2026-11-20 21:06:00.000 +00:00  started by user root
              company: `rm` | <b>x</b>
              password: (sensitive)
          2026-11-20 21:06:01.000 +00:00  Confirm the payment [payment]: attempt 1: \
        payments.confirm by the driver sqlite
              order_id: A-1
        ! 2026-11-20 21:06:02.000 +00:00  Confirm the payment [payment]: attempt 1 failed \
        (unavailable): the service is down
        ! 2026-11-20 21:06:03.000 +00:00  interrupted: the process that carried it out ended \
        after event 2
          2026-11-20 21:06:04.000 +00:00  resumed by baton in process 7 on desk
          2026-11-20 21:06:05.000 +00:00  Confirm the payment [payment]: done by hand by person \
        ana: done in the console
              status: COMPLETE
          2026-11-20 21:06:06.000 +00:00  Check it [checks]: waiting for an answer of support
              shown:
                | Look at it.
                | Twice.
              asked for: amount
          2026-11-20 21:06:07.000 +00:00  parked, waiting
              checks: for an answer
          2026-11-20 21:06:08.000 +00:00  Check it [checks]: answered by person ana
              amount: 99
              pin: (sensitive)
          2026-11-20 21:06:09.000 +00:00  Check it [checks]: done, with what people said
              amount: 99
          2026-11-20 21:06:10.000 +00:00  ended: succeeded
              tenant: ten_1

        Problems
          event 2: Confirm the payment [payment]: attempt 1 failed (unavailable): the service is down
          event 3: interrupted: the process that carried it out ended after event 2

        Outputs
          tenant: ten_1

        11 events; the last has the hash hash10

        """)
  }

  @Test func `no value can become markup in Markdown`() {
    let markdown = transcript.markdown()
    #expect(
      markdown.hasPrefix("# Onboard \\[click\\]\\(http\\://evil.example\\)\n"))
    #expect(markdown.contains("- company: `` `rm` | <b>x</b> ``\n"))
    #expect(markdown.contains("- password: (sensitive)\n"))
    #expect(!markdown.contains("](http"))
  }

  @Test func `shows moments in a time zone, with the offset`() {
    let format = MomentFormat(zone: "Africa/Johannesburg") { _ in 7200 }
    #expect(format.text(transcript.head.startedAt) == "2026-11-20 23:06:00.000 +02:00")
  }

  @Test func `gives JSON with a version, and no sensitive value`() {
    let json = transcript.json
    #expect(json["format"] == "baton-transcript/1")
    #expect(json["run"]?["inputs"]?["password"] == ["sensitive": true])
    #expect(json["steps"]?.asList?.count == 2)
    #expect(json["entries"]?.asList?.count == 11)
    #expect(json.isJSON)
  }

  @Test func `tells an unknown type by its name`() {
    let record = JournalRecord(
      seq: 0, at: "2026-11-20T21:06:00.000Z", type: "moon.rose", step: nil, attempt: nil,
      actor: .init(kind: "machine", id: "baton"), data: ["phase": "full"], prev: "", hash: "")
    let entry = TranscriptEntry(record, title: nil)
    #expect(entry.sentence == "moon.rose")
    #expect(entry.details == [Shown("phase", "full")])
  }

  @Test func `tells a look at the world`() {
    let record = JournalRecord(
      seq: 0, at: "2026-11-20T21:06:00.000Z", type: "look.answered", step: "a", attempt: nil,
      actor: .init(kind: "machine", id: "baton"),
      data: ["for": "preconditions", "check": 0, "outputs": ["found": true]], prev: "", hash: "")
    let entry = TranscriptEntry(record, title: nil)
    #expect(entry.sentence == "looked, before the step")
    #expect(entry.details == [Shown("found", true)])
  }

  @Test
  func `moments of the journal are in the time zone of the transcript, and deadlines have names`() {
    let records = [
      ("step.waiting", ["for": "time", "until": "2026-11-21T08:00:00.000Z"] as ValueMap),
      ("deadline.reached", ["timer": "remind.1", "due_at": "2026-11-21T09:00:00.000Z"]),
    ].map { type, data in
      JournalRecord(
        seq: 0, at: "2026-11-20T21:06:00.000Z", type: type, step: "a", attempt: nil,
        actor: .init(kind: "machine", id: "baton"), data: data, prev: "", hash: "")
    }
    let transcript = Transcript(records: records)
    let text = transcript.text(in: MomentFormat(zone: "there") { _ in 7200 })
    #expect(text.contains("until: 2026-11-21 10:00:00.000 +02:00\n"), "\(text)")
    #expect(
      text.contains("reminder 1 reached\n      due: 2026-11-21 11:00:00.000 +02:00"), "\(text)")
    let first = transcript.json["entries"]?.asList?.first?["details"]?.asList?.first
    #expect(first?["value"] == "2026-11-21T08:00:00.000Z")
  }

  @Test func `a value cannot drive the terminal or begin a line`() {
    let record = JournalRecord(
      seq: 0, at: "2026-11-20T21:06:00.000Z", type: "note.added", step: nil, attempt: nil,
      actor: .init(kind: "user", id: "x"), data: ["text": "a\u{1B}[2J\nrun ended"], prev: "",
      hash: "")
    let text = Transcript(records: [record]).text()
    #expect(text.contains("note by user x: a\u{FFFD}[2J␊run ended"))
  }

  @Test(arguments: [
    (TimeSpan(seconds: 0, nanoseconds: 12_000_000), "12 ms"), (TimeSpan(seconds: 3), "3.0 s"),
    (TimeSpan(seconds: 59), "59 s"), (TimeSpan(seconds: 192), "3 min 12 s"),
    (TimeSpan(seconds: 7200), "2 h"), (TimeSpan(seconds: 187_200), "2 d 4 h"),
    (TimeSpan(seconds: -192), "-3 min 12 s"),
  ])
  func `a length of time has its two largest units`(span: TimeSpan, text: String) {
    #expect(MomentFormat.text(span) == text)
  }
}
