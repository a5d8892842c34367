import Engine

/// Which events of a run are what people did, as a test has to say it.
struct WrittenDoing {
  /// The positions of the events that a command of the test brings about.
  private(set) var commands: Set<Int> = []
  /// The positions at which a run is resumed in the test, too.
  private(set) var resumes: Set<Int> = []

  init(_ events: [Event]) {
    // A process that ended or was stopped is resumed, too; in virtual time nothing has to be.
    var isStuck = false
    // What follows from a move, up to the run's going on, is no command of its own.
    var isMoving = false
    for (index, event) in events.enumerated() {
      if case .runParked(let status, let reasons, _) = event.kind {
        isStuck = status == .needsAttention && reasons.contains { !$0.step.isEmpty }
      }
      if case .runInterrupted = event.kind { isStuck = false }
      guard event.actor.kind != .machine else { continue }
      switch event.kind {
      case .recovery(.migrated):
        isMoving = true
        commands.insert(index)
      case .runResumed:
        if isStuck, !isMoving { commands.insert(index) }
        if isStuck || isMoving { resumes.insert(index) }
        isMoving = false
      default: if !isMoving { commands.insert(index) }
      }
    }
  }
}
