import CEL
import Documents
import SourceText
import Values

extension FileDecoder {
  /// A value with `${{ … }}` in it.
  ///
  /// - Parameter wanted: what the place takes; where that is text, scalars are taken as they stand.
  func template(_ node: Node, in scope: Scope, wants wanted: CELType = .dyn) -> Template? {
    if let scalar = node.scalar { return template(scalar, in: scope, wants: wanted) }
    switch node.content {
    case .scalar(let scalar): return template(scalar, in: scope, wants: wanted)
    case .sequence(let items):
      let templates = items.map { template($0, in: scope, wants: wanted.elementType) }
      let found = templates.compactMap(\.self)
      guard found.count == items.count else { return nil }
      let literals = found.compactMap(\.literal)
      return Template(
        literals.count == found.count ? .literal(.list(literals)) : .list(found), file: file,
        span: node.span)
    case .mapping(let members):
      guard let named = namedTemplates(members, in: scope, wants: wanted) else { return nil }
      let literals = named.compactMap { member in
        member.value.literal.map { (member.name, $0) }
      }
      return Template(
        literals.count == named.count ? .literal(.map(ValueMap(literals))) : .map(named),
        file: file, span: node.span)
    }
  }

  /// The type of what a value gives, as far as it can be told, and whether it may give nothing;
  /// nothing is reported.
  func templateType(_ node: Node, in scope: Scope) -> (type: CELType, mayLack: Bool) {
    if let scalar = node.scalar {
      guard InterpolatedText.isNeeded(for: scalar) else {
        return (CELType(of: scalar.resolved), false)
      }
      if let range = InterpolatedText.wholeExpression(of: scalar),
        let quick = scope.quickCheck(scalar, range)
      {
        if case .optional = quick.type { return (quick.type.stored, true) }
        return (quick.type.stored, false)
      }
    }
    guard let template = template(node, in: scope) else { return (.dyn, false) }
    return (template.type, template.mayLackValue)
  }

  /// A text for people: scalars as they stand, with expressions that can stand in text.
  func textTemplate(_ node: Node, _ key: String, in scope: Scope) -> Template? {
    guard text(node, key) != nil, let template = template(node, in: scope, wants: .string) else {
      return nil
    }
    if case .expression(let expression) = template.form {
      guard checkInsertable(expression, at: node.span) else { return nil }
    }
    return template
  }

  /// Names and the templates that give their values.
  func namedTemplates(_ node: Node, _ key: String, in scope: Scope) -> [NamedTemplate]? {
    guard let members = map(node, "`\(key)`") else { return nil }
    return namedTemplates(members, in: scope, wants: .dyn)
  }

  private func namedTemplates(
    _ members: MemberList, in scope: Scope, wants wanted: CELType
  ) -> [NamedTemplate]? {
    var named: [NamedTemplate] = []
    named.reserveCapacity(members.count)
    for member in members {
      let name = member.name
      let type = wanted.isUnknown ? .dyn : wanted.memberType(name)
      guard let value = template(member.value, in: scope, wants: type) else { continue }
      named.append((name, value))
    }
    return named.count == members.count ? named : nil
  }

  private func template(_ scalar: Scalar, in scope: Scope, wants wanted: CELType) -> Template? {
    guard InterpolatedText.isNeeded(for: scalar) else {
      if isAdvised {
        checkLookalike(scalar)
        checkBareExpression(scalar, in: scope)
      }
      return Template(.literal(literal(scalar, wanted)), file: file, span: scalar.span)
    }
    if let range = InterpolatedText.wholeExpression(of: scalar) {
      return expression(scalar, range, in: scope)
    }
    let cut = InterpolatedText(scalar)
    if let unclosed = cut.unclosed {
      report(
        .unclosedInterpolation, "`${{` without `}}`",
        at: scalar.fileSpan(unclosed..<unclosed + 3),
        help: cutHelp(scalar)
          ?? "close it with `}}`, or write `$${{` for the characters themselves")
      return nil
    }
    if cut.pieces.count == 1, case .expression(let range) = cut.pieces[0] {
      return expression(scalar, range, in: scope)
    }
    return text(scalar, cut, in: scope)
  }

  /// What to write for a text that YAML ends before its `}}`: at a quote of the same kind, or at a ` #`.
  private func cutHelp(_ scalar: Scalar) -> String? {
    let rest = file.bytes[scalar.span.end...].prefix { $0 != 0x0A && $0 != 0x0D }
    let behind = String(decoding: rest, as: UTF8.self)
    guard let braces = behind.firstRange(of: "}}") else { return nil }
    // An odd number of quotes: the braces stand inside of what follows.
    func splits(_ quote: Character) -> Bool {
      !behind[..<braces.lowerBound].count { $0 == quote }.isMultiple(of: 2)
    }
    switch scalar.style {
    case .plain where behind.hasPrefix(" #"):
      return "YAML takes ` #` and what follows for a comment; put it all in quotes: "
        + "`\((scalar.text + behind).trimmed.inYAMLQuotes)`"
    case .double where splits("\""):
      return "the second `\"` ends the text: a text in an expression stands in `'…'` here"
    case .single where splits("'"):
      return "the second `'` ends the text: put double quotes around it all"
    default: return nil
    }
  }

  /// One `${{ … }}` and nothing more.
  private func expression(_ scalar: Scalar, _ range: Range<Int>, in scope: Scope) -> Template? {
    compile(scalar, range: range, in: scope).map {
      Template(.expression($0), file: file, span: scalar.span)
    }
  }

  private func text(_ scalar: Scalar, _ cut: InterpolatedText, in scope: Scope) -> Template? {
    var parts: [Template.Part] = []
    parts.reserveCapacity(cut.pieces.count)
    var isWhole = true
    for piece in cut.pieces {
      switch piece {
      case .literal(let text): parts.append(.literal(text))
      case .expression(let range):
        guard let expression = compile(scalar, range: range, in: scope),
          checkInsertable(expression, at: scalar.fileSpan(range))
        else {
          isWhole = false
          continue
        }
        parts.append(.expression(expression))
      }
    }
    guard isWhole else { return nil }
    if parts.count == 1, case .literal(let text) = parts[0] {
      return Template(.literal(.string(text)), file: file, span: scalar.span)
    }
    return Template(.text(parts), file: file, span: scalar.span)
  }

  private func checkInsertable(
    _ expression: Expression, at span: @autoclosure () -> SourceSpan
  ) -> Bool {
    switch expression.type.present.unwrapped {
    case .list, .map, .object, .bytes, .type, .opaque:
      report(
        .notInsertable, "\(expression.type.noun) cannot be put into text", at: span(),
        help: "`json(…)` gives its JSON text")
      return false
    default: return true
    }
  }

  private func literal(_ scalar: Scalar, _ wanted: CELType) -> Value {
    let resolved = scalar.resolved
    switch (wanted.present, resolved) {
    case (.string, .null): return scalar.text.isEmpty ? .string("") : .null
    case (.string, _):
      checkTextOfNumber(scalar)
      return .string(scalar.text)
    case (.double, .int(let number)): return .double(Double(number))
    default: return resolved
    }
  }
}

extension CELType {
  /// The type of the items, where this is a list.
  var elementType: CELType {
    if case .list(let element) = present.unwrapped { element } else { .dyn }
  }

  /// The type of a member, where this is a map or a record.
  func memberType(_ name: String) -> CELType {
    switch present.unwrapped {
    case .map(_, let value): value
    case .object(let type): type.type(of: name) ?? .dyn
    default: .dyn
    }
  }
}
