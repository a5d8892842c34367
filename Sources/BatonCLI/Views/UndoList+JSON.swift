import Engine
import Values

extension UndoList {
  /// The list for programs; members may be added to it, none changes its meaning.
  var json: Value {
    [
      "format": "baton-undo-plan/1", "unsettled": .texts(unsettled),
      "taken_back": preview.json,
      "stays": .list(
        preview.irreversible.map { ["step": .string($0.step), "count": .int(Int64($0.count))] }),
    ]
  }
}

extension RewindList {
  /// The list for programs; members may be added to it, none changes its meaning.
  var json: Value {
    [
      "format": "baton-rewind-plan/1", "taken_back": preview.undo.json,
      "kept": .texts(preview.kept), "if_failing": .texts(preview.ifFailing),
      "outdated": .texts(preview.outdated), "again": .texts(preview.again),
      "retried": .texts(preview.retried), "renewed": .texts(preview.renewed),
      "corrected": .list(
        preview.corrected.map { step, with in
          var map: ValueMap = ["step": .string(step)]
          map.add(with)
          return .map(map)
        }),
      "asked_again": .texts(preview.voided), "answers_kept": .texts(preview.answersKept),
      "answers_lost": .texts(preview.answersLost),
    ]
  }
}

extension UndoPreview {
  fileprivate var json: Value { .list(entries.map(json(of:))) }

  private func json(of entry: UndoEntry) -> Value {
    var map: ValueMap = [
      "step": .string(entry.step), "address": .string(entry.address),
      "by_hand": .bool(byHand.contains(entry.address)),
    ]
    switch entry.plan {
    case .call(let operation, let with):
      map["operation"] = .string(operation)
      map.add(with)
    case .manual(let text): map["instructions"] = .string(text)
    // Why it could not be worked out what takes it back.
    case .unknown(let message): map["unknown"] = .string(message)
    }
    return .map(map)
  }
}

extension ValueMap {
  /// Values that something is called with; of sensitive ones the names.
  fileprivate mutating func add(_ values: StoredValues) {
    self["with"] = .map(values.clear)
    self["sensitive"] = .texts(values.sealed.names)
  }
}

extension Value {
  fileprivate static func texts(_ texts: [String]) -> Value { .list(texts.map { .string($0) }) }
}
