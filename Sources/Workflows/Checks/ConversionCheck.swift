import CEL
import Fields
import SourceText
import TimeZones
import Values

/// Conversions that fail whatever is given: `timestamp(inputs.day)`, where `day` has `format: date`; and
/// lengths of time that come from a field whose texts are none.
///
/// What a release foresees more than the one that started a run does not hold the run up.
struct ConversionCheck {
  private let workflow: WorkflowUnderCheck

  init(_ workflow: WorkflowUnderCheck) { self.workflow = workflow }

  /// What a text is to become.
  private enum Target: String {
    case timestamp, duration
    case length

    func takes(_ text: String) -> Bool {
      switch self {
      case .timestamp: Timestamp(rfc3339: text) != nil
      case .duration: TimeSpan(duration: text) != nil
      case .length: Length(text) != nil
      }
    }

    /// Whether any text of a format can become it.
    func takes(format: String) -> Bool { self == .timestamp && format == "date-time" }
  }

  /// `timestamp(…)` and `duration(…)`.
  func check(_ read: NameRead) {
    let expression = read.expression
    guard expression.isCompiled, !workflow.decoder.isStarted,
      expression.mentions("timestamp(") || expression.mentions("duration("),
      let tree = expression.checked?.tree
    else { return }
    tree.visit { node in
      guard case .call(let function, nil, let arguments) = node.kind, arguments.count == 1,
        let target = Target(rawValue: function), target != .length,
        let (path, reason) = misfit(arguments[0], target, of: expression)
      else {
        if case .call("timestamp", nil, let arguments) = node.kind, arguments.count == 1 {
          checkMoment(arguments[0], read)
        }
        return
      }
      workflow.decoder.report(
        .valueNotAllowed, "`\(function)` does not take `\(path)`: \(reason)",
        at: read.span(arguments[0].range), help: help(path, target))
    }
  }

  /// `timestamp(inputs.day + 'T15:00')`: whatever the day, its time is none.
  private func checkMoment(_ node: SyntaxNode, _ read: NameRead) {
    guard case .call("_+_", nil, let sides) = node.kind, sides.count == 2,
      case .literal(.string(let rest)) = sides[1].kind,
      let path = sides[0].path()?.path, field(at: path)?.format?.name == "date",
      read.expression.references.contains(where: { $0.path == path })
    else { return }
    let day = "2026-01-18"
    guard Timestamp(rfc3339: day + rest) == nil else { return }
    let name = path.joined(separator: ".")
    let time = MomentAdvice(day + rest)?.time ?? "T00:00:00Z"
    workflow.decoder.report(
      .valueNotAllowed,
      "`timestamp` does not take `\(day)\(rest)`, as `\(name) + '\(rest)'` gives it",
      at: read.span(sides[1].range),
      help: "a moment has its time and zone: `timestamp(\(name) + '\(time)')`")
  }

  /// A length of time that an expression gives.
  func check(_ needed: FileDecoder.NeededLength) {
    guard !workflow.decoder.isStarted, let tree = needed.expression.checked?.tree,
      let (path, reason) = misfit(tree, .length, of: needed.expression)
    else { return }
    workflow.decoder.report(
      .badLength, "`\(needed.key)` needs a length of time, and `\(path)` is none: \(reason)",
      at: needed.expression.span, label: "expected \(Length.examples) …",
      help: ["due", "expires", "wait"].contains(needed.key)
        ? "a moment is written `\(needed.key): { at: … }`" : nil)
  }

  private func help(_ path: String, _ target: Target) -> String? {
    guard target == .timestamp else { return "hours, minutes and seconds: `1h30m`" }
    return "a moment has its time and zone; of a date it is `timestamp(\(path) + 'T00:00:00Z')`"
  }

  /// Why no text that a field can have becomes what is wanted.
  private func misfit(
    _ node: SyntaxNode, _ target: Target, of expression: Expression
  ) -> (path: String, reason: String)? {
    guard let path = node.path()?.path, let field = field(at: path),
      expression.references.contains(where: { $0.path == path })
    else { return nil }
    let name = path.joined(separator: ".")
    if let format = field.format, !target.takes(format: format.name) {
      return (name, "it is \(format.phrase)")
    }
    guard let words = field.words, !words.contains(where: { target.takes($0) }) else { return nil }
    return (name, "it is \(words.shortQuotedList)")
  }

  private func field(at path: [String]) -> Field? {
    if path.count == 2, path[0] == "inputs" { return workflow.parts.inputs[path[1]] }
    guard path.count == 4, path[0] == "steps", path[2] == "outputs",
      let step = workflow.places.steps[path[1]]
    else { return nil }
    switch step.kind {
    case .ask(let question): return question.fields[path[3]]
    case .action(let call): return call.contract?.outputs[path[3]]
    default: return nil
    }
  }
}
