import TestSupport
import Testing
import Values

@testable import CEL

/// Functions may be called with anything where an expression was not checked.
@Suite struct LibraryRobustnessTests {
  private static let pool: [Value] = [
    .null, .bool(true), .int(0), .int(-1), .int(.min), .int(.max), .int(3), .uint(0), .uint(.max),
    .double(0), .double(-0.0), .double(.nan), .double(.infinity), .double(-.infinity),
    .double(9.3e18), .double(.greatestFiniteMagnitude), .double(.leastNonzeroMagnitude),
    .string(""),
    .string("a"), .string("%"), .string("%.3f%s%x"), .string("%."), .string("ö\u{308}🐱\u{0}"),
    .string("aaaaab"), .string("10.0.0.0/8"), .string("::1"), .string("::ffff:1.2.3.4"),
    .string("2026-11-20T07:30:00Z"), .string("1h30m"), .string("Europe/Zurich"), .string("(a*)*b"),
    .string("[z-a]"), .string("=="), .string("aGk="), .string("0x10"),
    .string("-9223372036854775808"),
    .bytes([]), .bytes([0xFF, 0, 0xC3]), .list([]), .list([1, "a", .double(.nan)]),
    .list([[1, [2]], [[]]]), .list(["b", "a"]), .map([:]), .map(["a": 1]),
    .timestamp(Timestamp(seconds: 253_402_300_799, nanoseconds: 999_999_999)),
    .timestamp(Timestamp(seconds: -62_135_596_800)), .timestamp(Timestamp(seconds: .max)),
    .timestamp(Timestamp(seconds: .min)), .duration(TimeSpan(seconds: .max, nanoseconds: 5)),
    .duration(TimeSpan(seconds: .min, nanoseconds: -5)), .duration(.zero),
    .object(OptionalValue.none),
    .object(OptionalValue(1)), .object(TypeValue("int")),
  ]

  @Test(arguments: [UInt64(20_261_120), 7, 42])
  func `no function crashes whatever it is given`(seed: UInt64) {
    var generator = SeededNumbers(seed: seed)
    for function in StandardLibrary.functions {
      for overload in function.overloads {
        for _ in 0..<150 {
          let values = overload.parameters.map { type in
            let fitting = Self.pool.filter { $0.hasType(type) }
            let isFitting = Bool.random(using: &generator) || Bool.random(using: &generator)
            let choice = isFitting && !fitting.isEmpty ? fitting : Self.pool
            return generator.choose(choice)
          }
          call(overload, values)
        }
      }
    }
  }

  /// Either a value or an error is fine; only a crash is not.
  private func call(_ overload: Overload, _ values: [Value]) {
    switch (overload.implementation, values.count) {
    case (.unary(let body), 1): _ = try? body(values[0])
    case (.binary(let body), 2): _ = try? body(values[0], values[1])
    case (.ternary(let body), 3): _ = try? body(values[0], values[1], values[2])
    case (.many(let body), _): _ = try? body(values)
    case (.contextual(let body), _): _ = try? body(Variables(), values)
    // Its plan does it, not a body.
    case (.fallback, 2): break
    default: Issue.record("\(overload.id) takes \(values.count) values, its body another number")
    }
  }
}
