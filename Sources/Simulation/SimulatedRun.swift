package import Engine
package import Values

/// What a simulated run came to.
package struct SimulatedRun: Sendable {
  package let engine: RunEngine
  package let vault: MemoryVault
  package let events: [Event]
  /// The addresses of the steps that did something, in order.
  package let path: [String]
  /// What had become of steps that were watched, in rounds and items that are over.
  let passed: [String: StepRecord]
  package let startedAt: Timestamp
  package let endedAt: Timestamp
  /// From when the run would have gone on by itself to when somebody was there.
  package let late: [Range<Timestamp>]
  /// Why the simulation could not go on.
  package let problems: [SimulationProblem]

  package var status: RunStatus {
    if case .ended(let status, _) = engine.state.phase { return status }
    return engine.parkReasons().status
  }

  /// What the run says at its end, or why it stands still.
  package var message: String? {
    switch engine.state.phase {
    case .ended(_, let message): message
    default: engine.parkReasons().reasons.first?.message
    }
  }

  package var outputs: ValueMap { opened(engine.state.outputs) }

  /// Values in clear.
  package func opened(_ values: StoredValues) -> ValueMap {
    (try? values.opened(by: vault)) ?? values.clear
  }
}
