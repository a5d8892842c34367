import CEL
import Documents
import SourceText
import Values
import Workflows

/// Reads the parts that driver files and `baton.yaml` have in common; what is wrong becomes a
/// finding.
struct DriverReader {
  let file: SourceFile
  let diagnostics: Diagnostics
  /// The code of a wrong shape and of an unknown key.
  let shape: DiagnosticCode
  let unknownKey: DiagnosticCode
  /// Whether somebody asks for advice: what is most likely meant otherwise is warned of.
  let isAdvised: Bool

  init(
    _ file: SourceFile, _ diagnostics: Diagnostics, shape: DiagnosticCode = .driverShape,
    unknownKey: DiagnosticCode = .unknownDriverKey, isAdvised: Bool = false
  ) {
    self.isAdvised = isAdvised
    self.file = file
    self.diagnostics = diagnostics
    self.shape = shape
    self.unknownKey = unknownKey
  }

  func report(
    _ code: DiagnosticCode, _ message: String, at span: SourceSpan, label: String? = nil,
    help: String? = nil
  ) {
    diagnostics.add(code, message, in: file, at: span, label: label, help: help)
  }

  // MARK: Shapes

  /// The members of a map; those whose names are not among the allowed are reported.
  func members(_ node: Node, _ owner: String, allowed: [String]? = nil) -> [Member] {
    guard let members = node.members else {
      if !node.isNull { wrongShape(node, "a map", owner) }
      return []
    }
    guard let allowed else { return Array(members) }
    for member in members where !allowed.contains(where: { $0.hasSameBytes(as: member.name) }) {
      report(
        unknownKey, "\(owner) has no key `\(member.name)`", at: member.key.span,
        label: "it has \(allowed.map { "`\($0)`" }.joined(separator: ", "))",
        help: nearest(member.name, among: allowed).map { "did you mean `\($0)`?" })
    }
    return members.filter { member in allowed.contains { $0.hasSameBytes(as: member.name) } }
  }

  func list(_ node: Node?, _ owner: String) -> [Node] {
    guard let node else { return [] }
    if let items = node.items { return Array(items) }
    if !node.isNull { wrongShape(node, "a list", owner) }
    return []
  }

  func text(_ node: Node?, _ owner: String) -> String? {
    guard let node else { return nil }
    if let text = node.text, !node.isNull { return text }
    wrongShape(node, "text", owner)
    return nil
  }

  func integer(_ node: Node?, _ owner: String, in range: ClosedRange<Int>) -> Int? {
    guard let node else { return nil }
    if case .int(let number)? = node.scalar?.resolved, range.contains(Int(number)) {
      return Int(number)
    }
    wrongShape(node, "an integer from \(range.lowerBound) to \(range.upperBound)", owner)
    return nil
  }

  func flag(_ node: Node?, _ owner: String) -> Bool? {
    guard let node else { return nil }
    if case .bool(let flag)? = node.scalar?.resolved { return flag }
    wrongShape(node, "`true` or `false`", owner)
    return nil
  }

  func choice<Choice: RawRepresentable & CaseIterable>(
    _ node: Node?, _ owner: String, as type: Choice.Type = Choice.self
  ) -> Choice? where Choice.RawValue == String {
    guard let word = text(node, owner), let node else { return nil }
    if let choice = Choice(rawValue: word) { return choice }
    let names = Choice.allCases.map(\.rawValue)
    report(
      shape, "\(owner) cannot be `\(word)`", at: node.span,
      label: "expected \(names.map { "`\($0)`" }.joined(separator: " or "))",
      help: nearest(word, among: names).map { "did you mean `\($0)`?" })
    return nil
  }

  func wrongShape(_ node: Node, _ wanted: String, _ owner: String) {
    report(
      shape, "\(owner) is \(wanted), not \(node.kindName)", at: node.span,
      label: "expected \(wanted)")
  }

  // MARK: Expressions

  /// A value with `${{ … }}` in it.
  func template(_ node: Node, _ scope: DriverScope) -> DriverTemplate {
    let place = place(of: node.span)
    switch node.content {
    case .scalar(let scalar): return template(scalar, scope, place)
    case .sequence(let items):
      return DriverTemplate(.list(items.map { template($0, scope) }), place: place)
    case .mapping(let members):
      return DriverTemplate(
        .map(members.map { ($0.name, template($0.value, scope)) }), place: place)
    }
  }

  /// A map of names and values with `${{ … }}` in them.
  func templates(
    _ node: Node?, _ owner: String, _ scope: DriverScope
  ) -> [(name: String, value: DriverTemplate)] {
    guard let node else { return [] }
    return members(node, owner).map { ($0.name, template($0.value, scope)) }
  }

  /// A bare expression that is true or false.
  func condition(_ node: Node, _ owner: String, _ scope: DriverScope) -> DriverCondition? {
    guard let scalar = node.scalar else {
      wrongShape(node, "an expression", owner)
      return nil
    }
    switch scope.environment.compile(scalar.text) {
    case .success(let expression):
      advise(on: expression, in: scalar, from: 0)
      return DriverCondition(expression: expression, place: place(of: node.span))
    case .failure(let failure):
      report(failure, in: scalar, from: 0)
      return nil
    }
  }

  private func template(
    _ scalar: Scalar, _ scope: DriverScope, _ place: String
  ) -> DriverTemplate {
    let bytes = Array(scalar.text.utf8)
    var parts: [DriverTemplate.Part] = []
    var literal: [UInt8] = []
    var index = 0
    var isText = false
    while index < bytes.count {
      if bytes[index...].starts(with: Self.escapedOpening) {
        literal += Self.opening
        index += Self.escapedOpening.count
        isText = true
      } else if bytes[index...].starts(with: Self.opening) {
        isText = true
        guard let found = expression(bytes, from: index + 3, scalar, scope) else { break }
        if !literal.isEmpty { parts.append(.literal(String(decoding: literal, as: UTF8.self))) }
        literal = []
        parts.append(.expression(found.expression))
        index = found.end
      } else {
        literal.append(bytes[index])
        index += 1
      }
    }
    guard isText else {
      adviseOnBare(scalar, scope)
      return DriverTemplate(.literal(scalar.resolved), place: place)
    }
    if !literal.isEmpty { parts.append(.literal(String(decoding: literal, as: UTF8.self))) }
    if parts.count == 1, case .expression(let expression) = parts[0] {
      return DriverTemplate(.expression(expression), place: place)
    }
    return DriverTemplate(.text(parts), place: place)
  }

  private static let opening = Array("${{".utf8)
  private static let escapedOpening = Array("$${{".utf8)

  /// The expression that starts at an offset. It ends at the first `}}` before which there is a whole
  /// expression, so braces and texts inside it need no rules of their own.
  private func expression(
    _ bytes: [UInt8], from start: Int, _ scalar: Scalar, _ scope: DriverScope
  ) -> (expression: CheckedExpression, end: Int)? {
    var first: CompileFailure?
    let environment = scope.environment
    for end in start..<max(start, bytes.count - 1)
    where bytes[end] == 0x7D && bytes[end + 1] == 0x7D {
      switch environment.compile(String(decoding: bytes[start..<end], as: UTF8.self)) {
      case .success(let expression):
        advise(on: expression, in: scalar, from: start)
        return (expression, end + 2)
      case .failure(let failure): first = first ?? failure
      }
    }
    if let first {
      report(first, in: scalar, from: start)
    } else {
      report(
        .driverExpression, "`${{` without `}}`", at: scalar.fileSpan(start - 3..<start),
        help: "close it with `}}`, or write `$${{` for the characters themselves")
    }
    return nil
  }

  private func report(_ failure: CompileFailure, in scalar: Scalar, from start: Int) {
    let length = scalar.text.utf8.count
    for issue in failure.issues {
      let lower = min(start + issue.range.lowerBound, length)
      let upper = min(max(start + issue.range.upperBound, lower), length)
      report(
        .driverExpression, issue.authorMessage, at: scalar.fileSpan(lower..<upper),
        label: issue.authorLabel, help: issue.authorHelp)
    }
  }

  /// `path:line:column`.
  func place(of span: SourceSpan) -> String {
    let (line, column) = file.location(of: span.start)
    return "\(file.path):\(line):\(column)"
  }
}
