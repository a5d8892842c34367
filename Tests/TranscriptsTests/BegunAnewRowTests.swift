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
