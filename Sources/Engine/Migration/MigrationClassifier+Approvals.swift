import Workflows

/// Approvals that were given before the run is moved: each is bound to what it releases.
extension MigrationClassifier {
  struct GivenApproval {
    let address: String
    /// Whether the run can stand at it once more without leaving a place that is being worked on.
    let canBeAskedAgain: Bool
  }

  /// The approvals of which something that they release changes.
  func givenApprovals(_ differences: [WorkflowDifference]) -> [GivenApproval] {
    guard differences.contains(where: changesWhatIsReleased) else { return [] }
    return engine.state.steps.keys.sorted().compactMap { address in
      guard case .succeeded? = engine.state.steps[address]?.phase,
        case .approve? = engine.step(at: address)?.kind,
        case .approve? = moved.location(of: address)?.step.kind
      else { return nil }
      return GivenApproval(address: address, canBeAskedAgain: canBeAskedAgain(address))
    }
  }

  func verdict(on approval: GivenApproval) -> MigrationItem.Verdict {
    let people = engine.state.steps[approval.address]?.people.decisions.map(\.by.id) ?? []
    let by = people.isEmpty ? "" : " by " + people.joined(separator: ", ")
    let message = "it was approved\(by) for the procedure as it was"
    guard approval.canBeAskedAgain else {
      return decision("\(message), and cannot be asked again from here", approval.address, [.keep])
    }
    return .void("\(message): the approval is void, and asked again")
  }

  /// The approvals that are being asked for: each is bound to the procedure as a whole.
  var askedApprovals: [String] {
    engine.currentAddresses.filter { address in
      guard case .waiting(let waiting, _)? = engine.state.steps[address]?.phase,
        case .approval = waiting.cause, case .approve? = moved.step(at: address)?.kind
      else { return false }
      return true
    }.sorted()
  }

  /// - Parameter items: what else is said of the migration.
  func verdict(onAsked address: String, beside items: [MigrationItem]) -> MigrationItem.Verdict {
    let deadlines = wordsOfDeadlines(address, beside: items)
    guard let record = engine.state.steps[address], !record.people.decisions.isEmpty,
      case .waiting(let waiting, _) = record.phase, case .approval(let shown) = waiting.cause
    else { return .safe("it is asked again, of the procedure as it will be: \(deadlines)") }
    let people = record.people.decisions.map(\.by.id)
    return .void(
      "\(people.count) of \(shown.approvals) given, by \(people.joined(separator: ", ")), of the "
        + "procedure as it was: void, and asked again: \(deadlines)")
  }

  private func wordsOfDeadlines(_ address: String, beside items: [MigrationItem]) -> String {
    let chosen = choices.decisions.filter { $0.value == MigrationDecision.Choice.doIt.rawValue }
    if isLeft(address, for: Array(chosen.keys)) { return "when the run comes to it again" }
    let kept = "deadlines that run keep their moments"
    let leaving = items.compactMap(\.openChoiceToDo).filter { isLeft(address, for: [$0]) }
    guard !leaving.isEmpty else { return kept }
    let names = leaving.sorted().map { "`\($0)=do`" }.joined(separator: " or ")
    return kept + "; with \(names), when the run comes to it again"
  }

  /// Whether the run goes back from here to steps that are new.
  private func isLeft(_ address: String, for new: [String]) -> Bool {
    var moved = self.moved
    for step in new { moved.stand(at: step) }
    return !moved.state.isCurrent(address)
  }

  /// Whether a difference is about something that is still to be done, rather than about words or
  /// about what is over.
  private func changesWhatIsReleased(_ difference: WorkflowDifference) -> Bool {
    switch difference.subject {
    case .step(let id):
      let addresses = begunOrDone(id, in: difference.workflow)
      return addresses.isEmpty || addresses.contains { !isOver($0) }
    case .operation, .input: return true
    case .workflow:
      if case .changed = difference.change { return false }
      return true
    case .output, .role, .event, .calendar: return false
    }
  }

  private func isOver(_ address: String) -> Bool { engine.state.steps[address]?.isOver ?? false }

  private func canBeAskedAgain(_ address: String) -> Bool {
    moved.state.frames.values.contains { frame in
      guard frame.role != .branch, frame.role != .again,
        let position = frame.list.steps.firstIndex(where: { frame.address(of: $0) == address }),
        position < frame.cursor
      else { return false }
      // What is open inside the step that is being worked on would go on beside the approval.
      guard let standing = frame.currentAddress else { return true }
      return moved.state.steps[standing]?.group?.open.isEmpty ?? true
    }
  }
}

extension MigrationItem {
  /// The step that can be chosen to be carried out, where nobody has chosen yet.
  fileprivate var openChoiceToDo: String? {
    guard case .decision(_, let decision, chosen: nil) = verdict,
      decision.choices?.contains(.doIt) ?? false
    else { return nil }
    return decision.key
  }
}
