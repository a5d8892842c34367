import Fields
package import Values

/// A key of a definition and the outline of its value: `with.email`, `on_failure`, `ask.fields.status`.
package typealias Facet = (key: String, value: Value)

extension Step {
  /// Everything the step says, one entry a key; what its operation's contract says for it is left
  /// out, and so are the steps inside it.
  package var facets: [Facet] {
    var found = FacetList()
    found.add("kind", .string(kind.key))
    found.add("name", name)
    found.add("description", description)
    found.add("role", role)
    found.add("if", condition?.outline)
    found.add("preconditions", list: preconditions.map(\.outline))
    found.add(kind)
    found.add("verify", list: verify.map(\.outline))
    found.add("checkpoint", checkpoint)
    found.add("retry", retry?.outline)
    found.add("timeout", timeout?.outline)
    found.add("target", target?.outline)
    found.add("due", due?.outline)
    found.add("expires", expires?.outline)
    found.add("remind", list: remind.map(\.outline))
    found.add("escalate", list: escalate.map(\.outline))
    found.add("on_failure", onFailure?.outline)
    found.add("on_expiry", onExpiry?.outline)
    addOverrides(to: &found)
    return found.facets
  }

  private func addOverrides(to found: inout FacetList) {
    var contract: OperationContract?
    if case .action(let call) = kind { contract = call.contract }
    switch undo {
    case .action(_, scope: .contract)?, nil: break
    case .manual(let text)?: if text !== contract?.undo?.text { found.add("undo", undo?.outline) }
    case .action?: found.add("undo", undo?.outline)
    }
    if manual !== contract?.manual { found.add("manual", manual?.outline) }
    if effects != contract?.effects { found.add("effects", effects?.rawValue) }
    if let probe, case .workflow = probe.scope { found.add("probe", probe.outline) }
  }
}

extension UndoDefinition {
  fileprivate var text: Template? { if case .manual(let text) = self { text } else { nil } }
}

extension Workflow {
  /// What the head of the file says; inputs, outputs, roles and steps are subjects of their own.
  package var facets: [Facet] {
    var found = FacetList()
    found.add("name", name)
    found.add("version", version)
    found.add("description", description)
    found.add("document", document?.outline)
    found.add("calendar", calendar)
    found.add("run_name", runName?.outline)
    found.add("labels", members: labels)
    found.add("on_failure", defaultOnFailure?.outline)
    found.add("targets", list: targets.map(\.outline))
    found.add("triggers", list: triggers.map(\.outline))
    return found.facets
  }
}

extension OperationContract {
  /// What a caller can tell of the operation.
  package var facets: [Facet] {
    var found = FacetList()
    found.add("effects", effects.rawValue)
    for field in inputs.fields { found.add("inputs.\(field.name)", field.outline) }
    for field in outputs.fields { found.add("outputs.\(field.name)", field.outline) }
    for error in errors {
      found.add("errors.\(error.code)", error.meaning)
      found.add("errors.\(error.code).retry", error.canRetry.map { .bool($0) })
    }
    found.add("key_lasts", keyLasts?.description)
    found.add("probe", probe?.outline)
    found.add("undo", undo?.outline)
    found.add("manual", manual?.outline)
    return found.facets
  }
}

extension EventContract {
  package var facets: [Facet] { fields.fields.map { ("fields.\($0.name)", $0.outline) } }
}

extension Role {
  var outline: Value {
    var map: ValueMap = ["name": .string(name)]
    map["description"] = description.map { .string($0) }
    map["person"] = person?.outline
    return .map(map)
  }
}

extension DocumentControl {
  fileprivate var outline: Value {
    var map = ValueMap()
    map["number"] = number.map { .string($0) }
    map["section"] = section.map { .string($0) }
    map["effective"] = effective.map { .string($0) }
    map["owner"] = owner.map { .string($0) }
    map["approved_by"] = approvedBy.map { .string($0) }
    map["review_every"] = reviewEvery.map { .string($0.description) }
    if !related.isEmpty { map["related"] = .list(related.map { .string($0) }) }
    return .map(map)
  }
}

extension ServiceTarget {
  fileprivate var outline: Value {
    var map: ValueMap = ["name": .string(name), "measure": measure.outline]
    map["at_least"] = atLeast?.outline
    map["at_most"] = atMost?.outline
    return .map(map)
  }
}

extension ServiceTarget.Bound {
  fileprivate var outline: Value {
    switch self {
    case .number(let number): .double(number)
    case .time(let length): .string(length.description)
    }
  }
}

extension Trigger {
  fileprivate var outline: Value {
    var map: ValueMap =
      switch source {
      case .webhook(let path, let connection):
        ["webhook": .string(path), "connection": connection.map { .string($0) } ?? .null]
      case .schedule(let cron, let zone):
        ["schedule": .string(cron), "time_zone": zone.map { .string($0) } ?? .null]
      }
    map["if"] = condition?.outline
    map["key"] = key?.outline
    if !inputs.isEmpty { map["inputs"] = inputs.outline }
    map["respond_after"] = respondAfter.map { .string($0) }
    map["respond_body"] = respondBody?.outline
    if let limit {
      map["limit"] = ["rate": .string(limit.rate), "by": limit.by?.outline ?? .null]
    }
    return .map(map)
  }
}

/// Gathers facets, leaving out what is not said.
struct FacetList {
  private(set) var facets: [Facet] = []

  mutating func add(_ key: String, _ value: Value?) {
    if let value { facets.append((key, value)) }
  }

  mutating func add(_ key: String, _ text: String?) { add(key, text.map { .string($0) }) }

  mutating func add(_ key: String, list: [Value]) {
    if !list.isEmpty { add(key, .list(list)) }
  }

  mutating func add(_ key: String, members: [NamedTemplate]) {
    for (name, template) in members { add("\(key).\(name)", template.outline) }
  }

  mutating func add(_ kind: Kind) {
    switch kind {
    case .action(let call):
      add("action", call.operation)
      add("with", members: call.with)
    case .ask(let question): add(question)
    case .approve(let approval):
      add("approve.message", approval.message.outline)
      add("approve.approvals", .int(Int64(approval.approvals)))
      add("approve.not_starter", .bool(approval.notStarter))
    case .wait(let wait): add("wait", wait.outline)
    case .set(let values): add("set", members: values)
    case .section, .parallel: break
    case .forEach(let loop):
      add("for_each.in", loop.list.outline)
      add("for_each.as", loop.itemName)
      add("for_each.max_parallel", loop.maxParallel.map { .int(Int64($0)) })
      add("for_each.collect", loop.collect?.outline)
    case .choose(let cases):
      for (index, choice) in cases.enumerated() {
        add("choose.\(index).when", choice.when?.outline ?? true)
      }
    case .repeat(let loop):
      add("repeat.until", loop.until.outline)
      add("repeat.every", loop.every?.outline)
      add("repeat.at_most", loop.atMost.map { .int(Int64($0)) })
    case .workflow(let call):
      add("workflow", call.reference)
      add("with", members: call.with)
    case .goTo(let target): add("go_to", target)
    case .finish(let finish):
      add("finish.outcome", finish.outcome.rawValue)
      add("finish.message", finish.message?.outline)
    }
  }

  private mutating func add(_ question: Question) {
    add("ask.message", question.message?.outline)
    for item in question.items {
      var map: ValueMap = ["label": item.label.outline]
      map["help"] = item.help?.outline
      map["category"] = item.category.map { .string($0) }
      map["done_on"] = item.doneOn?.outline
      add("ask.items.\(item.name)", .map(map))
    }
    for field in question.fields.fields { add("ask.fields.\(field.name)", field.outline) }
    add("ask.complete_when", question.completeWhen?.outline)
  }
}
