/// The encoding of international labels (RFC 3492).
enum Punycode {
  static func decode(_ text: ArraySlice<UInt8>) -> [Unicode.Scalar]? {
    var output: [Unicode.Scalar] = []
    var rest = text
    if let dash = text.lastIndex(of: 0x2D) {
      guard dash > text.startIndex else { return nil }
      output = text[..<dash].map { Unicode.Scalar($0) }
      rest = text[(dash + 1)...]
    }
    guard !rest.isEmpty else { return nil }
    var (code, index, bias) = (128, 0, 72)
    while !rest.isEmpty {
      guard let step = integer(&rest, bias) else { return nil }
      index += step
      let count = output.count + 1
      bias = adapted(step, count, isFirst: index == step && code == 128)
      code += index / count
      index %= count
      guard code <= 0x10FFFF, let scalar = Unicode.Scalar(UInt32(code)) else { return nil }
      output.insert(scalar, at: index)
      index += 1
    }
    return output
  }

  /// A variable-length integer (section 3.3).
  private static func integer(_ rest: inout ArraySlice<UInt8>, _ bias: Int) -> Int? {
    var (value, weight, position) = (0, 1, 36)
    while let byte = rest.popFirst() {
      guard byte.isLetter || byte.isDigit else { return nil }
      let digit = byte.isDigit ? Int(byte) - 0x30 + 26 : Int(byte | 0x20) - 0x61
      value += digit * weight
      let threshold = min(max(position - bias, 1), 26)
      if digit < threshold { return value }
      weight *= 36 - threshold
      guard weight < 1 << 40, value < 1 << 40 else { return nil }
      position += 36
    }
    return nil
  }

  private static func adapted(_ delta: Int, _ count: Int, isFirst: Bool) -> Int {
    var delta = isFirst ? delta / 700 : delta / 2
    delta += delta / count
    var bias = 0
    while delta > 455 {
      delta /= 35
      bias += 36
    }
    return bias + 36 * delta / (delta + 38)
  }

  /// How many characters a label takes behind `xn--` (section 6.3).
  static func encodedLength(_ label: [Unicode.Scalar]) -> Int {
    let basic = label.filter(\.isASCII).count
    var length = basic + (basic > 0 ? 1 : 0)
    var (code, delta, bias, handled) = (128, 0, 72, basic)
    while handled < label.count {
      let next = label.lazy.map { Int($0.value) }.filter { $0 >= code }.min() ?? code
      delta += (next - code) * (handled + 1)
      code = next
      for scalar in label {
        if scalar.value < code { delta += 1 }
        guard scalar.value == code else { continue }
        length += digits(delta, bias)
        bias = adapted(delta, handled + 1, isFirst: handled == basic)
        delta = 0
        handled += 1
      }
      delta += 1
      code += 1
    }
    return length
  }

  private static func digits(_ delta: Int, _ bias: Int) -> Int {
    var (rest, position, count) = (delta, 36, 1)
    while true {
      let threshold = min(max(position - bias, 1), 26)
      if rest < threshold { return count }
      rest = (rest - threshold) / (36 - threshold)
      position += 36
      count += 1
    }
  }
}
