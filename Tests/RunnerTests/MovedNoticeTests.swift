import Actions
import Engine
import RunStore
import TestSupport
import Testing
import Values

@testable import Runner

/// Telling people of rungs while their run is moved to another version of its workflow.
@Suite struct MovedNoticeTests {
  private static let ana = Actor(kind: .user, id: "ana")

  /// A project that tells people by operations that know by their key what was told: each adds a line with its name,
  /// to whom it goes and the key.
  private func fixture() throws -> RunnerFixture {
    let fixture = try RunnerFixture(
      project: """
        baton: 1
        people:
          ana: { name: Ana, roles: [support] }
          ben: { name: Ben, roles: [support] }
        environments:
          local:
            notify: { action: tell.env, with: { to: "${{ person.id }}" } }
            connections: { tell: { driver: sh } }

        """)
    try fixture.write(
      """
      plugin: tell
      version: 1.0.0
      summary: Tells
      operations:
        a: { summary: A, effects: keyed, inputs: { to: string } }
        b: { summary: B, effects: keyed, inputs: { to: string } }
        env: { summary: E, effects: keyed, inputs: { to: string } }

      """, to: "plugins/tell/plugin.yaml")
    let operations = ["a", "b", "env"].map { name in
      "  \(name): { run: [sh, -c, 'echo \(name) \"$1\" \"$2\" >> told', sh, \"${{ inputs.to }}\", \"${{ key }}\"] }"
    }
    try fixture.write(
      "driver: sh\nkind: command\noperations:\n" + operations.joined(separator: "\n") + "\n",
      to: "plugins/tell/sh.yaml")
    return fixture
  }

  /// A question with reminders, behind which the run goes on.
  private func question(
    _ remind: String, id: String = "q", expires: String? = nil
  ) -> String {
    """
    roles: { support: Support }
    steps:
      - id: \(id)
        role: support
        ask: { message: Ready?, fields: { ok: boolean } }
        due: 4h
        \(remind)
        \(expires.map { "expires: \($0)\n    on_expiry: continue" } ?? "")
      - { id: z, ask: { fields: { ok: boolean } } }

    """
  }

  /// What was told, each with operation, person and key.
  private func told(_ fixture: RunnerFixture) throws -> [[String]] {
    guard fixture.exists("told") else { return [] }
    return try fixture.text("told").split(separator: "\n")
      .map { $0.split(separator: " ").map(String.init) }
  }

  private func failed(of run: String, _ fixture: RunnerFixture) throws -> [ValueMap] {
    try fixture.records(of: run).filter { $0.type == "notice.failed" }.map(\.data)
  }

  /// A process that has made up its messages, and dies before the first is sent.
  ///
  /// - Returns: The key of the first.
  private func die(_ run: String, _ fixture: RunnerFixture) throws -> String? {
    let writer = try fixture.store().open(run: run)
    defer { writer.release() }
    let executor = try fixture.service().reopen(writer)
    try executor.takeOver(Self.ana)
    while case .record(let events) = executor.engine.next(now: executor.now) {
      try executor.record(events)
    }
    try executor.makeUpMessages()
    return try executor.outbox.next()?.sending.get().invocation.key
  }

  @Test func `a rung that gets the number of an earlier one has messages of its own`() async throws
  {
    let fixture = try fixture()
    let run = try await fixture.start(question("remind: [ 1h before ]"))
    fixture.pass(3 * 3600)
    _ = try await fixture.service().tick()
    try await fixture.migrate(run, to: question("remind: [ 30m before, 1h before ]"))
    fixture.pass(1800)
    _ = try await fixture.service().tick()
    let told = try told(fixture)
    #expect(told.map { $0[1] } == ["ana", "ben", "ana", "ben"])
    #expect(Set(told.map { $0[2] }).count == 4, "\(told)")
  }

  @Test func `who is left is told of the rung that came, whatever its number is now`() async throws
  {
    let fixture = try fixture()
    let tell = { (name: String) in
      "notify: { action: tell.\(name), with: { to: \"${{ person.id }}\" } }"
    }
    let run = try await fixture.start(
      question("remind: [ { before: 2h, \(tell("a")) } ]"))
    fixture.pass(2 * 3600)
    _ = try await fixture.service(interrupted: { fixture.exists("told") }).tick()
    #expect(try told(fixture).map { $0[1] } == ["ana"])
    try await fixture.migrate(
      run, to: question("remind: [ { before: 1h, \(tell("b")) }, { before: 2h, \(tell("a")) } ]"))
    #expect(try told(fixture).map { $0[0] + $0[1] } == ["aana", "aben"])
    fixture.pass(3600)
    _ = try await fixture.service().tick()
    #expect(try told(fixture).map { $0[0] + $0[1] } == ["aana", "aben", "bana", "bben"])
    #expect(try fixture.service().verify(run).isIntact)
  }

  @Test func `of a rung that is gone nobody is told, and the record says so`() async throws {
    let fixture = try fixture()
    let run = try await fixture.start(
      question(
        "remind: [ { before: 2h, notify: { action: tell.a, with: { to: \"${{ run.id }}\" } } } ]"))
    fixture.pass(2 * 3600)
    _ = try die(run, fixture)
    try await fixture.migrate(run, to: question(""))
    #expect(try told(fixture).isEmpty)
    let failed = try failed(of: run, fixture)
    #expect(failed.map { $0["unknown"] } == [true])
    #expect(try await fixture.service().tick().runs.isEmpty)
    #expect(try fixture.service().verify(run).isIntact)
  }

  @Test func `nobody tries to tell people of a rung that is gone`() async throws {
    let fixture = try fixture()
    let run = try await fixture.start(question("remind: [ 2h before ]", expires: "5h"))
    fixture.pass(2 * 3600)
    _ = try await fixture.service(interrupted: { fixture.exists("told") }).tick()
    try await fixture.migrate(run, to: question("", expires: "5h"))
    #expect(try told(fixture).map { $0[1] } == ["ana"])
    #expect(
      try failed(of: run, fixture).map { $0["message"] }
        == ["nobody tried: the procedure has it no more"])
  }

  @Test func `who may have been told is told under the same key, whatever the step is called`()
    async throws
  {
    let fixture = try fixture()
    let run = try await fixture.start(question("remind: [ 2h before ]", expires: "5h"))
    fixture.pass(6 * 3600)
    let key = try #require(try die(run, fixture))
    try await fixture.migrate(
      run, to: question("remind: [ 2h before ]", id: "q2", expires: "5h"), ["q2": "keep"])
    let told = try told(fixture)
    #expect(told.map { $0[1] } == ["ana", "ben"])
    #expect(told.first?[2] == key)
    #expect(try fixture.service().verify(run).isIntact)
  }

  @Test func `what was due before the move comes before it, whoever had not looked`() async throws {
    let fixture = try fixture()
    let run = try await fixture.start(question("remind: [ 2h before, 1h before ]"))
    fixture.pass(2 * 3600 + 60)
    try await fixture.migrate(run, to: question("remind: [ 2h before ]"))
    #expect(try told(fixture).map { $0.prefix(2) } == [["env", "ana"], ["env", "ben"]])
  }

  @Test func `what expired before the move has expired, and a refused move changes no more`()
    async throws
  {
    let fixture = try fixture()
    let run = try await fixture.start(question("", expires: "6h"))
    fixture.pass(7 * 3600)
    let removed = "steps:\n  - { id: other, ask: { fields: { ok: boolean } } }\n"
    await #expect(throws: RunnerError.self) { try await fixture.migrate(run, to: removed) }
    let service = try fixture.service()
    let parked = try service.snapshot(run)
    #expect(parked.status == .waiting, "\(parked.status) \(parked.reasons)")
    try await fixture.migrate(run, to: question("", expires: "9h"))
    let answer = CommandKind.answer(step: "q", values: ["ok": true])
    await #expect(throws: RunnerError.self) { try await service.submit(answer, to: run) }
  }
}
