package import Workflows

/// The steps that a run came to, in the order in which it did: those that do something, each once.
/// Steps that were passed over, and sections, branches and loops themselves, are not among them.
package struct RunPath: Sendable {
  package private(set) var addresses: [String] = []
  private var known: Set<String> = []

  package init() {}

  /// Notes an event of the run.
  ///
  /// - Parameter step: the definition of the step it happened to.
  package mutating func note(_ event: Event, _ step: Step?) {
    guard let address = event.step, let step, !step.isContainer, !known.contains(address) else {
      return
    }
    switch event.kind {
    // What is kept was come to when it was done, unless it was passed over.
    case .stepSkipped, .recovery(.stepKept): return
    default: break
    }
    known.insert(address)
    addresses.append(address)
  }
}
