import CEL
import SourceText

/// A value that has to be there, of an expression that may give none.
struct NeededValue {
  let part: ExpressionPart
  /// Nil where the expression reads nothing.
  let read: NameRead?
  let code: DiagnosticCode
  /// Who needs it: "`log.write` needs the input `message`".
  let need: String
}

/// A value that must not be null, of an expression that may give one.
struct NonNullValue {
  let part: ExpressionPart
  let read: NameRead
  /// What takes it: "`message`".
  let taker: String
}

extension FileDecoder {
  /// An expression that has to give a length of time.
  struct NeededLength {
    let expression: Expression
    /// The key that takes it: `wait`, `due`.
    let key: String
  }

  /// Keeps that an expression has to give a value: nobody is advised to leave its key out, and one that
  /// may give none is looked at when it is known what leads to it.
  func need(_ expression: Expression, _ code: DiagnosticCode, _ need: @autoclosure () -> String) {
    let index = readIndex(of: expression)
    if let index { reads[index].isNeeded = true }
    guard case .optional = expression.type else { return }
    let part = ExpressionPart(expression: expression)
    neededValues.append(
      NeededValue(part: part, read: index.map { reads[$0] }, code: code, need: need()))
  }

  /// Keeps that a part of what an expression gives has to be there.
  func need(_ part: ExpressionPart, _ code: DiagnosticCode, _ need: @autoclosure () -> String) {
    if part.isWhole { return self.need(part.expression, code, need()) }
    let read = readIndex(of: part.expression).map { reads[$0] }
    neededValues.append(NeededValue(part: part, read: read, code: code, need: need()))
  }

  /// Keeps that a part of what an expression gives must not be null.
  func needNonNull(_ part: ExpressionPart, _ taker: @autoclosure () -> String) {
    guard let index = readIndex(of: part.expression) else { return }
    nonNullValues.append(NonNullValue(part: part, read: reads[index], taker: taker()))
  }

  /// The same of the whole, where its type says that it may be null.
  func needNonNull(_ expression: Expression, _ taker: @autoclosure () -> String) {
    guard case .wrapper = expression.type else { return }
    needNonNull(ExpressionPart(expression: expression), taker())
  }

  private func readIndex(of expression: Expression) -> Int? {
    expression.references.isEmpty
      ? nil : reads.indices.last { reads[$0].expression === expression }
  }
}
