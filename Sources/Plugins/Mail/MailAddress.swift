/// Who a message is from or for: an address (RFC 5322, addr-spec) and perhaps a name.
struct MailAddress: Hashable, Sendable {
  var name: String?
  let address: String

  init(name: String? = nil, address: String) {
    self.name = name
    self.address = address
  }

  /// Reads `Name <address>` or an address alone.
  ///
  /// - Throws: where the address is none.
  init(_ text: String) throws(MailMessage.Problem) {
    guard text.hasSuffix(">"), let open = text.lastIndex(of: "<") else {
      address = text
      try check()
      return
    }
    address = String(text[text.index(after: open)...].dropLast())
    var shown = text[..<open]
    while shown.last == " " { shown.removeLast() }
    if shown.count >= 2, shown.hasPrefix("\""), shown.hasSuffix("\"") {
      shown = shown.dropFirst().dropLast()
    }
    name = shown.isEmpty ? nil : String(shown)
    try check()
  }

  /// The part after the `@`.
  var domain: String { String(address.split(separator: "@").last ?? "localhost") }

  /// For a header: the name quoted or encoded as it needs, the address in angle brackets.
  func headerText() throws(MailMessage.Problem) -> String {
    try check()
    guard let name, !name.isEmpty else { return address }
    return "\(try HeaderText.phrase(name)) <\(address)>"
  }

  private func check() throws(MailMessage.Problem) {
    let parts = address.split(separator: "@", omittingEmptySubsequences: false)
    let forbidden = Array("()<>[]:;\\,\" ".utf8)
    let isPlain = address.utf8.allSatisfy { (33...126).contains($0) && !forbidden.contains($0) }
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, isPlain,
      address.utf8.count <= 254
    else {
      throw MailMessage.Problem(
        message: "`\(HeaderText.shown(address))` is not an email address that can be written to")
    }
  }
}
