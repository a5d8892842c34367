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
  ///
  /// - Parameter moment: `at` as it is written.
  mutating func append(
    seq: Int, at moment: [UInt8], type: String, step: String?, attempt: Int?,
    actor: JournalRecord.Actor, data: ValueMap, to bytes: inout ByteWriter
  ) throws(StoreError) {
    let start = bytes.count
    do throws(CanonicalJSONError) {
      bytes.append("{\"actor\":{\"id\":")
      CanonicalJSON.append(text: actor.id, to: &bytes)
      bytes.append(",\"kind\":")
      CanonicalJSON.append(text: actor.kind, to: &bytes)
      bytes.append("},\"at\":\"")
      bytes.append(contentsOf: moment)
      bytes.append("\"")
      if let attempt {
        bytes.append(",\"attempt\":")
        bytes.append(decimal: attempt)
      }
      bytes.append(",\"data\":")
      try CanonicalJSON.append(data, to: &bytes)
      bytes.append(",\"hash\":\"")
      let hash = bytes.count
      bytes.append(contentsOf: head)
      bytes.append("\",\"prev\":\"")
      bytes.append(contentsOf: head)
      bytes.append("\",\"seq\":")
      bytes.append(decimal: seq)
      if let step {
        bytes.append(",\"step\":")
        CanonicalJSON.append(text: step, to: &bytes)
      }
      bytes.append(",\"type\":")
      CanonicalJSON.append(text: type, to: &bytes)
      bytes.append("}\n")
      seal(from: start, hash: hash, bytes.mutableBytes)
    } catch {
      bytes.truncate(to: start)
      throw .notRecordable(error.message)
    }
  }

  /// Hashes the record around its `hash` member, and fills that in.
  private mutating func seal(
    from start: Int, hash: Int, _ bytes: UnsafeMutableBufferPointer<UInt8>
  ) {
    guard let base = bytes.baseAddress else { return }
    head.withUnsafeMutableBufferPointer { head in
      var context = ccrypto_sha256_context()
      var digest: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
      ccrypto_sha256_start(&context)
      let before = hash - 8 - start
      let after = hash + 66
      ccrypto_sha256_update(&context, base + start, before)
      ccrypto_sha256_update(&context, base + after, bytes.count - 1 - after)
      withUnsafeMutableBytes(of: &digest) { digest in
        ccrypto_sha256_finish(&context, digest.baseAddress)
        ccrypto_hex(digest.baseAddress, 32, head.baseAddress)
      }
      if let digits = head.baseAddress { (base + hash).update(from: digits, count: 64) }
    }
  }
}
