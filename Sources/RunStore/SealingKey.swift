internal import CCrypto
internal import Glibc

/// The key that sensitive values are sealed with: 32 bytes.
package struct SealingKey: Sendable {
  /// Where the key is found, looked at when one is needed and not before.
  package struct Source: Sendable {
    /// The value of `BATON_KEY`: 64 hexadecimal digits, or base64 of 32 bytes.
    package var environment: String?
    /// A file with the same, created for this user alone with the first value that is sealed.
    package var file: String?

    package init(environment: String? = nil, file: String? = nil) {
      self.environment = environment
      self.file = file
    }
  }

  let bytes: [UInt8]

  /// Tells keys apart without giving anything of them away.
  var id: String {
    var digest = [UInt8](repeating: 0, count: 32)
    let purpose = Array("baton-key-id".utf8)
    ccrypto_hmac_sha256(bytes, bytes.count, purpose, purpose.count, &digest)
    return Digest.hex(of: Array(digest.prefix(8)))
  }

  /// - Throws: ``StoreError/noSealingKey(_:)`` where the text is not a key.
  init(text: some StringProtocol, from place: String) throws(StoreError) {
    let trimmed = text.utf8.filter { $0 > 0x20 }
    guard let bytes = Hex.bytes(trimmed) ?? Base64.bytes(trimmed), bytes.count == 32 else {
      throw .noSealingKey("\(place) is not 32 bytes in hexadecimal or base64")
    }
    self.bytes = bytes
  }
}

extension SealingKey.Source {
  /// The key; a missing file is created where `creating` says so.
  func load(
    creating: Bool, random: (Int) -> [UInt8]
  ) throws(StoreError) -> SealingKey {
    if let environment, !environment.isEmpty {
      return try SealingKey(text: environment, from: "`BATON_KEY`")
    }
    guard let file else { throw .noSealingKey("`BATON_KEY` is not set") }
    do throws(StoreError) {
      return try read(file)
    } catch {
      guard error.saysMissing else { throw error }
    }
    guard creating else { throw .noSealingKey("`\(file)` does not exist") }
    try create(file, key: random(32))
    return try read(file)
  }

  private func read(_ file: String) throws(StoreError) -> SealingKey {
    let text = String(decoding: try Folders.read(file), as: UTF8.self)
    return try SealingKey(text: text, from: "the content of `\(file)`")
  }

  /// Writes the key beside its place and links it there: of two at once, one wins, whole.
  private func create(_ file: String, key: [UInt8]) throws(StoreError) {
    let folder = Folders.parent(of: file)
    try Folders.createDurably(folder)
    let draft = "\(file).\(getpid()).tmp"
    try Folders.write(Array(Digest.hex(of: key).utf8) + [0x0A], to: draft, durable: true)
    defer { unlink(draft) }
    guard link(draft, file) == 0 || errno == EEXIST else {
      throw StoreError.system(file, "create")
    }
    try Folders.sync(folder)
  }
}

enum Hex {
  /// The bytes of an even number of hexadecimal digits; nil for anything else.
  static func bytes(_ digits: some Collection<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in digits {
      guard let value = value(digit) else { return nil }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return high == nil ? bytes : nil
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x41...0x46: digit - 0x37
    case 0x61...0x66: digit - 0x57
    default: nil
    }
  }
}

enum Base64 {
  /// The bytes of base64 or base64url text, padded or not; nil for anything else (RFC 4648).
  static func bytes(_ text: some Collection<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for character in text where character != 0x3D {
      guard let value = value(character) else { return nil }
      bits = bits << 6 | value
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return bytes
  }

  private static func value(_ character: UInt8) -> UInt32? {
    switch character {
    case 0x41...0x5A: UInt32(character - 0x41)
    case 0x61...0x7A: UInt32(character - 0x61) + 26
    case 0x30...0x39: UInt32(character - 0x30) + 52
    case 0x2B, 0x2D: 62
    case 0x2F, 0x5F: 63
    default: nil
    }
  }
}
