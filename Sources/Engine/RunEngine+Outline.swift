package import Workflows

/// A step as a view shows it: where it stands in the procedure, and what has become of it.
package struct OutlineStep: Sendable {
  package let step: Step
  package let address: String
  /// nil while the run has not come to it.
  package let record: StepRecord?
  /// In how many steps it stands.
  package let depth: Int
  /// How long it should take, where that was asked for.
  package var target: StepTarget?
  /// The same by the versions of the workflow before, oldest first, where that was asked for.
  package var earlierTargets: [EarlierTarget] = []
  /// What has become of its items, of a loop over a list, where that was asked for.
  package var items: LoopItems?

  package init(step: Step, address: String, record: StepRecord?, depth: Int) {
    self.step = step
    self.address = address
    self.record = record
    self.depth = depth
  }
}

extension RunEngine {
  /// The steps of the run in the order of the procedure: of loops the rounds and iterations that
  /// are open, of a choice the case that was chosen, of a called workflow its steps once it began.
  package var outline: [OutlineStep] { outline(with: []) }

  /// The same, and in their places those of some addresses that lie in rounds, iterations, cases
  /// and recoveries that are over.
  package func outline(with addresses: Set<String>) -> [OutlineStep] {
    var outline = Outline(state: state, known: KnownPlaces(addresses))
    let surroundings = Surroundings(workflow)
    outline.visitWhole(workflow.steps, surroundings, depth: 0)
    outline.visit(workflow.finally, surroundings, depth: 0)
    return outline.steps + undoOutline
  }
}

extension RunEngine {
  /// What takes effects back, as far as it was begun, in the order in which it is done.
  private var undoOutline: [OutlineStep] {
    state.undo.entries.reversed().compactMap { entry in
      let record = state.steps[entry.address]
      guard record != nil || state.isCurrent(entry.address),
        let step = undoLocation(of: entry.address)?.step
      else { return nil }
      return OutlineStep(step: step, address: entry.address, record: record, depth: 0)
    }
  }
}

/// Where steps are whose addresses are known from elsewhere.
private struct KnownPlaces {
  let addresses: Set<String>
  /// The rounds and iterations by the address of the loop.
  private(set) var indices: [String: Set<Int>] = [:]
  /// The steps that call a workflow.
  private(set) var calls: Set<String> = []

  init(_ addresses: Set<String>) {
    self.addresses = addresses
    for address in addresses {
      for slash in address.indices where address[slash] == "/" {
        let owner = address[..<slash]
        if owner.hasSuffix("]"), let bracket = owner.lastIndex(of: "["),
          let index = Int(owner[owner.index(after: bracket)...].dropLast())
        {
          indices[String(owner[..<bracket]), default: []].insert(index)
        } else {
          calls.insert(String(owner))
        }
      }
    }
  }

  func holdsAny(of list: StepList, _ surroundings: Surroundings) -> Bool {
    !addresses.isEmpty && list.steps.contains { addresses.contains(surroundings.prefix + $0.id) }
  }
}

private struct Outline {
  let state: RunState
  let known: KnownPlaces
  private(set) var steps: [OutlineStep] = []
  /// Recovery steps may be carried out for several steps.
  private var visited: Set<String> = []
  /// The first of recovery steps that are over.
  private var recovered: Set<String> = []

  init(state: RunState, known: KnownPlaces) {
    self.state = state
    self.known = known
  }

  mutating func visit(_ list: StepList, _ surroundings: Surroundings, depth: Int) {
    for step in list.steps {
      let address = surroundings.prefix + step.id
      guard known.addresses.isEmpty || visited.insert(address).inserted else { continue }
      let record = state.steps[address]
      steps.append(OutlineStep(step: step, address: address, record: record, depth: depth))
      visitRecovery(of: step, address, surroundings, depth + 1)
      visit(inside: step, address, record, surroundings, depth + 1)
    }
  }

  /// Visits a list and behind it the recovery steps of the defaults that were carried out for any of its steps:
  /// those that are over belong to none of them.
  mutating func visitWhole(_ list: StepList, _ surroundings: Surroundings, depth: Int) {
    visit(list, surroundings, depth: depth)
    guard state.hasRecovery || !known.addresses.isEmpty,
      case .recover(let branches)? = surroundings.workflow.defaultOnFailure
    else { return }
    for recovery in branches
    where known.holdsAny(of: recovery.steps, surroundings)
      || isToBeShown(recovery.steps, surroundings)
    {
      visit(recovery.steps, surroundings, depth: depth)
    }
  }

  private mutating func visitRecovery(
    of step: Step, _ address: String, _ surroundings: Surroundings, _ depth: Int
  ) {
    let open = state.recovery.open[address]?.start.branch
    guard open != nil || !known.addresses.isEmpty || state.hasRecovery else { return }
    for (branch, recovery) in step.recoveryBranches(in: surroundings.workflow).enumerated()
    where branch == open
      || !surroundings.workflow.hasDefaultRecovery(recovery.steps)
        && (known.holdsAny(of: recovery.steps, surroundings)
          || isToBeShown(recovery.steps, surroundings))
    {
      visit(recovery.steps, surroundings, depth: depth)
    }
  }

  /// Whether recovery steps that are over did something, and are not shown yet.
  private mutating func isToBeShown(_ list: StepList, _ surroundings: Surroundings) -> Bool {
    guard known.addresses.isEmpty, let first = list.steps.first else { return false }
    let address = surroundings.prefix + first.id
    guard state.steps[address]?.startedAt != nil else { return false }
    return !isOpen(list, surroundings) && recovered.insert(address).inserted
  }

  /// Whether they are being carried out for some step, beside which they are shown.
  private func isOpen(_ list: StepList, _ surroundings: Surroundings) -> Bool {
    state.recovery.open.values.contains { recovery in
      recovery.frame.flatMap { state.frames[$0] }.map {
        $0.list === list && $0.surroundings.prefix == surroundings.prefix
      } ?? false
    }
  }

  private mutating func visit(
    inside step: Step, _ address: String, _ record: StepRecord?, _ surroundings: Surroundings,
    _ depth: Int
  ) {
    func inside(_ index: Int) -> Surroundings {
      surroundings.inside(step, at: address, index: index)
    }
    let indices = known.indices[address] ?? []
    switch step.kind {
    case .section(let list), .parallel(let list): visit(list, surroundings, depth: depth)
    case .choose(let cases):
      let choice = record?.group?.start.choice
      for (index, list) in cases.map(\.steps).enumerated()
      where index == choice || known.holdsAny(of: list, surroundings) {
        visit(list, surroundings, depth: depth)
      }
    case .repeat(let loop):
      let rounds = indices.union([record?.group?.rounds].compactMap(\.self))
      for index in rounds.sorted() { visitWhole(loop.steps, inside(index), depth: depth) }
    case .forEach(let loop):
      let open = iterations(of: loop, record, inside)
      for index in indices.isEmpty ? open : indices.union(open).sorted() {
        visitWhole(loop.steps, inside(index), depth: depth)
      }
    case .workflow(let call):
      guard record?.group != nil || known.calls.contains(address),
        let definition = call.definition
      else { return }
      visitWhole(definition.steps, inside(0), depth: depth)
      visit(definition.finally, inside(0), depth: depth)
    default: break
    }
  }

  /// The iterations that are open, or were when the run ended.
  private func iterations(
    of loop: ForEach, _ record: StepRecord?, _ inside: (Int) -> Surroundings
  ) -> [Int] {
    guard let group = record?.group else { return [] }
    guard case .cancelled? = record?.phase, let first = loop.steps.steps.first else {
      return group.open.compactMap { state.frames[$0]?.index }
    }
    // What an iteration leaves behind is dropped when it is over.
    return (0..<group.nextItem).filter { state.steps[inside($0).prefix + first.id] != nil }
  }
}
