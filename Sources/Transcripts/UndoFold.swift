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
      for (old, new) in record.renamed {
        log.rename(old, to: new)
        if prepared.remove(old) != nil { prepared.insert(new) }
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
  /// The new address of each step that has another id from a migration on.
  var renamed: [(old: String, new: String)] {
    (data["renamed"]?.asMap ?? ValueMap()).compactMap { member in
      guard let old = member.key.asString, let new = member.value.asString else { return nil }
      return (old, new)
    }
  }
}
