import CEL
import Documents
import SourceText
import TimeZones
import Values

extension FileDecoder {
  /// Reports constant texts that a function never takes: `duration('3d')`, `timestamp('2026-01-18')`,
  /// `name.matches('(')`.
  func checkConstants(of expression: Expression) {
    let others = expression.mentions("timestamp(") || expression.mentions("matches(")
    guard others || expression.mentions("duration("),
      others || !expression.holdsOnlyTexts(where: Self.isPlainSpan),
      let tree = expression.checked?.tree
    else { return }
    tree.visit { node in
      guard case .call(let function, _, let arguments) = node.kind, let last = arguments.last,
        case .literal(.string(let text)) = last.kind
      else { return }
      // Where it stands is looked for only when it is wrong.
      switch function {
      case "duration" where TimeSpan(duration: text) == nil:
        reportSpan(text, at: expression.span(of: last.range))
      case "timestamp" where Timestamp(rfc3339: text) == nil:
        reportMoment(text, at: expression.span(of: last.range))
      case "matches": checkPattern(text, last.range, of: expression)
      default: break
      }
    }
  }

  /// `24h`, `90s`: what nearly all texts are that `duration` takes.
  private static func isPlainSpan(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard (2...7).contains(text.count), let unit = text.last else { return false }
    return [0x68, 0x6D, 0x73].contains(unit)
      && text.dropLast().allSatisfy { (0x30...0x39).contains($0) }
  }

  private func reportSpan(_ text: String, at span: SourceSpan) {
    var help = "hours, minutes and seconds: `duration('1h30m')`"
    if let length = Length(text)?.elapsed, length.nanoseconds == 0, length.seconds % 3600 == 0 {
      help = "its largest unit is the hour: `duration('\(length.seconds / 3600)h')`"
    }
    report(.badLength, "`duration` does not take `\(text)`", at: span, help: help)
  }

  private func reportMoment(_ text: String, at span: SourceSpan) {
    let day = CivilDate(text).map { "\($0)T00:00:00Z" } ?? "2026-01-18T09:00:00Z"
    report(
      .valueNotAllowed, "`timestamp` does not take `\(text)`", at: span,
      help: "a moment has its time and zone: `timestamp('\(day)')`")
  }

  /// A pattern is tried out on nothing, once.
  private func checkPattern(_ text: String, _ range: Range<Int>, of expression: Expression) {
    guard !soundPatterns.contains(text) else { return }
    let written = String(decoding: Array(expression.source.utf8)[range], as: UTF8.self)
    guard let trial = try? CELEnvironment().compile("''.matches(\(written))").get() else { return }
    do throws(EvaluationError) {
      _ = try trial.evaluate(Variables())
      soundPatterns.insert(text)
    } catch {
      report(
        .valueNotAllowed, "`matches` does not take `\(text)`: \(error.message)",
        at: expression.span(of: range), help: PatternProblem(of: text)?.help)
    }
  }
}
