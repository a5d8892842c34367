import Glibc
import Testing
import Values

@testable import RunStore

/// What the ledger says of runs, and what a writer owes it.
@Suite(.timeLimit(.minutes(20))) struct LedgerTests {
  @Test func `the ledger is owed the line of a park until it has it, whoever opens the run`() throws
  {
    let fixture = StoreFixture()
    let writer = try fixture.start(steps: 1)
    #expect(!writer.isAtRest && !writer.owesLedger)
    try writer.append(type: "run.parked", actor: machine, at: moment(1), data: [:])
    #expect(writer.isAtRest && writer.owesLedger)
    try writer.sync(isLast: true)
    writer.release()
    let next = try open(fixture, writer.run)
    #expect(next.isAtRest && next.owesLedger)
    try next.noteInLedger()
    #expect(next.isAtRest && !next.owesLedger)
    try next.saveState(1)
    next.release()
    // The state is saved after the line is there.
    let last = try open(fixture, writer.run)
    #expect(last.isAtRest && !last.owesLedger)
    try last.append(type: "note.added", actor: machine, at: moment(2), data: [:])
    #expect(!last.isAtRest && !last.owesLedger)
    last.release()
  }

  @Test func `a run's newest line counts, though an older one knows of more records`() throws {
    let fixture = StoreFixture()
    let run = try fixture.finished(steps: 1)
    let other = try fixture.finished(steps: 4)
    #expect(try fixture.store.lastLedgerLine(of: run)?.events == 3)
    #expect(try fixture.store.lastLedgerLine(of: other)?.events == 6)
    #expect(try fixture.store.lastLedgerLine(of: "20200101-aaaaaa") == nil)
    try fixture.store.appendToLedger(run: run, events: 2, head: Digest.zero)
    #expect(try fixture.store.lastLedgerLine(of: run)?.events == 2)
    try fixture.store.requireNotBehindLedger(run: run, records: 2)
    #expect(
      storeError { try fixture.store.requireNotBehindLedger(run: run, records: 1) }?.message
        .contains("there were 2 intact records") == true)
    // A line that is cut off does not count, a whole one that was changed is told.
    let path = fixture.store.ledgerPath
    let whole = try Folders.read(path)
    try overwrite(path, Array(whole.dropLast(1)))
    #expect(try fixture.store.lastLedgerLine(of: run)?.events == 3)
    var changed = whole
    changed[whole.count - 200] ^= 1
    try overwrite(path, changed)
    #expect(
      storeError { _ = try fixture.store.lastLedgerLine(of: run) }?.message
        .contains("a line about run `\(run)` is not intact") == true)
  }

  @Test func `a run whose folder is gone is found in the ledger, by any part of its id`() throws {
    let fixture = StoreFixture()
    let run = try fixture.finished(steps: 1)
    let other = try fixture.finished(steps: 1)
    Folders.deleteTree(fixture.store.folder(of: run))
    for part in [run, String(run.suffix(6))] {
      let error = storeError { _ = try fixture.store.find(part) }
      guard case .goneRun(run, records: 3, at: _)? = error else {
        Issue.record("\(part): \(error?.message ?? "found")")
        continue
      }
    }
    // Of two nobody knows which is meant.
    Folders.deleteTree(fixture.store.folder(of: other))
    #expect(
      storeError { _ = try fixture.store.find(String(run.prefix(8))) }?.message.contains(
        "no run matches") == true)
    #expect(
      storeError { _ = try fixture.store.find("zzzzzz") }?.message == "no run matches `zzzzzz`")
  }

  private func open(_ fixture: StoreFixture, _ run: String) throws -> RunWriter {
    let writer = try fixture.store.open(run: run)
    try writer.recover(restore: { _ in true }, apply: { _ in })
    return writer
  }
}
