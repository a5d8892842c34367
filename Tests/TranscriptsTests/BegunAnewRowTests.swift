import Engine
import Testing
import Values

@testable import RunStore
@testable import Transcripts

/// What the table says of steps in an item that is over, where what they stand in was carried out anew.
@Suite struct BegunAnewRowTests {
  private typealias Journal = LoopRowTests.Journal

  /// An item that is over, in which a section was tried twice, the second time without its second step.
  private func sectionTwice(again: Bool) -> Journal {
    var journal = Journal()
    journal.begin("each", 1)
    journal.add("step.started", "each[0]/part")
    journal.attempt("each[0]/look")
    journal.add("step.in_doubt", "each[0]/act")
    journal.add("doubt.resolved", "each[0]/act", ["happened": true, "reason": "seen"])
    journal.add("step.succeeded", "each[0]/act", ["how": "person"])
    journal.attempt("each[0]/more")
    journal.add("step.failed", "each[0]/part", ["message": "no"])
    journal.add("step.retried", "each[0]/part", ["again": .bool(again)])
    journal.add("step.started", "each[0]/part")
    journal.attempt("each[0]/look")
    journal.attempt("each[0]/act")
    journal.add("step.succeeded", "each[0]/part", ["how": "machine"])
    journal.add("iteration.ended", "each", ["index": 0])
    return journal
  }

  private let descriptions = ["look", "act", "more"].map {
    StepDescription(
      address: "each[0]/\($0)", title: $0, target: .seconds(2), sections: ["each[0]/part"])
  }

  @Test func `a section that is carried out anew begins what is in it anew`() {
    let steps = sectionTwice(again: true).steps(descriptions)
    #expect(steps["each[0]/look"]?.attempts == 1 && steps["each[0]/look"]?.isWithinTarget == true)
    #expect(steps["each[0]/act"]?.settled.isEmpty == true)
    // What the second time did not come to, only the timeline has.
    #expect(steps["each[0]/more"] == nil)
    #expect(steps["each[0]/part"] != nil)
  }

  @Test func `what is done in a section stays where it is only tested anew`() {
    let steps = sectionTwice(again: false).steps(descriptions)
    #expect(steps["each[0]/more"]?.status == "succeeded")
  }

  @Test func `what the run still knows of is there as it stands`() {
    let pending = StepDescription(
      address: "each[0]/more", title: "more", status: .pending, sections: ["each[0]/part"])
    #expect(sectionTwice(again: true).steps([pending])["each[0]/more"]?.status == "pending")
  }

  @Test func `a call that is carried out anew begins what is in it anew`() {
    var journal = Journal()
    journal.begin("each", 1)
    journal.add("step.started", "each[0]/call", ["inputs": [:]])
    journal.attempt("each[0]/call/look")
    journal.attempt("each[0]/fix")
    journal.add("recovery.ended", "each[0]/call", ["then": "retry_again"])
    journal.add("step.started", "each[0]/call", ["inputs": [:]])
    journal.attempt("each[0]/call/look")
    journal.add("iteration.ended", "each", ["index": 0])
    let steps = journal.steps()
    #expect(steps["each[0]/call/look"]?.attempts == 1)
    // What recovered it lies beside it.
    #expect(steps["each[0]/fix"]?.status == "succeeded")
  }

  @Test(arguments: ["call/a", "a"])
  func `what keeps its outcome behind a rewind is what it was`(step: String) throws {
    var journal = Journal()
    let outer = step == "a" ? "part" : "call"
    journal.add("step.started", outer)
    journal.add("attempt.started", step, ["operation": "shop.open"])
    journal.add("step.in_doubt", step)
    journal.add("doubt.resolved", step, ["happened": false, "reason": "not seen"])
    journal.add("step.succeeded", step, ["how": "by_hand", "reason": "by phone"])
    let descriptions = [
      StepDescription(address: step, title: "a", target: .seconds(5), sections: [outer])
    ]
    let before = try #require(journal.steps(descriptions)[step])
    #expect(before.reason == "by phone" && before.isWithinTarget == true)
    journal.add("run.rewound")
    journal.add("step.started", outer)
    journal.add("step.kept", step)
    #expect(journal.steps(descriptions)[step] == before)
    // Begun once more after that, it is another time.
    journal.add("step.started", outer)
    journal.attempt(step)
    let after = journal.steps(descriptions)[step]
    #expect(after?.settled == [] && after?.how == "machine" && after?.attempts == 1)
  }

  @Test(arguments: [("call/each", "call"), ("each", "part"), ("each", "each")])
  func `what lies in a loop or call that keeps its outcome is what it was`(
    loop: String, outer: String
  ) {
    var journal = Journal()
    if outer != loop { journal.add("step.started", outer) }
    journal.begin(loop, 1)
    journal.attempt("\(loop)[0]/act")
    journal.add("step.started", "\(loop)[0]/sub")
    journal.attempt("\(loop)[0]/sub/act")
    journal.add("iteration.ended", loop, ["index": 0])
    journal.add("step.succeeded", loop, ["how": "machine"])
    let descriptions = [loop, "\(loop)[0]/act", "\(loop)[0]/sub", "\(loop)[0]/sub/act"].map {
      StepDescription(address: $0, title: $0, sections: outer == "part" ? ["part"] : [])
    }
    let before = journal.steps(descriptions)
    journal.add("run.rewound")
    if outer != loop { journal.add("step.started", outer) }
    journal.add("step.kept", loop)
    let after = journal.steps(descriptions)
    #expect(after.keys.sorted() == before.keys.sorted())
    #expect(after["\(loop)[0]/sub/act"] == before["\(loop)[0]/sub/act"])
    #expect(after[loop]?.items == before[loop]?.items)
  }

  @Test func `a part that the run comes to once more and that keeps all it did has its times`() {
    var journal = Journal()
    func pass() {
      journal.add("step.started", "part")
      journal.add(journal.records.count < 3 ? "step.waiting" : "step.kept", "q")
      if journal.records.count < 4 { journal.add("step.succeeded", "q", ["how": "person"]) }
      journal.add("step.succeeded", "part", ["how": "machine"])
    }
    pass()
    let (start, end) = (journal.records[1].moment, journal.records[4].moment)
    journal.add("run.rewound")
    pass()
    let row = journal.steps([
      StepDescription(
        address: "part", title: "Part", target: .seconds(2), status: .succeeded, startedAt: start,
        finishedAt: end, isContainer: true)
    ])["part"]
    #expect(row?.startedAt == start && row?.finishedAt == end)
    #expect(row?.isWithinTarget == false)
  }

  @Test func `how a step was done is told beside a doubt that was settled otherwise`() {
    func text(_ happened: Bool, _ type: String, _ data: ValueMap) -> String {
      var journal = Journal()
      journal.add("attempt.started", "a", ["operation": "shop.open"])
      journal.add("step.in_doubt", "a")
      journal.add("doubt.resolved", "a", ["happened": .bool(happened)], by: Self.ana)
      journal.add(type, "a", data, by: Self.ana)
      return Transcript(records: journal.records).text()
    }
    let byHand = text(false, "step.succeeded", ["how": "by_hand", "reason": "by phone"])
    #expect(byHand.contains("by hand, by person ana: by phone, doubt settled by person ana"))
    let override = text(false, "step.skipped", ["reason": "person", "message": "never mind"])
    #expect(override.contains("override, by person ana: never mind, doubt settled by"))
    #expect(!text(true, "step.succeeded", ["how": "person"]).contains("succeeded, person"))
  }

  private static let ana = JournalRecord.Actor(kind: "person", id: "ana")

  @Test func `who answered only what does not fit any more did not answer`() {
    let people = ["ana", "bob"].map { JournalRecord.Actor(kind: "person", id: $0) }
    func by(_ dropped: [Value]) -> String? {
      Transcript(records: [
        SampleJournal.records[0],
        SampleJournal.record(1, "step.waiting", step: "q", data: ["for": "answer"]),
        SampleJournal.record(
          2, "answer.given", step: "q", data: ["values": ["v": true]], actor: people[0]),
        SampleJournal.record(
          3, "step.waiting", step: "q",
          data: ["for": "answer", "since": "x", "dropped": .list(dropped)]),
        SampleJournal.record(
          4, "answer.given", step: "q", data: ["sealed": ["v": "aa"]], actor: people[1]),
        SampleJournal.record(5, "step.succeeded", step: "q", data: ["how": "person"]),
      ]).steps[0].by
    }
    #expect(by(["v"]) == "person bob")
    #expect(by(["z"]) == "person ana, person bob")
  }
}
