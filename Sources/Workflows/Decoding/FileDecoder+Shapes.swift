import Documents
import SourceText
import TimeZones
import Values

/// The keys that a map of the language may have.
struct KeySet: Sendable {
  /// What the map is, for messages: "a step", "`retry`".
  let owner: String
  let keys: [String]
  private let words: [ShortWord]

  init(_ owner: String, _ keys: [String]) {
    self.owner = owner
    self.keys = keys
    words = keys.map { ShortWord($0) }
  }

  func contains(_ key: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let word = ShortWord(key) else { return false }
    return words.contains(word)
  }
}

/// A word of the language in two numbers, which are compared faster than texts.
struct ShortWord: Hashable, Sendable {
  private var low: UInt64 = 0
  private var high: UInt64 = 0
  let count: UInt8

  /// How many bytes a word has at most.
  static let limit = 16

  /// - Returns: nil for what is longer than any word of the language.
  init?(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes.count <= Self.limit else { return nil }
    count = UInt8(bytes.count)
    for byte in bytes {
      high = high << 8 | low >> 56
      low = low << 8 | UInt64(byte)
    }
  }

  /// - Precondition: the word is not longer than ``limit``.
  init(_ text: String) {
    var text = text
    guard let word = text.withUTF8({ ShortWord($0) }) else {
      preconditionFailure("`\(text)` is too long for a word of the language")
    }
    self = word
  }
}

extension FileDecoder {
  /// The members of a map, after a look at its keys: unknown ones are reported.
  func members(_ node: Node, _ keys: KeySet) -> MemberList? {
    guard let members = map(node, keys.owner) else { return nil }
    members.forEachKey { text, position in
      if !keys.contains(text) { reportUnknown(members[position].key, keys) }
    }
    return members
  }

  /// Which keys a step has; unknown ones are reported.
  func keys(of node: Node, _ keys: KeySet) -> StepKeys? {
    guard let members = map(node, keys.owner) else { return nil }
    var found = StepKeys()
    members.forEachKey { text, position in
      if let key = StepKey(text) {
        found.insert(key)
      } else {
        reportUnknown(members[position].key, keys)
      }
    }
    return found
  }

  /// The members of a map whose keys are names of the author.
  func map(_ node: Node, _ what: @autoclosure () -> String) -> MemberList? {
    if let members = node.members { return members }
    report(
      .wrongShape, "\(what()) is a map, not \(node.kindName)", at: node.span,
      label: "expected `key: value` lines")
    return nil
  }

  /// The items of a list.
  func list(_ node: Node, _ what: @autoclosure () -> String) -> NodeList? {
    if let items = node.items { return items }
    report(
      .wrongShape, "\(what()) is a list, not \(node.kindName)", at: node.span,
      label: "expected lines that start with `- `")
    return nil
  }

  /// The text of a scalar as it stands in the file.
  func text(_ node: Node, _ key: String) -> String? {
    if let text = node.text, !node.isNull {
      if facts != nil, text.utf8.last == 0x30, let scalar = node.scalar {
        checkTextOfNumber(scalar)
      }
      return text
    }
    report(.wrongShape, "`\(key)` is text, not \(node.kindName)", at: node.span)
    return nil
  }

  /// The text under a key; nil where the key is not there.
  func text(_ node: Node, under key: String) -> String? {
    node[key].flatMap { text($0, key) }
  }

  /// The name of something: the same in every run, so that people and records can speak of it.
  func name(_ node: Node) -> String? {
    guard let written = node["name"], let name = text(written, "name") else { return nil }
    if written.scalar.map(InterpolatedText.isNeeded) == true {
      report(
        .interpolationInName, "a name is the same in every run: `${{ }}` is not evaluated here",
        at: written.span,
        help: "put what differs into `run_name`, or into the message of the question")
    }
    return name
  }

  func truth(_ node: Node, _ key: String) -> Bool? {
    if let flag = node.scalar?.resolved.asBool { return flag }
    report(.wrongShape, "`\(key)` is `true` or `false`, not \(node.kindName)", at: node.span)
    return nil
  }

  func integer(_ node: Node, _ key: String, atLeast minimum: Int64) -> Int? {
    if let number = node.scalar?.resolved.asInt, number >= minimum { return Int(number) }
    report(
      .valueNotAllowed, "`\(key)` is an integer of at least \(minimum), not \(node.kindName)",
      at: node.span)
    return nil
  }

  /// One of the allowed words.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ node: Node, _ key: String, _: Choice.Type = Choice.self
  ) -> Choice? {
    guard let word = text(node, key) else { return nil }
    if let choice = Choice(rawValue: word) { return choice }
    let allowed = Choice.allCases.map(\.rawValue)
    report(
      .valueNotAllowed, "`\(key)` cannot be `\(word)`", at: node.span,
      label: "allowed: \(allowed.quotedList)", help: suggestion(word, allowed))
    return nil
  }

  /// A fixed length of time.
  func length(_ node: Node, _ key: String) -> Length? {
    guard let word = text(node, key) else { return nil }
    if let length = Length(word) { return length }
    reportLength(node, key, word)
    return nil
  }

  func reportLength(_ node: Node, _ key: String, _ word: String) {
    let bare = Double(word) != nil
    report(
      .badLength,
      bare ? "`\(key)` needs a unit: `\(word)` what?" : "`\(word)` is not a length of time",
      at: node.span, label: "expected \(Length.examples) …",
      help: bare ? "for seconds write `\(key): \(word)s`" : lengthHelp(word))
  }

  private func lengthHelp(_ word: String) -> String? {
    guard case .failure(let problem) = AuthoredDuration.parse(word) else { return nil }
    return problem.message.contains("is written") ? problem.message : nil
  }

  /// Names of the author: ids, roles, fields.
  func isName(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      guard let first = bytes.first, (0x61...0x7A).contains(first) else { return false }
      return bytes.allSatisfy {
        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
      }
    }
  }

  func missing(_ key: String, in owner: String, at span: SourceSpan, help: String? = nil) {
    report(.missingKey, "\(owner) has no `\(key)`", at: span, help: help)
  }

  private func reportUnknown(_ key: Scalar, _ keys: KeySet) {
    if let near = nearest(key.text, among: keys.keys) {
      report(
        .unknownKey, "unknown key `\(key.text)` in \(keys.owner)", at: key.span,
        help: "did you mean `\(near)`?")
    } else if let homes = LanguageKeys.homes[key.text] {
      report(
        .misplacedKey, "`\(key.text)` does not belong into \(keys.owner)", at: key.span,
        label: "it is a key of \(homes.joined(separator: ", "))")
    } else {
      report(
        .unknownKey, "unknown key `\(key.text)` in \(keys.owner)", at: key.span,
        label: "allowed: \(keys.keys.quotedList)")
    }
  }

  /// The nearest of the words; nil also where so much is wrong that nobody will read it.
  func suggestion(_ word: String, _ words: some Sequence<String>) -> String? {
    guard diagnostics.omitted == 0 else { return nil }
    return nearest(word, among: words).map { "did you mean `\($0)`?" }
  }
}

extension [String] {
  /// "`a`, `b`, `c`".
  var quotedList: String { map { "`\($0)`" }.joined(separator: ", ") }
}
