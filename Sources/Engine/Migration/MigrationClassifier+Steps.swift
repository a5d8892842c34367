import Values
import Workflows

/// Steps that are new in their place: ahead of the run, passed already, or in what is over.
extension MigrationClassifier {
  /// A step that the run has under another id, at one address, and what it is called there from now on.
  struct Renamed {
    let old: String
    let new: String
    /// Something done in it that stays, where the step itself is to be carried out: after a rewind that
    /// went back before it.
    let standing: String?
  }

  func placed(_ difference: WorkflowDifference, _ id: String) -> [MigrationItem] {
    let renamed = self.renamed(difference, id)
    let placed = firstPlaced(difference, id, renamed)
    // Of one that is in several calls each is decided about.
    let said = Set(placed.map(\.subject))
    let left = renamed.filter { !said.contains($0.new) }
    if left.isEmpty || placed.isEmpty { return placed + toCome(difference, id, left, placed) }
    let over = behind(difference, id, left) + closed(difference, id, left)
    let others = over.filter { item in left.contains { $0.new == item.subject } }
    let rest = left.filter { renamed in !others.contains { $0.subject == renamed.new } }
    return placed + others + toCome(difference, id, rest, placed)
  }

  /// What is to be said of a step where the run has passed it, has done it before, or does not come to it.
  private func firstPlaced(
    _ difference: WorkflowDifference, _ id: String, _ renamed: [Renamed]
  ) -> [MigrationItem] {
    let failed = failedToCome.filter { isStep(id, of: difference.workflow, at: $0) }
    guard failed.isEmpty else {
      return failed.map { item(difference, $0, verdict(onFailed: $0)) }
    }
    let passed = self.passed(difference, id, renamed)
    guard passed.isEmpty else { return passed + besidePassed(difference, id) }
    let done = doneBefore(id, in: difference.workflow)
    guard done.isEmpty else {
      return done.map { item(difference, $0, verdict(onDone: $0)) }
    }
    let behind = self.behind(difference, id, renamed)
    guard behind.isEmpty else { return behind }
    return closed(difference, id, renamed)
  }

  /// What is to be said of a step that the run comes to.
  private func toCome(
    _ difference: WorkflowDifference, _ id: String, _ renamed: [Renamed], _ said: [MigrationItem]
  ) -> [MigrationItem] {
    let later = laterStep(difference, id)
    guard renamed.isEmpty else {
      return renamed.map { renamed in
        let isOver = isInRoundOver(renamed.new)
        let message =
          (isOver ? "its round is over, and is not done again" : later)
          + "; \(words(of: renamed))"
        let offered: [MigrationDecision.Choice] = isOver ? [.keep, .leaveOut] : [.keep, .doIt]
        return item(difference, renamed.new, decision(message, renamed.new, offered))
      }
    }
    return said.isEmpty ? [item(difference, id, .safe(later))] : []
  }

  // MARK: Passed

  private func passed(
    _ difference: WorkflowDifference, _ id: String, _ renamed: [Renamed]
  ) -> [MigrationItem] {
    var passed: [String: MigrationItem] = [:]
    for frame in moved.state.frames.values {
      let address = frame.surroundings.prefix + id
      guard frame.surroundings.workflow.id == difference.workflow,
        let position = frame.list.position(of: id),
        frame.role != .again, position < frame.cursor || frame.role == .branch,
        passed[address] == nil, !hasOutcome(at: address), !moved.state.isCurrent(address)
      else { continue }
      let verdict = passedStep(
        frame.list.steps[position], frame, renamed.first { $0.new == address })
      passed[address] = item(difference, address, verdict)
    }
    return passed.values.sorted { $0.subject < $1.subject }
  }

  /// The step at which a list stands, where that is worked on by lists of its own: nothing goes back
  /// from there.
  private func openStep(of frame: Frame) -> String? {
    guard let address = frame.currentAddress, case .inside? = moved.state.steps[address]?.phase
    else { return nil }
    return address
  }

  func passedStep(
    _ step: Step, _ frame: Frame, _ renamed: Renamed?
  ) -> MigrationItem.Verdict {
    let surroundings = frame.surroundings
    let address = surroundings.prefix + step.id
    var message = "the run has passed its place"
    var choices: [MigrationDecision.Choice] = [.doIt]
    if frame.role == .branch {
      message = "the steps beside it were begun without it"
      choices = []
    } else if let inside = openStep(of: frame) {
      message = "the run stands inside `\(inside)`, which comes after it"
      choices = []
    }
    // What is to be carried out cannot be kept where the run does not go back to it.
    if let renamed, renamed.standing == nil || choices.contains(.doIt) {
      message += "; \(words(of: renamed))"
      choices.insert(.keep, at: 0)
    }
    if choices.contains(.doIt) { message += wordsOfEffect(at: address) }
    if let reader = readerToCome(step, surroundings) {
      message += ", and \(reader) its outputs"
      return choices.isEmpty ? .impossible(message) : decision(message, address, choices)
    }
    return decision(message, address, choices + [.leaveOut])
  }

  // MARK: In what is over

  /// A step that is not carried out though nobody passed it, since what it stands in is over.
  private func behind(
    _ difference: WorkflowDifference, _ id: String, _ renamed: [Renamed]
  ) -> [MigrationItem] {
    guard let definition = new.definitions.first(where: { $0.id == difference.workflow }),
      let step = definition.step(named: id)
    else { return [] }
    var owner = step.parent.map { definition.allSteps[$0] }
    while let outer = owner {
      if let passed = passedWith(difference, step, in: outer, definition) { return [passed] }
      let over = (begun[Place(workflow: definition.id, step: outer.id)] ?? []).filter {
        engine.state.steps[$0]?.isNotEnteredAgain ?? false
      }
      guard over.isEmpty else {
        return over.map { address in
          behind(difference, step, in: outer, at: address, definition, renamed)
        }
      }
      owner = outer.parent.map { definition.allSteps[$0] }
    }
    return []
  }

  /// A step of one that is new and that the run has passed: it goes the way of that.
  private func passedWith(
    _ difference: WorkflowDifference, _ step: Step, in owner: Step, _ definition: Workflow
  ) -> MigrationItem? {
    guard (begun[Place(workflow: definition.id, step: owner.id)] ?? []).isEmpty else { return nil }
    let isPassed = moved.state.frames.values.contains { frame in
      guard frame.surroundings.workflow === definition, frame.role != .again,
        let position = frame.list.position(of: owner.id), frame.list.steps[position] === owner
      else { return false }
      return position < frame.cursor
    }
    guard isPassed else { return nil }
    return item(
      difference, step.id, .safe("it is done, or left out, with `\(owner.id)`, which is passed"))
  }

  private func behind(
    _ difference: WorkflowDifference, _ step: Step, in owner: Step, at over: String,
    _ definition: Workflow, _ renamed: [Renamed]
  ) -> MigrationItem {
    let message = wordsOfOver(owner, at: over)
    // What is in a loop or in a way that was not taken is seen by nothing outside.
    guard step.loopDepth(in: definition) == owner.loopDepth(in: definition),
      case .succeeded? = engine.state.steps[over]?.phase,
      let surroundings = moved.location(of: over)?.surroundings
    else { return item(difference, step.id, .safe("\(message): the step is left out")) }
    let address = surroundings.prefix + step.id
    let reader = isInChoice(step, below: owner, definition) ? nil : readerToCome(step, surroundings)
    let needed = reader.map { ", and \($0) its outputs" } ?? ""
    if let renamed = renamed.first(where: { $0.new == address }) {
      return item(
        difference, address,
        decision(
          "\(message); \(words(of: renamed))\(needed)", address,
          reader == nil ? [.keep, .leaveOut] : [.keep]))
    }
    return item(
      difference, address,
      reader == nil ? .safe("\(message): the step is left out") : .impossible(message + needed))
  }

  /// Whether a step stands in a case of a choice, in a step or below it.
  private func isInChoice(_ step: Step, below owner: Step, _ definition: Workflow) -> Bool {
    var inner = step
    while let parent = inner.parent, inner !== owner {
      inner = definition.allSteps[parent]
      if case .choose = inner.kind { return true }
    }
    return false
  }

  // MARK: Readers

  /// What is still to come and cannot do without what a step, or one inside it, gives: `b` needs.
  func readerToCome(_ step: Step, _ surroundings: Surroundings) -> String? {
    let workflow = surroundings.workflow
    // What the call gives is worked out already.
    if let call = surroundings.call, engine.state.steps[call]?.isOver ?? false { return nil }
    for producer in step.giving {
      let reader = workflow.readers(of: producer, outside: step).first { reader in
        reader.step.map { !isOver($0, surroundings) } ?? true
      }
      if let reader { return reader.sentence(in: workflow) }
    }
    return nil
  }

  /// Whether a step, or one that it stands in, is over where another stands.
  private func isOver(_ step: Step, _ surroundings: Surroundings) -> Bool {
    var inner = step
    while true {
      if moved.state.steps[surroundings.prefix + inner.id]?.isOver ?? false { return true }
      guard let parent = inner.parent else { return false }
      inner = surroundings.workflow.allSteps[parent]
    }
  }

  // MARK: Under another id

  /// The addresses at which a step that seems to be new was done under the id that it had.
  private func renamed(_ difference: WorkflowDifference, _ id: String) -> [Renamed] {
    guard let oldID = renamings.oldID(of: difference) else { return [] }
    return (begun[Place(workflow: difference.workflow, step: oldID)] ?? []).compactMap { old in
      let new = old.dropLast(oldID.count) + id
      let standing = engine.standingInside(old)
      guard engine.state.steps[old]?.hasOutcome ?? false || standing != nil,
        let step = moved.location(of: String(new))?.step, step.keepsOutcome,
        moved.isAddress(String(new))
      else { return nil }
      return Renamed(old: old, new: String(new), standing: standing)
    }
  }

  func words(of renamed: Renamed) -> String {
    let old = "it is what `\(renamed.old)` was"
    guard let standing = renamed.standing else { return "\(old), whose outcome it can keep" }
    return "\(old), which the run went back before; `keep`: `\(standing)` is not done again in it"
  }

  /// The steps that are carried out under their new id, with what stays done in them.
  var toDoUnderNewIDs: [String] {
    carriedOver(differences).filter { !(engine.state.steps[$0.key]?.hasOutcome ?? false) }
      .values.sorted()
  }

  /// The steps that keep their outcome under another id, as was decided: the new address of each old
  /// one.
  func carriedOver(_ differences: [WorkflowDifference]) -> [String: String] {
    var carried: [String: String] = [:]
    for difference in differences {
      guard case .step(let id) = difference.subject else { continue }
      for renamed in self.renamed(difference, id) {
        guard choices.decisions[renamed.new] == MigrationDecision.Choice.keep.rawValue else {
          continue
        }
        carried[renamed.old] = renamed.new
      }
    }
    return carried
  }

  /// Whether a step that seems to be new keeps what was done under the id that it had: it releases
  /// nothing then.
  func isCarriedOver(_ difference: WorkflowDifference, _ carried: [String: String]) -> Bool {
    guard case .step(let id) = difference.subject else { return false }
    let renamed = self.renamed(difference, id)
    return !renamed.isEmpty && renamed.allSatisfy { carried[$0.old] == $0.new }
  }
}

extension StepRecord {
  /// Whether nobody comes to the steps in it any more: it is over, or they are and it has failed since.
  var isNotEnteredAgain: Bool {
    if isOver || isPassedOver { return true }
    switch phase {
    case .acted, .failed(acted: true): return true
    default: return false
    }
  }
}

extension Step {
  /// Whether what it came to can be kept under another id: an approval is of the procedure as it was.
  fileprivate var keepsOutcome: Bool {
    switch kind {
    case .approve, .goTo, .finish: false
    default: true
    }
  }
}
