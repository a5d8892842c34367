import Values
import Workflows

/// A step that comes after a checkpoint and was begun.
struct LaterStep {
  let step: Step
  let address: String
  let surroundings: Surroundings
  /// The steps around it that come after the checkpoint, too, outermost first.
  let holders: [String]
  /// All steps around it, with those on the way to the checkpoint, outermost first.
  let around: [(step: Step, address: String)]
  /// Whether it is done only where the step around it fails.
  let isForFailure: Bool
}

/// What becomes of a step behind a checkpoint once the run has gone back to it.
struct WayBack {
  enum Outcome {
    /// It is as if it had never been begun.
    case anew
    /// It keeps what it came to, and the run passes it.
    case kept
    /// What it did stays, though it came to no good end: it stands as before.
    case left
    /// Some of what it did is taken back and some is not, and it is done as a whole or not at all.
    case torn
    /// It is a part of what is not done again.
    case untouched
  }

  let later: LaterStep
  let outcome: Outcome
  /// Whether something that it did stays.
  let stands: Bool
  /// Whether somebody wants it done again, by its name or that of a step around it.
  let isAgain: Bool
  /// Whether it was about what is done anew: it looked at that, asked about it or waited for it, or was done
  /// with it.
  let readsRenewed: Bool
  /// Whether it would be kept but for that.
  let isRenewed: Bool

  /// Whether what was given of a question stays given, though it is asked anew.
  var keepsAnswers: Bool { !isAgain && !readsRenewed && !later.isForFailure }
}

extension RunEngine {
  // MARK: Places

  /// The way to an address; nil where a loop or a branch is on it, whose place cannot be found again.
  func path(to address: String) -> [(step: Step, address: String)]? {
    guard let way = way(to: address), way.dropLast().allSatisfy(\.step.isInSequence) else {
      return nil
    }
    return way
  }

  /// Whether a path goes through the lists of the procedure alone: not where a step is one of recovery
  /// steps or in `finally`.
  func isOfProcedure(_ path: [(step: Step, address: String)]) -> Bool {
    var lists = [workflow.steps]
    for place in path {
      guard
        lists.contains(where: { list in
          list.position(of: place.step.id).map { list.steps[$0] === place.step } ?? false
        })
      else { return false }
      switch place.step.kind {
      case .section(let list): lists = [list]
      case .choose(let cases): lists = cases.map(\.steps)
      case .workflow(let call): lists = [call.definition?.steps].compactMap(\.self)
      default: lists = []
      }
    }
    return true
  }

  /// The step at which the run stands although it comes before a checkpoint; nil where there is none.
  func standingBefore(_ checkpoint: String) -> String? {
    for (_, address) in path(to: checkpoint) ?? [] {
      for frame in state.frames.values where frame.role != .branch {
        let position = frame.list.steps.firstIndex { frame.address(of: $0) == address }
        guard let position else { continue }
        // Inside the steps on the way the run stands; at the checkpoint's own it stands before it.
        let isBefore =
          address == checkpoint ? frame.cursor <= position : frame.cursor < position
        if isBefore { return frame.currentAddress }
      }
    }
    return nil
  }

  /// Where a list goes on behind a step: at the target of a `go_to` that was carried out.
  func next(behind place: (step: Step, address: String), in list: StepList) -> Int {
    guard let position = list.position(of: place.step.id) else { return 0 }
    guard case .goTo(let target) = place.step.kind, let end = list.position(of: target),
      case .succeeded? = state.steps[place.address]?.phase
    else { return position + 1 }
    return max(end, position + 1)
  }

  /// Everything that was begun after a checkpoint, in the order of the procedure.
  ///
  /// - Parameter asOfOld: Whether it is for a journal of old, which knew nothing of the target of a `go_to`
  ///   nor of the `finally` of a call, and went into loops.
  func laterSteps(than checkpoint: String, asOfOld: Bool = false) -> [LaterStep] {
    guard let path = path(to: checkpoint) else { return [] }
    var found: [LaterStep] = []
    for (depth, place) in path.enumerated().reversed() {
      guard let (_, surroundings) = location(of: place.address),
        let list = surroundings.workflow.list(of: place.step),
        let position = list.position(of: place.step.id)
      else { continue }
      var next = asOfOld ? position + 1 : self.next(behind: place, in: list)
      next = min(next, list.count)
      var steps = Array(list.steps[next...])
      if !asOfOld, surroundings.call != nil, list === surroundings.workflow.steps {
        steps += surroundings.workflow.finally.steps
      }
      for step in steps {
        let later = LaterStep(
          step: step, address: surroundings.prefix + step.id, surroundings: surroundings,
          holders: [], around: Array(path[..<depth]), isForFailure: false)
        collect(later, asOfOld: asOfOld, into: &found)
      }
    }
    return found
  }

  private func collect(_ place: LaterStep, asOfOld: Bool, into found: inout [LaterStep]) {
    guard let record = state.steps[place.address] else { return }
    found.append(place)
    // A loop is done again as a whole, or not at all.
    if !asOfOld, place.step.isLoop { return }
    let step = place.step
    for (list, inner) in step.lists(at: place.address, record, place.surroundings) {
      let isForFailure = place.isForFailure || step.isForFailures(list)
      for step in list.steps {
        let later = LaterStep(
          step: step, address: inner.prefix + step.id, surroundings: inner,
          holders: place.holders + [place.address],
          around: place.around + [(place.step, place.address)], isForFailure: isForFailure)
        collect(later, asOfOld: asOfOld, into: &found)
      }
    }
  }

  // MARK: Outcomes

  /// What becomes of everything that was begun after a checkpoint, once what can be is taken back.
  func waysBack(
    to checkpoint: String, again: Set<String>, by rules: RewindRules = .newest
  ) -> [WayBack] {
    let later = laterSteps(than: checkpoint)
    let takenBack = state.takenBackOnTheWay
    var touched = takenBack
    var standing: Set<String> = []
    for place in later {
      // Whoever wants a step done again wants those around it entered again.
      if place.isTouched(by: takenBack) || again.contains(place.address) {
        touched.formUnion(place.holders + [place.address])
      }
      if stands(place, rules), !place.isNamed(in: again) {
        standing.formUnion(place.holders + [place.address])
      }
    }
    var renewed = RenewedOutputs(
      followsOutcomes: rules.followsOutcomes, everywhere: rules.followsEverywhere)
    var known = renewed
    var ways: [WayBack] = []
    // Of branches an earlier one may read what stands in a later one.
    repeat {
      known = renewed
      ways = waysBack(
        of: later, again, takenBack, touched: touched, standing: standing, &renewed, by: rules)
    } while rules.followsEverywhere && renewed != known
    return ways
  }

  /// - Parameter renewed: what is known so far to be done anew, to which more is added.
  private func waysBack(
    of later: [LaterStep], _ again: Set<String>, _ takenBack: Set<String>, touched: Set<String>,
    standing: Set<String>, _ renewed: inout RenewedOutputs, by rules: RewindRules
  ) -> [WayBack] {
    var whole: Set<String> = []
    return later.map { place in
      let isAgain = place.isNamed(in: again)
      let isWhole =
        rules.followsOutcomes && isDoneByHandAsAWhole(place.step, at: place.address, by: rules)
      let readsRenewed =
        rules.renewsReaders && !place.isForFailure && renewed.isRead(by: place, asAWhole: isWhole)
      var outcome = WayBack.Outcome.untouched
      var isRenewed = false
      if place.holders.allSatisfy({ !whole.contains($0) }) {
        outcome =
          isAgain
          ? .anew
          : self.outcome(of: place, takenBack, touched: touched, standing: standing, by: rules)
        isRenewed = outcome == .kept && readsRenewed && isOnlyKnown(place, rules)
        if isRenewed { outcome = .anew }
        switch outcome {
        case .kept, .left, .torn: whole.insert(place.address)
        case .anew, .untouched: break
        }
      }
      if outcome == .anew {
        if isAgain || place.isTouched(by: takenBack) {
          renewed.note(place)
        } else if rules.followsOutcomes, mayComeToAnotherEnd(place) {
          renewed.noteOutcome(of: place)
        }
        renewed.follow(place)
      }
      return WayBack(
        later: place, outcome: outcome, stands: stands(place, rules), isAgain: isAgain,
        readsRenewed: readsRenewed, isRenewed: isRenewed)
    }
  }

  /// Whether a step that is done anew may come to another end, though it reads nothing of what is done anew:
  /// people are asked for their approval again, and what failed may succeed.
  private func mayComeToAnotherEnd(_ later: LaterStep) -> Bool {
    if later.step.isLoop || later.isForFailure { return true }
    switch (state.steps[later.address]?.phase, later.step.kind) {
    case (.failed?, _), (_, .approve): return true
    default: return false
    }
  }

  /// Whether all that a step came to is something that the run knows: what was found, answered or awaited.
  private func isOnlyKnown(_ later: LaterStep, _ rules: RewindRules) -> Bool {
    guard case .succeeded? = state.steps[later.address]?.phase else { return false }
    let step = later.step
    return step.isContainer ? !stands(later, rules) : !step.hasEffects
  }

  /// Whether something that a step did stays: nothing takes it back, or nobody did.
  private func stands(_ later: LaterStep, _ rules: RewindRules) -> Bool {
    let (step, address) = (later.step, later.address)
    if rules.followsOutcomes, step.holdsEffects,
      isDoneByHandAsAWhole(step, at: address, by: rules)
    {
      return true
    }
    if step.isLoop, state.steps[address] != nil {
      return state.undo.holdsStanding(inside: address)
        || (rules.followsOutcomes && state.undo.holdsHandwork(inside: address))
    }
    return step.hasEffects && effectStays(of: state.steps[address])
  }

  /// Whether what a step with effects did stays.
  func effectStays(at address: String) -> Bool {
    step(at: address)?.hasEffects == true && effectStays(of: state.steps[address])
  }

  private func effectStays(of record: StepRecord?) -> Bool {
    guard let record else { return false }
    if case .succeeded = record.phase { return true }
    return record.effectStands
  }

  private func outcome(
    of later: LaterStep, _ takenBack: Set<String>, touched: Set<String>, standing: Set<String>,
    by rules: RewindRules
  ) -> WayBack.Outcome {
    guard let record = state.steps[later.address] else { return .untouched }
    let isTouched = touched.contains(later.address)
    let stands = standing.contains(later.address)
    if later.step.isLoop { return outcome(ofLoop: later, record, isTouched, stands) }
    if later.step.isPart {
      if takenBack.contains(later.address) { return stands ? .torn : .anew }
      if rules.followsOutcomes, isDoneByHandAsAWhole(later.step, at: later.address, by: rules) {
        if isTouched { return stands ? .torn : .anew }
        return !later.step.holdsApproval || stands ? .kept : .anew
      }
      if isTouched { return .anew }
      return record.isPassed && (record.isSkippedByHand || stands) ? .kept : .anew
    }
    switch (record.phase, later.step.kind) {
    case (.skipped, _): return record.isPassed || stands ? .kept : .anew
    case (.succeeded, .action), (.succeeded, .ask), (.succeeded, .wait): return .kept
    default:
      guard self.stands(later, rules) else { return .anew }
      return record.isPassed ? .kept : .left
    }
  }

  private func outcome(
    ofLoop later: LaterStep, _ record: StepRecord, _ isTouched: Bool, _ stands: Bool
  ) -> WayBack.Outcome {
    if isTouched { return stands ? .torn : .anew }
    switch record.phase {
    // A loop is done again for its approvals only where nothing in it would happen twice.
    case .succeeded: return !later.step.holdsApproval || stands ? .kept : .anew
    case .failed where !record.isPassed: return stands ? .left : .anew
    case .skipped, .failed:
      return record.isPassed && (record.isSkippedByHand || stands) ? .kept : .anew
    default: return stands ? .torn : .anew
    }
  }
}

extension StepRecord {
  /// Whether a person passed over the step.
  fileprivate var isSkippedByHand: Bool {
    if case .skipped = phase { by != .machine } else { false }
  }

  /// Whether the run went on behind the step although it did not succeed, not by what the step itself says.
  fileprivate var isPassed: Bool {
    if case .failed = phase { return finishedAt != nil }
    return isSkippedByHand
  }
}

extension RunState {
  /// The steps whose effects were taken back on the way to a checkpoint.
  fileprivate var takenBackOnTheWay: Set<String> {
    Set(
      recovery.takingBack.lazy.map { undo.entries[$0] }.filter { $0.status == .done }.map(\.step))
  }
}

extension LaterStep {
  fileprivate func isNamed(in addresses: Set<String>) -> Bool {
    addresses.contains(address) || holders.contains(where: addresses.contains)
  }

  /// Whether something that the step, or one in a loop, did was taken back.
  fileprivate func isTouched(by takenBack: Set<String>) -> Bool {
    if takenBack.contains(address) { return true }
    guard step.isLoop, !takenBack.isEmpty else { return false }
    let prefix = address + "["
    return takenBack.contains { $0.hasPrefix(prefix) }
  }
}

extension UndoLog {
  /// Whether something happened inside a loop that nothing takes back, or only a person.
  func holdsIrreversible(inside address: String) -> Bool {
    let inside = Self.withoutIndices(address) + "/"
    if irreversible.keys.contains(where: { $0.hasPrefix(inside) }) { return true }
    return entries.contains {
      $0.isManual && $0.step.hasPrefix(address + "[") && ($0.status == .open || $0.status == .kept)
    }
  }

  /// The same, with what a person passed over taking back.
  func holdsStanding(inside address: String) -> Bool {
    let prefix = address + "["
    return holdsIrreversible(inside: address)
      || entries.contains { $0.status == .skipped && $0.step.hasPrefix(prefix) }
  }
}

extension Step {
  /// Whether it holds other steps, of which each keeps its own outcome: a loop is done again as a whole.
  var isPart: Bool { isContainer && !isLoop }

  /// Whether its own steps are carried out once, and one after the other.
  fileprivate var isInSequence: Bool {
    switch kind {
    case .section, .choose, .workflow: true
    default: false
    }
  }

  /// Whether a list is carried out only where the step fails or expires.
  func isForFailures(_ list: StepList) -> Bool {
    [onFailure, onExpiry].contains { policy in
      guard case .recover(let branches)? = policy else { return false }
      return branches.contains { $0.steps === list }
    }
  }

  /// Whether somebody approves something in it.
  var holdsApproval: Bool { holds { if case .approve = $0 { true } else { false } } }

  /// Whether anybody is asked something in it, but for what is only done where something fails.
  var holdsQuestion: Bool {
    var lists = nestedLists.filter { !isForFailures($0) }
    switch kind {
    case .approve, .ask: return true
    case .workflow(let call):
      lists += [call.definition?.steps, call.definition?.finally].compactMap(\.self)
    default: break
    }
    return lists.contains { $0.steps.contains(where: \.holdsQuestion) }
  }

  /// Whether carrying it out, or anything in it, changes the world.
  var holdsEffects: Bool {
    if hasEffects { return true }
    if case .workflow(let call) = kind {
      return call.definition?.allSteps.contains(where: \.holdsEffects) ?? false
    }
    return nestedLists.contains { $0.steps.contains(where: \.holdsEffects) }
  }

  private func holds(_ isMeant: (Kind) -> Bool) -> Bool {
    if isMeant(kind) { return true }
    if case .workflow(let call) = kind {
      return call.definition?.allSteps.contains { $0.holds(isMeant) } ?? false
    }
    return nestedLists.contains { list in list.steps.contains { $0.holds(isMeant) } }
  }
}

extension Workflow {
  /// The list in which a step stands.
  func list(of step: Step) -> StepList? {
    let lists =
      step.parent.map { allSteps[$0].nestedLists } ?? [steps, finally]
    return lists.first { list in list.position(of: step.id).map { list.steps[$0] === step } ?? false
    }
  }
}
