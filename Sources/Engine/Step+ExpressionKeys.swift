import Workflows

extension Step {
  /// The key of the step under which the expression stands that failed: `set.rate`, `verify.check`; nil where
  /// it is none of the step's.
  ///
  /// Looked for by its place, and only once it has failed: an expression that has a value need not know it.
  func key(of failure: ExpressionFailure) -> String? {
    keyed.first { $0.part.stands(at: failure.place) }?.key
  }

  private var keyed: [KeyedPart] {
    var parts = KeyedParts()
    parts.add("if", condition)
    parts.add("preconditions", preconditions)
    parts.add(kind)
    parts.add("verify", verify)
    parts.add("retry.wait", retry?.wait)
    parts.add("retry.max_wait", retry?.maxWait)
    parts.add("retry.only_if", retry?.onlyIf)
    parts.add("timeout", timeout)
    parts.add("due", due)
    parts.add("expires", expires)
    for reminder in remind { parts.add("remind.before", reminder.before) }
    for rung in escalate { parts.add("escalate.after", rung.after) }
    if case .action(let call, _)? = undo { parts.add("undo.with", call.with) }
    if case .manual(let text)? = undo { parts.add("undo.manual", text) }
    if let probe {
      parts.add("probe.with", probe.action.with)
      parts.add("probe.check", probe.check)
      parts.add("probe.outputs", probe.outputs)
    }
    return parts.all
  }
}

/// A part of a step that is evaluated, and its key.
private typealias KeyedPart = (key: String, part: WrittenPart)

private enum WrittenPart {
  case expression(Expression)
  case template(Template)

  func stands(at place: String) -> Bool {
    switch self {
    case .expression(let expression): expression.place == place
    case .template(let template):
      template.place == place || template.expressions.contains { $0.place == place }
    }
  }
}

/// Gathers what a step evaluates.
private struct KeyedParts {
  private(set) var all: [KeyedPart] = []

  mutating func add(_ key: String, _ expression: Expression?) {
    if let expression { all.append((key, .expression(expression))) }
  }

  mutating func add(_ key: String, _ template: Template?) {
    if let template { all.append((key, .template(template))) }
  }

  mutating func add(_ key: String, _ members: [NamedTemplate]) {
    for (name, template) in members { add("\(key).\(name)", template) }
  }

  mutating func add(_ key: String, _ length: DurationTemplate?) { add(key, length?.template) }

  mutating func add(_ key: String, _ deadline: Deadline?) {
    switch deadline {
    case .after(let length)?: add(key, length)
    case .at(let moment)?: add(key, moment)
    case nil: break
    }
  }

  mutating func add(_ key: String, _ checks: [Check]) {
    for check in checks {
      add("\(key).with", check.look?.with ?? [])
      add("\(key).check", check.check)
      add("\(key).message", check.message)
    }
  }

  mutating func add(_ kind: Kind) {
    switch kind {
    case .action(let call): add("with", call.with)
    case .set(let values): add("set", values)
    case .ask(let question):
      add("ask.message", question.message)
      for item in question.items {
        add("ask.items.\(item.name)", item.label)
        add("ask.items.\(item.name).done_on.match", item.doneOn?.match)
      }
      add("ask.complete_when", question.completeWhen)
    case .approve(let approval): add("approve.message", approval.message)
    case .wait(let wait): add("wait", wait)
    case .forEach(let loop):
      add("for_each.in", loop.list)
      add("for_each.collect", loop.collect)
    case .choose(let cases): for choice in cases { add("choose.when", choice.when) }
    case .repeat(let loop):
      add("repeat.until", loop.until)
      add("repeat.every", loop.every)
    case .workflow(let call):
      add("with", call.with)
      add("outputs", call.definition?.outputs ?? [])
    case .finish(let finish): add("finish.message", finish.message)
    case .section, .parallel, .goTo: break
    }
  }

  private mutating func add(_ key: String, _ wait: Wait) {
    switch wait {
    case .duration(let length): add(key, length)
    case .until(let moment): add(key, moment)
    case .event(let event): add("\(key).match", event.match)
    case .firstOf(let ways):
      for way in ways { add("\(key).first_of.\(way.name)", way.wait) }
    }
  }
}
