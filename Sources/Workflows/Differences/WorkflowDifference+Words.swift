extension WorkflowDifference {
  /// What it is about, for people: "step `tenant`".
  package var subjectWords: String {
    switch subject {
    case .workflow: "workflow `\(workflow)`"
    case .input(let name): "input `\(name)`"
    case .output(let name): "output `\(name)`"
    case .role(let name): "role `\(name)`"
    case .step(let id): "step `\(id)`"
    case .operation(let name): "operation `\(name)`"
    case .event(let name): "event `\(name)`"
    case .calendar(let name): "calendar `\(name)`"
    }
  }

  /// What has changed, for people: "`with.email` changed".
  package var changeWords: String {
    switch change {
    case .added: "added"
    case .removed: "removed"
    case .changed(let key, nil, _): "`\(key)` added"
    case .changed(let key, _, nil): "`\(key)` removed"
    case .changed(let key, _, _): "`\(key)` changed"
    case .moved: "moved"
    }
  }
}
