import CEL
package import Fields
import Values
package import Workflows

extension Step {
  /// The name under which a person gives the list of a `for_each` that was done by hand.
  static let collectedOutput = "collected"

  /// What the step promises to later ones, where that is declared.
  package var outputFields: FieldSet? {
    switch kind {
    case .action(let call): call.contract?.outputs
    case .ask(let question): question.fields
    default: nil
    }
  }

  func isSensitiveOutput(_ name: String) -> Bool {
    switch kind {
    case .action(let call): call.contract?.outputs[name]?.isSensitive ?? false
    case .ask(let question): question.fields[name]?.isSensitive ?? false
    case .set(let assignments): assignments.contains { $0.name == name && $0.value.isSensitive }
    case .workflow(let call):
      call.definition?.outputs.contains { $0.name == name && $0.value.isSensitive } ?? false
    case .repeat(let loop): loop.steps.steps.last?.isSensitiveOutput(name) ?? false
    case .forEach(let loop): loop.collect?.isSensitive ?? false
    default: false
    }
  }
}

extension Step {
  /// How many loops the step stands in, of those in its workflow; it stands beside one whose recovery
  /// step it is.
  func loopDepth(in workflow: Workflow) -> Int {
    var depth = 0
    var inner = self
    while let parent = inner.parent {
      let outer = workflow.allSteps[parent]
      if outer.repeats(inner) { depth += 1 }
      inner = outer
    }
    return depth
  }

  /// Whether it is a loop around a step; steps are numbered in the order of the file, those of a loop
  /// before its recovery steps.
  private func repeats(_ inner: Step) -> Bool {
    let list: StepList
    switch kind {
    case .repeat(let loop): list = loop.steps
    case .forEach(let loop): list = loop.steps
    default: return false
    }
    return list.steps.last.map { inner.index <= $0.index } ?? false
  }
}

extension Workflow {
  /// Whether a step is one of the recovery steps of `defaults`, or stands in one; they are numbered last.
  func isInDefaults(_ step: Step) -> Bool {
    guard case .recover(let branches)? = defaultOnFailure else { return false }
    let first = branches.lazy.compactMap { $0.steps.steps.first?.index }.min()
    return first.map { $0 <= step.index } ?? false
  }
}

extension Workflow {
  /// What cannot do without the outputs of a step: `b`, or the workflow's outputs.
  func reader(needing producer: Step) -> String? {
    let step = allSteps.first { step in
      step.index != producer.index && step.ownExpressions.contains { $0.needs(producer) }
    }
    if let step { return "`\(step.id)` needs" }
    let isPromised = outputs.contains { $0.value.expressions.contains { $0.needs(producer) } }
    return isPromised ? "the outputs of `\(id)` need" : nil
  }
}

extension Expression {
  fileprivate func needs(_ producer: Step) -> Bool {
    references.contains { reference in
      let path = reference.path
      return reference.certainCount >= 4 && path[0] == "steps" && path[1] == producer.id
        && path[2] == "outputs"
    }
  }
}

extension Step {
  /// The expressions that the step itself is made of, not those of the steps inside it.
  fileprivate var ownExpressions: [Expression] {
    var found = [condition].compactMap(\.self) + (preconditions + verify).map(\.check)
    switch kind {
    case .action(let call): found += call.with.flatMap(\.value.expressions)
    case .set(let values): found += values.flatMap(\.value.expressions)
    case .ask(let question): found += question.message?.expressions ?? []
    case .approve(let approval): found += approval.message.expressions
    case .wait(let wait): found += wait.expressions
    case .forEach(let loop): found += [loop.list] + (loop.collect?.expressions ?? [])
    case .choose(let cases): found += cases.compactMap(\.when)
    case .repeat(let loop): found.append(loop.until)
    case .workflow(let call): found += call.with.flatMap(\.value.expressions)
    case .finish(let finish): found += finish.message?.expressions ?? []
    case .section, .parallel, .goTo: break
    }
    return found
  }
}

extension Wait {
  fileprivate var expressions: [Expression] {
    switch self {
    case .duration(let duration): duration.template.expressions
    case .until(let moment): [moment]
    case .event(let event): [event.match].compactMap(\.self)
    case .firstOf(let waits): waits.flatMap(\.wait.expressions)
    }
  }
}

extension Finish.Outcome {
  var runStatus: RunStatus {
    switch self {
    case .succeeded: .succeeded
    case .failed: .failed
    case .cancelled: .cancelled
    }
  }
}

extension FieldSet {
  /// What is wrong with some of the fields' values; those that are missing do not count.
  ///
  /// - Parameter sensitive: names whose values are never shown, beside the fields that say so.
  func problems(in values: ValueMap, sensitive: Set<String> = []) -> [String] {
    values.flatMap { member -> [String] in
      guard let name = member.key.asString, let field = self[name] else {
        let known = names.map { "`\($0)`" }.joined(separator: ", ")
        let name = member.key.asString ?? "?"
        return ["there is no `\(name)`" + (known.isEmpty ? "" : "; there is \(known)")]
      }
      let value = coerce([name: member.value])[name] ?? member.value
      let isSensitive = field.isSensitive || sensitive.contains(name)
      return field.schema.validate(value).map {
        "`\(name)` \(isSensitive ? $0.expectation : $0.message)"
      }
    }
  }
}

extension Catalog {
  /// What events there are, for a message about one that is not.
  func eventHint(for name: String) -> String? {
    let known = eventNames
    return known.isEmpty ? nil : "known events: " + known.map { "`\($0)`" }.joined(separator: ", ")
  }
}
