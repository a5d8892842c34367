import Engine
import Testing
import Values

@testable import RunStore
@testable import Transcripts

/// What the table of steps says of loops that were gone through once more, and of what lies in them.
@Suite struct LoopRowTests {
  private static let root = JournalRecord.Actor(kind: "user", id: "root")

  /// A journal that is written down record by record.
  struct Journal {
    private(set) var records = [SampleJournal.records[0]]

    mutating func add(
      _ type: String, _ step: String? = nil, _ data: ValueMap = [:],
      by actor: JournalRecord.Actor = .init(kind: "machine", id: "baton")
    ) {
      records.append(
        SampleJournal.record(records.count, type, step: step, data: data, actor: actor))
    }

    mutating func begin(_ loop: String, _ count: Int64) {
      let items = (0..<count).map { Value.string("i\($0)") }
      add("step.started", loop, ["count": .int(count), "inputs": ["items": .list(items)]])
    }

    mutating func attempt(_ step: String) {
      add("attempt.started", step, ["operation": "shop.open"])
      add("step.succeeded", step, ["how": "machine"])
    }

    func steps(_ descriptions: [StepDescription] = []) -> [String: TranscriptStep] {
      let transcript = Transcript(records: records, descriptions: descriptions)
      return Dictionary(uniqueKeysWithValues: transcript.steps.map { ($0.address, $0) })
    }
  }

  @Test func `an item that waits is not stuck for a failure that was passed over in it`() {
    var journal = Journal()
    journal.begin("each", 1)
    journal.add("step.failed", "each[0]/bad", ["message": "no"])
    journal.add("step.continued", "each[0]/bad")
    journal.add("step.waiting", "each[0]/ask", ["for": "answer"])
    let open = [
      StepDescription(address: "each", title: "Each", status: .running),
      StepDescription(address: "each[0]/bad", title: "Bad", status: .failed),
      StepDescription(address: "each[0]/ask", title: "Ask", status: .waiting),
    ]
    let words = "0 of 1 item done, failures passed over in [0] i0, 1 waiting"
    #expect(journal.steps(open)["each"]?.items?.words == words)
    journal.add("run.finished", nil, ["status": "cancelled"])
    let ended = "0 of 1 item done, failures passed over in [0] i0, 1 broken off: [0] i0"
    #expect(journal.steps()["each"]?.items?.words == ended)
  }

  @Test func `what takes an item back is no part of it`() {
    var journal = Journal()
    journal.begin("each", 2)
    for item in 0..<2 {
      journal.add("undo.prepared", "each[\(item)]/make", ["operation": "shop.close"])
      journal.attempt("each[\(item)]/make")
    }
    journal.add("iteration.ended", "each", ["index": 0])
    journal.add("run.undoing")
    journal.add("step.failed", "each[1]/make.undo", ["message": "no"])
    let each = StepDescription(address: "each", title: "Each", status: .cancelled)
    #expect(
      journal.steps([each])["each"]?.items?.words
        == "1 of 2 items done, 1 broken off: [1] i1")
    journal.add("step.succeeded", "each[1]/make.undo", ["how": "machine"])
    journal.add("step.succeeded", "each[0]/make.undo", ["how": "machine"])
    #expect(journal.steps()["each"]?.items?.takenBack == 2)
  }

  @Test func `what the run knows of the items itself counts`() {
    var journal = Journal()
    journal.begin("each", 1)
    var items = LoopItems(all: 1)
    items.waiting = 1
    let each = StepDescription(address: "each", title: "Each", status: .running, items: items)
    #expect(journal.steps([each])["each"]?.items == items)
  }

  @Test func `rows of before a rewind are gone, and attempts are counted anew`() {
    var journal = Journal()
    journal.begin("each", 2)
    for item in 0..<2 {
      journal.attempt("each[\(item)]/make")
      journal.add("iteration.ended", "each", ["index": .int(Int64(item))])
    }
    journal.add("step.started", "rep")
    journal.attempt("rep[0]/try")
    journal.attempt("rep[1]/try")
    journal.add("run.rewinding", nil, ["to": "first"])
    journal.attempt("each[1]/make.undo")
    journal.add("run.rewound", nil, ["from_first_round": true])
    let pending = ["each", "rep"].map {
      StepDescription(address: $0, title: $0, status: .pending)
    }
    #expect(journal.steps(pending).keys.sorted() == ["each", "each[1]/make.undo", "rep"])
    journal.begin("each", 2)
    journal.attempt("each[0]/make")
    journal.add("step.started", "rep")
    journal.attempt("rep[0]/try")
    let steps = journal.steps()
    #expect(
      steps.keys.sorted() == ["each", "each[0]/make", "each[1]/make.undo", "rep", "rep[0]/try"])
    #expect(steps["each[0]/make"]?.attempts == 1 && steps["rep[0]/try"]?.attempts == 1)
  }

  /// A `repeat` that was begun twice, the second time with one round less.
  private func roundsTwice(
    _ loop: String, again: Bool, of retried: String, first: Int = 0
  ) -> Journal {
    var journal = Journal()
    if loop != retried { journal.add("step.started", retried) }
    journal.add("step.started", loop)
    journal.attempt("\(loop)[0]/try")
    journal.attempt("\(loop)[1]/try")
    journal.add("step.failed", retried, ["message": "none left"])
    journal.add("step.retried", retried, ["again": .bool(again)])
    journal.add("step.started", retried)
    if loop != retried { journal.add("step.started", loop) }
    journal.attempt("\(loop)[\(first)]/try")
    return journal
  }

  @Test func `the rounds before a repeat was tried again are still there`() {
    let steps = roundsTwice("rep", again: false, of: "rep", first: 2).steps()
    #expect(steps.keys.sorted() == ["rep", "rep[0]/try", "rep[1]/try", "rep[2]/try"])
  }

  @Test(arguments: [("rep", "rep"), ("out[0]/rep", "out"), ("rep", "part"), ("call/rep", "call")])
  func `a repeat that is tried again from the start has the rounds of this time alone`(
    loop: String, retried: String
  ) {
    // The run keeps records of rounds that it does not come to.
    let descriptions = [0, 1].map {
      StepDescription(
        address: "\(loop)[\($0)]/try", title: "try", status: $0 == 0 ? .succeeded : .pending,
        sections: ["part"])
    }
    let around = StepDescription(address: loop, title: "rep", sections: ["part"])
    let steps = roundsTwice(loop, again: true, of: retried).steps(descriptions + [around])
    #expect(steps.keys.sorted() == Set([loop, "\(loop)[0]/try", retried]).sorted())
    #expect(steps["\(loop)[0]/try"]?.attempts == 1)
  }

  @Test func `what has another id since a migration is undone under that, as deep as there`() {
    var journal = Journal()
    journal.begin("each", 1)
    journal.add("undo.prepared", "each[0]/mk", ["operation": "shop.close"])
    journal.attempt("each[0]/mk")
    journal.add("run.migrated", nil, ["renamed": ["each[0]/mk": "each[0]/make"]])
    journal.add("run.undoing")
    journal.attempt("each[0]/mk.undo")
    let steps = journal.steps([
      StepDescription(address: "each[0]/make", title: "Make it", depth: 1)
    ])
    #expect(steps["each[0]/make"]?.status == "undone")
    #expect(steps["each[0]/make"]?.depth == 1 && steps["each[0]/make"]?.title == "Make it")
    #expect(steps["each"]?.items?.takenBack == 1)
    #expect(steps["each[0]/mk"] == nil)
  }

  @Test func `a loop that has another id since a migration keeps what is known of its items`() {
    var journal = Journal()
    journal.begin("each", 1)
    journal.add("iteration.ended", "each", ["index": 0])
    journal.add("step.succeeded", "each", ["how": "machine"])
    journal.add("run.migrated", nil, ["renamed": ["each": "all"]])
    #expect(journal.steps()["all"]?.items?.done == 1)
  }

  @Test func `a step that has the old id of another is not undone with that`() {
    var journal = Journal()
    journal.add("undo.prepared", "mk", ["operation": "shop.close"])
    journal.attempt("mk")
    journal.add("run.migrated", nil, ["renamed": ["mk": "make"]])
    journal.attempt("mk")
    journal.add("run.undoing")
    journal.attempt("mk.undo")
    let steps = journal.steps()
    #expect(steps["make"]?.status == "undone" && steps["mk"]?.status == "succeeded")
  }
}
