import Fields
import Values
import Workflows

extension RunEngine {
  /// Whether what a step waits for has come, or one of its deadlines.
  ///
  /// What came and what is due apply in the order of arrival and due moment; at a tie what came
  /// wins.
  func look(for waiting: Waiting, _ place: Place) -> Decision {
    // Whether it came cannot be told: no deadline passes over that.
    if let held = heldUp(place) { return held }
    let timer = nextTimer(of: waiting, place)
    let found = fulfilment(of: waiting.cause, place)
    if let found, timer.map({ found.at <= $0.dueAt }) ?? true { return found.decision }
    if let timer, timer.dueAt <= place.horizon { return reach(timer, place) }
    if let found { return found.decision }
    return .wait(until: soonest(timer?.dueAt, waiting.cause.nextMoment))
  }

  /// What a step does for which something came that cannot be known: nothing, but for what other events
  /// tick; nil where there is no such thing.
  private func heldUp(_ place: Place) -> Decision? {
    guard vault.hasLocked else { return nil }
    switch place.step.kind {
    case .wait(let wait):
      return lockedArrival(of: wait, place).map { _ in .wait(until: nil) }
    case .ask(let question):
      guard lockedTick(of: question, place) != nil else { return nil }
      return tickedByEvent(question, place)?.decision ?? .wait(until: nil)
    default: return nil
    }
  }

  /// The deadline that is next to come; none passes over what came and cannot be known.
  func nextTimer(of waiting: Waiting, _ place: Place) -> DeadlineTimer? {
    let reached = place.record.people.timersReached
    guard reached < waiting.timers.count else { return nil }
    let timer = waiting.timers[reached]
    guard vault.hasLocked else { return timer }
    if heldUp(place) != nil { return nil }
    if case .expires = timer.kind, isAnsweredButLocked(place) { return nil }
    return timer
  }

  /// Whether a question has all its answers, of which one cannot be opened: nobody was too late.
  private func isAnsweredButLocked(_ place: Place) -> Bool {
    guard case .ask(let question) = place.step.kind,
      !place.record.answers.locked(by: vault).isEmpty
    else { return false }
    let given = Set(place.record.answers.names)
    return question.fields.fields.allSatisfy { !$0.isRequired || given.contains($0.name) }
  }

  /// What ends a wait, and when it came.
  struct Fulfilment {
    let at: Timestamp
    let decision: Decision
  }

  private func fulfilment(of cause: Waiting.Cause, _ place: Place) -> Fulfilment? {
    switch (cause, place.step.kind) {
    case (.time(let until), .wait):
      guard until <= place.horizon else { return nil }
      return Fulfilment(
        at: until, decision: place.record(.timerFired(timer: "wait", dueAt: until)))
    case (.answer, .ask(let question)): return answered(question, place)
    case (.approval(let shown), .approve): return decided(shown, place)
    case (.event, .wait(.event(let wait))):
      return arrival(of: wait, place).map { event in
        let matched = EventKind.eventMatched(
          id: event.id, outputs: outputs(of: event, which: event.name, place))
        return Fulfilment(at: event.at ?? place.now, decision: place.record(matched))
      }
    case (.first(let branches), .wait(.firstOf(let waits))):
      // At a tie what came is before what is due, in whichever of them.
      let came = first(of: branches, waits, prefix: "", isTime: false, place)
      let due = first(of: branches, waits, prefix: "", isTime: true, place)
      guard let came, let due else { return came ?? due }
      return came.at <= due.at ? came : due
    default: return nil
    }
  }

  /// The earliest of several moments, or of several events; at a tie by the order of the file.
  private func first(
    of branches: [Waiting.Branch], _ waits: [(name: String, wait: Wait)], prefix: String,
    isTime: Bool, _ place: Place
  ) -> Fulfilment? {
    var found: Fulfilment?
    for (branch, wait) in zip(branches, waits) {
      let candidate = fulfilment(of: branch, wait.wait, prefix: prefix, isTime: isTime, place)
      guard let candidate else { continue }
      if let earlier = found, earlier.at <= candidate.at { continue }
      found = candidate
    }
    return found
  }

  private func fulfilment(
    of branch: Waiting.Branch, _ wait: Wait, prefix: String, isTime: Bool, _ place: Place
  ) -> Fulfilment? {
    let name = prefix + branch.name
    switch (branch.cause, wait) {
    case (.time(let until), _) where isTime && until <= place.horizon:
      let timer = Waiting.timer(ofBranch: name)
      return Fulfilment(
        at: until, decision: place.record(.timerFired(timer: timer, dueAt: until)))
    case (.event, .event(let wait)) where !isTime:
      return arrival(of: wait, place).map { event in
        let matched = EventKind.eventMatched(
          id: event.id, outputs: outputs(of: event, which: name, place))
        return Fulfilment(at: event.at ?? place.now, decision: place.record(matched))
      }
    case (.first(let inner), .firstOf(let waits)):
      return first(of: inner, waits, prefix: "\(name).", isTime: isTime, place)
    default: return nil
    }
  }

  // MARK: Questions

  /// Ticks what events have done, and closes a question whose answer is complete.
  ///
  /// Nobody has answered before anything was given, even where every field has a default: the
  /// record would say that a person did what no person saw.
  private func answered(_ question: Question, _ place: Place) -> Fulfilment? {
    if let tick = tickedByEvent(question, place) { return tick }
    guard !place.record.answers.names.isEmpty else { return nil }
    return complete(question, place).map { decision in
      // An answer is journalled in the order of arrival: it is before every timer still to come.
      Fulfilment(at: Timestamp(seconds: .min), decision: decision)
    }
  }

  /// Whether a question that is open has all its answers.
  func isAnswered(at address: String) -> Bool {
    guard let place = Place(engine: self, at: address, now: state.lastAt),
      case .ask(let question) = place.step.kind, !place.record.answers.isEmpty
    else { return false }
    return complete(question, place) != nil
  }

  private func tickedByEvent(_ question: Question, _ place: Place) -> Fulfilment? {
    for item in question.items {
      guard let wait = item.doneOn, place.record.answers.clear[item.name]?.asBool != true,
        let event = arrival(of: wait, place, takenAs: "\(item.name) ")
      else { continue }
      let ticked = EventKind.people(.itemTicked(item: item.name, event: event.id))
      return Fulfilment(at: event.at ?? place.now, decision: place.record(ticked))
    }
    return nil
  }

  private func complete(_ question: Question, _ place: Place) -> Decision? {
    // What was given and cannot be opened has to be given again: it is not absent.
    guard place.record.answers.locked(by: vault).isEmpty else { return nil }
    let given = place.record.answers.openedOrLeftOut(by: vault)
    var values = ValueMap()
    for field in question.fields.fields {
      if let value = given[field.name] { values[field.name] = value }
    }
    guard case .success(let completed) = question.fields.complete(values) else { return nil }
    let ticked = question.items.map { item in
      (item: item.name, isTicked: given[item.name]?.asBool ?? false)
    }
    do throws(ExpressionFailure) {
      let share = progress(of: question, given)
      guard try isComplete(question, progress: share, place) else { return nil }
      var outputs = completed
      if !ticked.isEmpty {
        outputs["items"] = .map(ValueMap(ticked.map { ($0.item, .bool($0.isTicked)) }))
        outputs["progress"] = .double(share)
      }
      return try close(question, with: outputs, place)
    } catch {
      return place.fail(error)
    }
  }

  /// The share of the items that are ticked; 1 where there are none.
  func progress(of question: Question, _ given: ValueMap) -> Double {
    guard !question.items.isEmpty else { return 1 }
    let ticked = question.items.count { given[$0.name]?.asBool ?? false }
    return Double(ticked) / Double(question.items.count)
  }

  private func isComplete(
    _ question: Question, progress: Double, _ place: Place
  ) throws(ExpressionFailure) -> Bool {
    guard let condition = question.completeWhen else { return progress >= 1 }
    return try condition.test(place.scope.with("progress", .double(progress)))
  }

  private func close(
    _ question: Question, with outputs: ValueMap, _ place: Place
  ) throws(ExpressionFailure) -> Decision {
    if let decision = try unmetAfterAnswer(outputs, place) { return decision }
    let stored = StoredValues(
      outputs, sensitive: { question.fields[$0]?.isSensitive ?? false }, vault: vault)
    // Where events have ticked everything no person has done anything.
    let manner: Manner = place.record.by == nil ? .machine : .person
    return .record([
      place.event(.stepSucceeded(outputs: stored, manner: manner, reason: nil, evidence: []))
    ])
  }

  func unmetAfterAnswer(
    _ outputs: ValueMap, _ place: Place
  ) throws(ExpressionFailure) -> Decision? {
    try firstUnmet(
      place.step.verify, for: .verify,
      place.seeing(outputs: outputs, sensitive: Set(place.record.answers.sealed.names)))
  }
}

extension Waiting.Cause {
  /// The moment that ends the wait by itself, if any.
  fileprivate var nextMoment: Timestamp? {
    switch self {
    case .time(let until): until
    case .first(let branches): branches.compactMap(\.cause.nextMoment).min()
    case .answer, .approval, .event, .byHand: nil
    }
  }
}
