/// Addresses of the Internet Protocol.
enum AddressFormat {
  /// Four numbers to 255 without leading zeros (RFC 2673, section 3.2).
  static func isIPv4(_ text: Substring) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy(\.isDigit),
          let number = Int(part)
        else { return false }
        return number <= 255 && (part.utf8.count == 1 || part.utf8.first != 0x30)
      }
  }

  /// RFC 4291, section 2.2: eight groups, one run of zeros as `::`, the last two as IPv4.
  static func isIPv6(_ text: Substring) -> Bool {
    let halves = text.split(separator: "::", omittingEmptySubsequences: false)
    switch halves.count {
    case 1: return groups(halves[0], mayEndInIPv4: true) == 8
    case 2:
      let left = halves[0].isEmpty ? 0 : groups(halves[0], mayEndInIPv4: false)
      let right = halves[1].isEmpty ? 0 : groups(halves[1], mayEndInIPv4: true)
      guard let left, let right else { return false }
      return left + right <= 7
    default: return false
    }
  }

  private static func groups(_ text: Substring, mayEndInIPv4: Bool) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    var count = 0
    for (index, part) in parts.enumerated() {
      if part.utf8.contains(0x2E) {
        guard mayEndInIPv4, index == parts.count - 1, isIPv4(part) else { return nil }
        count += 2
      } else {
        guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy(\.isHexDigit) else {
          return nil
        }
        count += 1
      }
    }
    return count
  }
}

/// Email addresses (RFC 5321, section 4.1.2; RFC 6531).
enum EmailFormat {
  private static let atomMarks = Set("!#$%&'*+-/=?^_`{|}~".utf8)

  static func holds(_ text: String, isInternational: Bool) -> Bool {
    guard let at = text.utf8.lastIndex(of: 0x40) else { return false }
    let local = text[..<at]
    let domain = text[text.utf8.index(after: at)...]
    guard !local.isEmpty, local.utf8.count <= 64 || isInternational else { return false }
    return isLocal(local, isInternational) && isDomain(domain, isInternational)
  }

  private static func isLocal(_ text: Substring, _ isInternational: Bool) -> Bool {
    if text.utf8.first == 0x22 { return isQuoted(text, isInternational) }
    return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
      !atom.isEmpty
        && atom.utf8.allSatisfy { byte in
          byte.isLetter || byte.isDigit || atomMarks.contains(byte)
            || (isInternational && byte >= 0x80)
        }
    }
  }

  private static func isQuoted(_ text: Substring, _ isInternational: Bool) -> Bool {
    var rest = text.utf8.dropFirst()
    guard rest.popLast() == 0x22 else { return false }
    while let byte = rest.popFirst() {
      if byte == 0x5C {
        guard let next = rest.popFirst(), (0x20..<0x7F).contains(next) else { return false }
      } else if byte == 0x22 || byte < 0x20 || byte == 0x7F || (byte >= 0x80 && !isInternational) {
        return false
      }
    }
    return true
  }

  private static func isDomain(_ text: Substring, _ isInternational: Bool) -> Bool {
    guard text.utf8.first == 0x5B else {
      return isInternational
        ? HostFormat.isInternationalHost(String(text)) : HostFormat.isHost(String(text))
    }
    guard text.utf8.last == 0x5D else { return false }
    let address = text.dropFirst().dropLast()
    if address.lowercased().hasPrefix("ipv6:") { return AddressFormat.isIPv6(address.dropFirst(5)) }
    return AddressFormat.isIPv4(address)
  }
}
