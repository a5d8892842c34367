import CEL
import Fields
import Values
import Workflows

/// Says an expression in words; what it has no words for stays as it is in the file.
///
/// The words can be read in one way only, and it is the expression's: a part that would bind another
/// way in its place stands in brackets (``Phrase``). What changes only how a value is written down
/// (`string(…)`) is left out where the value itself is shown, and nowhere else.
struct ExpressionWords {
  let wording: Wording
  let expression: CheckedExpression
  /// What variables of `optMap`, `cel.bind` and macros are called.
  var variables: [String: Phrase] = [:]

  init(_ wording: Wording, _ expression: CheckedExpression) {
    self.wording = wording
    self.expression = expression
  }

  var style: WordStyle { wording.style }

  /// What a value is that is shown: "the amount from *Confirm the payment*".
  func shown(_ whole: SyntaxNode) -> Phrase {
    let node = decided(whole)
    switch node.kind {
    case .call("string", let target, let arguments),
      .call("timestamp", let target, let arguments), .call("json", let target, let arguments):
      return (target ?? arguments.first).map(shown) ?? text(node)
    case .call("join", let list?, let arguments) where arguments.allSatisfy(\.isPunctuation):
      return shown(list)
    case .conditional(let test, let positive, let negative):
      return conditional(test, shown(positive), shown(negative))
    case .call("orValue", let value?, let arguments) where arguments.count == 1:
      return fallback(shown(value), arguments[0], shown(arguments[0]))
    default: return text(node)
    }
  }

  /// A value: "the amount from *Confirm the payment*".
  func text(_ node: SyntaxNode) -> Phrase {
    switch node.kind {
    case .literal(let value): literal(value, node)
    case .identifier(let name): identifier(name)
    case .select(let operand, let field, _):
      givenTemplate(node).map(wording.outsideOfCall.phrase) ?? select(operand, field)
    case .has, .and, .or: condition(node)
    case .conditional(let test, let positive, let negative):
      conditional(test, text(positive), text(negative))
    case .list(let elements): list(elements, node)
    case .call(let name, let target, let arguments):
      call(name, (target.map { [$0] } ?? []) + arguments, node)
    case .comprehension(let comprehension): self.comprehension(comprehension, node)
    case .map(let entries): map(entries, node)
    case .bind(let name, let value, let body): substituted(name, value, body, node)
    case .optionalMap(let value, let name, let body, _): substituted(name, value, body, node)
    case .block, .message: code(node)
    }
  }

  func conditional(
    _ test: SyntaxNode, _ positive: Phrase, _ negative: Phrase
  ) -> Phrase {
    Phrase(
      .open, "\(positive, .clause) if \(condition(test), .or), otherwise \(negative, .clause)",
      hasComma: true)
  }

  private func list(_ elements: [SyntaxNode.Element], _ node: SyntaxNode) -> Phrase {
    if elements.isEmpty { return .name("an empty list") }
    if elements.contains(where: \.isOptional) { return code(node) }
    let items = elements.map { text($0.value) }
    // One alone would be the element itself.
    return items.count == 1
      ? Phrase(.prefix, "a list of only \(items[0], .suffix)") : Phrase(.open, "\(items: items)")
  }

  private func map(_ entries: [SyntaxNode.Entry], _ node: SyntaxNode) -> Phrase {
    if entries.isEmpty { return .name("no entries") }
    var items: [Phrase] = []
    for entry in entries {
      guard case .literal(.string(let key)) = entry.key.kind, !key.isEmpty, !entry.isOptional else {
        return code(node)
      }
      let value = text(entry.value)
      items.append(Phrase(.or, "\(style.words(Wording.humanized(key))): \(value.asItem, .or)"))
    }
    return Phrase(.open, "\(items: items)")
  }

  /// The body with the words of the value in place of the variable.
  func substituted(
    _ name: String, _ value: SyntaxNode, _ body: SyntaxNode, _ node: SyntaxNode,
    said words: (ExpressionWords, SyntaxNode) -> Phrase = { $0.text($1) }
  ) -> Phrase {
    // Without the variable nothing in the words would say that there may be no value.
    guard variables[name] == nil, body.reads(name) else { return code(node) }
    var inner = self
    inner.variables[name] = text(value)
    let phrase = words(inner, body)
    return phrase.quotesSource ? code(node) : phrase
  }

  /// The expression as it stands in the file, but for blanks.
  func code(_ node: SyntaxNode) -> Phrase {
    let source = node.singleQuotedSourceText
    let isDelimited = style == .markdown || node.isMember
    return Phrase(
      isDelimited ? .name : .open, "\(style.code(source))", hasComma: !isDelimited,
      quotesSource: true)
  }

  private func literal(_ value: Value, _ node: SyntaxNode) -> Phrase {
    switch value {
    case .string(let text): .name(text.isEmpty ? "an empty text" : style.constant(text))
    case .null, .bool, .int, .uint, .double: .name(style.words(Wording.plain(value)))
    default: code(node)
    }
  }

  // MARK: types

  func type(_ node: SyntaxNode) -> CELType? {
    switch expression.type(of: node) {
    case .wrapper(let type)?, .optional(let type)?: type
    case let type: type
    }
  }

  func isWhole(_ node: SyntaxNode) -> Bool { type(node) == .int || type(node) == .uint }

  func isNumber(_ node: SyntaxNode) -> Bool { isWhole(node) || type(node) == .double }

  func isText(_ node: SyntaxNode) -> Bool { type(node) == .string }
}
