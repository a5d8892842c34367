/// Host names (RFC 1123, section 2.1; RFC 5890 to 5893 for international ones).
enum HostFormat {
  static func isHost(_ text: String) -> Bool {
    guard !text.isEmpty, text.utf8.count <= 253 else { return false }
    return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isLabel)
  }

  static func isInternationalHost(_ text: String) -> Bool {
    let labels = text.unicodeScalars.split(
      omittingEmptySubsequences: false,
      whereSeparator: { [0x2E, 0x3002, 0xFF0E, 0xFF61].contains($0.value) })
    var length = labels.count - 1
    // In a name with a right-to-left label none starts with a digit (RFC 5893, section 2, rule 1).
    let startsWithDigit = labels.contains { $0.first?.properties.generalCategory == .decimalNumber }
    if startsWithDigit, text.unicodeScalars.contains(where: isRightToLeft) { return false }
    for label in labels {
      let isASCII = label.allSatisfy(\.isASCII)
      guard isASCII ? isLabel(Substring(label)) : isUnicodeLabel(Array(label)) else { return false }
      length += isASCII ? label.count : Punycode.encodedLength(Array(label)) + 4
    }
    return !text.isEmpty && length <= 253
  }

  private static func isLabel(_ label: Substring) -> Bool {
    let bytes = Array(label.utf8)
    guard (1...63).contains(bytes.count), bytes.first != 0x2D, bytes.last != 0x2D,
      bytes.allSatisfy({ $0.isLetter || $0.isDigit || $0 == 0x2D })
    else { return false }
    guard bytes.count >= 4, bytes[2] == 0x2D, bytes[3] == 0x2D else { return true }
    let small = label.lowercased()
    guard small.hasPrefix("xn--"), let scalars = Punycode.decode(Array(small.utf8)[4...]) else {
      return false
    }
    return !scalars.allSatisfy(\.isASCII) && isUnicodeLabel(scalars)
  }

  /// RFC 5891, section 4.2, and the rules of RFC 5892 and 5893.
  private static func isUnicodeLabel(_ label: [Unicode.Scalar]) -> Bool {
    guard let first = label.first, let last = label.last, first != "-", last != "-" else {
      return false
    }
    if label.count >= 4, label[2] == "-", label[3] == "-" { return false }
    if isMark(first) { return false }
    guard Punycode.encodedLength(label) + 4 <= 63 else { return false }
    return label.indices.allSatisfy { isAllowed(at: $0, in: label) } && isBidirectional(label)
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    [.nonspacingMark, .spacingMark, .enclosingMark].contains(scalar.properties.generalCategory)
  }

  private static func isAllowed(at index: Int, in label: [Unicode.Scalar]) -> Bool {
    let scalar = label[index]
    switch scalar.value {
    case 0x2D, 0xDF, 0x3C2, 0x6FD, 0x6FE, 0xF0B, 0x3007: return true
    case 0x640, 0x7FA, 0x302E, 0x302F, 0x3031...0x3035, 0x303B: return false
    case 0xB7:
      return index > 0 && index + 1 < label.count && label[index - 1] == "l"
        && label[index + 1] == "l"
    case 0x375: return index + 1 < label.count && isGreek(label[index + 1])
    case 0x5F3, 0x5F4: return index > 0 && (0x590...0x5FF).contains(label[index - 1].value)
    case 0x30FB: return label.contains(where: isJapanese)
    case 0x660...0x669: return !label.contains { (0x6F0...0x6F9).contains($0.value) }
    case 0x6F0...0x6F9: return !label.contains { (0x660...0x669).contains($0.value) }
    case 0x200C, 0x200D: return isJoined(at: index, in: label)
    default: return isProtocolValid(scalar)
    }
  }

  private static func isProtocolValid(_ scalar: Unicode.Scalar) -> Bool {
    let properties = scalar.properties
    switch properties.generalCategory {
    case .lowercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark,
      .decimalNumber:
      return properties.lowercaseMapping.unicodeScalars.elementsEqual([scalar])
    default: return false
    }
  }

  private static func isGreek(_ scalar: Unicode.Scalar) -> Bool {
    (0x370...0x3FF).contains(scalar.value) || (0x1F00...0x1FFF).contains(scalar.value)
  }

  private static func isJapanese(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x3041...0x3096, 0x309D...0x309F, 0x30A1...0x30FA, 0x30FD...0x30FF, 0x3400...0x4DBF,
      0x4E00...0x9FFF, 0x3005, 0x3007:
      true
    default: false
    }
  }

  /// RFC 5892, appendices A.1 and A.2: behind a virama, or (zero width non-joiner) between letters
  /// that join.
  private static func isJoined(at index: Int, in label: [Unicode.Scalar]) -> Bool {
    guard index > 0 else { return false }
    if label[index - 1].properties.canonicalCombiningClass == .virama { return true }
    guard label[index] == "\u{200C}", index + 1 < label.count else { return false }
    let joins = { (scalar: Unicode.Scalar) in (0x620...0x8FF).contains(scalar.value) }
    return joins(label[index - 1]) && joins(label[index + 1])
  }

  /// RFC 5893, section 2, in short: a label that runs from right to left starts so and does not hold
  /// letters that run the other way.
  private static func isBidirectional(_ label: [Unicode.Scalar]) -> Bool {
    guard label.contains(where: isRightToLeft), let first = label.first else { return true }
    return isRightToLeft(first)
      && !label.contains { $0.isASCII && $0.properties.isAlphabetic }
      && !(label.contains(where: isArabicDigit) && label.contains { ("0"..."9").contains($0) })
  }

  private static func isRightToLeft(_ scalar: Unicode.Scalar) -> Bool {
    (0x590...0x8FF).contains(scalar.value) && !isMark(scalar)
      && scalar.properties.generalCategory != .decimalNumber
  }

  private static func isArabicDigit(_ scalar: Unicode.Scalar) -> Bool {
    (0x660...0x669).contains(scalar.value)
  }
}

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
