internal import Documents
internal import Glibc
internal import Values

/// `run.json`: the state as of a record, in canonical JSON, with `state` as the last member, so that
/// the bytes of the state are those its hash is of.
struct StateCache {
  static let format = "baton-state/1"

  let position: JournalPosition
  let sha256: String
  private let bytes: ArraySlice<UInt8>

  /// The content of the file for a state after the record before `position`.
  static func content(
    run: String, position: JournalPosition, state: EncodedState
  ) -> [UInt8] {
    let head =
      "{\"format\":\"\(format)\",\"head\":\"\(position.head)\",\"line\":\(position.line),"
      + "\"offset\":\(position.offset),\"run\":\"\(run)\",\"seq\":\(position.seq - 1),"
      + "\"sha256\":\"\(state.sha256)\",\"state\":"
    var bytes: [UInt8] = []
    bytes.reserveCapacity(head.utf8.count + state.bytes.count + 2)
    bytes.append(contentsOf: head.utf8)
    bytes.append(contentsOf: state.bytes)
    bytes.append(contentsOf: [0x7D, 0x0A])
    return bytes
  }

  /// Why a file is not a state that counts.
  struct Unfit: Error {
    let sentence: String
    /// Whether a loss of power leaves such a file, since nobody waits for it to be on disk.
    var isCutOff = false
  }

  /// - Throws: ``Unfit`` where the content is not whole or of another run.
  init(_ content: [UInt8], run: String) throws(Unfit) {
    let mark = Array(",\"state\":".utf8)
    guard content.last == 0x0A, !content.contains(0) else {
      throw Unfit(sentence: "it is cut off", isCutOff: true)
    }
    guard content.suffix(2).elementsEqual([0x7D, 0x0A]),
      let place = content.firstRange(ofBytes: mark),
      let head = try? JSONReader.value(from: Array(content[..<place.lowerBound]) + [0x7D])
    else { throw Unfit(sentence: "it is not whole") }
    guard head["format"]?.asString == Self.format, head["run"]?.asString == run,
      let seq = head["seq"]?.asInt, let offset = head["offset"]?.asInt,
      let line = head["line"]?.asInt, let chain = head["head"]?.asString,
      let sha256 = head["sha256"]?.asString, 0 <= line, line < offset, 0 <= seq
    else { throw Unfit(sentence: "it is not of this format and run") }
    position = JournalPosition(
      seq: Int(seq) + 1, offset: Int(offset), line: Int(line), head: chain)
    self.sha256 = sha256
    bytes = content[place.upperBound..<(content.count - 2)]
    guard bytes.withUnsafeBytes({ Digest.hex($0) }) == sha256 else {
      throw Unfit(sentence: "its state is not the one that was saved")
    }
  }

  /// The state, read.
  func state() throws(Unfit) -> Value {
    do throws(JSONError) {
      return try JSONReader.value(
        from: Array(bytes), depthLimit: 1000, largeIntegers: .double)
    } catch {
      throw Unfit(sentence: "its state is not JSON")
    }
  }

  /// The place in the journal after the record the state is of, where that record is there and says
  /// so, and carries the hash of this state if it carries one (`state_sha256` of parking); with the type of
  /// that record.
  func confirmed(
    by journal: OpenFile
  ) throws(StoreError) -> (position: JournalPosition, type: String)? {
    guard position.offset <= (try journal.size()) else { return nil }
    let line = try journal.read(position.offset - position.line, at: position.line)
    guard line.last == 0x0A else { return nil }
    let decoder = RecordDecoder()
    let record = line.withUnsafeBytes { bytes in
      try? decoder.decode(UnsafeRawBufferPointer(rebasing: bytes.dropLast()))
    }
    guard let record, record.hash == position.head, record.seq == position.seq - 1 else {
      return nil
    }
    if let promised = record.data["state_sha256"]?.asString, promised != sha256 { return nil }
    var confirmed = position
    confirmed.moment = record.moment
    return (confirmed, record.type)
  }
}

extension [UInt8] {
  /// The first place where the bytes occur.
  fileprivate func firstRange(ofBytes wanted: [UInt8]) -> Range<Int>? {
    guard count >= wanted.count else { return nil }
    return (0...(count - wanted.count)).first { start in
      self[start] == wanted[0] && self[start..<(start + wanted.count)].elementsEqual(wanted)
    }.map { $0..<($0 + wanted.count) }
  }
}
