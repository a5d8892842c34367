import CommandLineKit
import Documents
import Runner
import Values

/// The JSON of a run as `list --json` and `tasks --json` write it, put down when the run parks so
/// that a hundred thousand of them need only be copied.
///
/// A number of parts and their lengths, then the parts: the run, and each of its tasks without the
/// closing brace, so that members can follow.
struct RunDetails {
  static let indentation = 4

  let bytes: [UInt8]

  init(_ run: RunSnapshot) {
    let tasks = run.tasks.map { task -> [UInt8] in
      let text = JSONText.pretty(Self.json(task, of: run), indentation: Self.indentation)
      return Array(text.utf8.dropLast(Self.indentation + 2))
    }
    let summary = JSONText.pretty(run.summaryJSON, indentation: Self.indentation)
    let parts = [Array(summary.utf8)] + tasks
    var bytes: [UInt8] = []
    bytes.append(contentsOf: Self.bytes(of: parts.count))
    for part in parts { bytes.append(contentsOf: Self.bytes(of: part.count)) }
    for part in parts { bytes.append(contentsOf: part) }
    self.bytes = bytes
  }

  /// One of the parts; nil where there is none.
  static func part(_ number: Int, of bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard let count = Self.number(at: 0, bytes), number < count,
      var start = Optional(4 * (count + 1))
    else { return nil }
    for before in 0..<number { start += Self.number(at: 4 * (before + 1), bytes) ?? 0 }
    guard let size = Self.number(at: 4 * (number + 1), bytes), start + size <= bytes.count else {
      return nil
    }
    return UnsafeRawBufferPointer(rebasing: bytes[start..<(start + size)])
  }

  private static func json(_ task: StepView, of run: RunSnapshot) -> Value {
    guard case .map(var map) = task.json else { return .null }
    map["run"] = .string(run.runID)
    map["run_name"] = .string(run.name)
    return .map(map)
  }

  private static func bytes(of number: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt32(clamping: number).littleEndian) { Array($0) }
  }

  private static func number(at offset: Int, _ bytes: UnsafeRawBufferPointer) -> Int? {
    guard offset + 4 <= bytes.count else { return nil }
    return Int(
      UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
  }
}

/// A JSON document with one long list, written piece by piece.
struct JSONListWriter {
  private static let piece = 256 * 1024

  private let sink: TextSink
  private var bytes: [UInt8]
  private var isEmpty = true

  /// - Parameters:
  ///   - format: the document's `format`.
  ///   - member: the name of the list.
  init(format: String, member: String, to sink: TextSink) {
    self.sink = sink
    bytes = Array("{\n  \"format\": \"\(format)\",\n  \"\(member)\": [".utf8)
  }

  /// Adds an item, a text of JSON whose lines are indented already.
  mutating func add(_ item: UnsafeRawBufferPointer, ending: StaticString = "") {
    bytes.append(contentsOf: isEmpty ? [0x0A] : [0x2C, 0x0A])
    isEmpty = false
    bytes.append(contentsOf: repeatElement(0x20, count: RunDetails.indentation))
    bytes.append(contentsOf: item)
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: ending.utf8Start, count: ending.utf8CodeUnitCount))
    guard bytes.count > Self.piece else { return }
    sink.write(bytes)
    bytes.removeAll(keepingCapacity: true)
  }

  /// Ends the document.
  mutating func finish() {
    bytes.append(contentsOf: (isEmpty ? "]\n}\n" : "\n  ]\n}\n").utf8)
    sink.write(bytes)
    bytes = []
  }
}
