/// URIs and IRIs (RFC 3986, RFC 3987).
enum URIFormat {
  private static let pathMarks = Set("-._~!$&'()*+,;=:@/".utf8)
  private static let queryMarks = Set("-._~!$&'()*+,;=:@/?".utf8)
  private static let userMarks = Set("-._~!$&'()*+,;=:".utf8)
  private static let hostMarks = Set("-._~!$&'()*+,;=".utf8)

  static func holds(_ text: String, isInternational: Bool, needsScheme: Bool) -> Bool {
    var rest = Substring(text)
    if let hash = rest.firstIndex(of: "#") {
      let fragment = rest[rest.index(after: hash)...]
      guard consists(fragment, of: queryMarks, isInternational), hasNoPrivate(fragment) else {
        return false
      }
      rest = rest[..<hash]
    }
    if let mark = rest.firstIndex(of: "?") {
      let query = rest[rest.index(after: mark)...]
      guard consists(query, of: queryMarks, isInternational) else { return false }
      rest = rest[..<mark]
    }
    // Only a query may hold characters of private use (RFC 3987, section 2.2: `iprivate`).
    guard hasNoPrivate(rest) else { return false }
    let hasScheme = takeScheme(&rest)
    guard hasScheme || !needsScheme else { return false }
    if rest.hasPrefix("//") {
      rest = rest.dropFirst(2)
      let end = rest.firstIndex(of: "/") ?? rest.endIndex
      guard isAuthority(rest[..<end], isInternational) else { return false }
      rest = rest[end...]
    } else if !hasScheme, rest.prefix(while: { $0 != "/" }).contains(":") {
      return false
    }
    return consists(rest, of: pathMarks, isInternational)
  }

  private static func hasNoPrivate(_ text: Substring) -> Bool {
    !text.unicodeScalars.contains { $0.properties.generalCategory == .privateUse }
  }

  /// `ucschar` and `iprivate`.
  private static func isInternational(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xA0...0xD7FF, 0xE000...0xFDCF, 0xFDF0...0xFFEF: true
    case 0x10000...0x10FFFD:
      scalar.value & 0xFFFF <= 0xFFFD && !(0xE0000..<0xE1000).contains(scalar.value)
    default: false
    }
  }

  private static func takeScheme(_ rest: inout Substring) -> Bool {
    guard let colon = rest.utf8.firstIndex(of: 0x3A), let first = rest.utf8.first, first.isLetter
    else { return false }
    let marks = Set("+-.".utf8)
    guard
      rest.utf8[..<colon].allSatisfy({ $0.isLetter || $0.isDigit || marks.contains($0) })
    else { return false }
    rest = rest[rest.utf8.index(after: colon)...]
    return true
  }

  private static func isAuthority(_ text: Substring, _ isInternational: Bool) -> Bool {
    var rest = text
    if let at = rest.lastIndex(of: "@") {
      guard consists(rest[..<at], of: userMarks, isInternational) else { return false }
      rest = rest[rest.index(after: at)...]
    }
    if rest.hasPrefix("[") {
      guard let end = rest.firstIndex(of: "]") else { return false }
      let address = rest[rest.index(after: rest.startIndex)..<end]
      let port = rest[rest.index(after: end)...]
      return isLiteral(address) && (port.isEmpty || isPort(port))
    }
    if let colon = rest.firstIndex(of: ":") {
      guard isPort(rest[colon...]) else { return false }
      rest = rest[..<colon]
    }
    return consists(rest, of: hostMarks, isInternational)
  }

  private static func isPort(_ text: Substring) -> Bool {
    text.first == ":" && text.utf8.dropFirst().allSatisfy(\.isDigit)
  }

  private static func isLiteral(_ text: Substring) -> Bool {
    guard text.utf8.first.map({ $0 | 0x20 == 0x76 }) == true else {
      return AddressFormat.isIPv6(text)
    }
    let parts = text.dropFirst().split(separator: ".", maxSplits: 1)
    return parts.count == 2 && parts[0].utf8.allSatisfy(\.isHexDigit)
      && consists(parts[1], of: userMarks, false)
  }

  /// Letters, digits, percent escapes and some marks; in an IRI all beyond ASCII too.
  private static func consists(
    _ text: Substring, of marks: Set<UInt8>, _ isInternational: Bool
  ) -> Bool {
    let isBeyond = text.unicodeScalars.contains { !$0.isASCII && !self.isInternational($0) }
    if isInternational, isBeyond { return false }
    var rest = text.utf8
    while let byte = rest.popFirst() {
      if byte == 0x25 {
        guard let high = rest.popFirst(), let low = rest.popFirst(), high.isHexDigit, low.isHexDigit
        else { return false }
      } else if byte >= 0x80 {
        guard isInternational else { return false }
      } else if !byte.isLetter, !byte.isDigit, !marks.contains(byte) {
        return false
      }
    }
    return true
  }
}

/// URI templates (RFC 6570, section 2).
enum URITemplateFormat {
  private static let forbidden = Set("\"%<>\\^`{|} ".utf8)
  private static let operators = Set("+#./;?&=,!@|".utf8)

  static func holds(_ text: String) -> Bool {
    var rest = Substring(text).utf8
    while let byte = rest.popFirst() {
      switch byte {
      case 0x7B:
        guard let end = rest.firstIndex(of: 0x7D), isExpression(Substring(rest[..<end])) else {
          return false
        }
        rest = rest[rest.index(after: end)...]
      case 0x25:
        guard let high = rest.popFirst(), let low = rest.popFirst(), high.isHexDigit, low.isHexDigit
        else { return false }
      default: if forbidden.contains(byte) || byte < 0x20 || byte == 0x7F { return false }
      }
    }
    return true
  }

  private static func isExpression(_ text: Substring) -> Bool {
    var rest = text
    if let first = rest.utf8.first, operators.contains(first) { rest = rest.dropFirst() }
    return rest.split(separator: ",", omittingEmptySubsequences: false).allSatisfy(isVariable)
  }

  private static func isVariable(_ text: Substring) -> Bool {
    var name = text
    if name.hasSuffix("*") {
      name = name.dropLast()
    } else if let colon = name.firstIndex(of: ":") {
      let length = name[name.index(after: colon)...]
      guard (1...4).contains(length.utf8.count), length.utf8.allSatisfy(\.isDigit),
        length.utf8.first != 0x30
      else { return false }
      name = name[..<colon]
    }
    return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isName)
  }

  private static func isName(_ text: Substring) -> Bool {
    var rest = text.utf8
    guard !rest.isEmpty else { return false }
    while let byte = rest.popFirst() {
      if byte == 0x25 {
        guard let high = rest.popFirst(), let low = rest.popFirst(), high.isHexDigit, low.isHexDigit
        else { return false }
      } else if !byte.isLetter, !byte.isDigit, byte != 0x5F {
        return false
      }
    }
    return true
  }
}
