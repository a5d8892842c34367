import CEL
import Fields
import Values
import Workflows

/// Says an expression in words; what it has no words for stays as it is in the file.
struct ExpressionWords {
  let wording: Wording
  let source: String

  private var style: WordStyle { wording.style }

  /// A value: "the amount from *Confirm the payment*".
  func text(_ node: SyntaxNode) -> String {
    switch node.kind {
    case .literal(let value): return literal(value)
    case .identifier(let name): return identifier(name)
    case .select(let operand, let field, _): return select(operand, field)
    case .has: return condition(node)
    case .and, .or: return condition(node)
    case .conditional(let test, let positive, let negative):
      return "\(text(positive)) if \(condition(test)), otherwise \(text(negative))"
    case .list(let elements):
      return elements.isEmpty
        ? "an empty list" : elements.map { text($0.value) }.joined(separator: ", ")
    case .call(let name, let target, let arguments): return call(name, target, arguments, node)
    case .comprehension: return condition(node)
    case .map(let entries):
      return entries.map { "\(key($0.key)): \(text($0.value))" }.joined(separator: ", ")
    case .bind, .block, .message, .optionalMap: return code(node)
    }
  }

  /// A clause that holds or does not: "the status is `COMPLETE`".
  func condition(_ node: SyntaxNode) -> String {
    switch node.kind {
    case .and(let left, let right): return "\(joined(left)) and \(joined(right))"
    case .or(let left, let right): return "\(joined(left)) or \(joined(right))"
    case .has(let operand, let field): return "\(select(operand, field)) is known"
    case .call("orValue", let target?, let arguments):
      return fallback(target, arguments, node)
    case .call(let name, let target, let arguments):
      return clause(name, target, arguments) ?? "\(call(name, target, arguments, node)) holds"
    case .comprehension(let comprehension): return self.comprehension(comprehension, node)
    case .literal(.bool(let flag)): return flag ? "always" : "never"
    case .select, .identifier: return "\(text(node)) is yes"
    case .conditional(let test, let positive, let negative):
      return "\(condition(positive)) (if \(condition(test)); otherwise \(condition(negative)))"
    default: return text(node)
    }
  }

  /// A part of `and` or `or`: the other one of the two is set off by brackets.
  private func joined(_ node: SyntaxNode) -> String {
    if case .or = node.kind { return "(\(condition(node)))" }
    return condition(node)
  }

  private func key(_ node: SyntaxNode) -> String {
    guard case .literal(.string(let name)) = node.kind else { return text(node) }
    return style.words(Wording.humanized(name))
  }

  private func code(_ node: SyntaxNode) -> String {
    let bytes = Array(source.utf8)
    let range = node.range.clamped(to: 0..<bytes.count)
    return style.code(String(decoding: bytes[range], as: UTF8.self))
  }

  private func literal(_ value: Value) -> String {
    guard case .string(let text) = value else { return style.words(Wording.plain(value)) }
    return text.isEmpty ? "nothing" : style.code(text)
  }

  // MARK: names

  private func identifier(_ name: String) -> String {
    switch name {
    case "now": "the moment of the step"
    case "inputs": "what the run was started with"
    case "outputs": "the result"
    case "error": "the failure"
    case "event": "the event"
    case "run": "the run"
    case "index": "the number of the item"
    case "item": "the item"
    default: "the \(style.words(Wording.humanized(name)))"
    }
  }

  private func select(_ operand: SyntaxNode, _ field: String) -> String {
    if let id = operand.stepID { return stepField(field, id) }
    if case .select(let step, "outputs", _) = operand.kind, let id = step.stepID {
      let name = wording.output(field, of: wording.workflow.step(named: id))
      return "\(style.words(Wording.noun(name))) from \(style.name(wording.step(id)))"
    }
    switch operand.kind {
    case .identifier("inputs"):
      let name = wording.workflow.inputs[field].map(Wording.fieldName)
      return style.words(Wording.noun(name ?? Wording.humanized(field)))
    case .identifier("event"): return "the event's \(style.words(Wording.humanized(field)))"
    case .identifier("outputs"):
      return style.words(Wording.noun(Wording.humanized(field)))
    case .identifier("run"): return Self.runFields[field] ?? "the run's \(Wording.humanized(field))"
    case .identifier("error"):
      return field == "message" ? "what went wrong" : "the failure's \(Wording.humanized(field))"
    case .identifier("steps"): return style.name(wording.step(field))
    default: return "\(style.words(Wording.noun(Wording.humanized(field)))) of \(text(operand))"
    }
  }

  private func stepField(_ field: String, _ id: String) -> String {
    let name = style.name(wording.step(id))
    switch field {
    case "outputs": return "the result of \(name)"
    case "started_at": return "when \(name) began"
    case "finished_at": return "when \(name) was done"
    case "by": return "who did \(name)"
    case "attempts": return "the number of tries of \(name)"
    case "error": return "the failure of \(name)"
    default: return "the \(Wording.humanized(field)) of \(name)"
    }
  }

  private static let runFields = [
    "id": "the run's id", "name": "the run's name", "status": "the run's outcome",
    "started_at": "when the run began", "started_by": "whoever started the run",
    "environment": "the environment", "workflow": "this procedure",
  ]

  // MARK: calls

  private func call(
    _ name: String, _ target: SyntaxNode?, _ arguments: [SyntaxNode], _ node: SyntaxNode
  ) -> String {
    let all = (target.map { [$0] } ?? []) + arguments
    switch (name, all.count) {
    case ("uuid", _): return "a generated UUID"
    case ("short_id", _): return "a generated short ID"
    case ("string", 1), ("timestamp", 1), ("json", 1), ("double", 1), ("int", 1),
      ("optional.of", 1),
      ("value", 1):
      return text(all[0])
    case ("duration", 1): return duration(all[0])
    case ("orValue", 2):
      return all[1].isEmptyValue
        ? "\(text(all[0])) (if there is one)"
        : "\(text(all[0])) (if there is none: \(text(all[1])))"
    case ("or", 2): return "\(text(all[0])), or else \(text(all[1]))"
    case ("after", 2): return after(all[0], all[1])
    case ("size", 1): return "the number of \(plural(all[0]))"
    case ("merge", 2): return "\(text(all[0])) together with \(text(all[1]))"
    case ("join", 1...2): return text(all[0])
    case ("_+_", 2): return sum(all)
    case ("_-_", 2): return difference(all)
    case ("_*_", 2): return "\(text(all[0])) × \(text(all[1]))"
    case ("_/_", 2): return "\(text(all[0])) ÷ \(text(all[1]))"
    case ("-_", 1): return "minus \(text(all[0]))"
    case ("_[_]", 2), ("_[?_]", 2): return element(all[0], all[1])
    case ("trim", 1), ("lowerAscii", 1), ("upperAscii", 1): return text(all[0])
    case ("first", 1): return "the first of \(plural(all[0], withArticle: true))"
    case ("last", 1): return "the last of \(plural(all[0], withArticle: true))"
    default: return clause(name, target, arguments) ?? code(node)
    }
  }

  private func clause(
    _ name: String, _ target: SyntaxNode?, _ arguments: [SyntaxNode]
  ) -> String? {
    let all = (target.map { [$0] } ?? []) + arguments
    switch (name, all.count) {
    case ("!_", 1): return negation(all[0])
    case ("_==_", 2): return equality(all[0], all[1], isEqual: true)
    case ("_!=_", 2): return equality(all[0], all[1], isEqual: false)
    case ("_<_", 2): return compared(all, "is less than")
    case ("_<=_", 2): return compared(all, "is at most")
    case ("_>_", 2):
      if let counted = counted(all[0]), all[1].isZero { return "there are \(counted)" }
      return compared(all, "is more than")
    case ("_>=_", 2): return compared(all, "is at least")
    case ("@in", 2): return "\(text(all[0])) is one of \(text(all[1]))"
    case ("startsWith", 2): return "\(text(all[0])) begins with \(text(all[1]))"
    case ("endsWith", 2): return "\(text(all[0])) ends with \(text(all[1]))"
    case ("contains", 2): return "\(text(all[0])) contains \(text(all[1]))"
    case ("matches", 2): return "\(text(all[0])) has the form \(text(all[1]))"
    case ("hasValue", 1): return "\(text(all[0])) is known"
    default: return nil
    }
  }

  /// A truth value that may be absent.
  private func fallback(
    _ value: SyntaxNode, _ arguments: [SyntaxNode], _ node: SyntaxNode
  ) -> String {
    switch arguments.first?.kind {
    case .literal(.bool(false)): "\(text(value)) is yes"
    case .literal(.bool(true)): "\(text(value)) is yes or not known"
    default: "\(call("orValue", value, arguments, node)) is yes"
    }
  }

  private func compared(_ all: [SyntaxNode], _ words: String) -> String {
    if case .call("_-_", _, let moments) = all[0].kind, moments.count == 2, all[1].isDuration {
      return "the time from \(since(moments[1])) to \(since(moments[0])) "
        + "\(words) \(text(all[1]))"
    }
    return "\(text(all[0])) \(words) \(text(all[1]))"
  }

  private func negation(_ node: SyntaxNode) -> String {
    switch node.kind {
    case .select, .identifier: "\(text(node)) is no"
    case .call("_==_", _, let sides) where sides.count == 2:
      equality(sides[0], sides[1], isEqual: false)
    case .call("_>_", _, let sides) where sides.count == 2 && counted(sides[0]) != nil:
      "there are no \(counted(sides[0]) ?? "")"
    case .has(let operand, let field): "\(select(operand, field)) is not known"
    case .comprehension(let comprehension) where comprehension.macro == .exists:
      "there is none among \(plural(comprehension.range, withArticle: true)) for which "
        + (comprehension.predicate.map(condition) ?? "it holds")
    default: "it is not so that \(condition(node))"
    }
  }

  private func equality(_ left: SyntaxNode, _ right: SyntaxNode, isEqual: Bool) -> String {
    if case .select(let step, "status", _) = left.kind, let id = step.stepID,
      case .literal(.string(let status)) = right.kind
    {
      return self.status(status, of: id, isEqual)
    }
    if let counted = counted(left), right.isZero {
      return isEqual ? "there are no \(counted)" : "there are \(counted)"
    }
    if case .literal(.bool(let flag)) = right.kind {
      return "\(text(left)) is \(flag == isEqual ? "yes" : "no")"
    }
    return "\(text(left)) is \(isEqual ? "" : "not ")\(text(right))"
  }

  private func status(_ status: String, of id: String, _ isEqual: Bool) -> String {
    let words =
      switch status {
      case "succeeded": "succeeded"
      case "skipped": "was skipped"
      case "failed": "failed"
      default: "is \(Wording.humanized(status))"
      }
    let name = style.name(wording.step(id))
    return isEqual ? "\(name) \(words)" : "it is not so that \(name) \(words)"
  }

  private func comprehension(_ node: SyntaxNode.Comprehension, _ whole: SyntaxNode) -> String {
    guard let predicate = node.predicate, node.second == nil else { return code(whole) }
    let among = plural(node.range, withArticle: true)
    return switch node.macro {
    case .all: "for each of \(among), \(condition(predicate))"
    case .exists: "there is one among \(among) for which \(condition(predicate))"
    case .existsOne: "there is exactly one among \(among) for which \(condition(predicate))"
    case .filter: "those of \(among) for which \(condition(predicate))"
    default: code(whole)
    }
  }

  // MARK: phrases

  /// The things that a `size` counts: "users from *Search*".
  private func counted(_ node: SyntaxNode) -> String? {
    guard case .call("size", let target, let arguments) = node.kind,
      let list = target ?? arguments.first
    else { return nil }
    return plural(list)
  }

  /// A list without its article.
  private func plural(_ node: SyntaxNode, withArticle: Bool = false) -> String {
    let words = text(node)
    return !withArticle && words.hasPrefix("the ") ? String(words.dropFirst(4)) : words
  }

  private func duration(_ node: SyntaxNode) -> String {
    guard case .literal(.string(let text)) = node.kind else { return self.text(node) }
    return Length(text).map(Wording.length) ?? text
  }

  private func after(_ moment: SyntaxNode, _ span: SyntaxNode) -> String {
    guard case .literal(.string(let text)) = span.kind else {
      return "\(self.text(span)) after \(since(moment))"
    }
    let isBefore = text.hasPrefix("-")
    let length = Length(isBefore ? String(text.dropFirst()) : text).map(Wording.length) ?? text
    return "\(length) \(isBefore ? "before" : "after") \(since(moment))"
  }

  /// A moment after "from", "to", "after": "the start of …".
  private func since(_ node: SyntaxNode) -> String {
    if case .select(let step, let field, _) = node.kind, let id = step.stepID {
      if field == "finished_at" { return "the end of \(style.name(wording.step(id)))" }
      if field == "started_at" { return "the start of \(style.name(wording.step(id)))" }
    }
    return switch node.kind {
    case .select(let run, "started_at", _) where run.isIdentifier("run"): "the start of the run"
    case .identifier("now"): "this step"
    case .call("timestamp", let target, let arguments):
      (target ?? arguments.first).map(since) ?? text(node)
    default: text(node)
    }
  }

  private func sum(_ all: [SyntaxNode]) -> String {
    if all[1].isDuration { return "\(text(all[1])) after \(since(all[0]))" }
    if all.contains(where: \.isText) { return all.map(text).joined(separator: " ") }
    return "\(text(all[0])) + \(text(all[1]))"
  }

  private func difference(_ all: [SyntaxNode]) -> String {
    if all[1].isDuration { return "\(text(all[1])) before \(since(all[0]))" }
    let isTime = all.contains { node in
      if case .select(_, let field, _) = node.kind { return field.hasSuffix("_at") }
      return false
    }
    return isTime
      ? "the time from \(since(all[1])) to \(since(all[0]))"
      : "\(text(all[0])) − \(text(all[1]))"
  }

  private func element(_ list: SyntaxNode, _ position: SyntaxNode) -> String {
    let among = plural(list, withArticle: true)
    switch position.kind {
    case .literal(.int(0)): return "the first of \(among)"
    case .literal(.string(let key)): return "the \(style.words(Wording.humanized(key))) of \(among)"
    default: return "number \(text(position)) of \(among)"
    }
  }
}

extension SyntaxNode {
  fileprivate func isIdentifier(_ name: String) -> Bool {
    if case .identifier(name) = kind { true } else { false }
  }

  fileprivate var isZero: Bool {
    if case .literal(.int(0)) = kind { true } else { false }
  }

  /// `''`, `[]`, `{}`.
  fileprivate var isEmptyValue: Bool {
    switch kind {
    case .literal(.string(let text)): text.isEmpty
    case .list(let elements): elements.isEmpty
    case .map(let entries): entries.isEmpty
    default: false
    }
  }

  fileprivate var isText: Bool {
    if case .literal(.string) = kind { true } else { false }
  }

  fileprivate var isDuration: Bool {
    if case .call("duration", _, _) = kind { true } else { false }
  }

  /// The id of a step, where this is `steps.ID`.
  fileprivate var stepID: String? {
    guard case .select(let operand, let field, _) = kind, operand.isIdentifier("steps") else {
      return nil
    }
    return field
  }
}
