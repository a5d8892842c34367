internal import CCrypto
internal import Documents
internal import Values

/// Writes records in canonical JSON straight into bytes, and chains them.
///
/// The members of a record come in the order of RFC 8785: actor, at, attempt, data, hash, prev, seq,
/// step, type. So the text that is hashed is the line with `"hash":"…",` cut out.
struct RecordEncoder {
  /// The hash of the record before, 64 digits.
  var head: [UInt8] = Array(Digest.zero.utf8)

  /// Appends a record's line with its newline and moves the head on. After a failure neither the
  /// bytes nor the head have changed.
  mutating func append(
    seq: Int, at: String, type: String, step: String?, attempt: Int?, actor: JournalRecord.Actor,
    data: ValueMap, to bytes: inout [UInt8]
  ) throws(StoreError) {
    let start = bytes.count
    do throws(CanonicalJSONError) {
      append("{\"actor\":{\"id\":", &bytes)
      CanonicalJSON.append(text: actor.id, to: &bytes)
      append(",\"kind\":", &bytes)
      CanonicalJSON.append(text: actor.kind, to: &bytes)
      append("},\"at\":\"", &bytes)
      bytes.append(contentsOf: at.utf8)
      append("\"", &bytes)
      if let attempt {
        append(",\"attempt\":", &bytes)
        append(number: attempt, &bytes)
      }
      append(",\"data\":", &bytes)
      try CanonicalJSON.append(data, to: &bytes)
      append(",\"hash\":\"", &bytes)
      let hash = bytes.count
      bytes.append(contentsOf: head)
      append("\",\"prev\":\"", &bytes)
      bytes.append(contentsOf: head)
      append("\",\"seq\":", &bytes)
      append(number: seq, &bytes)
      if let step {
        append(",\"step\":", &bytes)
        CanonicalJSON.append(text: step, to: &bytes)
      }
      append(",\"type\":", &bytes)
      CanonicalJSON.append(text: type, to: &bytes)
      append("}", &bytes)
      seal(from: start, hash: hash, &bytes)
    } catch {
      bytes.removeLast(bytes.count - start)
      throw .notRecordable(error.message)
    }
    bytes.append(0x0A)
  }

  /// Hashes the record around its `hash` member, and fills that in.
  private mutating func seal(from start: Int, hash: Int, _ bytes: inout [UInt8]) {
    head.withUnsafeMutableBufferPointer { head in
      bytes.withUnsafeMutableBytes { record in
        var context = ccrypto_sha256_context()
        var digest: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        ccrypto_sha256_start(&context)
        let before = hash - 8 - start
        let after = hash + 66
        guard let base = record.baseAddress else { return }
        ccrypto_sha256_update(&context, base + start, before)
        ccrypto_sha256_update(&context, base + after, record.count - after)
        withUnsafeMutableBytes(of: &digest) { digest in
          ccrypto_sha256_finish(&context, digest.baseAddress)
          ccrypto_hex(digest.baseAddress, 32, head.baseAddress)
        }
        UnsafeMutableRawBufferPointer(rebasing: record[hash..<(hash + 64)])
          .copyMemory(from: UnsafeRawBufferPointer(head))
      }
    }
  }

  private func append(_ text: StaticString, _ bytes: inout [UInt8]) {
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  private func append(number: Int, _ bytes: inout [UInt8]) {
    if number < 10 && number >= 0 { return bytes.append(0x30 + UInt8(number)) }
    bytes.append(contentsOf: String(number).utf8)
  }
}
