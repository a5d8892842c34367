import Documents
import Glibc
import Synchronization
import Values

@testable import RunStore

let machine = JournalRecord.Actor(kind: "machine", id: "runner")

/// A store in a folder of its own, deleted at the end, with a clock that moves a second a look and
/// random bytes that count.
final class StoreFixture: Sendable {
  let folder: String
  let store: RunStore

  init(key: SealingKey.Source? = nil, in parent: String = "/tmp") {
    var template = Array("\(parent)/store-tests-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { preconditionFailure("no folder for the test") }
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    self.folder = folder
    let ticks = Mutex<Int64>(1_795_000_000)
    let source = Mutex<UInt8>(0)
    store = RunStore(
      root: folder + "/.baton", key: key ?? SealingKey.Source(file: folder + "/keys/key"),
      sources: RunStore.Sources(
        now: {
          Timestamp(
            seconds: ticks.withLock {
              $0 += 1
              return $0
            })
        },
        random: { count in
          (0..<count).map { _ in
            source.withLock {
              $0 &+= 1
              return $0
            }
          }
        }))
  }

  deinit { Folders.deleteTree(folder) }

  func path(_ run: String, _ file: String) -> String { "\(store.folder(of: run))/\(file)" }

  /// A run with `run.created` and `steps` more records, synced, lock held.
  ///
  /// - Parameter isAtHome: Whether its journal says that it belongs where it is.
  func start(steps: Int = 0, data: ValueMap = [:], isAtHome: Bool = false) throws -> RunWriter {
    let run = store.newRunID()
    let writer = try store.create(
      run: run, definition: [("workflows/a.yaml", Array("name: a\n".utf8))])
    var head: ValueMap = [
      "format": "baton-journal/1", "run": .string(run), "definition": writer.pinned,
    ]
    if isAtHome {
      let place = try writer.whereabouts()
      head["home"] = ["folder": .string(place.folder), "identity": .string(place.identity)]
    }
    try writer.append(type: "run.created", actor: machine, at: moment(0), data: head)
    for number in 0..<steps {
      try writer.append(
        type: "step.succeeded", step: "s[\(number)]/größe", attempt: 1,
        actor: .init(kind: "person", id: "ana"), at: moment(number), data: data)
    }
    try writer.sync()
    return writer
  }

  /// A run that ended, is in the ledger, has its state saved, and is not held any more.
  func finished(steps: Int = 3) throws -> String {
    let writer = try start(steps: steps, data: ["outputs": ["n": 1.5, "text": "a\n\"b\""]])
    let state: Value = ["status": "succeeded", "steps": .int(Int64(steps))]
    try writer.append(
      type: "run.finished", actor: machine, at: moment(steps),
      data: [
        "status": "succeeded", "state_sha256": .string(try EncodedState(state).sha256),
      ])
    try writer.noteInLedger()
    try writer.saveState(state)
    writer.release()
    return writer.run
  }
}

extension RunWriter {
  var pinned: Value { .map(ValueMap(definition.map { ($0.path, Value.string($0.sha256)) })) }
}

func moment(_ second: Int) -> Timestamp {
  Timestamp(seconds: 1_795_000_000 + Int64(second), nanoseconds: 123_456_789)
}

/// Writes a file anew, as somebody who tampers would.
func overwrite(_ path: String, _ bytes: [UInt8]) throws {
  try Folders.write(bytes, to: path, durable: false)
}

extension RunReader {
  func all() throws -> [JournalRecord] {
    var records: [JournalRecord] = []
    try self.records { record in
      records.append(record)
      return true
    }
    return records
  }
}

extension RunWriter {
  /// Brings the run back and returns what was restored and applied.
  func recovered() throws -> (state: Value?, records: [JournalRecord], recovery: Recovery) {
    var state: Value?
    var records: [JournalRecord] = []
    let recovery = try recover(
      restore: {
        state = $0
        return true
      }, apply: { records.append($0) })
    return (state, records, recovery)
  }
}

/// The error that a call throws; nil where it throws none.
func storeError(_ body: () throws -> Void) -> StoreError? {
  do {
    try body()
    return nil
  } catch {
    return error as? StoreError
  }
}

/// Another process, with its standard output to read from.
final class OtherProcess {
  private let stream: UnsafeMutablePointer<FILE>

  init?(_ command: String) {
    guard let stream = popen(command, "r") else { return nil }
    self.stream = stream
  }

  /// The next line it writes; nil at its end.
  func line() -> String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    guard fgets(&buffer, Int32(buffer.count), stream) != nil else { return nil }
    let bytes = buffer.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Waits for its end; the exit code.
  func end() -> Int32 { (pclose(stream) >> 8) & 0xFF }
}

let hasPython = access("/usr/bin/python3", X_OK) == 0 || access("/usr/local/bin/python3", X_OK) == 0

extension EncodedState {
  init(_ state: Value) throws { self.init(try CanonicalJSON.encode(state)) }
}

extension FoldedState {
  init(_ state: Value) throws { self.init(layout: 1, state: try EncodedState(state)) }
}

extension RunWriter {
  func saveState(_ state: Value) throws { try saveState(EncodedState(state)) }
}
