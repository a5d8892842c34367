import CEL
import Documents
import SourceText

/// What to say to an author about a mistake that the expression language found: in the author's
/// words, with what to write instead.
struct ExpressionAdvice {
  let issue: Issue
  /// The expression.
  let source: String
  /// The scalar that it stands in, where that is the whole expression.
  let scalar: Scalar?
  /// What the place sees.
  let scope: Scope
  /// The steps of the file, where it has some.
  let types: StepTypes?

  var message: String { issue.authorMessage }
  var label: String? { issue.authorLabel }

  var help: String? {
    switch issue.reason {
    case .unknownName(let name): nameHelp(name)
    case .mismatch(let symbol, let types):
      nothingHelp(symbol, types) ?? laterHelp(symbol, types) ?? typeHelp(types)
    case .expected(.bool, _): choiceHelp ?? issue.authorHelp
    case .unknownField(let field, _, let known): outputHelp(field, known) ?? issue.authorHelp
    case .other: issue.authorHelp ?? commentHelp ?? letterHelp ?? wordHelp
    default: issue.authorHelp
    }
  }

  // MARK: names

  private static let truths = [
    "yes": true, "no": false, "on": true, "off": false, "true": true, "false": false,
  ]

  private static let nothings = ["none", "nil", "null", "undefined"]

  /// Where the names stand that only some places know.
  private static let places = [
    "item": "it is the item of the `for_each` around a step",
    "index": "it is the position in the loop around a step",
    "error": "recovery steps see it, and `only_if`",
    "event": "`match` sees it, and triggers",
    "outputs": "`verify` and `undo` see it; elsewhere write `steps.ID.outputs`",
    "progress": "`complete_when` sees it",
    "with": "the `undo` and the `probe` of an `action` see it",
    "env": "what differs between environments belongs into `baton.yaml`",
    "vars": "what a run has to know are its `inputs`",
    "secrets": "the connections of `baton.yaml` have secrets: `${{ secret('NAME') }}`",
    "request": "a trigger that is a `webhook` sees it",
  ]

  private func nameHelp(_ name: String) -> String? {
    if let help = dashHelp { return help }
    if let help = fieldHelp(name) { return help }
    if scope.file.hasInput(name) { return "write `inputs.\(name)`" }
    if name == "needs", scope.file.visibleNames.contains("steps") { return needsHelp }
    if types?.knows(name) == true, scope.file.visibleNames.contains("steps") {
      return "write `steps.\(name)`"
    }
    let small = name.lowercased()
    if let truth = Self.truths[small] {
      return "true and false are written `true` and `false`: `\(truth)`"
    }
    if Self.nothings.contains(small) { return "nothing is written `null`" }
    let names = scope.names.map(\.name)
    if name == "item", let other = names.last(where: { !Self.places.keys.contains($0) }) {
      return "the item is called `\(other)` here (`as`)"
    }
    if name == "steps" {
      return "no step is seen here, only \((scope.file.visibleNames + names).quotedList)"
    }
    if scope.isOfSchedule, name == "event" || name == "request" {
      return "nobody calls a `schedule`: `\(name)` is what a `webhook` sees"
    }
    if name == "inputs", !scope.file.visibleNames.contains(name) {
      return "there are no inputs yet, only \((scope.file.visibleNames + names).quotedList)"
    }
    if let place = Self.places[name] { return place }
    if let suggestion = issue.suggestion { return "did you mean `\(suggestion)`?" }
    if selectsField {
      return "there is no `\(name)` here, only \((scope.file.visibleNames + names).quotedList)"
    }
    let text = "a text stands in quotes: `'\(name)'`"
    return loopItem(names).map { "the item is called `\($0)` here; \(text)" } ?? text
  }

  /// How the item of the innermost `for_each` is called: it stands before the position in it.
  private func loopItem(_ names: [String]) -> String? {
    guard let index = names.lastIndex(of: "index"), index > 0 else { return nil }
    let name = names[index - 1]
    return name == "item" || !Self.places.keys.contains(name) ? name : nil
  }

  /// Whether a field of it is read: `github.actor`.
  private var selectsField: Bool {
    source.utf8.dropFirst(issue.range.upperBound).first == 0x2E
  }

  /// `name`, where `event` has a `name`: what the place itself looks at comes before the inputs.
  private func fieldHelp(_ name: String) -> String? {
    guard let (owner, type) = scope.owner(ofField: name) else { return nil }
    if selectsField {
      switch type.present {
      case .object, .map, .dyn: break
      default: return nil
      }
    }
    let field = "write `\(owner).\(name)`"
    return scope.file.hasInput(name) ? "\(field), or `inputs.\(name)` for the input" : field
  }

  /// `steps.a-b.outputs`, where the step is `a_b`.
  private var dashHelp: String? {
    let bytes = Array(source.utf8)
    var start = issue.range.lowerBound
    guard start > 0, start < bytes.count, bytes[start - 1] == 0x2D else { return nil }
    while start > 0, bytes[start - 1].isOfDashedName { start -= 1 }
    let end = bytes[start...].firstIndex { !$0.isOfDashedName } ?? bytes.count
    let parts = String(decoding: bytes[start..<end], as: UTF8.self).split(separator: ".")
    guard parts.count >= 2 else { return nil }
    let name = String(parts[1].map { $0 == "-" ? "_" : $0 })
    let isKnown = parts[0] == "steps" ? types?.knows(name) == true : scope.file.hasInput(name)
    guard ["steps", "inputs"].contains(parts[0]), isKnown else { return nil }
    return "a `-` subtracts; did you mean `\(parts[0]).\(name)`?"
  }

  /// `needs.x.outputs.y`, as another tool has it.
  private var needsHelp: String {
    let rest = source.utf8.dropFirst(issue.range.upperBound)
    let path = String(decoding: rest, as: UTF8.self).unicodeScalars
      .prefix { $0.isOfName || $0 == "." }
    return "write `steps\(path.count > 1 ? String(path) : ".ID.outputs")`"
  }

  /// `steps.a.n`, where the outputs of `a` have an `n`.
  private func outputHelp(_ field: String, _ known: [String]) -> String? {
    guard known.contains("outputs"), known.contains("attempts"), let types else { return nil }
    let before = String(decoding: source.utf8.prefix(issue.range.upperBound), as: UTF8.self)
    let names = before.lastPath.split(separator: ".").map(\.description)
    guard names.count >= 2, names[0] == "steps",
      case .object(let outputs)? = types.type(of: names[1])?.memberType("outputs").present,
      outputs.fieldNames.contains(field)
    else { return nil }
    return "write `steps.\(names[1]).outputs.\(field)`"
  }

  // MARK: types

  /// `a && 'x' || 'y'`, as others choose between two values: both of them are wrong then.
  var choiceHelp: String? {
    guard case .expected(.bool, _) = issue.reason else { return nil }
    let halves = source.split(separator: "&&").map { String($0).trimmed }
    let values = (halves.last ?? "").split(separator: "||").map { String($0).trimmed }
    guard halves.count == 2, values.count == 2, values.contains(where: \.isConstant) else {
      return nil
    }
    return
      "one of two values is `\(halves[0]) ? \(values[0]) : \(values[1])`; in YAML a text with "
      + "`: ` in it needs quotes"
  }

  /// `inputs.note != null`: what may be absent is not nothing.
  private func nothingHelp(_ symbol: String, _ types: [CELType]) -> String? {
    guard ["==", "!="].contains(symbol), types.count == 2, types.contains(.null) else { return nil }
    let sides = source.split(separator: symbol, maxSplits: 1).map { String($0).trimmed }
    let path = sides.first { $0 != "null" } ?? ""
    guard sides.count == 2, sides.contains("null"), path.contains("."),
      path.unicodeScalars.allSatisfy({ $0.isOfName || $0 == "." })
    else { return "`has(…)` says whether a value is there" }
    return "whether it is there says `\(symbol == "==" ? "!" : "")has(\(path))`"
  }

  /// `now + '2d'`: a length of time is a text, which `after` takes.
  private func laterHelp(_ symbol: String, _ types: [CELType]) -> String? {
    guard ["+", "-"].contains(symbol), types.count == 2, case .timestamp = types[0].present,
      case .string = types[1].present
    else { return nil }
    let written = String(decoding: Array(source.utf8)[issue.range], as: UTF8.self).trimmed
    guard let quote = written.last, quote == "'" || quote == "\"",
      let start = written.dropLast().lastIndex(of: quote)
    else { return nil }
    let length = String(written[written.index(after: start)...].dropLast())
    let before = String(written[..<start]).trimmed
    let isBack = symbol == "-"
    guard Length(length) != nil, before.hasSuffix(symbol), !isBack || !length.hasPrefix("-") else {
      return nil
    }
    let moment = String(before.dropLast()).trimmed
    return "write `after(\(moment), '\(isBack ? "-" : "")\(length)')`"
  }

  private func typeHelp(_ types: [CELType]) -> String? {
    guard types.count == 2 else { return nil }
    switch (types[0].present, types[1].present) {
    case (.string, .timestamp), (.timestamp, .string):
      return "`timestamp(…)` makes a moment of a text such as `2026-01-18T09:00:00Z`"
    case (.string, .int), (.int, .string), (.string, .double), (.double, .string):
      return "a number stands without quotes; `string(…)` makes a text of one, `int(…)` and "
        + "`double(…)` make numbers of texts"
    case (.int, .double), (.double, .int):
      return "a calculation mixes no integers with numbers: write `2.0` for `2`, or `double(…)`"
    case (.string, .bool), (.bool, .string): return "`true` and `false` stand without quotes"
    case (.string, .duration), (.duration, .string):
      return "a length of time is written `duration('24h')`"
    default: return nil
    }
  }

  // MARK: syntax

  /// `outputs.größe`: only the letters of ASCII can stand in a name behind a `.`.
  private var letterHelp: String? {
    guard issue.message.hasPrefix("unexpected"), issue.range.lowerBound < source.utf8.count else {
      return nil
    }
    let scalars = Array(source.unicodeScalars)
    let before = String(decoding: source.utf8.prefix(issue.range.lowerBound), as: UTF8.self)
    let place = before.unicodeScalars.count
    guard scalars[place].value > 0x7F, scalars[place].properties.isAlphabetic else { return nil }
    var start = place
    while start > 0, scalars[start - 1].isOfName { start -= 1 }
    var end = place
    while end < scalars.count, scalars[end].isOfName { end += 1 }
    guard start > 0, scalars[start - 1] == "." else { return nil }
    var owner = String.UnicodeScalarView()
    owner.append(contentsOf: scalars[..<(start - 1)])
    if ["inputs", "steps"].contains(String(owner).lastPath) {
      return "the names of inputs and steps have only the letters a–z and A–Z, digits and `_`"
    }
    var name = String.UnicodeScalarView()
    name.append(contentsOf: scalars[start..<end])
    return "a name with such letters stands in brackets: `['\(String(name))']`"
  }

  /// `a == 'x #y'` without quotes around it: YAML ends the text at ` #`.
  private var commentHelp: String? {
    guard let scalar, scalar.style == .plain else { return nil }
    let rest = scalar.file.bytes[scalar.span.end...].prefix { $0 != 0x0A && $0 != 0x0D }
    guard rest.drop(while: { $0 == 0x20 }).first == 0x23, rest.first == 0x20 else { return nil }
    let whole = scalar.text + String(decoding: rest, as: UTF8.self)
    return "YAML takes ` #` and what follows for a comment; put it all in quotes: "
      + "`\(whole.trimmed.inYAMLQuotes)`"
  }

  private static let words = [
    "and": "and is written `&&`", "or": "or is written `||`", "is": "equality is `==`",
    "not": "not is written `!`", "equals": "equality is `==`", "contains": "write `a.contains(b)`",
  ]

  /// Operators of other languages that are words.
  private var wordHelp: String? {
    let bytes = Array(source.utf8)
    guard issue.range.lowerBound <= bytes.count, issue.range.upperBound <= bytes.count else {
      return nil
    }
    let found = String(decoding: bytes[issue.range], as: UTF8.self)
    if let help = Self.words[found.lowercased()] { return help }
    if found.unicodeScalars.allSatisfy({ "“”‘’„‚«»".unicodeScalars.contains($0) }), !found.isEmpty {
      return "a text stands in straight quotes: `'…'`"
    }
    let before = String(decoding: bytes[..<issue.range.lowerBound], as: UTF8.self).trimmed
    let last = before.split { !$0.isLetter }.last.map(String.init) ?? ""
    guard before.hasSuffix(last) else { return nil }
    return Self.words[last.lowercased()]
  }
}

extension String {
  /// The names with dots between them that it ends with.
  fileprivate var lastPath: String {
    let scalars = Array(unicodeScalars)
    let start = scalars.lastIndex { !$0.isOfName && $0 != "." }.map { $0 + 1 } ?? 0
    var path = String.UnicodeScalarView()
    path.append(contentsOf: scalars[start...])
    return String(path)
  }

  /// Whether it begins as a text or a number does.
  fileprivate var isConstant: Bool {
    unicodeScalars.first.map { "'\"".unicodeScalars.contains($0) || ("0"..."9").contains($0) }
      ?? false
  }
}

extension UInt8 {
  /// Whether it is a letter, a digit, `_`, `.` or `-`.
  fileprivate var isOfDashedName: Bool {
    switch self {
    case 0x61...0x7A, 0x41...0x5A, 0x30...0x39, 0x5F, 0x2E, 0x2D: true
    default: false
    }
  }
}

extension Unicode.Scalar {
  /// Whether it is a letter, a digit or `_`.
  fileprivate var isOfName: Bool {
    properties.isAlphabetic || ("0"..."9").contains(self) || self == "_"
  }
}
