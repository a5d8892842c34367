import Fields
import Values
import Workflows

/// Says of every difference what moving the run means for it.
struct MigrationClassifier {
  let engine: RunEngine
  /// The run as it would stand in the new definition, with the inputs that it would have.
  let moved: RunEngine
  /// The same, standing at what is to be done although the run had passed its place.
  private(set) var ahead: RunEngine
  private let lost: Set<String>
  let new: Workflow
  let choices: MigrationChoices
  /// What the step at an address was when it was done, where an earlier version has done it.
  let stepAsDone: (String) -> Step?
  let differences: [WorkflowDifference]
  /// Steps that have only another id.
  let renamings: Renamings
  /// What is there and is not what the new version reads of it, by address.
  let unmet: [String: String]
  /// The addresses that a step has been begun at, by workflow and step.
  private(set) var begun: [Place: [String]] = [:]

  struct Place: Hashable {
    let workflow: String
    let step: String
  }

  init(
    engine: RunEngine, to new: Workflow, _ choices: MigrationChoices,
    _ stepAsDone: @escaping (String) -> Step?
  ) {
    self.engine = engine
    self.new = new
    self.choices = choices
    self.stepAsDone = stepAsDone
    differences = WorkflowComparison(from: engine.workflow, to: new).differences
    renamings = Renamings(differences)
    var moved = engine
    lost = Set(moved.take(new))
    for member in engine.newInputs(of: new, choices) {
      moved.state.header.inputs.sealed.set(member.key, nil)
      moved.state.header.inputs.clear.set(member.key, member.value.inJSON)
    }
    self.moved = moved
    ahead = moved
    unmet = Self.unmetReads(engine, moved, choices)
    for address in engine.state.steps.keys.sorted() {
      guard engine.state.undo.position(of: address) == nil,
        let (step, surroundings) = engine.location(of: address),
        engine.state.steps[address]?.startedAt != nil || !engine.state.isCurrent(address)
          || engine.standingInside(address) != nil
      else { continue }
      begun[Place(workflow: surroundings.workflow.id, step: step.id), default: []].append(address)
    }
    ahead = moved.standing(atWhatIsToDo: choices.toDo + toDoUnderNewIDs)
  }

  func plan() -> MigrationPlan {
    if let other = anotherWorkflow { return other }
    var items = differences.flatMap(items)
    let values = changedInputs.map(\.difference)
    items += changedInputs.map { item($0.difference, $0.name, $0.verdict) }
    items += begunWithOldInputs
    items += unfitInputs
    items += passedBeside(items)
    items += failedBeside(items)
    // Lists that are lost though no difference of their own says why.
    for address in lost.sorted() where !items.contains(where: { $0.isAbout(address) }) {
      items.append(
        MigrationItem(
          difference: nil, subject: address,
          verdict: .impossible(
            engine.isToBegin(address)
              ? aboutToBegin
              : "the run stands here, and the new workflow has no such place")))
    }
    let carried = carriedOver(differences)
    let given = givenApprovals(
      differences.filter { !isCarriedOver($0, carried) } + values)
    items += given.map { approval in
      MigrationItem(difference: nil, subject: approval.address, verdict: verdict(on: approval))
    }
    let asked = askedApprovals
    items += asked.map { address in
      MigrationItem(
        difference: nil, subject: address, verdict: verdict(onAsked: address, beside: items))
    }
    items += notTakenBack
    items += unmetItems(beside: items)
    items += putOtherwise.map { address, verdict in
      MigrationItem(difference: nil, subject: address, verdict: verdict)
    }
    return MigrationPlan(
      items: items, voided: given.filter(\.canBeAskedAgain).map(\.address), asked: asked,
      renamed: carried, toDoUnderNewIDs: toDoUnderNewIDs)
  }

  /// Of another workflow every step is another one: nothing else needs to be said.
  private var anotherWorkflow: MigrationPlan? {
    let other = differences.first { difference in
      if case .changed(key: "id", from: _, to: _) = difference.change {
        difference.subject == .workflow && difference.workflow == new.id
      } else {
        false
      }
    }
    guard let other else { return nil }
    return MigrationPlan(
      items: [item(other, other.workflow, head(other))], voided: [], asked: [], renamed: [:],
      toDoUnderNewIDs: [])
  }

  private func items(for difference: WorkflowDifference) -> [MigrationItem] {
    switch difference.subject {
    case .workflow: [item(difference, difference.workflow, head(difference))]
    case .input(let name): input(difference, name)
    case .output(let name): [item(difference, name, .safe(output(difference)))]
    case .role(let name): [item(difference, name, .safe("counts for what is asked from now on"))]
    case .operation(let name): [item(difference, name, .safe(changedOperation(name)))]
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
    let addresses = begunOrDone(id, in: difference.workflow)
    switch difference.change {
    case .added: return placed(difference, id)
    case .moved(let from, let to)
    where renamings.areAlike(from.list, to.list, in: difference.workflow):
      return [item(difference, id, .safe("it goes with the step that it stands in"))]
    case .moved where addresses.isEmpty: return placed(difference, id)
    case .moved: return addresses.map { item(difference, $0, movedStep($0)) }
    case .removed where addresses.isEmpty, .changed where addresses.isEmpty:
      return [item(difference, id, .safe(notBegun(difference, id)))]
    case .removed: return addresses.map { item(difference, $0, removedStep($0)) }
    case .changed(let key, _, _):
      return addresses.map { item(difference, $0, changedStep($0, difference, key)) }
    }
  }

  private var aboutToBegin: String {
    "the run is about to begin it, and the new workflow has no such place: `baton resume` begins it"
  }

  private func movedStep(_ address: String) -> MigrationItem.Verdict {
    if lost.contains(address) { return .impossible("the run stands at it, and its place is gone") }
    if let verdict = otherPlace(of: address) { return verdict }
    if engine.state.isCurrent(address), !moved.state.isCurrent(address) {
      return .impossible(aboutToBegin)
    }
    if isFailedAndToCome(address) { return verdict(onFailed: address) }
    return engine.state.isCurrent(address)
      ? .safe("the run stands at it, and goes on after it as the new workflow says")
      : .safe(
        hasOutcome(at: address)
          ? "it was begun already, and is not done twice"
          : "it was begun already, and goes on where the run comes to it")
  }

  private func removedStep(_ address: String) -> MigrationItem.Verdict {
    guard engine.state.isCurrent(address) else {
      return .safe("what it came to stays in the record")
    }
    if engine.isToBegin(address) {
      return lost.contains(address)
        ? .impossible(aboutToBegin) : .safe("nothing has come of it, and it is not begun")
    }
    switch engine.state.steps[address]?.phase {
    case .inside?:
      return .impossible(
        "the run stands inside it: it can go away once the steps in it are over")
    case .acted?:
      return .impossible("the run stands at it: `baton resume` brings it to an end")
    default: break
    }
    if case .approve? = engine.step(at: address)?.kind {
      return .impossible("the run stands at it: it is decided first, with `baton approve`")
    }
    return .impossible(
      "the run stands at it: bring it to an end first, with `baton done` or `baton skip`")
  }

  private func changedStep(
    _ address: String, _ difference: WorkflowDifference, _ key: String
  ) -> MigrationItem.Verdict {
    if lost.contains(address) {
      return .impossible("the run stands at it, and it is of another kind")
    }
    if let verdict = changedWhereGiven(address, key) { return verdict }
    guard engine.state.isCurrent(address) || engine.listAhead(at: address) != nil,
      let record = engine.state.steps[address]
    else {
      if key == "for_each.collect", difference.isNew, let record = engine.state.steps[address],
        case .succeeded = record.phase
      {
        return notCollected(address, record)
      }
      return passedChange(address, key)
    }
    if let verdict = changedCorrection(address, key, record) { return verdict }
    switch record.phase {
    case .waiting(let waiting, _): return changedWait(address, difference, key, waiting)
    case .inside where key == "workflow":
      return .impossible("the run stands inside the workflow that it called")
    case .inside where key == "for_each.collect" && difference.isNew:
      return notCollected(address, record)
    case .inside where key == "for_each.collect" && record.group?.collected.isEmpty == false:
      return unmet[address].map { decision($0, address, [.keep]) }
        ?? .safe("counts for items to come: what was collected of those that are over stays")
    case .inside: return .safe("what was decided at its start stays; the rest counts from now on")
    case .attempting, .lost:
      return .safe(
        "what came of its last try is found out before the run is moved: counts for a next one")
    default: return .safe("counts for the next try")
    }
  }

  /// What a loop that gives a list from now on has nothing of: its items that are over.
  private func notCollected(_ address: String, _ record: StepRecord) -> MigrationItem.Verdict {
    let over = record.group?.endedCount ?? 0
    guard over > 0 else { return .safe("counts for all items") }
    let message =
      "what came of the items that are over was not collected: the list that it gives lacks "
      + (over == 1 ? "that of one" : "those of \(over)")
    guard let (step, surroundings) = moved.location(of: address),
      let reader = readerToCome(step, surroundings)
    else { return .safe(message) }
    return decision("\(message), and \(reader) it", address, [.keep])
  }

  private func passedChange(_ address: String, _ key: String) -> MigrationItem.Verdict {
    let record = engine.state.steps[address]
    if record?.isSkipped ?? false {
      if let message = unmet[address] { return decision(message, address, [.keep]) }
      let isInLoop = moved.location(of: address)?.surroundings.loops.isEmpty == false
      return .safe(
        "it was passed over, and is not done later"
          + (isInLoop ? ": counts for items and rounds to come" : ""))
    }
    guard let record, case .succeeded = record.phase else {
      return .safe("counts when the run comes to it")
    }
    if let message = unmet[address] { return decision(message, address, [.keep]) }
    if let fields = moved.step(at: address)?.outputFields,
      case .failure(let problems) = fields.complete(
        fieldsOnly(record.outputs.openedOrLeftOut(by: engine.vault), fields),
        hiding: Set(record.outputs.sealed.names))
    {
      return decision(
        "it is done, and its outputs are not what later steps may expect now: \(problems)", address,
        [.keep])
    }
    if key == "verify", address == engine.state.checkpoints.last,
      moved.step(at: address)?.verify.isEmpty == false
    {
      return .safe("it is done, and is tested anew, as the last checkpoint, before the run goes on")
    }
    return .safe("it is done, and stays as it was")
  }

  private func fieldsOnly(_ values: ValueMap, _ fields: FieldSet) -> ValueMap {
    var result = ValueMap()
    for field in fields.fields { result[field.name] = values[field.name] }
    return result
  }
}

extension WorkflowDifference {
  /// Whether the old version did not have the key.
  fileprivate var isNew: Bool {
    if case .changed(key: _, from: nil, to: _) = change { true } else { false }
  }
}

extension StepRecord {
  fileprivate var isSkipped: Bool { if case .skipped = phase { true } else { false } }
}

extension MigrationItem {
  fileprivate func isAbout(_ address: String) -> Bool {
    if case .impossible = verdict { subject == address } else { false }
  }
}
