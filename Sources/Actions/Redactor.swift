package import Values

/// Takes secrets out of what people and files get to see: in clear, and as base64, base64url, hex,
/// URL, JSON or HTML encode them; of secrets that are numbers, whatever is the same number.
///
/// ```swift
/// Redactor(secrets: ["hunter2-hunter2"]).redact("pw=hunter2-hunter2")   // "pw=[redacted]"
/// ```
/// Secrets shorter than ``minimumLength`` bytes are left alone: taking every `a` out of a text helps
/// nobody.
package struct Redactor: Sendable {
  /// What stands in the place of a secret.
  package static let mark = "[redacted]"
  /// The shortest secret that is looked for, in bytes.
  package static let minimumLength = 4

  /// The encoded forms by their first byte, longest first.
  private let patterns: [UInt8: [[UInt8]]]
  /// The secrets that are numbers, without their signs.
  private let numbers: Set<Double>

  package init(secrets: some Sequence<String>) {
    var forms: Set<[UInt8]> = []
    var numbers: Set<Double> = []
    for secret in secrets where secret.utf8.count >= Self.minimumLength {
      forms.formUnion(SecretForms(secret).all)
      if let number = NumberToken(whole: secret)?.value { numbers.insert(number) }
    }
    self.numbers = numbers
    guard !forms.isEmpty else {
      patterns = [:]
      return
    }
    patterns = Dictionary(grouping: forms.filter { !$0.isEmpty }) { $0[0] }
      .mapValues { $0.sorted { $0.count > $1.count } }
  }

  /// Whether there is nothing to look for.
  package var isEmpty: Bool { patterns.isEmpty }

  /// The text without the secrets.
  package func redact(_ text: String) -> String {
    if isEmpty { return text }
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var position = 0
    var numbersLookedAt = 0
    var found = false
    while position < bytes.count {
      let number = matchNumber(bytes, at: position, after: &numbersLookedAt)
      if let length = match(bytes, at: position).map({ max($0, number ?? 0) }) ?? number {
        result += Array(Self.mark.utf8)
        position += length
        found = true
      } else {
        result.append(bytes[position])
        position += 1
      }
    }
    return found ? String(decoding: result, as: UTF8.self) : text
  }

  /// Whether a secret is in the value, in keys too.
  package func finds(in value: Value) -> Bool {
    if isEmpty { return false }
    switch value {
    case .string(let text): return finds(in: text)
    case .int(let number): return finds(in: String(number))
    case .uint(let number): return finds(in: String(number))
    case .double(let number): return finds(in: String(number))
    case .list(let values): return values.contains(where: finds)
    case .map(let map): return map.contains { finds(in: $0.key) || finds(in: $0.value) }
    default: return redact(value) != value
    }
  }

  private func finds(in text: String) -> Bool { !text.utf8.elementsEqual(redact(text).utf8) }

  /// The value without the secrets, in keys too. A number of which a part is a secret is taken out whole.
  package func redact(_ value: Value) -> Value {
    if isEmpty { return value }
    switch value {
    case .string(let text): return .string(redact(text))
    case .list(let values): return .list(values.map(redact))
    case .map(let map): return .map(redact(map))
    case .bytes(let bytes):
      let text = String(decoding: bytes, as: UTF8.self)
      return finds(in: text) ? .string(Self.mark) : value
    case .int, .uint, .double: return finds(in: value) ? .string(Self.mark) : value
    case .null, .bool, .timestamp, .duration, .object: return value
    }
  }

  /// The values without the secrets, in keys too.
  package func redact(_ map: ValueMap) -> ValueMap {
    if isEmpty { return map }
    var result = ValueMap(minimumCapacity: map.count)
    for member in map { result.set(redact(member.key), redact(member.value)) }
    return result
  }

  /// The failure without the secrets.
  package func redact(_ failure: ActionFailure) -> ActionFailure {
    if isEmpty { return failure }
    var result = failure
    result.message = redact(failure.message)
    result.details = redact(failure.details)
    result.hint = failure.hint.map(redact)
    return result
  }

  /// The length of the longest form that starts here.
  private func match(_ bytes: [UInt8], at position: Int) -> Int? {
    patterns[bytes[position]]?.first { pattern in
      position + pattern.count <= bytes.count
        && bytes[position..<position + pattern.count].elementsEqual(pattern)
    }?.count
  }

  /// The length of the number that starts here, where it is a secret however it is written.
  ///
  /// - Parameter end: where the number ends that was looked at last: none starts within it.
  private func matchNumber(
    _ bytes: [UInt8], at position: Int, after end: inout Int
  ) -> Int? {
    guard !numbers.isEmpty, position >= end, let token = NumberToken(bytes, at: position) else {
      return nil
    }
    end = position + token.length
    return token.length >= Self.minimumLength && numbers.contains(token.value)
      ? token.length : nil
  }
}

/// The forms in which a secret may appear in a text.
private struct SecretForms {
  private let bytes: [UInt8]

  init(_ secret: String) { bytes = Array(secret.utf8) }

  var all: [[UInt8]] {
    [
      bytes, hex("0123456789abcdef"), hex("0123456789ABCDEF"), url("0123456789ABCDEF"),
      url("0123456789abcdef"), url("0123456789ABCDEF", space: "+"), json(escapingSlash: false),
      json(escapingSlash: true), jsonASCII(escapingSlash: false), jsonASCII(escapingSlash: true),
      html(quote: "&#39;"), html(quote: "&#x27;"),
      html(quote: "&apos;"), html(quote: "'"), quotedPrintable,
    ]
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

  /// RFC 3986, section 2.1; with `+` for a space as forms have it.
  private func url(_ digits: String, space: String? = nil) -> [UInt8] {
    let digits = Array(digits.utf8)
    return bytes.flatMap { byte -> [UInt8] in
      if byte == 0x20, let space { return Array(space.utf8) }
      return Self.isUnreserved(byte)
        ? [byte] : [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
    default: false
    }
  }

  /// RFC 8259, section 7.
  private func json(escapingSlash: Bool) -> [UInt8] {
    bytes.flatMap { byte -> [UInt8] in
      byte == 0x2F && escapingSlash ? Array("\\/".utf8) : jsonEscape(byte) ?? [byte]
    }
  }

  private func jsonASCII(escapingSlash: Bool) -> [UInt8] {
    String(decoding: bytes, as: UTF8.self).utf16.flatMap { unit -> [UInt8] in
      guard unit < 0x80 else { return unicodeEscape(unit) }
      if unit == 0x2F, escapingSlash { return Array("\\/".utf8) }
      return jsonEscape(UInt8(unit)) ?? [UInt8(unit)]
    }
  }

  private func jsonEscape(_ byte: UInt8) -> [UInt8]? {
    switch byte {
    case 0x22: Array("\\\"".utf8)
    case 0x5C: Array("\\\\".utf8)
    case 0x08: Array("\\b".utf8)
    case 0x09: Array("\\t".utf8)
    case 0x0A: Array("\\n".utf8)
    case 0x0C: Array("\\f".utf8)
    case 0x0D: Array("\\r".utf8)
    case 0..<0x20: unicodeEscape(UInt16(byte))
    default: nil
    }
  }

  private func unicodeEscape(_ unit: UInt16) -> [UInt8] {
    let digits = String(unit, radix: 16)
    return Array(("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits).utf8)
  }

  private func html(quote: String) -> [UInt8] {
    bytes.flatMap { byte -> [UInt8] in
      switch byte {
      case 0x26: Array("&amp;".utf8)
      case 0x3C: Array("&lt;".utf8)
      case 0x3E: Array("&gt;".utf8)
      case 0x22: Array("&quot;".utf8)
      case 0x27: Array(quote.utf8)
      default: [byte]
      }
    }
  }

  /// RFC 2045, section 6.7, without line breaks.
  private var quotedPrintable: [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return bytes.flatMap { byte -> [UInt8] in
      (0x20..<0x7F).contains(byte) && byte != 0x3D
        ? [byte] : [0x3D, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }
}
