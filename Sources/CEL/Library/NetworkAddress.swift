public import Values

/// An IP address, `net.IP` in expressions.
public final class NetworkAddress: ObjectValue, @unchecked Sendable {
  /// 4 or 16 bytes.
  public let bytes: [UInt8]

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// Reads an IPv4 address or an IPv6 address (RFC 4291), without a zone. Addresses such as
  /// `::ffff:192.0.2.1` are refused: they are ambiguous.
  init?(_ text: some StringProtocol) {
    let bytes =
      text.utf8.contains(UInt8(ascii: ":"))
      ? Self.version6(Array(text.utf8)) : Self.version4(Array(text.utf8)[...])
    guard let bytes else { return nil }
    self.bytes = bytes
  }

  public override var typeName: String { "net.IP" }
  public override var isRecord: Bool { false }

  /// The canonical text (RFC 5952 for IPv6).
  public override var description: String {
    isVersion4 ? bytes.map { String($0) }.joined(separator: ".") : groupsText
  }

  /// An IPv4 address equals the IPv6 address that it is mapped to.
  public override func isEqual(to other: ObjectValue) -> Bool {
    (other as? NetworkAddress)?.unmapped == unmapped
  }

  public override func hash(into hasher: inout Hasher) { hasher.combine(unmapped) }

  private static let mappedPrefix = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]

  /// The four bytes of `::ffff:c000:201`, else all.
  private var unmapped: ArraySlice<UInt8> {
    !isVersion4 && bytes.starts(with: Self.mappedPrefix) ? bytes[12...] : bytes[...]
  }

  var isVersion4: Bool { bytes.count == 4 }
  var isUnspecified: Bool { bytes.allSatisfy { $0 == 0 } }
  var isMulticast: Bool { isVersion4 ? bytes[0] & 0xF0 == 0xE0 : bytes[0] == 0xFF }

  var isLoopback: Bool {
    isVersion4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
  }

  var isLinkLocalUnicast: Bool {
    isVersion4
      ? bytes[0] == 169 && bytes[1] == 254 : bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
  }

  var isLinkLocalMulticast: Bool {
    isVersion4
      ? bytes[0] == 224 && bytes[1] == 0 && bytes[2] == 0 : bytes[0] == 0xFF && bytes[1] & 15 == 2
  }

  var isGlobalUnicast: Bool {
    bytes != [255, 255, 255, 255] && !isUnspecified && !isLoopback && !isMulticast
      && !isLinkLocalUnicast
  }

  private static func version4(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bytes: [UInt8] = []
    for part in parts {
      guard part.count == 1 || part.first != UInt8(ascii: "0"), part.first != UInt8(ascii: "+"),
        let byte = UInt8(String(decoding: part, as: UTF8.self))
      else { return nil }
      bytes.append(byte)
    }
    return bytes
  }

  private static func version6(_ text: [UInt8]) -> [UInt8]? {
    guard text.count <= 45, let bytes = sixteenBytes(text) else { return nil }
    let isDotted = text.contains(UInt8(ascii: "."))
    return isDotted && bytes.starts(with: mappedPrefix) ? nil : bytes
  }

  private static func sixteenBytes(_ text: [UInt8]) -> [UInt8]? {
    guard let gap = TextSearch.first(Array("::".utf8), in: text) else {
      let bytes = groups(text[...])
      return bytes?.count == 16 ? bytes : nil
    }
    guard let head = groups(text[..<gap], mayEndInVersion4: false),
      let tail = groups(text[(gap + 2)...]), head.count + tail.count <= 14
    else { return nil }
    return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
  }

  private static func groups(
    _ text: ArraySlice<UInt8>, mayEndInVersion4: Bool = true
  ) -> [UInt8]? {
    guard !text.isEmpty else { return [] }
    let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    var bytes: [UInt8] = []
    for (index, part) in parts.enumerated() {
      if index == parts.count - 1, mayEndInVersion4, part.contains(UInt8(ascii: ".")) {
        guard let dotted = version4(part) else { return nil }
        bytes += dotted
        continue
      }
      guard (1...4).contains(part.count), part.first != UInt8(ascii: "+"),
        let group = UInt16(String(decoding: part, as: UTF8.self), radix: 16)
      else { return nil }
      bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
    }
    return bytes
  }

  private var groupsText: String {
    let groups = stride(from: 0, to: 16, by: 2).map {
      UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
    }
    var longest = 0..<0
    var start = 0
    while start < 8 {
      var end = start
      while end < 8, groups[end] == 0 { end += 1 }
      if end - start > max(1, longest.count) { longest = start..<end }
      start = end + 1
    }
    func text(_ range: Range<Int>) -> String {
      groups[range].map { String($0, radix: 16) }.joined(separator: ":")
    }
    guard !longest.isEmpty else { return text(0..<8) }
    return text(0..<longest.lowerBound) + "::" + text(longest.upperBound..<8)
  }
}

/// An address and the length of its network's prefix, `net.CIDR` in expressions.
public final class NetworkRange: ObjectValue, @unchecked Sendable {
  public let address: NetworkAddress
  public let prefixLength: Int

  init(_ address: NetworkAddress, prefixLength: Int) {
    self.address = address
    self.prefixLength = prefixLength
  }

  /// Reads `192.168.0.0/24`.
  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let address = NetworkAddress(parts[0]),
      parts[1].utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
      parts[1].utf8.count == 1 || parts[1].utf8.first != UInt8(ascii: "0"),
      let length = Int(parts[1]), length <= address.bytes.count * 8
    else { return nil }
    self.address = address
    prefixLength = length
  }

  public override var typeName: String { "net.CIDR" }
  public override var isRecord: Bool { false }
  public override var description: String { "\(address.description)/\(prefixLength)" }

  public override func isEqual(to other: ObjectValue) -> Bool {
    guard let other = other as? NetworkRange else { return false }
    return prefixLength == other.prefixLength && address.bytes == other.address.bytes
  }

  public override func hash(into hasher: inout Hasher) {
    address.hash(into: &hasher)
    hasher.combine(prefixLength)
  }

  /// The address with all bits after the prefix cleared.
  var masked: NetworkRange {
    let bytes = address.bytes.enumerated().map { index, byte in
      let kept = min(max(prefixLength - index * 8, 0), 8)
      return kept == 0 ? 0 : byte & (0xFF << UInt8(8 - kept))
    }
    return NetworkRange(NetworkAddress(bytes: bytes), prefixLength: prefixLength)
  }

  func contains(_ other: NetworkAddress) -> Bool {
    guard other.bytes.count == address.bytes.count else { return false }
    let network = NetworkRange(other, prefixLength: prefixLength).masked
    return network.address.bytes == masked.address.bytes
  }

  func contains(_ other: NetworkRange) -> Bool {
    other.prefixLength >= prefixLength && contains(other.address)
  }
}
