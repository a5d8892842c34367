import Documents
import SourceText
import TimeZones
import Values

/// What is expected.
extension TestDecoder {
  /// Any number of steps, any text.
  static let anything: Set<String> = ["…", "..."]

  func expectation(_ node: Node) -> Expectation {
    var expected = Expectation()
    expected.span = node.span
    guard decoder.members(node, TestKeys.expectation) != nil else { return expected }
    expected.status = node["status"].flatMap { word($0, "status", TestKeys.runStatuses) }
    expected.path = node["path"].flatMap(path)
    expected.outputs = node["outputs"].flatMap(outputs)
    expected.message = node["message"].flatMap { decoder.text($0, "message") }
    expected.steps = (node["steps"].flatMap { decoder.map($0, "`steps`") } ?? []).compactMap(step)
    expected.calls = node["calls"].map(calls) ?? []
    if let duration = node["duration"] { self.duration(duration, into: &expected) }
    return expected
  }

  private func word(_ node: Node, _ key: String, _ allowed: [String]) -> String? {
    guard let word = decoder.text(node, key) else { return nil }
    if allowed.contains(word) { return word }
    decoder.report(
      .valueNotAllowed, "`\(key)` cannot be `\(word)`", at: node.span,
      label: "allowed: \(allowed.quotedList)",
      help: Self.statuses[word.lowercased()].map { "did you mean `\($0)`?" }
        ?? decoder.suggestion(word, allowed))
    return nil
  }

  /// What a run and a step have come to, in other words.
  private static let statuses = [
    "done": "succeeded", "ok": "succeeded", "success": "succeeded", "successful": "succeeded",
    "completed": "succeeded", "complete": "succeeded", "passed": "succeeded",
    "finished": "succeeded", "error": "failed", "errored": "failed", "failure": "failed",
    "canceled": "cancelled", "aborted": "cancelled",
  ]

  private func path(_ node: Node) -> [String]? {
    decoder.list(node, "`path`")?.compactMap { item in
      guard let text = decoder.text(item, "path") else { return nil }
      if Self.anything.contains(text) { return "…" }
      let found = steps(text, at: item.span)
      if let step = found.first, found.allSatisfy(\.isContainer) {
        decoder.report(
          .valueNotAllowed, "`\(text)` holds other steps and does nothing itself", at: item.span,
          label: "a path names the steps that do something",
          help: step.nestedLists.first?.steps.first.map { "its first step is `\($0.id)`" })
        return nil
      }
      return text
    }
  }

  private func outputs(_ node: Node) -> ValueMap? {
    guard let members = decoder.map(node, "`outputs`") else { return nil }
    let names = (workflows.last ?? workflow).outputs.map(\.name)
    for member in members where !names.contains(member.name) {
      decoder.report(
        .unknownInput, "`\(workflow.id)` has no output `\(member.name)`", at: member.key.span,
        label: names.isEmpty ? "it gives none" : "it gives \(names.quotedList)",
        help: decoder.suggestion(member.name, names))
    }
    return node.value.asMap
  }

  private func step(
    _ member: Member
  ) -> (address: String, expected: Expectation.StepExpectation)? {
    guard !steps(member.name, at: member.key.span).isEmpty,
      isAddress(member.name, at: member.key.span)
    else { return nil }
    let node = member.value
    var expected = Expectation.StepExpectation(span: member.key.span)
    if node.scalar != nil {
      expected.status = word(node, member.name, TestKeys.stepStatuses)
      return (member.name, expected)
    }
    guard decoder.members(node, TestKeys.step) != nil else { return nil }
    expected.status = node["status"].flatMap { word($0, "status", TestKeys.stepStatuses) }
    expected.outputs = node["outputs"].flatMap { map in
      decoder.map(map, "`outputs`").flatMap { _ in map.value.asMap }
    }
    expected.error = node["error"].flatMap { decoder.text($0, "error") }
    return (member.name, expected)
  }

  private func duration(_ node: Node, into expected: inout Expectation) {
    if node.members == nil {
      let length = decoder.clockLength(node, "duration")?.elapsed
      expected.shortest = length
      expected.longest = length
      return
    }
    guard decoder.members(node, TestKeys.duration) != nil else { return }
    expected.shortest = node["at_least"].flatMap { decoder.clockLength($0, "at_least") }?.elapsed
    expected.longest = node["at_most"].flatMap { decoder.clockLength($0, "at_most") }?.elapsed
  }
}
