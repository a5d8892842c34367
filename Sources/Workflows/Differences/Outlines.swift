import CEL
import Documents
import Fields
package import Values

extension Template {
  /// The value as the author wrote it, expressions as `${{ … }}`.
  package var outline: Value {
    switch form {
    case .literal(let value): return value
    case .expression(let expression): return .string("${{ \(expression.oneLayout) }}")
    case .text(let parts):
      return .string(
        parts.map { part in
          switch part {
          case .literal(let text): text
          case .expression(let expression): "${{ \(expression.oneLayout) }}"
          }
        }.joined())
    case .list(let items): return .list(items.map(\.outline))
    case .map(let members): return members.outline
    }
  }
}

extension [NamedTemplate] {
  var outline: Value { .map(ValueMap(map { ($0.name, $0.value.outline) })) }
}

extension Expression {
  /// A list that is written out counts by what it holds, not by how it is laid out.
  package var outline: Value { .string(constantValue.map { JSONText.compact($0) } ?? oneLayout) }

  /// The expression without the author's spaces and needless parentheses.
  fileprivate var oneLayout: String {
    (try? Parser.parse(source, expandsMacros: false))?.singleQuotedSourceText ?? source
  }
}

extension DurationTemplate {
  /// `60m` is `1h`.
  var outline: Value { fixed.map { .string($0.description) } ?? template.outline }
}

extension Deadline {
  var outline: Value {
    switch self {
    case .after(let duration): duration.outline
    case .at(let moment): ["at": moment.outline]
    }
  }
}

extension Field {
  /// The schema and what the short form adds to it.
  package var outline: Value {
    var map = schema.source.asMap ?? ["schema": schema.source]
    map["optional"] = isOptional ? true : nil
    map["default"] = defaultValue
    map["label"] = label.map { .string($0) }
    map["help"] = help.map { .string($0) }
    map["sensitive"] = isSensitive ? true : nil
    return .map(map)
  }
}

extension FieldSet {
  var outline: Value { .map(ValueMap(fields.map { ($0.name, $0.outline) })) }
}

extension ActionCall {
  var outline: Value { ["action": .string(operation), "with": with.outline] }
}

extension Check {
  var outline: Value {
    var map: ValueMap = ["check": check.outline]
    map["message"] = message?.outline
    map["see"] = see?.outline
    map["look"] = look?.outline
    return .map(map)
  }
}

extension RetryPolicy {
  var outline: Value {
    var map: ValueMap = [
      "attempts": .int(Int64(attempts)), "backoff": .string(backoff.rawValue),
    ]
    map["wait"] = wait?.outline
    map["max_wait"] = maxWait?.outline
    map["only_if"] = onlyIf?.outline
    return .map(map)
  }
}

extension FailurePolicy {
  /// The steps of a recovery are steps of their own and not part of it.
  var outline: Value {
    switch self {
    case .park: "park"
    case .continue: "continue"
    case .stop: "stop"
    case .undo: "undo"
    case .recover(let branches):
      .list(
        branches.map { branch in
          var map: ValueMap = ["then": .string(branch.then.rawValue)]
          map["when"] = branch.when?.outline
          return .map(map)
        })
    }
  }
}

extension UndoDefinition {
  var outline: Value {
    switch self {
    case .action(let call, _): call.outline
    case .manual(let text): ["manual": text.outline]
    }
  }
}

extension Probe {
  var outline: Value {
    [
      "call": action.outline, "check": check.outline, "outputs": outputs.outline,
    ]
  }
}

extension Reminder {
  var outline: Value {
    var map: ValueMap = ["before": before.outline]
    map["if"] = condition?.outline
    map["notify"] = notify?.outline
    return .map(map)
  }
}

extension Escalation {
  var outline: Value {
    var map: ValueMap = [isAfterDue ? "after_due" : "after": after.outline]
    map["to"] = to.map { .string($0) }
    map["if"] = condition?.outline
    map["notify"] = notify?.outline
    return .map(map)
  }
}

extension EventWait {
  var outline: Value {
    var map: ValueMap = ["event": .string(event)]
    map["match"] = match?.outline
    map["since"] = since.map { .string($0) }
    return .map(map)
  }
}

extension Wait {
  var outline: Value {
    switch self {
    case .duration(let duration): duration.outline
    case .until(let moment): ["at": moment.outline]
    case .event(let wait): wait.outline
    case .firstOf(let waits):
      ["first_of": .map(ValueMap(waits.map { ($0.name, $0.wait.outline) }))]
    }
  }
}
