import CEL
import Documents
import Fields
import SourceText
import TimeZones
import Values

extension WorkflowDecoder {
  /// What starts a run: there are no inputs and no steps yet where it is decided whether one starts.
  ///
  /// - Parameter scope: what the answer to a call sees, once a step is done.
  func trigger(
    _ node: Node, _ scope: Scope, _ parts: Workflow.Parts, _ outlines: OutlineReader
  ) -> Trigger? {
    guard decoder.members(node, LanguageKeys.trigger) != nil else { return nil }
    let source = source(node)
    let told = names(of: node)
    let asked = told.reduce(Scope(FileScope([Scope.Name(name: "now", type: .timestamp)]))) {
      $0.with($1)
    }
    let condition = decoder.for(.given(nil)) {
      node["if"].flatMap { decoder.expression($0, "if", in: asked, wants: .truth) }
    }
    return decoder.for(.given(condition)) { () -> Trigger? in
      let inputs = decoder.with(
        node["inputs"], parts.inputs, of: "the workflow `\(parts.id)`",
        at: (node["webhook"] ?? node["schedule"] ?? node).span, in: asked)
      let key = node["key"].flatMap { decoder.expression($0, "key", in: asked) }
      let answer = told.reduce(scope) { $0.with($1) }
      let body = node["respond"]?["body"].flatMap { decoder.template($0, in: answer) }
      let after = node["respond"].flatMap { respondAfter($0, outlines) }
      let bound = node["limit"].flatMap { limit($0, asked) }
      guard let source else { return nil }
      return Trigger(
        source: source, span: (node["webhook"] ?? node["schedule"] ?? node).span,
        condition: condition, key: key, inputs: inputs, respondAfter: after, respondBody: body,
        limit: bound)
    }
  }

  // MARK: Events

  /// `event` and `request`, which a call brings and a schedule does not.
  private func names(of trigger: Node) -> [Scope.Name] {
    if trigger["webhook"] == nil, trigger["schedule"] != nil { return [] }
    let contract = trigger["connection"]?.text.flatMap { catalog.connection(named: $0) }
    let events = contract?.events ?? []
    if events.contains(where: \.fields.hasOptionalParts) { decoder.hasOptionalOutputs = true }
    let sensitive = events.flatMap(\.fields.sensitiveNames)
    return [
      Scope.Name(
        name: "event", type: eventType(events, of: trigger["connection"]?.text ?? ""),
        sensitivity: Sensitivity(names: sensitive)),
      Scope.Name(name: "request", type: .dyn),
    ]
  }

  /// One of the events that a connection tells of; which one, only the call shows.
  private func eventType(_ events: [EventContract], of connection: String) -> CELType {
    guard let first = events.first else { return .dyn }
    if events.count == 1 {
      return first.fields.objectType(named: "`\(connection).\(first.name)`")
    }
    var types: [String: CELType] = [:]
    var optional: Set<String> = []
    for field in events.flatMap(\.fields.fields) {
      if let known = types[field.name] {
        types[field.name] = known == field.type ? known : .dyn
      } else {
        types[field.name] = field.type
      }
      if field.isOptional { optional.insert(field.name) }
    }
    return .object(
      ObjectType("an event of `\(connection)`", fields: types, optional: optional))
  }

  /// A path is one trigger's: who calls it starts one run.
  private func duplicate(_ trigger: Trigger, of first: Trigger) {
    guard case .webhook(let path, _) = trigger.source else { return }
    decoder.report(
      .duplicateName, "the path `\(path)` is taken", at: trigger.span,
      notes: [.init("by this trigger", file: decoder.file, span: first.span)],
      help: "a path is one trigger's; `if` says which of its calls start a run")
  }

  /// Reports webhooks of the same path.
  func checkAddresses(of triggers: [Trigger]) {
    var known: [String: Trigger] = [:]
    for trigger in triggers {
      guard case .webhook(let path, _) = trigger.source, !path.isEmpty else { continue }
      if let first = known[path] { duplicate(trigger, of: first) } else { known[path] = trigger }
    }
  }

  private func source(_ node: Node) -> Trigger.Source? {
    switch (node["webhook"], node["schedule"]) {
    case (let path?, nil):
      decoder.misplaced(["time_zone"], node, in: "trigger", "a `webhook` is called at any time")
      return webhook(path, node)
    case (nil, let schedule?):
      refuseConnection(node)
      decoder.misplaced(["respond", "limit"], node, in: "trigger", "nobody calls a `schedule`")
      return decoder.text(schedule, "schedule").map { cron in
        checkSchedule(cron, at: schedule)
        return .schedule(cron: cron, timeZone: node["time_zone"].flatMap { timeZone($0) })
      }
    case (_?, let schedule?):
      decoder.report(
        .severalKinds, "a trigger is a `webhook` or a `schedule`", at: schedule.span)
    case (nil, nil):
      decoder.missing(
        "webhook", or: ["schedule"], in: "a trigger", at: node.span, help: "or `schedule`")
    }
    return nil
  }

  private func checkSchedule(_ cron: String, at node: Node) {
    do throws(CronExpression.Problem) {
      guard try CronExpression(cron).next(after: Timestamp(seconds: 0), in: .utc) == nil else {
        return
      }
      decoder.report(
        .valueNotAllowed, "`\(cron)` never comes: there is no such day", at: node.span)
    } catch {
      decoder.report(
        .valueNotAllowed, "`\(cron)` is not a schedule: \(error.message)", at: node.span,
        help: "minute, hour, day, month and weekday: `0 9 * * MON` is Mondays at 9")
    }
  }

  private func timeZone(_ node: Node) -> String? {
    guard let name = decoder.text(node, "time_zone") else { return nil }
    // Where the system knows no zones at all, the name may still be right.
    if TimeZone(name) == nil, TimeZone("Africa/Johannesburg") != nil {
      decoder.report(
        .valueNotAllowed, "unknown time zone `\(name)`", at: node.span,
        help: TimeZone.nearestName(to: name).map { "did you mean `\($0)`?" }
          ?? "a name of the IANA database, such as `Africa/Johannesburg`")
    }
    return name
  }

  private func respondAfter(_ node: Node, _ outlines: OutlineReader) -> String? {
    guard decoder.members(node, LanguageKeys.respond) != nil, let after = node["after"],
      let id = decoder.text(after, "after")
    else { return nil }
    if outlines.step(named: id) == nil { outlines.reportUnknown(id, at: after.span) }
    return id
  }

  private func isRate(_ text: String) -> Bool {
    let words = text.split(separator: " ")
    guard words.count == 3, let count = Int(words[0]), count > 0, words[1] == "per" else {
      return false
    }
    return ["second", "minute", "hour", "day"].contains(words[2])
  }

  private func limit(_ node: Node, _ scope: Scope) -> (rate: String, by: Expression?)? {
    guard decoder.members(node, LanguageKeys.limit) != nil else { return nil }
    if node["rate"] == nil {
      decoder.missing("rate", in: "`limit`", at: node.span, help: "`rate: 10 per hour`")
    }
    let rate = decoder.text(node, under: "rate")
    if let rate, let written = node["rate"], !isRate(rate) {
      decoder.report(
        .valueNotAllowed, "`\(rate)` is not a rate", at: written.span,
        label: "expected a number, `per` and `second`, `minute`, `hour` or `day`: `10 per hour`")
    }
    let by = node["by"].flatMap { decoder.expression($0, "by", in: scope) }
    return rate.map { (rate: $0, by: by) }
  }
}
