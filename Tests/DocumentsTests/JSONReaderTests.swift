import SourceText
import TestSupport
import Testing
import Values

@testable import Documents

@Suite struct JSONReaderTests {
  // Skipped where the conformance data is not at hand.
  @Test(.enabled(if: ConformanceData.isPresent))
  func `accepts and refuses what the JSON test suite does`() throws {
    let index = try #require(try ConformanceData.json("json-parsing/index.json") as? [String: Any])
    let files = try #require(index["tests"] as? [[String: Any]])
    try #require(!files.isEmpty)
    for row in files {
      let name = try #require(row["file"] as? String)
      let expect = try #require(row["expect"] as? String)
      let path = name.hasPrefix("test_parsing") ? name : "test_parsing/\(name)"
      let bytes = try ConformanceData.bytes("json-parsing/\(path)")
      let value = try? JSONReader.value(from: bytes)
      let file = SourceFile(path: "a.json", bytes: bytes)
      let diagnostics = Diagnostics()
      let node = DocumentReader.read(file, into: diagnostics)
      // Duplicate keys are refused on purpose (RFC 7493).
      let accept = expect == "accept" && !name.contains("duplicated_key")
      if expect == "either" { continue }
      #expect((value != nil) == accept, "\(name)")
      #expect((node != nil && !diagnostics.hasErrors) == accept, "\(name)")
      if accept { #expect(node?.value == value, "\(name)") }
    }
  }

  @Test(arguments: [
    ("{\"a\":1,\"a\":2}", 7), ("\"\\ud800\"", 1), ("[1,]", 3), ("01", 0), ("1e999", 0), ("", 0),
    ("[1] 2", 4), ("\"a\nb\"", 2), ("{\"a\" 1}", 5), ("{a: 1}", 1), ("nul", 0), ("\"\\x\"", 1),
  ])
  func `says at which byte a text stops being JSON`(text: String, offset: Int) {
    #expect {
      try JSONReader.value(from: Array(text.utf8))
    } throws: { error in
      (error as? JSONError)?.offset == offset
    }
  }

  @Test(arguments: [
    ("{\"a\": 1, }", "expected a key in quotes, found `}`: JSON has no comma after the last one"),
    ("[1,\n]", "expected a value, found `]`: JSON has no comma after the last one"),
    ("{ // all of it\n\"a\": 1}", "expected a key in quotes, found `/`: JSON has no comments"),
    ("[1 # one\n]", "expected `,` or `]`, found `#`: JSON has no comments"),
    ("{\"a\": }", "expected a value, found `}`"),
    ("{\"a\": 1/2}", "expected `,` or `}`, found `/`"),
  ])
  func `says what other formats allow and JSON does not`(text: String, message: String) {
    #expect {
      try JSONReader.value(from: Array(text.utf8))
    } throws: { error in
      (error as? JSONError)?.message == message
    }
  }

  @Test func `integers beyond 2^53 are text or doubles as asked, never rounded in silence`() throws
  {
    let bytes = Array("[9007199254740992, 9007199254740993, -9007199254740993, 1.0, -0]".utf8)
    #expect(
      try JSONReader.value(from: bytes)
        == [9_007_199_254_740_992, "9007199254740993", "-9007199254740993", 1.0, 0])
    #expect(
      try JSONReader.value(from: bytes, largeIntegers: .double).asList?[1]
        == 9_007_199_254_740_992.0)
  }

  @Test func `nesting up to the limit is read, one level more is refused`() throws {
    func nested(_ depth: Int) -> [UInt8] {
      Array(repeating: 0x5B, count: depth) + Array(repeating: 0x5D, count: depth)
    }
    _ = try JSONReader.value(from: nested(100))
    #expect(throws: JSONError.self) { try JSONReader.value(from: nested(101)) }
    _ = try JSONReader.value(from: nested(1_000), depthLimit: 100_000)
    #expect(throws: JSONError.self) {
      try JSONReader.value(from: nested(1_001), depthLimit: 100_000)
    }
  }

  @Test func `printing and parsing again is the identity`() throws {
    var random = ValueGenerator()
    for _ in 0..<500 {
      let value = random.value(depth: 4)
      for text in [JSONText.compact(value), JSONText.pretty(value)] {
        #expect(try JSONReader.value(from: Array(text.utf8)) == value, "seed \(random.seed)")
        let file = SourceFile(path: "a.json", text: text)
        let node = DocumentReader.read(file, into: Diagnostics())
        #expect(node?.value == value, "seed \(random.seed)")
      }
      let canonical = try CanonicalJSON.encode(value)
      let read = try JSONReader.value(from: canonical)
      #expect(read == value, "seed \(random.seed)")
      #expect(try CanonicalJSON.encode(read) == canonical, "seed \(random.seed)")
    }
  }
}

/// A repeatable source of JSON values; its seed is printed with every failure.
struct ValueGenerator: RandomNumberGenerator {
  let seed: UInt64
  private var numbers: SeededNumbers

  init(seed: UInt64 = .random(in: 0 ..< .max)) {
    self.seed = seed
    numbers = SeededNumbers(seed: seed)
  }

  mutating func next() -> UInt64 { numbers.next() }

  /// A value that reads back as itself: no double with an integral amount.
  mutating func value(depth: Int) -> Value {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &self) {
    case 0: return .null
    case 1: return .bool(.random(using: &self))
    case 2: return .int(.random(in: -9_007_199_254_740_992...9_007_199_254_740_992, using: &self))
    case 3: return .double(.random(in: -1...1, using: &self) / 3)
    case 4, 5: return .string(text())
    case 6: return .list((0..<size()).map { _ in value(depth: depth - 1) })
    default:
      var map = ValueMap()
      for _ in 0..<size() { map[text()] = value(depth: depth - 1) }
      return .map(map)
    }
  }

  private mutating func size() -> Int { .random(in: 0...20, using: &self) / 3 }

  private mutating func text() -> String {
    let letters: [Unicode.Scalar] = [
      "a", "b", "\"", "\\", "\u{0}", "\n", "\u{1F}", "\u{7F}", "ö", "\u{308}", "€", "\u{FB33}", "😀",
      "\u{2028}", "/", "$", "{",
    ]
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...9, using: &self) {
      text.append(letters[Int.random(in: 0..<letters.count, using: &self)])
    }
    return String(text)
  }
}

@Suite struct JSONPlaceTests {
  @Test func `a text of a JSON file stands at its quotes`() throws {
    let file = SourceFile(path: "a.json", text: #"{"a": "text", "b": [1, "c"]}"#)
    let root = try #require(DocumentReader.read(file, into: Diagnostics()))
    let first = try #require(root["a"])
    let last = try #require(root["b"]?.items?.last)
    #expect(file[first.span] == #""text""#)
    #expect(file[last.span] == #""c""#)
  }
}
