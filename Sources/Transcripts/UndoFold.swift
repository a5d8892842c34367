import Engine
import RunStore
import Values

/// Folds the journal into what was taken back, by the same log as the run itself.
struct UndoFold {
  private(set) var log = UndoLog()
  /// The steps of which it is known how their newest effect is taken back.
  private var prepared: Set<String> = []

  mutating func apply(_ record: JournalRecord) {
    switch record.type {
    case "run.rewound": prepared = []
    case "run.migrated":
      for renaming in record.renamings {
        log.rename(renaming)
        prepared = Set(prepared.map { renaming.address(of: $0) ?? $0 })
      }
    default: if let step = record.step { apply(record, to: step) }
    }
  }

  private mutating func apply(_ record: JournalRecord, to step: String) {
    switch record.type {
    case "undo.prepared":
      let isKnown = !prepared.insert(step).inserted
      log.add(.unknown(""), for: step, replacing: isKnown)
    case "attempt.started": prepared.remove(step)
    case "step.succeeded":
      guard let position = log.position(of: step) else { return }
      log.close(position, as: .done)
      prepared.remove(log.entries[position].step)
    case "step.skipped":
      if let position = log.position(of: step) { log.close(position, as: .skipped) }
    default: break
    }
  }
}

extension JournalRecord {
  /// The steps that have another address from a migration on.
  var renamings: [Renaming] {
    let isWhole = data["by_places"]?.asBool ?? false
    return (data["renamed"]?.asMap ?? ValueMap()).compactMap { member in
      guard let old = member.key.asString, let new = member.value.asString else { return nil }
      return Renaming(old, to: new, takesAlong: isWhole)
    }
  }
}
