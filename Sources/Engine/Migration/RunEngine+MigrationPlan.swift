import Fields
package import Values
package import Workflows

extension RunEngine {
  /// Classifies every difference to another version of the workflow for the run as it stands.
  ///
  /// What came of an attempt may still be open where the plan is only read; before the run is moved
  /// that is settled (``nextToSettle(now:)``).
  ///
  /// - Parameters:
  ///   - now: nil stands for the moment of the last event.
  ///   - stepAsDone: what the step at an address was when it was done, where an earlier version of the
  ///     workflow has done it.
  /// - Throws: where the run cannot be moved at all as it stands, whatever the differences.
  package func migrationPlan(
    to new: Workflow, _ choices: MigrationChoices, now: Timestamp? = nil,
    stepAsDone: @escaping (_ address: String) -> Step? = { _ in nil }
  ) throws(Refusal) -> MigrationPlan {
    try refuseMigration(now: now ?? state.lastAt)
    let plan = MigrationClassifier(engine: self, to: new, choices, stepAsDone).plan()
    var unknown = Set(choices.decisions.keys).subtracting(plan.keys)
    if !unknown.isEmpty {
      // One decision may settle what another was for.
      let undecided = MigrationChoices(inputs: choices.inputs)
      unknown.subtract(
        MigrationClassifier(engine: self, to: new, undecided, stepAsDone).plan().keys)
    }
    if let key = unknown.min() { throw Refusal("there is nothing to decide about `\(key)`") }
    return plan
  }

  private func refuseMigration(now: Timestamp) throws(Refusal) {
    if case .ended(let status, _) = state.phase {
      throw Refusal(
        "the run is over: it \(status.sentence), and is not moved to another workflow any more")
    }
    if case .undoing(.checkpoint, _) = state.phase {
      throw Refusal(
        "the run goes back to a checkpoint: that comes to its end before it is moved",
        hint: currentHint)
    }
    guard case .main = state.phase else {
      throw Refusal("the run is ending: it is not moved to another workflow any more")
    }
    if let owner = state.recovery.open.keys.sorted().first {
      throw Refusal(
        "the recovery steps of `\(owner)` are under way: they are brought to an end first")
    }
    try refuseWithDoubts("that is settled before the run is moved", now: now)
  }

  /// The events that move the run, all or nothing.
  ///
  /// - Parameters:
  ///   - definition: path in `definition/` to SHA-256, of every file pinned for it.
  ///   - file: where the workflow came from.
  package func migration(
    to new: Workflow, by plan: MigrationPlan, _ choices: MigrationChoices, definition: ValueMap,
    file: String, reason: String?, now: Timestamp
  ) -> [PendingEvent] {
    let chosen = plan.chosen
    let toDo = addresses(in: chosen, for: .doIt) + plan.toDoUnderNewIDs
    var migration = Migration(
      to: new, definition: definition, decisions: chosen.filter { $0.value != "" }, toDo: toDo,
      voided: givers(of: plan.voided + plan.asked), renamed: plan.renamed,
      inputs: inputs(of: new, choices), reason: reason)
    migration.workflowFile = file
    var moved = self
    moved.expect(new)
    moved.apply(Event(.recovery(.migrated(migration)), at: now))
    migration.rungs = moved.renumberedRungs(since: self)
    return [PendingEvent(.recovery(.migrated(migration)))]
      + chosen.keys.sorted().flatMap { moved.consequences(of: $0, chosen[$0] ?? "") }
      + moved.voidedApprovals(by: plan, askedBy: self, now: now)
      + moved.waitsPutAnew(but: addresses(in: chosen, for: .again), askedBy: self)
      + moved.passedUnderNewIDs(plan.renamed)
  }

  private func addresses(
    in chosen: [String: String], for choice: MigrationDecision.Choice
  ) -> [String] {
    chosen.filter { $0.value == choice.rawValue }.keys.sorted()
  }

  /// The inputs that were given, and the defaults of those that are new.
  func newInputs(of new: Workflow, _ choices: MigrationChoices) -> ValueMap {
    let known = Set(state.header.inputs.names)
    var changed = new.inputs.coerce(choices.inputs)
    for field in new.inputs.fields where !known.contains(field.name) && changed[field.name] == nil {
      changed[field.name] = field.defaultValue
    }
    return changed
  }

  private func inputs(of new: Workflow, _ choices: MigrationChoices) -> StoredValues {
    // One that was sealed stays so: what is sealed counts before what is clear.
    let sealed = state.header.inputs.sealed
    return StoredValues(
      newInputs(of: new, choices),
      sensitive: { (new.inputs[$0]?.isSensitive ?? false) || sealed[$0] != nil }, vault: vault)
  }

  private func consequences(of key: String, _ choice: String) -> [PendingEvent] {
    switch MigrationDecision.Choice(rawValue: choice) {
    case .leaveOut?:
      let message = "the procedure got this step when the run had passed its place"
      return [PendingEvent(.stepSkipped(reason: "migration", message: message), step: key)]
    case .again?:
      guard case .waiting? = state.steps[key]?.phase else { return [] }
      return [
        PendingEvent(
          .stepRetried(with: StoredValues(), again: false, reason: "the procedure has changed"),
          step: key)
      ]
    case .keep?, .doIt?, nil: return []
    }
  }

  /// Who gave approvals, of those that somebody gave.
  private func givers(of approvals: [String]) -> [String: [String]] {
    var givers: [String: [String]] = [:]
    for address in approvals {
      let people = state.steps[address]?.people.decisions.map(\.by.id) ?? []
      if !people.isEmpty { givers[address] = people }
    }
    return givers
  }

  /// An approval was of what the old definition releases, whether it was given or is being asked
  /// for.
  private func voidedApprovals(
    by plan: MigrationPlan, askedBy before: RunEngine, now: Timestamp
  ) -> [PendingEvent] {
    Set(plan.asked + plan.voided).sorted().map { address in
      if let waiting = approvalAskedAnew(address, askedBy: before, now: now) {
        return PendingEvent(.stepWaiting(waiting), step: address)
      }
      return PendingEvent(
        .stepRetried(with: StoredValues(), again: false, reason: "the procedure has changed"),
        step: address)
    }
  }
}
