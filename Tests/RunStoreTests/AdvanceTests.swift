import Testing
import Values

@testable import RunStore

/// Space that a process writes ahead of the records to come.
@Suite(.timeLimit(.minutes(20))) struct AdvanceTests {
  /// A run whose journal has been synced often enough to be longer than its records.
  private func advanced(_ fixture: StoreFixture) throws -> RunWriter {
    let writer = try fixture.start(steps: 2)
    for number in 2..<6 {
      try writer.append(
        type: "note.added", actor: machine, at: moment(number), data: ["text": "x"])
      try writer.sync()
    }
    return writer
  }

  private func journal(_ fixture: StoreFixture, _ run: String) throws -> [UInt8] {
    try Folders.read(fixture.path(run, "journal.jsonl"))
  }

  @Test func `a journal that is longer than its records reads as they do`() throws {
    let fixture = StoreFixture()
    let writer = try advanced(fixture)
    let bytes = try journal(fixture, writer.run)
    #expect(bytes.count > writer.position.offset)
    #expect(bytes[writer.position.offset...].allSatisfy { $0 == 0x0A })
    #expect(try fixture.store.reader(run: writer.run).all().map(\.seq) == Array(0...6))
    let report = try fixture.store.verify(run: writer.run)
    #expect(report.isIntact)
    #expect(report.notes == ["there is no saved state; it is rebuilt from the journal"])
  }

  @Test func `the last record of a process is the end of the file`() throws {
    let fixture = StoreFixture()
    let writer = try advanced(fixture)
    try writer.append(type: "run.parked", actor: machine, at: moment(9), data: [:])
    try writer.sync(isLast: true)
    #expect(try journal(fixture, writer.run).count == writer.position.offset)
    writer.release()
    #expect(try journal(fixture, writer.run).suffix(2) == [0x7D, 0x0A])
  }

  @Test func `a process that lets the run go leaves nothing behind the records`() throws {
    let fixture = StoreFixture()
    let writer = try advanced(fixture)
    writer.release()
    #expect(try journal(fixture, writer.run).suffix(2) == [0x7D, 0x0A])
  }

  @Test func `what a killed process wrote in advance is no torn tail`() throws {
    let fixture = StoreFixture()
    let writer = try advanced(fixture)
    let bytes = try journal(fixture, writer.run)
    writer.release()
    try overwrite(fixture.path(writer.run, "journal.jsonl"), bytes)
    let again = try fixture.store.open(run: writer.run)
    let (_, records, recovery) = try again.recovered()
    #expect(records.count == 7 && recovery.repair == nil)
    try again.append(type: "run.parked", actor: machine, at: moment(9), data: [:])
    try again.sync(isLast: true)
    again.release()
    #expect(try journal(fixture, writer.run).count == again.position.offset)
    #expect(try fixture.store.verify(run: writer.run).isIntact)
  }

  @Test func `a record that was cut off in it is kept aside without it`() throws {
    let fixture = StoreFixture()
    let writer = try advanced(fixture)
    let end = writer.position.offset
    var bytes = try journal(fixture, writer.run)
    writer.release()
    let torn = Array("{\"actor\":{\"id\"".utf8)
    bytes.replaceSubrange(end..<(end + torn.count), with: torn)
    try overwrite(fixture.path(writer.run, "journal.jsonl"), bytes)
    let again = try fixture.store.open(run: writer.run)
    let repair = try #require(try again.recovered().recovery.repair)
    #expect(repair.byteCount == torn.count + 1)
    #expect(try Folders.read(fixture.path(writer.run, repair.file)) == torn + [0x0A])
    try again.append(
      type: "journal.repaired", actor: machine, at: moment(9),
      data: ["file": .string(repair.file), "sha256": .string(repair.sha256)])
    try again.sync()
    again.release()
    #expect(try fixture.store.verify(run: writer.run).isIntact)
  }

  @Test func `line feeds between records, or behind the end of a run, are not taken for it`() throws
  {
    let fixture = StoreFixture()
    let run = try fixture.finished(steps: 3)
    let bytes = try journal(fixture, run)
    try overwrite(fixture.path(run, "journal.jsonl"), bytes + [0x0A, 0x0A])
    let longer = try fixture.store.verify(run: run)
    #expect(
      longer.notes.contains { $0.contains("line feeds after the last record") }, "\(longer.notes)")
    let first = try #require(bytes.firstIndex(of: 0x0A))
    try overwrite(
      fixture.path(run, "journal.jsonl"), Array(bytes[...first]) + [0x0A] + bytes[(first + 1)...])
    #expect(try fixture.store.verify(run: run).firstBadRecord == 1)
  }
}
