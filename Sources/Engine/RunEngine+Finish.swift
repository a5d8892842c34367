import Fields
import Values
import Workflows

extension RunEngine {
  /// What follows when every step of a list is over.
  func finishList(_ frame: Frame, now: Timestamp) -> Decision {
    switch frame.role {
    case .main:
      // The definition can be mended, and the run migrated, as long as it is not ending.
      if failureOfOutputs(frame, now: now) != nil { return .wait(until: nil) }
      return .record([PendingEvent(.runFinishing(status: .succeeded, message: nil))])
    case .finally: return finishRun(frame, now: now)
    case .undo: return finishUndoing()
    default: return .wait(until: nil)
    }
  }

  /// Without its outputs a run that has succeeded does not end by itself.
  private func finishRun(_ frame: Frame, now: Timestamp) -> Decision {
    guard case .finishing(let status, let message) = state.phase else { return .wait(until: nil) }
    do throws(ExpressionFailure) {
      let outputs = status == .succeeded ? try runOutputs(frame, now: now) : StoredValues()
      return .record([
        PendingEvent(.runFinished(status: status, message: message, outputs: outputs))
      ])
    } catch {
      return .wait(until: nil)
    }
  }

  /// Why the outputs of a run that is over but for them cannot be had; nil where there is no such thing.
  package var missingOutputs: MissingOutputs? {
    guard state.frames.count == 1, let frame = state.frames.values.first, frame.current == nil
    else { return nil }
    switch state.phase {
    case .main, .finishing(.succeeded, _): break
    default: return nil
    }
    return failureOfOutputs(frame, now: state.lastAt).map { failure in
      guard failure.isUnknown else {
        return MissingOutputs(
          message: vault.redact(
            "the run's outputs cannot be computed: \(failure.message) (\(failure.place))"),
          isLocked: false)
      }
      let why = scope(ofOutputs: frame, now: state.lastAt).explained(failure)
      return MissingOutputs(
        message: "the run's outputs cannot be computed (\(failure.place)): \(why)", isLocked: true)
    }
  }

  /// Why the outputs of a run cannot be had.
  package struct MissingOutputs: Sendable, Hashable {
    package let message: String
    /// Whether it is for want of a sealed value, so that they may be had later.
    package let isLocked: Bool
  }

  private func failureOfOutputs(_ frame: Frame, now: Timestamp) -> ExpressionFailure? {
    guard !workflow.outputs.isEmpty else { return nil }
    do throws(ExpressionFailure) {
      // Nothing is sealed for a look.
      _ = try outputValues(frame, now: now)
      return nil
    } catch {
      return error
    }
  }

  private func runOutputs(
    _ frame: Frame, now: Timestamp
  ) throws(ExpressionFailure) -> StoredValues {
    let values = try outputValues(frame, now: now)
    let sensitive = scope(ofOutputs: frame, now: now).sensitiveNames(of: workflow.outputs)
    return StoredValues(values, sensitive: { sensitive.contains($0) }, vault: vault)
  }

  private func scope(ofOutputs frame: Frame, now: Timestamp) -> RunScope {
    RunScope(
      reader: StateReader(self), surroundings: frame.surroundings, address: "", now: now)
  }

  private func outputValues(
    _ frame: Frame, now: Timestamp
  ) throws(ExpressionFailure) -> ValueMap {
    let scope = scope(ofOutputs: frame, now: now)
    var values = ValueMap()
    for (name, template) in workflow.outputs {
      if let value = try template.render(scope) { values[name] = value }
    }
    return values
  }

  /// Ends the run with an outcome: `finally` comes next, that of the calls it leaves first. In `finally`
  /// it ends what is left of that but the `finally` of calls, and no outcome gets better.
  func end(_ status: RunStatus, message: String?) -> PendingEvent {
    guard case .finishing(let earlier, let sofar) = state.phase else {
      return PendingEvent(
        .runFinishing(status: status, message: message, callsLeft: callsLeft))
    }
    let isBetter = earlier.isWorse(than: status)
    let outcome = isBetter ? earlier : status
    let why = isBetter ? sofar : message ?? sofar
    let isInOwnFinally = state.frames.values.contains { $0.role == .finally }
    let calls = callsLeft
    // The `finally` of calls and the outputs are what may be left then.
    guard isInOwnFinally, calls.isEmpty, outcome != .succeeded else {
      return PendingEvent(.runFinishing(status: outcome, message: why, callsLeft: calls))
    }
    return PendingEvent(.runFinished(status: outcome, message: why, outputs: StoredValues()))
  }

  /// How many steps a parked run names.
  private static let shownReasons = 50

  /// Why the run cannot go on now, step by step, and whether that needs somebody's decision.
  package func parkReasons() -> Park {
    if let left = state.placement.elsewhere {
      let message = "the run goes on in \(left.home.sentence): \(left.reason)"
      return Park(status: .needsAttention, reasons: [ParkReason(step: "", message: message)])
    }
    let park = parkReasons { !$0 }
    // Failures that wait for each other alone would be a fault of ours: then somebody has to look.
    return park.reasons.isEmpty ? parkReasons { _ in true } : park
  }

  /// - Parameter isNamed: whether a failure is named, by whether something comes of it by itself.
  private func parkReasons(isNamed: (_ isFollowedUp: Bool) -> Bool) -> Park {
    var reasons: [ParkReason] = []
    var needsAttention = false
    if let test = state.checkpointTest, case .unmet(let step, let unmet) = test {
      needsAttention = true
      reasons.append(ParkReason(step: step, message: unmet.message))
    }
    var others = 0
    let recovering = recoveringAddresses
    let held = heldSteps
    for address in currentAddresses where !recovering.contains(address) {
      guard let record = state.steps[address], !(record.phase.isWaiting && held[address] != nil),
        !(record.phase.isRetrying && isHeldByApproval(at: address)),
        let reason = record.parkReason ?? pause(of: record, at: address)
      else { continue }
      if record.phase.status == .failed, !isNamed(followUp(at: address) != nil) { continue }
      needsAttention = needsAttention || reason.needsAttention
      guard reasons.count < Self.shownReasons else {
        others += 1
        continue
      }
      let locked = lockedWait(at: address)
      needsAttention = needsAttention || locked != nil
      reasons.append(ParkReason(step: address, message: locked ?? reason.message))
    }
    for address in doubtsLeftBehind {
      needsAttention = true
      reasons.append(ParkReason(step: address, message: doubt(at: address) ?? ""))
    }
    if let missing = missingOutputs {
      needsAttention = true
      reasons.append(ParkReason(step: "", message: missing.message))
    }
    if others > 0 { reasons.append(ParkReason(others: others)) }
    return Park(status: needsAttention ? .needsAttention : .waiting, reasons: reasons)
  }

  /// What a `repeat` waits for between two of its rounds.
  private func pause(
    of record: StepRecord, at address: String
  ) -> (message: String, needsAttention: Bool)? {
    // One that has failed after all its rounds and is tried again has acted.
    switch record.phase {
    case .inside, .acted: break
    default: return nil
    }
    guard record.group?.open.isEmpty ?? false, case .repeat? = step(at: address)?.kind,
      let moment = nextMoment(at: address)
    else { return nil }
    return ("waits until \(moment.journalText) for the next round", false)
  }
}

extension StepRecord {
  fileprivate var parkReason: (message: String, needsAttention: Bool)? {
    switch phase {
    case .blocked(let blocker): (blocker.message, true)
    case .unavailable(let failure): (failure.message, true)
    case .failed: (failure?.message ?? "the step failed", true)
    case .inDoubt(_, let message, _): (message, true)
    case .waiting(let waiting, _): (waiting.cause.sentence(after: people.decisions), false)
    case .retrying(let at): ("tried again at \(at.journalText)", false)
    default: nil
    }
  }
}

extension Waiting.Cause {
  /// What is still awaited, for people, of an approval how many are.
  package func sentence(after decisions: [PeopleRecord.Decision]) -> String {
    guard case .approval(let shown) = self, shown.approvals > 1 else { return sentence }
    let given = shown.valid(decisions).count
    guard given > 0 else { return sentence }
    return "waits for \(max(1, shown.approvals - given)) more of \(shown.approvals) approvals"
  }

  /// What is awaited, for people.
  package var sentence: String {
    switch self {
    case .answer: "waits for an answer"
    case .approval(let shown) where shown.approvals > 1:
      "waits for \(shown.approvals) approvals"
    case .approval: "waits for an approval"
    case .event(let name): "waits for the event `\(name)`"
    case .time(let until): "waits until \(until.journalText)"
    case .byHand: "waits until somebody has done it by hand"
    case .first(let branches):
      "waits for the first of: "
        + branches.map { "\($0.name) (\($0.cause.sentence))" }.joined(separator: ", ")
    }
  }
}
