/// A key that a step may have.
enum StepKey: UInt8, CaseIterable {
  case id, name, description, role, preconditions, verify, checkpoint, target, undo, manual, allow
  case condition, onFailure, with, timeout, retry, effects, probe, due, expires, remind, escalate,
    onExpiry
  case action, ask, approve, wait, set, steps, parallel, choose
  case forEach, loop, workflow, goTo, finish

  var bit: UInt64 { 1 << UInt64(rawValue) }

  /// As authors write it.
  var name: String { Self.texts[Int(rawValue)] }

  /// The key of a name; nil where a step has no such key.
  init?(name: String) {
    guard let position = Self.texts.firstIndex(of: name) else { return nil }
    self = Self.allCases[position]
  }

  /// The key as it is written; nil where a step has no such key.
  init?(_ written: UnsafeBufferPointer<UInt8>) {
    guard let word = ShortWord(written),
      let entry = Self.words[Int(word.count)].first(where: { $0.word == word })
    else { return nil }
    self = entry.key
  }

  private static let texts = [
    "id", "name", "description", "role", "preconditions", "verify", "checkpoint", "target", "undo",
    "manual", "allow", "if", "on_failure", "with", "timeout", "retry", "effects", "probe", "due",
    "expires", "remind", "escalate", "on_expiry", "action", "ask", "approve", "wait", "set",
    "steps",
    "parallel", "choose", "for_each", "repeat", "workflow", "go_to", "finish",
  ]
  /// The keys by the lengths of their names.
  private static let words: [[(word: ShortWord, key: StepKey)]] = {
    var words = [[(word: ShortWord, key: StepKey)]](repeating: [], count: ShortWord.limit + 1)
    for key in allCases { words[key.name.utf8.count].append((ShortWord(key.name), key)) }
    return words
  }()
}

/// Which keys a step has.
struct StepKeys {
  private var bits: UInt64 = 0
  /// The members with the id and the kind.
  private var idMember: UInt32 = 0
  private var kindMember: UInt32 = 0

  /// Takes up a key and the position of its member.
  mutating func insert(_ key: StepKey, at position: Int) {
    bits |= key.bit
    if key == .id { idMember = UInt32(position) }
    if key.bit & Self.kinds != 0 { kindMember = UInt32(position) }
  }

  /// Takes up the keys of another step.
  mutating func formUnion(_ other: StepKeys) { bits |= other.bits }

  /// The position of the id.
  var idPosition: Int? { contains(.id) ? Int(idMember) : nil }

  func contains(_ key: StepKey) -> Bool { bits & key.bit != 0 }

  /// The kind of the step and the position of its member, where it has one only.
  var onlyKind: (key: StepKey, position: Int)? {
    let kinds = bits & Self.kinds
    guard kinds != 0, kinds & (kinds - 1) == 0 else { return nil }
    return StepKey(rawValue: UInt8(kinds.trailingZeroBitCount)).map { ($0, Int(kindMember)) }
  }

  /// Whether any of these is there.
  func containsAny(of mask: UInt64) -> Bool { bits & mask != 0 }

  static func mask(_ keys: [String]) -> UInt64 {
    keys.compactMap { StepKey(name: $0) }.reduce(0) { $0 | $1.bit }
  }

  /// Whether nothing is said of the step but what it does and when.
  var isPlain: Bool { bits & Self.more == 0 }

  private static let kinds = mask(LanguageKeys.kinds)
  private static let more = ~(kinds | mask(["id", "if", "with"]))
  /// The kinds that hold steps, or decide which of the others are done; see ``Step/isControl``.
  static let control = mask([
    "steps", "parallel", "for_each", "choose", "repeat", "go_to", "finish",
  ])
  static let machine = mask(LanguageKeys.machine)
  static let people = mask(LanguageKeys.people)
}
