/// A label with characters beyond ASCII (RFC 5891, section 4.2, and the rules of RFC 5892).
enum InternationalLabel {
  static func holds(_ label: [Unicode.Scalar]) -> Bool {
    guard let first = label.first, let last = label.last, first != "-", last != "-" else {
      return false
    }
    if label.count >= 4, label[2] == "-", label[3] == "-" { return false }
    if isMark(first) { return false }
    guard Punycode.encodedLength(label) + 4 <= 63 else { return false }
    return label.indices.allSatisfy { isAllowed(at: $0, in: label) }
      && BidirectionalRule.holds([label])
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    [.nonspacingMark, .spacingMark, .enclosingMark].contains(scalar.properties.generalCategory)
  }

  /// The exceptions of section 2.6, the contextual rules of appendix A, and what is left.
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

  /// Letters, digits and marks that stay what they are when names are compared (sections 2.1 to 2.9).
  private static func isProtocolValid(_ scalar: Unicode.Scalar) -> Bool {
    let properties = scalar.properties
    switch properties.generalCategory {
    case .lowercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark,
      .decimalNumber:
      break
    default: return false
    }
    switch scalar.value {
    // Old Hangul, and the blocks of musical marks.
    case 0x1100...0x11FF, 0xA960...0xA97F, 0xD7B0...0xD7FF, 0x20D0...0x20FF, 0x1D100...0x1D24F:
      return false
    default: return !properties.changesWhenNFKCCaseFolded && !properties.isDefaultIgnorableCodePoint
    }
  }

  private static func isGreek(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    // Between the two, the same block has Coptic letters.
    case 0x370...0x3E1, 0x3F0...0x3FF, 0x1D26...0x1D2A, 0x1F00...0x1FFF: true
    default: false
    }
  }

  /// Hiragana, Katakana and Han.
  private static func isJapanese(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x3041...0x3096, 0x309D...0x309F, 0x30A1...0x30FA, 0x30FD...0x30FF, 0x31F0...0x31FF,
      0x3400...0x4DBF, 0x4E00...0x9FFF, 0x3005, 0x3007, 0x1B000...0x1B16F, 0x20000...0x3FFFF:
      true
    default: false
    }
  }

  /// Appendices A.1 and A.2: behind a virama, or (zero width non-joiner) between letters that join,
  /// whatever marks stand between.
  private static func isJoined(at index: Int, in label: [Unicode.Scalar]) -> Bool {
    guard index > 0 else { return false }
    if label[index - 1].properties.canonicalCombiningClass == .virama { return true }
    guard label[index] == "\u{200C}" else { return false }
    let before = label[..<index].last { !JoiningType.isTransparent($0) }
    let after = label[(index + 1)...].first { !JoiningType.isTransparent($0) }
    guard let before, let after else { return false }
    return JoiningType.joinsNext(before) && JoiningType.joinsPrevious(after)
  }
}

/// How letters of cursive scripts join (Unicode's property Joining_Type).
enum JoiningType {
  static func isTransparent(_ scalar: Unicode.Scalar) -> Bool {
    [.nonspacingMark, .enclosingMark].contains(scalar.properties.generalCategory)
  }

  /// `L` and `D`.
  static func joinsNext(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value == 0xA872 || joinsBoth(scalar.value)
  }

  /// `R` and `D`.
  static func joinsPrevious(_ scalar: Unicode.Scalar) -> Bool {
    joinsPreviousOnly(scalar.value) || joinsBoth(scalar.value)
  }

  private static func joinsPreviousOnly(_ code: UInt32) -> Bool {
    switch code {
    // Arabic.
    case 0x622...0x625, 0x627, 0x629, 0x62F...0x632, 0x648, 0x671...0x673, 0x675...0x677,
      0x688...0x699, 0x6C0, 0x6C3...0x6CB, 0x6CD, 0x6CF, 0x6D2, 0x6D3, 0x6D5, 0x6EE, 0x6EF,
      0x759...0x75B, 0x76B, 0x76C, 0x771, 0x773, 0x774, 0x778, 0x779, 0x870...0x882, 0x88E,
      0x8AA...0x8AC, 0x8AE, 0x8B1, 0x8B2, 0x8B9:
      true
    // Syriac and Mandaic.
    case 0x710, 0x715...0x719, 0x71E, 0x728, 0x72A, 0x72C, 0x72F, 0x74D, 0x840, 0x846, 0x847, 0x849,
      0x854, 0x856...0x858, 0x867, 0x869, 0x86A:
      true
    default: false
    }
  }

  private static func joinsBoth(_ code: UInt32) -> Bool {
    guard !joinsPreviousOnly(code) else { return false }
    return switch code {
    // Arabic.
    case 0x620, 0x626...0x63F, 0x641...0x647, 0x649, 0x64A, 0x66E, 0x66F, 0x678...0x6BF,
      0x6C1, 0x6C2, 0x6CC, 0x6CE, 0x6D0, 0x6D1, 0x6FA...0x6FC, 0x6FF, 0x750...0x77F, 0x886,
      0x889...0x88D, 0x8A0...0x8A9, 0x8AF, 0x8B0, 0x8B3...0x8B8, 0x8BA...0x8C8:
      true
    // Syriac, N'Ko, Mandaic.
    case 0x712...0x72E, 0x74E, 0x7CA...0x7EA, 0x841...0x855, 0x860, 0x862...0x865, 0x868: true
    // Mongolian, Phags-pa, Adlam.
    case 0x1820...0x1878, 0x1887...0x18A8, 0x18AA, 0xA840...0xA871, 0x1E900...0x1E943: true
    default: false
    }
  }
}
