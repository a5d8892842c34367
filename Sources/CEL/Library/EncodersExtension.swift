import Values

/// Bytes as text (CEL extension "encoders").
enum EncodersExtension {
  static let table: [FunctionDeclaration] = [
    FunctionDeclaration(
      "base64.encode", "Bytes as Base64 text (RFC 4648).", id: "base64_encode_bytes", [.bytes],
      .string, [("base64.encode(b'hello')", "'aGVsbG8='")]
    ) { (call) throws(EvaluationError) in
      guard case .bytes(let bytes) = call.values[0] else { throw call.unfit(0) }
      return .string(encode(try Arithmetic.sized(bytes.count / 3 * 4) { bytes }))
    },
    FunctionDeclaration(
      "base64.decode", "The bytes of a Base64 text, with or without its padding.",
      id: "base64_decode_string", [.string], .bytes,
      [("base64.decode('aGVsbG8=') == b'hello'", "true")]
    ) { (call) throws(EvaluationError) in
      guard let bytes = decode(try call.bytes(0)) else {
        throw EvaluationError(.invalidArgument, "the text is not Base64")
      }
      return .bytes(bytes)
    },
  ]

  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  private static let amounts: [UInt8: UInt32] = Dictionary(
    uniqueKeysWithValues: alphabet.enumerated().map { ($0.element, UInt32($0.offset)) })

  private static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let count = min(3, bytes.count - start)
      var group: UInt32 = 0
      for index in 0..<3 {
        group = group << 8 | (index < count ? UInt32(bytes[start + index]) : 0)
      }
      for index in 0..<4 {
        let letter = alphabet[Int(group >> UInt32(18 - 6 * index) & 63)]
        text.append(index <= count ? letter : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func decode(_ text: [UInt8]) -> [UInt8]? {
    var letters = text[...]
    while letters.last == UInt8(ascii: "="), text.count - letters.count < 2 { letters.removeLast() }
    let isPadded = letters.count < text.count
    guard letters.count % 4 != 1, !isPadded || text.count % 4 == 0 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(letters.count / 4 * 3 + 2)
    var group: UInt32 = 0
    var bitCount: UInt32 = 0
    for letter in letters {
      guard let amount = amounts[letter] else { return nil }
      group = group << 6 | amount
      bitCount += 6
      guard bitCount >= 8 else { continue }
      bitCount -= 8
      bytes.append(UInt8(truncatingIfNeeded: group >> bitCount))
      group &= (1 << bitCount) - 1
    }
    return bytes
  }
}
