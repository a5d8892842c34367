import CEL
import Fields
package import Values
package import Workflows

/// Deadlines of people: fired in order, each once, by whoever acts on the run.
extension RunEngine {
  /// What follows when a deadline has come.
  func reach(_ timer: DeadlineTimer, _ place: Place) -> Decision {
    let reached = place.event(.people(.deadlineReached(reached(timer, place))))
    guard case .expires = timer.kind else { return .record([reached]) }
    let failure = Failure(
      code: Failure.expired,
      message: "nobody did it by \(timer.dueAt.minuteText), when it expired")
    return .record([reached, place.event(.stepFailed(failure))])
  }

  private func reached(_ timer: DeadlineTimer, _ place: Place) -> DeadlineReached {
    var reached = DeadlineReached(
      timer: timer.name, dueAt: timer.dueAt, to: nil, isPassedOver: false)
    switch timer.kind {
    case .remind(let index) where index < place.step.remind.count:
      reached.isPassedOver = isExcluded(place.step.remind[index].condition, place)
    case .escalate(let index) where index < place.step.escalate.count:
      let rung = place.step.escalate[index]
      reached.isPassedOver = isExcluded(rung.condition, place)
      reached.to = rung.to
    default: break
    }
    return reached
  }

  /// A condition that cannot be evaluated excludes nothing: better one message too many.
  private func isExcluded(_ condition: Expression?, _ place: Place) -> Bool {
    guard let condition else { return false }
    return (try? condition.test(place.scope)) == false
  }

  /// The deadline that came first among those before a moment, at any step, as events.
  ///
  /// Whoever is about to apply what arrived at that moment records these first.
  package func deadline(before moment: Timestamp) -> [PendingEvent] {
    var first: (timer: DeadlineTimer, place: Place)?
    for (place, waiting) in waits(now: moment) {
      guard let timer = nextTimer(of: waiting, place), timer.dueAt < moment else { continue }
      if let first, first.timer.dueAt <= timer.dueAt { continue }
      first = (timer, place)
    }
    guard let first, case .record(let events) = reach(first.timer, first.place) else { return [] }
    return events
  }

  /// Whether a deadline was due before a moment and has not come yet.
  package func hasDeadline(before moment: Timestamp) -> Bool { !deadline(before: moment).isEmpty }

  /// The run as it is once the deadlines have come that were due before a moment.
  package func reachingDeadlines(before moment: Timestamp) -> RunEngine {
    var engine = self
    while case let events = engine.deadline(before: moment), !events.isEmpty {
      for event in events {
        engine.apply(Event(event.kind, step: event.step, attempt: event.attempt, at: moment))
      }
    }
    return engine
  }

  /// What comes while the run stands at a checkpoint that does not hold: questions are closed by their answers and
  /// deadlines are reached, the earliest first; nothing is begun that would follow from it.
  func comeDue(now: Timestamp) -> Decision {
    var due: (at: Timestamp, events: [PendingEvent])?
    var next: Timestamp?
    for (place, waiting) in waits(now: now) {
      let timer = nextTimer(of: waiting, place)
      switch look(for: waiting, place) {
      case .record(let events):
        guard let timer, events.contains(where: \.kind.isTimer) else { return .record(events) }
        if due.map({ timer.dueAt < $0.at }) ?? true { due = (timer.dueAt, events) }
      case .wait(let until): next = soonest(next, until)
      case .attempt, .look, .end: break
      }
    }
    return due.map { .record($0.events) } ?? .wait(until: next)
  }

  /// The steps that wait now, also those before which the run has gone back.
  func waits(now: Timestamp) -> [(place: Place, waiting: Waiting)] {
    let reader = StateReader(self)
    var frames: [(id: Int, frame: Frame)] = []
    for id in state.frames.keys.sorted() {
      guard let frame = state.frames[id] else { continue }
      frames.append((id, frame))
      for ahead in openAhead(of: frame) { frames.append((-1, ahead)) }
    }
    var waits: [(place: Place, waiting: Waiting)] = []
    for (id, frame) in frames {
      guard let step = frame.current,
        case .waiting(let waiting, _)? = state.steps[frame.address(of: step)]?.phase
      else { continue }
      waits.append((Place(reader, id: id, frame: frame, step: step, now: now), waiting))
    }
    return waits
  }

  // MARK: Telling people

  /// People who are to be told of a rung.
  package struct DueNotice: Sendable {
    package let telling: Telling
    /// The roles that are told.
    package let roles: [String]
    /// People who cannot do what they would be reminded of: they have approved, or must not.
    package let excluded: Set<String>
    /// The rung's own operation; nil for the environment's.
    package let call: ActionCall?
    package let text: String
    /// What the operation sees as `step`.
    package let step: ValueMap

    package var address: String { telling.address }
    package var timer: String { telling.timer }
  }

  /// Who is to be told of a rung, and what; nil where that is over, or the step has the rung no more.
  package func notice(of telling: Telling, now: Timestamp) -> DueNotice? {
    guard !isOver(telling), let place = place(toldOf: telling.address, now: now) else {
      return nil
    }
    if let question = telling.expired {
      return due(telling, question.waiting, question.addedRoles, place)
    }
    guard case .waiting(let waiting, _) = place.record.phase else { return nil }
    return due(telling, waiting, place.record.people.addedRoles, place)
  }

  /// The step that people are told of, which may have expired, and the run gone on.
  private func place(toldOf address: String, now: Timestamp) -> Place? {
    waits(now: now).first { $0.place.address == address }?.place
      ?? Place(engine: self, at: address, now: now)
  }

  private func due(
    _ telling: Telling, _ waiting: Waiting, _ addedRoles: [String], _ place: Place
  ) -> DueNotice? {
    let kind = DeadlineTimer.Kind(name: telling.timer)
    let own = [place.step.role].compactMap(\.self)
    var roles = own
    var excluded: Set<String> = []
    var call: ActionCall?
    switch kind {
    case .remind(let index) where index < place.step.remind.count:
      roles += addedRoles.filter {
        !own.contains($0) && hasJoined($0, before: telling.timer, waiting, place.step)
      }
      if case .approval(let asked) = waiting.cause {
        excluded = peopleWhoCannotApprove(asked, place.record)
      }
      call = place.step.remind[index].notify
    case .escalate(let index) where index < place.step.escalate.count:
      if let to = place.step.escalate[index].to { roles = [to] }
      call = place.step.escalate[index].notify
    default: return nil
    }
    return DueNotice(
      telling: telling, roles: roles, excluded: excluded, call: call,
      text: text(of: kind, waiting, askedAt: telling.askedAt, place),
      step: facts(of: waiting, place))
  }

  /// Whether an escalated role was there when a timer was due, whenever the two were noticed.
  private func hasJoined(
    _ role: String, before timer: String, _ waiting: Waiting, _ step: Step
  ) -> Bool {
    let brings = { (timer: DeadlineTimer) in
      guard case .escalate(let index) = timer.kind, index < step.escalate.count else {
        return false
      }
      return step.escalate[index].to == role
    }
    let place = waiting.timers.firstIndex { $0.name == timer } ?? waiting.timers.count
    return waiting.timers[..<place].contains(where: brings)
      || !waiting.timers[place...].contains(where: brings)
  }

  private func text(
    of kind: DeadlineTimer.Kind?, _ waiting: Waiting, askedAt: Timestamp?, _ place: Place
  ) -> String {
    let title = place.step.title.asOneLine
    let what = "\(title) (\(state.header.name.asOneLine), run \(state.header.run))"
    let due = waiting.dueAt.map { ", due \($0.minuteText)" } ?? ""
    if case .remind = kind { return "Reminder: \(what)\(due)" }
    let role = place.step.role.map { " for \($0)" } ?? ""
    // As the card has it: what is asked again waits since then.
    let since = askedAt.map { " since \($0.minuteText)" } ?? ""
    return "Escalation: \(what) waits\(role)\(since)\(due)"
  }

  private func facts(of waiting: Waiting, _ place: Place) -> ValueMap {
    var facts: ValueMap = [
      "id": .string(place.step.id), "address": .string(place.address),
      "title": .string(place.step.title.asOneLine),
    ]
    facts["role"] = place.step.role.map { .string($0) }
    facts["due_at"] = waiting.dueAt.map { .string($0.journalText) }
    return facts
  }

  /// What a rung's own operation is called with.
  package struct NoticeInputs: Sendable {
    package var values: ValueMap
    /// The names of those that are sensitive.
    package var sensitive: Set<String>

    package init(values: ValueMap = ValueMap(), sensitive: Set<String> = []) {
      self.values = values
      self.sensitive = sensitive
    }
  }

  /// The inputs of a rung's own operation for one person.
  ///
  /// - Parameter isSensitive: Whether the run must not say who the person is.
  package func inputs(
    of notice: DueNotice, person: ValueMap, isSensitive: Bool, now: Timestamp
  ) throws(ExpressionFailure) -> NoticeInputs {
    guard let call = notice.call,
      let place = place(toldOf: notice.address, now: now)
    else { return NoticeInputs() }
    let scope = place.scope.with("person", .map(person)).with("text", .string(notice.text))
      .sealing("person", isSensitive ? Set(person.names) : [])
    var inputs = NoticeInputs(values: try place.seeing(scope).render(call.with))
    inputs.sensitive = scope.sensitiveNames(of: call.with)
    guard let contract = call.contract else { return inputs }
    inputs.sensitive.formUnion(contract.inputs.sensitiveNames)
    switch contract.inputs.complete(inputs.values, hiding: inputs.sensitive) {
    case .success(let completed):
      inputs.values = completed
      return inputs
    case .failure(let problems):
      throw ExpressionFailure(message: problems.description, place: place.address, source: "")
    }
  }

  /// Whether a role is somebody's whom the workflow says in the run (`person`), not the project.
  ///
  /// - Parameter address: A step of the workflow that declares the role.
  package func isHeldInRun(_ key: String, at address: String) -> Bool {
    location(of: address)?.surroundings.workflow.role(named: key)?.person != nil
  }

  /// Who holds a role in this run alone: an id or an address.
  package struct Holder: Sendable {
    package let name: String
    /// Whether the run must not say who it is.
    package let isSensitive: Bool
  }

  /// Who holds a role in this run alone: the name that the workflow gives.
  ///
  /// - Parameter address: A step of the workflow that declares the role.
  package func holder(ofRole key: String, at address: String) -> Holder? {
    guard let surroundings = location(of: address)?.surroundings,
      let person = surroundings.workflow.role(named: key)?.person
    else { return nil }
    let top = Surroundings(surroundings.workflow, call: surroundings.call)
    let scope = RunScope(
      reader: StateReader(self), surroundings: top, address: "",
      now: state.startedAt)
    guard let name = try? person.renderText(scope) else { return nil }
    return Holder(name: name, isSensitive: scope.isSensitive(person) || vault.isIn(.string(name)))
  }
}

extension StepRecord {
  /// Since when the step waits for people, events or time.
  var askedAt: Timestamp? {
    if case .waiting(_, let since) = phase { since } else { nil }
  }

  /// Whether the step has failed because its time was up.
  var hasExpired: Bool { failure?.code == Failure.expired }
}

extension Failure {
  /// The code of a question whose time is up.
  package static let expired = "expired"
  /// The code of an approval that was refused.
  package static let rejected = "rejected"
  /// The detail that names the calendar which ends too early.
  static let calendar = "calendar"
  /// The detail that says where the expression stands that failed.
  static let place = "place"

  /// The calendar that ends too early for the step, by the name of its file; nil where that is not why it
  /// failed.
  package var endedCalendar: String? {
    code == "expression" ? details[Self.calendar]?.asString : nil
  }
}

extension Timestamp {
  /// As people read it: `2026-11-20 17:00 UTC`.
  var minuteText: String {
    let text = journalText
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
  }
}
