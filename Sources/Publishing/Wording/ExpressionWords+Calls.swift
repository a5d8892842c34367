import CEL
import TimeZones
import Values
import Workflows

extension ExpressionWords {
  /// A function or an operator that gives a value.
  ///
  /// - Parameter all: what it is called on, if anything, and its arguments.
  func call(_ name: String, _ all: [SyntaxNode], _ node: SyntaxNode) -> Phrase {
    switch all.count {
    case 1: return unary(name, all[0]) ?? condition(orCode: node)
    case 2: return binary(name, all[0], all[1]) ?? condition(orCode: node)
    default: return condition(orCode: node)
    }
  }

  /// A comparison as a value; what has no words is code.
  private func condition(orCode node: SyntaxNode) -> Phrase {
    switch node.kind {
    case .call(let name, _, _) where Self.clauses.contains(name): condition(node)
    default: code(node)
    }
  }

  private static let clauses: Set<String> = [
    "!_", "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "@in", "startsWith", "endsWith", "contains",
    "matches", "hasValue",
  ]

  private func unary(_ name: String, _ value: SyntaxNode) -> Phrase? {
    switch name {
    case "uuid": Phrase(.suffix, "a generated UUID (\(text(value), .open))")
    case "short_id": Phrase(.suffix, "a generated short ID (\(text(value), .open))")
    case "string": isText(value) ? text(value) : Phrase(.suffix, "\(text(value), .suffix) as text")
    case "json": Phrase(.suffix, "\(text(value), .suffix) as JSON")
    case "int": whole(value)
    case "double":
      isNumber(value) ? text(value) : Phrase(.suffix, "\(text(value), .suffix) as a number")
    case "timestamp":
      isText(value) ? Phrase(.suffix, "\(text(value), .suffix) as a time") : text(value)
    case "optional.of", "value": text(value)
    case "duration": duration(value)
    case "size": size(value)
    case "-_": Phrase(.minus, "minus \(text(value), .prefix)")
    case "trim": Phrase(.suffix, "\(text(value), .suffix) without blanks at its ends")
    case "lowerAscii": Phrase(.suffix, "\(text(value), .suffix) in small letters")
    case "upperAscii": Phrase(.suffix, "\(text(value), .suffix) in capital letters")
    case "join": Phrase(.suffix, "\(text(value), .suffix) joined")
    case "first": Phrase(.name, "the first of \(among(value), .name)")
    case "last": Phrase(.name, "the last of \(among(value), .name)")
    default: partOfDate(name, value, zone: nil)
    }
  }

  private func binary(_ name: String, _ left: SyntaxNode, _ right: SyntaxNode) -> Phrase? {
    switch name {
    case "orValue": fallback(text(left), right, text(right))
    case "or": Phrase(.open, "\(text(left), .or), or else \(text(right), .or)", hasComma: true)
    case "after": after(left, right)
    case "merge": Phrase(.joined, "\(text(left), .joined) overridden by \(text(right), .sum)")
    case "join": Phrase(.suffix, "\(text(left), .suffix) joined by \(text(right), .name)")
    case "_+_": sum(left, right)
    case "_-_": difference(left, right)
    case "_*_": Phrase(.product, "\(text(left), .product) × \(text(right), .prefix)")
    case "_/_": quotient(left, right)
    case "_%_":
      Phrase(.prefix, "the remainder of (\(text(left), .product) ÷ \(text(right), .prefix))")
    case "_[_]", "_[?_]": element(left, right)
    default: partOfDate(name, left, zone: right)
    }
  }

  /// "A (if there is none: B)".
  func fallback(_ value: Phrase, _ other: SyntaxNode, _ words: Phrase) -> Phrase {
    other.isEmptyValue
      ? Phrase(.suffix, "\(value, .suffix) (if there is one)")
      : Phrase(
        .suffix, "\(value, .suffix) (if there is none: \(words.text))",
        quotesSource: words.quotesSource)
  }

  // MARK: numbers

  private func whole(_ value: SyntaxNode) -> Phrase {
    if isWhole(value) { return text(value) }
    return type(value) == .double
      ? Phrase(.prefix, "the whole part of \(text(value), .prefix)")
      : Phrase(.suffix, "\(text(value), .suffix) as a whole number")
  }

  private func size(_ value: SyntaxNode) -> Phrase {
    if isText(value) { return Phrase(.prefix, "the length of \(text(value), .prefix)") }
    if let words = plural(value) { return Phrase(.prefix, "the number of \(words)") }
    return Phrase(.prefix, "the number of entries in \(text(value), .prefix)")
  }

  private func quotient(_ left: SyntaxNode, _ right: SyntaxNode) -> Phrase {
    let words = Phrase(.product, "\(text(left), .product) ÷ \(text(right), .prefix)")
    return isWhole(left) || isWhole(right)
      ? Phrase(.prefix, "the whole part of \(words, .name)") : words
  }

  private func sum(_ left: SyntaxNode, _ right: SyntaxNode) -> Phrase {
    if type(left) != .duration, type(right) == .duration {
      return Phrase(.prefix, "\(text(right), .suffix) after \(moment(left), .suffix)")
    }
    if type(left) == .duration, type(right) == .timestamp { return sum(right, left) }
    if case .call("getMonth", let start?, let zones) = left.kind, right.isOne,
      let words = date(start, "month", zone: zones.first)
    {
      return words
    }
    if left.isIdentifier("index"), variables["index"] == nil, right.isOne {
      return .name("the position (from 1)")
    }
    return isText(left) || isText(right) || isList(left) || isList(right)
      ? joined(left, right)
      : Phrase(.sum, "\(text(left), .sum) + \(text(right), .product)")
  }

  /// Two texts or two lists in one.
  private func joined(_ left: SyntaxNode, _ right: SyntaxNode) -> Phrase {
    let first = shown(left)
    return Phrase(
      .joined,
      "\(first, first.rank == .joined ? .joined : .prefix) followed by \(shown(right), .prefix)")
  }

  private func isList(_ node: SyntaxNode) -> Bool {
    if case .list? = type(node) { true } else { false }
  }

  // MARK: times

  private func difference(_ left: SyntaxNode, _ right: SyntaxNode) -> Phrase {
    if type(left) != .duration, type(right) == .duration {
      return Phrase(.prefix, "\(text(right), .suffix) before \(moment(left), .suffix)")
    }
    if type(left) == .timestamp || type(right) == .timestamp {
      return Phrase(.prefix, "the time from \(moment(right), .suffix) to \(moment(left), .suffix)")
    }
    return Phrase(.sum, "\(text(left), .sum) − \(text(right), .product)")
  }

  private func duration(_ node: SyntaxNode) -> Phrase {
    guard case .literal(.string(let text)) = node.kind else {
      return type(node) == .duration
        ? self.text(node) : Phrase(.suffix, "\(self.text(node), .suffix) as a length of time")
    }
    return .name(Length(text).map(Wording.length) ?? style.constant(text))
  }

  private func after(_ start: SyntaxNode, _ span: SyntaxNode) -> Phrase {
    guard case .literal(.string(let text)) = span.kind else {
      return Phrase(.prefix, "\(self.text(span), .suffix) after \(moment(start), .suffix)")
    }
    let isBefore = text.hasPrefix("-")
    let length = Length(isBefore ? String(text.dropFirst()) : text).map(Wording.length) ?? text
    return Phrase(
      .prefix, "\(length) \(isBefore ? "before" : "after") \(moment(start), .suffix)")
  }

  /// A moment after "from", "to", "after": "the start of …".
  private func moment(_ node: SyntaxNode) -> Phrase {
    if case .select(let step, let field, _) = node.kind, let id = step.stepID {
      let name = style.name(wording.stepName(id))
      if field == "finished_at" { return .name("the end of \(name)") }
      if field == "started_at" { return .name("the start of \(name)") }
    }
    return switch node.kind {
    case .select(let run, "started_at", _) where run.isIdentifier("run"):
      .name("the start of the run")
    case .identifier("now"): .name("this step")
    case .call("timestamp", let target, let arguments):
      (target ?? arguments.first).map(moment) ?? text(node)
    default: text(node)
    }
  }

  /// A moment in a comparison, where nothing else can be meant.
  func time(_ node: SyntaxNode) -> Phrase {
    guard case .call("timestamp", let target, let arguments) = node.kind,
      let value = target ?? arguments.first
    else { return text(node) }
    return text(value)
  }

  private func partOfDate(_ name: String, _ value: SyntaxNode, zone: SyntaxNode?) -> Phrase? {
    switch name {
    case "getFullYear": date(value, "year", zone: zone)
    // It counts from 0.
    case "getMonth": date(value, "month", zone: zone).map { Phrase(.sum, "\($0, .sum) − 1") }
    case "getDate": date(value, "day of the month", zone: zone)
    case "getHours": date(value, "hour", zone: zone)
    case "getMinutes": date(value, "minute", zone: zone)
    default: nil
    }
  }

  /// "the month of this step in Australia/Sydney"; nil for a length of time.
  private func date(_ value: SyntaxNode, _ part: String, zone: SyntaxNode?) -> Phrase? {
    guard type(value) == .timestamp else { return nil }
    let moment = self.moment(value)
    guard let zone else { return Phrase(.prefix, "the \(part) of \(moment, .suffix)") }
    return Phrase(.prefix, "the \(part) of \(moment, .suffix) in \(text(zone), .name)")
  }
}

extension SyntaxNode {
  var isZero: Bool {
    if case .literal(.int(0)) = kind { true } else { false }
  }

  var isOne: Bool {
    if case .literal(.int(1)) = kind { true } else { false }
  }

  /// `''`, `[]`, `{}`.
  var isEmptyValue: Bool {
    switch kind {
    case .literal(.string(let text)): text.isEmpty
    case .list(let elements): elements.isEmpty
    case .map(let entries): entries.isEmpty
    default: false
    }
  }

  /// A text that only sets things apart.
  var isPunctuation: Bool {
    guard case .literal(.string(let text)) = kind else { return false }
    return text.allSatisfy { $0.isWhitespace || ",;/|-".contains($0) }
  }

  /// Whether its source binds as a name does.
  var isMember: Bool {
    switch kind {
    case .identifier, .select, .has, .literal, .list, .map, .message, .bind, .block, .comprehension,
      .optionalMap:
      true
    case .call(let name, _, _): !name.contains("_") || name == "_[_]" || name == "_[?_]"
    case .and, .or, .conditional: false
    }
  }

  /// Whether a variable of that name is read in it.
  func reads(_ name: String) -> Bool {
    if isIdentifier(name) { return true }
    return parts.contains { $0.reads(name) }
  }

  /// Whether it looks through a list.
  var holdsMacro: Bool {
    if case .comprehension = kind { return true }
    return parts.contains(where: \.holdsMacro)
  }

  private var parts: [SyntaxNode] {
    switch kind {
    case .literal, .identifier: []
    case .select(let operand, _, _), .has(let operand, _): [operand]
    case .call(_, let target, let arguments): (target.map { [$0] } ?? []) + arguments
    case .and(let left, let right), .or(let left, let right), .bind(_, let left, let right),
      .optionalMap(let left, _, let right, _):
      [left, right]
    case .conditional(let test, let positive, let negative): [test, positive, negative]
    case .list(let elements): elements.map(\.value)
    case .map(let entries), .message(_, let entries): entries.flatMap { [$0.key, $0.value] }
    case .comprehension(let macro):
      [macro.range] + [macro.predicate, macro.transform].compactMap(\.self)
    case .block(let values, let body): values + [body]
    }
  }
}
