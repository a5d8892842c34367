import Documents
import Glibc
import Testing
import Values

@testable import RunStore

@Suite(.timeLimit(.minutes(20))) struct JournalTests {
  @Test func `a record is one line of canonical JSON, chained to the one before`() throws {
    let fixture = StoreFixture()
    let writer = try fixture.start(steps: 1, data: ["b": 1, "a": ["x", .null]])
    let bytes = try Folders.read(fixture.path(writer.run, "journal.jsonl"))
    let lines = bytes.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
    let records = try writer.reader.all()
    #expect(records[0].prev == String(repeating: "0", count: 64))
    #expect(
      lines[1]
        == #"{"actor":{"id":"ana","kind":"person"},"at":"2026-11-18T11:06:40.123Z","attempt":1,"data":{"a":["x",null],"b":1},"hash":"\#(records[1].hash)","prev":"\#(records[0].hash)","seq":1,"step":"s[0]/größe","type":"step.succeeded"}"#
    )
    let content = lines[1].split(separator: #""hash":"\#(records[1].hash)","#)
    #expect(Digest.hex(Array(content.joined().utf8)) == records[1].hash)
  }

  @Test func `what is read is what was appended`() throws {
    let fixture = StoreFixture()
    let data: ValueMap = [
      "text": "\u{0}\u{1F}\u{7F}\u{2028}é e\u{301} 😀 \"\\/", "empty": [], "nothing": [:],
      "huge": 1e21, "small": .double(.leastNonzeroMagnitude), "third": .double(1.0 / 3),
      "deep": [[[["x"]]]],
      "most": .int(9_007_199_254_740_992), "": "no name", "wide": 1e20,
    ]
    let writer = try fixture.start(steps: 2, data: data)
    let read = try writer.reader.all()
    #expect(read.count == 3)
    #expect(read[1].data["text"] == data["text"])
    #expect(read[1].data["huge"] == 1e21)
    #expect(read[2].data["wide"]?.asNumber == 1e20)
    let last = try writer.append(type: "note.added", actor: machine, at: moment(9), data: data)
    try writer.sync()
    #expect(try writer.reader.all().last?.hash == last.hash)
  }

  @Test func `an integer beyond 2^53 is recorded as text`() throws {
    let fixture = StoreFixture()
    let writer = try fixture.start(steps: 1, data: ["n": .int(9_007_199_254_740_993)])
    #expect(try writer.reader.all()[1].data["n"] == "9007199254740993")
  }

  @Test func `what JSON cannot say is refused and leaves the journal as it was`() throws {
    let fixture = StoreFixture()
    let writer = try fixture.start(steps: 1)
    let error = storeError {
      try writer.append(
        type: "note.added", actor: machine, at: moment(9), data: ["a": 1, "b": .double(.nan)])
    }
    guard case .notRecordable = error else {
      throw Unexpected(what: "\(String(describing: error))")
    }
    try writer.append(type: "note.added", actor: machine, at: moment(9), data: [:])
    try writer.sync()
    #expect(try writer.reader.all().map(\.seq) == [0, 1, 2])
    #expect(try fixture.store.verify(run: writer.run).isIntact)
  }

  @Test func `time does not go back`() throws {
    let fixture = StoreFixture()
    let writer = try fixture.start(steps: 3)
    let record = try writer.append(type: "note.added", actor: machine, at: moment(-60), data: [:])
    #expect(record.at == "2026-11-18T11:06:42.123Z")
    #expect(writer.lastMoment == moment(2))
  }

  @Test func `nothing is on disk before it is synced, and a folder appears whole`() throws {
    let fixture = StoreFixture()
    let run = fixture.store.newRunID()
    let writer = try fixture.store.create(run: run, definition: [("a.yaml", [1, 2])])
    try writer.append(type: "run.created", actor: machine, at: moment(0), data: [:])
    #expect(try fixture.store.list() == [])
    #expect(!writer.isDurable)
    try writer.sync()
    #expect(try fixture.store.list() == [run])
    #expect(writer.isDurable)
    #expect(try Folders.names(in: fixture.store.draftsFolder) == [])
  }

  @Test func `a run that is never synced leaves nothing`() throws {
    let fixture = StoreFixture()
    let run = fixture.store.newRunID()
    let writer = try fixture.store.create(run: run, definition: [("a.yaml", [1, 2])])
    writer.release()
    #expect(try fixture.store.list() == [])
    #expect(try Folders.names(in: fixture.store.draftsFolder) == [])
  }

  @Test func `files and folders are private to the user`() throws {
    let fixture = StoreFixture()
    let run = try fixture.finished()
    try fixture.store.deliver(id: "a", content: 1, to: run)
    try fixture.store.appendProjectEvent(["event": "x"])
    #expect(modes(below: fixture.store.root).allSatisfy { $0 & 0o077 == 0 })
  }

  @Test func `more than is buffered arrives, in order`() throws {
    let fixture = StoreFixture()
    let writer = try fixture.start(
      steps: 2000, data: ["text": .string(String(repeating: "x", count: 300))])
    #expect(try writer.reader.all().map(\.seq) == Array(0...2000))
    #expect(try fixture.store.verify(run: writer.run).isIntact)
  }

  @Test(arguments: [
    ("1970-01-01T00:00:00.000Z", 0, 0), ("2000-02-29T23:59:59.999Z", 951_868_799, 999_000_000),
    ("1969-12-31T23:59:59.500Z", -1, 500_000_000), ("9999-12-31T00:00:00.000Z", 253_402_214_400, 0),
  ])
  func `moments are written and read`(text: String, seconds: Int64, nanoseconds: Int32) {
    let moment = Timestamp(seconds: seconds, nanoseconds: nanoseconds)
    #expect(RecordTime.text(moment) == text)
    #expect(RecordTime.parse(text) == moment)
  }

  private func modes(below path: String) -> [mode_t] {
    var status = stat()
    guard stat(path, &status) == 0 else { return [] }
    let names = (try? Folders.names(in: path)) ?? []
    return [status.st_mode] + names.flatMap { modes(below: "\(path)/\($0)") }
  }
}

struct Unexpected: Error {
  let what: String
}
