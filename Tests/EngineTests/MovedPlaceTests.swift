import Testing
import Values
import Workflows

@testable import Engine

/// Runs that are moved to versions in which steps come again, or stand before what they stood behind.
@Suite struct MovedPlaceTests {
  private func run(
    _ body: String, _ world: (AttemptRequest) -> AttemptResult = Shop.answer
  ) throws -> Rehearsal {
    let run = try Rehearsal(body, catalog: Shop.catalog)
    run.carryOut(world)
    return run
  }

  /// A list of steps, one a line.
  private func steps(_ lines: String...) -> String {
    "steps:\n" + lines.map { "  - { \($0) }\n" }.joined()
  }

  private func tell(_ id: String, _ more: String = "") -> String {
    "id: \(id), action: shop.tell, with: { text: \(id) }\(more)"
  }

  private func open(_ id: String, _ more: String = "") -> String {
    "id: \(id), action: shop.open, with: { name: \(id) }\(more)"
  }

  private let hold = "id: hold, ask: { fields: { answer: string } }"

  /// Everything works but what tells one text.
  private func failing(_ text: String) -> (AttemptRequest) -> AttemptResult {
    { request in
      request.inputs["text"]?.asString == text
        ? .failed(Failure(code: "no", message: "no"), canRetry: false) : Shop.answer(request)
    }
  }

  private func answer(_ run: Rehearsal) {
    #expect(run.handle(.answer(step: "hold", values: ["answer": "yes"])) == nil)
  }

  // MARK: New steps

  @Test(arguments: ["aaa", "zzz"])
  func `a new step that fails is not passed over, whatever else is new`(_ first: String) throws {
    let run = try run(steps(tell("one"), hold))
    let new = try Rehearsal.version(steps(tell(first), tell("one"), tell("bbb"), hold))
    try run.move(to: new, [first: "do", "bbb": "do"])
    #expect(run.carryOut(failing("bbb")) == ["shop.tell \(first)", "shop.tell bbb"])
    #expect(run.statuses["bbb"] == .failed)
    #expect(run.statuses["hold"] == .waiting)
    #expect(run.engine.currentAddresses == ["bbb"])
    #expect(run.park.status == .needsAttention)
    #expect(run.handle(.retry(step: "bbb", with: [:], again: false, reason: nil)) == nil)
    #expect(run.carryOut() == ["shop.tell bbb"])
    #expect(run.engine.currentAddresses == ["hold"])
  }

  @Test func `a new approval that is rejected is not passed over, whatever else is new`() throws {
    let run = try run(steps(tell("one"), hold))
    let new = try Rehearsal.version(
      steps(tell("aaa"), tell("one"), "id: bok, approve: Go?", hold))
    try run.move(to: new, ["aaa": "do", "bok": "do"])
    #expect(run.carryOut() == ["shop.tell aaa"])
    #expect(run.handle(.decide(step: "bok", approves: false, comment: nil, shown: nil)) == nil)
    run.proceed()
    #expect(run.engine.currentAddresses == ["bok"])
  }

  @Test func `of a step that acted and failed only the check is made again where it comes anew`()
    throws
  {
    let checked = ", verify: [ { check: \"steps.hold.status == 'succeeded'\", message: not yet } ]"
    let step = tell("one", checked + ", on_failure: continue")
    let run = try run(steps(step, hold))
    #expect(run.statuses["one"] == .failed)
    let new = try Rehearsal.version(steps(hold, step))
    let words = try #require(try run.plan(to: new).sentences["one"])
    #expect(words.contains("what it did stays: `do` tests its `verify` again"), "\(words)")
    try run.move(to: new, ["one": "do"])
    answer(run)
    #expect(run.carryOut() == [])
    #expect(run.statuses["one"] == .succeeded)
    #expect(run.status == .succeeded)
  }

  @Test func `a step that is passed since another stands elsewhere is for somebody to decide`()
    throws
  {
    let body = steps(tell("one"), hold, tell("last"), tell("end"))
    let new = try Rehearsal.version(steps(tell("one"), tell("last"), tell("end"), hold))
    let left = try run(body)
    let words = "decide do leave_out: the run has passed its place"
    let sentences = try left.plan(to: new).sentences
    #expect([sentences["last"], sentences["end"]] == [words, words])
    try left.move(to: new, ["last": "do", "end": "leave_out"])
    #expect(left.carryOut() == ["shop.tell last"])
    answer(left)
    #expect(left.carryOut() == [])
    #expect(left.status == .succeeded)
  }

  @Test func `where the run stood before it went back to a new step is not passed over`() throws {
    let failing = try Rehearsal(steps(tell("one"), hold), catalog: Shop.catalog)
    failing.carryOut(self.failing("one"))
    #expect(failing.engine.currentAddresses == ["one"])
    try failing.move(
      to: try Rehearsal.version(steps(tell("new"), tell("one"), hold)), ["new": "do"])
    #expect(failing.carryOut() == ["shop.tell new"])
    #expect(failing.statuses["one"] == .failed)
    #expect(failing.engine.currentAddresses == ["one"])
    let waiting = try run(steps(tell("one"), hold, tell("last")))
    try waiting.move(
      to: try Rehearsal.version(steps(tell("new"), tell("one"), hold, tell("last"))),
      ["new": "do"])
    // Before anything is done the new step stands elsewhere.
    let new = try Rehearsal.version(steps(tell("one"), hold, tell("new"), tell("last")))
    let isPassed = try !waiting.plan(to: new).isReady
    try waiting.move(to: new, isPassed ? ["hold": "do"] : [:])
    #expect(waiting.carryOut() == [])
    #expect(waiting.engine.currentAddresses == ["hold"])
    answer(waiting)
    #expect(waiting.carryOut() == ["shop.tell new", "shop.tell last"])
  }

  // MARK: Failed

  private var failed: String {
    tell(
      "ff",
      ", on_failure: { steps: [ { id: comp, action: shop.tell, with: { text: comp } } ], "
        + "then: continue }")
  }

  private func failedRun() throws -> Rehearsal {
    let run = try run(steps(tell("one"), failed, hold, tell("last")), failing("ff"))
    #expect(run.statuses["ff"] == .failed)
    #expect(run.engine.currentAddresses == ["hold"])
    return run
  }

  @Test func `what failed and comes again is passed over or tried, as somebody decides`() throws {
    let new = try Rehearsal.version(steps(tell("one"), hold, failed, tell("last")))
    let kept = try failedRun()
    #expect(
      try kept.plan(to: new).sentences["ff"]
        == "decide keep do: it failed, and the run comes to it once more; `keep`: it is passed over "
        + "as it was")
    try kept.move(to: new, ["ff": "keep"])
    answer(kept)
    #expect(kept.carryOut() == ["shop.tell last"])
    #expect(kept.statuses["ff"] == .failed)
    #expect(kept.status == .succeeded)
    let tried = try failedRun()
    try tried.move(to: new, ["ff": "do"])
    answer(tried)
    #expect(tried.carryOut() == ["shop.tell ff", "shop.tell last"])
    #expect(tried.statuses["ff"] == .succeeded)
    let failing = try failedRun()
    try failing.move(to: new, ["ff": "do"])
    answer(failing)
    #expect(
      failing.carryOut(self.failing("ff")) == ["shop.tell ff", "shop.tell comp", "shop.tell last"])
  }

  @Test func `what failed and stands in a new section now is decided with it`() throws {
    let new = try Rehearsal.version(
      "steps:\n  - id: sec\n    steps:\n      - { \(tell("one")) }\n      - { \(failed) }\n"
        + "  - { \(hold) }\n  - { \(tell("last")) }\n")
    let run = try failedRun()
    #expect(try run.plan(to: new).isReady == false)
    #expect(
      try run.plan(to: new, ["sec": "do"]).sentences["ff"]?.hasPrefix("decide keep do: it failed")
        == true)
    try run.move(to: new, ["sec": "do", "ff": "keep"])
    #expect(run.carryOut() == [])
    #expect(run.engine.currentAddresses == ["hold"])
  }

  @Test func `what failed is passed by where only a new step comes before it`() throws {
    let new = try Rehearsal.version(steps(tell("new"), tell("one"), failed, hold, tell("last")))
    let run = try failedRun()
    try run.move(to: new, ["new": "do"])
    #expect(run.carryOut() == ["shop.tell new"])
    #expect(run.engine.currentAddresses == ["hold"])
  }

  @Test func `what failed is not said to come later once it is put back`() throws {
    let without = try Rehearsal.version(steps(tell("one"), hold, tell("last")))
    let run = try failedRun()
    try run.move(to: without)
    let behind = try Rehearsal.version(steps(tell("one"), failed, hold, tell("last")))
    #expect(
      try run.plan(to: behind).sentences["ff"]
        == "safe: it failed already, and is not tried again")
    let ahead = try Rehearsal.version(steps(tell("one"), hold, failed, tell("last")))
    #expect(try run.plan(to: ahead).sentences["ff"]?.hasPrefix("decide keep do: it failed") == true)
    try run.move(to: ahead, ["ff": "do"])
    answer(run)
    #expect(run.carryOut() == ["shop.tell ff", "shop.tell last"])
  }

  // MARK: Taken back

  private func takenBack() throws -> Rehearsal {
    let first = "id: first, set: { x: 1 }, checkpoint: begun"
    let run = try run(steps(first, open("bb"), hold))
    try run.move(to: try Rehearsal.version(steps(first, hold)))
    #expect(run.handle(.rewind(to: "begun", again: [], reason: nil)) == nil)
    #expect(run.carryOut() == ["shop.close bb-0"])
    #expect(run.statuses["bb"] == .undone)
    return run
  }

  @Test func `a step that was taken out and taken back is done where it comes again`() throws {
    let first = "id: first, set: { x: 1 }, checkpoint: begun"
    let later = try takenBack()
    let ahead = try Rehearsal.version(steps(first, hold, open("bb")))
    #expect(try later.plan(to: ahead).sentences["bb"] == "safe: it comes later")
    try later.move(to: ahead)
    answer(later)
    #expect(later.carryOut() == ["shop.open bb"])
    #expect(later.status == .succeeded)
    let now = try takenBack()
    let behind = try Rehearsal.version(steps(first, open("bb"), hold))
    #expect(
      try now.plan(to: behind).sentences["bb"]
        == "decide do leave_out: the run has passed its place")
    try now.move(to: behind, ["bb": "do"])
    #expect(now.carryOut() == ["shop.open bb"])
    #expect(now.engine.currentAddresses == ["hold"])
    #expect(now.handle(.undo(reason: nil)) == nil)
    #expect(now.carryOut() == ["shop.close bb-1"])
  }

  @Test func `what a rewind put before the run again is not said to be done`() throws {
    let first = "id: first, set: { x: 1 }, checkpoint: begun"
    let sure = "id: sure, approve: Go?"
    let run = try run(steps(first, sure, open("two"), hold))
    let approval = CommandKind.decide(step: "sure", approves: true, comment: nil, shown: nil)
    #expect(run.handle(approval) == nil)
    #expect(run.carryOut() == ["shop.open two"])
    #expect(run.handle(.rewind(to: "begun", again: [], reason: nil)) == nil)
    #expect(run.carryOut() == ["shop.close two-0"])
    #expect(run.engine.currentAddresses == ["sure"])
    let new = try Rehearsal.version(steps(first, open("two"), sure, hold))
    #expect(
      try run.plan(to: new).sentences["two"]
        == "decide do leave_out: the run has passed its place")
    try run.move(to: new, ["two": "do"])
    #expect(run.carryOut() == ["shop.open two"])
    #expect(run.engine.currentAddresses == ["sure"])
  }

  // MARK: Checkpoints

  @Test func `a rewind takes back what comes after the checkpoint as the new version has it`()
    throws
  {
    let run = try run(steps(open("one", ", checkpoint: cp"), open("two"), hold))
    let new = try Rehearsal.version(steps(open("two"), open("one", ", checkpoint: cp"), hold))
    try run.move(to: new)
    #expect(try run.engine.rewindPreview(to: "cp", again: []).undo.entries == [])
    #expect(run.handle(.rewind(to: "cp", again: [], reason: nil)) == nil)
    #expect(run.carryOut() == [])
    #expect(run.statuses["two"] == .succeeded)
    #expect(run.engine.currentAddresses == ["hold"])
    #expect(run.handle(.undo(reason: nil)) == nil)
    #expect(run.carryOut().count == 2)
  }

  @Test func `a rewind takes back what was done before the checkpoint and comes after it now`()
    throws
  {
    let run = try run(steps(open("one"), open("two", ", checkpoint: cp"), hold))
    let new = try Rehearsal.version(steps(open("two", ", checkpoint: cp"), open("one"), hold))
    try run.move(to: new)
    #expect(
      try run.engine.rewindPreview(to: "cp", again: []).undo.entries.map(\.step) == ["one"])
    #expect(run.handle(.rewind(to: "cp", again: [], reason: nil)) == nil)
    #expect(run.carryOut() == ["shop.close one-0", "shop.open one"])
    #expect(run.engine.currentAddresses == ["hold"])
  }

  @Test func `a new step before a checkpoint moves it not`() throws {
    let run = try run(steps(open("one", ", checkpoint: cp"), open("two"), hold))
    let new = try Rehearsal.version(
      steps(open("new"), open("one", ", checkpoint: cp"), open("two"), hold))
    try run.move(to: new, ["new": "do"])
    #expect(run.carryOut() == ["shop.open new"])
    #expect(run.engine.state.checkpoints == ["one"])
    #expect(run.handle(.rewind(to: "cp", again: [], reason: nil)) == nil)
    #expect(run.carryOut() == ["shop.close two-0", "shop.open two"])
  }

  @Test func `a journal of old would go back by when each step was done, and does not`()
    throws
  {
    let run = try run(steps(open("one", ", checkpoint: cp"), open("two"), hold))
    let new = try Rehearsal.version(steps(open("two"), open("one", ", checkpoint: cp"), hold))
    let choices = MigrationChoices()
    let events = run.engine.migration(
      to: new, by: try run.plan(to: new), choices, definition: [:], file: "new.yaml", reason: nil,
      now: run.now)
    var data = try #require(events.first?.kind.data)
    #expect(data["by_places"] == true)
    data["by_places"] = nil
    run.engine.expect(new)
    run.apply(try EventKind(type: "run.migrated", data: data))
    let refusal = #expect(throws: Refusal.self) {
      try run.engine.rewindPreview(to: "cp", again: [])
    }
    #expect(refusal?.message.hasPrefix("`two` would be taken back and not done again") == true)
  }

  // MARK: Refusals

  @Test func `who goes back to a step that is gone is told so, and what there is`() throws {
    let run = try run(
      steps(tell("one", ", checkpoint: cp"), tell("two", ", checkpoint: cq"), hold))
    try run.move(to: try Rehearsal.version(steps(tell("one", ", checkpoint: cp"), hold)))
    let refusal = run.handle(.rewind(to: "two", again: [], reason: nil))
    #expect(
      refusal?.message
        == "the workflow has no step `two` any more since the run was moved to another version")
    #expect(refusal?.hint == "it has passed `cp`")
  }

  @Test func `a run that is over is not said to be ending`() throws {
    let run = try run(steps(tell("one")))
    #expect {
      try run.plan(to: try Rehearsal.version(self.steps(self.tell("two"))))
    } throws: { error in
      (error as? Refusal)?.message
        == "the run is over: it succeeded, and is not moved to another workflow any more"
    }
  }
}
