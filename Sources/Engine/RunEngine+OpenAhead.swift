import Values
import Workflows

/// Steps that wait although the run has gone back, with a migration, to one before them in their list: they
/// stay open, with their deadlines and for whoever answers, until the run comes to them again.
extension RunEngine {
  /// A list as it would stand at each of those.
  func openAhead(of frame: Frame) -> [Frame] {
    guard state.migrations > 0, frame.cursor + 1 < frame.end else { return [] }
    return ((frame.cursor + 1)..<frame.end).compactMap { position in
      let step = frame.list.steps[position]
      guard case .waiting? = state.steps[frame.address(of: step)]?.phase else { return nil }
      var ahead = frame
      ahead.cursor = position
      return ahead
    }
  }

  /// The list in which such a step stands; nil where it is none.
  func listAhead(at address: String) -> Int? {
    guard state.migrations > 0, state.standing[address] == nil,
      case .waiting? = state.steps[address]?.phase
    else { return nil }
    return state.frames.first { _, frame in
      openAhead(of: frame).contains { $0.currentAddress == address }
    }?.key
  }

  /// Ends what is not over where the run stands, and what is open behind that.
  ///
  /// - Parameter stays: Whether a step is left as it is.
  mutating func abandonEverything(unless stays: (StepRecord) -> Bool = { _ in false }) {
    for address in currentAddresses {
      guard let record = state.steps[address], !stays(record) else { continue }
      state.steps[address]?.abandon()
    }
    for frame in state.frames.values { abandon(aheadOf: frame) }
  }

  /// Ends those of a list with it.
  mutating func abandon(aheadOf frame: Frame) {
    for ahead in openAhead(of: frame) {
      if let address = ahead.currentAddress { state.steps[address]?.abandon() }
    }
  }

  /// What follows at those of a list that waits itself.
  ///
  /// - Parameters:
  ///   - end: when the list goes on by itself.
  ///   - horizon: up to which moment what is due counts.
  func look(aheadOf frame: Frame, until end: Timestamp?, now: Timestamp, horizon: Timestamp)
    -> Decision
  {
    let open = openAhead(of: frame)
    guard !open.isEmpty else { return .wait(until: end) }
    var end = end
    let reader = StateReader(self)
    for ahead in open {
      guard let step = ahead.current,
        case .waiting(let waiting, _)? = state.steps[ahead.address(of: step)]?.phase
      else { continue }
      let place = Place(reader, id: -1, frame: ahead, step: step, now: now, horizon: horizon)
      switch look(for: waiting, place) {
      case .record(let events): return .record(events)
      case .wait(let moment): end = soonest(end, moment)
      // What has to be called is called when the run comes to it.
      default: continue
      }
    }
    return .wait(until: end)
  }
}
