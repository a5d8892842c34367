public import Values

/// Equality and order as expressions see them: numbers compare by amount across types, text by its
/// code points, and NaN equals nothing (CEL specification, "Equality" and "Ordering").
public enum CELOperations {
  public static func isEqual(_ left: Value, _ right: Value) -> Bool {
    switch (left, right) {
    case (.string(let a), .string(let b)): a.hasSameBytes(as: b)
    case (.int(let a), .int(let b)): a == b
    case (.double(let a), .double(let b)): a == b
    case (.bool(let a), .bool(let b)): a == b
    case (.int, .uint), (.int, .double), (.uint, .int), (.uint, .uint), (.uint, .double),
      (.double, .int), (.double, .uint):
      order(left, right) == 0
    case (.list(let a), .list(let b)):
      a.count == b.count && zip(a, b).allSatisfy { isEqual($0, $1) }
    case (.map(let a), .map(let b)): isEqual(a, b)
    case (.object(let a as OptionalValue), .object(let b as OptionalValue)):
      isEqual(a, b)
    default: left == right
    }
  }

  private static func isEqual(_ left: ValueMap, _ right: ValueMap) -> Bool {
    left.count == right.count
      && left.allSatisfy { member in
        right.value(for: member.key).map { isEqual($0, member.value) } ?? false
      }
  }

  private static func isEqual(_ left: OptionalValue, _ right: OptionalValue) -> Bool {
    switch (left.value, right.value) {
    case (nil, nil): true
    case (let a?, let b?): isEqual(a, b)
    default: false
    }
  }

  /// -1, 0 or 1; nil where the two have no order (NaN, or types that do not compare).
  public static func order(_ left: Value, _ right: Value) -> Int? {
    switch (left, right) {
    case (.int(let a), .int(let b)): sign(a, b)
    case (.double(let a), .double(let b)): sign(a, b)
    case (.uint(let a), .uint(let b)): sign(a, b)
    case (.int(let a), .uint(let b)): a < 0 ? -1 : sign(UInt64(a), b)
    case (.uint(let a), .int(let b)): b < 0 ? 1 : sign(a, UInt64(b))
    case (.int(let a), .double(let b)): order(a, b)
    case (.double(let a), .int(let b)): order(b, a).map { -$0 }
    case (.uint(let a), .double(let b)): order(a, b)
    case (.double(let a), .uint(let b)): order(b, a).map { -$0 }
    case (.string(let a), .string(let b)): bytewise(a.utf8, b.utf8)
    case (.bytes(let a), .bytes(let b)): bytewise(a, b)
    case (.bool(let a), .bool(let b)): sign(a ? 1 : 0, b ? 1 : 0)
    case (.timestamp(let a), .timestamp(let b)): sign(a, b)
    case (.duration(let a), .duration(let b)): sign(a, b)
    default: nil
    }
  }

  private static func sign<T: Comparable>(_ a: T, _ b: T) -> Int? {
    if a < b { return -1 }
    if a > b { return 1 }
    return a == b ? 0 : nil
  }

  /// Beyond the integer's range by amount, within it as doubles: so the conformance tests want it.
  private static func order<Integer: FixedWidthInteger>(_ a: Integer, _ b: Double) -> Int? {
    if b < Double(Integer.min) { return 1 }
    if b > Double(Integer.max) { return -1 }
    return sign(Double(a), b)
  }

  private static func bytewise(
    _ a: some Collection<UInt8>, _ b: some Collection<UInt8>
  ) -> Int? {
    if a.elementsEqual(b) { return 0 }
    return a.lexicographicallyPrecedes(b) ? -1 : 1
  }
}
