import Documents
import SourceText

/// When nobody is there.
extension TestDecoder {
  func absences(_ node: Node?) -> [ScriptedAbsence] {
    (node.flatMap { decoder.list($0, "`unattended`") } ?? []).compactMap(absence)
  }

  private func absence(_ node: Node) -> ScriptedAbsence? {
    guard decoder.members(node, TestKeys.absence) != nil, let end = end(node) else { return nil }
    return ScriptedAbsence(start: when(node), end: end, span: node.span)
  }

  private func end(_ node: Node) -> ScriptedAbsence.End? {
    refuseBoth("for", "until", node)
    if let length = node["for"] {
      return decoder.length(length, "for").map { .after($0.duration) }
    }
    if let moment = node["until"] { return self.moment(moment, "until").map { .at($0) } }
    decoder.missing(
      "for", or: ["until"], in: "a time in which nobody is there", at: node.span,
      help: "`{ after: 2d, for: 3d }`, or `until` with a moment")
    return nil
  }
}
