import CEL
import SourceText
import Values

/// Lengths of time with a computed number: whatever the number, it is their unit that makes them one.
extension FileDecoder {
  /// A number that stands for any other.
  static let anyNumber = "2"

  /// Reports a text that is no length of time whatever integers are put into it:
  /// `${{ inputs.n }} weeks`. What a text puts in is not known.
  func checkUnit(_ parts: [Template.Part], _ key: String, at span: SourceSpan) {
    guard !isStarted else { return }
    var sample = ""
    for part in parts {
      switch part {
      case .literal(let text): sample += text
      case .expression(let expression):
        guard case .int = expression.type.present else { return }
        sample += Self.anyNumber
      }
    }
    if Length(sample) == nil { reportUnit(sample, key, at: span) }
  }

  /// The same of a text that an expression puts together: `string(inputs.n) + ' weeks'`.
  func checkUnit(
    _ node: SyntaxNode, _ key: String, of checked: CheckedExpression, at span: SourceSpan
  ) {
    guard !isStarted, case .call("_+_", _, _) = node.kind,
      let sample = node.sampleText(in: checked), Length(sample) == nil
    else { return }
    reportUnit(sample, key, at: span)
  }

  private func reportUnit(_ sample: String, _ key: String, at span: SourceSpan) {
    report(
      .badLength, "`\(key)` gets a text such as `\(sample)`, which is not a length of time",
      at: span, label: "expected \(Length.examples) …", help: lengthHelp(sample))
  }
}

extension SyntaxNode {
  /// The text that the node gives with some integer in it; nil where more than integers is unknown.
  fileprivate func sampleText(in checked: CheckedExpression) -> String? {
    switch kind {
    case .literal(.string(let text)): return text
    case .call("string", nil, let arguments) where arguments.count == 1:
      guard case .int? = checked.type(of: arguments[0]) else { return nil }
      return FileDecoder.anyNumber
    case .call("_+_", _, let sides) where sides.count == 2:
      guard let left = sides[0].sampleText(in: checked),
        let right = sides[1].sampleText(in: checked)
      else { return nil }
      return left + right
    default: return nil
    }
  }
}
