import Actions
import Engine
import RunStore
import TestSupport
import Testing
import Values

@testable import Runner

/// Telling people, and what comes meanwhile: the end of the run, the expiry, somebody who stops it, another
/// process.
@Suite struct NoticeOrderTests {
  /// A project that tells people by a line of a shell, in which `$1` is who is told: nobody is told twice.
  private func project(tellingBy script: String) -> String {
    """
    baton: 1
    people:
      ana: { name: Ana, roles: [support] }
      ben: { name: Ben, roles: [support] }
    environments:
      local:
        notify:
          action: command.run
          with: { command: [ sh, -c, '\(script)', sh, '${{ person.id }}' ] }

    """
  }

  private static let telling = #"echo "$1" >> told"#
  private static let ana = Actor(kind: .user, id: "ana")
  private static let repeatable = """
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

  private func question(onExpiry: String) -> String {
    """
    roles: { support: Support }
    steps:
      - id: q
        role: support
        ask: { message: Ready?, fields: { ok: boolean } }
        due: 2h
        remind: [ 1h before ]
        expires: 3h
        on_expiry: \(onExpiry)
      - { id: z, ask: { fields: { ok: boolean } } }

    """
  }

  private func types(of run: String, _ fixture: RunnerFixture) throws -> [String] {
    try fixture.records(of: run).map(\.type)
  }

  private func note(_ text: String = "a note") -> CommandKind { .note(text: text) }

  @Test func `a late command that finds the run over has people told before the end`() async throws
  {
    let fixture = try RunnerFixture(project: project(tellingBy: Self.telling))
    let run = try await fixture.start(question(onExpiry: "stop"))
    fixture.pass(4 * 3600)
    _ = try? await fixture.service().submit(note(), to: run)
    #expect(try fixture.text("told") == "ana\nben\n")
    let types = try types(of: run, fixture)
    let end = try #require(types.firstIndex(of: "run.finished"))
    #expect(types.lastIndex(of: "notice.sent") ?? .max < end)
    #expect(!types[end...].contains("run.parked"))
    #expect(try fixture.service().verify(run).isIntact)
  }

  @Test func `whoever stops a late command while people are told stops no run that is over`()
    async throws
  {
    let fixture = try RunnerFixture(project: project(tellingBy: Self.telling))
    let run = try await fixture.start(question(onExpiry: "stop"))
    fixture.pass(4 * 3600)
    _ = try? await fixture.service(interrupted: { fixture.exists("told") }).submit(note(), to: run)
    #expect(try fixture.text("told") == "ana\n")
    #expect(try !types(of: run, fixture).contains("run.finished"))
    #expect(try fixture.service().snapshot(run).status == .needsAttention)
    _ = try await fixture.service().submit(.resume, to: run)
    #expect(try fixture.text("told") == "ana\nben\n")
    #expect(try fixture.service().snapshot(run).status == .failed)
    #expect(try types(of: run, fixture).last == "run.finished")
    #expect(try fixture.service().verify(run).isIntact)
  }

  @Test func `a run of a late command in which a call begins has people told meanwhile`()
    async throws
  {
    let fixture = try RunnerFixture(project: project(tellingBy: Self.telling))
    let call =
      "[ sh, -c, '\(ShellScript.waiting(until: "grep -q ben told")); cp told seen' ]"
    let run = try await fixture.start(
      question(
        onExpiry:
          "{ steps: [ { id: r, action: command.run, with: { command: \(call) } } ], then: continue }"
      ))
    fixture.pass(4 * 3600)
    _ = try await fixture.service().submit(note(), to: run)
    #expect(try fixture.text("seen") == "ana\nben\n")
    let types = try types(of: run, fixture)
    #expect(types.filter { $0 == "notice.sent" }.count == 2)
    #expect(types.firstIndex(of: "notice.sent") ?? .max < types.firstIndex(of: "note.added") ?? 0)
  }

  /// A run that was parked in good order while ana was told, so that ben is left.
  private func broken(_ fixture: RunnerFixture) async throws -> String {
    let run = try await fixture.start(question(onExpiry: "continue"))
    fixture.pass(3600)
    _ = try await fixture.service(interrupted: { fixture.exists("told") }).tick()
    #expect(try fixture.text("told") == "ana\n")
    #expect(try fixture.service().snapshot(run).status == .waiting)
    return run
  }

  @Test func `whoever is left when a tick is stopped is told by the next`() async throws {
    let fixture = try RunnerFixture(project: project(tellingBy: Self.telling))
    _ = try await broken(fixture)
    #expect(try await fixture.service().tick().runs.count == 1)
    #expect(try fixture.text("told") == "ana\nben\n")
    #expect(try await fixture.service().tick().runs.isEmpty)
  }

  @Test func `who goes on with telling says so before, so that nobody is told twice`()
    async throws
  {
    let fixture = try RunnerFixture(project: project(tellingBy: Self.telling))
    let run = try await broken(fixture)
    let writer = try fixture.store().open(run: run)
    let executor = try fixture.service().reopen(writer)
    try executor.takeOver(Self.ana)
    try executor.makeUpMessages()
    #expect(executor.writer.isDurable)
    // The process dies while ben is told.
    writer.release()
    #expect(try fixture.service().snapshot(run).status == .interrupted)
    _ = try await fixture.service().tick()
    #expect(try fixture.text("told") == "ana\n")
    let last = try fixture.records(of: run).last { $0.type.hasPrefix("notice.") }
    #expect(last?.data["person"] == "ben" && last?.data["unknown"] == true)
  }

  @Test func `who is left of a question that has expired since is told after a crash`()
    async throws
  {
    let fixture = try RunnerFixture(project: Self.repeatable)
    let run = try await fixture.start(question(onExpiry: "continue"))
    fixture.pass(4 * 3600)
    let writer = try fixture.store().open(run: run)
    let executor = try fixture.service().reopen(writer)
    try executor.takeOver(Self.ana)
    while case .record(let events) = executor.engine.next(now: executor.now) {
      try executor.record(events)
    }
    try executor.makeUpMessages()
    writer.release()
    #expect(try fixture.service().snapshot(run).steps.first?.status == .failed)
    _ = try await fixture.service().tick()
    #expect(fixture.exists("told-ana") && fixture.exists("told-ben"))
    #expect(try !types(of: run, fixture).contains("notice.failed"))
    #expect(try fixture.service().verify(run).isIntact)
  }

  @Test(arguments: [0, 1, 2])
  func `nobody is reminded of what is answered by the command that finds it due`(
    _ index: Int
  ) async throws {
    let asks = [
      "ask: { message: Ready?, fields: { ok: boolean } }", "approve: Go?", "approve: Go?",
    ]
    let given: [CommandKind] = [
      .answer(step: "q", values: ["ok": true]),
      .decide(step: "q", approves: true, comment: nil, shown: nil),
      .decide(step: "q", approves: false, comment: "no", shown: nil),
    ]
    let fixture = try RunnerFixture(project: project(tellingBy: Self.telling))
    let run = try await fixture.start(
      """
      roles: { support: Support }
      steps:
        - id: q
          role: support
          \(asks[index])
          due: 2h
          remind: [ 1h before ]
          on_failure: continue
        - { id: z, ask: { fields: { ok: boolean } } }

      """)
    fixture.pass(3600 + 60)
    _ = try await fixture.service().submit(given[index], to: run)
    #expect(!fixture.exists("told"))
    #expect(try types(of: run, fixture).contains("deadline.reached"))
    let failed = try records(of: "notice.failed", in: run, fixture)
    #expect(failed.map { $0["person"] } == ["ana", "ben"])
    #expect(try fixture.service().snapshot(run).status == .waiting)
    #expect(try fixture.service().verify(run).isIntact)
  }

  private func records(
    of type: String, in run: String, _ fixture: RunnerFixture
  ) throws -> [ValueMap] {
    try fixture.records(of: run).filter { $0.type == type }.map(\.data)
  }

  @Test func `people are told of what expires in the finally of a run that somebody ended`()
    async throws
  {
    let fixture = try RunnerFixture(project: project(tellingBy: Self.telling))
    let run = try await fixture.start(
      question(onExpiry: "continue").replacing(
        "steps:", with: "steps: [ { id: first, ask: { fields: { ok: boolean } } } ]\nfinally:"))
    _ = try await fixture.service().submit(.cancel(reason: "no need"), to: run)
    fixture.pass(4 * 3600)
    _ = try await fixture.service().tick()
    #expect(try fixture.text("told") == "ana\nben\n")
    #expect(try !types(of: run, fixture).contains("notice.failed"))
  }

  /// A run in which a process was about to tell ana, so that nobody knows whether it did.
  ///
  /// - Parameter isBrokenOff: Whether it parked the run all the same.
  private func doubtful(_ fixture: RunnerFixture, isBrokenOff: Bool) async throws -> String {
    let run = try await fixture.start(question(onExpiry: "continue"))
    fixture.pass(3600)
    let writer = try fixture.store().open(run: run)
    let executor = try fixture.service().reopen(writer)
    try executor.takeOver(Self.ana)
    while case .record(let events) = executor.engine.next(now: executor.now) {
      try executor.record(events)
    }
    try executor.makeUpMessages()
    if isBrokenOff {
      let next = executor.outbox.next()
      let message = try #require(next)
      let failure = ActionFailure(kind: .lost, code: "stopped", message: "broken off")
      executor.noteBrokenOff(message, Message.Sending.Outcome(failure: failure))
      try executor.park()
    }
    writer.release()
    return run
  }

  @Test(arguments: [false, true])
  func `of whom a process was telling nobody says that nobody tried`(
    _ isBrokenOff: Bool
  ) async throws {
    let fixture = try RunnerFixture(project: Self.repeatable)
    let run = try await doubtful(fixture, isBrokenOff: isBrokenOff)
    _ = try await fixture.service().submit(.skip(step: "q", reason: "no need"), to: run)
    let failed = try records(of: "notice.failed", in: run, fixture)
    #expect(failed.map { $0["person"] } == ["ana", "ben"])
    #expect(failed.map { $0["unknown"]?.asBool ?? false } == [true, false])
    #expect(
      failed.map { $0["message"] } == [
        "nobody knows whether it was sent: the process ended before the answer came",
        "nobody tried: it was over before",
      ])
    #expect(try fixture.service().verify(run).isIntact)
  }

  @Test(arguments: [false, true])
  func `whom a process was telling is told again where nothing is over`(
    _ isBrokenOff: Bool
  ) async throws {
    let fixture = try RunnerFixture(project: Self.repeatable)
    let run = try await doubtful(fixture, isBrokenOff: isBrokenOff)
    _ = try await fixture.service().tick()
    #expect(fixture.exists("told-ana") && fixture.exists("told-ben"))
    #expect(try !types(of: run, fixture).contains("notice.failed"))
    #expect(try await fixture.service().tick().runs.isEmpty)
    #expect(try fixture.service().verify(run).isIntact)
  }

  @Test func `of more questions than people are told of at once everybody is told`() async throws {
    let fixture = try RunnerFixture(project: Self.repeatable)
    let run = try await fixture.start(
      """
      roles: { support: Support }
      steps:
        - id: all
          for_each:
            in: lists.range(40)
            as: i
            max_parallel: 100
            steps:
              - id: q
                role: support
                ask: { message: Ready?, fields: { ok: boolean } }
                due: 2h
                remind: [ 1h before ]
                expires: 3h
                on_expiry: continue
        - { id: z, ask: { fields: { ok: boolean } } }

      """)
    fixture.pass(4 * 3600)
    _ = try await fixture.service().tick()
    let types = try types(of: run, fixture)
    #expect(types.filter { $0 == "notice.sent" }.count == 80)
    #expect(!types.contains("notice.failed"))
  }
}
