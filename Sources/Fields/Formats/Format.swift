/// The formats of JSON Schema (validation, section 7.3), which this project asserts.
enum Format: String, Sendable, CaseIterable {
  case dateTime = "date-time"
  case date, time, duration, email
  case idnEmail = "idn-email"
  case hostname
  case idnHostname = "idn-hostname"
  case ipv4, ipv6, uri
  case uriReference = "uri-reference"
  case iri
  case iriReference = "iri-reference"
  case uuid
  case uriTemplate = "uri-template"
  case jsonPointer = "json-pointer"
  case relativeJSONPointer = "relative-json-pointer"
  case regex

  /// For a message: `must be an email address`.
  var phrase: String {
    switch self {
    case .dateTime: "a date and time such as `2026-01-18T09:30:00Z`"
    case .date: "a date such as `2026-01-18`"
    case .time: "a time with its zone such as `09:30:00Z`"
    case .duration: "a duration such as `P3D` or `PT15M`"
    case .email, .idnEmail: "an email address"
    case .hostname, .idnHostname: "a host name"
    case .ipv4: "an IPv4 address"
    case .ipv6: "an IPv6 address"
    case .uri, .iri: "a web address such as `https://example.com/`"
    case .uriReference, .iriReference: "a web address or a path"
    case .uuid: "a UUID"
    case .uriTemplate: "a URI template"
    case .jsonPointer, .relativeJSONPointer: "a JSON pointer"
    case .regex: "a regular expression"
    }
  }

  func holds(_ text: String) -> Bool {
    var text = text
    text.makeContiguousUTF8()
    switch self {
    case .dateTime, .date, .time, .duration: return holdsTime(text)
    case .email: return EmailFormat.holds(text, isInternational: false)
    case .idnEmail: return EmailFormat.holds(text, isInternational: true)
    case .hostname: return HostFormat.isHost(text)
    case .idnHostname: return HostFormat.isInternationalHost(text)
    case .ipv4: return AddressFormat.isIPv4(text[...])
    case .ipv6: return AddressFormat.isIPv6(text[...])
    case .uri: return URIFormat.holds(text, isInternational: false, needsScheme: true)
    case .uriReference: return URIFormat.holds(text, isInternational: false, needsScheme: false)
    case .iri: return URIFormat.holds(text, isInternational: true, needsScheme: true)
    case .iriReference: return URIFormat.holds(text, isInternational: true, needsScheme: false)
    case .uuid: return Self.isUUID(text)
    case .uriTemplate: return URITemplateFormat.holds(text)
    case .jsonPointer: return Self.isPointer(text[...])
    case .relativeJSONPointer: return Self.isRelativePointer(text)
    case .regex: return ECMAScriptPattern.isValid(text)
    }
  }

  private func holdsTime(_ text: String) -> Bool {
    switch self {
    case .dateTime: TimeFormat.isDateTime(text)
    case .date: TimeFormat.isDate(text[...])
    case .time: TimeFormat.isTime(text[...])
    default: TimeFormat.isDuration(text)
    }
  }

  private static func isUUID(_ text: String) -> Bool {
    let groups = text.split(separator: "-", omittingEmptySubsequences: false)
    return groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
      && groups.allSatisfy { $0.utf8.allSatisfy(\.isHexDigit) }
  }

  /// RFC 6901, section 3.
  private static func isPointer(_ text: Substring) -> Bool {
    guard !text.isEmpty else { return true }
    guard text.unicodeScalars.first == "/" else { return false }
    let bytes = Array(text.utf8)
    return bytes.indices.allSatisfy { index in
      bytes[index] != 0x7E
        || (index + 1 < bytes.count && (bytes[index + 1] == 0x30 || bytes[index + 1] == 0x31))
    }
  }

  private static func isRelativePointer(_ text: String) -> Bool {
    let digits = text.utf8.prefix(while: \.isDigit)
    guard let first = digits.first, first != 0x30 || digits.count == 1 else { return false }
    let rest = text.utf8.dropFirst(digits.count)
    return rest.elementsEqual([0x23]) || isPointer(Substring(rest))
  }
}

extension UInt8 {
  var isDigit: Bool { (0x30...0x39).contains(self) }
  var isLetter: Bool { (0x61...0x7A).contains(self | 0x20) }
  var isHexDigit: Bool { isDigit || (0x61...0x66).contains(self | 0x20) }
}
