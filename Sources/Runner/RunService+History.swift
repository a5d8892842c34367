package import Engine
import RunStore
import Values

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
}
