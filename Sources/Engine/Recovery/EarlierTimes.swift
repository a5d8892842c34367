import CEL
import Values
import Workflows

/// When a step began and was over to which a run comes once more since it went back, and which may come to the
/// same without anything being carried out: a part of which all keeps its outcome, a step that is left out again.
struct EarlierTimes: Sendable, Hashable {
  let startedAt: Timestamp?
  let finishedAt: Timestamp
  /// How many events had come when it was over.
  let eventsBefore: Int
  /// Whether it was left out.
  let wasSkipped: Bool
}

extension EarlierTimes {
  /// - Returns: nil for a step that is not over, or came to no good end.
  fileprivate init?(_ record: StepRecord) {
    guard let finishedAt = record.finishedAt else { return nil }
    switch record.phase {
    case .succeeded: wasSkipped = false
    case .skipped: wasSkipped = true
    default: return nil
    }
    startedAt = record.startedAt
    self.finishedAt = finishedAt
    eventsBefore = record.eventsBefore
  }

  init?(saved: Value) {
    guard let finishedAt = saved["finished_at"]?.asString.flatMap(Timestamp.init(journalText:))
    else { return nil }
    self.init(
      startedAt: saved["started_at"]?.asString.flatMap(Timestamp.init(journalText:)),
      finishedAt: finishedAt, eventsBefore: Int(saved["events_before"]?.asInt ?? 0),
      wasSkipped: saved["skipped"]?.asBool ?? false)
  }

  var saved: Value {
    let map: ValueMap = ["finished_at": .string(finishedAt.journalText)]
    return .map(
      map.adding("started_at", startedAt?.journalText)
        .adding("events_before", eventsBefore > 0 ? Value.int(Int64(eventsBefore)) : nil)
        .adding("skipped", flag: wasSkipped))
  }
}

extension RunEngine {
  /// The times of all that a rewind has the run come to once more and that may come to the same: nothing is known
  /// to be carried out in it.
  ///
  /// - Parameter checkpoint: The address of the step that has it; the parts around that are come to their end once
  ///   more.
  func earlierTimes(of ways: [WayBack], behind checkpoint: String) -> [String: EarlierTimes] {
    var found: [String: EarlierTimes] = [:]
    for place in path(to: checkpoint)?.dropLast() ?? [] {
      found[place.address] = times(at: place.address)
    }
    var carriedOut: Set<String> = []
    for way in ways where way.outcome == .anew && !way.later.isForFailure {
      if let times = times(of: way) {
        found[way.later.address] = times
      } else {
        carriedOut.insert(way.later.address)
        carriedOut.formUnion(way.later.around.map(\.address))
      }
    }
    for address in carriedOut { found[address] = nil }
    return found
  }

  private func times(at address: String) -> EarlierTimes? {
    state.steps[address].flatMap(EarlierTimes.init) ?? state.earlierTimes[address]
  }

  /// The times of a step that is done anew; nil where something is carried out with it.
  private func times(of way: WayBack) -> EarlierTimes? {
    guard !way.isAgain, let known = times(at: way.later.address) else { return nil }
    if way.later.step.isPart { return known }
    guard !way.readsRenewed else { return nil }
    return known.wasSkipped || way.later.step.givesTheSame ? known : nil
  }

  // MARK: Folding

  /// What comes to the same end as before the run went back has the times of then. Once something is carried out,
  /// that has times of its own, and so has all around it.
  mutating func keepTimes(_ kind: EventKind, at address: String) {
    let times = state.earlierTimes[address]
    switch kind {
    // What looks before it begins has begun nothing, and people are asked before they say anything.
    case .workflowFinishing, .lookAnswered, .people: return
    case .stepStarted where times?.wasSkipped == false: return
    case .stepSucceeded where times?.wasSkipped == false,
      .stepSkipped where times?.wasSkipped == true:
      guard let times else { return }
      state.steps[address]?.startedAt = times.startedAt
      state.steps[address]?.finishedAt = times.finishedAt
      state.steps[address]?.eventsBefore = times.eventsBefore
      state.earlierTimes[address] = nil
    default: dropTimes(around: address)
    }
  }

  private mutating func dropTimes(around address: String) {
    state.earlierTimes[address] = nil
    for (_, outer) in way(to: address) ?? [] { state.earlierTimes[outer] = nil }
  }
}

extension Step {
  /// Whether it does nothing but give values, the same ones as long as what it reads is the same.
  fileprivate var givesTheSame: Bool {
    switch kind {
    case .set:
      !ownExpressions.contains { $0.references.contains { $0.path.first == "now" } }
    case .goTo, .finish: true
    default: false
    }
  }
}
