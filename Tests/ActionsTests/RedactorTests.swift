import Foundation
import Testing
import Values

@testable import Actions

@Suite struct RedactorTests {
  private static let secret = "p@ss/w\"o<r>d&'ü 7"

  @Test func `takes out every encoding`() throws {
    let bytes = Data(Self.secret.utf8)
    let base64 = bytes.base64EncodedString()
    let json = try #require(
      String(data: JSONEncoder().encode([Self.secret]), encoding: .utf8))
    let forms = [
      Self.secret, base64,
      base64.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_"),
      bytes.map { String(format: "%02x", $0) }.joined(),
      bytes.map { String(format: "%02X", $0) }.joined(),
      Self.secret.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "",
      json,
      "p@ss/w&quot;o&lt;r&gt;d&amp;&#39;ü 7",
      "p%40ss%2Fw%22o%3Cr%3Ed%26%27%C3%BC+7",
      #"p@ss\/w\"o<r>d&'\u00fc 7"#,
    ]
    let redactor = Redactor(secrets: [Self.secret])
    for form in forms {
      let redacted = redactor.redact("before \(form) after")
      #expect(redacted.contains(Redactor.mark), "\(form)")
      #expect(!redacted.contains(form))
      #expect(redacted.hasPrefix("before ") && redacted.hasSuffix(" after"))
    }
  }

  @Test func `finds a secret at any place within base64 text`() {
    let secret = "correct horse battery"
    let redactor = Redactor(secrets: [secret])
    for lead in ["", "a", "ab", "abc", "user:"] {
      let text = Data((lead + secret + ":tail").utf8).base64EncodedString()
      #expect(redactor.redact(text).contains(Redactor.mark), "\(lead)")
    }
  }

  @Test func `redacts values and keys, keeps everything else`() {
    let redactor = Redactor(secrets: ["topsecret"])
    let map: ValueMap = [
      "a": ["x topsecret y", 1, true, .null], "topsecret": ["n": "dG9wc2VjcmV0"],
    ]
    let redacted = redactor.redact(map)
    #expect(redacted["a"] == ["x [redacted] y", 1, true, .null])
    #expect(redacted["[redacted]"] == ["n": "[redacted]"])
  }

  @Test func `short texts are not taken for secrets`() {
    let redactor = Redactor(secrets: ["", "a", "abc"])
    #expect(redactor.isEmpty)
    #expect(redactor.redact("abc") == "abc")
  }

  @Test func `the longest form wins`() {
    let redactor = Redactor(secrets: ["abcd", "abcdefgh"])
    #expect(redactor.redact("abcdefgh") == "[redacted]")
  }

  @Test func `redacts a failure`() {
    let redactor = Redactor(secrets: ["topsecret"])
    let failure = redactor.redact(
      ActionFailure.definite(
        code: "x", "no topsecret", details: ["k": "topsecret"], hint: "use topsecret"))
    #expect(failure.message == "no [redacted]")
    #expect(failure.details == ["k": "[redacted]"])
    #expect(failure.hint == "use [redacted]")
  }
}
