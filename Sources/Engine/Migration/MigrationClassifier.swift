import Fields
import Values
import Workflows

/// Says of every difference what moving the run means for it.
struct MigrationClassifier {
  let engine: RunEngine
  /// The run as it would stand in the new definition, with the inputs that it would have.
  private(set) var moved: RunEngine
  private let lost: Set<String>
  let new: Workflow
  let choices: MigrationChoices
  /// The addresses that a step has been begun at, by workflow and step.
  private(set) var begun: [Place: [String]] = [:]

  struct Place: Hashable {
    let workflow: String
    let step: String
  }

  init(engine: RunEngine, to new: Workflow, _ choices: MigrationChoices) {
    self.engine = engine
    self.new = new
    self.choices = choices
    var moved = engine
    lost = Set(moved.take(new))
    self.moved = moved
    for member in engine.newInputs(of: new, choices) {
      self.moved.state.header.inputs.sealed.set(member.key, nil)
      self.moved.state.header.inputs.clear.set(member.key, member.value.inJSON)
    }
    for address in engine.state.steps.keys.sorted() {
      guard engine.state.undo.position(of: address) == nil,
        let (step, surroundings) = engine.location(of: address)
      else { continue }
      begun[Place(workflow: surroundings.workflow.id, step: step.id), default: []].append(address)
    }
    for address in engine.currentAddresses where engine.state.steps[address] == nil {
      guard let (step, surroundings) = engine.location(of: address) else { continue }
      begun[Place(workflow: surroundings.workflow.id, step: step.id), default: []].append(address)
    }
  }

  func plan() -> MigrationPlan {
    let differences = WorkflowComparison(from: engine.workflow, to: new).differences
    var items = differences.flatMap(items)
    let values = changedInputs.map(\.difference)
    items += changedInputs.map { item($0.difference, $0.name, $0.verdict) }
    items += unfitInputs
    // Lists that are lost though no difference of their own says why.
    for address in lost.sorted() where !items.contains(where: { $0.isAbout(address) }) {
      items.append(
        MigrationItem(
          difference: nil, subject: address,
          verdict: .impossible("the run stands here, and the new workflow has no such place")))
    }
    let given = givenApprovals(differences + values)
    items += given.map { approval in
      MigrationItem(difference: nil, subject: approval.address, verdict: verdict(on: approval))
    }
    let asked = askedApprovals
    items += asked.map { address in
      MigrationItem(difference: nil, subject: address, verdict: verdict(onAsked: address))
    }
    items += putOtherwise.map { address, verdict in
      MigrationItem(difference: nil, subject: address, verdict: verdict)
    }
    return MigrationPlan(
      items: items, voided: given.filter(\.canBeAskedAgain).map(\.address), asked: asked)
  }

  private func items(for difference: WorkflowDifference) -> [MigrationItem] {
    switch difference.subject {
    case .workflow: [item(difference, difference.workflow, head(difference))]
    case .input(let name): input(difference, name)
    case .output(let name): [item(difference, name, .safe("counts when the run ends"))]
    case .role(let name): [item(difference, name, .safe("counts for what is asked from now on"))]
    case .operation(let name): [item(difference, name, .safe("counts from the next call on"))]
    case .event(let name): [item(difference, name, .safe("counts for events from now on"))]
    case .calendar(let name):
      [item(difference, name, .safe("timers that run keep their moment"))]
    case .step(let id): step(difference, id)
    }
  }

  func item(
    _ difference: WorkflowDifference, _ subject: String, _ verdict: MigrationItem.Verdict
  ) -> MigrationItem {
    MigrationItem(difference: difference, subject: subject, verdict: verdict)
  }

  func decision(
    _ message: String, _ key: String, _ offered: [MigrationDecision.Choice]?
  ) -> MigrationItem.Verdict {
    let chosen = choices.decisions[key].flatMap { word in
      offered?.contains { $0.rawValue == word } ?? false ? word : nil
    }
    return .decision(message, MigrationDecision(key: key, choices: offered), chosen: chosen)
  }

  // MARK: The head

  private func head(_ difference: WorkflowDifference) -> MigrationItem.Verdict {
    switch difference.change {
    case .changed(key: "id", from: _, to: _) where difference.workflow == new.id:
      .impossible("it is another workflow, not another version of this one")
    case .changed(key: "run_name", from: _, to: _), .changed(key: "labels", from: _, to: _):
      .safe("the run keeps the name and the labels it was started with")
    case .changed(key: "calendar", from: _, to: _): .safe("timers that run keep their moment")
    case .removed: removedWorkflow(difference)
    default: .safe("counts from now on")
    }
  }

  private func removedWorkflow(_ difference: WorkflowDifference) -> MigrationItem.Verdict {
    let isOpen = engine.state.frames.values.contains {
      $0.surroundings.workflow.id == difference.workflow
    }
    return isOpen
      ? .impossible("the run stands inside it") : .safe("the run does not stand inside it")
  }

  // MARK: Steps

  private func step(_ difference: WorkflowDifference, _ id: String) -> [MigrationItem] {
    let addresses = begun[Place(workflow: difference.workflow, step: id)] ?? []
    switch difference.change {
    case .added: return placed(difference, id)
    case .moved where addresses.isEmpty: return placed(difference, id)
    case .moved: return addresses.map { item(difference, $0, movedStep($0)) }
    case .removed where addresses.isEmpty, .changed where addresses.isEmpty:
      return [item(difference, id, .safe(notBegun(difference, id)))]
    case .removed: return addresses.map { item(difference, $0, removedStep($0)) }
    case .changed(let key, _, _):
      return addresses.map { item(difference, $0, changedStep($0, key)) }
    }
  }

  /// A step that is new in its place: ahead of the run, or passed already.
  private func placed(_ difference: WorkflowDifference, _ id: String) -> [MigrationItem] {
    var passed: [MigrationItem] = []
    for frame in moved.state.frames.values {
      guard frame.surroundings.workflow.id == difference.workflow,
        let position = frame.list.position(of: id),
        position < frame.cursor || frame.role == .branch,
        !passed.contains(where: { $0.subject == frame.surroundings.prefix + id }),
        moved.state.steps[frame.surroundings.prefix + id] == nil
      else { continue }
      passed.append(
        item(
          difference, frame.surroundings.prefix + id,
          passedStep(frame.list.steps[position], frame)))
    }
    guard passed.isEmpty else { return passed.sorted { $0.subject < $1.subject } }
    let done = doneBefore(id, in: difference.workflow)
    guard done.isEmpty else {
      return done.map {
        item(difference, $0, .safe("it was done already, and is not done twice"))
      }
    }
    if let reason = isBehind(id, in: difference.workflow) {
      return [item(difference, id, .safe(reason))]
    }
    return [item(difference, id, .safe("it comes later"))]
  }

  /// The step at which a list stands, where that is worked on by lists of its own: nothing goes back
  /// from there.
  private func openStep(of frame: Frame) -> String? {
    guard let address = frame.currentAddress, case .inside? = moved.state.steps[address]?.phase
    else { return nil }
    return address
  }

  private func passedStep(_ step: Step, _ frame: Frame) -> MigrationItem.Verdict {
    let surroundings = frame.surroundings
    let address = surroundings.prefix + step.id
    var message = "the run has passed its place"
    var canDo = true
    if frame.role == .branch {
      message = "the steps beside it were begun without it"
      canDo = false
    } else if let inside = openStep(of: frame) {
      message = "the run stands inside `\(inside)`, which comes after it"
      canDo = false
    }
    if let reader = surroundings.workflow.reader(needing: step) {
      let reason = "\(message), and \(reader) its outputs"
      return canDo ? decision(reason, address, [.doIt]) : .impossible(reason)
    }
    return decision(message, address, canDo ? [.doIt, .leaveOut] : [.leaveOut])
  }

  /// Why a step is not carried out though nobody passed it: what it stands in is over.
  private func isBehind(_ id: String, in workflow: String) -> String? {
    guard let definition = new.definitions.first(where: { $0.id == workflow }),
      var owner = definition.step(named: id)?.parent.map({ definition.allSteps[$0] })
    else { return nil }
    while true {
      let addresses = begun[Place(workflow: workflow, step: owner.id)] ?? []
      if addresses.contains(where: { engine.state.steps[$0]?.isOver ?? false }) {
        return "`\(owner.id)` is over and is not done again: the step is left out"
      }
      guard let outer = owner.parent.map({ definition.allSteps[$0] }) else { return nil }
      owner = outer
    }
  }

  private func movedStep(_ address: String) -> MigrationItem.Verdict {
    if lost.contains(address) { return .impossible("the run stands at it, and its place is gone") }
    guard moved.location(of: address) != nil else {
      return .impossible("its address changes, and what it came to would not be found")
    }
    return engine.state.isCurrent(address)
      ? .safe("the run stands at it, and goes on after it as the new workflow says")
      : .safe("it was begun already, and is not done twice")
  }

  private func removedStep(_ address: String) -> MigrationItem.Verdict {
    if engine.state.isCurrent(address) {
      return .impossible(
        "the run stands at it: bring it to an end first, with `baton done` or `baton skip`")
    }
    return .safe("what it came to stays in the record")
  }

  private func changedStep(_ address: String, _ key: String) -> MigrationItem.Verdict {
    if lost.contains(address) {
      return .impossible("the run stands at it, and it is of another kind")
    }
    guard engine.state.isCurrent(address), let record = engine.state.steps[address] else {
      return passedChange(address)
    }
    switch record.phase {
    case .waiting(let waiting, _): return changedWait(address, key, waiting)
    case .inside where key == "workflow":
      return .impossible("the run stands inside the workflow that it called")
    case .inside: return .safe("what was decided at its start stays; the rest counts from now on")
    default: return .safe("counts for the next try")
    }
  }

  private func passedChange(_ address: String) -> MigrationItem.Verdict {
    guard let record = engine.state.steps[address], case .succeeded = record.phase else {
      return .safe("counts when the run comes to it")
    }
    if let fields = moved.step(at: address)?.outputFields,
      case .failure(let problems) = fields.complete(
        fieldsOnly(record.outputs.openedOrLeftOut(by: engine.vault), fields))
    {
      return decision(
        "it is done, and its outputs are not what later steps may expect now: \(problems)", address,
        [.keep])
    }
    return .safe("it is done, and stays as it was")
  }

  private func fieldsOnly(_ values: ValueMap, _ fields: FieldSet) -> ValueMap {
    var result = ValueMap()
    for field in fields.fields { result[field.name] = values[field.name] }
    return result
  }

  private func changedWait(
    _ address: String, _ key: String, _ waiting: Waiting
  ) -> MigrationItem.Verdict {
    switch waiting.cause {
    case .answer where key.hasPrefix("ask."):
      return decision("people are being asked", address, [.keep, .again])
    case .event where key == "wait":
      return decision("the run waits here for something else now", address, [.again])
    case .time where key == "wait": return .safe("the time that runs stays as it is")
    default:
      return key == "due" || key == "expires" || key == "remind" || key == "escalate"
        ? .safe("deadlines that run keep their moments") : .safe("counts from now on")
    }
  }
}

extension MigrationItem {
  fileprivate func isAbout(_ address: String) -> Bool {
    if case .impossible = verdict { subject == address } else { false }
  }
}
