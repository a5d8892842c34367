import CEL
import Documents
import Fields
import SourceText
import TimeZones
import Values

/// Turns one test of a file into a ``WorkflowTest``.
final class TestDecoder {
  let decoder: FileDecoder
  /// What the run is started with.
  var workflow: Workflow
  /// All that the run goes by, one after the other.
  var workflows: [Workflow]
  /// Where its commands move it, by the place in the file.
  var targets: [Int: Workflow] = [:]
  let versions: WorkflowVersions
  private let defaults: Node?

  init(_ decoder: FileDecoder, _ versions: WorkflowVersions, defaults: Node?) {
    self.decoder = decoder
    self.versions = versions
    workflow = versions.present
    workflows = [versions.present]
    self.defaults = defaults
  }

  func decode(_ node: Node) -> WorkflowTest? {
    guard decoder.members(node, TestKeys.test) != nil else { return nil }
    // What else is wrong with a test is said also where it has no name.
    let title = node["name"]
    let start = node.members?.first?.key.span ?? node.span
    if title == nil {
      decoder.missing(
        "name", in: "a test", at: start, help: "a sentence that says what is to happen")
    }
    let name = title.flatMap { decoder.text($0, "name") }
    var test = WorkflowTest(name: name ?? "the test at \(start.start)", span: title?.span ?? start)
    test.startedWith = startedWith(node)
    test.inputs = inputs(node) ?? ValueMap()
    test.run = node["run"].flatMap(run)
    test.startedAt = either("started_at", node).flatMap { moment($0, "started_at") }
    test.startedBy = either("started_by", node).flatMap { decoder.text($0, "started_by") }
    test.environment = either("environment", node).flatMap { decoder.text($0, "environment") }
    test.isByHand =
      either("by_hand", node).flatMap { decoder.truth($0, "by_hand") } ?? false
    for place in [node, defaults].compactMap(\.self) {
      test.actions += actions(place["actions"])
      test.answers += answers(place["answers"])
      test.events += events(place["events"])
      test.absences += absences(place["unattended"])
      test.own = test.own ?? WorkflowTest.Own(test)
    }
    test.commands = commands(node["commands"])
    if let expected = node["expect"] {
      test.expected = expectation(expected)
    } else {
      decoder.missing(
        "expect", in: "the test", at: test.span, help: "`expect: { status: succeeded }` at least")
    }
    return test
  }

  private func either(_ key: String, _ node: Node) -> Node? { node[key] ?? defaults?[key] }

  /// Letters, digits and dashes: nothing that could lead anywhere.
  private func run(_ node: Node) -> String? {
    guard let text = decoder.text(node, "run") else { return nil }
    let isFit = text.utf8.allSatisfy {
      (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
    }
    if isFit, !text.isEmpty { return text }
    decoder.report(
      .valueNotAllowed, "`\(text)` is not the id of a run", at: node.span,
      label: "expected small letters, digits and `-`, `20261120-k7f3q9`")
    return nil
  }

  // MARK: Inputs

  private func inputs(_ node: Node) -> ValueMap? {
    var values = ValueMap()
    var places: [String: Member] = [:]
    for source in [defaults?["inputs"], node["inputs"]].compactMap(\.self) {
      for member in decoder.map(source, "`inputs`") ?? [] {
        values[member.name] = member.value.value(for: workflow.inputs[member.name])
        places[member.name] = member
      }
    }
    let fallback = node["inputs"]?.span ?? node["name"]?.span ?? node.span
    return completed(
      values, workflow.inputs, "`\(workflow.id)`",
      at: { name, isKey in places[name]?.span(isKey) ?? fallback })
  }

  /// Values held against their fields, with the defaults filled in.
  ///
  /// - Parameter place: where a value stands by its name, or its key.
  func completed(
    _ values: ValueMap, _ fields: FieldSet, _ owner: String,
    at place: (_ name: String, _ isKey: Bool) -> SourceSpan
  ) -> ValueMap? {
    switch fields.complete(values) {
    case .success(let complete): return complete
    case .failure(let failure):
      for problem in failure.problems {
        let name = problem.path.split(whereSeparator: { ".[".contains($0) }).first.map(String.init)
        let isMissing = name.map { values[$0] == nil } ?? false
        let isUnknown = name.map { fields[$0] == nil } ?? false
        decoder.report(
          isMissing ? .missingInput : isUnknown ? .unknownInput : .inputMismatch,
          "\(owner): \(problem.message)", at: place(name ?? "", isUnknown))
      }
      return nil
    }
  }

  // MARK: Times and names

  func moment(_ node: Node, _ key: String) -> Timestamp? {
    guard let text = decoder.text(node, key) else { return nil }
    if let moment = Timestamp(rfc3339: text) { return moment }
    decoder.report(
      .valueNotAllowed, "`\(key)` is a moment", at: node.span,
      label: "expected `2026-11-20T09:00:00Z`")
    return nil
  }

  /// `after` or `at`; at once where neither is given.
  func when(_ node: Node) -> ScriptedMoment {
    refuseBoth("after", "at", node)
    if let at = node["at"] { return moment(at, "at").map { .at($0) } ?? Self.atOnce }
    guard let after = node["after"], let length = decoder.length(after, "after") else {
      return Self.atOnce
    }
    return .after(length.duration)
  }

  /// Of two keys that say the same in two ways one would be passed over.
  func refuseBoth(_ one: String, _ other: String, _ node: Node) {
    guard node[one] != nil, let second = node[other] else { return }
    decoder.report(.severalKinds, "`\(one)` or `\(other)`: one of them", at: second.span)
  }

  static let atOnce = ScriptedMoment.after(AuthoredDuration(0, .exact))

  /// The steps that a name means; an unknown one is reported.
  func steps(_ name: String, at span: SourceSpan) -> [Step] {
    let found = workflows.flatMap { $0.steps(matching: StepPattern(name)) }
    guard found.isEmpty else { return found }
    let ids = workflows.flatMap(\.definitions).flatMap { $0.allSteps.map(\.id) }
    if let address = StepPattern(name).takenBack,
      workflows.contains(where: { !$0.steps(matching: StepPattern(address)).isEmpty })
    {
      decoder.report(.unknownStep, "nothing takes `\(address)` back: it has no `undo`", at: span)
      return []
    }
    let last = name.split(separator: "/").last.map(String.init) ?? name
    decoder.report(
      .unknownStep, "`\(workflow.id)` has no step `\(name)`", at: span,
      help: decoder.suggestion(StepPattern.withoutRounds(last), ids))
    return []
  }
}

extension Member {
  func span(_ isKey: Bool) -> SourceSpan { isKey ? key.span : value.span }
}

extension Node {
  /// Where a member stands, or its key; the whole where there is none.
  func span(of name: String, _ isKey: Bool) -> SourceSpan {
    members?.first { $0.name == name }?.span(isKey) ?? span
  }

  /// The value; where the field is text, a scalar as it stands in the file.
  func value(for field: Field?) -> Value {
    if case .string? = field?.type, let scalar, !isNull { return .string(scalar.text) }
    return value
  }

  /// The members as values, each as its field takes it.
  func values(for fields: FieldSet?) -> ValueMap {
    ValueMap((members ?? []).map { ($0.name, $0.value.value(for: fields?[$0.name])) })
  }
}
