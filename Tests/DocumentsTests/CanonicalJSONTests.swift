import Testing
import Values

@testable import Documents

// Conformance data is skipped where it is not at hand.
@Suite struct CanonicalJSONTests {
  private func canonical(_ bytes: [UInt8]) throws -> String {
    let value = try JSONReader.value(from: bytes, largeIntegers: .double)
    return String(decoding: try CanonicalJSON.encode(value), as: UTF8.self)
  }

  @Test(.enabled(if: ConformanceData.isPresent))
  func `writes numbers as ECMAScript does`() throws {
    let csv = String(decoding: try ConformanceData.bytes("jcs/numbers.csv"), as: UTF8.self)
    let rows = csv.split(whereSeparator: \.isNewline)
    var count = 0
    for row in rows {
      let cells = row.split(separator: ",")
      guard cells.count == 2, let bits = UInt64(cells[0], radix: 16) else { continue }
      let bytes = try CanonicalJSON.encode(.double(Double(bitPattern: bits)))
      #expect(String(decoding: bytes, as: UTF8.self) == String(cells[1]))
      count += 1
    }
    #expect(count == rows.count && count > 0)
  }

  @Test(.enabled(if: ConformanceData.isPresent))
  func `writes documents as RFC 8785 says`() throws {
    let data = try ConformanceData.json("jcs/documents.json")
    let rows = (data as? [String: Any])?["tests"] as? [[String: Any]]
    for row in try #require(rows) {
      let input = try #require(row["input"] as? String)
      let expected = try #require(row["canonical"] as? String)
      #expect(try canonical(Array(input.utf8)).hasSameBytes(as: expected), "\(row["id"] ?? "")")
    }
    for name in ["arrays", "french", "structures", "unicode", "values", "weird"] {
      guard let input = try? ConformanceData.bytes("jcs/input/\(name).json") else { continue }
      let output = try ConformanceData.bytes("jcs/output/\(name).json")
      #expect(try Array(canonical(input).utf8) == output)
    }
  }

  @Test(.enabled(if: ConformanceData.isPresent))
  func `refuses what has no canonical form`() throws {
    let data = try ConformanceData.json("jcs/refuse.json")
    let rows = (data as? [String: Any])?["tests"] as? [[String: Any]]
    for row in try #require(rows) {
      let input = try #require(row["input"] as? String)
      #expect(throws: (any Error).self, "\(input)") { try canonical(Array(input.utf8)) }
    }
  }

  @Test func `an integer beyond 2^53 is written as text`() throws {
    let value: Value = [.int(.min), .uint(.max), 9_007_199_254_740_992]
    #expect(
      String(decoding: try CanonicalJSON.encode(value), as: UTF8.self)
        == #"["-9223372036854775808","18446744073709551615",9007199254740992]"#)
  }

  @Test func `many and few members are sorted by their UTF-16 units`() throws {
    let few: Value = ["\u{FB33}": 1, "😀": 2, "a": 3, "": 4, "abcdefghi": 5, "abcdefgh": 6]
    #expect(
      String(decoding: try CanonicalJSON.encode(few), as: UTF8.self)
        == "{\"\":4,\"a\":3,\"abcdefgh\":6,\"abcdefghi\":5,\"😀\":2,\"\u{FB33}\":1}")
    let names = (0..<100).map { "n\($0 * 37 % 100)" }
    let map = ValueMap(names.map { ($0, Value.null) })
    let text = String(decoding: try CanonicalJSON.encode(.map(map)), as: UTF8.self)
    #expect(text == "{" + names.sorted().map { "\"\($0)\":null" }.joined(separator: ",") + "}")
  }

  @Test(arguments: [
    Value.double(.nan), .double(.infinity), .bytes([1]), .duration(.zero),
    [[.timestamp(.init(seconds: 0))]],
    .map(
      {
        var map = ValueMap()
        map.set(1, 2)
        return map
      }()), .object(ObjectValue()),
  ])
  func `refuses values that JSON has no form for`(value: Value) {
    #expect(throws: CanonicalJSONError.self) { try CanonicalJSON.encode(value) }
  }
}
