/// Writes JSON strings with the fewest escapes (RFC 8785, section 3.2.2.2).
enum JSONQuoting {
  static func write(_ text: String, to writer: inout ByteWriter) {
    writer.append(0x22)
    var text = text
    text.withUTF8 { content in
      if content.contains(where: needsEscape) {
        writeEscaped(content, to: &writer)
      } else {
        writer.append(contentsOf: content)
      }
    }
    writer.append(0x22)
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
