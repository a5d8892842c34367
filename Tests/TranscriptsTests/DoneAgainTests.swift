import Testing
import Values

@testable import RunStore
@testable import Transcripts

/// What the table of steps says of what was done, or asked, more than once.
@Suite struct DoneAgainTests {
  private static let root = JournalRecord.Actor(kind: "user", id: "root")

  private func transcript(_ records: [JournalRecord]) -> Transcript {
    Transcript(records: [SampleJournal.records[0]] + records)
  }

  @Test func `what succeeded each time has no attempts to tell of`() {
    func rounds(_ events: [(String, ValueMap)]) -> String {
      transcript(
        events.enumerated().map { number, event in
          SampleJournal.record(number + 1, event.0, step: "mend", data: event.1)
        }
      ).text()
    }
    let good: [(String, ValueMap)] = [
      ("attempt.started", [:]), ("attempt.succeeded", [:]), ("step.succeeded", ["how": "machine"]),
    ]
    let text = rounds(good + good + good)
    #expect(text.contains(/mend.*: succeeded.*, done 3 times\n/), "\(text)")
    #expect(!text.contains("attempts"), "\(text)")
    let tried = rounds(good + [("attempt.started", [:]), ("attempt.failed", [:])] + good)
    #expect(tried.contains(", done 2 times, 3 attempts\n"), "\(tried)")
  }

  @Test func `what was answered before the run went back counts with what is answered since`() {
    let ben = JournalRecord.Actor(kind: "user", id: "ben")
    for (given, who): (Value?, String) in [(["a"], "user root, user ben"), (nil, "user ben")] {
      var asked: ValueMap = ["for": "answer"]
      asked["given"] = given
      let result = transcript([
        SampleJournal.record(1, "step.waiting", step: "q", data: ["for": "answer"]),
        SampleJournal.record(
          2, "answer.given", step: "q", data: ["values": ["a": 1]], actor: Self.root),
        SampleJournal.record(3, "run.rewound", data: [:]),
        SampleJournal.record(4, "step.waiting", step: "q", data: asked),
        SampleJournal.record(5, "answer.given", step: "q", data: ["values": ["b": 1]], actor: ben),
        SampleJournal.record(6, "step.succeeded", step: "q", data: ["how": "person"]),
      ])
      #expect(result.steps.map(\.by) == [who])
      #expect(result.text().contains("given before: a\n") == (given != nil))
    }
  }
}
