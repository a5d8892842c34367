import Engine
import RunStore
import Testing
import Values

@testable import Runner

/// Telling people of reminders and escalations, and processes that die in the middle of it.
@Suite struct NoticeTests {
  private static let project = """
    baton: 1
    people:
      ana: { name: Ana, roles: [support] }
      ben: { name: Ben, roles: [support] }
    environments:
      local:
        notify:
          action: files.write
          with: { path: "told-${{ person.id }}", content: "${{ text }}" }

    """

  private func question(_ rung: String) -> String {
    """
    roles: { support: Support }
    steps:
      - id: q
        role: support
        ask: { message: Ready?, fields: { ok: boolean } }
        escalate: [ \(rung) ]

    """
  }

  /// A run whose process dies when it has journalled whom it is about to tell, and told nobody.
  private func died(_ fixture: RunnerFixture, _ rung: String) async throws -> String {
    let run = try await fixture.start(question(rung))
    fixture.pass(3600)
    let service = try fixture.service()
    let writer = try fixture.store().open(run: run)
    let executor = try service.reopen(writer)
    fixture.pass(60)
    try executor.reachDeadlines(before: executor.now)
    #expect(try await executor.tellPeople())
    writer.release()
    #expect(try service.snapshot(run).status == .interrupted)
    return run
  }

  private func notices(of run: String, _ fixture: RunnerFixture) throws -> [JournalRecord] {
    try fixture.records(of: run).filter { $0.type.hasPrefix("notice.") }
  }

  @Test func `what may be said twice is said again after a crash`() async throws {
    let fixture = try RunnerFixture(project: Self.project)
    let run = try await died(fixture, "{ after: 1h }")
    _ = try await fixture.service().tick()
    #expect(fixture.exists("told-ana") && fixture.exists("told-ben"))
    let notices = try notices(of: run, fixture)
    #expect(
      notices.map(\.type) == ["notice.started", "notice.started", "notice.sent", "notice.sent"])
    #expect(notices.allSatisfy { $0.data["unknown"] == nil })
    #expect(notices[0].data["effects"]?.asString == "repeatable")
    #expect(try fixture.service().snapshot(run).steps.first?.untold == [])
    #expect(try await fixture.service().tick().runs.isEmpty)
    #expect(try fixture.service().verify(run).isIntact)
  }

  @Test func `what must not be said twice is not, and the journal says that nobody knows`()
    async throws
  {
    let fixture = try RunnerFixture(project: Self.project)
    let run = try await died(
      fixture,
      "{ after: 1h, notify: { action: command.run, with: { command: [ touch, 'called-${{ person.id }}' ] } } }"
    )
    _ = try await fixture.service().tick()
    #expect(!fixture.exists("called-ana"))
    // Nobody had begun to tell the others.
    #expect(fixture.exists("called-ben"))
    let notices = try notices(of: run, fixture)
    #expect(notices.map(\.type) == ["notice.started", "notice.failed", "notice.sent"])
    #expect(notices[1].data["unknown"]?.asBool == true)
    #expect(
      try fixture.service().snapshot(run).steps.first?.untold
        == ["ana: nobody knows whether it was sent: the process ended before the answer came"])
    #expect(try fixture.service().verify(run).isIntact)
  }

  @Test func `the outcome of each is on disk before the next is told`() async throws {
    let fixture = try RunnerFixture(project: Self.project)
    let run = try await died(fixture, "{ after: 1h }")
    let writer = try fixture.store().open(run: run)
    let executor = try fixture.service().reopen(writer)
    try executor.takeOver(Actor(kind: .user, id: "ana"))
    #expect(try await executor.tellPeople())
    #expect(executor.writer.isDurable)
    writer.release()
    let sent = try notices(of: run, fixture).filter { $0.type == "notice.sent" }
    #expect(sent.map { $0.data["person"] } == ["ana"])
    // The next process tells only who is left.
    _ = try await fixture.service().tick()
    let all = try notices(of: run, fixture).filter { $0.type == "notice.sent" }
    #expect(all.map { $0.data["person"] } == ["ana", "ben"])
  }
}
