/// Host names (RFC 1123, section 2.1; RFC 5890 to 5893 for international ones).
enum HostFormat {
  static func isHost(_ text: String) -> Bool {
    guard !text.isEmpty, text.utf8.count <= 253 else { return false }
    return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
      unicodeForm(ofASCII: $0) != nil
    }
  }

  static func isInternationalHost(_ text: String) -> Bool {
    let labels = text.unicodeScalars.filter { !isMappedToNothing($0) }.split(
      omittingEmptySubsequences: false,
      whereSeparator: { [0x2E, 0x3002, 0xFF0E, 0xFF61].contains($0.value) })
    var length = labels.count - 1
    var forms: [[Unicode.Scalar]] = []
    for label in labels {
      if label.allSatisfy(\.isASCII) {
        guard let form = unicodeForm(ofASCII: Substring(label)) else { return false }
        forms.append(form)
        length += label.count
      } else {
        let form = Array(label)
        guard InternationalLabel.holds(form) else { return false }
        forms.append(form)
        length += Punycode.encodedLength(form) + 4
      }
    }
    return length <= 253 && BidirectionalRule.holds(forms)
  }

  /// Soft hyphens, zero width spaces, variation selectors: what names are read without (RFC 3454,
  /// table B.1). The joiners stay, which RFC 5892 has rules for.
  private static func isMappedToNothing(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xAD, 0x34F, 0x1806, 0x180B...0x180D, 0x200B, 0x2060, 0xFE00...0xFE0F, 0xFEFF: true
    default: false
    }
  }

  /// What an ASCII label stands for: a name in Punycode decoded, any other as it is. Nil where it is
  /// no label.
  private static func unicodeForm(ofASCII label: Substring) -> [Unicode.Scalar]? {
    let bytes = Array(label.utf8)
    guard (1...63).contains(bytes.count), bytes.first != 0x2D, bytes.last != 0x2D,
      bytes.allSatisfy({ $0.isLetter || $0.isDigit || $0 == 0x2D })
    else { return nil }
    guard bytes.count >= 4, bytes[2] == 0x2D, bytes[3] == 0x2D else {
      return Array(label.unicodeScalars)
    }
    let small = label.lowercased()
    guard small.hasPrefix("xn--"), let scalars = Punycode.decode(Array(small.utf8)[4...]),
      !scalars.allSatisfy(\.isASCII), InternationalLabel.holds(scalars)
    else { return nil }
    return scalars
  }
}
