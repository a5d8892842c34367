import Documents
import SourceText
import TimeZones
import Values

/// A schedule that is there twice: each of the two starts a run at the same moment, with the same inputs.
enum ScheduleCheck {
  /// All that a schedule says.
  private struct Content: Hashable {
    let schedule: CronExpression.Meaning
    /// Its zone, its condition, its inputs.
    let rest: Value
  }

  static func run(_ workflow: WorkflowUnderCheck, _ facts: ProjectFacts) {
    guard workflow.parts.triggers.count > 1, let triggers = workflow.root["triggers"]?.items else {
      return
    }
    var known: [Content: SourceSpan] = [:]
    for trigger in triggers {
      guard let node = trigger["schedule"], let text = node.text,
        let schedule = try? CronExpression(text), case .map(var rest) = trigger.value
      else { continue }
      rest["schedule"] = nil
      let content = Content(schedule: schedule.meaning, rest: .map(rest))
      guard let first = known[content] else {
        known[content] = node.span
        continue
      }
      workflow.decoder.report(
        .repeatedSchedule, "the schedule `\(text)` is there twice", at: node.span,
        notes: [.init("it is the same as this one", file: workflow.decoder.file, span: first)],
        help: "each of the two starts a run: leave one out, or say by `inputs` what is different")
    }
  }
}
