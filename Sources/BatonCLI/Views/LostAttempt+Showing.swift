import CommandLineKit
import Engine
import Runner
import Transcripts
import Values
import Workflows

/// What was asked for, for whoever is to find out whether it happened.
extension LostAttempt {
  /// For a status card.
  func lines(_ format: MomentFormat) -> [String] {
    let moment = since.map { " at \(format.minutes($0))" } ?? ""
    var lines = [TextLayout.line("      Called\(moment): \(operation)")]
    lines += with.lines(indent: 8)
    lines += sensitive.map { TextLayout.line("        \($0): (sensitive)") }
    if !key.isEmpty { lines.append(TextLayout.line("        idempotency key: \(key)")) }
    guard let manual else { return lines }
    lines.append("      To look by hand:")
    return lines + TextLayout.indented(EscapedMarkdown.plain(manual), by: 8)
  }

  var json: Value {
    var map: ValueMap = ["operation": .string(operation), "with": .map(with), "key": .string(key)]
    if !sensitive.isEmpty { map["sensitive"] = .list(sensitive.map { .string($0) }) }
    map["since"] = since.map { .string($0.journalText) }
    map["manual"] = manual.map { .string(EscapedMarkdown.plain($0)) }
    return .map(map)
  }
}
