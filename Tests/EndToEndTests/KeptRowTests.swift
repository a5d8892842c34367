import Foundation
import Testing

/// What the transcript's table says of steps that keep their outcome behind a rewind, beside what was
/// said before it.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct KeptRowTests {
  private static let sub = """
    baton: 1
    id: sub
    steps:
      - { id: a, \(Scenario.act("test ! -e stuck")), manual: Do it }
      - { id: q, ask: { message: What, fields: { x: string } } }
    """

  private static let main = """
    baton: 1
    id: main
    steps:
      - { id: start, set: { x: 1 }, checkpoint: begun }
      - { id: call, workflow: sub }
      - id: part
        steps:
          - id: each
            for_each:
              in: [one, two]
              steps: [ { id: act, \(Scenario.act("echo +act >> trace")) } ]
          - { id: r, ask: { message: What, fields: { x: string } } }
    """

  private static let addresses = ["call/a", "call/q", "each[0]/act", "each[1]/act"]

  /// What the table says of the steps that are done.
  private func rows(of scenario: Scenario) -> [String] {
    scenario.output.split(separator: "\n").map(String.init).filter { line in
      line.hasPrefix("    ") && Self.addresses.contains { line.contains("[\($0)]") }
    }
  }

  @Test func `steps in calls, sections and loops are told of as before`() throws {
    var before: [String] = []
    try Scenario().file("baton.yaml", "baton: 1\n").file("proof.txt", "seen")
      .file("workflows/sub.yaml", Self.sub).file("workflows/main.yaml", Self.main)
      .file("stuck", "")
      .baton("run", "workflows/main.yaml", "--no-input", exits: 5)
      .baton(
        "done", "RUN", "call/a", "stdout=ok", "--reason", "by phone", "--evidence", "proof.txt",
        exits: 4
      )
      .baton("answer", "RUN", "call/q", "x=y", exits: 4)
      .baton("transcript", "RUN")
      .then { before = rows(of: $0) }
      .baton("rewind", "RUN", "--to", "begun", "--yes", exits: 4)
      .baton("transcript", "RUN")
      .then { scenario in
        #expect(before.count == 4 && rows(of: scenario) == before, "\(scenario.output)")
        #expect(scenario.output.contains("by hand, by user root: by phone, evidence"))
      }
  }
}
