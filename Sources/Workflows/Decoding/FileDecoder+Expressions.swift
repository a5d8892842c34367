import CEL
import Documents
import SourceText
import TimeZones
import Values

/// What an expression has to give.
enum WantedType {
  case anything, truth, moment, list, text

  func accepts(_ type: CELType) -> Bool {
    if type.isUnknown { return true }
    switch (self, type) {
    case (.anything, _), (.truth, .bool), (.moment, .timestamp), (.list, .list), (.text, .string):
      return true
    default: return false
    }
  }

  var noun: String {
    switch self {
    case .anything: "anything"
    case .truth: "true or false"
    case .moment: "a moment"
    case .list: "a list"
    case .text: "text"
    }
  }
}

extension FileDecoder {
  /// An expression under a key that takes it bare.
  func expression(
    _ node: Node, _ key: String, in scope: Scope, wants wanted: WantedType = .anything
  ) -> Expression? {
    switch node.content {
    case .scalar(let scalar):
      if isTagged(scalar) { return nil }
      guard !node.isNull, scalar.withUTF8({ $0.contains { $0 > 0x20 } }) else {
        report(
          .expressionSyntax, "`\(key)` is an expression, and nothing stands here", at: node.span)
        return nil
      }
      if InterpolatedText.isNeeded(for: scalar) {
        let meant = withoutBraces(scalar, key, in: scope)
        return meant.flatMap { checked($0, key, wanted, in: scope, at: node.span) }
      }
      if case .moment = wanted, let help = MomentAdvice(scalar.text)?.bareHelp {
        report(
          .expressionSyntax, "`\(scalar.text.trimmed)` is not an expression", at: node.span,
          help: help)
        return nil
      }
      let all = 0..<scalar.withUTF8 { $0.count }
      guard let found = compile(scalar, range: all, in: scope) else { return nil }
      return checked(found, key, wanted, in: scope, at: node.span)
    case .sequence:
      if reportBraces(in: node, key) { return nil }
      if hidesExpressions(node) {
        report(
          .expressionSyntax, "YAML reads this as a list of texts, not as an expression",
          at: node.span, help: "put it in quotes: `\(key): \"\(file[node.span])\"`")
        return nil
      }
      let constant = Expression(
        constant: node.value, source: file[node.span], file: file, span: node.span)
      return checked(constant, key, wanted, in: scope, at: node.span)
    case .mapping:
      report(
        .expressionSyntax, "`\(key)` is an expression, not a map", at: node.span,
        help: "an expression that starts with `{` or holds `: ` needs quotes around it")
      return nil
    }
  }

  /// Compiles a piece of a scalar's text.
  func compile(_ scalar: Scalar, range: Range<Int>, in scope: Scope) -> Expression? {
    if let quick = scope.quickCheck(scalar, range) {
      let expression = Expression(
        in: scalar, at: range, quick: quick, environment: scope.lazyEnvironment,
        isSensitive: scope.hasSensitive && quick.reads.contains { scope.isSensitive($0.path) })
      note(expression, scope)
      if Self.mayFail(scalar, range) { checkFailing(expression) }
      return expression
    }
    let source = scalar.withUTF8 { String(decoding: $0[range], as: UTF8.self) }
    switch scope.environment.compile(source) {
    case .failure(let failure):
      let isReadable = (try? scope.environment.compileUnchecked(source).get()) != nil
      let isWhole = range.count == scalar.withUTF8 { $0.count }
      noteSpoken(scalar)
      if isWhole, reportCut(scalar) { return nil }
      for issue in failure.issues {
        let span = scalar.fileSpan(
          issue.range.lowerBound + range.lowerBound..<issue.range.upperBound + range.lowerBound)
        let advice = ExpressionAdvice(
          issue: issue, source: source, scalar: isWhole ? scalar : nil, scope: scope,
          types: types)
        report(
          isReadable ? .expressionType : .expressionSyntax, advice.message, at: span,
          label: advice.label, help: advice.help)
        if advice.choiceHelp != nil { break }
      }
      return nil
    case .success(let checked):
      let references = checked.tree.nameReferences
      let expression = Expression(
        in: scalar, at: range, checked: checked, references: references,
        isSensitive: references.contains { scope.isSensitive($0.path) }
          || checked.tree.calls("secret"))
      note(expression, scope)
      checkConstants(of: expression)
      checkFailing(expression)
      return expression
    }
  }

  /// Reports an expression that YAML has cut at a `,` inside of `{ … }`.
  private func reportCut(_ scalar: Scalar) -> Bool {
    guard diagnostics.omitted == 0, scalar.style == .plain, scalar.nextByte == 0x2C,
      let whole = FlowEntry(around: scalar.span.start, in: file, isInside: true),
      whole.span.end > scalar.span.end
    else { return false }
    report(
      .expressionSyntax, "YAML ends this expression at its first `,`", at: whole.span,
      help: whole.quoted)
    return true
  }

  /// Keeps what reads names, for the checks that look at the whole.
  private func note(_ expression: Expression, _ scope: Scope) {
    if expression.isSensitive { hasSensitiveExpressions = true }
    guard !expression.references.isEmpty else { return }
    reads.append(
      NameRead(
        expression, place, for: purpose, scope.lazyEnvironment, likelyStep: types?.lastIndex))
  }

  private func checked(
    _ expression: Expression, _ key: String, _ wanted: WantedType, in scope: Scope,
    at span: SourceSpan
  ) -> Expression? {
    if wanted.accepts(expression.type) { return expression }
    if case .list = wanted, wanted.accepts(expression.type.unwrapped) {
      needNonNull(expression, "`\(key)`")
      return expression
    }
    // Of a run that was started it was not asked whether a value may be null.
    if isStarted, wanted.accepts(expression.type.unwrapped) { return expression }
    report(
      .expressionResult, "`\(key)` needs \(wanted.noun), and this gives \(expression.type.noun)",
      at: span, help: help(expression, key, wanted, in: scope))
    return nil
  }

  private func help(
    _ expression: Expression, _ key: String, _ wanted: WantedType, in scope: Scope
  ) -> String? {
    if key == "complete_when", let share = Double(expression.source.trimmed) {
      return "write `progress >= \((0...1).contains(share) ? share : share / 100)`"
    }
    if case .moment = wanted { return momentHelp(expression) }
    guard case .truth = wanted else { return nil }
    if expression.isPlainRead, let path = expression.references.first?.path, scope.mayLack(path) {
      return optionalHelp(path, expression.type)
    }
    let source = expression.source.trimmed
    return switch expression.type {
    case .wrapper(.bool): "say what counts when it is null: `\(expression.operand) == true`"
    case .string: "compare it: `\(expression.operand) != ''`"
    case .int, .double, .uint: "compare it: `\(expression.operand) > 0`"
    case .list, .map: "compare its size: `size(\(source)) > 0`"
    case .optional(.bool):
      "say what counts when it is absent: `\(expression.operand).orValue(false)`"
    case .optional: "ask whether it is there: `\(expression.operand).hasValue()`"
    default: nil
    }
  }

  /// A condition on a value that may be absent, which can be written as it stands.
  private func optionalHelp(_ path: [String], _ type: CELType) -> String? {
    let owner = path.dropLast().joined(separator: ".")
    let optional = "\(owner).?\(path[path.count - 1])"
    return switch type {
    case .string: "compare it: `\(optional).orValue('') != ''`"
    case .int: "compare it: `\(optional).orValue(0) > 0`"
    case .double: "compare it: `\(optional).orValue(0.0) > 0`"
    case .list: "compare its size: `size(\(optional).orValue([])) > 0`"
    default: "ask whether it is there: `has(\(path.joined(separator: ".")))`"
    }
  }

  /// `2026-01-18` is a subtraction in an expression.
  private func momentHelp(_ expression: Expression) -> String? {
    let source = expression.source.trimmed
    if let day = CivilDate(source) { return "a date is written `timestamp('\(day)T00:00:00Z')`" }
    guard case .string = expression.type.present else { return nil }
    return "`timestamp(…)` makes a moment of a text such as `2026-01-18T09:00:00Z`"
  }

  /// A tag (`!inputs.x`) was reported when the document was read.
  private func isTagged(_ scalar: Scalar) -> Bool {
    scalar.withUTF8(\.isEmpty) && !scalar.span.isEmpty && file.bytes[scalar.span.start] == 0x21
  }

  /// `[inputs.a, inputs.b]` without quotes.
  private func hidesExpressions(_ node: Node) -> Bool {
    let roots = ["inputs.", "steps.", "run.", "item.", "event.", "outputs."]
    return (node.items ?? []).contains { item in
      guard let scalar = item.scalar, scalar.style == .plain else { return false }
      let text = scalar.text
      return roots.contains { text.hasPrefix($0) }
    }
  }

  /// Reports a `${{ }}` in a list that is written out: its values are taken as they stand. What only looks
  /// like one is said, too.
  private func reportBraces(in node: Node, _ key: String) -> Bool {
    var first: Scalar?
    var pending = [node]
    while let next = pending.popLast() {
      if let scalar = next.scalar {
        guard InterpolatedText.isNeeded(for: scalar) else {
          checkLookalike(scalar)
          continue
        }
        first = first ?? scalar
      }
      pending += (next.items ?? []).reversed()
      pending += (next.members.map { $0.map(\.value) } ?? []).reversed()
    }
    guard let first else { return false }
    let offset = first.text.range(of: "${{")
    noteSpoken(first)
    report(
      .interpolationInExpression, "`\(key)` is an expression already: no `${{ }}` in it",
      at: first.fileSpan(offset..<min(offset + 3, first.text.utf8.count)),
      help: Self.asExpression(node).map { "write `\(key): \($0.asYAML)`" }
        ?? "the list is one expression, in quotes: `\(key): \"[inputs.a, inputs.b]\"`")
    return true
  }

  /// A list of values as one expression; nil where it is more than a list of plain ones.
  private static func asExpression(_ node: Node) -> String? {
    var words: [String] = []
    for item in node.items ?? [] {
      guard let scalar = item.scalar else { return nil }
      if InterpolatedText.isNeeded(for: scalar) {
        guard InterpolatedText(scalar).onlyExpression != nil else { return nil }
        words.append(InterpolatedText.bare(scalar).trimmed)
      } else if case .string(let text) = item.value {
        guard !text.contains("'"), !text.contains("\\") else { return nil }
        words.append("'\(text)'")
      } else {
        words.append(scalar.text)
      }
    }
    return "[" + words.joined(separator: ", ") + "]"
  }

  /// Reports a `${{ }}`, and goes on with what is meant, so that nothing is said of the places at which
  /// it holds that is true only without it.
  private func withoutBraces(_ scalar: Scalar, _ key: String, in scope: Scope) -> Expression? {
    let corrected = InterpolatedText.bare(scalar)
    let offset = scalar.text.range(of: "${{")
    let length = scalar.text.utf8.count
    report(
      .interpolationInExpression, "`\(key)` is an expression already: no `${{ }}` in it",
      at: scalar.fileSpan(offset..<min(offset + 3, length)),
      help: "write `\(key): \(corrected.asYAML)`")
    noteSpoken(scalar)
    if let range = InterpolatedText(scalar).onlyExpression {
      return compile(scalar, range: range, in: scope)
    }
    // With more around it, its places are not those of the file: what is wrong with it shows later.
    guard (try? scope.environment.compile(corrected).get()) != nil,
      let meant = Node(text: corrected, like: scalar).scalar
    else { return nil }
    return compile(meant, range: 0..<corrected.utf8.count, in: scope)
  }
}

extension Expression {
  /// How it is written as a part of another one: in parentheses where it needs them.
  fileprivate var operand: String {
    let source = source.trimmed
    switch checked?.tree.kind {
    case .conditional, .and, .or: return "(\(source))"
    case .call(let name, _, let arguments)
    where arguments.count == 2 && name.hasPrefix("_") && name.hasSuffix("_") && name != "_[_]":
      return "(\(source))"
    default: return source
    }
  }
}

extension SyntaxNode {
  /// Whether a function is called anywhere in it.
  fileprivate func calls(_ function: String) -> Bool {
    if case .call(let name, _, _) = kind, name.hasSameBytes(as: function) { return true }
    return children.contains { $0.calls(function) }
  }
}

extension String {
  /// Without spaces and line breaks around it.
  var trimmed: String {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\n" || $0 == "\t" || $0 == "\r\n" }
    var text = Substring(self)
    while let first = text.first, isSpace(first) { text.removeFirst() }
    while let last = text.last, isSpace(last) { text.removeLast() }
    return String(text)
  }

  /// The text as a YAML scalar on one line: in quotes where it needs them.
  var asYAML: String {
    let starts = "!&*[]{}'\"|>%@`#?-"
    let isPlain =
      first.map { !starts.contains($0) } ?? false
      && range(of: ": ") == utf8.count && range(of: " #") == utf8.count && !hasSuffix(":")
    if isPlain { return self }
    if !contains("\"") && !contains("\\") { return "\"\(self)\"" }
    return "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
      + "'"
  }

  /// The same inside of `{ … }`, where commas and brackets need quotes too.
  var asFlowYAML: String {
    utf8.contains { [0x2C, 0x5B, 0x5D, 0x7B, 0x7D].contains($0) } ? inYAMLQuotes : asYAML
  }

  /// The UTF-8 offset of a piece; the length where it is not there.
  func range(of piece: String) -> Int {
    let bytes = Array(utf8)
    let wanted = Array(piece.utf8)
    guard bytes.count >= wanted.count else { return bytes.count }
    return (0...bytes.count - wanted.count).first { bytes[$0...].starts(with: wanted) }
      ?? bytes.count
  }
}
