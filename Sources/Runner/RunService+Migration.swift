package import Engine
import RunStore
import SourceText
import Values
package import Workflows

extension RunService {
  /// What moving a run to another version of its workflow would mean; reads only.
  package func migrationPlan(
    _ part: String, to new: Workflow, _ choices: MigrationChoices
  ) throws(RunnerError) -> MigrationPlan {
    let run = try stored { () throws(StoreError) in try store.find(part) }
    return try plan(try look(at: run).engine.reachingDeadlines(before: now()), new, choices)
  }

  /// Moves a run to another version of its workflow, all or nothing, and goes on.
  ///
  /// - Throws: kind `refused` where something is not decided or impossible; nothing is changed then.
  ///   Kind `locked` while another process executes the run.
  package func migrate(
    _ part: String, to new: Workflow, _ choices: MigrationChoices, reason: String?
  ) async throws(RunnerError) -> RunSnapshot {
    let run = try stored { () throws(StoreError) in try store.find(part) }
    let writer = try stored { () throws(StoreError) in try store.open(run: run) }
    defer { writer.release() }
    var executor = try reopen(writer)
    try executor.requireEnvironment(environment)
    let plan: MigrationPlan
    let moment: Timestamp
    if executor.engine.hasUnsettled {
      try await executor.settle(for: actor)
      moment = executor.now
      do throws(RunnerError) {
        plan = try readyPlan(executor.engine, new, choices, at: moment)
      } catch {
        // What was found out is kept, and nothing else is done.
        try executor.park()
        _ = entered(executor)
        throw error
      }
    } else {
      moment = executor.now
      plan = try readyPlan(executor.engine, new, choices, at: moment)
      try executor.takeOver(actor)
    }
    try executor.reachDeadlines(before: moment)
    try move(executor, to: new, plan, choices, reason)
    try executor.noteResumed(by: actor)
    executor = RunExecutor(
      store: store, writer: writer, engine: executor.engine, vault: executor.vault,
      context: context(executor.engine.state.header, executor.engine.workflow.catalog))
    try executor.takeInbox()
    try await executor.proceed()
    return entered(executor)
  }

  /// The plan to carry out, once the deadlines have come that were due before a moment.
  private func readyPlan(
    _ engine: RunEngine, _ new: Workflow, _ choices: MigrationChoices, at moment: Timestamp
  ) throws(RunnerError) -> MigrationPlan {
    let plan = try plan(engine.reachingDeadlines(before: moment), new, choices)
    if let obstacle = plan.obstacle {
      throw RunnerError(.refused, obstacle.message, hint: obstacle.hint)
    }
    return plan
  }

  private func plan(
    _ engine: RunEngine, _ new: Workflow, _ choices: MigrationChoices
  ) throws(RunnerError) -> MigrationPlan {
    let earlier = EarlierDefinitions(engine, try reader(of: engine.state.header.run))
    do throws(Refusal) {
      return try engine.migrationPlan(
        to: new, choices, now: now(), stepAsDone: earlier.stepAsDone)
    } catch {
      throw RunnerError(.refused, error.message, hint: error.hint)
    }
  }

  /// Pins the new definition, then journals the move.
  private func move(
    _ executor: RunExecutor, to new: Workflow, _ plan: MigrationPlan, _ choices: MigrationChoices,
    _ reason: String?
  ) throws(RunnerError) {
    let number = executor.engine.state.migrations + 1
    let takingBack = executor.engine.state.undo.connections
    let files = try PinnedDefinition(new, with: takingBack).files
    let pinned = try stored { () throws(StoreError) in
      try executor.writer.pin(files, below: "\(PinnedDefinition.migrations)/\(number)")
    }
    var definition = ValueMap()
    for file in pinned { definition[file.path] = .string(file.sha256) }
    let loaded = try PinnedDefinition.load(pinned, executor.writer.reader, nil)
    let events = executor.engine.migration(
      to: loaded, by: plan, choices, definition: definition, file: new.file.path, reason: reason,
      now: now())
    executor.engine.expect(loaded)
    try executor.record(events, actor: actor, command: newCommandID())
    try executor.sync()
  }
}
