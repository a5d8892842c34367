import CEL
import Documents
import SourceText
import TimeZones
import Values

extension WorkflowDecoder {
  /// The keys that hold no expressions.
  func head(_ root: Node, into parts: inout Workflow.Parts) {
    identify(root, into: &parts)
    let differing = "put what differs into `run_name`"
    parts.name = decoder.name(root, help: differing) ?? parts.id
    parts.version = decoder.fixedText(root, under: "version")
    parts.description = root["description"].flatMap { decoder.description($0, help: differing) }
    parts.calendar = decoder.text(root, under: "calendar")
    parts.document = root["document"].flatMap { document($0) }
  }

  /// The keys whose expressions are evaluated when the run is made: there are no steps yet.
  func early(_ root: Node, _ scope: Scope, into parts: inout Workflow.Parts) {
    parts.runName = root["run_name"].flatMap { decoder.textTemplate($0, "run_name", in: scope) }
    let labels = root["labels"].flatMap { decoder.map($0, "`labels`") } ?? []
    parts.labels = labels.compactMap { member in
      decoder.textTemplate(member.value, member.name, in: scope).map { (member.name, $0) }
    }
    let roles = root["roles"].flatMap { decoder.map($0, "`roles`") } ?? []
    parts.roles = roles.compactMap { role($0, scope) }
  }

  /// The keys that see all steps.
  func late(
    _ root: Node, _ scope: Scope, _ outlines: OutlineReader, into parts: inout Workflow.Parts
  ) {
    parts.outputs = decoder.at(.end) {
      root["outputs"].flatMap { decoder.namedTemplates($0, "outputs", in: scope) } ?? []
    }
    let targets = root["targets"].flatMap { decoder.list($0, "`targets`") } ?? []
    parts.targets = targets.compactMap { target($0, scope) }
    let triggers = root["triggers"].flatMap { decoder.list($0, "`triggers`") } ?? []
    parts.triggers = triggers.compactMap { trigger($0, scope, parts, outlines) }
    checkAddresses(of: parts.triggers)
  }

  private func identify(_ root: Node, into parts: inout Workflow.Parts) {
    guard let node = root["id"] else {
      let start = SourceSpan(start: root.span.start, end: root.span.start)
      decoder.missing("id", in: "the workflow", at: start, help: "for example `id: new-tenant`")
      return
    }
    guard let id = decoder.text(node, "id") else { return }
    parts.id = id
    parts.idSpan = node.span
    let isKebab =
      !id.isEmpty
      && id.split(separator: "-", omittingEmptySubsequences: false).allSatisfy { part in
        !part.isEmpty
          && part.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0)
          }
      }
    if !isKebab {
      let proposal = id.snakeCased.split(separator: "_").joined(separator: "-")
      decoder.report(
        .badName, "`\(id)` is not an id of a workflow", at: node.span,
        label: "expected small letters, digits and `-`", help: "did you mean `\(proposal)`?")
    }
  }

  private func document(_ node: Node) -> DocumentControl? {
    guard decoder.members(node, LanguageKeys.document) != nil else { return nil }
    let related = node["related"].flatMap { decoder.list($0, "`related`") } ?? []
    let effective = decoder.text(node, under: "effective")
    if let effective, let written = node["effective"], CivilDate(effective) == nil {
      decoder.report(
        .valueNotAllowed, "`\(effective)` is not a date", at: written.span,
        label: "expected `2026-01-18`")
    }
    if let every = node["review_every"], node["effective"] == nil,
      !decoder.isMisspelt(["effective"], inMapAt: node.span.start)
    {
      decoder.missing(
        "effective", in: "`document`", at: every.span, help: "`review_every` counts from that day")
    }
    return DocumentControl(
      number: decoder.fixedText(node, under: "number"),
      section: decoder.fixedText(node, under: "section"), effective: effective,
      owner: decoder.fixedText(node, under: "owner"),
      approvedBy: decoder.fixedText(node, under: "approved_by"),
      reviewEvery: node["review_every"].flatMap { decoder.length($0, "review_every") },
      related: related.compactMap { decoder.fixedText($0, "related") })
  }

  private func role(_ member: Member, _ scope: Scope) -> Role? {
    if !decoder.isName(member.name) {
      decoder.report(
        .badName, "`\(member.name)` is not a name for a role", at: member.key.span,
        label: "expected small letters, digits and `_`")
    }
    let node = member.value
    if node.isNull || node.scalar != nil {
      let name = node.isNull ? nil : decoder.fixedText(node, member.name)
      return Role(
        key: member.name, name: name ?? member.name,
        description: nil, person: nil, span: member.key.span)
    }
    guard decoder.members(node, LanguageKeys.role) != nil else { return nil }
    return Role(
      key: member.name, name: decoder.fixedText(node, under: "name") ?? member.name,
      description: decoder.fixedText(node, under: "description"),
      person: node["person"].flatMap { decoder.textTemplate($0, "person", in: scope) },
      span: member.key.span)
  }

  private func target(_ node: Node, _ scope: Scope) -> ServiceTarget? {
    guard decoder.members(node, LanguageKeys.target) != nil else { return nil }
    let name = decoder.fixedText(node, under: "name")
    for key in ["name", "measure"] where node[key] == nil {
      decoder.missing(key, in: "a target", at: node.span)
    }
    let measured = node["measure"].flatMap { self.measured($0, in: scope) }
    let atLeast = node["at_least"].flatMap { bound($0, "at_least", measured?.kind) }
    let atMost = node["at_most"].flatMap { bound($0, "at_most", measured?.kind) }
    guard let name, let measured else { return nil }
    return ServiceTarget(
      name: name, measure: measured.expression, atLeast: atLeast, atMost: atMost)
  }

  private func measured(
    _ node: Node, in scope: Scope
  ) -> (expression: Expression, kind: TargetKind?)? {
    guard let measured = decoder.expression(node, "measure", in: scope) else { return nil }
    let kind = TargetKind(measured.type)
    if kind == nil {
      decoder.report(
        .expressionResult,
        "`measure` needs true or false, a number or a length of time, and this gives "
          + measured.type.noun, at: node.span)
    }
    return (measured, kind)
  }

  /// What a measure can be held against.
  private enum TargetKind {
    case share, number, time, unknown

    init?(_ type: CELType) {
      switch type.present {
      case .bool: self = .share
      case .int, .uint, .double: self = .number
      case .duration: self = .time
      case let other where other.isUnknown: self = .unknown
      default: return nil
      }
    }
  }

  private func bound(_ node: Node, _ key: String, _ kind: TargetKind?) -> ServiceTarget.Bound? {
    let number = node.scalar?.resolved.asNumber
    switch (kind, number) {
    case (.share, let share?) where !(0...1).contains(share):
      decoder.report(
        .valueNotAllowed, "a share lies between 0 and 1", at: node.span,
        help: (1...100).contains(share) ? "`\(share / 100)` is \(node.text ?? "") percent" : nil)
    case (.share, nil), (.number, nil):
      decoder.report(
        .valueNotAllowed, "`\(key)` is a number here", at: node.span,
        label: kind == .share
          ? "`measure` gives true or false: a share between 0 and 1" : "`measure` gives a number")
    case (.time, _?):
      decoder.report(
        .badLength, "`\(key)` needs a unit here: `\(node.text ?? "")` what?", at: node.span,
        label: "`measure` gives a length of time")
    case (_, let number?): return .number(number)
    case (_, nil): return decoder.length(node, key).map { .time($0) }
    }
    return nil
  }
}
