import CommandLineKit
import Documents
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
  /// The members as lines: `name: value`.
  func lines(indent: Int) -> [String] {
    let space = String(repeating: " ", count: indent)
    return compactMap { member in
      member.key.asString.map { TextLayout.harmless("\(space)\($0): \(member.value.shown)") }
    }
  }
}
