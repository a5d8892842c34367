import CEL
import Documents
import SourceText
import TimeZones
import Values

/// Calls that fail in every run, because of constants in them: `int('abc')`, `inputs.n % 0`,
/// `now.getHours('Africa/Johanesburg')`, `'%d'.format([inputs.name])`.
extension FileDecoder {
  /// A look at the bytes of an expression that was not compiled yet: only a conversion of a constant
  /// text, or a division by nothing, can fail there.
  static func mayFail(_ scalar: Scalar, _ range: Range<Int>) -> Bool {
    scalar.withUTF8 { bytes in
      var before: UInt8 = 0
      for index in range where bytes[index] > 0x20 {
        switch (before, bytes[index]) {
        case (0x28, 0x22), (0x28, 0x27), (0x25, 0x30), (0x2F, 0x30): return true
        default: before = bytes[index]
        }
      }
      return false
    }
  }

  func checkFailing(_ expression: Expression) {
    // What a release foresees more than the one that started a run does not hold the run up.
    guard !isStarted, let checked = expression.checked else { return }
    checked.tree.visit { node in
      guard case .call(let function, let target, let arguments) = node.kind else { return }
      switch (function, arguments.first?.kind) {
      case (_, .literal(.string(let zone))?) where Self.zoned.contains(function):
        checkZone(zone, function, at: expression.span(of: arguments[0].range))
      case ("format", .list(let values)?): checkFormat(node, target, values, checked, expression)
      case ("_%_", _), ("_/_", _):
        guard case .literal(.int(0))? = arguments.last?.kind else { return }
        report(
          .valueNotAllowed, "nothing can be divided by 0",
          at: expression.span(of: arguments[1].range))
      default:
        guard Self.tried.contains(function), target?.isConstant ?? true,
          arguments.allSatisfy(\.isConstant)
        else { return }
        tryOut(expression.text(of: node), function, at: expression.span(of: node.range))
      }
    }
  }

  /// The functions that take a time zone.
  private static let zoned: Set<String> = [
    "getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear",
    "getHours", "getMinutes", "getSeconds", "getMilliseconds",
  ]

  /// The functions that are tried out where all they are given is constant: they cost next to nothing.
  private static let tried: Set<String> = [
    "int", "uint", "double", "bool", "_[_]", "_+_", "_-_", "_*_", "substring", "charAt",
  ]

  private func checkZone(_ zone: String, _ function: String, at span: SourceSpan) {
    guard TimeZone(zone) == nil else { return }
    report(
      .valueNotAllowed, "`\(function)` does not take `\(zone)`: there is no such time zone",
      at: span, help: TimeZone.nearestName(to: zone).map { "did you mean `\($0)`?" })
  }

  /// Formats values of the same types in place of those that only a run knows.
  private func checkFormat(
    _ node: SyntaxNode, _ target: SyntaxNode?, _ values: [SyntaxNode.Element],
    _ checked: CheckedExpression, _ expression: Expression
  ) {
    guard let target, case .literal(.string) = target.kind else { return }
    var samples: [String] = []
    for value in values {
      guard !value.isOptional, let sample = checked.type(of: value.value)?.sample else { return }
      samples.append(sample)
    }
    let list = "[\(samples.joined(separator: ", "))]"
    tryOut(
      "\(expression.text(of: target)).format(\(list))", "format",
      at: expression.span(of: target.range))
  }

  private func tryOut(_ source: String, _ function: String, at span: SourceSpan) {
    guard let trial = try? CELEnvironment().compile(source).get() else { return }
    do throws(EvaluationError) {
      _ = try trial.evaluate(Variables())
    } catch {
      let isShort = function == "format" && error.code == .indexOutOfRange
      report(
        .valueNotAllowed,
        isShort
          ? "`format` gets fewer values than its text has places for"
          : "this fails in every run: \(error.message)", at: span)
    }
  }
}

extension Expression {
  /// A piece as it is written.
  fileprivate func text(of node: SyntaxNode) -> String {
    String(decoding: Array(source.utf8)[node.range], as: UTF8.self)
  }
}

extension SyntaxNode {
  /// Whether it is a constant, or a list or map of some.
  fileprivate var isConstant: Bool {
    switch kind {
    case .literal: true
    case .list(let elements): elements.allSatisfy { !$0.isOptional && $0.value.isConstant }
    case .map(let entries):
      entries.allSatisfy { !$0.isOptional && $0.key.isConstant && $0.value.isConstant }
    default: false
    }
  }
}

extension CELType {
  /// Some value of the type, as an expression; nil where values of it can be of several kinds.
  fileprivate var sample: String? {
    switch self {
    case .null: "null"
    case .bool: "true"
    case .int: "1"
    case .uint: "1u"
    case .double: "1.5"
    case .string: "'x'"
    case .bytes: "b'x'"
    case .timestamp: "timestamp(0)"
    case .duration: "duration(0)"
    case .list: "[]"
    case .map: "{}"
    default: nil
    }
  }
}
