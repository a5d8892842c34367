import Engine
import Workflows

/// Under which name the calls of a run stand in a test.
///
/// An operation's answers are handed out as it is called. Branches that run side by side call it in an
/// order that is the world's: in virtual time, where a call takes no time, it is another one.
struct BranchedCalls {
  private let engine: RunEngine
  private let isByAddress: Bool

  init(_ events: [Event], in engine: RunEngine) {
    self.engine = engine
    let places = BranchPlaces(engine.workflow)
    var callers: [String: Set<String>] = [:]
    for event in events {
      guard case .attemptStarted = event.kind, let address = event.step else { continue }
      callers[Self.operation(at: address, engine), default: []].insert(address)
    }
    isByAddress = callers.values.contains { addresses in
      addresses.count > 1 && addresses.contains { places.place(of: $0).isBranched }
    }
  }

  /// The operation that a step calls, or the step's address. All of them or none: a step's id would go
  /// before the operation for its namesakes in other workflows, too.
  func target(at address: String) -> String {
    isByAddress ? address : Self.operation(at: address, engine)
  }

  private static func operation(at address: String, _ engine: RunEngine) -> String {
    guard case .action(let call)? = engine.step(at: address)?.kind else { return address }
    return call.operation
  }
}
