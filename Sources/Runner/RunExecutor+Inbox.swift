import Engine
import Plugins
import RunStore
import Values

/// What other processes left for the run.
extension RunExecutor {
  /// What was found in the inbox.
  enum Arrivals {
    case none
    case taken
    /// Something is left for when what was due before it has been made up for.
    case leftForLater
  }

  /// Takes what other processes left for this run.
  @discardableResult
  func takeInbox() throws(RunnerError) -> Arrivals {
    let items =
      writer.hasInbox
      ? try stored { () throws(StoreError) in try store.pendingInbox(of: writer.run) } : []
    for (index, item) in items.enumerated() {
      guard let left = Command(inbox: item, vault: vault) else {
        try setAside(item)
        continue
      }
      guard let command = proven(left) else {
        try refuseUnproven(left, item)
        continue
      }
      if standstill != nil, case .success = engine.handle(command, now: now) {
        leaveStandstill(for: command.kind)
      }
      if standstill == nil { try conclude(before: command, at: item.arrivedAt) }
      if hasToWait(command) {
        isWindingDown = true
        return .none
      }
      let askedAt = askedWhenCome[item.id] ?? engine.askedAt(answeredBy: command.kind)
      if standstill == nil, let moment = item.arrivedAt {
        askedWhenCome.updateValue(askedAt, forKey: item.id)
        guard try reach(moment, for: command) else {
          isWindingDown = false
          return index == 0 ? .leftForLater : .taken
        }
      }
      askedWhenCome[item.id] = nil
      var refusal = engine.refusal(of: command.kind, askedAt: askedAt)
      if refusal == nil { refusal = try takeOrRefuse(command, givenAt: item.arrivedAt) }
      if let refusal {
        try record(
          PendingEvent(.commandRefused(message: refusal.message)), actor: command.actor,
          command: command.id, givenAt: item.arrivedAt)
      }
      try sync()
      try stored { () throws(StoreError) in try store.removeInbox(item, of: writer.run) }
    }
    isWindingDown = false
    return items.isEmpty ? .none : .taken
  }

  /// Records what follows from what came before a command.
  private func conclude(
    before command: Command, at moment: Timestamp?
  ) throws(RunnerError) {
    if !command.kind.endsTheRun, let moment { _ = try takeProjectEvents(by: moment) }
    // What ends the run lets nothing more begin.
    try concludeDecisions(beginningNothing: command.kind.endsTheRun)
  }

  /// Whether what is under way has to end before a command is taken.
  private func hasToWait(_ command: Command) -> Bool {
    if case .ended = engine.state.phase { return false }
    return command.kind.endsTheRun && (isBusy || outbox.isUnderWay)
  }

  /// Sees to it that what was due before a command came before it, with what follows from it; false where
  /// that has to happen first. What ends the run lets nothing more begin.
  private func reach(_ moment: Timestamp, for command: Command) throws(RunnerError) -> Bool {
    if command.kind.endsTheRun {
      try reachDeadlines(before: moment)
      return true
    }
    return context.isInterrupted() || !engine.hasMissed(before: min(moment, now))
  }

  /// The command as `baton.yaml` lets whoever gave it do it; nil where it says that a person did who is not there,
  /// or who had not signed in.
  private func proven(_ command: Command) -> Command? {
    guard command.actor.kind == .person else { return command }
    guard let standing = command.standing,
      let person = context.people.first(where: { $0.id == command.actor.id })
    else { return nil }
    return Command(
      id: command.id, kind: command.kind, actor: command.actor,
      standing: Standing(person, token: standing.token), locked: command.locked)
  }

  /// Says in the record that nobody has proven to be the person that a command names; nothing follows from it.
  private func refuseUnproven(_ command: Command, _ item: InboxItem) throws(RunnerError) {
    if !engine.state.commands.contains(command.id) {
      let isKnown = context.people.contains { $0.id == command.actor.id }
      let message =
        "a command of `\(command.actor.id)` was left for the run, "
        + (isKnown ? "who had not signed in" : "who is not among the people of baton.yaml")
      try record(PendingEvent(.commandRefused(message: message)), command: command.id)
      try sync()
    }
    try stored { () throws(StoreError) in try store.removeInbox(item, of: writer.run) }
  }

  /// Says in the record that what somebody left is no command, and keeps it.
  private func setAside(_ item: InboxItem) throws(RunnerError) {
    if !engine.state.commands.contains(item.id) {
      let message =
        "what was left for the run as `\(item.file)` cannot be read as a command; it is kept in"
        + " `\(RunStore.unreadFolder)`"
      try record(PendingEvent(.commandRefused(message: message)), command: item.id)
      try sync()
    }
    try stored { () throws(StoreError) in try store.setAside(item, of: writer.run) }
  }

  /// Records what follows from what is known, so that of two answers the first one counts and not
  /// the one that is looked at before anything was made of it.
  ///
  /// - Parameter beginsNothing: Whether no step is begun with it, nor the run ended.
  func concludeDecisions(beginningNothing beginsNothing: Bool = false) throws(RunnerError) {
    for _ in 0..<1000 {
      guard case .record(let events) = engine.next(now: now, mayCall: false),
        !events.contains(where: \.kind.isTimer), !isHeldBack(events),
        !(beginsNothing && events.contains(where: beginsSomething))
      else { return }
      try record(events)
    }
  }

  /// Whether a step begins with an event, or something of the run as a whole.
  private func beginsSomething(_ event: PendingEvent) -> Bool {
    event.step.map { engine.state.steps[$0]?.startedAt == nil } ?? true
  }

  /// Records what was due before something arrived, each deadline once, in order.
  ///
  /// What arrived before the clock was set back brings nothing that is not due.
  func reachDeadlines(before moment: Timestamp) throws(RunnerError) {
    while true {
      let events = engine.deadline(before: min(moment, now))
      guard !events.isEmpty else { return }
      try record(events)
    }
  }
}
