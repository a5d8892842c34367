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
  /// - Throws: kind `refused` where the contracts know no such event, or its data is unfit.
  package func keep(
    _ name: String, data: ValueMap, catalog: Catalog
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
    return try await deliver(event)
  }

  private func deliver(_ event: ProjectEvent) async throws(RunnerError) -> EventDelivery {
    var delivery = EventDelivery(event: event)
    for run in try runsToLookAt(at: nil).runs {
      do throws(RunnerError) {
        let engine = try look(at: run).engine
        guard case .ended = engine.state.phase else {
          guard engine.wants(event, now: now()) else { continue }
          guard engine.state.parked?.isStopped != true else {
            delivery.stopped.append(run)
            continue
          }
          var own = event
          own.at = engine.moment(of: event)
          delivery.runs.append(try await submit(.projectEvent(own), to: run))
          continue
        }
      } catch {
        delivery.problems.append((run, error))
      }
    }
    return delivery
  }
}
