import CEL
import Values

extension ExpressionWords {
  /// A clause that holds or does not: "the status is `COMPLETE`".
  func condition(_ node: SyntaxNode) -> Phrase {
    switch node.kind {
    case .and(let left, let right):
      Phrase(.and, "\(condition(left), .and) and \(condition(right), .and)")
    case .or(let left, let right): either(condition(left), condition(right))
    case .has(let operand, let field): Phrase(.clause, "\(select(operand, field), .sum) is known")
    case .call("orValue", let value?, let arguments) where arguments.count == 1:
      fallbackClause(value, arguments[0], isNegated: false)
    case .call("!_", nil, let arguments) where arguments.count == 1: negation(arguments[0])
    case .call(let name, let target, let arguments):
      clause(name, (target.map { [$0] } ?? []) + arguments, isNegated: false)
        ?? Phrase(.clause, "\(text(node), .suffix) holds")
    case .comprehension(let comprehension): self.comprehension(comprehension, node)
    case .literal(.bool(let flag)): .name(flag ? "always" : "never")
    case .select, .identifier: Phrase(.clause, "\(text(node), .suffix) is yes")
    case .conditional(let test, let positive, let negative):
      conditional(test, condition(positive), condition(negative))
    case .bind(let name, let value, let body):
      substituted(name, value, body, node) { $0.condition($1) }
    default: text(node)
    }
  }

  /// An `and` in an `or` has brackets too: not everybody knows which of the two comes first.
  private func either(_ left: Phrase, _ right: Phrase) -> Phrase {
    let least = { (part: Phrase) in part.rank == .and ? Phrase.Rank.clause : .or }
    return Phrase(.or, "\(left, least(left)) or \(right, least(right))")
  }

  func negation(_ node: SyntaxNode) -> Phrase {
    switch node.kind {
    case .has(let operand, let field):
      Phrase(.clause, "\(select(operand, field), .sum) is not known")
    case .call("orValue", let value?, let arguments) where arguments.count == 1:
      fallbackClause(value, arguments[0], isNegated: true)
    case .call("!_", nil, let arguments) where arguments.count == 1: condition(arguments[0])
    case .call(let name, let target, let arguments):
      clause(name, (target.map { [$0] } ?? []) + arguments, isNegated: true)
        ?? Phrase(.clause, "\(text(node), .suffix) does not hold")
    case .comprehension(let comprehension) where comprehension.macro == .exists:
      none(comprehension) ?? notSo(node)
    case .literal(.bool(let flag)): .name(flag ? "never" : "always")
    case .select, .identifier: Phrase(.clause, "\(text(node), .suffix) is no")
    default: notSo(node)
    }
  }

  private func notSo(_ node: SyntaxNode) -> Phrase {
    Phrase(.clause, "it is not so that \(condition(node), .name)")
  }

  // MARK: clauses

  /// A comparison or a question; nil for other functions.
  private func clause(_ name: String, _ all: [SyntaxNode], isNegated: Bool) -> Phrase? {
    guard all.count == 2 else {
      return name == "hasValue" && all.count == 1
        ? said(text(all[0]), isNegated ? "is not" : "is", .name("known")) : nil
    }
    let verb = { (positive: String, negative: String) in
      self.said(self.text(all[0]), isNegated ? negative : positive, self.text(all[1]))
    }
    switch name {
    case "_==_": return equality(all[0], all[1], isEqual: !isNegated)
    case "_!=_": return equality(all[0], all[1], isEqual: isNegated)
    case "_<_", "_<=_", "_>_", "_>=_": return compared(name, all[0], all[1], isNegated)
    case "@in": return membership(all[0], all[1], isNegated)
    case "startsWith": return verb("begins with", "does not begin with")
    case "endsWith": return verb("ends with", "does not end with")
    case "contains": return verb("contains", "does not contain")
    case "matches": return verb("has the form", "does not have the form")
    default: return nil
    }
  }

  private func said(_ left: Phrase, _ verb: String, _ right: Phrase) -> Phrase {
    Phrase(.clause, "\(left, .minus) \(verb) \(right, .minus)")
  }

  private func compared(
    _ name: String, _ left: SyntaxNode, _ right: SyntaxNode, _ isNegated: Bool
  ) -> Phrase {
    if name == "_>_", right.isZero, let words = counted(left, isSome: !isNegated) { return words }
    let isTime = type(left) == .timestamp || type(right) == .timestamp
    let words =
      switch name {
      case "_<_": isTime ? "before" : "less than"
      case "_<=_": isTime ? "at or before" : "at most"
      case "_>_": isTime ? "after" : "more than"
      default: isTime ? "at or after" : "at least"
      }
    return said(time(left), isNegated ? "is not \(words)" : "is \(words)", time(right))
  }

  private func membership(
    _ item: SyntaxNode, _ list: SyntaxNode, _ isNegated: Bool
  ) -> Phrase {
    let verb = isNegated ? "is not one of" : "is one of"
    guard case .list(let elements) = list.kind, !elements.contains(where: \.isOptional) else {
      if case .map? = type(list) {
        return said(
          text(list), isNegated ? "has no entry for" : "has an entry for", text(item))
      }
      return said(text(item), verb, text(list))
    }
    if elements.count == 1 { return equality(item, elements[0].value, isEqual: !isNegated) }
    if elements.isEmpty { return said(text(item), verb, .name("an empty list")) }
    return Phrase(
      .clause, "\(text(item), .minus) \(verb) \(items: elements.map { text($0.value) })")
  }

  private func equality(_ left: SyntaxNode, _ right: SyntaxNode, isEqual: Bool) -> Phrase {
    if case .select(let step, "status", _) = left.kind, let id = step.stepID,
      case .literal(.string(let status)) = right.kind
    {
      return Phrase(.clause, "\(self.status(status, of: id, isEqual))")
    }
    if right.isZero, let words = counted(left, isSome: !isEqual) { return words }
    let verb = isEqual ? "is" : "is not"
    switch right.kind {
    case .literal(.bool(let flag)) where type(left) == .bool:
      return flag == isEqual ? condition(left) : negation(left)
    case .literal(.string("")): return said(text(left), verb, .name("empty"))
    default:
      guard type(left) == .timestamp, type(right) == .timestamp else {
        return said(text(left), verb, text(right))
      }
      return said(time(left), "\(verb) the same moment as", time(right))
    }
  }

  private func status(_ status: String, of id: String, _ isEqual: Bool) -> String {
    let name = style.name(wording.stepName(id))
    return switch status {
    case "succeeded": isEqual ? "\(name) succeeded" : "\(name) did not succeed"
    case "skipped": isEqual ? "\(name) was skipped" : "\(name) was not skipped"
    case "failed": isEqual ? "\(name) failed" : "\(name) did not fail"
    default: "the status of \(name) \(isEqual ? "is" : "is not") \(style.constant(status))"
    }
  }

  /// Whether something is in a list, or in a text, where this is its `size`.
  private func counted(_ node: SyntaxNode, isSome: Bool) -> Phrase? {
    guard case .call("size", let target, let arguments) = node.kind,
      let list = target ?? arguments.first
    else { return nil }
    if isText(list) { return said(text(list), isSome ? "is not" : "is", .name("empty")) }
    return plural(list).map { Phrase(.clause, "there are \(isSome ? "" : "no ")\($0)") }
  }

  // MARK: what may be absent

  /// A truth value that may be absent.
  private func fallbackClause(
    _ value: SyntaxNode, _ other: SyntaxNode, isNegated: Bool
  ) -> Phrase {
    guard case .literal(.bool(let flag)) = other.kind else {
      let words = fallback(text(value), other, text(other))
      return Phrase(.clause, "\(words, .suffix) is \(isNegated ? "no" : "yes")")
    }
    let words = text(value).within(.suffix)
    // An absent value counts as the flag.
    return switch (flag, isNegated) {
    case (false, false): Phrase(.clause, "\(words, .suffix) is yes")
    case (true, true): Phrase(.clause, "\(words, .suffix) is no")
    case (true, false): Phrase(.or, "\(words, .suffix) is yes or not known")
    case (false, true): Phrase(.or, "\(words, .suffix) is no or not known")
    }
  }

  // MARK: macros

  func comprehension(_ node: SyntaxNode.Comprehension, _ whole: SyntaxNode) -> Phrase {
    guard let element = element(of: node) else { return code(whole) }
    let among = self.among(node.range)
    let called = element.isNamed ? " \(style.words(Wording.humanized(node.variable)))" : ""
    if node.macro == .map {
      guard let words = element.transform, node.predicate == nil else { return code(whole) }
      let each = called.isEmpty ? "of" : "\(called.dropFirst()) of"
      return Phrase(.open, "\(words, .clause) for each \(each) \(among, .name)")
    }
    guard let words = element.predicate, node.transform == nil else { return code(whole) }
    return switch node.macro {
    case .all:
      Phrase(.open, "for each\(called) of \(among, .name), \(words, .open)", hasComma: true)
    case .exists:
      Phrase(.open, "there is one\(called) among \(among, .name) for which \(words, .open)")
    case .existsOne:
      Phrase(.open, "there is exactly one\(called) among \(among, .name) for which \(words, .open)")
    case .filter: Phrase(.open, "those\(called) of \(among, .name) for which \(words, .open)")
    default: code(whole)
    }
  }

  private func none(_ node: SyntaxNode.Comprehension) -> Phrase? {
    guard let element = element(of: node), let words = element.predicate else { return nil }
    let called = element.isNamed ? " \(style.words(Wording.humanized(node.variable)))" : ""
    return Phrase(
      .open,
      "there is none\(called) among \(among(node.range), .name) for which \(words, .open)")
  }

  /// What is said of an element of a list.
  private struct Element {
    let predicate: Phrase?
    let transform: Phrase?
    /// Whether it has the name of its variable, and is not just "it".
    let isNamed: Bool
  }

  /// It is "it", unless there is another list inside or the author's own words name it.
  private func element(of node: SyntaxNode.Comprehension) -> Element? {
    guard node.second == nil, variables[node.variable] == nil else { return nil }
    let parts = [node.predicate, node.transform].compactMap(\.self)
    if !parts.contains(where: \.holdsMacro) {
      let element = self.element(of: node, called: .name(Self.it), isNamed: false)
      let words = [element.predicate, element.transform].compactMap(\.self)
      if !words.contains(where: \.quotesSource) { return element }
    }
    return element(of: node, called: .name(variable(node.variable)), isNamed: true)
  }

  private func element(
    of node: SyntaxNode.Comprehension, called name: Phrase, isNamed: Bool
  ) -> Element {
    var inner = self
    inner.variables[node.variable] = name
    return Element(
      predicate: node.predicate.map(inner.condition), transform: node.transform.map(inner.text),
      isNamed: isNamed)
  }
}
