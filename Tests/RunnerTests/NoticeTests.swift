import Engine
import RunStore
import TestSupport
import Testing
import Values

@testable import Runner

/// Telling people of reminders and escalations, and processes that die in the middle of it.
@Suite(.timeLimit(.minutes(20))) struct NoticeTests {
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
    try executor.makeUpMessages()
    #expect(executor.writer.isDurable)
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

  @Test func `a run whose name has a line break is told of in one line`() async throws {
    let fixture = try RunnerFixture(
      project: Self.project.replacing("${{ text }}", with: "${{ text }}/${{ run.name }}"))
    _ = try await fixture.start(
      "run_name: \"For Acme\\nLtd\"\n" + question("{ after: 1h }"))
    fixture.pass(3600)
    _ = try await fixture.service().tick()
    let text = try fixture.text("told-ana")
    #expect(text.contains("(For Acme Ltd, run ") && text.hasSuffix("/For Acme Ltd"), "\(text)")
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

  /// A project that tells people by a line of a shell, in which `$1` is who is told.
  private static func telling(by script: String) -> String {
    project.replacing(
      "action: files.write", with: "action: command.run"
    ).replacing(
      "path: \"told-${{ person.id }}\", content: \"${{ text }}\"",
      with: "command: [ sh, -c, '\(script)', sh, '${{ person.id }}' ]")
  }

  @Test func `the outcome of each is in the record before the next is told`() async throws {
    let fixture = try RunnerFixture(
      project: Self.telling(by: #"cat .baton/runs/*/journal.jsonl > "seen-$1""#))
    _ = try await fixture.start(question("{ after: 1h }"))
    fixture.pass(3600)
    _ = try await fixture.service().tick()
    let (first, second) = (try fixture.text("seen-ana"), try fixture.text("seen-ben"))
    #expect(first.contains("notice.started") && !first.contains("notice.sent"))
    #expect(second.contains("notice.sent"))
  }

  @Test func `whoever is left when somebody answers is not told, and the record says so`()
    async throws
  {
    let fixture = try RunnerFixture(
      project: Self.telling(
        by: #"touch "begun-$1"; "# + ShellScript.waiting(until: "[ -e seen ]")))
    let run = try await fixture.start(question("{ after: 1h }"))
    fixture.pass(3600)
    async let report = fixture.service().tick()
    while !fixture.exists("begun-ana") { try await Task.sleep(nanoseconds: 5_000_000) }
    // It is taken while ana is being told.
    let answered = try await fixture.service().submit(
      .answer(step: "q", values: ["ok": true]), to: run)
    #expect(answered.steps.first?.status == .succeeded)
    #expect(answered.status == .running)
    try fixture.write("", to: "seen")
    #expect(try await report.runs.first?.snapshot.status == .succeeded)
    #expect(!fixture.exists("begun-ben"))
    let types = try fixture.records(of: run).map(\.type)
    let told = types.firstIndex(of: "notice.sent") ?? 0
    #expect(types.firstIndex(of: "answer.given") ?? .max < told)
    #expect(told < types.firstIndex(of: "run.finished") ?? 0)
    let failed = try notices(of: run, fixture).filter { $0.type == "notice.failed" }
    #expect(failed.map { $0.data["person"] } == ["ben"])
    #expect(failed.first?.data["message"] == "nobody tried: it was over before")
    #expect(try fixture.service().verify(run).isIntact)
  }

  @Test func `where nobody answers in time, the others are not told of the rung`() async throws {
    let fixture = try RunnerFixture(
      project: Self.telling(by: "sleep 30").replacing(
        "environments:", with: "  cy: { name: Cy, roles: [support] }\nenvironments:"))
    let run = try await fixture.start(question("{ after: 1h }"))
    fixture.pass(3600)
    let service = try fixture.service()
    let writer = try fixture.store().open(run: run)
    let executor = try service.reopen(writer)
    executor.context.messageLimit = TimeSpan(seconds: 0, nanoseconds: 100_000_000)
    try await executor.proceed()
    writer.release()
    let failed = try notices(of: run, fixture).filter { $0.type == "notice.failed" }
    #expect(failed.map { $0.data["person"] } == ["ana", "ben", "cy"])
    #expect(failed.map { $0.data["unknown"]?.asBool ?? false } == [true, true, false])
    #expect(failed.last?.data["message"] == "nobody tried: telling the others took too long")
    #expect(try service.snapshot(run).status == .waiting)
    #expect(try await fixture.service().tick().runs.isEmpty)
  }

  @Test func `a rung that came with what ended the run is in the record as untold`() async throws {
    let fixture = try RunnerFixture(project: Self.project)
    let run = try await fixture.start(question("{ after: 1h }"))
    fixture.pass(3660)
    _ = try await fixture.service().submit(.cancel(reason: "no need"), to: run)
    #expect(!fixture.exists("told-ana"))
    let notices = try notices(of: run, fixture)
    #expect(notices.map(\.type) == ["notice.failed"])
    #expect(notices.first?.data["message"] == "nobody tried: it was over before")
    #expect(try fixture.service().verify(run).isIntact)
  }

  @Test func `why a message cannot be made is in the record`() async throws {
    let cases = [
      ("person.email", "{ after: 1h }", "`notify` reads `person.email`, and baton.yaml has none"),
      (
        "person.id",
        "{ after: 1h, notify: { action: files.write, with: { path: x, content: \"${{ person.email }}\" } } }",
        "`notify` reads `person.email`, and baton.yaml has none"
      ),
      (
        "person.mail", "{ after: 1h }",
        "the `notify` of the environment cannot be evaluated: baton.yaml:"
      ),
    ]
    for (name, rung, message) in cases {
      let fixture = try RunnerFixture(
        project: Self.project.replacing("person.id", with: name))
      let run = try await fixture.start(question(rung))
      fixture.pass(3660)
      _ = try await fixture.service().tick()
      let failed = try notices(of: run, fixture).filter { $0.type == "notice.failed" }
      #expect(failed.map { $0.data["person"] } == ["ana", "ben"])
      let found = failed.first?.data["message"]?.asString ?? "-"
      #expect(found.hasPrefix(message), "\(found)")
    }
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
