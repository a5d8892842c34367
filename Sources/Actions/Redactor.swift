package import Values

/// Takes secrets out of what people and files get to see: in clear, in base64, base64url and hex, also
/// where these are broken into lines; and each of these as URLs, JSON, HTML and quoted-printable encode it,
/// or one of them in another. Of secrets that are numbers it takes whatever is the same number.
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
  /// How many encodings are taken off a text, one after the other.
  private static let layers = 3

  /// Whether there is nothing to look for.
  package let isEmpty: Bool
  private let patterns: BytePatterns
  /// Those that are looked for though lines are broken in the midst of them.
  private let breakable: BytePatterns
  /// The secrets that are numbers, without their signs.
  private let numbers: Set<Double>

  package init(secrets: some Sequence<String>) {
    var clear: Set<[UInt8]> = []
    var translated: Set<[UInt8]> = []
    var numbers: Set<Double> = []
    for secret in secrets where secret.utf8.count >= Self.minimumLength {
      let forms = SecretForms(secret)
      clear.formUnion(forms.clear)
      translated.formUnion(forms.translated)
      if let number = NumberToken(whole: secret)?.value { numbers.insert(number) }
    }
    isEmpty = clear.isEmpty
    patterns = BytePatterns(
      clear.union(translated), others: numbers.isEmpty ? [] : NumberToken.first)
    breakable = BytePatterns(translated)
    self.numbers = numbers
  }

  /// The text without the secrets.
  package func redact(_ text: String) -> String {
    if isEmpty { return text }
    let places = places(in: text)
    guard !places.isEmpty else { return text }
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var end = 0
    for place in places {
      result += bytes[end..<place.lowerBound]
      result += Array(Self.mark.utf8)
      end = place.upperBound
    }
    result += bytes[end...]
    return String(decoding: result, as: UTF8.self)
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

  private func finds(in text: String) -> Bool { !places(in: text).isEmpty }

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

  // MARK: Looking for them

  /// Where secrets are in a text, in order, none overlapping another.
  private func places(in text: String) -> [Range<Int>] {
    var search = SecretSearch(layers: Self.layers)
    search.look(in: DecodedText(text), for: self)
    return Self.joined(search.found)
  }

  /// Where secrets are in a text that is read as it stands.
  ///
  /// - Parameter isOfLines: whether lines were joined in it: only what is often broken is looked for.
  fileprivate func plainPlaces(in bytes: [UInt8], isOfLines: Bool) -> [Range<Int>] {
    let patterns = isOfLines ? breakable : patterns
    var found: [Range<Int>] = []
    var numbersLookedAt = 0
    var next = 0
    while let position = patterns.nextCandidate(in: bytes, from: next) {
      next = position + 1
      let number = isOfLines ? nil : matchNumber(bytes, at: position, after: &numbersLookedAt)
      let length = max(patterns.match(bytes, at: position) ?? 0, number ?? 0)
      if length > 0 { found.append(position..<position + length) }
    }
    return found
  }

  /// The same places in order, those that overlap as one.
  private static func joined(_ places: [Range<Int>]) -> [Range<Int>] {
    var result: [Range<Int>] = []
    for place in places.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = result.last, place.lowerBound < last.upperBound {
        let end = max(last.upperBound, place.upperBound)
        result[result.count - 1] = last.lowerBound..<end
      } else {
        result.append(place)
      }
    }
    return result
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

/// Looks for secrets in a text as it stands, and as it reads with encodings taken off.
private struct SecretSearch {
  let layers: Int
  private(set) var found: [Range<Int>] = []
  /// What the text was read as, one reading taken off the other.
  private var readings: [DecodedText] = []
  /// The readings that were looked at: it is mostly the same in which order encodings are taken off.
  private var seen: Set<Int> = []

  init(layers: Int) { self.layers = layers }

  mutating func look(in reading: DecodedText, for secrets: Redactor) {
    readings.append(reading)
    add(secrets.plainPlaces(in: reading.bytes, isOfLines: false))
    if let whole = reading.without(.lines) {
      readings.append(whole)
      add(secrets.plainPlaces(in: whole.bytes, isOfLines: true))
      readings.removeLast()
    }
    if readings.count <= layers {
      for encoding in TextEncoding.allCases where encoding != .lines {
        if let inner = reading.without(encoding), isNew(inner) { look(in: inner, for: secrets) }
      }
    }
    readings.removeLast()
  }

  private mutating func isNew(_ reading: DecodedText) -> Bool {
    var hasher = Hasher()
    hasher.combine(readings.count)
    hasher.combine(reading.bytes)
    return seen.insert(hasher.finalize()).inserted
  }

  private mutating func add(_ places: [Range<Int>]) {
    for place in places {
      var place = place
      for reading in readings.reversed() { place = reading.place(of: place) }
      found.append(place)
    }
  }
}
