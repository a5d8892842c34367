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
