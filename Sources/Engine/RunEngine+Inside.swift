import CEL
import Fields
import Values
import Workflows

/// Steps that hold lists: how they start, and what follows when what is inside them is over.
extension RunEngine {
  // MARK: Starting

  func choose(_ place: Place, _ cases: [Case]) throws(ExpressionFailure) -> Decision {
    for (index, choice) in cases.enumerated() {
      if try choice.when?.test(place.scope) ?? true {
        return place.record(.stepStarted(StepStart(choice: index)))
      }
    }
    return place.record(.stepSkipped(reason: "no_case", message: "no case holds"))
  }

  func startLoop(_ place: Place, _ loop: ForEach) throws(ExpressionFailure) -> Decision {
    let value = try loop.list.evaluate(place.scope)
    guard case .list = value else {
      throw ExpressionFailure(
        message: "the value is not a list", place: loop.list.place, source: loop.list.source)
    }
    let isSensitive = place.scope.isSensitive(loop.list)
    let kept = try loop.list.storable(value)
    // What is absent is no item.
    let items = kept.asList ?? []
    let stored = StoredValues(["items": kept], sensitive: { _ in isSensitive }, vault: vault)
    return place.record(.stepStarted(StepStart(count: items.count, inputs: stored)))
  }

  func startWorkflow(_ place: Place, _ call: SubWorkflow) throws(ExpressionFailure) -> Decision {
    guard let definition = call.definition else {
      return place.block("there is no workflow `\(call.reference)`")
    }
    let given = try place.render(call.with)
    let sensitive = place.scope.sensitiveNames(of: call.with)
    switch definition.inputs.complete(given, hiding: sensitive) {
    case .failure(let problems): return place.fail("invalid_inputs", problems.description)
    case .success(let inputs):
      let stored = StoredValues(
        inputs,
        sensitive: { sensitive.contains($0) || definition.inputs[$0]?.isSensitive ?? false },
        vault: vault)
      return place.record(.stepStarted(StepStart(inputs: stored)))
    }
  }

  // MARK: Going on

  /// What follows when something inside a step is over.
  func finishInside(_ place: Place) -> Decision {
    guard let group = place.record.group else { return .wait(until: nil) }
    do throws(ExpressionFailure) {
      if case .forEach(let loop) = place.step.kind, let index = group.ended.first {
        return try collect(loop, index, of: group, place)
      }
      guard group.open.isEmpty else {
        return group.open.count == group.held.count ? goOnBeside(place) : .wait(until: nil)
      }
      switch place.step.kind {
      case .repeat(let loop): return try endRound(loop, group, place)
      case .workflow(let call): return try endWorkflow(call, group, place)
      case .forEach(let loop):
        if let index = group.uncollected.min() {
          return try collect(loop, index, of: group, place)
        }
        return try close(
          place.seeing(
            place.scope.lacking(["outputs"], group.obstacle(by: vault))
              .sealing("outputs", group.sealedItems)),
          seeing: .list(loop.restored(collection: group.collection(openedBy: vault))))
      default: return try close(place, seeing: .map(ValueMap()))
      }
    } catch {
      return place.fail(error)
    }
  }

  private func close(
    _ place: Place, seeing outputs: Value, storing stored: StoredValues? = nil
  ) throws(ExpressionFailure) -> Decision {
    let place = place.seeing(place.scope.seeing(outputs: outputs))
    if let decision = try firstUnmet(place.step.verify, for: .verify, place) { return decision }
    return place.succeed(stored)
  }

  // MARK: for_each

  private func collect(
    _ loop: ForEach, _ index: Int, of group: Group, _ place: Place
  ) throws(ExpressionFailure) -> Decision {
    do throws(ExpressionFailure) {
      return try collect(loop, index, place)
    } catch {
      // The loop fails once its other items are over: what goes on in them is not broken off.
      guard group.uncollected.contains(index) else {
        return place.record(.iterationHeld(index: index))
      }
      throw error
    }
  }

  private func collect(
    _ loop: ForEach, _ index: Int, _ place: Place
  ) throws(ExpressionFailure) -> Decision {
    var collected = StoredValues()
    let inside = place.scope(in: surroundings(inside: place, index))
    if let template = loop.collect, let value = try template.render(inside) {
      let isSensitive = inside.isSensitive(template)
      collected = StoredValues(
        [Self.collectedName: value], sensitive: { _ in isSensitive }, vault: vault)
    }
    return place.record(.iterationEnded(index: index, collected: collected))
  }

  // MARK: repeat

  private func endRound(
    _ loop: Repeat, _ group: Group, _ place: Place
  ) throws(ExpressionFailure) -> Decision {
    let inside = place.scope(in: surroundings(inside: place, group.rounds))
    let last = loop.steps.steps.last.map { inside.surroundings.prefix + $0.id }
    if try loop.until.test(inside) {
      let outputs = last.flatMap(outputsOfSuccess) ?? StoredValues()
      let seen = place.step.coerce(outputs.openedOrLeftOut(by: vault))
      let scope = place.scope.sealing("outputs", of: outputs)
        .lacking(["steps", place.step.id, "outputs"], of: outputs)
      return try close(place.seeing(scope), seeing: .map(seen), storing: outputs)
    }
    if let limit = loop.atMost, group.roundsOfSeries >= limit {
      let rounds = group.rounds == 0 ? "one round" : "\(group.rounds + 1) rounds"
      return place.fail("exhausted", "`\(loop.until.source)` does not hold after \(rounds)")
    }
    if let every = loop.every {
      let round = place.seeing(inside)
      let end = last.flatMap { state.steps[$0]?.finishedAt }
      let wake = try round.moment(every, after: end ?? place.now, under: "every")
      if wake > place.horizon { return .wait(until: wake) }
    }
    return place.record(.roundEnded(index: group.rounds))
  }

  /// What a step came to, where it came to a good end.
  private func outputsOfSuccess(_ address: String) -> StoredValues? {
    guard let record = state.steps[address], case .succeeded = record.phase else { return nil }
    return record.outputs
  }

  // MARK: workflow

  private func endWorkflow(
    _ call: SubWorkflow, _ group: Group, _ place: Place
  ) throws(ExpressionFailure) -> Decision {
    guard let definition = call.definition else { return .wait(until: nil) }
    guard let ending = group.ending else {
      guard definition.finally.isEmpty else {
        return place.record(.workflowFinishing(status: .succeeded, message: nil))
      }
      return try closeWorkflow(definition, place)
    }
    guard ending.status == .succeeded else {
      if let failure = ending.failure { return place.record(.stepFailed(failure)) }
      let message = ending.message ?? "`\(definition.name)` ended as \(ending.status.rawValue)"
      return place.fail(ending.status.rawValue, message)
    }
    return try closeWorkflow(definition, place)
  }

  private func closeWorkflow(
    _ definition: Workflow, _ place: Place
  ) throws(ExpressionFailure) -> Decision {
    let inside = place.scope(in: surroundings(inside: place, 0))
    let outputs = try place.render(definition.outputs, inside)
    let sensitive = inside.sensitiveNames(of: definition.outputs)
    let stored = StoredValues(outputs, sensitive: { sensitive.contains($0) }, vault: vault)
    let scope = place.scope.sealing("outputs", of: stored)
    return try close(
      place.seeing(scope), seeing: .map(place.step.coerce(outputs)), storing: stored)
  }

  // MARK: Surroundings

  private func surroundings(inside place: Place, _ index: Int) -> Surroundings {
    surroundings(inside: place.step, at: place.address, index, place.frame.surroundings)
  }

  /// The surroundings of a step's lists; those that were made last are not made again.
  func surroundings(
    inside step: Step, at address: String, _ index: Int, _ outer: Surroundings
  ) -> Surroundings {
    if let made = newestSurroundings, let loop = made.loops.last, loop.index == index,
      loop.owner == address
    {
      return made
    }
    return outer.inside(step, at: address, index: index)
  }
}
