/// Base64 with padding (RFC 4648, section 4).
package enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let pad = UInt8(ascii: "=")

  private static let values: [UInt8?] = {
    var table = [UInt8?](repeating: nil, count: 256)
    for (value, letter) in alphabet.enumerated() { table[Int(letter)] = UInt8(value) }
    return table
  }()

  package static func encode(_ bytes: some Collection<UInt8>) -> String {
    var result: [UInt8] = []
    result.reserveCapacity((bytes.count + 2) / 3 * 4)
    var group: UInt32 = 0
    var count = 0
    for byte in bytes {
      group = group << 8 | UInt32(byte)
      count += 1
      if count == 3 {
        append(group, letters: 4, to: &result)
        (group, count) = (0, 0)
      }
    }
    if count > 0 {
      append(group << UInt32(8 * (3 - count)), letters: count + 1, to: &result)
      result += [UInt8](repeating: pad, count: 3 - count)
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func append(_ group: UInt32, letters: Int, to result: inout [UInt8]) {
    for position in 0..<letters {
      result.append(alphabet[Int(group >> UInt32(18 - 6 * position) & 63)])
    }
  }

  /// The bytes; nil for text that is not base64 with padding. Line breaks are skipped.
  package static func decode(_ text: String) -> [UInt8]? {
    var letters = text.utf8.filter { $0 != 0x0A && $0 != 0x0D }
    guard letters.count % 4 == 0 else { return nil }
    let padding = letters.reversed().prefix { $0 == pad }.count
    guard padding <= 2 else { return nil }
    letters.removeLast(padding)
    var result: [UInt8] = []
    var group: UInt32 = 0
    for (position, letter) in letters.enumerated() {
      guard let value = values[Int(letter)] else { return nil }
      group = group << 6 | UInt32(value)
      if position % 4 > 0 {
        result.append(UInt8(truncatingIfNeeded: group >> UInt32(6 - 2 * (position % 4))))
      }
    }
    return result
  }
}
