import RunStore
import Values

/// Where in their file the events that the project keeps are, as far as some run was not looked at
/// for them.
struct KeptEventNames {
  /// The place of the last event of each name.
  private var last: [String: Int64] = [:]

  init(_ store: RunStore, after view: RunIndexView) throws(RunnerError) {
    let size = Int64(try stored { () throws(StoreError) in try store.projectEventsSize() })
    var first = size
    guard size > 0 else { return }
    for position in 0..<view.count {
      let row = RunRow(run: view.run(at: position), bytes: view.summary(at: position))
      if let row, row.awaitsAnything { first = min(first, row.eventsSeen) }
    }
    guard first < size else { return }
    let names = try stored { () throws(StoreError) in
      try store.projectEventNames(from: Int(first))
    }
    for (name, place) in names { last[name] = Int64(place) }
  }

  /// Whether a run waits for an event that came after it was last looked at.
  func mayEndWait(at position: Int, in view: RunIndexView) -> Bool {
    guard !last.isEmpty,
      let row = RunRow(run: view.run(at: position), bytes: view.summary(at: position)),
      row.awaitsAnything
    else { return false }
    return last.contains { name, place in place >= row.eventsSeen && row.awaits(name) }
  }
}
