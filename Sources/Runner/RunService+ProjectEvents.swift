package import Engine
import Fields
import RunStore
package import Values
package import Workflows

/// What became of an event of the project.
package struct EventDelivery: Sendable {
  package let event: ProjectEvent
  /// The runs in which something waited for it, as they stand now.
  package internal(set) var runs: [RunSnapshot] = []
  /// Runs that somebody stopped: they take it once somebody goes on with them.
  package internal(set) var stopped: [String] = []
  /// Runs that could not take it now: the next tick or resume does.
  package internal(set) var problems: [(run: String, error: RunnerError)] = []
  /// Whether somebody stopped it: some runs were not given it, or one that was parked before it came to rest.
  package internal(set) var isBrokenOff = false
  /// Whether some runs were not given it: the next tick does that.
  package internal(set) var hasLeftOut = false

  /// The runs that took it and were stopped under way: only somebody goes on with them.
  package var cutShort: [RunSnapshot] {
    runs.filter { $0.status == .needsAttention && $0.reasons.contains(.stopped) }
  }
}

extension RunnerError {
  /// What is said to a run that somebody stopped must not come before what was due in it since.
  static func somethingMissed(in run: String) -> RunnerError {
    RunnerError(
      .refused, "somebody stopped the run, and something was due in it since, which comes first",
      hint: "go on with it, then give it again: baton resume \(run)")
  }
}

extension RunService {
  /// Keeps an event for all runs of the project, and gives it to those in which something waits for
  /// it now.
  ///
  /// - Parameter watch: Told of each run before it is given the event, and once it has come to rest.
  /// - Throws: kind `refused` where the contracts know no such event, or its data is unfit.
  package func keep(
    _ name: String, data: ValueMap, catalog: Catalog,
    watch: @escaping @Sendable (_ run: String, _ isUnderWay: Bool) -> Void = { _, _ in }
  ) async throws(RunnerError) -> EventDelivery {
    guard let contract = catalog.event(named: name) else {
      let known = catalog.eventNames.map { "`\($0)`" }.joined(separator: ", ")
      throw RunnerError(
        .refused, "unknown event `\(name)`", hint: known.isEmpty ? nil : "known events: " + known)
    }
    let completed: ValueMap
    switch contract.fields.complete(data) {
    case .success(let values): completed = values.inJSON
    case .failure(let problems):
      throw RunnerError(.refused, "the data of `\(name)` is unfit: " + problems.description)
    }
    let moment = now()
    let event = ProjectEvent(
      id: "e-" + newCommandID(), name: name, data: completed, at: moment,
      runsAhead: try runsAhead(of: moment))
    try KeptEvents.keep(event, by: actor, in: store) {
      contract.fields[$0]?.isSensitive ?? false
    }
    return try await deliver(event, watch)
  }

  /// What came of an event in a run.
  private enum Delivered: Sendable {
    /// - isBrokenOff: Whether somebody stopped it meanwhile.
    case taken(RunSnapshot, isBrokenOff: Bool)
    case stopped(run: String)
    case unwanted
    case failed(run: String, RunnerError)
  }

  private func deliver(
    _ event: ProjectEvent, _ watch: @escaping @Sendable (String, Bool) -> Void
  ) async throws(RunnerError) -> EventDelivery {
    var delivery = EventDelivery(event: event)
    let runs = try runsToLookAt(at: nil).runs
    let outcomes = await BoundedConcurrency.map(runs, width: Self.width, until: isInterrupted) {
      run -> Delivered in
      do throws(RunnerError) { return try await deliver(event, to: run, watch) } catch {
        return .failed(run: run, error)
      }
    }
    delivery.hasLeftOut = outcomes.count < runs.count
    delivery.isBrokenOff = delivery.hasLeftOut
    for outcome in outcomes {
      switch outcome {
      case .taken(let run, let isBrokenOff):
        delivery.runs.append(run)
        if isBrokenOff { delivery.isBrokenOff = true }
      case .stopped(let run): delivery.stopped.append(run)
      case .failed(let run, let error): delivery.problems.append((run, error))
      case .unwanted: break
      }
    }
    return delivery
  }

  private func deliver(
    _ event: ProjectEvent, to run: String, _ watch: @Sendable (String, Bool) -> Void
  ) async throws(RunnerError) -> Delivered {
    let engine = try look(at: run).engine
    if case .ended = engine.state.phase { return .unwanted }
    guard engine.wants(event, now: now()) else { return .unwanted }
    guard engine.state.parked?.isStopped != true else { return .stopped(run: run) }
    var own = event
    own.at = engine.moment(of: event)
    watch(run, true)
    defer { watch(run, false) }
    let snapshot = try await submit(.projectEvent(own), to: run)
    return .taken(snapshot, isBrokenOff: isInterrupted() && !snapshot.status.isFinal)
  }
}
