import Values

/// What changed inside of something, a line for each part that did: of a map its members, of a list of
/// maps its items.
struct OutlineChange {
  private let name: String
  private let from: Value?
  private let to: Value?

  init(_ name: String, _ from: Value?, _ to: Value?) {
    (self.name, self.from, self.to) = (name, from, to)
  }

  var lines: [String] {
    let parts =
      switch (from, to) {
      case (.map(let old)?, .map(let new)?): members(old, new)
      case (.list(let old)?, .list(let new)?) where (old + new).allSatisfy { $0.asMap != nil }:
        items(old, new)
      default: [String]()
      }
    return parts.isEmpty ? [whole] : parts
  }

  private var whole: String {
    if let old = from?.asString, let new = to?.asString, max(old.count, new.count) > Self.limit {
      return "\(name) was reworded: “\(Self.excerpt(of: new, from: old))”"
    }
    return Self.line(name, Self.words(from), Self.words(to))
  }

  private func members(_ old: ValueMap, _ new: ValueMap) -> [String] {
    let keys = new.names + old.names.filter { new[$0] == nil }
    return keys.filter { old[$0] != new[$0] }.flatMap { key in
      OutlineChange("\(name), \(Wording.humanized(key))", old[key], new[key]).lines
    }
  }

  /// Items are the same where they have the same name or, without names, stand at the same place.
  private func items(_ old: [Value], _ new: [Value]) -> [String] {
    let first = zip(old, new).prefix { $0 == $1 }.count
    let last = zip(old[first...].reversed(), new[first...].reversed()).prefix { $0 == $1 }.count
    let (before, after) = (old[first..<(old.count - last)], new[first..<(new.count - last)])
    if (old + new).allSatisfy({ $0["name"]?.asString != nil }) {
      let lines = named(Array(before), Array(after))
      return lines.isEmpty ? ["\(name): in another order"] : lines
    }
    guard before.count == after.count else {
      return before.map { Self.line(name, Self.words($0), nil) }
        + after.map { Self.line(name, nil, Self.words($0)) }
    }
    return zip(before, after).enumerated().flatMap { index, pair in
      let place = new.count > 1 ? " (\(first + index + 1) of \(new.count))" : ""
      return OutlineChange(name + place, pair.0, pair.1).lines
    }
  }

  private func named(_ before: [Value], _ after: [Value]) -> [String] {
    func item(_ value: Value, in list: [Value]) -> Value? {
      list.first { $0["name"] == value["name"] }
    }
    func title(_ value: Value) -> String { "\(name), “\(value["name"]?.asString ?? "")”" }
    let kept = after.flatMap { value -> [String] in
      let old = item(value, in: before)
      return old == value ? [] : OutlineChange(title(value), old, value).lines
    }
    let gone = before.filter { item($0, in: after) == nil }
    return kept + gone.flatMap { OutlineChange(title($0), $0, nil).lines }
  }

  // MARK: words

  /// What is new in a long text, with a few words around it.
  private static func excerpt(of new: String, from old: String) -> String {
    let (before, after) = (
      old.split(whereSeparator: \.isWhitespace), new.split(whereSeparator: \.isWhitespace)
    )
    let first = zip(before, after).prefix { $0 == $1 }.count
    let last = zip(before[first...].reversed(), after[first...].reversed()).prefix { $0 == $1 }
      .count
    let start = max(first - 3, 0)
    let end = min(after.count - last + 3, after.count)
    let words = after[start..<end].joined(separator: " ")
    let isCut = words.count > limit
    return (start > 0 ? "… " : "") + (isCut ? String(words.prefix(limit)) : words)
      + (isCut || end < after.count ? " …" : "")
  }

  static func line(_ name: String, _ from: String?, _ to: String?) -> String {
    switch (from, to) {
    case (let from?, let to?): "\(name): \(to) (was: \(from))"
    case (nil, let to?): "\(name): \(to) (new)"
    case (let from?, nil): "\(name): no longer (was: \(from))"
    case (nil, nil): "\(name) changed"
    }
  }

  /// How much of an outline is shown.
  private static let limit = 160

  /// An outline in words; a long one is cut.
  private static func words(_ value: Value?) -> String? {
    guard let value else { return nil }
    let text = Wording.plain(value).split(whereSeparator: \.isNewline).joined(separator: " ")
    return text.count > limit ? String(text.prefix(limit - 3)) + "…" : text
  }
}
