import TestSupport

/// Random expressions, the same ones for the same seed.
struct ExpressionGenerator: RandomNumberGenerator {
  private var numbers: SeededNumbers

  init(seed: UInt64) { numbers = SeededNumbers(seed: seed) }

  mutating func next() -> UInt64 { numbers.next() }

  mutating func choose<Item>(_ items: [Item]) -> Item { numbers.choose(items) }

  mutating func expression(depth: Int) -> String {
    guard depth > 0 else { return leaf() }
    func part(_ generator: inout Self) -> String { generator.expression(depth: depth - 1) }
    let one = part(&self)
    let two = part(&self)
    switch Int.random(in: 0..<12, using: &self) {
    case 0, 1:
      return
        "\(wrapped(one)) \(choose(["+", "-", "*", "/", "%", "==", "<", "in", "&&", "||"])) \(wrapped(two))"
    case 2: return "\(one) \(choose(["&&", "||"])) \(two) \(choose(["&&", "||"])) \(part(&self))"
    case 3: return "(\(one)) ? (\(two)) : \(part(&self))"
    case 4: return choose(["!", "-", "--", "!!"]) + "(\(one))"
    case 5: return "(\(one))\(choose([".f", ".?g", ".`a-b`"]))"
    case 6: return "(\(one))[\(choose(["", "?"]))\(two)]"
    case 7: return "[\(one), \(choose(["", "?"]))\(two)]"
    case 8: return "{\(one): \(two), ?'k': \(leaf())}"
    case 9: return "(\(one)).\(choose(["all", "exists", "map", "filter", "existsOne"]))(x, \(two))"
    case 10: return "(\(one)).\(choose(["size", "startsWith", "f"]))(\(two))"
    default: return "cel.bind(x, \(one), \(two))"
    }
  }

  private mutating func wrapped(_ text: String) -> String {
    Bool.random(using: &self) ? "(\(text))" : text
  }

  private mutating func leaf() -> String {
    choose([
      "1", "-2", "3u", "1.5", "-0.5", "'a'", "\"b\\n\"", "b'c'", "true", "null", "x", "y.z", "[]",
      "{}", "has(x.y)", "size(x)", "9223372036854775807", "'é'", "0x1F", ".r", "x.map(i, i)",
      "duration('1s')", "optional.of(1)", "'abc'.matches('a+')", "1e308", "type(x)",
    ])
  }
}
