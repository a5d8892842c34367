internal import Documents
internal import Glibc
internal import Values

/// Reads lines of a journal, strictly: a line counts only if writing its record again gives it.
///
/// Keeps nothing from one line to the next but memory to write them again in.
final class RecordDecoder {
  private var encoder = RecordEncoder()
  private var scratch = ByteWriter()

  /// Why a line is not an intact record.
  struct Damage: Error {
    let sentence: String
  }

  /// The record of a line (without its newline), intact in itself: canonical, with the hash that
  /// belongs to it. Whether it follows the record before is the caller's to compare.
  func decode(_ line: UnsafeRawBufferPointer) throws(Damage) -> JournalRecord {
    let record = try read(line)
    encoder.head = Array(record.prev.utf8)
    scratch.truncate(to: 0)
    do throws(StoreError) {
      try encoder.append(
        seq: record.seq, at: Array(record.at.utf8), type: record.type, step: record.step,
        attempt: record.attempt, actor: record.actor, data: record.data, to: &scratch)
    } catch {
      throw Damage(sentence: error.message)
    }
    guard encoder.head.elementsEqual(record.hash.utf8) else {
      throw Damage(sentence: "its hash is not that of its content")
    }
    guard isWritten(line) else {
      throw Damage(sentence: "it is not in canonical form")
    }
    return record
  }

  /// Whether the line is what writing the record again gave.
  private func isWritten(_ line: UnsafeRawBufferPointer) -> Bool {
    let written = scratch.bytes
    guard let left = written.baseAddress, let right = line.baseAddress else { return false }
    return written.count == line.count + 1 && memcmp(left, right, line.count) == 0
  }

  private func read(_ line: UnsafeRawBufferPointer) throws(Damage) -> JournalRecord {
    let value: Value
    do throws(JSONError) {
      value = try JSONReader.value(from: line, depthLimit: 1000, largeIntegers: .double)
    } catch {
      throw Damage(sentence: "it is not JSON: \(error.message)")
    }
    guard case .map(let members) = value else { throw Damage(sentence: "it is not an object") }
    return try record(members)
  }

  private func record(_ members: ValueMap) throws(Damage) -> JournalRecord {
    let attempt = members["attempt"].map { $0.asInt }
    guard let actor = members["actor"], let kind = actor["kind"]?.asString,
      let id = actor["id"]?.asString, let data = members["data"]?.asMap,
      let seq = members["seq"]?.asInt, attempt != .some(.none)
    else { throw Damage(sentence: "members are missing or of another type") }
    return JournalRecord(
      seq: Int(seq), at: try moment(members), type: try text("type", members),
      step: members["step"] == nil ? nil : try text("step", members),
      attempt: attempt.flatMap { $0 }.map(Int.init), actor: JournalRecord.Actor(kind: kind, id: id),
      data: data, prev: try hash("prev", members), hash: try hash("hash", members))
  }

  private func text(_ name: String, _ members: ValueMap) throws(Damage) -> String {
    guard let text = members[name]?.asString else {
      throw Damage(sentence: "`\(name)` is missing or not text")
    }
    return text
  }

  private func moment(_ members: ValueMap) throws(Damage) -> String {
    let text = try text("at", members)
    guard RecordTime.parse(text) != nil else { throw Damage(sentence: "`at` is not a moment") }
    return text
  }

  private func hash(_ name: String, _ members: ValueMap) throws(Damage) -> String {
    guard let text = members[name]?.asString, Commitment(hex: text) != nil else {
      throw Damage(sentence: "`\(name)` is not a hash")
    }
    return text
  }
}
