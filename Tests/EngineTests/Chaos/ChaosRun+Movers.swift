import Workflows

@testable import Engine

/// What has to be so in the end of a run whose steps stood elsewhere in every version.
extension ChaosRun {
  /// Every step of the last version was done, was passed over, or failed and was left behind; what counts as
  /// done is there, and what nothing takes back is there once.
  func checkMovers(of source: RandomWorkflow) throws {
    let state = process.engine.state
    guard state.outcomeSoFar == .succeeded else { return }
    let steps = process.workflow.steps.steps
    guard !steps.contains(where: { hasEnded(at: $0) }) else { return }
    for step in steps {
      switch state.steps[step.id]?.phase {
      case .succeeded?, .skipped?, .failed?: continue
      // A jump that is taken once more leaves what was under way when the run went back.
      case .cancelled? where steps.contains(where: \.isJump): continue
      case let phase:
        throw Violation(
          "`\(step.id)` is \(phase?.status.rawValue ?? "not begun") though the run has succeeded\n"
            + process.story(of: step.id))
      }
    }
    try checkEffects(of: source)
  }

  private func hasEnded(at step: Step) -> Bool {
    guard case .finish = step.kind, case .succeeded? = process.engine.state.steps[step.id]?.phase
    else { return false }
    return true
  }

  private func checkEffects(of source: RandomWorkflow) throws {
    var standing: [String: [String]] = [:]
    for (address, keys) in process.world.effects {
      let left = keys.filter { !process.world.takenBack.contains($0) }
      standing[RandomWorkflow.addressInEveryVersion(address), default: []] += left
    }
    for (number, kind) in source.movers {
      let id = "v\(number)"
      guard isDone(id) || isDone("\(id)x") else { continue }
      for address in kind.effects(of: id) {
        let left = standing[address] ?? []
        guard !left.isEmpty else {
          throw Violation("`\(address)` counts as done and is not\n\(process.story(of: address))")
        }
        let isPlain = kind == .call && address.hasSuffix("p")
        guard left.count == 1 || !isPlain else {
          throw Violation(
            "`\(address)` was done \(left.count) times\n\(process.story(of: address))")
        }
      }
    }
  }

  private func isDone(_ address: String) -> Bool {
    guard process.workflow.step(named: address) != nil,
      case .succeeded? = process.engine.state.steps[address]?.phase
    else { return false }
    return true
  }
}

extension Step {
  fileprivate var isJump: Bool { if case .goTo = kind { true } else { false } }
}

extension RandomWorkflow.Mover {
  /// Where in a mover something takes effect.
  fileprivate func effects(of id: String) -> [String] {
    switch self {
    case .keyed, .once: [id]
    case .loop: (0..<2).map { "\(id)[\($0)]/\(id)i" }
    case .call: ["\(id)/\(id)p", "\(id)/\(id)c"]
    case .doomed, .checkpoint, .approval: []
    }
  }
}
