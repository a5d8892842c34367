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
        return known == outline && candidate.0.workflow == place.workflow
          && !gone.contains(candidate.0)
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

  /// The id that a step had which seems to be new.
  package func oldID(of difference: WorkflowDifference) -> String? {
    guard case .step(let id) = difference.subject, case .added = difference.change else {
      return nil
    }
    return oldIDs[Place(workflow: difference.workflow, id: id)]
  }
}
