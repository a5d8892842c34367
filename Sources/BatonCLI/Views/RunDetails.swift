import CommandLineKit
import Documents
import Runner
import Values

/// The JSON of a run as `list --json` and `tasks --json` write it, put down when the run parks so
/// that a hundred thousand of them need only be copied.
///
/// A number of parts and their lengths, then the parts: the run, and each of its tasks without the
/// closing brace, so that members can follow. Each is one line.
struct RunDetails {
  let bytes: [UInt8]

  init(_ run: RunSnapshot) {
    let tasks = run.tasks.map { task in
      Array(JSONText.compact(Self.json(task, of: run)).utf8.dropLast())
    }
    let parts = [Array(JSONText.compact(run.summaryJSON).utf8)] + tasks
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
