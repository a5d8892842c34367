import Fields
package import Values

/// Compares two versions of a workflow with everything they use.
///
/// What is said in another order, another layout or another short form is the same; steps are known
/// by their ids, called workflows by theirs.
package struct WorkflowComparison: Sendable {
  package let old: Workflow
  package let new: Workflow
  /// The head, roles and inputs first, then the steps as the procedure goes, then outputs, then the
  /// workflows that are called, then contracts.
  package let differences: [WorkflowDifference]

  /// - Parameter isForAuthors: whether the warnings that `allow` silences are compared, too, on which no run
  ///   depends, and the item of a loop that has another name is one difference.
  package init(from old: Workflow, to new: Workflow, isForAuthors: Bool = false) {
    self.old = old
    self.new = new
    var comparer = Comparer(isForAuthors: isForAuthors)
    comparer.compare(old, new)
    differences = comparer.found
  }

  package var isEmpty: Bool { differences.isEmpty }

  /// The pairs of definitions with the same id on both sides, the compared workflows first.
  package var pairs: [(old: Workflow, new: Workflow)] { Self.pairs(old, new) }

  fileprivate static func pairs(_ old: Workflow, _ new: Workflow) -> [(
    old: Workflow, new: Workflow
  )] {
    let called = new.definitions.dropFirst()
    return [(old, new)]
      + old.definitions.dropFirst().compactMap { before in
        called.first { $0.id.hasSameBytes(as: before.id) }.map { (before, $0) }
      }
  }
}

private struct Comparer {
  let isForAuthors: Bool
  var found: [WorkflowDifference] = []
  private var workflow = ""

  init(isForAuthors: Bool) { self.isForAuthors = isForAuthors }

  mutating func compare(_ old: Workflow, _ new: Workflow) {
    for (before, after) in WorkflowComparison.pairs(old, new) { compareOne(before, after) }
    compareCalled(old, new)
    workflow = new.id
    compareContracts(old, new)
  }

  private mutating func compareOne(_ old: Workflow, _ new: Workflow) {
    workflow = new.id
    if !old.id.hasSameBytes(as: new.id) {
      note(.workflow, .changed(key: "id", from: .string(old.id), to: .string(new.id)))
    }
    compare(
      old.facets + silenced(in: old, at: nil), new.facets + silenced(in: new, at: nil),
      of: .workflow)
    compare(
      old.roles.map { ($0.key, $0.outline) }, new.roles.map { ($0.key, $0.outline) },
      as: { .role($0) })
    compare(
      old.inputs.fields.map { ($0.name, $0.outline) },
      new.inputs.fields.map { ($0.name, $0.outline) }, as: { .input($0) })
    compareSteps(old, new)
    compare(
      old.outputs.map { ($0.name, $0.value.outline) },
      new.outputs.map { ($0.name, $0.value.outline) }, as: { .output($0) })
  }

  private mutating func note(
    _ subject: WorkflowDifference.Subject, _ change: WorkflowDifference.Change
  ) {
    found.append(WorkflowDifference(workflow: workflow, subject: subject, change: change))
  }

  // MARK: Keys

  /// Two lists of keys of one subject.
  ///
  /// - Parameter meaning: what the old value of a key would be written as today.
  private mutating func compare(
    _ old: [Facet], _ new: [Facet], of subject: WorkflowDifference.Subject,
    meaning: (Facet) -> Value = { $0.value }
  ) {
    let before = index(old)
    let after = index(new)
    for (key, value) in old where after[key] == nil {
      note(subject, .changed(key: key, from: value, to: nil))
    }
    for (key, value) in new {
      if let known = before[key], meaning((key, known)).isSame(as: value) { continue }
      note(subject, .changed(key: key, from: before[key], to: value))
    }
  }

  /// Two lists of named things, each a subject of its own.
  private mutating func compare(
    _ old: [Facet], _ new: [Facet], as subject: (String) -> WorkflowDifference.Subject
  ) {
    let before = index(old)
    let after = index(new)
    for (name, value) in old where after[name] == nil { note(subject(name), .removed(value)) }
    for (name, value) in new {
      guard let known = before[name] else {
        note(subject(name), .added(value))
        continue
      }
      guard !known.isSame(as: value) else { continue }
      compare(parts(of: known), parts(of: value), of: subject(name))
    }
  }

  private func parts(of value: Value) -> [Facet] {
    guard case .map(let map) = value else { return [("value", value)] }
    return map.compactMap { member in member.key.asString.map { ($0, member.value) } }
  }

  private func index(_ facets: [Facet]) -> [String: Value] {
    Dictionary(facets.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  // MARK: Steps

  private mutating func compareSteps(_ old: Workflow, _ new: Workflow) {
    let before = StepPositions(old)
    let after = StepPositions(new)
    let moved = before.moved(to: after)
    let variables = isForAuthors ? LoopVariables(old, new) : nil
    for step in old.allSteps where new.step(named: step.id) == nil {
      note(.step(step.id), .removed(step.outline))
    }
    for step in new.allSteps {
      guard let known = old.step(named: step.id) else {
        note(.step(step.id), .added(step.outline))
        continue
      }
      if moved.contains(step.id), let from = before[step.id], let to = after[step.id] {
        note(.step(step.id), .moved(from: from, to: to))
      }
      compare(
        known.facets + silenced(in: old, at: step.id),
        step.facets + silenced(in: new, at: step.id), of: .step(step.id),
        meaning: { variables?.renamed($0, of: known) ?? $0.value })
    }
  }

  /// The warnings that are silent at a step, or in the whole file.
  private func silenced(in workflow: Workflow, at step: String?) -> [Facet] {
    guard isForAuthors else { return [] }
    return workflow.silenced.filter { $0.step == step }.map {
      ("allow.\($0.code)", .string($0.reason))
    }
  }

  // MARK: What is used

  private mutating func compareCalled(_ old: Workflow, _ new: Workflow) {
    let before = old.definitions.dropFirst()
    let after = new.definitions.dropFirst()
    for gone in before where !after.contains(where: { $0.id.hasSameBytes(as: gone.id) }) {
      workflow = gone.id
      note(.workflow, .removed(.string(gone.name)))
    }
    for added in after where !before.contains(where: { $0.id.hasSameBytes(as: added.id) }) {
      workflow = added.id
      note(.workflow, .added(.string(added.name)))
    }
  }

  private mutating func compareContracts(_ old: Workflow, _ new: Workflow) {
    let usedBefore = UsedContracts(old)
    let usedAfter = UsedContracts(new)
    for name in usedBefore.operations.keys.sorted() {
      guard let before = usedBefore.operations[name], let after = usedAfter.operations[name] else {
        continue
      }
      compare(before.facets, after.facets, of: .operation(name))
    }
    for name in usedBefore.events.keys.sorted() {
      guard let before = usedBefore.events[name], let after = usedAfter.events[name] else {
        continue
      }
      compare(before.facets, after.facets, of: .event(name))
    }
    compareCalendars(old, new)
  }
}

extension Comparer {
  /// Calendars that both reckon by; one that is named on one side only shows in the head.
  private mutating func compareCalendars(_ old: Workflow, _ new: Workflow) {
    let used = Set(new.definitions.compactMap(\.calendar))
    for name in Set(old.definitions.compactMap(\.calendar)).intersection(used).sorted() {
      let before = old.catalog.calendar(named: name)?.calendar.facets ?? []
      let after = new.catalog.calendar(named: name)?.calendar.facets ?? []
      compare(before, after, of: .calendar(name))
    }
  }
}

extension Step {
  /// The facets as one value.
  package var outline: Value { .map(ValueMap(facets.map { ($0.key, $0.value) })) }
}

extension Value {
  /// Whether two outlines say the same: numbers are compared by amount.
  fileprivate func isSame(as other: Value) -> Bool {
    switch (self, other) {
    case (.list(let left), .list(let right)):
      left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
    case (.map(let left), .map(let right)):
      left.count == right.count
        && left.allSatisfy { member in
          right.value(for: member.key).map { member.value.isSame(as: $0) } ?? false
        }
    case (.int, .double), (.double, .int): asNumber == other.asNumber
    default: self == other
    }
  }
}
