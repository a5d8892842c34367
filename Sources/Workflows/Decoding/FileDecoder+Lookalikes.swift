import Documents
import SourceText

extension FileDecoder {
  private static let roots = ["inputs", "steps", "run", "item", "event", "outputs", "error"]

  /// Warns of a text with `{{ inputs.x }}` or `${inputs.x}` in it, as other tools write it: here it
  /// would reach people as it stands.
  func checkLookalike(_ scalar: Scalar) {
    guard scalar.withUTF8({ $0.contains(0x7B) }) else { return }
    let bytes = Array(scalar.text.utf8)
    var start = 0
    while let brace = bytes[start...].firstIndex(of: 0x7B) {
      var inside = brace
      while inside < bytes.count, bytes[inside] == 0x7B { inside += 1 }
      start = inside
      guard inside - brace <= 2, let end = bytes[inside...].firstIndex(of: 0x7D) else { continue }
      let word = String(decoding: bytes[inside..<end], as: UTF8.self).trimmed
      guard Self.roots.contains(where: { word.hasPrefix("\($0).") }),
        word.utf8.allSatisfy({ $0 > 0x20 })
      else { continue }
      let begin = brace > 0 && bytes[brace - 1] == 0x24 ? brace - 1 : brace
      var last = end
      while last < bytes.count, bytes[last] == 0x7D { last += 1 }
      report(
        .lookalike, "this looks like an expression, and is shown as it stands",
        at: scalar.fileSpan(begin..<last), help: "an expression is written `${{ \(word) }}`")
      return
    }
  }
}
