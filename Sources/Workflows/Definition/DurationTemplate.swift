package import CEL
import TimeZones
package import Values

/// A length of time, or a text with expressions that gives one in the run.
package struct DurationTemplate: Sendable {
  package let template: Template
  /// The length, where it is known from the file alone.
  package let fixed: Length?

  init(_ template: Template, fixed: Length?) {
    self.template = template
    self.fixed = fixed
  }

  /// The length in a context.
  ///
  /// - Throws: where an expression fails, or what it gives is not a length of time or points back.
  package func length(_ activation: some Activation) throws(ExpressionFailure) -> Length {
    if let fixed { return fixed }
    let text = try template.renderText(activation)
    guard let length = Length(text) else {
      throw ExpressionFailure(
        message: try misfit(text, activation), place: template.place,
        source: template.expressions.first?.source ?? text)
    }
    guard length.duration.amount >= 0 else {
      let what = template.isSensitive ? "the value" : "`\(text)`"
      throw ExpressionFailure(
        message: "\(what) is negative: a length of time is counted forward", place: template.place,
        source: template.expressions.first?.source ?? text)
    }
    return length
  }

  /// What a text is, which is not a length of time; a null has become an empty one.
  private func misfit(
    _ text: String, _ activation: some Activation
  ) throws(ExpressionFailure) -> String {
    if template.isSensitive(in: activation) { return "the value is not a length of time" }
    guard text.isEmpty else { return "`\(text)` is not a length of time" }
    guard case .expression(let expression) = template.form,
      case .string? = try expression.evaluate(activation).presentValue
    else { return "must be a length of time, not nothing" }
    return "must be a length of time, not empty text"
  }

  /// The length by the clock in a context; nil for business time that a run of old was started with, which
  /// counts for nothing there.
  ///
  /// - Throws: as ``length(_:)``, and where business time is computed.
  package func elapsed(_ activation: some Activation) throws(ExpressionFailure) -> TimeSpan? {
    if let fixed { return fixed.elapsed }
    let length = try length(activation)
    guard let span = length.elapsed else {
      let what = template.isSensitive(in: activation) ? "the value" : "`\(length)`"
      throw ExpressionFailure(
        message: "\(what) is business time: this is counted by the clock", place: template.place,
        source: template.expressions.first?.source ?? length.description)
    }
    return span
  }
}
