import Testing
import Values

@testable import Simulation

/// Tests of what is not let through.
@Suite struct RefusalTests {
  private static let desk = """
    roles: { support: Support, manager: Manager }
    steps:
      - id: seats
        role: support
        ask: { fields: { count: { type: integer, maximum: 50 }, note: { type: string, optional: true } } }
      - { id: sure, role: manager, approve: { message: "${{ string(steps.seats.outputs.count) }} seats?", not_starter: true } }
      - { id: told, set: { count: "${{ steps.seats.outputs.count }}" } }
    """

  private let people = [
    TestPerson(id: "lerato", roles: ["manager"]), TestPerson(id: "johan", roles: ["manager"]),
    TestPerson(id: "ana", roles: ["support"]),
  ]

  private func results(_ tests: String) throws -> [TestResult] {
    try Sample(Self.desk, "tests:\n" + tests).results(people: people)
  }

  @Test func `a test says which answers and decisions are refused, and in what words`() throws {
    let results = try results(
      """
        - name: the limit, the role, the starter
          started_by: lerato
          answers:
            seats: [ { with: { count: 51 }, refused: …at most 50… }, { with: { count: 9 }, by: johan, refused: "…" }, { with: { count: 50 } } ]
            sure: [ { approve: true, by: lerato, refused: "…started…" }, { approve: true, by: johan } ]
          expect: { status: succeeded, steps: { told: { outputs: { count: 50 } } } }
        - name: only a refusal
          answers: { seats: [ { with: { count: many }, refused: "…" } ] }
          expect: { status: waiting }
      """)
    for result in results { #expect(result.hasPassed, "\(result)") }
  }

  @Test func `what is taken, or refused otherwise, is a failure`() throws {
    let results = try results(
      """
        - name: taken
          answers: { seats: [ { with: { count: 50 }, refused: …at most… } ], sure: approve }
          expect: { status: succeeded }
        - name: otherwise
          answers: { seats: [ { with: { count: 51 }, refused: no such thing }, { with: { count: 1 } } ], sure: approve }
          expect: { status: succeeded }
      """)
    #expect(
      results[0].problems.map(\.message) == [
        "the test's answer to `seats` is taken, though it is to be refused: …at most…"
      ])
    #expect(
      results[1].problems.first?.message.hasPrefix(
        "the test's answer to `seats` is refused in other words than `no such thing`: ") == true)
    #expect(results[1].problems.count == 1)
  }

  @Test func `commands are refused as well`() throws {
    let results = try results(
      """
        - name: nothing is passed over that is needed
          commands:
            - { skip: seats, refused: "…needs…" }
            - { done: seats, with: { count: 7 } }
          answers: { sure: approve }
          expect: { status: succeeded }
        - name: it can be cancelled
          commands: [ { cancel: true, refused: "…" } ]
          expect: { status: cancelled }
      """)
    #expect(results[0].hasPassed, "\(results[0])")
    #expect(
      results[1].problems.map(\.message) == [
        "the test's command is taken, though it is to be refused: …"
      ])
  }
}
