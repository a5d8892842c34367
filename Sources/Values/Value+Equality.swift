/// Structural equality: same case, same content; `1`, `1u` and `1.0` are three different values and
/// text is compared by its bytes, not by canonical equivalence. Maps ignore order. NaN equals NaN.
///
/// Expressions have their own equality (numbers across types); it is the `CEL` module's.
extension Value: Hashable {
  public static func == (left: Value, right: Value) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.uint(let a), .uint(let b)): a == b
    case (.double(let a), .double(let b)): a == b || (a.isNaN && b.isNaN)
    case (.string(let a), .string(let b)): a.hasSameBytes(as: b)
    case (.bytes(let a), .bytes(let b)): a == b
    case (.list(let a), .list(let b)): a == b
    case (.map(let a), .map(let b)): a == b
    case (.timestamp(let a), .timestamp(let b)): a == b
    case (.duration(let a), .duration(let b)): a == b
    case (.object(let a), .object(let b)): a.isEqual(to: b)
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .bool(let flag): hasher.combine(flag)
    case .int(let number): hasher.combine(number)
    case .uint(let number): hasher.combine(number)
    case .double(let number): hasher.combine(number.isNaN ? .nan : number)
    case .string(let text): text.hashBytes(into: &hasher)
    case .bytes(let bytes): hasher.combine(bytes)
    case .list(let values): hasher.combine(values)
    case .map(let map): hasher.combine(map.count)
    case .timestamp(let moment): hasher.combine(moment)
    case .duration(let span): hasher.combine(span)
    case .object(let object): object.hash(into: &hasher)
    }
  }
}

extension String {
  /// Whether both texts are the same Unicode scalars. Swift's `==` also holds for canonically
  /// equivalent ones (`"ö" == "o\u{308}"`), which no standard used here does.
  @inlinable
  public func hasSameBytes(as other: String) -> Bool {
    guard utf8.count == other.utf8.count else { return false }
    return self.utf8.withContiguousStorageIfAvailable { left in
      other.utf8.withContiguousStorageIfAvailable { right in
        left.elementsEqual(right)
      } ?? utf8.elementsEqual(other.utf8)
    } ?? utf8.elementsEqual(other.utf8)
  }

  /// Feeds the UTF-8 bytes and a terminator, in step with ``hasSameBytes(as:)``.
  @inlinable
  public func hashBytes(into hasher: inout Hasher) {
    let hashed: Void? = utf8.withContiguousStorageIfAvailable { bytes in
      hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
    }
    if hashed == nil { for byte in utf8 { hasher.combine(byte) } }
    hasher.combine(UInt8(0xFF))
  }
}
