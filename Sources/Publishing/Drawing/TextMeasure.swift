/// How wide text is drawn at most: the widths of DejaVu Sans, among the widest of the common fonts.
enum TextMeasure {
  enum Weight { case regular, bold }

  /// Advance widths of U+0020 to U+007E, in hundredths of the font's size.
  private static let regular = [
    32, 40, 46, 84, 64, 95, 78, 27, 39, 39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 34, 34, 84, 84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79,
    60, 79, 69, 63, 61, 73, 68, 99, 69, 61, 69, 39, 34, 39, 84, 50, 50, 61, 63, 55, 63, 62, 35, 63,
    63, 28, 28, 58, 28, 97, 63, 61, 63, 63, 41, 52, 39, 63, 59, 82, 59, 59, 52, 64, 34, 64, 84,
  ]
  private static let bold = [
    35, 46, 52, 84, 70, 100, 87, 31, 46, 46, 52, 84, 38, 42, 38, 37, 70, 70, 70, 70, 70, 70, 70, 70,
    70, 70, 40, 40, 84, 84, 84, 58, 100, 77, 76, 73, 83, 68, 68, 82, 84, 37, 37, 77, 64, 100, 84,
    85, 73, 85, 77, 72, 68, 81, 77, 110, 77, 72, 73, 46, 37, 46, 84, 50, 50, 67, 72, 59, 72, 68, 44,
    72, 71, 34, 34, 67, 34, 104, 71, 69, 72, 72, 49, 60, 48, 71, 65, 92, 65, 65, 58, 71, 37, 71, 84,
  ]

  static func width(_ text: some StringProtocol, size: Double, _ weight: Weight) -> Double {
    let table = weight == .bold ? bold : regular
    let hundredths = text.unicodeScalars.reduce(0) { sum, scalar in
      let index = Int(scalar.value) - 32
      if table.indices.contains(index) { return sum + table[index] }
      return sum + (scalar.value >= 0x1100 ? 105 : 66)
    }
    return Double(hundredths) * size / 100
  }

  /// The text in lines that are not wider than the width; a longer word is cut.
  static func lines(
    _ text: String, width limit: Double, size: Double, _ weight: Weight = .regular
  ) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(whereSeparator: \.isWhitespace) {
      let joined = line.isEmpty ? String(word) : "\(line) \(word)"
      if width(joined, size: size, weight) <= limit {
        line = joined
        continue
      }
      if !line.isEmpty { lines.append(line) }
      line = String(word)
      while width(line, size: size, weight) > limit, line.count > 1 {
        var head = line
        while width(head, size: size, weight) > limit, head.count > 1 { head.removeLast() }
        lines.append(head)
        line = String(line.dropFirst(head.count))
      }
    }
    return line.isEmpty ? lines : lines + [line]
  }
}
