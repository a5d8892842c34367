/// A map that keeps the order of insertion.
///
/// Keys are text, integers, unsigned integers or truth values; integers of both kinds with the same
/// amount are the same key (CEL, "Map values"). Looking a key up takes constant time: small maps
/// are searched, larger ones have an index.
public struct ValueMap: Sendable {
  public struct Member: Sendable {
    public let key: Value
    public var value: Value

    public init(key: Value, value: Value) {
      self.key = key
      self.value = value
    }
  }

  private static let indexedFrom = 17

  private var members: [Member] = []
  private var index: [MapKey: Int]?

  public init() {}

  public init(minimumCapacity: Int) { members.reserveCapacity(minimumCapacity) }

  /// A map from text keys; of two equal keys the later one counts.
  public init(_ pairs: some Sequence<(String, Value)>) {
    for (key, value) in pairs { self[key] = value }
  }

  /// A map from text keys that differ from each other.
  public init(distinct pairs: some Collection<(String, Value)>) {
    members.reserveCapacity(pairs.count)
    for (key, value) in pairs { members.append(Member(key: .string(key), value: value)) }
    rebuildIndex()
    assert(index == nil || index?.count == members.count, "a key comes twice")
  }

  /// The value under a text key. Setting nil removes the member, and the order of the others stays.
  public subscript(_ key: String) -> Value? {
    get { position(ofText: key).map { members[$0].value } }
    set { set(.string(key), newValue) }
  }

  /// The value under any key.
  public func value(for key: Value) -> Value? {
    position(of: key).map { members[$0].value }
  }

  public func contains(_ key: Value) -> Bool { position(of: key) != nil }

  /// Sets, or with nil removes, the value under a key.
  public mutating func set(_ key: Value, _ value: Value?) {
    switch (position(of: key), value) {
    case (let position?, let value?): members[position].value = value
    case (let position?, nil): remove(at: position)
    case (nil, let value?): append(Member(key: key, value: value))
    case (nil, nil): break
    }
  }

  /// The keys in order.
  public var keys: [Value] { members.map(\.key) }

  /// The text keys in order; other keys are left out.
  public var names: [String] { members.compactMap(\.key.asString) }

  /// Adds a member under a key that is not there yet.
  public mutating func append(_ key: String, _ value: Value) {
    assert(position(ofText: key) == nil, "the key is there already")
    append(Member(key: .string(key), value: value))
  }

  private mutating func append(_ member: Member) {
    members.append(member)
    if index != nil {
      index?[MapKey(member.key)] = members.count - 1
    } else if members.count >= Self.indexedFrom {
      rebuildIndex()
    }
  }

  private mutating func remove(at position: Int) {
    members.remove(at: position)
    if index != nil { rebuildIndex() }
  }

  private mutating func rebuildIndex() {
    guard members.count >= Self.indexedFrom else {
      index = nil
      return
    }
    index = Dictionary(minimumCapacity: members.count)
    for (position, member) in members.enumerated() { index?[MapKey(member.key)] = position }
  }

  private func position(ofText text: String) -> Int? {
    if let index { return index[MapKey(.string(text))] }
    return members.firstIndex { member in
      if case .string(let name) = member.key { name.hasSameBytes(as: text) } else { false }
    }
  }

  private func position(of key: Value) -> Int? {
    if case .string(let text) = key { return position(ofText: text) }
    let wanted = MapKey(key)
    if let index { return index[wanted] }
    return members.firstIndex { MapKey($0.key) == wanted }
  }
}

extension ValueMap: RandomAccessCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { members.count }
  public subscript(position: Int) -> Member { members[position] }
}

extension ValueMap: Hashable {
  /// Same keys with the same values, in whatever order.
  public static func == (left: ValueMap, right: ValueMap) -> Bool {
    left.count == right.count
      && left.allSatisfy { member in right.value(for: member.key) == member.value }
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(count) }
}

extension ValueMap: ExpressibleByDictionaryLiteral {
  /// - Precondition: no key comes twice.
  public init(dictionaryLiteral elements: (String, Value)...) {
    members.reserveCapacity(elements.count)
    for (key, value) in elements {
      assert(position(ofText: key) == nil, "a key of a literal comes twice")
      append(Member(key: .string(key), value: value))
    }
  }
}

/// A key with the equality of map keys: integers of both kinds by amount.
private struct MapKey: Hashable {
  let value: Value

  init(_ key: Value) {
    switch key {
    case .uint(let number) where number <= UInt64(Int64.max): value = .int(Int64(number))
    case .double(let number):
      if let amount = Int64(exactly: number) {
        value = .int(amount)
      } else {
        value = UInt64(exactly: number).map { .uint($0) } ?? key
      }
    default: value = key
    }
  }
}
