import Engine
import RunStore
import Values

/// The events that the project keeps, as far as they have been read.
final class KeptEvents {
  private let store: RunStore
  private let vault: VaultAdapter
  /// How far their file was read.
  private(set) var end = 0
  private(set) var events: [ProjectEvent] = []

  init(_ store: RunStore) {
    self.store = store
    vault = VaultAdapter(store.projectVault)
  }

  /// Reads what came since the last time.
  func refresh() throws(RunnerError) {
    let size = try stored { () throws(StoreError) in try store.projectEventsSize() }
    guard size > end else { return }
    let new = try stored { () throws(StoreError) in try store.projectEvents(from: end) }
    end = new.end
    events += new.events.compactMap { ProjectEvent(kept: $0, vault) }
  }

  /// Keeps an event, durably.
  ///
  /// - Parameter sensitive: whether a member of its data is.
  static func keep(
    _ event: ProjectEvent, by actor: Actor, in store: RunStore, sensitive: (String) -> Bool
  ) throws(RunnerError) {
    let vault = store.projectVault
    let adapter = VaultAdapter(vault)
    let data = StoredValues(event.data, sensitive: sensitive, vault: adapter)
    try adapter.check()
    try stored { () throws(StoreError) in
      try vault.sync()
      var line: ValueMap = [
        "id": .string(event.id), "event": .string(event.name),
        "at": .string(event.at.journalText), "data": .map(data.clear),
        "sealed": .map(data.sealed),
        "actor": ["kind": .string(actor.kind.rawValue), "id": .string(actor.id)],
      ]
      if !event.runsAhead.isEmpty {
        let moments = event.runsAhead.sorted { $0.key < $1.key }
        line["runs_ahead"] = .map(
          ValueMap(moments.map { ($0.key, .string($0.value.journalText)) }))
      }
      try store.appendProjectEvent(.map(line))
    }
  }
}

extension ProjectEvent {
  /// Nil for what is no event: `verify` and `doctor` tell of such a line.
  fileprivate init?(kept value: Value, _ vault: VaultAdapter) {
    guard let id = value["id"]?.asString, let name = value["event"]?.asString,
      let at = value["at"]?.asString.flatMap(Timestamp.init(journalText:))
    else { return nil }
    let stored = StoredValues(
      clear: value["data"]?.asMap ?? ValueMap(), sealed: value["sealed"]?.asMap ?? ValueMap())
    let data = stored.parted(by: vault)
    let kind = value["actor"]?["kind"]?.asString.flatMap(Actor.Kind.init(rawValue:))
    let by = value["actor"]?["id"]?.asString.flatMap { id in kind.map { Actor(kind: $0, id: id) } }
    var ahead: [String: Timestamp] = [:]
    for member in value["runs_ahead"]?.asMap ?? ValueMap() {
      guard let run = member.key.asString else { continue }
      ahead[run] = member.value.asString.flatMap(Timestamp.init(journalText:))
    }
    self.init(
      id: id, name: name, data: data.open, locked: data.locked, at: at, by: by, runsAhead: ahead)
  }
}
