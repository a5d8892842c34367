import Fields
import TimeZones
import Values
import Workflows

/// What a step asks, calls, waits for and can fail by, in words.
extension PlanBuilder {
  // MARK: Operations

  func calls(of step: Step) -> [PlannedCall] {
    var found: [PlannedCall] = []
    func add(_ call: ActionCall, _ purpose: PlannedCall.Purpose) {
      let effects = call.contract?.effects ?? .once
      found.append(
        PlannedCall(
          operation: step.qualified(call.operation), effects: effects, purpose: purpose,
          undo: nil))
    }
    for check in step.preconditions { if let look = check.look { add(look, .look) } }
    if case .action(let call) = step.kind {
      found.append(
        PlannedCall(
          operation: call.operation, effects: step.effects ?? call.contract?.effects ?? .once,
          purpose: .act, undo: step.undo.map(step.words)))
    }
    for check in step.verify { if let look = check.look { add(look, .look) } }
    if let probe = step.probe { add(probe.action, .probe) }
    if case .action(let call, _)? = step.undo { add(call, .undo) }
    for notify in step.remind.map(\.notify) + step.escalate.map(\.notify) {
      if let notify { add(notify, .notify) }
    }
    return found
  }

  // MARK: People

  /// - Parameter handler: what takes failures of the step.
  func question(of step: Step, _ handler: Handler?) -> PlannedQuestion? {
    switch step.kind {
    case .ask(let question):
      PlannedQuestion(
        role: step.role, message: question.message.map(scope.text) ?? step.title,
        fields: question.fields.fields,
        items: question.items.map { ($0.name, scope.text(of: $0.label), $0.doneOn?.event) },
        approvals: nil, notStarter: false, deadlines: deadlines(of: step, handler))
    case .approve(let approval):
      PlannedQuestion(
        role: step.role, message: scope.text(of: approval.message), fields: [], items: [],
        approvals: approval.approvals, notStarter: approval.notStarter,
        deadlines: deadlines(of: step, handler))
    default: nil
    }
  }

  private func deadlines(of step: Step, _ handler: Handler?) -> [String] {
    var lines: [String] = []
    if let due = step.due { lines.append("due \(words(due))") }
    for reminder in step.remind {
      lines.append("reminded \(words(reminder.before)) before" + words(reminder.condition))
    }
    for rung in step.escalate {
      let who = rung.to.map { "escalated to \($0)" } ?? "told again"
      let since = rung.isAfterDue ? " after it was due" : " after it was asked"
      lines.append("\(who) \(words(rung.after))\(since)" + words(rung.condition))
    }
    if let expires = step.expires {
      // A time that is up is a failure like others where the step says nothing of it.
      let policy = (step.onExpiry ?? handler?.policy ?? .park).word
      let isOwn = step.onExpiry != nil || handler == nil || step.onFailure != nil
      let whose =
        isOwn ? "" : ", as " + (handler?.address.map { "`\($0)` says" } ?? "`defaults` say")
      lines.append("expires \(words(expires)), then: \(policy)\(whose)")
    }
    return lines
  }

  private func words(_ condition: Expression?) -> String {
    condition.map { " if `\($0.source)`" } ?? ""
  }

  func wait(of step: Step, _ handler: Handler?) -> String? {
    guard case .wait(let wait) = step.kind else { return nil }
    let lines = [words(wait)] + deadlines(of: step, handler)
    return lines.joined(separator: "; ")
  }

  private func words(_ wait: Wait) -> String {
    switch wait {
    case .duration(let duration): "waits \(words(duration))"
    case .until(let expression): "waits until \(moment(expression))"
    case .event(let event):
      "waits for the event \(event.event)"
        + (event.match.map { " where `\($0.source)`" } ?? "")
    case .firstOf(let ways):
      "waits for the first of: "
        + ways.map { "\($0.name) (\(words($0.wait)))" }.joined(separator: ", ")
    }
  }

  private func words(_ deadline: Deadline) -> String {
    switch deadline {
    case .after(let duration): "after \(words(duration))"
    case .at(let expression): "at \(moment(expression))"
    }
  }

  private func moment(_ expression: Expression) -> String {
    guard case .timestamp(let moment)? = (try? scope.value(of: expression)) ?? nil else {
      return "`\(expression.source)`"
    }
    return moment.journalText
  }

  func words(_ duration: DurationTemplate) -> String {
    scope.length(duration)?.description ?? scope.text(of: duration.template)
  }

  // MARK: Failures

  /// nil for what cannot fail in a way an author would plan for.
  func failure(of step: Step, _ handler: Handler?) -> PlannedFailure? {
    let causes = causes(of: step)
    guard !causes.isEmpty else { return nil }
    return PlannedFailure(
      handler: handler?.address, leadsTo: handler?.policy.word ?? "park",
      attempts: step.retry?.attempts ?? 1, causes: causes, policy: handler?.policy)
  }

  private func causes(of step: Step) -> [String] {
    var causes: [String] = []
    switch step.kind {
    case .action(let call):
      let codes = call.contract?.errors.map(\.code) ?? []
      causes.append(
        codes.isEmpty
          ? "\(call.operation) fails"
          : "\(call.operation) fails (\(codes.joined(separator: ", ")), …)")
      if step.effects ?? call.contract?.effects ?? .once == .once, step.probe == nil {
        causes.append("its answer is lost, and somebody has to say what happened")
      }
    case .approve: causes.append("it is rejected")
    case .repeat(let loop):
      if let limit = loop.atMost {
        causes.append("`\(loop.until.source)` does not come in \(limit) rounds")
      }
    case .workflow(let call): causes.append("\(call.reference) fails")
    default: break
    }
    causes += step.verify.map { "`\($0.check.source)` does not hold afterwards" }
    return causes
  }

  func unmet(of step: Step) -> [PlannedCheck] {
    let before = step.preconditions.map { ($0, true) }
    return before.compactMap { check, isPrecondition in
      guard check.look == nil else { return nil }
      switch scope.verdict(check.check) {
      case .holds, .unknown: return nil
      case .broken(let message):
        return PlannedCheck(
          source: check.check.source, message: message, isPrecondition: isPrecondition)
      case .fails:
        return PlannedCheck(
          source: check.check.source,
          message: check.message.map(scope.text) ?? "`\(check.check.source)` does not hold",
          isPrecondition: isPrecondition)
      }
    }
  }
}

extension FailurePolicy {
  /// The word of the language.
  package var word: String {
    switch self {
    case .park: "park"
    case .continue: "continue"
    case .stop: "stop"
    case .undo: "undo"
    case .recover: "recover"
    }
  }
}

extension Step {
  /// A contract names the operations of its own plugin alone.
  fileprivate func qualified(_ operation: String) -> String {
    guard !operation.contains("."), case .action(let own) = kind,
      let dot = own.operation.firstIndex(of: ".")
    else { return operation }
    return "\(own.operation[..<dot]).\(operation)"
  }

  fileprivate func words(_ undo: UndoDefinition) -> String {
    switch undo {
    case .action(let call, _): qualified(call.operation)
    case .manual: "by hand"
    }
  }
}
