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

  /// Se/cret!pass word, as whoever writes it says it.
  @Test(arguments: [
    "Se/cret%21pass%20word",  // Python's quote
    "Se%2Fcret!pass%20word",  // encodeURIComponent
    "Se/cret!pass%20word",  // encodeURI
    "Se%2fcret%21pass+word", "Se%252Fcret%2521pass%2520word",
  ])
  func `finds what is encoded for a URL, whatever is left as it is`(form: String) {
    let redactor = Redactor(secrets: ["Se/cret!pass word"])
    #expect(redactor.redact("a=%C3%BC&b=\(form)&c=%20") == "a=%C3%BC&b=[redacted]&c=%20")
    #expect(redactor.finds(in: ["a": [.string(form)]]))
  }

  @Test(arguments: [
    #"x\u003cy\u003e\u0026"z"#, #"x\u003Cy\u003E\u0026\"z"#, #"x\\u003cy\\u003e\\u0026\\\"z"#,
    #"x<y>&\\\"z"#, "x&lt;y&gt;&amp;&#34;z", "x&#x3C;y&#62;&amp;&quot;z",
    "x&amp;lt;y&amp;gt;&amp;amp;&amp;quot;z", "x%3Cy%3E%26%5C%22z", "x%26lt%3By>%26\"z",
    #"x\u0026lt;y\u0026gt;\u0026amp;\u0026quot;z"#, "x=3Cy>=\n&=\r\n=22z",
  ])
  func `finds what is encoded for JSON, HTML or mail, or for one in another`(form: String) {
    let redactor = Redactor(secrets: [#"x<y>&"z"#])
    #expect(redactor.redact("ü \(form), ü") == "ü [redacted], ü")
  }

  @Test func `finds characters that JSON writes as code units`() {
    let redactor = Redactor(secrets: ["pä🙂ss"])
    #expect(redactor.redact(#"["p\u00e4\ud83d\uDE42ss"]"#) == #"["[redacted]"]"#)
    for other in [
      #"p\u00e4\ud83d\ud83dss"#, #"p\u00e4\ude42ss"#, #"p\u00e4\ud83"#, "p\\", "p%", "p%f",
    ] {
      #expect(redactor.redact(other) == other)
    }
  }

  @Test(arguments: ["\n", "\r\n", "\\n", "\\r\\n", "=\r\n"])
  func `finds what is broken into lines`(lineBreak: String) {
    func lines(_ text: String, of width: Int) -> String {
      var lines: [Substring] = []
      var rest = text[...]
      while !rest.isEmpty {
        lines.append(rest.prefix(width))
        rest = rest.dropFirst(width)
      }
      return lines.joined(separator: lineBreak)
    }
    let secret = String(repeating: "correct horse battery ", count: 9)
    let redactor = Redactor(secrets: [secret])
    for lead in ["", "a", "ab"] {
      let bytes = Data((lead + secret).utf8)
      for (text, width) in [
        (bytes.base64EncodedString(), 76),
        (bytes.map { String(format: "%02x", $0) }.joined(), 60),
      ] {
        let redacted = redactor.redact("before\n\(lines(text, of: width))\nafter")
        #expect(redacted.contains(Redactor.mark) && redacted.count < 40, "\(redacted)")
        #expect(redacted.hasPrefix("before\n") && redacted.hasSuffix("\nafter"))
      }
    }
    // Lines of their own that would be a number together are not one.
    #expect(Redactor(secrets: ["4711", "pass"]).redact("47\n11 pa\nss") == "47\n11 pa\nss")
  }

  @Test func `places that overlap are taken out as one`() {
    let redactor = Redactor(secrets: ["abcdef", "efghij", "x%2Fy/z"])
    #expect(redactor.redact("1abcdefghij2") == "1[redacted]2")
    #expect(redactor.redact("x%2Fy/z x%252Fy%2Fz") == "[redacted] [redacted]")
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

  @Test(arguments: ["84250.5", "84250.50", "-84250.5", "8.42505E4"])
  func `finds a number however it is written`(secret: String) {
    let redactor = Redactor(secrets: [secret])
    for form in ["84250.5", "84250.50", "084250.5", "8.42505E4", "8.42505e+04", "8.425050e4"] {
      #expect(redactor.redact("is \(form), then") == "is [redacted], then", "\(form)")
      #expect(redactor.finds(in: ["a": [.string(form)]]))
    }
    #expect(redactor.finds(in: ["a": [.double(84250.5)]]))
    #expect(redactor.finds(in: .double(-84250.5)))
    #expect(redactor.redact(["a": .double(84250.5)] as ValueMap) == ["a": "[redacted]"])
    for other in ["84250.6", "84250", "1.84250.7", "8.4", "e4"] {
      #expect(redactor.redact(other) == other)
    }
    #expect(!redactor.finds(in: .double(84250.25)))
  }

  @Test func `finds a whole number as one with a fraction, and the other way round`() {
    for secret in ["4711", "4711.0"] {
      let redactor = Redactor(secrets: [secret])
      #expect(redactor.finds(in: .double(4711)))
      #expect(redactor.finds(in: .int(4711)))
      #expect(redactor.finds(in: .uint(4711)))
      #expect(redactor.redact("4711.00") == "[redacted]")
      #expect(!redactor.finds(in: .int(4712)))
    }
    #expect(!Redactor(secrets: ["12.0"]).finds(in: .int(12)))
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
