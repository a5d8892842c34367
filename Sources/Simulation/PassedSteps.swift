import Engine
import Workflows

/// Keeps what has become of steps in rounds and items of loops: a run forgets it when those are over.
struct PassedSteps {
  let watched: Set<String>
  private(set) var records: [String: StepRecord] = [:]

  init(watched: Set<String>) {
    // The loops on the way say how many items there are.
    let around = watched.flatMap { $0.rounds.map(\.loop) }
    self.watched = watched.union(around).filter { $0.contains("[") }
  }

  /// - Parameter state: the run before the event.
  mutating func note(_ event: Event, before state: RunState) {
    guard !watched.isEmpty else { return }
    switch event.kind {
    case .roundEnded, .iterationEnded:
      for address in watched {
        if let record = state.steps[address] { records[address] = record }
      }
    case .stepStarted:
      // A loop that is begun once more comes to the same addresses once more.
      guard let loop = event.step, !records.isEmpty else { return }
      records = records.filter { !$0.key.hasPrefix("\(loop)[") }
    default: break
    }
  }
}

extension SimulatedRun {
  /// What has become of a step; nil where the run has not come to it.
  func record(at address: String) -> StepRecord? {
    engine.state.steps[address] ?? (isBehind(address) ? nil : passed[address])
  }

  func status(at address: String) -> StepStatus {
    let record = record(at: address)
    let isTakenBack =
      engine.state.steps[address] == nil
      && engine.state.undo.entries.contains { $0.step == address && $0.status == .done }
    return record == nil ? .pending : isTakenBack ? .undone : record?.phase.status ?? .pending
  }

  /// Why there is no step at an address: the loop has not so many items, or did not come to so many rounds.
  func absence(at address: String) -> String? {
    for (loop, index) in address.rounds {
      guard let group = record(at: loop)?.group else { return nil }
      let isItem = group.start.count != nil
      let count = group.start.count ?? group.rounds + 1
      guard index >= count else { continue }
      let noun = isItem ? "item" : "round"
      return "no such step: `\(loop)` has \(count == 0 ? "no" : "\(count)") "
        + (count == 1 ? noun : "\(noun)s")
    }
    return nil
  }

  /// Whether the run went back behind a loop around it, and has not come to that again.
  private func isBehind(_ address: String) -> Bool {
    guard let (loop, _) = address.rounds.first, let record = engine.state.steps[loop] else {
      return false
    }
    return record.group == nil
  }
}

extension String {
  /// The loops that an address leads through, each with the number of its round.
  fileprivate var rounds: [(loop: String, index: Int)] {
    indices.filter { self[$0] == "/" }.compactMap { slash in
      let owner = self[..<slash]
      guard owner.hasSuffix("]"), let bracket = owner.lastIndex(of: "["),
        let index = Int(owner[owner.index(after: bracket)...].dropLast())
      else { return nil }
      return (String(owner[..<bracket]), index)
    }
  }
}
