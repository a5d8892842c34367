import Engine
import Testing

@testable import Runner

/// For whom lists have what somebody is on.
@Suite(.timeLimit(.minutes(20))) struct ClaimedTaskTests {
  /// The roles, and the person, to whom the one task was escalated after somebody had said to be on it.
  private func escalatedSince(_ fixture: RunnerFixture) throws -> [String] {
    let overview = try fixture.service().overview()
    var found: [String] = []
    overview.row(at: 0)?.forEachTask { _, task in
      let roles = ["support", "duty", "boss", "owner"]
      found += roles.filter { task.wasEscalatedSinceClaim(to: $0) }
      if task.isHeldInRun(by: "dan") { found.append("dan") }
    }
    return found
  }

  @Test func `what is escalated once somebody is on it is for those to whom it is`() async throws {
    let fixture = try RunnerFixture()
    let run = try await fixture.start(
      """
      roles: { support: S, duty: D, boss: B, owner: { name: O, person: dan } }
      steps:
        - id: q
          role: support
          ask: { message: Ready?, fields: { ok: boolean } }
          escalate: [ { after: 1h, to: duty }, { after: 3h, to: boss }, { after: 3h, to: owner } ]

      """)
    fixture.pass(2 * 3600)
    _ = try await fixture.service().submit(.claim(step: "q"), to: run)
    #expect(try escalatedSince(fixture) == [])
    fixture.pass(2 * 3600)
    _ = try await fixture.service().tick()
    #expect(try escalatedSince(fixture) == ["boss", "owner", "dan"])
    _ = try await fixture.service().submit(.release(step: "q"), to: run)
    _ = try await fixture.service().submit(.claim(step: "q"), to: run)
    #expect(try escalatedSince(fixture) == [])
  }
}
