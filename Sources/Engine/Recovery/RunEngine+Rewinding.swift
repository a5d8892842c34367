import Values
import Workflows

/// Going back to a checkpoint.
extension RunEngine {
  /// Stands behind the checkpoint again. What was taken back is as if never begun; what was not
  /// keeps its outcome.
  mutating func goOnBehindCheckpoint(by rules: RewindRules) {
    guard case .undoing(.checkpoint(let address, let again), _) = state.phase else { return }
    let ways = waysBack(to: address, again: Set(again), by: rules)
    let times = rules.keepsTimes ? earlierTimes(of: ways, behind: address) : [:]
    beginRewound()
    for way in ways { reset(way, by: rules) }
    if rules.followsEverywhere { noteComingAgain(ways) }
    state.earlierTimes = times
    endRewound(behind: address)
    reopen(behind: address, asOfOld: false)
    retestCheckpoint()
  }

  mutating func beginRewound() {
    state.phase = .main
    state.recovery.rewinds += 1
    state.recovery.kept = []
    state.recovery.exhausted = []
    state.recovery.retries = [:]
    state.recovery.takingBack = []
    state.earlierTimes = [:]
  }

  mutating func endRewound(behind address: String) {
    state.undo.releaseKept()
    if state.recovery.goesByPlaces {
      forgetCheckpoints(after: address)
      forgetWhatIsGone(since: address)
    } else if let position = state.checkpoints.lastIndex(of: address) {
      state.checkpoints.removeSubrange((position + 1)...)
    }
  }

  // MARK: Steps

  private mutating func reset(_ way: WayBack, by rules: RewindRules) {
    let address = way.later.address
    guard let record = state.steps[address] else { return }
    switch way.outcome {
    case .untouched: break
    case .kept: state.recovery.kept.insert(address)
    case .left: leaveToPeople(address)
    case .torn:
      state.steps[address]?.leave(
        Failure(
          code: Failure.partlyTakenBack,
          message: "some of what `\(address)` did was taken back, and some was not"))
      state.recovery.exhausted.insert(address)
    case .anew: renew(way, record, by: rules)
    }
  }

  /// Notes what the run comes to once more without anything of it being done twice: people take it back once.
  private mutating func noteComingAgain(_ ways: [WayBack]) {
    let manual = Set(state.undo.entries.lazy.filter(\.isManual).map(\.step))
    guard !manual.isEmpty else { return }
    for way in ways where way.outcome == .anew && manual.contains(way.later.address) {
      let step = way.later.step
      if step.hasEffects || (step.isContainer && way.isAgain) {
        state.undo.comingAgain.remove(way.later.address)
      } else {
        state.undo.comingAgain.insert(way.later.address)
      }
    }
  }

  private mutating func renew(_ way: WayBack, _ record: StepRecord, by rules: RewindRules) {
    let address = way.later.address
    var renewed = record.renewed
    if record.hasWork, !record.corrected.isEmpty { renewed.corrected = record.corrected }
    let corrections = rules.followsEverywhere ? corrections(in: way) : []
    // What ended a wait is not what it waits for once more, nor does what ticked an item tick it once more.
    let kept: KeptTaken = way.isAgain || rules.renewsReaders ? .all : .ofWaits
    switch way.later.step.kind {
    case .repeat: forgetRounds(of: address, keeping: kept)
    case .forEach: renew(inside: address, keeping: kept)
    default: break
    }
    for (inner, values) in corrections {
      state.steps[inner, default: StepRecord()].corrected = values
    }
    if record.hasTakenEvents, kept.isKept(of: way.later.step) {
      renewed.takenEvents = record.takenEvents
    }
    if rules.followsOutcomes, way.keepsAnswers, record.isHalfAnswered(way.later.step) {
      renewed.takeAnswers(of: record)
    }
    state.steps[address] = renewed
    if state.problems.contains(address) { state.problems.removeAll { $0 == address } }
  }

  /// What people corrected inside a loop that is done anew, and what counts again: in items that are still known,
  /// and in the first round. Where the loop reads what is done anew its items may be others.
  func corrections(in way: WayBack) -> [(step: String, with: StoredValues)] {
    guard way.later.step.isLoop, !way.readsRenewed else { return [] }
    var prefix = way.later.address + "["
    if case .repeat = way.later.step.kind { prefix += "0]/" }
    return state.steps.filter { address, record in
      record.hasWork && address.hasPrefix(prefix) && !record.corrected.isEmpty
    }.sorted { $0.key < $1.key }.map { ($0.key, $0.value.corrected) }
  }

  /// What a step did stays, though it did not come to a good end: it stands as it stood before, and whether
  /// that will do is for people, once the run comes to it.
  private mutating func leaveToPeople(_ address: String) {
    guard let record = state.steps[address] else { return }
    if record.hasWork { state.steps[address]?.looks = [:] }
    switch record.phase {
    case .acted: return
    case .failed: break
    default:
      state.steps[address]?.leave(
        record.failure
          ?? Failure(
            code: "took_effect",
            message: "it took effect before the run went back, and that was not taken back"))
    }
    state.recovery.exhausted.insert(address)
  }

  // MARK: Lists

  /// Opens the lists that lead to an address, each at the step on the way, the last behind it.
  mutating func reopen(behind address: String, asOfOld: Bool) {
    guard let path = path(to: address) else { return }
    openOutermost(.main)
    for (position, place) in path.enumerated() {
      guard let id = state.frames.keys.max(), var frame = state.frames[id] else { return }
      guard let cursor = frame.list.position(of: place.step.id) else { return }
      if let standing = frame.currentAddress { state.standing[standing] = nil }
      frame.cursor = cursor
      state.frames[id] = frame
      state.standing[place.address] = id
      guard position < path.count - 1 else {
        let next = asOfOld ? cursor + 1 : self.next(behind: place, in: frame.list)
        return leave(place.address, for: next)
      }
      // A migration may have moved the case that was chosen.
      let choice = asOfOld ? nil : place.step.choice(holding: path[position + 1].step)
      openAgain(place.address, choice)
    }
  }

  private mutating func openAgain(_ address: String, _ choice: Int?) {
    state.steps[address]?.phase = .inside
    state.steps[address]?.group?.open = []
    state.steps[address]?.group?.ending = nil
    if let choice { state.steps[address]?.group?.start.choice = choice }
    state.steps[address]?.group?.callsLeft = []
    enter(address, state.steps[address]?.group?.start ?? StepStart())
  }

  private mutating func leave(_ address: String, for next: Int) {
    guard let (id, frame) = standing(at: address) else { return }
    leave(address)
    guard next > frame.cursor + 1, next < frame.end, var moved = state.frames[id] else { return }
    if let standing = moved.currentAddress { state.standing[standing] = nil }
    moved.cursor = next
    state.frames[id] = moved
    if let address = moved.currentAddress { state.standing[address] = id }
  }
}

extension StepRecord {
  /// Ends as a failure after the step has acted, as if people had not said anything of it.
  fileprivate mutating func leave(_ failure: Failure) {
    self.failure = failure
    phase = .failed(acted: true)
    finishedAt = nil
    forgetWhoSettledIt()
    changeGroup { $0.open = [] }
  }
}

extension StepRecord {
  /// Whether something was given of a question that is not over: it is open, or was when the run went back, and
  /// may not have been asked again since.
  func isHalfAnswered(_ step: Step) -> Bool {
    guard case .ask = step.kind, hasWork, !answers.isEmpty else { return false }
    switch phase {
    case .waiting, .cancelled, .entered: return true
    default: return false
    }
  }

  /// Goes on with what was given before, by whom it was.
  fileprivate mutating func takeAnswers(of record: StepRecord) {
    answers = record.answers
    by = record.by
    if record.hasPeople { people.givers = record.people.givers }
  }
}

extension Step {
  /// The case of a `choose` that has a step; nil for any other.
  fileprivate func choice(holding step: Step) -> Int? {
    guard case .choose(let cases) = kind else { return nil }
    return cases.firstIndex { $0.steps.position(of: step.id) != nil }
  }
}
