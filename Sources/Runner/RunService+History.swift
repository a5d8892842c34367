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

  /// What differs between the versions of each migration of a run, by the number of its record; none
  /// where this release cannot read one of the two.
  package func differences(of part: String) throws(RunnerError) -> [Int: [WorkflowDifference]] {
    let run = try stored { () throws(StoreError) in try store.find(part) }
    let reader = try stored { () throws(StoreError) in try store.reader(run: run) }
    var pins: [(seq: Int, files: [PinnedFile])] = []
    try stored { () throws(StoreError) in
      try reader.records { record in
        if record.type == "run.created" || record.type == "run.migrated" {
          pins.append((record.seq, PinnedFile.all(in: record.data["definition"])))
        }
        return true
      }
    }
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
