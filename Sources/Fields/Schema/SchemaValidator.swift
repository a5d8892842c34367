import Documents
import SourceText
import Values

/// Checks a value against a program and collects every problem.
struct SchemaValidator {
  /// What the keywords of a schema have looked at (core, section 7.7.1).
  struct Seen {
    var names: Set<String> = []
    var indices: Set<Int> = []

    mutating func add(_ other: Seen) {
      names.formUnion(other.names)
      indices.formUnion(other.indices)
    }
  }

  /// How deep schemas may refer to each other while one value is checked.
  private static let depthLimit = 400

  let program: SchemaProgram
  /// Whether parts of the value may be ``UnknownValue``s.
  private let allowsUnknown: Bool
  private var path: [String] = []
  private var found: [SchemaProblem] = []
  /// The ways to unknown parts that must not be absent.
  private(set) var needed: [[String]] = []
  /// The ways to unknown parts that may be null and must not be.
  private(set) var nonNull: [[String]] = []
  /// The resources entered on the way here, for dynamic references.
  private var scope: [Int] = []
  private var depth = 0

  init(_ program: SchemaProgram, allowsUnknown: Bool = false) {
    self.program = program
    self.allowsUnknown = allowsUnknown
  }

  mutating func problems(of value: Value) -> [SchemaProblem] {
    _ = check(SchemaProgram.root, value)
    return found
  }

  /// - Returns: what was looked at, for `unevaluated…`; nil where the value does not fit.
  mutating func check(_ number: Int, _ value: Value) -> Seen? {
    if allowsUnknown, let unknown = value.asUnknown { return check(unknown, number) }
    let node = program.nodes[number]
    guard depth < Self.depthLimit else {
      fail("is nested too deep to be checked")
      return nil
    }
    depth += 1
    let isNew = scope.last != node.resource
    if isNew { scope.append(node.resource) }
    defer {
      depth -= 1
      if isNew { scope.removeLast() }
    }
    var seen = Seen()
    var fits = true
    for keyword in node.keywords where !apply(keyword, value, &seen) { fits = false }
    return fits ? seen : nil
  }

  /// Notes a problem of the value at the current path.
  mutating func fail(_ expectation: String, _ value: Value? = nil, remedy: String? = nil) {
    fail(expectation, found: value.map(Self.shown), remedy: remedy)
  }

  mutating func fail(_ expectation: String, found phrase: String?, remedy: String?) {
    found.append(
      SchemaProblem(path: path, expectation: expectation, found: phrase, remedy: remedy))
  }

  /// Checks something inside the value.
  mutating func check(_ number: Int, _ value: Value, at key: String) -> Seen? {
    path.append(key)
    defer { path.removeLast() }
    return check(number, value)
  }

  /// Notes a problem of something inside the value.
  mutating func fail(_ expectation: String, at key: String) {
    path.append(key)
    fail(expectation)
    path.removeLast()
  }

  /// Notes that something inside the value, which is not known, must not be absent.
  mutating func need(_ key: String) { needed.append(path + [key]) }

  /// Notes that the value at the current path, which is not known, must not be null.
  mutating func refuseNull() { nonNull.append(path) }

  /// Checks without noting problems, and gives them instead.
  mutating func attempt(_ number: Int, _ value: Value) -> (seen: Seen?, problems: [SchemaProblem]) {
    let kept = (found, needed, nonNull)
    found = []
    let seen = check(number, value)
    let problems = found
    (found, needed, nonNull) = kept
    return (seen, problems)
  }

  mutating func note(_ problems: [SchemaProblem]) { found += problems }

  /// The node a dynamic reference leads to: that of the outermost resource with such an anchor.
  func dynamicTarget(_ number: Int, _ anchor: String) -> Int {
    for resource in scope {
      if let target = program.dynamicAnchors[resource]?[anchor] { return target }
    }
    return number
  }

  private mutating func apply(_ keyword: SchemaKeyword, _ value: Value, _ seen: inout Seen) -> Bool
  {
    if allowsUnknown, isUndecided(keyword, of: value) { return true }
    switch keyword {
    case .never:
      fail("is not allowed")
      return false
    case .types(let types): return check(types, value)
    case .oneOfValues(let values): return check(oneOf: values, value)
    case .multipleOf, .minimum, .maximum: return applyNumber(keyword, value)
    case .minLength, .maxLength, .pattern, .format: return applyText(keyword, value)
    case .items, .contains, .minItems, .maxItems, .uniqueItems, .unevaluatedItems:
      guard case .list(let items) = value else { return true }
      return applyList(keyword, items, &seen)
    case .members, .memberNames, .minMembers, .maxMembers, .required, .dependentRequired,
      .dependentSchemas, .unevaluatedMembers:
      guard case .map(let map) = value else { return true }
      return applyMap(keyword, map, &seen)
    default: return applyCombination(keyword, value, &seen)
    }
  }

  private mutating func check(_ types: [SchemaType], _ value: Value) -> Bool {
    if types.contains(where: { $0.holds(value) }) { return true }
    let expectation = "must be \(Self.alternatives(types.map(\.phrase)))"
    guard case .string(let text) = value, !text.isEmpty else {
      fail(expectation, value)
      return false
    }
    // "must be true or false, not `true`" would be a riddle.
    fail(
      expectation, found: "the text \(Self.shown(value))",
      remedy: Self.remedy(for: text, types))
    return false
  }

  private mutating func check(oneOf values: [Value], _ value: Value) -> Bool {
    let normal = normalized(value)
    if values.contains(normal) { return true }
    var expectation = "must be \(Self.alternatives(values.prefix(20).map(Self.shown)))"
    if values.count > 20 { expectation += " …" }
    if case .string(let text) = value, !text.isEmpty,
      !values.contains(where: { $0.asString != nil })
    {
      fail(expectation, found: "the text \(Self.shown(value))", remedy: nil)
    } else {
      fail(expectation, value)
    }
    return false
  }

  private mutating func applyNumber(_ keyword: SchemaKeyword, _ value: Value) -> Bool {
    guard value.asNumber != nil else { return true }
    switch keyword {
    case .multipleOf(let step, let decimal):
      guard let number = DecimalNumber(value), !number.isMultiple(of: decimal) else { return true }
      fail("must be a multiple of \(Self.plain(step))", value)
    case .minimum(let limit, let isExclusive):
      let order = Self.compare(value, limit)
      guard order < 0 || (isExclusive && order == 0) else { return true }
      fail("must be \(isExclusive ? "more than" : "at least") \(Self.plain(limit))", value)
    case .maximum(let limit, let isExclusive):
      let order = Self.compare(value, limit)
      guard order > 0 || (isExclusive && order == 0) else { return true }
      fail("must be \(isExclusive ? "less than" : "at most") \(Self.plain(limit))", value)
    default: return true
    }
    return false
  }

  private static func compare(_ left: Value, _ right: Value) -> Int {
    if case (.int(let a), .int(let b)) = (left, right) { return a < b ? -1 : a == b ? 0 : 1 }
    let (a, b) = (left.asNumber ?? .nan, right.asNumber ?? .nan)
    return a < b ? -1 : a == b ? 0 : 1
  }

  private mutating func applyText(_ keyword: SchemaKeyword, _ value: Value) -> Bool {
    guard case .string(let text) = value else { return true }
    switch keyword {
    case .minLength(let count) where text.unicodeScalars.count < count:
      fail(
        count == 1 ? "must not be empty" : "must have at least \(count) characters",
        count == 1 ? nil : value)
    case .maxLength(let count) where text.unicodeScalars.count > count:
      fail("must have at most \(count) character\(count == 1 ? "" : "s")", value)
    case .pattern(let pattern) where !pattern.isFound(in: text):
      fail("must match the pattern `\(pattern.source)`", value)
    case .format(let format) where !format.holds(text):
      fail("must be \(format.phrase)", value)
    default: return true
    }
    return false
  }
}

extension SchemaValidator {
  /// `a`, `a or b`, `a, b or c`.
  static func alternatives(_ phrases: [String]) -> String {
    guard let last = phrases.last, phrases.count > 1 else { return phrases.first ?? "nothing" }
    return phrases.dropLast().joined(separator: ", ") + " or " + last
  }

  /// What to write in place of a text where one of these types is wanted.
  private static func remedy(for text: String, _ types: [SchemaType]) -> String? {
    if types.contains(.boolean), let word = truthWords[text.lowercased()] {
      return text == word ? "write it without quotes: `\(word)`" : "write `\(word)`"
    }
    guard let number = try? JSONReader.value(from: Array(text.utf8)), number.asNumber != nil,
      types.contains(where: { $0.holds(number) })
    else { return nil }
    return "write it without quotes: `\(text)`"
  }

  /// What YAML 1.1 took for a truth value.
  private static let truthWords = [
    "true": "true", "yes": "true", "y": "true", "on": "true",
    "false": "false", "no": "false", "n": "false", "off": "false",
  ]

  /// A value in a message, in back-ticks, a long one cut.
  static func shown(_ value: Value) -> String {
    switch value {
    case .null: "nothing"
    case .list: "a list"
    case .map: "a map"
    case .string(let text) where text.isEmpty: "empty text"
    default: "`\(plain(value))`"
    }
  }

  static func plain(_ value: Value) -> String {
    guard case .string(let text) = value else { return JSONText.compact(normalized(value)) }
    let line = text.prefix { $0 != "\n" }.prefix(60)
    return line.count < text.count ? line + "…" : text
  }
}
