import Fields
import Values
import Workflows

extension RunEngine {
  /// Whether what a step waits for has come.
  func look(for waiting: Waiting, since: Timestamp, _ place: Place) -> Decision {
    switch (waiting.cause, place.step.kind) {
    case (.time(let until), _):
      guard until <= place.now else { return .wait(until: until) }
      return place.record(.timerFired(timer: "wait", dueAt: until))
    case (.answer, .ask(let question)): return complete(question, place)
    case (.event(let name), .wait(.event(let wait))): return match(wait, named: name, place)
    default: return .wait(until: nil)
    }
  }

  // MARK: Questions

  /// Closes a question whose answer is complete.
  ///
  /// Nobody has answered before anything was given, even where every field has a default: the
  /// record would say that a person did what no person saw.
  private func complete(_ question: Question, _ place: Place) -> Decision {
    let answers = place.record.answers
    guard !answers.names.isEmpty else { return .wait(until: nil) }
    let given = answers.openedOrLeftOut(by: vault)
    var values = ValueMap()
    for field in question.fields.fields {
      if let value = given[field.name] { values[field.name] = value }
    }
    guard case .success(let completed) = question.fields.complete(values) else {
      return .wait(until: nil)
    }
    let ticked = question.items.map { item in
      (item: item.name, isTicked: given[item.name]?.asBool ?? false)
    }
    do throws(ExpressionFailure) {
      let share =
        ticked.isEmpty ? 1.0 : Double(ticked.count(where: \.isTicked)) / Double(ticked.count)
      guard try isComplete(question, progress: share, place) else { return .wait(until: nil) }
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
    return .record([
      place.event(.stepSucceeded(outputs: stored, manner: .person, reason: nil, evidence: []))
    ])
  }

  private func unmetAfterAnswer(
    _ outputs: ValueMap, _ place: Place
  ) throws(ExpressionFailure) -> Decision? {
    try firstUnmet(place.step.verify, for: .verify, place.seeing(outputs: outputs))
  }

  // MARK: Events

  /// The first event kept that the wait has not taken yet and that matches.
  private func match(_ wait: EventWait, named name: String, _ place: Place) -> Decision {
    let earliest = wait.since.flatMap { eventsBefore($0, place) } ?? 0
    for event in state.received.dropFirst(earliest) where event.name == name {
      guard !place.record.takenEvents.contains(event.id) else { continue }
      let data =
        wait.contract.map { $0.fields.coerce(event.data.openedOrLeftOut(by: vault)) }
        ?? event.data.openedOrLeftOut(by: vault)
      if matches(wait, data, place) {
        return place.record(.eventMatched(id: event.id, outputs: outputs(of: event, place)))
      }
    }
    return .wait(until: nil)
  }

  private func matches(_ wait: EventWait, _ data: ValueMap, _ place: Place) -> Bool {
    guard let match = wait.match else { return true }
    // A match that cannot be evaluated does not match.
    return (try? match.test(place.scope.with("event", .map(data)))) ?? false
  }

  private func outputs(of event: ReceivedEvent, _ place: Place) -> StoredValues {
    var clear: ValueMap = [
      "which": .string(event.name), "at": .string(place.now.journalText),
    ]
    guard event.data.sealed.isEmpty else {
      // A sensitive member makes the whole event sensitive for those who read it later.
      let data = Value.map(event.data.openedOrLeftOut(by: vault))
      return StoredValues(clear: clear, sealed: ["event": .string(vault.seal(data))])
    }
    clear["event"] = .map(event.data.clear)
    return StoredValues(clear: clear)
  }

  /// How many events had come when a step was done; later ones count for a wait `since` it.
  private func eventsBefore(_ step: String, _ place: Place) -> Int? {
    let surroundings = place.frame.surroundings
    guard let step = surroundings.workflow.step(named: step) else { return nil }
    return state.steps[surroundings.address(of: step)]?.eventsBefore
  }
}
