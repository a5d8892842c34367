import Fields
import TimeZones
import Values
import Workflows

/// One step at one address at one moment, with what its expressions see.
///
/// A class since it is large and handed from rule to rule.
final class Place {
  /// -1 where the run has passed the step.
  let frameID: Int
  let frame: Frame
  let step: Step
  let now: Timestamp
  /// Up to which moment what is due counts: `now`, or earlier while what was missed is made up for.
  let horizon: Timestamp
  let address: String
  /// What has become of the step so far.
  let record: StepRecord
  let scope: RunScope

  /// The step at which a frame stands.
  init(
    _ reader: StateReader, id: Int, frame: Frame, step: Step, now: Timestamp,
    horizon: Timestamp? = nil
  ) {
    frameID = id
    self.frame = frame
    self.step = step
    self.now = now
    self.horizon = horizon ?? now
    address = frame.currentAddress ?? frame.address(of: step)
    record = reader.state.steps[address] ?? StepRecord()
    let scope = RunScope(
      reader: reader, surroundings: frame.surroundings, address: address,
      now: record.now ?? now)
    self.scope = reader.failure(around: frame).map { scope.with("error", $0) } ?? scope
  }

  private init(_ place: Place, seeing scope: RunScope) {
    frameID = place.frameID
    frame = place.frame
    step = place.step
    now = place.now
    horizon = place.horizon
    address = place.address
    record = place.record
    self.scope = scope
  }

  /// A step by its address, where the run stands or which it has passed; nil where the definitions
  /// have no such step.
  convenience init?(engine: RunEngine, at address: String, now: Timestamp) {
    let reader = StateReader(engine)
    if let (id, frame) = engine.standing(at: address), let step = frame.current {
      self.init(reader, id: id, frame: frame, step: step, now: now)
      return
    }
    guard let (step, surroundings) = engine.location(of: address) else { return nil }
    let list = StepList([step])
    let frame = Frame(
      role: .body, parent: nil, owner: nil, surroundings: surroundings, list: list, index: 0,
      cursor: 0, end: 1)
    self.init(reader, id: -1, frame: frame, step: step, now: now)
  }

  /// Whether the `if` of the step may not have been decided yet.
  var mayBeUndecided: Bool { record.startedAt == nil || record.conditionIsOpen }

  /// What expressions see inside the step, in surroundings of its lists.
  func scope(in surroundings: Surroundings) -> RunScope {
    RunScope(reader: scope.reader, surroundings: surroundings, address: address, now: scope.now)
  }

  /// The same place, where expressions see the step's own outputs.
  ///
  /// - Parameter sensitive: The names of those that are sensitive.
  func seeing(outputs: ValueMap, sensitive: Set<String>) -> Place {
    seeing(scope.seeing(outputs: .map(outputs)).sealing("outputs", sensitive))
  }

  /// The same place, where expressions see the step's own outputs as they are kept.
  func seeing(stored: StoredValues) -> Place {
    let outputs = step.coerce(stored.openedOrLeftOut(by: scope.reader.vault))
    return seeing(scope.seeing(outputs: .map(outputs)).sealing("outputs", of: stored))
  }

  /// The same place, where expressions see other things.
  func seeing(_ scope: RunScope) -> Place { Place(self, seeing: scope) }

  func effects(of call: ActionCall) -> Effects {
    step.effects ?? call.contract?.effects ?? .once
  }

  func render(_ templates: [(name: String, value: Template)]) throws(ExpressionFailure) -> ValueMap
  {
    try render(templates, scope)
  }

  func render(
    _ templates: [(name: String, value: Template)], _ scope: RunScope
  ) throws(ExpressionFailure) -> ValueMap {
    var values = ValueMap(minimumCapacity: templates.count)
    for (name, template) in templates {
      if let value = try template.render(scope) { values[name] = value.inJSON }
    }
    return values
  }

  func dueAt() throws(ExpressionFailure) -> Timestamp? {
    guard let due = step.due else { return nil }
    return try moment(of: due, under: "due").wholeMilliseconds
  }

  /// - Parameter key: under which the step has it.
  func moment(
    of deadline: Deadline, under key: String
  ) throws(ExpressionFailure) -> Timestamp {
    switch deadline {
    case .after(let duration): try moment(duration, after: now, under: key)
    case .at(let expression): try moment(expression)
    }
  }

  /// So long after a moment, as the step's expressions say.
  ///
  /// - Parameter key: under which the step has the length.
  func moment(
    _ duration: DurationTemplate, after start: Timestamp, under key: String
  ) throws(ExpressionFailure) -> Timestamp {
    try reckoned(duration, under: key) { (length, calendar) throws(BusinessCalendar.Problem) in
      try length.reckoned(after: start, by: calendar)
    }
  }

  /// So long before a moment, as the step's expressions say.
  ///
  /// - Parameter key: under which the step has the length.
  func moment(
    _ duration: DurationTemplate, before end: Timestamp, under key: String
  ) throws(ExpressionFailure) -> Timestamp {
    try reckoned(duration, under: key) { (length, calendar) throws(BusinessCalendar.Problem) in
      try length.reckoned(before: end, by: calendar)
    }
  }

  private func reckoned(
    _ duration: DurationTemplate, under key: String,
    _ reckon: (Length, BusinessCalendar) throws(BusinessCalendar.Problem) -> Timestamp
  ) throws(ExpressionFailure) -> Timestamp {
    let length = try duration.length(scope)
    let calendar = scope.surroundings.workflow.calendarValue
    do throws(BusinessCalendar.Problem) {
      return try reckon(length, calendar.calendar)
    } catch {
      let isHidden = scope.isSensitive(duration.template)
      let written = isHidden ? hiddenValue : length.description
      throw ExpressionFailure(
        message: calendar.message(of: error, in: "`\(key): \(written)`"),
        place: duration.template.place, source: written,
        isBeyondCalendar: error.isBeyondHorizon, namesKey: true)
    }
  }

  func moment(_ expression: Expression) throws(ExpressionFailure) -> Timestamp {
    guard case .timestamp(let moment) = try expression.evaluate(scope) else {
      throw ExpressionFailure(
        message: "the value is not a moment", place: expression.place, source: expression.source)
    }
    return moment
  }

  func timeout() throws(ExpressionFailure) -> TimeSpan? {
    try step.timeout?.elapsed(scope)
  }

  // MARK: Decisions about the step

  func event(_ kind: EventKind) -> PendingEvent { PendingEvent(kind, step: address) }

  func record(_ kind: EventKind) -> Decision { .record([event(kind)]) }

  func succeed(_ outputs: StoredValues?) -> Decision {
    record(
      .stepSucceeded(
        outputs: outputs, manner: record.manner ?? .machine, reason: nil, evidence: []))
  }

  func block(_ message: String) -> Decision {
    record(.stepBlocked(Blocker(message: message)))
  }

  func fail(_ code: String, _ message: String) -> Decision {
    record(.stepFailed(Failure(code: code, message: message)))
  }

  /// An expression that could not be evaluated; before the step has done anything, one that needs
  /// a sealed value that cannot be opened waits for the key or the value.
  func fail(_ failure: ExpressionFailure) -> Decision {
    guard failure.isUnknown else {
      var failed = Failure(code: "expression", message: explained(failure))
      if !failure.place.isEmpty { failed.details[Failure.place] = .string(failure.place) }
      if failure.isBeyondCalendar, let calendar = scope.surroundings.workflow.calendar {
        failed.details[Failure.calendar] = .string(calendar)
      }
      return record(.stepFailed(failed))
    }
    let message = explained(failure)
    switch record.phase {
    case .entered, .retrying: return block(message)
    default: return fail(Failure.locked, message)
    }
  }

  /// Why an expression of the step has no value, and which one that is.
  func explained(_ failure: ExpressionFailure) -> String {
    guard !failure.isUnknown else { return scope.explained(failure) }
    // What it could not make sense of may be sensitive: a text that is no number.
    return scope.reader.vault.redact(failure.sentence(under: step.key(of: failure)))
  }

  func look(
    _ look: Look, _ call: ActionCall, in scope: RunScope
  ) throws(ExpressionFailure) -> Decision {
    let inputs = try render(call.with)
    let sensitive = scope.sensitiveNames(of: call.with)
      .union(call.contract?.inputs.sensitiveNames ?? [])
    return .look(
      LookRequest(
        address: address, look: look, call: call, inputs: inputs, sensitive: sensitive,
        timeout: try timeout()))
  }

  func message(of check: Check, in scope: RunScope) -> String {
    let fallback = "`\(check.check.source)` does not hold"
    do throws(ExpressionFailure) {
      return try check.message?.shownText(scope) ?? fallback
    } catch {
      return "\(fallback) (its message: \(explained(error)))"
    }
  }

  /// What an unmet check means: a blocked step before it, a failed one after it.
  func unmet(_ check: Check, _ purpose: Look.Purpose, in scope: RunScope) -> Decision {
    let message = self.message(of: check, in: scope)
    let see = try? check.see?.shownText(scope)
    let blocker = Blocker(message: message, see: see, check: check.check.source)
    switch purpose {
    case .preconditions: return record(.stepBlocked(blocker))
    case .checkpoint: return record(.checkpointMoved(blocker))
    case .verify, .probe:
      var details: ValueMap = ["check": .string(check.check.source)]
      if let see { details["see"] = .string(see) }
      return record(.stepFailed(Failure(code: Failure.verify, message: message, details: details)))
    }
  }
}
