import Fields
import Values
import Workflows

/// What the run waits for, as the definition and the inputs put it after a migration.
extension RunEngine {
  /// The questions, waits, and steps that somebody does by hand, that are put otherwise now: to
  /// somebody else, in other words, with other ways to end or with other deadlines; what was answered
  /// stays.
  ///
  /// - Parameters:
  ///   - again: those that are asked from the beginning.
  ///   - before: the run as it was.
  func waitsPutAnew(but again: [String], askedBy before: RunEngine) -> [PendingEvent] {
    state.steps.keys.sorted().compactMap { address in
      guard !again.contains(address),
        let waiting = waitingAnew(at: address, askedBy: before),
        case .waiting(var old, let since)? = state.steps[address]?.phase
      else { return nil }
      old.since = since
      return waiting == old ? nil : PendingEvent(.stepWaiting(waiting), step: address)
    }
  }

  /// What a step waits for as it is put now; nil where it does not wait, or somebody is asked to
  /// approve.
  func waitingAnew(at address: String, askedBy before: RunEngine) -> Waiting? {
    guard let open = openWait(at: address, askedBy: before) else { return nil }
    if case .approval = open.old.cause { return nil }
    var waiting = open.anew((try? open.cause()) ?? open.old.cause)
    waiting.dropped = open.unfitAnswers.map(\.name)
    return waiting
  }

  /// An open approval as the new definition puts it, to be decided within the same deadlines; nil
  /// where the run does not stand at it.
  func approvalAskedAnew(
    _ address: String, askedBy before: RunEngine, now: Timestamp
  ) -> Waiting? {
    guard state.isCurrent(address), let open = openWait(at: address, askedBy: before),
      let place = Place(engine: self, at: address, now: now),
      case .approve(let approval) = place.step.kind,
      let shown = try? self.shown(place, approval)
    else { return nil }
    return open.anew(.approval(shown))
  }

  /// What was answered of a question and is not what it asks for, with why; what cannot be opened stays.
  func unfitAnswers(at place: Place) -> [(name: String, problem: String)] {
    guard case .ask(let question) = place.step.kind else { return [] }
    let answers = place.record.answers
    return answers.openedOrLeftOut(by: vault).compactMap { member in
      guard let name = member.key.asString else { return nil }
      if question.items.contains(where: { $0.name == name }) {
        return member.value.asBool == nil ? (name, "`\(name)` is something to tick now") : nil
      }
      guard let field = question.fields[name],
        case .failure(let problems) = FieldSet([field]).complete([name: member.value])
      else { return nil }
      let isHidden = answers.sealed[name] != nil
      return (name, isHidden ? "`\(name)` does not fit" : problems.description)
    }
  }

  /// A step that waits; nil where it does not.
  func openWait(at address: String, askedBy before: RunEngine) -> OpenWait? {
    guard case .waiting(let old, let since)? = state.steps[address]?.phase,
      let place = Place(engine: self, at: address, now: since)
    else { return nil }
    return OpenWait(
      engine: self, place: place, old: old, since: since, before: before.step(at: address))
  }
}

/// A step that waits, in the run as it is moved.
struct OpenWait {
  fileprivate let engine: RunEngine
  /// As of when it began to wait.
  fileprivate let place: Place
  fileprivate let old: Waiting
  fileprivate let since: Timestamp
  /// The step as it was.
  fileprivate let before: Step?

  /// What it waits for as it is put now; nil where that is something else altogether.
  func cause() throws(ExpressionFailure) -> Waiting.Cause? {
    switch (old.cause, place.step.kind) {
    case (.answer(let message, _, let items), .ask(let question)):
      var labels = ValueMap()
      for item in question.items {
        let label = try? item.label.shownMarkdown(place.scope)
        labels[item.name] = .string(label ?? items[item.name]?.asString ?? item.name)
      }
      let words = question.message.map { try? $0.shownMarkdown(place.scope) } ?? place.step.title
      return .answer(message: words ?? message, fields: question.fields.names, items: labels)
    case (.byHand, .action): return .byHand(message: engine.instructions(place))
    case (_, .wait(let wait)): return try engine.waitAnew(old.cause, wait, place)
    default: return old.cause
    }
  }

  /// What was answered and is not what is asked for now, with why.
  var unfitAnswers: [(name: String, problem: String)] { engine.unfitAnswers(at: place) }

  func deadlines() throws(ExpressionFailure) -> DeadlinesAnew {
    guard let before else { return DeadlinesAnew(dueAt: old.dueAt, timers: old.timers) }
    return try engine.deadlinesAnew(old, before, place)
  }

  /// The same wait, put otherwise.
  func anew(_ cause: Waiting.Cause) -> Waiting {
    let deadlines = try? self.deadlines()
    return Waiting(
      cause: cause, role: place.step.role, dueAt: deadlines.map(\.dueAt) ?? old.dueAt,
      timers: deadlines?.timers ?? old.timers, since: since)
  }
}
