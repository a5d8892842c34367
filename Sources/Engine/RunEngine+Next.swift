import Fields
package import Values
import Workflows

extension RunEngine {
  /// What to do next, given the moment. Asked again before anything happened, it says the same.
  ///
  /// Frames are looked at in the order in which something happened to them, so that a branch that
  /// waits holds up no other. What was due comes in the order of its moments, whenever it is noticed: what
  /// follows from the first comes before the second.
  ///
  /// - Parameter mayCall: Whether there is room for another call; where there is none, all that needs none goes on.
  package mutating func next(now: Timestamp, mayCall: Bool = true) -> Decision {
    if case .ended = state.phase { return .end }
    if let test = state.checkpointTest {
      guard case .pending(let address) = test else { return comeDue(now: now) }
      return mayCall ? testCheckpoint(at: address, now: now) : .wait(until: nil)
    }
    if agenda.isNew { beginWithEndings(now: now) }
    agenda.wake(at: now)
    repeat {
      while let id = agenda.first(mayCall: mayCall) {
        guard let frame = state.frames[id] else {
          agenda.remove(id)
          continue
        }
        switch decide(id, frame, now: now) {
        case .wait(let until): agenda.putOff(id, until: until)
        case .record(let events): return .record(preparingUndo(events, now: now))
        case .attempt where !mayCall, .look where !mayCall: agenda.awaitRoom(id)
        case let decision: return decision
        }
      }
    } while agenda.makeUp(at: now)
    return .wait(until: agenda.nextMoment(at: now))
  }

  /// Whether something was due before a moment and nothing has come of it yet: it comes before what
  /// arrives at that moment.
  ///
  /// Complexity: linear in the open lists.
  package func hasMissed(before moment: Timestamp) -> Bool {
    if case .ended = state.phase { return false }
    if case .unmet? = state.checkpointTest { return hasDeadline(before: moment) }
    var engine = knowingEndings(now: moment)
    let reader = StateReader(self)
    for (id, frame) in state.frames {
      let ahead = look(
        aheadOf: frame, until: nil, now: moment, horizon: Timestamp(seconds: .min))
      if case .wait(let until?) = ahead, until < moment { return true }
      guard let step = frame.current, let record = state.steps[frame.address(of: step)],
        record.phase.mayGoOnByItself, !engine.agenda.isHeld(id, at: frame.surroundings.prefix)
      else { continue }
      let place = Place(
        reader, id: id, frame: frame, step: step, now: moment, horizon: Timestamp(seconds: .min))
      if case .wait(let until?) = engine.decide(place), until < moment { return true }
    }
    return false
  }

  func soonest(_ one: Timestamp?, _ other: Timestamp?) -> Timestamp? {
    guard let one, let other else { return one ?? other }
    return min(one, other)
  }

  mutating func decide(_ id: Int, _ frame: Frame, now: Timestamp) -> Decision {
    guard agenda.mayProceed(id, at: frame.surroundings.prefix) || isOpen(frame.currentAddress ?? "")
    else { return .wait(until: nil) }
    guard let step = frame.current else {
      return isHeldByApproval(id) ? .wait(until: nil) : finishList(frame, now: now)
    }
    let wasEnding = agenda.reconsider(id)
    let reader = StateReader(self)
    let place = Place(
      reader, id: id, frame: frame, step: step, now: now, horizon: agenda.horizon(at: now))
    let decision = decide(place)
    if wasEnding { agenda.releaseKept(unlessEnding: id) }
    guard state.migrations > 0, case .wait(let until) = decision else { return decision }
    return look(aheadOf: frame, until: until, now: now, horizon: place.horizon)
  }

  mutating func decide(_ place: Place) -> Decision {
    if let decision = endRecovery(place) { return decision }
    switch place.record.phase {
    // An attempt whose answer was lost is none that is new: made while the approval stood, it is settled, and
    // tried again where that is what tells what came of it.
    case .entered where isHeldByApproval(place.frameID),
      .retrying where isHeldByApproval(place.frameID),
      .undone where isHeldByApproval(place.frameID):
      return .wait(until: nil)
    case .entered: return begin(place)
    case .lost(_, _, byCrash: true)
    where place.horizon < place.now && hasMissed(before: place.now):
      // What was missed while no process was there comes before it is tried again.
      return .wait(until: place.now)
    case .lost(let intent, let message, let byCrash):
      return settle(place, intent, message, byCrash: byCrash)
    case .retrying(let at): return at <= place.horizon ? act(place) : .wait(until: at)
    case .waiting(let waiting, _): return look(for: waiting, place)
    case .acted: return place.record.group == nil ? verify(place) : finishInside(place)
    case .inside: return finishInside(place)
    case .failed where isKept(place): return place.record(.recovery(.stepKept))
    case .failed(acted: false) where place.record.doubt?.isOpen(for: place.step) ?? false:
      return place.record.doubt.map { findOut(place, $0) } ?? handleFailure(place)
    case .failed: return handleFailure(place)
    case .inDoubt(_, _, asksAgain: true):
      return place.record.doubt.map { findOut(place, $0) } ?? goOnBeside(place)
    case .blocked, .inDoubt: return goOnBeside(place)
    // A list that comes to what is over, after a rewind or a migration, goes on behind it.
    case .succeeded, .skipped: return place.record(.recovery(.stepKept))
    // What was taken back is done again wherever the run comes to it.
    case .undone where state.phase == .main: return begin(place)
    case .attempting, .unavailable, .cancelled, .undone:
      return .wait(until: nil)
    }
  }

  /// When a step that is worked on goes on by itself; nil where something else has to happen first.
  package func nextMoment(at address: String) -> Timestamp? {
    var engine = self
    guard let place = Place(engine: self, at: address, now: state.lastAt),
      case .wait(let until?) = engine.decide(place)
    else { return nil }
    return until
  }

  /// Whether a step keeps the outcome it had before a rewind.
  private func isKept(_ place: Place) -> Bool {
    state.hasRecovery && state.recovery.kept.contains(place.address)
  }

  // MARK: Beginning a step

  private mutating func begin(_ place: Place) -> Decision {
    // What may have happened is repeated, not begun.
    if place.toRepeat != nil { return act(place) }
    do throws(ExpressionFailure) {
      if place.mayBeUndecided, let condition = place.step.condition,
        try !condition.test(place.scope)
      {
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
    _ checks: [Check], for purpose: Look.Purpose, _ seen: @autoclosure () -> Place
  ) throws(ExpressionFailure) -> Decision? {
    // Most steps have none: what they would see is not put together.
    guard !checks.isEmpty else { return nil }
    let place = seen()
    for (index, check) in checks.enumerated() {
      var scope = place.scope
      if let call = check.look {
        // Nothing is called for a step that a person does.
        if isByHand(place) { continue }
        let look = Look(purpose: purpose, index: index)
        guard let stored = place.record.looks[look] else {
          return try place.look(look, call, in: scope)
        }
        let outputs = stored.openedOrLeftOut(by: vault)
        scope = scope.with("outputs", .map(call.contract?.outputs.coerce(outputs) ?? outputs))
          .sealing("outputs", of: stored)
      }
      if try !check.check.test(scope) { return place.unmet(check, purpose, in: scope) }
    }
    return nil
  }

  private func testCheckpoint(at address: String, now: Timestamp) -> Decision {
    guard let begun = Place(engine: self, at: address, now: now) else { return .wait(until: nil) }
    let step = begun.step
    let place = begun.seeing(stored: state.steps[address]?.outputs ?? StoredValues())
    do throws(ExpressionFailure) {
      if let decision = try firstUnmet(step.verify, for: .checkpoint, place) { return decision }
    } catch {
      return place.record(.checkpointMoved(Blocker(message: place.explained(error))))
    }
    return place.record(.checkpointHeld)
  }

  // MARK: Acting

  mutating func act(_ place: Place) -> Decision {
    do throws(ExpressionFailure) {
      if isByHand(place) { return askByHand(place) }
      switch place.step.kind {
      case .action(let call): return try attempt(place, call)
      case .set(let assignments): return try set(place, assignments)
      case .section, .repeat, .parallel: return place.record(.stepStarted(StepStart()))
      case .choose(let cases): return try choose(place, cases)
      case .forEach(let loop): return try startLoop(place, loop)
      case .workflow(let call): return try startWorkflow(place, call)
      case .ask(let question): return try ask(place, question)
      case .approve(let approval): return try ask(place, approval)
      case .wait(let wait): return try startWait(place, wait)
      case .goTo(let target): return goTo(place, target)
      case .finish(let finish): return try self.finish(place, finish)
      }
    } catch {
      return place.fail(error)
    }
  }

  private func attempt(_ place: Place, _ call: ActionCall) throws(ExpressionFailure) -> Decision {
    if let doubt = place.toRepeat { return try repeated(doubt, place, call) }
    // What a person corrected replaces the expression, which need not have a value.
    let corrected = Set(place.record.corrected.names)
    let templates =
      corrected.isEmpty ? call.with : call.with.filter { !corrected.contains($0.name) }
    var inputs = try place.render(templates)
    var sensitive = place.scope.sensitiveNames(of: call.with)
    if let stored = undoInputs(at: place.address) {
      do throws(UnopenedValue) {
        inputs = try stored.opened(by: vault)
        sensitive = Set(stored.sealed.names)
      } catch {
        return place.block(
          "`\(error.name)` cannot be known: \(error.obstacle.sentence(in: state.header.run))")
      }
    }
    if let locked = place.record.corrected.locked(by: vault).first {
      return place.block(
        "the corrected `\(locked.name)` cannot be known:"
          + " \(locked.obstacle.sentence(in: state.header.run))")
    }
    for name in place.record.corrected.names {
      inputs[name] = place.record.corrected.openedOrLeftOut(by: vault)[name]
      if place.record.corrected.sealed[name] != nil { sensitive.insert(name) }
    }
    if call.operation == Self.logOperation, sensitive.remove(Self.logLine) != nil {
      let isGiven = corrected.contains(Self.logLine) || undoInputs(at: place.address) != nil
      inputs[Self.logLine] = .string(isGiven ? hiddenValue : try shownLine(of: call, place))
    }
    if let contract = call.contract {
      sensitive.formUnion(contract.inputs.sensitiveNames)
      switch contract.inputs.complete(inputs, hiding: sensitive) {
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
        key: key(of: place),
        timeout: try place.timeout(),
        now: record.startedAt == nil && call.seesNow ? place.now : nil))
  }

  /// The operation whose line is for whoever watches the run, and nobody else: it shows nothing sensitive.
  private static let logOperation = "log.write"
  private static let logLine = "message"

  private func shownLine(
    of call: ActionCall, _ place: Place
  ) throws(ExpressionFailure) -> String {
    let line = call.with.first { $0.name == Self.logLine }?.value
    return try line?.shownText(place.scope) ?? hiddenValue
  }

  /// How often the key was renewed, with the renewals of the loops and calls around the step.
  func keyGeneration(of place: Place) -> Int {
    var generation = place.record.keyGeneration
    // By bytes: every attempt asks, and what separates an address is ASCII.
    var rest = place.address.utf8[...]
    while let slash = rest.lastIndex(of: UInt8(ascii: "/")) {
      rest = rest[..<slash]
      let bracket = rest.last == UInt8(ascii: "]") ? rest.lastIndex(of: UInt8(ascii: "[")) : nil
      let outer = Substring(rest[..<(bracket ?? rest.endIndex)])
      generation += state.steps[String(outer)]?.keyGeneration ?? 0
    }
    return generation
  }

  private func set(
    _ place: Place, _ assignments: [NamedTemplate]
  ) throws(ExpressionFailure) -> Decision {
    let values = try place.render(assignments)
    let sensitive = place.scope.sensitiveNames(of: assignments)
    if let decision = try firstUnmet(
      place.step.verify, for: .verify, place.seeing(outputs: values, sensitive: sensitive))
    {
      return decision
    }
    return place.succeed(
      StoredValues(values, sensitive: { sensitive.contains($0) }, vault: vault))
  }

  private func goTo(_ place: Place, _ target: String) -> Decision {
    guard let end = place.frame.list.position(of: target), end > place.frame.cursor,
      end < place.frame.end
    else {
      return place.fail("invalid_target", "`\(target)` is not a later step of the same list")
    }
    var events = [
      place.event(.stepSucceeded(outputs: nil, manner: .machine, reason: nil, evidence: []))
    ]
    let message = "`\(place.address)` went on at `\(target)`"
    for step in place.frame.list.steps[(place.frame.cursor + 1)..<end] {
      let address = place.frame.address(of: step)
      // What it came to before the run went back, or was moved, is still what it came to.
      let kind: EventKind =
        hasCome(to: address)
        ? .recovery(.stepKept) : .stepSkipped(reason: "go_to", message: message)
      events.append(PendingEvent(kind, step: address))
    }
    return .record(events)
  }

  /// Whether a step has come to something, good or bad.
  private func hasCome(to address: String) -> Bool {
    switch state.steps[address]?.phase {
    case .succeeded, .skipped, .failed: true
    default: false
    }
  }

  /// Ends the run, or the workflow it stands in where a step called that.
  private mutating func finish(
    _ place: Place, _ finish: Finish
  ) throws(ExpressionFailure) -> Decision {
    let message = try finish.message?.shownText(place.scope)
    let call = place.frame.surroundings.call
    guard mayEnd(call.map { "\($0)/" } ?? "", by: place.frameID, goesOn: call != nil) else {
      return .wait(until: nil)
    }
    let status = finish.outcome.runStatus
    let end: PendingEvent =
      if let call {
        PendingEvent(
          .workflowFinishing(status: status, message: message, callsLeft: callsLeft(inside: call)),
          step: call)
      } else {
        self.end(status, message: message)
      }
    let done = place.event(
      .stepSucceeded(outputs: nil, manner: .machine, reason: nil, evidence: []))
    return .record([done] + (call == nil ? doubtsLeft() : []) + [end])
  }

  // MARK: Verifying

  private func verify(_ place: Place) -> Decision {
    do throws(ExpressionFailure) {
      if let decision = try firstUnmet(
        place.step.verify, for: .verify, place.seeing(stored: place.record.outputs))
      {
        return decision
      }
      return place.succeed(nil)
    } catch {
      return place.fail(error)
    }
  }
}
