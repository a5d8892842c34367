import Values

/// Steps that have another id and are else what they were: to a comparison by ids one is gone and
/// another is new.
package struct Renamings: Sendable {
  private struct Place: Hashable {
    let workflow: String
    let id: String
  }

  /// The old id of each new step.
  private var oldIDs: [Place: String] = [:]
  private var gone: Set<Place> = []

  package init(_ differences: [WorkflowDifference]) {
    let steps = differences.compactMap { difference -> (Place, WorkflowDifference.Change)? in
      guard case .step(let id) = difference.subject else { return nil }
      return (Place(workflow: difference.workflow, id: id), difference.change)
    }
    for (place, change) in steps {
      guard case .added(let outline) = change else { continue }
      let old = steps.first { candidate in
        guard case .removed(let known) = candidate.1 else { return false }
        return candidate.0.workflow == place.workflow && !gone.contains(candidate.0)
          && known.isAlike(outline, but: candidate.0.id, and: place.id)
      }
      guard let old else { continue }
      gone.insert(old.0)
      oldIDs[place] = old.0.id
    }
  }

  /// Whether a difference says that a step is gone which has only another id now.
  package func isOldSide(_ difference: WorkflowDifference) -> Bool {
    guard case .step(let id) = difference.subject, case .removed = difference.change else {
      return false
    }
    return gone.contains(Place(workflow: difference.workflow, id: id))
  }

  /// Whether two lists are the body of one step that has only another id now.
  package func areAlike(
    _ old: StepPosition.List, _ new: StepPosition.List, in workflow: String
  ) -> Bool {
    switch (old, new) {
    case (.body(let before), .body(let now)):
      oldIDs[Place(workflow: workflow, id: now)] == before
    case (.choice(let before, let index), .choice(let now, let other)):
      index == other && oldIDs[Place(workflow: workflow, id: now)] == before
    default: false
    }
  }

  /// The id that a step had which seems to be new.
  package func oldID(of difference: WorkflowDifference) -> String? {
    guard case .step(let id) = difference.subject, case .added = difference.change else {
      return nil
    }
    return oldIDs[Place(workflow: difference.workflow, id: id)]
  }
}

extension Value {
  /// Whether the outlines of two steps are the same but for how each names itself, as its `undo` may:
  /// `steps.tenant.outputs.id`.
  fileprivate func isAlike(_ other: Value, but id: String, and otherID: String) -> Bool {
    self == other || withoutName(id) == other.withoutName(otherID)
  }

  private func withoutName(_ id: String) -> Value {
    switch self {
    case .string(let text): .string(text.withoutName(id))
    case .list(let items): .list(items.map { $0.withoutName(id) })
    case .map(let members):
      .map(
        members.reduce(into: ValueMap()) { $0.set($1.key, $1.value.withoutName(id)) })
    default: self
    }
  }
}

extension String {
  /// The text without the id where it names the step in an expression.
  fileprivate func withoutName(_ id: String) -> String {
    let name = "steps.\(id)"
    let parts = split(separator: name, omittingEmptySubsequences: false)
    guard parts.count > 1 else { return self }
    return parts.dropFirst().reduce(into: String(parts[0])) { text, part in
      let isLonger = part.first.map { $0 == "_" || $0.isLetter || $0.isNumber } ?? false
      text += (isLonger ? name : "steps.") + part
    }
  }
}
