package import Values

extension TimeSpan {
  /// Reads a duration as expressions write it: `1h30m`, `1.5s`, `-250ms`, `0`.
  ///
  /// Units are h, m, s, ms, us (or µs) and ns, each amount may have a fraction, a sign stands in
  /// front of all. nil for anything else, and where seconds do not fit into 64 bits. Fractions of
  /// a nanosecond are dropped.
  package init?(duration text: String) {
    var reader = DigitReader(text)
    let isNegative = reader.sign() == -1
    if reader.next == UInt8(ascii: "0") {
      var zero = reader
      if zero.take("0"), zero.isAtEnd {
        self = .zero
        return
      }
    }
    guard !reader.isAtEnd, let total = Self.sum(&reader, units: Self.units) else { return nil }
    self.init(nanoseconds: isNegative ? -total : total)
  }

  /// The length in seconds as expressions write it: `5400s`, `1.5s`, `-0.25s`.
  package var durationText: String {
    var text: [UInt8] = []
    if seconds < 0 || nanoseconds < 0 { text.append(UInt8(ascii: "-")) }
    text.append(contentsOf: String(seconds.magnitude).utf8)
    text.appendFraction(Int32(nanoseconds.magnitude))
    text.append(UInt8(ascii: "s"))
    return String(decoding: text, as: UTF8.self)
  }

  /// The length in nanoseconds.
  package var totalNanoseconds: Int128 {
    Int128(seconds) * 1_000_000_000 + Int128(nanoseconds)
  }

  /// A length in nanoseconds; nil where seconds do not fit into 64 bits.
  package init?(nanoseconds total: Int128) {
    guard let seconds = Int64(exactly: total / 1_000_000_000) else { return nil }
    self.init(seconds: seconds, nanoseconds: Int32(total % 1_000_000_000))
  }

  /// The length the other way round; nil where that does not fit.
  package var negated: TimeSpan? { TimeSpan(nanoseconds: -totalNanoseconds) }

  private static let units: [(name: String, nanoseconds: Int128)] = [
    ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000),
    ("us", 1000), ("µs", 1000), ("μs", 1000), ("ns", 1),
  ]

  /// Adds `1.5h` and the like up to the end of the text; nil where something else is found.
  static func sum(
    _ reader: inout DigitReader, units: [(name: String, nanoseconds: Int128)]
  ) -> Int128? {
    var total: Int128 = 0
    while !reader.isAtEnd {
      guard let (whole, fraction) = amount(&reader) else { return nil }
      let name = reader.bytes { !$0.isDigit && $0 != UInt8(ascii: ".") }
      guard let unit = units.first(where: { $0.name.utf8.elementsEqual(name) }) else { return nil }
      total += whole * unit.nanoseconds
      total += fraction * unit.nanoseconds / 1_000_000_000
      guard total.magnitude < 1 << 100 else { return nil }
    }
    return total
  }

  /// An amount and its fraction in billionths.
  private static func amount(_ reader: inout DigitReader) -> (Int128, Int128)? {
    let digits = reader.bytes(while: \.isDigit)
    guard digits.count <= 20 else { return nil }
    let whole = digits.reduce(Int128(0)) { $0 * 10 + Int128($1 - UInt8(ascii: "0")) }
    guard reader.take(".") else { return digits.isEmpty ? nil : (whole, 0) }
    let fraction = reader.nanoseconds()
    guard fraction != nil || !digits.isEmpty else { return nil }
    return (whole, Int128(fraction ?? 0))
  }
}
