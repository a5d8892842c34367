package import Engine
import RunStore
import Values
package import Workflows

/// A run as its events: what a test is written from. Sensitive values stay sealed.
package struct RunHistory: Sendable {
  /// The run as it stands.
  package let engine: RunEngine
  package let events: [Event]
  /// The versions of its workflow that it went by, in order, with their paths in the run's folder.
  package let versions: [(workflow: Workflow, path: String)]
}

extension RunEngine {
  /// Whether the definition has no step at an address, nor one that is taken back there.
  func isRemoved(_ address: String) -> Bool {
    location(of: state.undo.step(takenBackAt: address) ?? address) == nil
  }
}

extension RunService {
  /// Reads the whole of a run.
  package func history(of part: String) throws(RunnerError) -> RunHistory {
    let run = try stored { () throws(StoreError) in try store.find(part) }
    let reader = try stored { () throws(StoreError) in try store.reader(run: run) }
    let vault = try stored { () throws(StoreError) in try reader.vault() }
    let replay = Replay(reader, VaultAdapter(vault))
    var events: [Event] = []
    var pins: [[PinnedFile]] = []
    var failure: UnreadableEvent?
    try stored { () throws(StoreError) in
      try reader.records { record in
        do throws(UnreadableEvent) {
          events.append(try Event(record))
          if record.type == "run.created" || record.type == "run.migrated" {
            pins.append(PinnedFile.all(in: record.data["definition"]))
          }
          replay.apply(record)
          return true
        } catch {
          failure = error
          return false
        }
      }
    }
    if let failure { throw RunnerError(.damaged, failure.message) }
    var versions: [(workflow: Workflow, path: String)] = []
    for pinned in pins where pins.count > 1 {
      versions.append(
        (try PinnedDefinition.load(pinned, reader, nil), PinnedDefinition.path(in: pinned)))
    }
    return RunHistory(engine: try replay.result(), events: events, versions: versions)
  }

  /// Steps that a migration took out, as the newest of the versions before has them.
  func stepsRemoved(
    from engine: RunEngine, _ addresses: Set<String>
  ) throws(RunnerError) -> [String: Step] {
    var found: [String: Step] = [:]
    for earlier in try earlierEngines(of: engine) {
      for address in addresses where found[address] == nil {
        guard !earlier.isRemoved(address) else { continue }
        found[address] = earlier.location(of: address)?.step
      }
    }
    return found
  }

  /// The run by each version of its workflow that it went by before, the newest first.
  func earlierEngines(of engine: RunEngine) throws(RunnerError) -> [RunEngine] {
    let reader = try reader(of: engine.state.header.run)
    return engine.state.earlierVersions.reversed().compactMap { version in
      let pinned = PinnedFile.all(in: .map(version.definition))
      // What this release cannot read says nothing of the steps.
      return (try? PinnedDefinition.load(pinned, reader, nil)).map {
        RunEngine(workflow: $0, state: engine.state, vault: engine.vault)
      }
    }
  }

  /// Gives the steps back what they were called that a migration took out and that are taken back: the versions
  /// before know that. Where they cannot be read, the steps go by their addresses.
  func nameRemovedSteps(in engine: inout RunEngine) {
    let removed = engine.removedSteps
    guard !removed.isEmpty, let steps = try? stepsRemoved(from: engine, removed) else { return }
    engine.name(removed: steps.mapValues(\.title))
  }

  /// The files that each record pins which a run goes by from there on.
  private func pins(
    _ reader: RunReader
  ) throws(RunnerError) -> [(seq: Int, files: [PinnedFile])] {
    var pins: [(seq: Int, files: [PinnedFile])] = []
    try stored { () throws(StoreError) in
      try reader.records { record in
        if record.type == "run.created" || record.type == "run.migrated" {
          pins.append((record.seq, PinnedFile.all(in: record.data["definition"])))
        }
        return true
      }
    }
    return pins
  }

  /// What differs between the versions of each migration of a run, by the number of its record; none
  /// where this release cannot read one of the two.
  package func differences(of part: String) throws(RunnerError) -> [Int: [WorkflowDifference]] {
    let run = try stored { () throws(StoreError) in try store.find(part) }
    let reader = try stored { () throws(StoreError) in try store.reader(run: run) }
    let pins = try pins(reader)
    guard pins.count > 1 else { return [:] }
    let versions = pins.map { try? PinnedDefinition.load($0.files, reader, nil) }
    var differences: [Int: [WorkflowDifference]] = [:]
    for position in pins.indices.dropFirst() {
      guard let old = versions[position - 1], let new = versions[position] else { continue }
      differences[pins[position].seq] = WorkflowComparison(from: old, to: new).differences
    }
    return differences
  }
}
