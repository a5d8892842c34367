/// Writes JSON strings with the fewest escapes (RFC 8785, section 3.2.2.2).
enum JSONQuoting {
  static func write(_ text: String, to writer: inout ByteWriter) {
    writer.append(0x22)
    var text = text
    text.withUTF8 { content in
      if isPlain(content) {
        writer.append(contentsOf: content)
      } else {
        writeEscaped(content, to: &writer)
      }
    }
    writer.append(0x22)
  }

  /// Whether no byte needs an escape; eight bytes at a time, as most texts have none.
  @inline(__always)
  private static func isPlain(_ content: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let start = content.baseAddress else { return true }
    var index = 0
    while index + 8 <= content.count {
      let word = UnsafeRawPointer(start + index).loadUnaligned(as: UInt64.self)
      if mayNeedEscape(word) { return false }
      index += 8
    }
    while index < content.count {
      if needsEscape(start[index]) { return false }
      index += 1
    }
    return true
  }

  /// Whether one of eight bytes may need an escape: where a byte is below 0x20, a quote or a
  /// backslash, subtracting borrows from its highest bit. Never false where one does.
  @inline(__always)
  private static func mayNeedEscape(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quotes = word ^ (ones * 0x22)
    let backslashes = word ^ (ones * 0x5C)
    let found =
      ((word &- ones * 0x20) & ~word) | ((quotes &- ones) & ~quotes)
      | ((backslashes &- ones) & ~backslashes)
    return found & (ones * 0x80) != 0
  }

  private static func writeEscaped(
    _ content: UnsafeBufferPointer<UInt8>, to writer: inout ByteWriter
  ) {
    var start = 0
    for index in 0..<content.count where needsEscape(content[index]) {
      writer.append(contentsOf: UnsafeBufferPointer(rebasing: content[start..<index]))
      writeEscape(of: content[index], to: &writer)
      start = index + 1
    }
    writer.append(contentsOf: UnsafeBufferPointer(rebasing: content[start...]))
  }

  @inline(__always) static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == 0x22 || byte == 0x5C
  }

  private static func writeEscape(of byte: UInt8, to writer: inout ByteWriter) {
    writer.append(0x5C)
    switch byte {
    case 0x22, 0x5C: writer.append(byte)
    case 0x08: writer.append(0x62)
    case 0x09: writer.append(0x74)
    case 0x0A: writer.append(0x6E)
    case 0x0C: writer.append(0x66)
    case 0x0D: writer.append(0x72)
    default:
      let digits = Array("0123456789abcdef".utf8)
      writer.append("u00")
      writer.append(digits[Int(byte >> 4)])
      writer.append(digits[Int(byte & 15)])
    }
  }
}
