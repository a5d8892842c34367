import Actions
import Values

/// A message as RFC 5322 and MIME (RFC 2045 to 2047) write it.
struct MailMessage: Sendable {
  /// What cannot be written as a message: one sentence.
  struct Problem: Error, Hashable, Sendable { let message: String }

  struct Attachment: Sendable {
    let name: String
    let type: String
    let content: [UInt8]
  }

  var from: MailAddress
  var to: [MailAddress]
  var cc: [MailAddress] = []
  var replyTo: MailAddress?
  var subject: String
  var date: Timestamp
  /// Without the angle brackets.
  var id: String
  var text: String
  var html: String?
  var attachments: [Attachment] = []
  /// Further headers.
  var headers: [(name: String, value: String)] = []

  /// The whole message, lines ended with LF as Maildir readers expect it; a transport makes CRLF
  /// of them.
  ///
  /// - Throws: ``Problem``: a line break or another control character in a header, an address that
  ///   is none.
  func serialized() throws(Problem) -> [UInt8] {
    var lines = try headerLines()
    let boundary = "=_baton_" + hexSHA256(Array((id + text + (html ?? "")).utf8)).prefix(32)
    lines.append("MIME-Version: 1.0")
    let body = content(boundary: boundary)
    return Array((lines.joined(separator: "\n") + "\n" + body.text).utf8)
  }

  private func headerLines() throws(Problem) -> [String] {
    guard !to.isEmpty else { throw Problem(message: "the message has no recipient") }
    var lines = [
      "Date: \(MailDate.text(of: date))", "From: \(try from.headerText())",
      "To: \(try Self.list(to))",
    ]
    if !cc.isEmpty { lines.append("Cc: \(try Self.list(cc))") }
    if let replyTo { lines.append("Reply-To: \(try replyTo.headerText())") }
    lines.append("Message-ID: <\(id)>")
    lines.append("Subject: \(try HeaderText.unstructured(subject, of: "Subject"))")
    for header in headers { lines.append(try Self.line(header)) }
    return lines
  }

  private static func line(_ header: (name: String, value: String)) throws(Problem) -> String {
    let reserved = [
      "date", "from", "to", "cc", "bcc", "reply-to", "message-id", "subject", "mime-version",
    ]
    let isName =
      !header.name.isEmpty
      && header.name.utf8.allSatisfy { byte in
        (33...126).contains(byte) && byte != UInt8(ascii: ":")
      }
    let name = header.name.lowercased()
    guard isName, !reserved.contains(name), !name.hasPrefix("content-") else {
      throw Problem(message: "`\(header.name)` cannot be a header of its own")
    }
    return "\(header.name): \(try HeaderText.unstructured(header.value, of: header.name))"
  }

  private static func list(_ addresses: [MailAddress]) throws(Problem) -> String {
    var texts: [String] = []
    for address in addresses { texts.append(try address.headerText()) }
    return texts.joined(separator: ",\n ")
  }

  private func content(boundary: String) -> MailPart {
    var part = MailPart(text: text, type: "text/plain")
    if let html {
      part = MailPart(
        parts: [part, MailPart(text: html, type: "text/html")], kind: "alternative",
        boundary: boundary + "a")
    }
    if attachments.isEmpty { return part }
    return MailPart(
      parts: [part] + attachments.map { MailPart(attachment: $0) }, kind: "mixed",
      boundary: boundary + "m")
  }
}

/// A MIME entity: its headers, an empty line, its body.
private struct MailPart {
  let text: String

  init(text content: String, type: String) {
    let (encoding, body) = MailBody.encode(content)
    text = """
      Content-Type: \(type); charset=utf-8
      Content-Transfer-Encoding: \(encoding)

      \(body)
      """
  }

  init(attachment: MailMessage.Attachment) {
    text = """
      Content-Type: \(attachment.type)
      Content-Transfer-Encoding: base64
      Content-Disposition: attachment; \(HeaderText.fileName(attachment.name))

      \(MailBody.base64(attachment.content))
      """
  }

  init(parts: [MailPart], kind: String, boundary: String) {
    var body = "Content-Type: multipart/\(kind);\n boundary=\"\(boundary)\"\n"
    for part in parts { body += "\n--\(boundary)\n\(part.text)" }
    text = body + "\n--\(boundary)--\n"
  }
}

/// The text of a body and how it is encoded for transport.
enum MailBody {
  private static let width = 76
  private static let digits = Array("0123456789ABCDEF".utf8)

  /// 7bit where the text allows it, quoted-printable for mostly Latin text, else base64.
  static func encode(_ content: String) -> (encoding: String, body: String) {
    let bytes = withPlainLineBreaks(Array(content.utf8))
    let special = bytes.filter { ($0 < 32 && $0 != 9 && $0 != 10) || $0 > 126 }.count
    let longest = bytes.split(separator: 10).map(\.count).max() ?? 0
    if special == 0, longest <= 78 {
      return ("7bit", String(decoding: bytes, as: UTF8.self) + (bytes.last == 10 ? "" : "\n"))
    }
    if special * 3 <= bytes.count {
      return ("quoted-printable", quotedPrintable(bytes))
    }
    return ("base64", base64(bytes))
  }

  /// RFC 2045, section 6.8: lines of 76.
  static func base64(_ bytes: [UInt8]) -> String {
    let encoded = Array(Base64.encode(bytes).utf8)
    var lines = ""
    for start in stride(from: 0, to: encoded.count, by: width) {
      lines += String(decoding: encoded[start..<min(start + width, encoded.count)], as: UTF8.self)
      lines += "\n"
    }
    return lines
  }

  /// RFC 2045, section 6.7.
  static func quotedPrintable(_ bytes: [UInt8]) -> String {
    var result: [UInt8] = []
    for (number, line) in bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated()
    {
      if number > 0 { result.append(10) }
      appendLine(line, to: &result)
    }
    if result.last != 10 { result += bytes.last == 10 ? [] : Array("=\n".utf8) }
    return String(decoding: result, as: UTF8.self)
  }

  private static func appendLine(_ line: ArraySlice<UInt8>, to result: inout [UInt8]) {
    var column = 0
    for (offset, byte) in line.enumerated() {
      let isLast = offset == line.count - 1
      let isPlain =
        ((33...126).contains(byte) && byte != UInt8(ascii: "="))
        || ((byte == 32 || byte == 9) && !isLast)
      let unit =
        isPlain ? [byte] : [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      if column + unit.count > width - 1 {
        result += Array("=\n".utf8)
        column = 0
      }
      result += unit
      column += unit.count
    }
  }

  private static func withPlainLineBreaks(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var previous: UInt8 = 0
    for byte in bytes {
      if byte == 13 {
        result.append(10)
      } else if byte != 10 || previous != 13 {
        result.append(byte)
      }
      previous = byte
    }
    return result
  }
}
