import CEL
import SourceText

/// A value that has to be there, of an expression that may give none.
struct NeededValue {
  let expression: Expression
  /// Nil where the expression reads nothing.
  let read: NameRead?
  let code: DiagnosticCode
  /// Who needs it: "`log.write` needs the input `message`".
  let need: String
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
    let index =
      expression.references.isEmpty
      ? nil : reads.indices.last { reads[$0].expression === expression }
    if let index { reads[index].isNeeded = true }
    guard case .optional = expression.type else { return }
    neededValues.append(
      NeededValue(
        expression: expression, read: index.map { reads[$0] }, code: code, need: need()))
  }
}
