import Foundation
import Testing

@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct RewindTests {
  /// A mail whose check never holds, and what can be taken back.
  private static let workflow = """
    baton: 1
    id: trip
    name: Plan a trip
    version: 1.0.0
    steps:
      - { id: start, name: Begin, set: { n: 1 }, checkpoint: begun }
      - { id: mail, name: Tell the guest, \(Scenario.act("echo +mail >> trace")), verify: [ { check: outputs.exit_code != 0, message: It did not fail } ], on_failure: continue }
      - { id: hotel, name: Book the hotel, \(Scenario.act("echo +hotel >> trace")), undo: { \(Scenario.act("test -e stuck && exit 1; echo -hotel >> trace")) } }
      - { id: sure, name: Are they sure, ask: { fields: { answer: string } } }
    """

  @Test func `what took effect without a good end is in the plan, and is not done again`() throws {
    try Scenario().file("trip.yaml", Self.workflow)
      .baton("run", "trip.yaml", exits: 4)
      .baton("rewind", "RUN", "--to", "begun", "--plan")
      .then {
        #expect($0.output.contains("keeps its outcome, and is not done again:\n  mail\n"))
      }
      .baton("rewind", "RUN", "--to", "begun", exits: 4)
      .then { scenario in
        let found = try scenario.trace()
        #expect(found == ["+mail", "+hotel", "-hotel", "+hotel"])
      }
      .baton("status", "RUN")
      .then { #expect($0.output.contains("Cannot be taken back\n  mail")) }
      .baton("verify", "--all")
  }

  @Test func `what was answered in part stays answered, and the plan says so`() throws {
    try Scenario()
      .file(
        "w.yaml",
        """
        baton: 1
        id: w
        name: W
        steps:
          - { id: a, checkpoint: one, set: { x: 1 } }
          - id: q
            ask: { message: m, fields: { v: string, w: integer }, items: { i: One, j: Two } }
            due: 1d
        outputs: { v: "${{ steps.q.outputs.v }}", w: "${{ steps.q.outputs.w }}" }
        """
      )
      .baton("run", "w.yaml", "--no-input", exits: 4)
      .baton("answer", "RUN", "q", "v=x", "--tick", "i", exits: 4)
      .baton("rewind", "RUN", "--to", "one", "--plan")
      .then { scenario in
        let told = "is asked again with what was given so far, its deadlines from then on:\n  q\n"
        #expect(scenario.output.contains(told), "\(scenario.output)")
      }
      .baton("rewind", "RUN", "--to", "one", "--plan", "--json")
      .then { scenario in
        let kept = try scenario.json()["answers_kept"] as? [String]
        #expect(kept == ["q"])
      }
      .baton("rewind", "RUN", "--to", "one", "--yes", exits: 4)
      .baton("status", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("[x] v: x\n"), "\(scenario.output)")
        #expect(scenario.output.contains("1 of 2 ticked"), "\(scenario.output)")
      }
      .baton("transcript", "RUN")
      .then { #expect($0.output.contains("given before: i, v\n"), "\($0.output)") }
      .baton("answer", "RUN", "q", "w=1", "--tick", "j")
      .then { #expect($0.output.contains("v: x\n"), "\($0.output)") }
      .baton("verify", "--all")
  }

  @Test func `nothing is listed before a refusal`() throws {
    try Scenario().file("trip.yaml", Self.workflow).file("stuck", "")
      .baton("run", "trip.yaml", exits: 4)
      .baton("undo", "RUN", "--yes", exits: 5)
      .baton("undo", "RUN", "--yes", exits: 7, complains: "takes back what it did already")
      .then { #expect(!$0.errors.contains("to be taken back")) }
      .baton("rewind", "RUN", "--to", "begun", "--plan", exits: 7)
      .baton("done", "RUN", "hotel.undo", "--reason", "by phone")
      .baton("status", "RUN", "--quiet", prints: "undone\n")
      .baton("undo", "RUN", "--yes", exits: 7, complains: "the run is over")
      .then { #expect(!$0.errors.contains("taken back")) }
      .baton("rewind", "RUN", "--to", "begun", "--plan", exits: 7, complains: "the run is over")
  }

  @Test func `recovery steps have no checkpoint`() throws {
    let file = """
      baton: 1
      id: w
      name: Work
      defaults:
        on_failure: { steps: [ { id: mend, set: { n: 1 }, checkpoint: mended } ], then: retry }
      steps:
        - { id: a, set: { n: 1 } }
      """
    try Scenario().file("w.yaml", file)
      .baton("validate", "w.yaml", exits: 3)
      .then {
        #expect(
          $0.output.contains("error[B1004]: `checkpoint` does not belong to recovery steps"))
      }
  }
}
