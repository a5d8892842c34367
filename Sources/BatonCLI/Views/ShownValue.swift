import CommandLineKit
import Documents
import Runner
import Values

extension Value {
  /// The value for people: text as it is, everything else as JSON on one line.
  var shown: String {
    if case .string(let text) = self { return text }
    return JSONText.compact(self)
  }
}

extension Console {
  /// Writes a JSON document.
  func write(json: Value) { output.line(JSONText.pretty(json)) }
}

extension ValueMap {
  /// The members as lines: `name: value`; of what has several lines each is indented.
  func lines(indent: Int) -> [String] {
    flatMap { member -> [String] in
      guard let name = member.key.asString else { return [] }
      return TextLayout.indented("\(name): \(member.value.shown)", by: indent, more: 4)
    }
  }
}

extension RunSnapshot {
  /// The outputs as lines; of what is sensitive only that it is there.
  var outputLines: [String] {
    outputs.lines(indent: 2) + sensitiveOutputs.map { TextLayout.line("  \($0): (sensitive)") }
  }
}
