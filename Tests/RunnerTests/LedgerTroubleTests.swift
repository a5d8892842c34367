import Engine
import Foundation
import RunStore
import Synchronization
import Testing
import Values

@testable import Runner

/// A ledger that cannot be written for a while, and parks between which nothing was.
@Suite struct LedgerTroubleTests {
  private static let question = """
    steps:
      - { id: q, ask: { fields: { ok: boolean } } }
      - { id: last, action: files.write, with: { path: done, content: x } }
    """

  private func types(_ fixture: RunnerFixture, _ run: String) throws -> [String] {
    try fixture.records(of: run).map(\.type)
  }

  /// Puts a folder in the place of the ledger, which nobody can write into, root included.
  private func block(_ fixture: RunnerFixture) throws {
    let ledger = fixture.folder + "/.baton/ledger.jsonl"
    try FileManager.default.moveItem(atPath: ledger, toPath: ledger + ".kept")
    try FileManager.default.createDirectory(
      atPath: ledger, withIntermediateDirectories: false)
  }

  private func unblock(_ fixture: RunnerFixture) throws {
    let ledger = fixture.folder + "/.baton/ledger.jsonl"
    try FileManager.default.removeItem(atPath: ledger)
    try FileManager.default.moveItem(atPath: ledger + ".kept", toPath: ledger)
  }

  @Test func `a park that the ledger cannot be told is the last record until it is`() async throws {
    let fixture = try RunnerFixture()
    let run = try await fixture.start(Self.question)
    // The ledger of another process is not the open one of this.
    try block(fixture)
    let told = Mutex<[String]>([])
    let snapshot = try await fixture.service {
      if case .leftOutOfLedger(_, let reason) = $0 { told.withLock { $0.append(reason) } }
    }.submit(.note(text: "hello"), to: run)
    #expect(snapshot.status == .waiting)
    #expect(told.withLock { $0 }.count == 1)
    #expect(told.withLock { $0 }.first?.contains("ledger.jsonl") == true)
    let before = try types(fixture, run)
    #expect(before.suffix(3) == ["run.parked", "note.added", "run.parked"])
    // Nobody adds to the journal before it is entered.
    await #expect(throws: RunnerError.self) {
      try await fixture.service().submit(.note(text: "again"), to: run)
    }
    #expect(try types(fixture, run) == before)
    try unblock(fixture)
    #expect(try fixture.service().verify(run).isIntact)
    #expect(try fixture.store().ledgerCount(of: run) < before.count)
    _ = try await fixture.service().submit(.note(text: "once more"), to: run)
    #expect(try fixture.service().verify(run).isIntact)
    var heads: [Int] = []
    try fixture.store().ledger { line in
      heads.append(line.events)
      return true
    }
    #expect(heads.contains(before.count), "what was missed has a line of its own")
  }

  @Test func `an end that the ledger cannot be told is the last record, and stays the end`()
    async throws
  {
    let fixture = try RunnerFixture()
    let run = try await fixture.start("steps: [ { id: q, ask: { fields: { ok: boolean } } } ]\n")
    try block(fixture)
    let snapshot = try await fixture.service().submit(
      .answer(step: "q", values: ["ok": true]), to: run)
    #expect(snapshot.status == .succeeded)
    #expect(try types(fixture, run).last == "run.finished")
    try unblock(fixture)
    #expect(try fixture.service().verify(run).isIntact)
    #expect(try fixture.service().snapshot(run).status == .succeeded)
    _ = try await fixture.service().submit(.note(text: "it was entered first"), to: run)
    #expect(try fixture.service().verify(run).isIntact)
    #expect(try types(fixture, run).suffix(2) == ["run.finished", "note.added"])
  }

  @Test func `a line that is taken out of the ledger is missed all the same`() async throws {
    let fixture = try RunnerFixture()
    let run = try await fixture.start(Self.question)
    _ = try await fixture.service().submit(.note(text: "hello"), to: run)
    let ledger = fixture.folder + "/.baton/ledger.jsonl"
    let lines = try String(contentsOfFile: ledger, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 2)
    try (lines[0] + "\n").write(toFile: ledger, atomically: true, encoding: .utf8)
    #expect(try !fixture.service().verify(run).isIntact)
  }

  @Test func `a command without effect leaves no further park`() async throws {
    let fixture = try RunnerFixture()
    let run = try await fixture.start(Self.question)
    // An answer without values, of which more is needed.
    let nothing = CommandKind.answer(step: "q", values: [:])
    let once = try fixture.records(of: run)
    let saved = try fixture.text(".baton/runs/\(run)/run.json")
    let snapshot = try await fixture.service().submit(nothing, to: run)
    #expect(snapshot.status == .waiting)
    #expect(try fixture.records(of: run) == once)
    #expect(try fixture.text(".baton/runs/\(run)/run.json") == saved)
    // Whatever was lost of the saved state is there again.
    try FileManager.default.removeItem(atPath: fixture.folder + "/.baton/runs/\(run)/run.json")
    _ = try await fixture.service().submit(nothing, to: run)
    #expect(try fixture.records(of: run) == once)
    #expect(try fixture.text(".baton/runs/\(run)/run.json") == saved)
    #expect(try fixture.service().verify(run).isIntact)
    // What somebody says in between is followed by a park.
    _ = try await fixture.service().submit(.note(text: "hello"), to: run)
    #expect(try types(fixture, run).suffix(2) == ["note.added", "run.parked"])
  }

  @Test func `a tick names the run whose journal is missing, and fires what is due in others`()
    async throws
  {
    let fixture = try RunnerFixture()
    let wait = "steps: [ { id: w, wait: 1h }, { id: q, wait: 5h } ]\n"
    let run = try await fixture.start(wait)
    let gone = try await fixture.start(wait)
    try FileManager.default.removeItem(
      atPath: fixture.folder + "/.baton/runs/\(gone)/journal.jsonl")
    fixture.pass(3 * 3600)
    let report = try await fixture.service().tick()
    #expect(report.runs.map(\.snapshot.runID) == [run])
    #expect(report.problems.map(\.run) == [gone])
    #expect(report.nextAt != nil)
  }
}
