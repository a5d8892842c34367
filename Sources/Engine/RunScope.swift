package import CEL
import Fields
package import Values
import Workflows

/// What an expression of a run can see.
package struct RunScope: Activation {
  let reader: StateReader
  /// Where the expression stands.
  let surroundings: Surroundings
  let address: String
  let now: Timestamp
  /// Names of the place itself: `outputs`, `error`, `event` …
  var extra: [String: Value] = [:]
  /// What the step itself gives, while it is tested and not yet done.
  private var own: Value?
  /// What is sealed and cannot be opened of the names of the place itself.
  private var lacking: [LockedPart] = []
  /// What is sensitive of the names of the place itself, by the names.
  private var sealings: [(name: String, sealing: Sealing)] = []

  init(reader: StateReader, surroundings: Surroundings, address: String, now: Timestamp) {
    self.reader = reader
    self.surroundings = surroundings
    self.address = address
    self.now = now
  }

  package func value(named name: String) -> Value? {
    if !extra.isEmpty, let value = extra[name] { return value }
    if !surroundings.loops.isEmpty, let value = loopValue(named: name) { return value }
    switch name {
    case "inputs": return .map(reader.inputs(in: surroundings))
    case "steps":
      let own = own.map { (address, $0) }
      return .object(StepsObject(reader: reader, surroundings: surroundings, own: own))
    case "run": return .object(RunObject(reader: reader, surroundings: surroundings))
    case "now": return .timestamp(now)
    case "@run": return .string(reader.state.header.run)
    case "@address": return .string(address)
    case "@calendar": return .object(surroundings.workflow.calendarValue)
    default: return nil
    }
  }

  /// What is sealed and cannot be opened.
  package var unknowns: [Unknown] { lockedParts.map(\.unknown) }

  /// The parts of what the place sees that cannot be opened, with what is in the way of each.
  var lockedParts: [LockedPart] {
    guard reader.vault.hasLocked else { return [] }
    let around = reader.lockedParts(in: surroundings).filter { part in
      // A name of the place itself hides the one around.
      part.unknown.path.first.map { extra[$0] == nil } ?? true
    }
    return around + lacking
  }

  /// `index`, and the items of the loops around.
  private func loopValue(named name: String) -> Value? {
    if name == "index" { return surroundings.loops.last.map { .int(Int64($0.index)) } }
    guard let loop = surroundings.loops.last(where: { $0.itemName == name }) else { return nil }
    return reader.item(loop.index, of: loop.owner).map { loop.definition?.restored(item: $0) ?? $0 }
  }

  /// The same, where the step's own outputs are seen, by either of their names.
  func seeing(outputs: Value) -> RunScope {
    var scope = with("outputs", outputs)
    scope.own = outputs
    return scope
  }

  /// Whether the step's own outputs are seen that are not kept yet.
  var seesOwnOutputs: Bool { own != nil }

  func with(_ name: String, _ value: Value) -> RunScope {
    var scope = self
    scope.extra[name] = value
    return scope
  }

  /// The same, where what is sealed of stored values is sensitive below a name, and not known where it
  /// cannot be opened.
  func sealing(_ name: String, of stored: StoredValues) -> RunScope {
    guard !stored.sealed.isEmpty else { return self }
    var scope = lacking([name], of: stored)
    scope.sealings.append((name, .stored(stored)))
    return scope
  }

  /// The same, where some members of a name are sensitive.
  func sealing(_ name: String, _ members: Set<String>) -> RunScope {
    guard !members.isEmpty else { return self }
    var scope = self
    scope.sealings.append((name, .names(members)))
    return scope
  }

  /// How much is sensitive of a name of the place itself.
  func taintOfOwn(along path: ArraySlice<String>) -> Taint {
    var worst = Taint.none
    for (name, sealing) in sealings where name == path.first {
      worst = max(worst, sealing.taint(along: path.dropFirst(), reader.vault))
    }
    return worst
  }

  /// The same, where what cannot be opened of stored values is not known below a path.
  func lacking(_ path: [String], of stored: StoredValues) -> RunScope {
    var scope = self
    scope.lacking += stored.locked(by: reader.vault).map {
      LockedPart(path + [$0.name], $0.obstacle)
    }
    return scope
  }

  /// The same, where a whole path is not known if there is an obstacle.
  func lacking(_ path: [String], _ obstacle: SealObstacle?) -> RunScope {
    guard let obstacle else { return self }
    var scope = self
    scope.lacking.append(LockedPart(path, obstacle))
    return scope
  }
}

/// The state as expressions read it: values typed by their fields, sealed ones opened.
final class StateReader: Sendable {
  private let place: StatePlace
  let vault: any ValueVault
  /// A step as it is about to be.
  private let overlay: (address: String, record: StepRecord)?

  init(_ engine: RunEngine, overlay: (address: String, record: StepRecord)? = nil) {
    place = engine.statePlace
    vault = engine.vault
    self.overlay = overlay
  }

  var state: RunState {
    unsafeAddress { UnsafePointer(place.pointer) }
  }

  /// What has become of a step; nil where the run has not come to it.
  func record(at address: String) -> StepRecord? {
    if let overlay, overlay.address == address { return overlay.record }
    return state.steps[address]
  }

  /// The inputs of the run, or of the workflow that a step calls.
  func inputs(in surroundings: Surroundings) -> ValueMap {
    let stored = storedInputs(in: surroundings)
    return surroundings.workflow.inputs.coerce(stored.openedOrLeftOut(by: vault))
  }

  func storedInputs(in surroundings: Surroundings) -> StoredValues {
    surroundings.call.map { state.steps[$0]?.group?.start.inputs ?? StoredValues() }
      ?? state.header.inputs
  }

  /// The parts of what a place sees that cannot be opened: better no value than an absent one.
  func lockedParts(in surroundings: Surroundings) -> [LockedPart] {
    func parts(_ stored: StoredValues, below path: [String]) -> [LockedPart] {
      stored.locked(by: vault).map { LockedPart(path + [$0.name], $0.obstacle) }
    }
    var found = parts(storedInputs(in: surroundings), below: ["inputs"])
    for step in surroundings.workflow.allSteps {
      guard let record = record(at: surroundings.address(of: step)) else { continue }
      let path = ["steps", step.id, "outputs"]
      found += parts(record.outputs, below: path)
      if let obstacle = record.group?.obstacle(by: vault) {
        found.append(LockedPart(path, obstacle))
      }
    }
    for loop in surroundings.loops {
      guard let name = loop.itemName, let inputs = state.steps[loop.owner]?.group?.start.inputs,
        let obstacle = inputs.locked(by: vault).map(\.obstacle).max()
      else { continue }
      found.append(LockedPart([name], obstacle))
    }
    return found
  }

  /// An item of the list that a loop goes through.
  func item(_ index: Int, of loop: String) -> Value? {
    guard let inputs = state.steps[loop]?.group?.start.inputs else { return nil }
    guard case .list(let items)? = inputs.openedOrLeftOut(by: vault)["items"],
      items.indices.contains(index)
    else { return nil }
    return items[index]
  }

  func outputs(of step: Step, at address: String) -> Value {
    let record = record(at: address)
    guard let record, case .succeeded = record.phase else {
      if case .forEach = step.kind { return .list([]) }
      return .map(ValueMap())
    }
    let outputs = step.coerce(record.outputs.openedOrLeftOut(by: vault))
    guard case .forEach(let loop) = step.kind else { return .map(outputs) }
    return outputs[Step.collectedOutput]
      ?? .list(loop.restored(collection: record.group?.collection(openedBy: vault) ?? []))
  }
}

extension StoredValues {
  /// All values in clear; those that cannot be opened are left out. Whatever is decided by them has to ask
  /// for ``locked(by:)`` too: what is left out is not absent.
  func openedOrLeftOut(by vault: any ValueVault) -> ValueMap {
    guard !sealed.isEmpty else { return clear }
    var values = clear
    for member in sealed {
      guard let name = member.key.asString, let commitment = member.value.asString else { continue }
      values[name] = vault.open(commitment)
    }
    return values
  }
}

extension Step {
  /// Stored outputs with the types that the step declares: journals know no `1.0`.
  func coerce(_ values: ValueMap) -> ValueMap {
    switch kind {
    case .action(let call): call.contract.map { $0.outputs.coerce(values) } ?? values
    case .ask(let question): Self.withProgress(question.fields.coerce(values))
    case .set(let assignments): coerce(values, by: assignments)
    case .workflow(let call): coerce(values, by: call.definition?.outputs ?? [])
    case .forEach(let loop):
      switch values[Self.collectedOutput] {
      case .list(let given)?: [Self.collectedOutput: .list(loop.restored(collection: given))]
      default: values
      }
    case .wait(let wait): wait.coerce(values)
    case .repeat(let loop): loop.steps.steps.last?.coerce(values) ?? values
    default: values
    }
  }

  private func coerce(_ values: ValueMap, by templates: [NamedTemplate]) -> ValueMap {
    var result = values
    for (name, template) in templates {
      switch values[name] {
      case .int?, .list?, .map?: result[name] = values[name].map(template.restored)
      default: continue
      }
    }
    return result
  }

  /// The share of the items, which is whole where none or all of them are ticked.
  private static func withProgress(_ values: ValueMap) -> ValueMap {
    guard case .int(let share)? = values["progress"] else { return values }
    var result = values
    result["progress"] = .double(Double(share))
    return result
  }
}

extension Wait {
  /// Stored outputs, the event among them with the types of its contract.
  fileprivate func coerce(_ values: ValueMap) -> ValueMap {
    guard let event = values[Step.eventOutput]?.asMap,
      case .event(let wait)? = way(in: values)?.wait,
      let contract = wait.contract
    else { return values }
    var result = values
    result[Step.eventOutput] = .map(contract.fields.coerce(event))
    return result
  }
}

/// `steps`: every step that the place can see, looked up when it is asked for.
private final class StepsObject: ObjectValue, @unchecked Sendable {
  private let reader: StateReader
  private let surroundings: Surroundings
  private let own: (address: String, outputs: Value)?

  init(
    reader: StateReader, surroundings: Surroundings, own: (address: String, outputs: Value)?
  ) {
    self.reader = reader
    self.surroundings = surroundings
    self.own = own
  }

  override var typeName: String { "steps" }

  override func field(_ name: String) -> Value? {
    guard let step = surroundings.workflow.step(named: name) else { return nil }
    let address = surroundings.address(of: step)
    return .object(
      StepObject(reader: reader, step: step, address: address, outputs: given(at: address)))
  }

  /// What a step gives that is not in its record yet.
  private func given(at address: String) -> Value? {
    // Not by `? :`, where `nil` would be a value: the null of data.
    guard let own, own.address == address else { return nil }
    return own.outputs
  }

  override var fieldNames: [String] { surroundings.workflow.allSteps.map(\.id) }
}

/// `steps.ID`.
private final class StepObject: ObjectValue, @unchecked Sendable {
  private let reader: StateReader
  private let step: Step
  private let address: String
  /// What it gives, where that is not in its record yet.
  private let outputs: Value?

  init(reader: StateReader, step: Step, address: String, outputs: Value?) {
    self.reader = reader
    self.step = step
    self.address = address
    self.outputs = outputs
  }

  override var typeName: String { "step" }

  override var fieldNames: [String] {
    ["status", "outputs", "started_at", "finished_at", "by", "attempts", "error"]
      .filter { field($0) != nil }
  }

  override func field(_ name: String) -> Value? {
    let record = reader.record(at: address)
    switch name {
    case "status": return .string((record?.phase.status ?? .pending).rawValue)
    case "outputs": return outputs ?? reader.outputs(of: step, at: address)
    case "started_at": return record?.startedAt.map { .timestamp($0) }
    case "finished_at": return record?.finishedAt.map { .timestamp($0) }
    case "by": return record?.by.map { .string($0.id) }
    case "attempts": return .int(Int64(record?.attempts ?? 0))
    case "error": return record?.failure?.value(at: address)
    default: return nil
    }
  }
}

extension Failure {
  /// `error` as expressions see it.
  func value(at address: String) -> Value {
    [
      "code": .string(code), "message": .string(message), "step": .string(address),
      "details": .map(details),
    ]
  }
}

/// `run`.
private final class RunObject: ObjectValue, @unchecked Sendable {
  private let reader: StateReader
  private let surroundings: Surroundings

  init(reader: StateReader, surroundings: Surroundings) {
    self.reader = reader
    self.surroundings = surroundings
  }

  override var typeName: String { "run" }

  override var fieldNames: [String] {
    ["id", "name", "status", "started_at", "started_by", "environment", "labels", "workflow"]
  }

  override func field(_ name: String) -> Value? {
    let state = reader.state
    let header = state.header
    switch name {
    case "id": return .string(header.run)
    case "name": return .string(header.name)
    case "status": return .string(reader.outcomeSoFar(in: surroundings).rawValue)
    case "started_at": return .timestamp(state.startedAt)
    case "started_by": return .string(state.startedBy.id)
    case "environment": return .string(header.environment)
    case "labels": return .map(header.labels)
    case "workflow":
      return [
        "id": .string(header.workflowID), "name": .string(header.workflowName),
        "version": .string(header.workflowVersion), "sha256": .string(header.workflowSHA256),
      ]
    default: return nil
    }
  }
}

extension RunState {
  /// What the run has come to: its outcome, or in `finally` the outcome it is about to have.
  package var outcomeSoFar: RunStatus {
    switch phase {
    case .main, .undoing: parked?.status ?? .running
    case .finishing(let status, _), .ended(let status, _): status
    }
  }
}
