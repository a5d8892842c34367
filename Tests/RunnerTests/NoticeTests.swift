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

  @Test func `a message of the rung's own is journalled with where it went and what it said`()
    async throws
  {
    let fixture = try RunnerFixture(project: Self.project)
    let run = try await died(
      fixture,
      "{ after: 1h, notify: { action: files.write, with: { path: to-client, content: Pay! } } }"
    )
    _ = try await fixture.service().tick()
    #expect(try fixture.text("to-client") == "Pay!")
    let notices = try notices(of: run, fixture)
    #expect(notices.map(\.type) == ["notice.started", "notice.started", "notice.sent"])
    #expect(notices.allSatisfy { $0.data["people"] == nil && $0.data["person"] == nil })
    #expect(notices[1].data["with"]?["content"]?.asString == "Pay!")
    #expect(notices[1].data["with"]?["path"]?.asString == "to-client")
    #expect(try await fixture.service().tick().runs.isEmpty)
    #expect(try fixture.service().verify(run).isIntact)
  }

  @Test func `what each person is sent by the rung's own operation is journalled with the outcome`()
    async throws
  {
    let fixture = try RunnerFixture(project: Self.project)
    let run = try await died(
      fixture,
      "{ after: 1h, notify: { action: files.write, with: { path: 'to-${{ person.id }}', content: x } } }"
    )
    _ = try await fixture.service().tick()
    let sent = try notices(of: run, fixture).filter { $0.type == "notice.sent" }
    #expect(sent.map { $0.data["person"]?.asString } == ["ana", "ben"])
    #expect(sent.map { $0.data["with"]?["path"]?.asString } == ["to-ana", "to-ben"])
  }

  @Test func `reminded is who was responsible when it was due, not who joined since`() async throws
  {
    let fixture = try RunnerFixture(
      project: Self.project.replacing(
        "environments:", with: "  cy: { name: Cy, roles: [boss] }\nenvironments:"))
    let run = try await fixture.start(
      """
      roles: { support: Support, boss: Boss }
      steps:
        - id: q
          role: support
          ask: { message: Ready?, fields: { ok: boolean } }
          due: 4h
          remind: [ 3h before, 1h before ]
          escalate: [ { after: 2h, to: boss } ]

      """)
    fixture.pass(5 * 3600)
    _ = try await fixture.service().tick()
    let sent = try notices(of: run, fixture).filter { $0.type == "notice.sent" }
    #expect(
      sent.map { "\($0.data["timer"]?.asString ?? "") \($0.data["person"]?.asString ?? "")" }
        == [
          "remind.1 ana", "remind.1 ben", "escalate.1 cy", "remind.2 ana", "remind.2 ben",
          "remind.2 cy",
        ])
  }

  @Test func `reminded of an approval is who can still give it`() async throws {
    let fixture = try RunnerFixture(project: Self.project)
    let run = try await fixture.start(
      """
      roles: { support: Support }
      steps:
        - id: q
          role: support
          approve: { message: Go?, not_starter: true }
          due: 4h
          remind: [ 1h before ]

      """)
    fixture.pass(3 * 3600)
    _ = try await fixture.service().tick()
    // Ana started it.
    let sent = try notices(of: run, fixture).filter { $0.type == "notice.sent" }
    #expect(sent.map { $0.data["person"]?.asString } == ["ben"])
  }
}
