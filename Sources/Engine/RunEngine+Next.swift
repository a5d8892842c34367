import Fields
package import Values
import Workflows

extension RunEngine {
  /// What to do next, given the moment.
  ///
  /// Every frame is looked at, outermost first, so that a branch that waits holds up no other.
  package func next(now: Timestamp) -> Decision {
    if case .ended = state.phase { return .end }
    var earliest: Timestamp?
    if let test = state.checkpointTest {
      guard case .pending(let address) = test else { return .wait(until: nil) }
      return testCheckpoint(at: address, now: now)
    }
    for frame in state.frames {
      switch decide(frame, now: now) {
      case .wait(let until): earliest = soonest(earliest, until)
      case let decision: return decision
      }
    }
    return .wait(until: earliest)
  }

  private func soonest(_ one: Timestamp?, _ other: Timestamp?) -> Timestamp? {
    guard let one, let other else { return one ?? other }
    return min(one, other)
  }

  private func decide(_ frame: Frame, now: Timestamp) -> Decision {
    guard let step = frame.current else { return finishList(frame, now: now) }
    let place = Place(engine: self, frame: frame, step: step, now: now)
    return decide(place)
  }

  private func decide(_ place: Place) -> Decision {
    let record = place.record
    switch record.phase {
    case .entered: return begin(place)
    case .lost(let intent, let message, let byCrash):
      return settle(place, intent: intent, message: message, byCrash: byCrash)
    case .retrying(let at): return at <= place.now ? act(place) : .wait(until: at)
    case .waiting(let waiting, let since): return look(for: waiting, since: since, place)
    case .acted: return verify(place)
    case .failed: return handleFailure(place)
    case .attempting, .unavailable, .inside, .blocked, .inDoubt, .succeeded, .skipped, .cancelled:
      return .wait(until: nil)
    }
  }

  // MARK: Beginning a step

  private func begin(_ place: Place) -> Decision {
    do throws(ExpressionFailure) {
      if place.isFresh, let condition = place.step.condition, try !condition.test(place.scope) {
        return place.record(.stepSkipped(reason: "condition", message: nil))
      }
      if let decision = try firstUnmet(place.step.preconditions, for: .preconditions, place) {
        return decision
      }
      return act(place)
    } catch {
      return place.fail(error)
    }
  }

  /// The first check that does not hold, as what to do about it; nil when all hold.
  func firstUnmet(
    _ checks: [Check], for purpose: Look.Purpose, _ place: Place
  ) throws(ExpressionFailure) -> Decision? {
    for (index, check) in checks.enumerated() {
      var scope = place.scope
      if let call = check.look {
        let look = Look(purpose: purpose, index: index)
        guard let outputs = place.record.looks[look] else {
          return try place.look(look, call, in: scope)
        }
        scope = scope.with("outputs", .map(call.contract?.outputs.coerce(outputs) ?? outputs))
      }
      if try !check.check.test(scope) { return place.unmet(check, purpose, in: scope) }
    }
    return nil
  }

  private func testCheckpoint(at address: String, now: Timestamp) -> Decision {
    guard let step = step(at: address), let frame = state.frames.first else {
      return .wait(until: nil)
    }
    var place = Place(engine: self, frame: frame, step: step, now: now)
    place.move(to: address)
    let outputs = state.steps[address]?.outputs.openedOrLeftOut(by: vault) ?? ValueMap()
    place = place.seeing(outputs: step.coerce(outputs))
    do throws(ExpressionFailure) {
      if let decision = try firstUnmet(step.verify, for: .checkpoint, place) { return decision }
    } catch {
      return place.record(.checkpointMoved(message: error.message))
    }
    return place.record(.stepContinued)
  }

  // MARK: Acting

  func act(_ place: Place) -> Decision {
    do throws(ExpressionFailure) {
      switch place.step.kind {
      case .action(let call): return try attempt(place, call)
      case .set(let assignments): return try set(place, assignments)
      case .section, .repeat: return place.record(.stepStarted)
      case .ask(let question): return try ask(place, question)
      case .wait(let wait): return try startWait(place, wait)
      case .goTo(let target): return goTo(place, target)
      case .finish(let finish): return try self.finish(place, finish)
      default:
        return place.block(
          "this release cannot run a step of this kind yet; do it by hand with `baton done`")
      }
    } catch {
      return place.fail(error)
    }
  }

  private func attempt(_ place: Place, _ call: ActionCall) throws(ExpressionFailure) -> Decision {
    var inputs = try place.render(call.with)
    var sensitive = Set(call.with.filter(\.value.isSensitive).map(\.name))
    for name in place.record.corrected.names {
      inputs[name] = place.record.corrected.openedOrLeftOut(by: vault)[name]
      if place.record.corrected.sealed[name] != nil { sensitive.insert(name) }
    }
    if let contract = call.contract {
      sensitive.formUnion(contract.inputs.fields.filter(\.isSensitive).map(\.name))
      switch contract.inputs.complete(inputs) {
      case .success(let completed): inputs = completed
      case .failure(let problems):
        return place.fail("invalid_inputs", problems.description)
      }
    }
    let record = place.record
    return .attempt(
      AttemptRequest(
        address: place.address, attempt: record.attempts + 1, step: place.step, call: call,
        inputs: inputs, sensitive: sensitive, effects: place.effects(of: call),
        key: "\(state.header.run):\(place.address):\(record.keyGeneration)",
        timeout: try place.timeout()))
  }

  private func set(
    _ place: Place, _ assignments: [NamedTemplate]
  ) throws(ExpressionFailure) -> Decision {
    let sensitive = Set(assignments.filter(\.value.isSensitive).map(\.name))
    let values = try place.render(assignments)
    if let decision = try firstUnmet(
      place.step.verify, for: .verify, place.seeing(outputs: values))
    {
      return decision
    }
    return place.succeed(
      StoredValues(values, sensitive: { sensitive.contains($0) }, vault: vault))
  }

  private func ask(_ place: Place, _ question: Question) throws(ExpressionFailure) -> Decision {
    let message = try question.message?.renderText(place.scope) ?? place.step.title
    var items = ValueMap()
    for item in question.items {
      items[item.name] = .string(try item.label.renderText(place.scope))
    }
    return place.record(
      .stepWaiting(
        Waiting(
          cause: .answer(
            message: message, fields: question.fields.fields.map(\.name), items: items),
          role: place.step.role, dueAt: try place.dueAt())))
  }

  private func startWait(_ place: Place, _ wait: Wait) throws(ExpressionFailure) -> Decision {
    let cause: Waiting.Cause
    switch wait {
    case .duration(let duration): cause = .time(until: try place.moment(duration, after: place.now))
    case .until(let expression): cause = .time(until: try place.moment(expression))
    case .event(let event): cause = .event(name: event.event)
    case .firstOf:
      return place.block("this release cannot wait for the first of several yet")
    }
    return place.record(
      .stepWaiting(Waiting(cause: cause, role: place.step.role, dueAt: try place.dueAt())))
  }

  private func goTo(_ place: Place, _ target: String) -> Decision {
    guard let end = place.frame.list.position(of: target), end > place.frame.cursor else {
      return place.fail("invalid_target", "`\(target)` is not a later step of the same list")
    }
    var events = [
      place.event(.stepSucceeded(outputs: nil, manner: .machine, reason: nil, evidence: []))
    ]
    for step in place.frame.list.steps[(place.frame.cursor + 1)..<end] {
      events.append(
        PendingEvent(
          .stepSkipped(reason: "go_to", message: "`\(place.address)` went on at `\(target)`"),
          step: place.frame.address(of: step)))
    }
    return .record(events)
  }

  private func finish(_ place: Place, _ finish: Finish) throws(ExpressionFailure) -> Decision {
    let message = try finish.message?.renderText(place.scope)
    return .record([
      place.event(.stepSucceeded(outputs: nil, manner: .machine, reason: nil, evidence: [])),
      end(finish.outcome.runStatus, message: message),
    ])
  }

  // MARK: Verifying

  private func verify(_ place: Place) -> Decision {
    do throws(ExpressionFailure) {
      if case .repeat = place.step.kind { return place.succeed(nil) }
      let outputs = place.step.coerce(place.record.outputs.openedOrLeftOut(by: vault))
      if let decision = try firstUnmet(
        place.step.verify, for: .verify, place.seeing(outputs: outputs))
      {
        return decision
      }
      return place.succeed(nil)
    } catch {
      return place.fail(error)
    }
  }
}
