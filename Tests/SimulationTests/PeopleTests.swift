import Testing
import Values

@testable import Simulation

@Suite struct PeopleTests {
  private static let release = """
    roles: { manager: { name: Manager } }
    steps:
      - id: release
        role: manager
        approve: { message: Release it?, approvals: 2 }
      - id: paid
        wait:
          first_of:
            money: { event: shop.delivered }
            late: 3d
        due: 1d
      - { id: note, set: { which: "${{ steps.paid.outputs.which }}" } }
    """

  private let people = [
    TestPerson(id: "lerato", roles: ["manager"]), TestPerson(id: "johan", roles: ["manager"]),
    TestPerson(id: "ana", roles: ["support"]),
  ]

  @Test func `named people approve and reject, one after the other`() throws {
    let sample = try Sample(
      Self.release,
      """
      tests:
        - name: two approve
          answers: { release: [ { approve: true, by: lerato, after: 1h }, { approve: true, by: johan, after: 2h } ] }
          expect: { status: succeeded, path: [release, paid, note], duration: 74h, steps: { note: { outputs: { which: late } } } }
        - name: whoever has the role approves where nobody is named
          answers: { release: [ approve, approve ] }
          events: [ { event: shop.delivered, data: { id: x }, after: 1h } ]
          expect: { status: succeeded, duration: 1h, steps: { note: { outputs: { which: money } } } }
        - name: one word is for all who have to approve
          answers: { release: approve }
          events: [ { event: shop.delivered, data: { id: x }, after: 1h } ]
          expect: { status: succeeded, duration: 1h }
        - name: one who is named is one
          answers: { release: { approve: true, by: lerato } }
          expect: { status: waiting }
        - name: one rejects
          answers: { release: [ { reject: Not tested, by: lerato } ] }
          expect: { status: needs_attention, steps: { release: { status: failed, error: rejected } } }
        - name: somebody else may not
          answers: { release: [ { approve: true, by: ana } ] }
          expect: { status: waiting }
      """)
    let results = sample.results(people: people)
    for result in results.prefix(5) { #expect(result.hasPassed, "\(result)") }
    #expect(results[5].problems.count == 1, "\(results[5])")
    #expect(
      results[0].coverage.missing.map(\.words) == ["paid: first_of, money"])
  }

  @Test func `whom an escalation brings in approves, and a decision that changes nothing is named`()
    throws
  {
    let sample = try Sample(
      """
      roles: { manager: { name: Manager }, boss: { name: Boss } }
      steps:
        - id: release
          role: manager
          approve: { message: Release it?, approvals: 3 }
          escalate: [ { after: 1h, to: boss } ]
          expires: 3h
      """,
      """
      tests:
        - name: one word
          answers: { release: approve }
          expect: { status: succeeded, duration: 1h }
        - name: a list
          answers: { release: [ { approve: true }, { approve: true }, { approve: true, after: 2h } ] }
          expect: { status: succeeded, duration: 2h }
        - name: the same again
          answers: { release: [ { approve: true, by: lerato }, { approve: true, by: lerato } ] }
          expect: { status: needs_attention }
      """)
    let results = sample.results(people: people + [TestPerson(id: "zoe", roles: ["boss"])])
    for result in results.prefix(2) { #expect(result.hasPassed, "\(result)") }
    #expect(
      results[2].problems.first?.message.hasSuffix(
        "lerato has approved `release` already: nothing follows") == true, "\(results[2])")
  }

  @Test func `nobody approves in a test whose approval does not count`() throws {
    let body = Self.release.replacing("approvals: 2", with: "approvals: 2, not_starter: true")
    let people = self.people + [TestPerson(id: "thabo", roles: ["manager"])]
    let results = try Sample(
      body,
      """
      tests:
        - name: one word is for others than the starter
          started_by: lerato
          answers: { release: { approve: true } }
          expect: { status: succeeded }
        - name: one after the other
          started_by: lerato
          answers: { release: [ { approve: true }, { approve: true } ] }
          expect: { status: succeeded }
        - name: whoever approved already is not taken again
          started_by: lerato
          answers: { release: [ { approve: true, by: johan }, { approve: true } ] }
          expect: { status: succeeded }
        - name: in whichever order
          started_by: ana
          answers: { release: [ { approve: true, by: johan }, { approve: true, after: 1h } ] }
          expect: { status: succeeded }
        - name: where there is nobody else it is refused
          started_by: lerato
          answers: { release: [ { approve: true, by: johan }, { approve: true, by: thabo, refused: "…" } ] }
          expect: { status: waiting }
      """
    ).results(people: people)
    for result in results.prefix(4) { #expect(result.hasPassed, "\(result)") }
    #expect(!results[4].hasPassed)
    let alone = try Sample(
      Self.release.replacing("approvals: 2", with: "not_starter: true"),
      "tests: [ { name: alone, started_by: lerato, answers: { release: approve }, expect: { status: waiting } } ]\n"
    ).results(people: [people[0]])
    #expect(
      alone[0].problems.map(\.message).contains { $0.contains("is refused: lerato started") },
      "\(alone[0])")
    let unnamed = try Sample(
      body,
      """
      tests:
        - name: where the project knows nobody
          answers: { release: [ { approve: true, by: manager-2 }, { approve: true } ] }
          expect: { status: succeeded }
      """
    ).result()
    #expect(unnamed.hasPassed, "\(unnamed)")
  }

  @Test func `business time is the calendar's, and what expires is followed`() throws {
    let sample = try Sample(
      """
      roles: { clerk: { name: Clerk } }
      steps:
        - id: answer
          role: clerk
          ask: { fields: { text: string } }
          expires: 2 business days
          on_expiry: continue
        - { id: last, set: { x: 1 } }
      """,
      """
      tests:
        - name: nobody answers over the weekend
          started_at: 2026-01-09T12:00:00Z
          expect: { status: succeeded, path: [answer, last], duration: 4d }
        - name: somebody answers at the last moment
          started_at: 2026-01-09T12:00:00Z
          answers: { answer: [ { after: 2 business days, with: { text: here } } ] }
          expect: { status: succeeded, steps: { answer: { status: succeeded } } }
      """)
    let results = sample.results()
    for result in results { #expect(result.hasPassed, "\(result)") }
    #expect(results[0].coverage.missing.isEmpty)
    #expect(results[1].coverage.missing.map(\.words) == ["answer: on_expiry"])
  }

  @Test func `an answer without values accepts the defaults`() throws {
    let sample = try Sample(
      """
      steps:
        - { id: q, ask: { fields: { to: { type: string, default: ana }, note: { type: string, optional: true } } } }
      outputs: { to: "${{ steps.q.outputs.to }}" }
      """,
      """
      tests:
        - name: nothing is said
          answers: { q: {} }
          expect: { status: succeeded, outputs: { to: ana } }
        - name: what is optional is left out
          answers: { q: { to: bo, note: null } }
          expect: { status: succeeded, outputs: { to: bo } }
      """)
    for result in sample.results() { #expect(result.hasPassed, "\(result)") }
  }
}
