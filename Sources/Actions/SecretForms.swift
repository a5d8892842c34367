/// The forms of a secret that are looked for in a text, whatever that is put into.
struct SecretForms {
  private let bytes: [UInt8]

  init(_ secret: String) { bytes = Array(secret.utf8) }

  /// In clear, and as forms put it into a URL.
  var clear: [[UInt8]] {
    [bytes, bytes.map { $0 == UInt8(ascii: " ") ? UInt8(ascii: "+") : $0 }]
  }

  /// In alphabets of their own, in which texts are often broken into lines.
  var translated: [[UInt8]] {
    [hex("0123456789abcdef"), hex("0123456789ABCDEF")]
      + base64(alphabet: Self.standard) + base64(alphabet: Self.urlSafe)
  }

  private static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
  private static let standard = Array((letters + "+/").utf8)
  private static let urlSafe = Array((letters + "-_").utf8)

  /// The parts that do not depend on what stands around the secret, for each of the three places
  /// at which it may start within an encoded text.
  private func base64(alphabet: [UInt8]) -> [[UInt8]] {
    (0..<3).map { lead in
      let bits = [UInt8](repeating: 0, count: lead) + bytes
      let first = (lead * 8 + 5) / 6
      let last = bits.count * 8 / 6
      guard first < last else { return [] }
      return (first..<last).map { alphabet[sextet($0, of: bits)] }
    }
    .filter { $0.count >= Redactor.minimumLength }
  }

  private func sextet(_ index: Int, of bytes: [UInt8]) -> Int {
    let bit = index * 6
    let high = Int(bytes[bit / 8]) << 8
    let low = bit / 8 + 1 < bytes.count ? Int(bytes[bit / 8 + 1]) : 0
    return (high | low) >> (10 - bit % 8) & 63
  }

  private func hex(_ digits: String) -> [UInt8] {
    let digits = Array(digits.utf8)
    return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
  }
}
