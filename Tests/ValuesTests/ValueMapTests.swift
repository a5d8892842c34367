import Testing

@testable import Values

@Suite struct ValueMapTests {
  @Test func `keeps the order of insertion, small and large`() {
    for count in [3, 8, 9, 200] {
      var map = ValueMap()
      for number in 0..<count { map["k\(number)"] = .int(Int64(number)) }
      #expect(map.names == (0..<count).map { "k\($0)" })
      map["k1"] = nil
      map["k0"] = "again"
      #expect(map.names.first == "k0" && map.count == count - 1 && map["k1"] == nil)
      #expect(map["k\(count - 1)"] == .int(Int64(count - 1)))
    }
  }

  @Test func `integers of both kinds are one key, text is compared by its bytes`() {
    var map = ValueMap()
    map.set(.int(1), "one")
    map.set(.uint(1), "still one")
    #expect(map.count == 1 && map.value(for: .int(1)) == "still one")
    map["ö"] = 1
    map["o\u{308}"] = 2
    #expect(map.count == 3)
  }

  @Test func `equal maps ignore order, equal values do not ignore types`() {
    #expect(ValueMap([("a", 1), ("b", 2)]) == ValueMap([("b", 2), ("a", 1)]))
    #expect(Value.int(1) != .double(1))
    #expect(Value.double(.nan) == .double(.nan))
  }

  @Test func `only what JSON can express exactly is JSON`() {
    #expect((["a": [1, 2.5, .null, true]] as Value).isJSON)
    #expect(!Value.double(.infinity).isJSON && !Value.bytes([1]).isJSON && !Value.uint(1).isJSON)
  }

  @Test(arguments: [true, false])
  func `where a value is absent there is none, and not the null of data`(isKnown: Bool) {
    let value: Value = 1
    func known() -> Value? { return isKnown ? value : nil }
    #expect((known() != nil) == isKnown)
    let found = Optional(value).flatMap { isKnown ? $0 : nil }
    #expect((found != nil) == isKnown)
    var map: ValueMap = ["a": 2]
    map["a"] = isKnown ? value : nil
    #expect(map.count == (isKnown ? 1 : 0))
  }
}
