import Values
import Workflows

/// New steps in what goes on, or is over, without them: cases that were not taken, calls, items and rounds.
extension MigrationClassifier {
  func laterStep(_ difference: WorkflowDifference, _ id: String) -> String {
    wasInItemsOver(id, in: difference.workflow, of: new)
      ? "it comes later: items and rounds that are over stay without it" : "it comes later"
  }

  /// What is to be said of the other items of a loop where those that are open have passed the step.
  func besidePassed(_ difference: WorkflowDifference, _ id: String) -> [MigrationItem] {
    guard wasInItemsOver(id, in: difference.workflow, of: new) else { return [] }
    return [
      item(
        difference, id,
        .safe("items and rounds to come have it, and those that are over stay without it"))
    ]
  }

  /// Whether a step stands in an item or a round that is not open any more.
  func isInRoundOver(_ address: String) -> Bool {
    guard let loop = moved.location(of: address)?.surroundings.loops.last else { return false }
    return !moved.state.frames.values.contains { frame in
      frame.owner == loop.owner && frame.index == loop.index
    }
  }

  /// What becomes of a step that is not carried out though nobody passed it, since the run has taken another
  /// way, or since the call it is part of is over.
  func closed(
    _ difference: WorkflowDifference, _ id: String, _ renamed: [Renamed]
  ) -> [MigrationItem] {
    guard let definition = new.definitions.first(where: { $0.id == difference.workflow }),
      let step = definition.step(named: id)
    else { return [] }
    return notTaken(difference, step, definition) ?? inCallsOver(difference, step, renamed)
  }

  // MARK: Cases

  private func notTaken(
    _ difference: WorkflowDifference, _ step: Step, _ definition: Workflow
  ) -> [MigrationItem]? {
    var inner = step
    while let parent = inner.parent {
      let outer = definition.allSteps[parent]
      if case .choose(let cases) = outer.kind,
        let own = cases.firstIndex(where: { $0.steps.position(of: inner.id) != nil })
      {
        let open = (begun[Place(workflow: definition.id, step: outer.id)] ?? []).filter {
          if case .inside? = moved.state.steps[$0]?.phase { true } else { false }
        }
        let others = open.filter { moved.state.steps[$0]?.group?.start.choice != own }
        if let other = others.first {
          let isInLoop = moved.location(of: other)?.surroundings.loops.isEmpty == false
          let rest = isInLoop ? "; it counts for items and rounds to come" : ""
          return [
            item(
              difference, step.id,
              .safe("another case of `\(outer.id)` was taken: the step is left out\(rest)"))
          ]
        }
      }
      inner = outer
    }
    return nil
  }

  /// Why nobody comes to the steps in another one any more.
  func wordsOfOver(_ step: Step, at address: String) -> String {
    engine.state.steps[address]?.isOver ?? false
      ? "`\(step.id)` is over and is not done again"
      : "`\(step.id)` has failed with its steps done, which only `retry --again` does again"
  }

  // MARK: Calls

  private func inCallsOver(
    _ difference: WorkflowDifference, _ step: Step, _ renamed: [Renamed]
  ) -> [MigrationItem] {
    var over: [MigrationItem] = []
    var isToCome = false
    for (caller, call) in calls(of: difference.workflow) {
      let addresses = begun[Place(workflow: caller.id, step: call.id)] ?? []
      let ended = addresses.filter(isPassed)
      isToCome =
        isToCome || ended.isEmpty || ended.count < addresses.count
        || call.loopDepth(in: caller) > 0
      for address in ended { over += inCall(at: address, difference, step, call, renamed) }
    }
    guard !over.isEmpty, isToCome else { return over }
    return over + [item(difference, step.id, .safe(laterStep(difference, step.id)))]
  }

  private func inCall(
    at address: String, _ difference: WorkflowDifference, _ step: Step, _ call: Step,
    _ renamed: [Renamed]
  ) -> [MigrationItem] {
    let message = wordsOfOver(call, at: address)
    let own = renamed.filter { $0.new.hasPrefix("\(address)/") }
    guard own.isEmpty else {
      return own.map { renamed in
        item(
          difference, renamed.new,
          decision("\(message); \(words(of: renamed))", renamed.new, [.keep, .leaveOut]))
      }
    }
    return [
      item(difference, "\(address)/\(step.id)", .safe("\(message): the step is left out"))
    ]
  }

  private func calls(of workflow: String) -> [(caller: Workflow, call: Step)] {
    new.definitions.flatMap { caller in
      caller.allSteps.compactMap { step in
        guard case .workflow(let call) = step.kind, call.definition?.id == workflow else {
          return nil
        }
        return (caller, step)
      }
    }
  }

  private func isPassed(_ address: String) -> Bool {
    guard let record = engine.state.steps[address] else { return false }
    switch record.phase {
    case .succeeded, .skipped: return true
    case .cancelled, .undone: return false
    default: return record.isNotEnteredAgain
    }
  }
}
