import CEL
import Fields
import Values
import Workflows

/// Texts of an operation's contract see the operation's own `inputs`, and what a step says of taking its call back
/// sees `with`. In a procedure each is what the step gives it.
extension ExpressionWords {
  /// What the step gives for an operation's input, or for a part of one; nil where it gives nothing,
  /// and for everything else.
  func givenTemplate(_ node: SyntaxNode) -> Template? {
    guard let call = wording.call, case .select(let operand, let field, _) = node.kind else {
      return nil
    }
    if operand.isIdentifier(wording.givenName) {
      return call.with.first { $0.name == field }?.value
    }
    guard case .map(let members)? = givenTemplate(operand)?.form else { return nil }
    return members.first { $0.name == field }?.value
  }

  /// The step's own text, in one line, where that is what this is.
  func givenText(_ node: SyntaxNode) -> String? {
    guard let template = givenTemplate(decided(node)), case .text = template.form else {
      return nil
    }
    let lines = wording.outsideOfCall.text(template).split(whereSeparator: \.isNewline)
    return lines.map(\.trimmingBlank).filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// What an operation's input is that the step does not give.
  func notGiven(_ name: String, to call: ActionCall) -> Phrase {
    let field = call.contract?.inputs[name]
    if let value = field?.defaultValue {
      return .name(
        FieldWords.isEmpty(value) ? FieldWords.shown(value) : style.words(Wording.plain(value)))
    }
    let words = Wording.noun(field.map(Wording.fieldName) ?? Wording.humanized(name))
    return Phrase(.suffix, "\(style.words(words)) (if there is one)")
  }

  /// Whether a value is there, where this asks for an operation's input and the step decides it; nil
  /// where it cannot be known, and for everything else.
  func isGiven(_ node: SyntaxNode) -> Bool? { inputName(node).flatMap(isGiven(named:)) }

  /// The same for an input's name.
  func isGiven(named name: String) -> Bool? {
    guard let call = wording.call else { return nil }
    guard let template = call.with.first(where: { $0.name == name })?.value else {
      return call.contract?.inputs[name]?.defaultValue != nil
    }
    guard case .expression(let expression) = template.form else { return true }
    if case .optional = expression.type { return nil }
    return true
  }

  /// The part that counts, where it depends only on whether the step gives something.
  func decided(_ node: SyntaxNode) -> SyntaxNode {
    switch node.kind {
    case .call("orValue", let value?, let arguments) where arguments.count == 1:
      isGiven(value).map { decided($0 ? value : arguments[0]) } ?? node
    case .conditional(let test, let positive, let negative):
      askedInput(test).flatMap(isGiven(named:)).map { decided($0 ? positive : negative) } ?? node
    default: node
    }
  }

  /// The text itself, where the step or the contract gives it: no value of a run is in it.
  func constant(_ whole: SyntaxNode) -> String? {
    let node = decided(whole)
    switch node.kind {
    case .literal(let value): return Wording.plain(value)
    case .call("string", let target, let arguments):
      return (target ?? arguments.first).flatMap(constant)
    case .call("join", let list?, _): return constant(list)
    case .list(let elements):
      let texts = elements.compactMap { constant($0.value) }
      return texts.count == elements.count ? texts.joined(separator: ", ") : nil
    default:
      if let template = givenTemplate(node) { return template.constant.map(Wording.plain) }
      return inputName(node).flatMap { wording.call?.contract?.inputs[$0]?.defaultValue }
        .map(Wording.plain)
    }
  }

  /// The name, where this is `inputs.NAME`.
  private func inputName(_ node: SyntaxNode) -> String? {
    guard case .select(let operand, let field, _) = node.kind,
      operand.isIdentifier(wording.givenName)
    else { return nil }
    return field
  }

  /// The name, where this is `has(inputs.NAME)`.
  private func askedInput(_ node: SyntaxNode) -> String? {
    guard case .has(let operand, let field) = node.kind, operand.isIdentifier(wording.givenName)
    else { return nil }
    return field
  }
}

extension Template {
  /// The value, where no run changes it.
  fileprivate var constant: Value? {
    switch form {
    case .literal(let value): return value
    case .list(let templates):
      let values = templates.compactMap(\.constant)
      return values.count == templates.count ? .list(values) : nil
    default: return nil
    }
  }
}
