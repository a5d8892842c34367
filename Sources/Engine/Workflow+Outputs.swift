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
  /// How many loops the step stands in.
  func loopDepth(in workflow: Workflow) -> Int {
    var depth = 0
    var outer = parent
    while let index = outer {
      let step = workflow.allSteps[index]
      switch step.kind {
      case .repeat, .forEach: depth += 1
      default: break
      }
      outer = step.parent
    }
    return depth
  }
}

extension Workflow {
  /// A step whose expressions cannot do without the outputs of another.
  func stepNeedingOutputs(of producer: Step) -> Step? {
    allSteps.first { step in
      step.index != producer.index && step.directExpressions.contains { $0.needs(producer) }
    }
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
  fileprivate var directExpressions: [Expression] {
    var found = [condition].compactMap(\.self)
    found += (preconditions + verify).map(\.check)
    switch kind {
    case .action(let call): found += call.with.flatMap(\.value.expressions)
    case .set(let values): found += values.flatMap(\.value.expressions)
    case .ask(let question): found += question.message?.expressions ?? []
    case .wait(.event(let wait)): found += [wait.match].compactMap(\.self)
    default: break
    }
    return found
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
  func problems(in values: ValueMap) -> [String] {
    values.flatMap { member -> [String] in
      guard let name = member.key.asString, let field = self[name] else {
        let known = names.map { "`\($0)`" }.joined(separator: ", ")
        let name = member.key.asString ?? "?"
        return ["there is no `\(name)`" + (known.isEmpty ? "" : "; there is \(known)")]
      }
      let value = coerce([name: member.value])[name] ?? member.value
      return field.schema.validate(value).map { "`\(name)` \($0.message)" }
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
