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

  private func open(_ fixture: StoreFixture, _ run: String) throws -> RunWriter {
    let writer = try fixture.store.open(run: run)
    try writer.recover(restore: { _ in true }, apply: { _ in })
    return writer
  }
}
