import Engine
import Values

/// When nobody was there.
extension TestWriter {
  func absences() -> [String] {
    guard !stretches.isEmpty else { return [] }
    return ["    unattended:"]
      + stretches.map { stretch in
        "      - { at: \(FlowText.scalar(stretch.lowerBound.journalText)), "
          + "until: \(FlowText.scalar(stretch.upperBound.journalText)) }"
      }
  }

  /// From when the run would have gone on by itself to when it did.
  var late: [Range<Timestamp>] {
    var found: [Range<Timestamp>] = []
    replay(before: { event, run in
      // Who waits for a call is there.
      guard !run.isActing, case .wait(let due?) = run.next(now: run.state.lastAt), due < event.at
      else { return }
      found.append(due..<event.at)
    })
    return found
  }
}

extension RunEngine {
  fileprivate var isActing: Bool {
    currentAddresses.contains { address in
      guard case .attempting? = state.steps[address]?.phase else { return false }
      return true
    }
  }
}
