import Documents
import Fields
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
      if !keys.contains(text) { reportUnknown(members, at: position, of: node, keys) }
    }
    return members
  }

  /// The members of a step and which keys they have; unknown ones are reported.
  func stepKeys(of node: Node) -> (members: MemberList, keys: StepKeys)? {
    guard let members = map(node, LanguageKeys.step.owner) else { return nil }
    var found = StepKeys()
    members.forEachKey { text, position in
      if let key = StepKey(text) {
        found.insert(key, at: position)
      } else {
        reportUnknown(members, at: position, of: node, LanguageKeys.step)
      }
    }
    return (members, found)
  }

  /// The members of a map whose keys are names of the author.
  func map(_ node: Node, _ what: @autoclosure () -> String) -> MemberList? {
    if let members = node.members { return members }
    report(
      .wrongShape, "\(what()) is a map, not \(node.kindName)", at: node.span,
      label: file.isJSON ? "expected `{ … }`" : "expected `key: value` lines")
    return nil
  }

  /// The items of a list.
  func list(_ node: Node, _ what: @autoclosure () -> String) -> NodeList? {
    if let items = node.items { return items }
    report(
      .wrongShape, "\(what()) is a list, not \(node.kindName)", at: node.span,
      label: file.isJSON ? "expected `[ … ]`" : "expected lines that start with `- `")
    return nil
  }

  /// Reports a list or a map in which nothing stands although something has to.
  func requireSome(_ node: Node?, _ key: String, _ what: String) {
    guard let node, node.items?.isEmpty == true || node.members?.isEmpty == true else { return }
    report(.missingKey, "`\(key)` is empty", at: node.span, label: "expected at least one \(what)")
  }

  /// The text of a scalar as it stands in the file.
  func text(_ node: Node, _ key: String) -> String? {
    if let text = node.text, !node.isNull {
      if isAdvised, text.utf8.last == 0x30, let scalar = node.scalar {
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

  /// Text that is the same in every run, as a name is.
  ///
  /// - Parameter help: where what differs belongs instead.
  func fixedText(_ node: Node, _ key: String, help: String? = nil) -> String? {
    fixedText(node, key, called: "`\(key)`", help: help)
  }

  /// The same under a key; nil where the key is not there.
  func fixedText(_ node: Node, under key: String, help: String? = nil) -> String? {
    node[key].flatMap { fixedText($0, key, help: help) }
  }

  /// A description: the same in every run.
  func description(_ node: Node, help: @autoclosure () -> String) -> String? {
    fixedText(node, "description", called: "a description", help: help())
  }

  /// The name of something: the same in every run, so that people and records can speak of it.
  func name(_ node: Node, help: @autoclosure () -> String) -> String? {
    node["name"].flatMap { fixedText($0, "name", called: "a name", help: help()) }
  }

  private func fixedText(
    _ node: Node, _ key: String, called what: @autoclosure () -> String,
    help: @autoclosure () -> String?
  ) -> String? {
    guard let written = text(node, key) else { return nil }
    if node.scalar.map(InterpolatedText.isNeeded) == true {
      report(
        .interpolationInName, "\(what()) is the same in every run: `${{ }}` is not evaluated here",
        at: node.span, help: help())
    }
    return written
  }

  func truth(_ node: Node, _ key: String) -> Bool? {
    if let flag = node.scalar?.resolved.asBool { return flag }
    if let scalar = node.scalar { noteSpoken(scalar) }
    let words = ["yes": true, "on": true, "y": true, "no": false, "off": false, "n": false]
    let meant = node.text.flatMap { words[$0.lowercased()] ?? Bool($0.lowercased()) }
    report(
      .wrongShape, "`\(key)` is `true` or `false`, not \(node.kindName)", at: node.span,
      help: meant.map { "write `\(key): \($0)`" })
    return nil
  }

  func integer(_ node: Node, _ key: String, atLeast minimum: Int64) -> Int? {
    if let number = node.scalar?.resolved.asInt, number >= minimum { return Int(number) }
    let quoted = node.scalar.flatMap { $0.style == .plain ? nil : Int64($0.text) }
    if let scalar = node.scalar, scalar.style == .plain, Double(scalar.text) ?? 0 >= 1e15 {
      report(
        .valueNotAllowed, "`\(key)` is too large", at: node.span,
        label: "at most \(Int64(1) << 53)")
      return nil
    }
    report(
      .valueNotAllowed, "`\(key)` is an integer of at least \(minimum), not \(node.kindName)",
      at: node.span,
      help: quoted.flatMap { $0 >= minimum ? "write `\(key): \($0)`, without quotes" : nil })
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
    guard let length = Length(word) else {
      reportLength(word, key, at: node.span)
      return nil
    }
    if length.duration.amount < 0 {
      report(
        .badLength, "`\(key)` cannot be negative", at: node.span,
        help: word.hasPrefix("-")
          ? "it is counted forward: write `\(word.dropFirst())`" : beforeHelp(word, key))
      return nil
    }
    if length.duration.amount == 0, key == "timeout" {
      report(
        .badLength, "`\(word)` leaves no time to do anything", at: node.span,
        help: "without `timeout` a try may last as long as it takes")
      return nil
    }
    return length
  }

  /// A fixed length of time that is counted by the clock.
  func clockLength(_ node: Node, _ key: String) -> Length? {
    let length = length(node, key)
    if let length { requireClock(length, key, at: node.span) }
    return length
  }

  /// Business time is nothing where it is not people who take it; what a run was started with counts as it did.
  func requireClock(_ length: Length, _ key: String, at span: SourceSpan) {
    guard length.elapsed == nil, !isStarted else { return }
    report(
      .badLength, "`\(key)` is counted by the clock: hours and days, not business time", at: span,
      label: "expected `30s`, `15m`, `2h`, `3d` …")
  }

  /// `due: 1 business day before` says not before what.
  private func beforeHelp(_ word: String, _ key: String) -> String? {
    guard word.hasSuffix(" before"), ["due", "expires", "wait"].contains(key) else { return nil }
    let length = word.dropLast(" before".count)
    return "it does not say before what: write `\(key): { at: \"after(MOMENT, '-\(length)')\" }`"
  }

  func reportLength(_ word: String, _ key: String, at span: SourceSpan) {
    let bare = Double(word) != nil
    if case .failure(let problem) = AuthoredDuration.parse(word), let longest = problem.longest {
      report(.badLength, "`\(word)` is too long", at: span, label: "at most \(longest)")
      return
    }
    report(
      .badLength,
      bare ? "`\(key)` needs a unit: `\(word)` what?" : "`\(word)` is not a length of time",
      at: span, label: "expected \(Length.examples) …",
      help: bare
        ? "for seconds write `\(key): \(word)s`" : momentHelp(word, key) ?? lengthHelp(word))
  }

  /// A moment where a length of time stands, under a key that can have one.
  private func momentHelp(_ word: String, _ key: String) -> String? {
    guard ["due", "expires", "wait"].contains(key) else { return nil }
    return MomentAdvice(word)?.help(under: key)
  }

  func lengthHelp(_ word: String) -> String? {
    guard case .failure(let problem) = AuthoredDuration.parse(word) else { return nil }
    if problem.message.contains("is written") { return problem.message }
    if let length = Length.written(iso8601: word) { return "here it is written `\(length)`" }
    return nearLength(word).map { "did you mean `\($0)`?" }
  }

  /// `2 bussiness days`: an amount, and a unit that is nearly one.
  private func nearLength(_ word: String) -> String? {
    let amount = word.prefix { $0.isNumber }
    let unit = word.dropFirst(amount.count).drop { $0 == " " }
    guard !amount.isEmpty, unit.count > 4 else { return nil }
    let units = ["business hours", "business days", "business hour", "business day"]
    let length = nearest(String(unit), among: units).map { "\(amount) \($0)" }
    return length.flatMap { Length($0) == nil ? nil : $0 }
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

  /// The nearest of the words; nil also where so much is wrong that nobody will read it.
  func suggestion(_ word: String, _ words: some Sequence<String>) -> String? {
    guard diagnostics.omitted == 0 else { return nil }
    return nearest(word, among: words).map { "did you mean `\($0)`?" }
  }
}

extension [String] {
  /// "`a`, `b`, `c`".
  var quotedList: String { map { "`\($0)`" }.joined(separator: ", ") }

  /// The same of the first few.
  var shortQuotedList: String {
    count > 12 ? Array(prefix(12)).quotedList + ", …" : quotedList
  }
}
