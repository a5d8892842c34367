package import Engine
import RunStore
import Values
package import Workflows

extension RunService {
  /// A run as its events: what a test is written from. Sensitive values stay sealed.
  package func history(
    of part: String
  ) throws(RunnerError) -> (engine: RunEngine, events: [Event]) {
    let run = try stored { () throws(StoreError) in try store.find(part) }
    let reader = try stored { () throws(StoreError) in try store.reader(run: run) }
    let vault = try stored { () throws(StoreError) in try reader.vault() }
    let replay = Replay(reader, VaultAdapter(vault))
    var events: [Event] = []
    var failure: UnreadableEvent?
    try stored { () throws(StoreError) in
      try reader.records { record in
        do throws(UnreadableEvent) {
          events.append(try Event(record))
          replay.apply(record)
          return true
        } catch {
          failure = error
          return false
        }
      }
    }
    if let failure { throw RunnerError(.damaged, failure.message) }
    return (try replay.result(), events)
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
