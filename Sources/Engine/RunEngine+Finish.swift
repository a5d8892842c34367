import Fields
import Values
import Workflows

extension RunEngine {
  /// What follows when every step of a list is over.
  func finishList(_ frame: Frame, now: Timestamp) -> Decision {
    switch frame.role {
    case .main:
      return .record([PendingEvent(.runFinishing(status: .succeeded, message: nil))])
    case .finally: return finishRun(frame, now: now)
    case .body, .choice: return finishBody(frame, now: now)
    }
  }

  private func finishBody(_ frame: Frame, now: Timestamp) -> Decision {
    guard let owner = frame.owner, let step = step(at: owner),
      let outer = state.frames.last(where: { $0.isAt(owner) })
    else { return .wait(until: nil) }
    let place = Place(engine: self, frame: outer, step: step, now: now)
    guard case .repeat(let loop) = step.kind else { return close(place) }
    return endRound(loop, frame, place)
  }

  private func close(_ place: Place) -> Decision {
    do throws(ExpressionFailure) {
      if let decision = try firstUnmet(place.step.verify, for: .verify, place) { return decision }
    } catch {
      return place.fail(error)
    }
    return place.succeed(nil)
  }

  private func endRound(_ loop: Repeat, _ frame: Frame, _ place: Place) -> Decision {
    var inside = place
    inside.scope = RunScope(
      reader: place.scope.reader, prefixes: frame.prefixes, address: place.address,
      now: place.scope.now
    ).with("index", .int(Int64(frame.index)))
    do throws(ExpressionFailure) {
      if try loop.until.test(inside.scope) { return place.succeed(nil) }
      if let limit = loop.atMost, frame.index + 1 >= limit {
        return place.fail("exhausted", "`\(loop.until.source)` does not hold after \(limit) rounds")
      }
      if let wake = try nextRound(loop, inside, frame), wake > place.now {
        return .wait(until: wake)
      }
    } catch {
      return place.fail(error)
    }
    return place.record(.roundEnded(index: frame.index))
  }

  /// When the next round may begin: `every` after the last step of this one was done.
  private func nextRound(
    _ loop: Repeat, _ inside: Place, _ frame: Frame
  ) throws(ExpressionFailure) -> Timestamp? {
    guard let every = loop.every, let last = frame.list.steps.last else { return nil }
    let ended = state.steps[frame.address(of: last)]?.finishedAt ?? inside.now
    return try inside.moment(every, after: ended)
  }

  private func finishRun(_ frame: Frame, now: Timestamp) -> Decision {
    guard case .finishing(let status, let message) = state.phase else { return .wait(until: nil) }
    var outputs = StoredValues()
    var failure: String?
    if status == .succeeded {
      do throws(ExpressionFailure) {
        outputs = try runOutputs(frame, now: now)
      } catch {
        failure = "the run's outputs could not be computed: \(error.message)"
      }
    }
    return .record([
      PendingEvent(
        .runFinished(
          status: failure == nil ? status : .failed, message: failure ?? message, outputs: outputs))
    ])
  }

  private func runOutputs(
    _ frame: Frame, now: Timestamp
  ) throws(ExpressionFailure) -> StoredValues {
    let scope = RunScope(
      reader: StateReader(workflow: workflow, state: state, vault: vault),
      prefixes: frame.prefixes, address: "", now: now)
    var values = ValueMap()
    for (name, template) in workflow.outputs {
      if let value = try template.render(scope) { values[name] = value }
    }
    let sensitive = Set(workflow.outputs.filter(\.value.isSensitive).map(\.name))
    return StoredValues(values, sensitive: { sensitive.contains($0) }, vault: vault)
  }

  /// Ends the run with an outcome: `finally` comes next, and where that is what ends it, nothing does.
  func end(_ status: RunStatus, message: String?) -> PendingEvent {
    switch state.phase {
    case .main: PendingEvent(.runFinishing(status: status, message: message))
    case .finishing, .ended:
      PendingEvent(.runFinished(status: status, message: message, outputs: StoredValues()))
    }
  }

  /// Why the run cannot go on now, step by step, and whether that needs somebody's decision.
  package func parkReasons() -> Park {
    var reasons: [ParkReason] = []
    var needsAttention = false
    if let test = state.checkpointTest, case .unmet(let step, let message) = test {
      needsAttention = true
      reasons.append(ParkReason(step: step, message: message))
    }
    for address in currentAddresses {
      guard let record = state.steps[address], let reason = record.parkReason else { continue }
      needsAttention = needsAttention || reason.needsAttention
      reasons.append(ParkReason(step: address, message: reason.message))
    }
    return Park(status: needsAttention ? .needsAttention : .waiting, reasons: reasons)
  }
}

extension StepRecord {
  fileprivate var parkReason: (message: String, needsAttention: Bool)? {
    switch phase {
    case .blocked(let blocker): (blocker.message, true)
    case .unavailable(let failure): (failure.message, true)
    case .failed: (failure?.message ?? "the step failed", true)
    case .inDoubt(_, let message): (message, true)
    case .waiting(let waiting, _): (waiting.cause.sentence, false)
    case .retrying(let at): ("tried again at \(at.journalText)", false)
    default: nil
    }
  }
}

extension Waiting.Cause {
  /// What is awaited, for people.
  package var sentence: String {
    switch self {
    case .answer: "waits for an answer"
    case .event(let name): "waits for the event `\(name)`"
    case .time(let until): "waits until \(until.journalText)"
    }
  }
}
