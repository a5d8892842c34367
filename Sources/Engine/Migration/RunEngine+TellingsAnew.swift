import Values
import Workflows

/// The rungs of one question that have other numbers from a migration on.
package struct RenumberedRungs: Sendable, Hashable {
  let step: String
  let askedAt: Timestamp?
  /// The name of each by the new definition, by the one it had; what is gone has a number that no rung has.
  let timers: [String: String]
}

/// Rungs of which people are still to be told when the definition changes.
extension RunEngine {
  /// Those that have other numbers by the new definition, or none.
  ///
  /// - Parameter before: the run as it was.
  func renumberedRungs(since before: RunEngine) -> [RenumberedRungs] {
    var found: [RenumberedRungs] = []
    // Both have the same ones in the same order.
    for (old, new) in zip(before.state.tellings, state.tellings)
    where !found.contains(where: { $0.step == new.address && $0.askedAt == new.askedAt }) {
      let past = before.deadlinesReached(of: old)
      guard !past.isEmpty, let step = before.step(at: old.address),
        let stepAnew = self.step(at: new.address)
      else { continue }
      let rungs = StepRungsAnew(step, stepAnew, past: past)
      var names: [String: String] = [:]
      for timer in past {
        let name = DeadlineTimer(rungs.past(timer.kind), at: timer.dueAt).name
        if name != timer.name { names[timer.name] = name }
      }
      guard !names.isEmpty else { continue }
      found.append(RenumberedRungs(step: new.address, askedAt: new.askedAt, timers: names))
    }
    return found
  }

  /// The deadlines that have come of what people are told of; none where that is over.
  private func deadlinesReached(of telling: Telling) -> [DeadlineTimer] {
    if let question = telling.expired { return question.waiting.reachedWhenExpired }
    guard let record = state.steps[telling.address],
      case .waiting(let waiting, let since) = record.phase, since == telling.askedAt
    else { return [] }
    return Array(waiting.timers.prefix(record.people.timersReached))
  }
}

extension Waiting {
  /// Its deadlines that came before the expiry, where that has come.
  var reachedWhenExpired: [DeadlineTimer] {
    Array(timers.prefix { $0.kind != .expires })
  }
}

extension RenumberedRungs {
  var saved: Value {
    let map: ValueMap = ["step": .string(step)]
    let names = timers.sorted { $0.key < $1.key }.map { ($0.key, Value.string($0.value)) }
    return .map(
      map.adding("asked_at", askedAt?.journalText).adding("timers", .map(ValueMap(names))))
  }

  init?(saved: Value) {
    guard let step = saved["step"]?.asString else { return nil }
    var timers: [String: String] = [:]
    for member in saved["timers"]?.asMap ?? ValueMap() {
      if let name = member.key.asString { timers[name] = member.value.asString }
    }
    self.init(
      step: step, askedAt: saved["asked_at"]?.asString.flatMap(Timestamp.init(journalText:)),
      timers: timers)
  }
}
