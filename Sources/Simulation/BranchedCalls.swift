import Engine
import Workflows

/// Under which name the calls of a run stand in a test.
///
/// An operation's answers are handed out as it is called. Branches that run side by side call it in an
/// order that is the world's: in virtual time, where a call takes no time, it is another one.
struct BranchedCalls {
  private let step: (String) -> Step?
  private var isByAddress = false

  init(_ events: [Event], in workflow: Workflow, _ step: @escaping (String) -> Step?) {
    self.step = step
    let places = BranchPlaces(workflow)
    var callers: [String: Set<String>] = [:]
    for event in events {
      guard let address = event.step, let operation = operation(of: event, at: address) else {
        continue
      }
      callers[operation, default: []].insert(address)
    }
    isByAddress = callers.values.contains { addresses in
      addresses.count > 1 && addresses.contains { places.place(of: $0).isBranched }
    }
  }

  /// The operation that a step calls, or the step's address. All of them or none: a step's id would go
  /// before the operation for its namesakes in other workflows, too.
  func target(at address: String, isExact: Bool) -> String {
    isByAddress || isExact ? address : operation(at: address)
  }

  /// The operation that a check or a probe of a step calls, or the step's address with what it is for.
  func target(of look: Look, at address: String, isExact: Bool) -> String {
    guard !isByAddress, !isExact else { return "\(address).\(look.purpose.looks.rawValue)" }
    return operation(of: look, at: address)
  }

  private func operation(of event: Event, at address: String) -> String? {
    switch event.kind {
    case .attemptStarted: operation(at: address)
    case .lookAnswered(let look, _), .lookFailed(let look, _): operation(of: look, at: address)
    default: nil
    }
  }

  private func operation(at address: String) -> String {
    guard case .action(let call)? = step(address)?.kind else { return address }
    return call.operation
  }

  private func operation(of look: Look, at address: String) -> String {
    guard let step = step(address) else { return address }
    let call =
      switch look.purpose {
      case .preconditions: step.preconditions[safely: look.index]?.look
      case .verify, .checkpoint: step.verify[safely: look.index]?.look
      case .probe: step.probe?.action
      }
    guard let name = call?.operation else { return address }
    guard !name.contains("."), let connection = step.connection else { return name }
    return "\(connection).\(name)"
  }
}

extension Look.Purpose {
  /// What a test calls it: the test of a checkpoint is that of its `verify`.
  var looks: StepPattern.Looks {
    switch self {
    case .preconditions: .preconditions
    case .verify, .checkpoint: .verify
    case .probe: .probe
    }
  }
}
