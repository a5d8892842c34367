package import Values

/// What a process that died left open, when somebody asks for something that needs to know it.
extension RunEngine {
  /// Whether what came of an attempt has to be found out before a command means anything.
  package func hasToSettle(before command: CommandKind) -> Bool {
    switch command {
    case .undo, .rewind: hasUnsettled
    case .retry(let step, _, _, _), .done(let step, _, _, _), .skip(let step, _),
      .resolve(let step, _, _, _, _), .byHand(let step, _):
      state.isCurrent(step) && isUnsettled(step)
    case .resume, .answer, .decide, .claim, .release, .event, .projectEvent, .cancel, .note: false
    }
  }

  /// Whether it is open what came of an attempt.
  package var hasUnsettled: Bool { currentAddresses.contains(where: isUnsettled) }

  /// What to do next to find out what came of lost attempts, and nothing else; nil once each of
  /// them has an outcome, is in doubt, or waits to be tried again.
  package mutating func nextToSettle(now: Timestamp) -> Decision? {
    for id in state.frames.keys.sorted() {
      guard let frame = state.frames[id], let step = frame.current,
        isUnsettled(frame.address(of: step))
      else { continue }
      switch decide(Place(StateReader(self), id: id, frame: frame, step: step, now: now)) {
      case .wait, .end: continue
      case .record(let events): return .record(preparingUndo(events, now: now))
      case let decision: return decision
      }
    }
    return nil
  }

  func isUnsettled(_ address: String) -> Bool {
    switch state.steps[address]?.phase {
    case .attempting?, .lost?: true
    // Refused, and it is not found out yet what an earlier try came to.
    case .failed(acted: false)?: hasOpenDoubt(address)
    default: false
    }
  }
}
