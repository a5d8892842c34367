import CEL
package import Fields
import Values
package import Workflows

extension Step {
  /// The name under which a person gives the list of a `for_each` that was done by hand.
  static let collectedOutput = "collected"
  /// The name under which a wait gives the event that ended it.
  static let eventOutput = "event"

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
    case .wait(let wait): name == Step.eventOutput && wait.hasSensitiveEvent
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

extension Wait {
  /// Whether an event that can end it has anything sensitive: then all of it is, for those who read it.
  fileprivate var hasSensitiveEvent: Bool {
    events.contains { $0.contract?.fields.hasSensitive ?? false }
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
      return field.problems(in: value, isHidden: sensitive.contains(name)).map(\.message)
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
