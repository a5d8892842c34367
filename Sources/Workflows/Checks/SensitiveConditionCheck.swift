import CEL
import SourceText

/// A condition or a moment that depends on a sensitive value: the way that the run takes, and when it takes it,
/// tells something of it.
enum SensitiveConditionCheck {
  static func run(_ workflow: WorkflowUnderCheck, _ facts: ProjectFacts) {
    guard workflow.decoder.hasSensitiveExpressions else { return }
    for step in workflow.parts.allSteps {
      for condition in conditions(of: step) where condition.isSensitive {
        workflow.decoder.report(
          .sensitiveCondition, "the way the run takes here tells something of a sensitive value",
          at: condition.span, label: "whether this holds can be seen in the record",
          help: "decide on something that is not sensitive")
      }
      for expression in times(of: step) where expression.isSensitive {
        workflow.decoder.report(
          .sensitiveCondition, "when this is due tells a sensitive value",
          at: expression.span, label: "the moment can be seen in the record",
          help: "reckon from something that is not sensitive")
      }
    }
  }

  private static func conditions(of step: Step) -> [Expression] {
    var found = [step.condition, step.retry?.onlyIf].compactMap(\.self)
    found += (step.preconditions + step.verify).map(\.check)
    found += step.remind.compactMap(\.condition) + step.escalate.compactMap(\.condition)
    for policy in [step.onFailure, step.onExpiry] {
      if case .recover(let branches)? = policy { found += branches.compactMap(\.when) }
    }
    switch step.kind {
    case .choose(let cases): found += cases.compactMap(\.when)
    case .repeat(let loop): found.append(loop.until)
    case .ask(let question):
      found += [question.completeWhen].compactMap(\.self)
      found += question.items.compactMap(\.doneOn?.match)
    case .wait(let wait): found += conditions(of: wait)
    default: break
    }
    return found
  }

  private static func conditions(of wait: Wait) -> [Expression] {
    switch wait {
    case .event(let event): [event.match].compactMap(\.self)
    case .firstOf(let waits): waits.flatMap { conditions(of: $0.wait) }
    default: []
    }
  }

  // MARK: Moments

  /// What moments that are kept are reckoned from.
  private static func times(of step: Step) -> [Expression] {
    var found = [step.due, step.expires].compactMap(\.self).flatMap(times)
    found += step.remind.flatMap { $0.before.template.expressions }
    found += step.escalate.flatMap { $0.after.template.expressions }
    found += [step.retry?.wait, step.retry?.maxWait, step.target].compactMap(\.self)
      .flatMap(\.template.expressions)
    switch step.kind {
    case .wait(let wait): found += times(of: wait)
    case .repeat(let loop): found += loop.every?.template.expressions ?? []
    default: break
    }
    return found
  }

  private static func times(of deadline: Deadline) -> [Expression] {
    switch deadline {
    case .after(let length): length.template.expressions
    case .at(let moment): [moment]
    }
  }

  private static func times(of wait: Wait) -> [Expression] {
    switch wait {
    case .duration(let length): length.template.expressions
    case .until(let moment): [moment]
    case .firstOf(let waits): waits.flatMap { times(of: $0.wait) }
    case .event: []
    }
  }
}
