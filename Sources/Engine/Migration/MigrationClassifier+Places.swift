import Workflows

/// Steps whose place is another one though they are what they were, since others stand elsewhere.
extension MigrationClassifier {
  /// The addresses at which a step stands, has come to something, or holds what people gave before the run went back.
  func begunOrDone(_ id: String, in workflow: String) -> [String] {
    (begun[Place(workflow: workflow, step: id)] ?? []).filter { address in
      guard !engine.state.isCurrent(address) else { return true }
      guard let record = engine.state.steps[address] else { return false }
      return !record.isAsNew || record.holdsGiven
    }
  }

  // MARK: Not begun

  /// Whether a step has come to something that the run can pass by.
  func hasOutcome(at address: String) -> Bool { moved.state.steps[address]?.hasOutcome ?? false }

  /// The steps that have come to nothing and that the run is past now, of which no difference says so.
  func passedBeside(_ items: [MigrationItem]) -> [MigrationItem] {
    let said = Set(items.filter(\.isObstacle).map(\.subject))
    var passed: [MigrationItem] = []
    for frame in moved.state.frames.values where frame.role != .branch && frame.role != .again {
      for step in frame.list.steps[..<min(frame.cursor, frame.end)] {
        let address = frame.address(of: step)
        // An approval that is asked again is not left behind: what it released waits for it.
        if hasOutcome(at: address) || moved.state.isCurrent(address) { continue }
        let isSaid = said.contains(address)
        // What is decided of an open question is how it goes on, not that the run leaves it behind.
        let isOpen = moved.state.steps[address]?.phase.status == .waiting
        if isSaid, !isOpen { continue }
        let verdict =
          isSaid ? MigrationItem.Verdict.impossible(Self.openBehind) : passedStep(step, frame, nil)
        passed.append(MigrationItem(difference: nil, subject: address, verdict: verdict))
      }
    }
    return passed.sorted { $0.subject < $1.subject }
  }

  private static let openBehind =
    "it is open, and the run would be past its place in the new version: bring it to an end first"

  // MARK: In another place

  /// What becomes of a step that was begun and whose outcome is not found, or does not count, in its new
  /// place; nil for any other.
  func otherPlace(of address: String) -> MigrationItem.Verdict? {
    let isOpen = engine.state.isCurrent(address)
    guard moved.isAddress(address) else {
      let message = "its address changes, and what it came to is not found there"
      guard !isOpen, moved.location(of: address) != nil else { return .impossible(message) }
      return decision("\(message): it is done again where the run comes to it", address, [.doIt])
    }
    guard !isOpen, let owner = moved.recovered(by: address),
      engine.recovered(by: address) != owner
    else { return nil }
    return decision(
      "it is one of the recovery steps of `\(owner)` now: it is done again where those are",
      address, [.doIt])
  }

  // MARK: Failed

  /// The steps that failed, that the run left behind, and that it comes to once more.
  var failedToCome: [String] {
    engine.state.steps.keys.filter(isFailedAndToCome).sorted()
  }

  func isFailedAndToCome(_ address: String) -> Bool {
    guard engine.state.steps[address]?.isPassedOver ?? false else { return false }
    // Of those that are come to as a new step before them is done it is known what becomes of them.
    return !engine.state.isCurrent(address) && !engine.state.recovery.kept.contains(address)
      && ahead.isToCome(address) && !moved.hasPassed(address)
  }

  func verdict(onFailed address: String) -> MigrationItem.Verdict {
    decision(
      "it failed, and the run comes to it once more; `keep`: it is passed over as it was"
        + wordsOfEffect(at: address),
      address, [.keep, .doIt])
  }

  /// What `do` means for a step that did what it does, and failed since.
  func wordsOfEffect(at address: String) -> String {
    guard case .failed(acted: true)? = engine.state.steps[address]?.phase else { return "" }
    return "; what it did stays: `do` tests its `verify` again"
  }

  func failedBeside(_ items: [MigrationItem]) -> [MigrationItem] {
    let said = Set(items.filter(\.isObstacle).map(\.subject))
    return failedToCome.filter { !said.contains($0) }.map { address in
      MigrationItem(difference: nil, subject: address, verdict: verdict(onFailed: address))
    }
  }
}

extension MigrationItem {
  /// Whether it has to be decided, or is in the way.
  fileprivate var isObstacle: Bool {
    switch verdict {
    case .decision, .impossible: true
    case .safe, .void: false
    }
  }
}

extension RunEngine {
  /// The run as it stands once it is moved, by what is decided so far.
  func standing(atWhatIsToDo toDo: [String]) -> RunEngine {
    guard !toDo.isEmpty else { return self }
    var engine = self
    for address in toDo { engine.stand(at: address) }
    engine.renewWhatComesAgain(toDo: toDo)
    return engine
  }

  /// The first step in another one that came to something and stays so, though that one is to be
  /// carried out once more.
  func standingInside(_ address: String) -> String? {
    guard state.steps[address]?.isAsNew ?? false else { return nil }
    return state.steps.filter { $0.key.isInside(address) && !$0.value.isAsNew }.keys.min()
  }
}

extension MigrationChoices {
  /// The addresses that are decided to be done.
  var toDo: [String] {
    decisions.filter { $0.value == MigrationDecision.Choice.doIt.rawValue }.keys.sorted()
  }
}
