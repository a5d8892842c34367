/// Writes numbers as ECMAScript does (ECMA-262, Number::toString; RFC 8785, section 3.2.2.3).
enum ECMAScriptNumber {
  static func write(_ magnitude: UInt64, to writer: inout ByteWriter) {
    var size = 1
    var rest = magnitude
    while rest >= 10 {
      rest /= 10
      size += 1
    }
    writer.append(atMost: size) { place in
      var rest = magnitude
      for index in stride(from: size - 1, through: 0, by: -1) {
        place[index] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      }
      return size
    }
  }

  /// - Precondition: the number is finite.
  static func write(_ number: Double, to writer: inout ByteWriter) {
    if let amount = Int64(exactly: number), amount.magnitude <= CoreSchema.largestInteger {
      if amount < 0 { writer.append(0x2D) }
      write(amount.magnitude, to: &writer)
      return
    }
    if number < 0 { writer.append(0x2D) }
    let (digits, point) = shortestDigits(of: number.magnitude)
    var text: [UInt8] = []
    layOut(digits, point: point, to: &text)
    text.withUnsafeBufferPointer { writer.append(contentsOf: $0) }
  }

  /// The shortest digits that read back as the number, and where the point stands: the number is
  /// 0.DIGITS × 10^point. Swift's `description` has these digits in another layout.
  private static func shortestDigits(of number: Double) -> (digits: [UInt8], point: Int) {
    var digits: [UInt8] = []
    var point: Int?
    var exponent = 0
    let text = Array(number.description.utf8)
    for (index, byte) in text.enumerated() {
      switch byte {
      case 0x2E: point = digits.count
      case 0x65:
        exponent = Int(String(decoding: text[(index + 1)...], as: UTF8.self)) ?? 0
      case 0x30...0x39 where !text[..<index].contains(0x65): digits.append(byte)
      default: break
      }
    }
    let leading = digits.prefix { $0 == 0x30 }.count
    let place = (point ?? digits.count) + exponent - leading
    digits.removeFirst(leading)
    while digits.last == 0x30 { digits.removeLast() }
    return (digits, place)
  }

  private static func layOut(_ digits: [UInt8], point: Int, to bytes: inout [UInt8]) {
    switch point {
    case digits.count...21:
      bytes += digits
      bytes += repeatElement(0x30, count: point - digits.count)
    case 1...21:
      bytes += digits[..<point]
      bytes.append(0x2E)
      bytes += digits[point...]
    case -5...0:
      bytes += [0x30, 0x2E]
      bytes += repeatElement(0x30, count: -point)
      bytes += digits
    default:
      bytes.append(digits[0])
      if digits.count > 1 {
        bytes.append(0x2E)
        bytes += digits[1...]
      }
      bytes += [0x65, point > 0 ? 0x2B : 0x2D]
      bytes += String((point - 1).magnitude).utf8
    }
  }
}
