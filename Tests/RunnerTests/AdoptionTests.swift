import Engine
import RunStore
import Testing
import Values

@testable import Runner

/// Runs whose folder was copied to another machine.
@Suite struct AdoptionTests {
  private static let question = "steps: [ { id: q, ask: { fields: { ok: boolean } } } ]\n"

  /// A run of the machine `old`, its folder copied to a store of the machine `new`.
  private func copied(_ fixture: RunnerFixture) async throws -> (
    run: String, old: RunStore, new: RunStore
  ) {
    let old = fixture.store("old", on: "old")
    let run = try await fixture.start(Self.question, in: old)
    try fixture.copy("old/runs/\(run)", to: "new/runs/\(run)")
    return (run, old, fixture.store("new", on: "new"))
  }

  @Test func `on another machine a run goes on once it is adopted, and says who was not told`()
    async throws
  {
    let fixture = try RunnerFixture()
    let (run, old, new) = try await copied(fixture)
    let service = try fixture.service(new)
    let refusal = await #expect(throws: RunnerError.self) {
      try await service.submit(.answer(step: "q", values: ["ok": true]), to: run)
    }
    #expect(refusal?.message.contains("old/runs/\(run) on old") == true)
    #expect(try service.snapshot(run).standing == .copied)
    let before = try fixture.records(of: run, in: old)
    _ = try await service.submit(.resume, to: run, adopting: "the old one burnt down")
    let adopted = try #require(
      try fixture.records(of: run, in: new).first { $0.type == "run.adopted" })
    #expect(adopted.data["untold"]?.asString == "it is on another machine")
    #expect(adopted.data["from"]?["host"]?.asString == "old")
    #expect(adopted.actor.id == "ana")
    #expect(try fixture.records(of: run, in: old).map(\.hash) == before.map(\.hash))
    #expect(try service.snapshot(run).standing == .home)
    #expect(
      try await service.submit(.answer(step: "q", values: ["ok": true]), to: run).status
        == .succeeded)
    let report = try service.verify(run)
    #expect(report.isIntact)
    #expect(report.notes.contains { $0.contains("adopted from") })
  }

  @Test func `a folder that several machines see belongs to each of them`() async throws {
    let fixture = try RunnerFixture()
    let run = try await fixture.start(Self.question, in: fixture.store("old", on: "old"))
    let service = try fixture.service(fixture.store("old", on: "new"))
    let snapshot = try await service.submit(.answer(step: "q", values: ["ok": true]), to: run)
    #expect(snapshot.status == .succeeded)
    let moved = try #require(
      try fixture.records(of: run, in: fixture.store("old")).first { $0.type == "run.moved" })
    #expect(moved.data["home"]?["host"]?.asString == "new")
  }

  @Test func `an original that is being executed is not taken from under it`() async throws {
    let fixture = try RunnerFixture()
    let old = fixture.store("old", on: "here")
    let run = try await fixture.start(Self.question, in: old)
    try fixture.copy("old/runs/\(run)", to: "new/runs/\(run)")
    let writer = try old.open(run: run)
    defer { writer.release() }
    let service = try fixture.service(fixture.store("new", on: "here"))
    let refusal = await #expect(throws: RunnerError.self) {
      try await service.submit(.resume, to: run, adopting: "so")
    }
    guard case .locked? = refusal?.kind else {
      Issue.record("\(String(describing: refusal))")
      return
    }
    #expect(
      try fixture.records(of: run, in: fixture.store("new")).contains { $0.type == "run.adopted" }
        == false)
  }

  @Test func `a run that is over is not adopted`() async throws {
    let fixture = try RunnerFixture()
    let old = fixture.store("old", on: "here")
    let run = try await fixture.start(Self.question, in: old)
    try fixture.copy("old/runs/\(run)", to: "new/runs/\(run)")
    _ = try await fixture.service(old).submit(.cancel(reason: "so"), to: run)
    let refusal = await #expect(throws: RunnerError.self) {
      try await fixture.service(fixture.store("new", on: "here"))
        .submit(.resume, to: run, adopting: "so")
    }
    #expect(refusal?.message.contains("since it was copied") == true)
  }

  @Test func `a journal that does not say where it belongs is at home everywhere`() {
    let here = RunHome(machine: "m", host: "h", folder: "/a", identity: "1")
    #expect(RunPlacement(home: nil).standing(in: here) == .home)
    let there = RunPlacement(home: here)
    #expect(there.standing(in: here) == .home)
    var other = here
    other.folder = "/b"
    #expect(there.standing(in: other) == .moved)
    other.identity = "2"
    #expect(there.standing(in: other) == .copied)
    other.folder = "/a"
    #expect(there.standing(in: other) == .moved)
    other.machine = "n"
    #expect(there.standing(in: other) == .copied)
  }

  @Test func `a tick leaves a copy alone, and says so`() async throws {
    let fixture = try RunnerFixture()
    let old = fixture.store("old", on: "old")
    let new = fixture.store("new", on: "new")
    let run = try await fixture.start(
      "steps: [ { id: w, wait: 1h }, { id: x, set: { y: '1' } } ]\n", in: old)
    try fixture.copy("old/runs/\(run)", to: "new/runs/\(run)")
    fixture.pass(7200)
    let report = try await fixture.service(new).tick()
    #expect(report.runs.isEmpty)
    #expect(report.problems.map(\.run) == [run])
    #expect(report.problems.first?.error.message.contains("a copy of it") == true)
    #expect(try await fixture.service(old).tick().runs.map(\.snapshot.status) == [.succeeded])
  }
}
