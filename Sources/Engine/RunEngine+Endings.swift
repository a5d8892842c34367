import Values
import Workflows

/// What is about to end the run, or a part of it, comes before everything else there. The state does not
/// say what waits to do so: a run that is opened again finds that out before it decides anything.
extension RunEngine {
  /// Has what may end something decided about first.
  mutating func beginWithEndings(now: Timestamp) {
    let frames = framesAtAnEnd
    agenda.begin(with: frames)
    // What waits holds up the others among them, too.
    if frames.count > 1 { lookForEndings(frames, now: now) }
  }

  /// Finds out which lists wait to end something, without anything coming of it.
  mutating func lookForEndings(_ frames: [Int], now: Timestamp) {
    for id in frames {
      if let frame = state.frames[id] { _ = decide(id, frame, now: now) }
    }
  }

  /// The lists that stand at the end of something: at a `finish`, at a failure, or behind recovery steps.
  private var framesAtAnEnd: [Int] {
    state.frames.filter { isAtAnEnd($0.value) }.keys.sorted()
  }

  private func isAtAnEnd(_ frame: Frame) -> Bool {
    guard let step = frame.current, let address = frame.currentAddress else { return false }
    if case .finish = step.kind { return true }
    if case .failed? = state.steps[address]?.phase { return true }
    guard state.hasRecovery, let recovery = state.recovery.open[address] else { return false }
    return recovery.frame.flatMap { state.frames[$0] } == nil
  }

  /// The same run, which knows what waits to end something.
  func knowingEndings(now: Timestamp) -> RunEngine {
    guard agenda.isNew else { return self }
    var engine = self
    engine.lookForEndings(framesAtAnEnd, now: now)
    return engine
  }

  /// The steps that hold no others and of which nothing comes now, whatever happens to them: something else
  /// waits to end what they are a part of. To each those of which it has to be known first what came of them.
  package var heldSteps: [String: [String]] {
    let agenda = knowingEndings(now: state.lastAt).agenda
    guard agenda.hasEndings else { return [:] }
    let awaited = currentAddresses.filter(isOpen) + doubtsLeftBehind
    var held: [String: [String]] = [:]
    for (id, frame) in state.frames {
      guard let address = frame.currentAddress, !isOpen(address), framesInside(address).isEmpty
      else { continue }
      let parts = agenda.partsToEnd(around: id, at: frame.surroundings.prefix)
      guard !parts.isEmpty else { continue }
      held[address] = awaited.filter { step in parts.contains { step.hasPrefix($0) } }
    }
    return held
  }
}
