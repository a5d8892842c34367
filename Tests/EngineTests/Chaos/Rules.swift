import Values
import Workflows

@testable import Engine

/// What no event may do, held against each as it happens.
enum Rules {
  static func check(_ event: Event, before engine: RunEngine) throws {
    guard let address = event.step else { return }
    let record = engine.state.steps[address]
    switch event.kind {
    case .attemptStarted:
      if record?.phase.status == .succeeded {
        throw Violation("`\(address)` succeeded and is tried again")
      }
    case .timerFired(let timer, let dueAt):
      guard dueAt <= event.at else {
        throw Violation("the timer `\(timer)` of `\(address)` fired early")
      }
      guard let record, !record.isOver else {
        throw Violation("the timer `\(timer)` of `\(address)` fired after the step was over")
      }
    case .stepSucceeded(_, let manner, _, _):
      try checkSuccess(event, at: address, manner, record, engine)
    default: break
    }
  }

  /// Never a success of an action without an outcome or a person's word.
  private static func checkSuccess(
    _ event: Event, at address: String, _ manner: Manner, _ record: StepRecord?, _ engine: RunEngine
  ) throws {
    guard case .action? = engine.step(at: address)?.kind, manner != .byHand else { return }
    switch record?.phase {
    case .acted: break
    // With nothing to verify, one event says both that the attempt and the step succeeded.
    case .attempting where event.attempt == record?.attempts: break
    default: throw Violation("`\(address)` succeeds without an outcome")
    }
  }

  /// What a whole journal must not hold.
  static func check(_ journal: [VirtualProcess.Entry]) throws {
    var fired: Set<String> = []
    var succeeded: Set<String> = []
    for entry in journal {
      let event = try VirtualProcess.event(entry)
      let address = entry.step ?? ""
      switch event.kind {
      case .timerFired(let timer, let dueAt):
        guard fired.insert("\(address) \(timer) \(dueAt.journalText)").inserted else {
          throw Violation("the timer `\(timer)` of `\(address)` fired twice")
        }
      case .stepSucceeded:
        guard succeeded.insert(address).inserted else {
          throw Violation("`\(address)` succeeded twice")
        }
      default: break
      }
    }
  }
}
