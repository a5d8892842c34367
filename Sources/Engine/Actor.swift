package import Values

/// Who caused an event: the machine itself, the user of the operating system, or a person who
/// signed in.
package struct Actor: Hashable, Sendable {
  package enum Kind: String, Sendable {
    case machine
    /// The user of the operating system: proves nothing about who it was.
    case user
    /// Somebody who signed in with a token.
    case person
  }

  package let kind: Kind
  package let id: String

  package init(kind: Kind, id: String) {
    self.kind = kind
    self.id = id
  }

  package static let machine = Actor(kind: .machine, id: "baton")
}

/// Values as a run keeps them: the clear ones as they are, of the sensitive ones only a commitment
/// to each, under which the vault keeps the sealed value.
package struct StoredValues: Hashable, Sendable {
  package var clear: ValueMap
  /// Name to commitment, in order of name.
  package var sealed: ValueMap

  package init(clear: ValueMap = ValueMap(), sealed: ValueMap = ValueMap()) {
    self.clear = clear
    self.sealed = sealed
  }

  package var isEmpty: Bool { clear.isEmpty && sealed.isEmpty }

  /// Every name, clear or sealed.
  package var names: [String] { clear.names + sealed.names }

  /// Takes other values in the place of those of the same names.
  mutating func replace(with values: StoredValues) {
    for member in values.clear {
      clear.set(member.key, member.value)
      if let name = member.key.asString { sealed[name] = nil }
    }
    for member in values.sealed {
      sealed.set(member.key, member.value)
      if let name = member.key.asString { clear[name] = nil }
    }
  }
}

/// Keeps sensitive values and gives them back; the engine's only way to them.
package protocol ValueVault: Sendable {
  /// Keeps a value and returns the commitment that stands for it in the journal.
  func seal(_ value: Value) -> String
  /// Keeps a value that is sensitive only because another one is somewhere in it: what else it holds may be
  /// seen elsewhere.
  func sealAround(_ value: Value) -> String
  /// Whether a value is kept only because another one is somewhere in it.
  func isAround(_ commitment: String) -> Bool
  /// Whether anything was kept or given back: where not, nobody has seen a sensitive value.
  var hasOpened: Bool { get }
  /// The value behind a commitment; nil when it cannot be opened: the key is lost, or the value.
  func open(_ commitment: String) -> Value?
  /// The worst that is in the way of anything that the run may look at; nil where all can be opened.
  var worstObstacle: SealObstacle? { get }
  /// What is in the way of the value behind a commitment.
  func obstacle(to commitment: String) -> SealObstacle?
  /// Whether a sensitive value of the run is somewhere in a value, whoever put it there: what an
  /// operation gives back may hold what it was called with.
  func isIn(_ value: Value) -> Bool
  /// A text that people get to see, without the run's sensitive values.
  func redact(_ text: String) -> String
}

extension ValueVault {
  package var worstObstacle: SealObstacle? { nil }

  package func obstacle(to commitment: String) -> SealObstacle? { nil }

  /// Whether there is anything that cannot be opened.
  package var hasLocked: Bool { worstObstacle != nil }

  package func sealAround(_ value: Value) -> String { seal(value) }

  package func isAround(_ commitment: String) -> Bool { false }

  package var hasOpened: Bool { true }

  package func isIn(_ value: Value) -> Bool { false }

  package func redact(_ text: String) -> String { text }
}

extension StoredValues {
  /// Parts values into clear and sealed ones; all are brought to their JSON form first.
  ///
  /// What is not sensitive by its declaration is sealed where a sensitive value of the run is in it.
  package init(_ values: ValueMap, sensitive: (String) -> Bool, vault: any ValueVault) {
    self.init()
    for member in values {
      guard case .string(let name) = member.key else { continue }
      let value = member.value.inJSON
      if sensitive(name) {
        sealed[name] = .string(vault.seal(value))
      } else if vault.isIn(value) {
        sealed[name] = .string(vault.sealAround(value))
      } else {
        clear[name] = value
      }
    }
  }

  /// All values in clear; names the first one that cannot be opened.
  package func opened(by vault: any ValueVault) throws(UnopenedValue) -> ValueMap {
    var values = clear
    for member in sealed {
      guard case .string(let name) = member.key, let commitment = member.value.asString else {
        continue
      }
      guard let value = vault.open(commitment) else {
        throw UnopenedValue(name: name, obstacle: vault.obstacle(to: commitment) ?? .gone)
      }
      values[name] = value
    }
    return values
  }
}

extension StoredValues {
  /// The values in clear, and the commitments of those that cannot be opened, by their names.
  package func parted(by vault: any ValueVault) -> (open: ValueMap, locked: ValueMap) {
    var locked = ValueMap()
    for member in sealed where member.value.asString.map({ vault.open($0) == nil }) ?? true {
      locked.set(member.key, member.value)
    }
    return (openedOrLeftOut(by: vault), locked)
  }
}

/// A sealed value that cannot be opened.
package struct UnopenedValue: Error {
  package let name: String
  package let obstacle: SealObstacle
}

extension Value {
  /// The form that journals hold: moments and lengths of time as text, unsigned integers and
  /// integers beyond 2^53 as in RFC 8785 (text), doubles with an integral amount as integers.
  package var inJSON: Value {
    switch self {
    case .null, .bool, .string: self
    case .int(let number): Self.journalled(number)
    case .uint(let number):
      if let small = Int64(exactly: number) {
        Self.journalled(small)
      } else {
        .string(String(number))
      }
    case .double(let number): Self.journalled(number)
    case .bytes(let bytes): .string(base64(bytes))
    case .list(let values): .list(values.map(\.inJSON))
    case .map(let map): .map(map.inJSON)
    case .timestamp(let moment): .string(moment.journalText)
    case .duration(let span): .string(span.journalText)
    case .object(let object): object.inJSON
    }
  }

  private static let exactLimit: Int64 = 9_007_199_254_740_992

  private static func journalled(_ number: Int64) -> Value {
    number.magnitude <= exactLimit.magnitude ? .int(number) : .string(String(number))
  }

  private static func journalled(_ number: Double) -> Value {
    guard number.isFinite else {
      return .string(number.isNaN ? "NaN" : number > 0 ? "Infinity" : "-Infinity")
    }
    if let whole = Int64(exactly: number), whole.magnitude <= exactLimit.magnitude {
      return .int(whole)
    }
    return .double(number)
  }
}

extension ValueMap {
  /// Every value in its JSON form; keys that are not text become text.
  package var inJSON: ValueMap {
    var result = ValueMap(minimumCapacity: count)
    for member in self { result[member.key.keyText] = member.value.inJSON }
    return result
  }
}

extension Value {
  fileprivate var keyText: String {
    switch self {
    case .string(let text): text
    case .int(let number): String(number)
    case .uint(let number): String(number)
    case .bool(let flag): String(flag)
    default: "?"
    }
  }
}

extension ObjectValue {
  fileprivate var inJSON: Value {
    if fieldNames.isEmpty { return .string(description) }
    var map = ValueMap()
    for name in fieldNames { map[name] = field(name)?.inJSON }
    return .map(map)
  }
}

private func base64(_ bytes: [UInt8]) -> String {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var text: [UInt8] = []
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let chunk = bytes[start..<min(start + 3, bytes.count)]
    var word = chunk.reduce(0) { $0 << 8 | Int($1) }
    word <<= 8 * (3 - chunk.count)
    for position in 0..<4 {
      text.append(position <= chunk.count ? alphabet[word >> (18 - 6 * position) & 63] : 0x3D)
    }
  }
  return String(decoding: text, as: UTF8.self)
}
