import CEL
import Workflows

/// What the steps of a workflow that wait for events tell them apart by.
enum EventWaits {
  case none
  /// What an event says, and what is known from the beginning.
  case plain
  /// For some also what becomes of steps on other branches meanwhile.
  case byBranches
}

extension RunEngine {
  /// Whether any step waits for events.
  package var hasEventWaits: Bool { eventWaits != .none }

  /// A step has come to something: what came and was none that others wait for may be one now.
  mutating func lookAtWaits(after kind: EventKind, at address: String) {
    guard eventWaits == .byBranches, !state.received.isEmpty else { return }
    switch kind {
    case .stepSucceeded, .stepSkipped, .stepContinued, .stepFailed: break
    default: return
    }
    // Steps that the run has gone back before wait, too.
    guard state.migrations == 0 else { return lookAtEverything() }
    let id = String(address.lastID)
    let waiting = state.frames.filter { _, frame in
      guard let step = frame.current, step.readsInMatch(id),
        case .waiting? = state.steps[frame.address(of: step)]?.phase,
        let read = frame.surroundings.workflow.step(named: id)
      else { return false }
      return frame.surroundings.address(of: read) == address
    }
    for id in waiting.keys.sorted() { agenda.add(id) }
  }
}

extension Workflow {
  /// What the steps that wait for events go by, here or in a workflow that is called.
  var eventWaits: EventWaits {
    var found = EventWaits.none
    for workflow in definitions {
      for step in workflow.allSteps {
        let waits = step.eventWaits
        if waits.isEmpty { continue }
        found = .plain
        let reads = waits.flatMap(\.stepsRead).compactMap(workflow.step(named:))
        if reads.contains(where: { workflow.areSideBySide($0, step) }) { return .byBranches }
      }
    }
    return found
  }

  /// Whether one step may come to something while the other waits: they stand on two branches.
  private func areSideBySide(_ one: Step, _ other: Step) -> Bool {
    let around = Set(outer(one).map(\.index))
    let common = outer(other).first { around.contains($0.index) }
    if case .parallel? = common?.kind { return true }
    return false
  }

  /// The steps around another, innermost first.
  private func outer(_ step: Step) -> [Step] {
    var found: [Step] = []
    var parent = step.parent
    while let index = parent {
      found.append(allSteps[index])
      parent = allSteps[index].parent
    }
    return found
  }
}

extension Step {
  /// The events that it waits for.
  fileprivate var eventWaits: [EventWait] {
    switch kind {
    case .wait(let wait): wait.events
    case .ask(let question): question.items.compactMap(\.doneOn)
    default: []
    }
  }

  /// Whether it tells events apart by what has become of another step.
  fileprivate func readsInMatch(_ step: String) -> Bool {
    eventWaits.contains { $0.stepsRead.contains(step) }
  }
}

extension EventWait {
  /// The steps by which it tells events apart.
  fileprivate var stepsRead: [String] {
    match?.references.compactMap { reference in
      reference.path.count > 1 && reference.path[0] == "steps" ? reference.path[1] : nil
    } ?? []
  }
}

extension Wait {
  /// The events among what is waited for.
  var events: [EventWait] {
    switch self {
    case .event(let wait): [wait]
    case .firstOf(let waits): waits.flatMap(\.wait.events)
    case .duration, .until: []
    }
  }
}
