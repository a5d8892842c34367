internal import Documents
internal import Glibc
package import Values

extension RunStore {
  /// The sensitive values of the events that the project keeps.
  package var projectVault: Vault {
    Vault(run: "events", path: root + "/events-sealed.jsonl", key: key, sources: sources)
  }

  private var eventsPath: String { root + "/events.jsonl" }

  /// Keeps an event of the project, durably; any JSON value, one a line.
  package func appendProjectEvent(_ event: Value) throws(StoreError) {
    try Folders.createDurably(root)
    let lock = try KernelLock.wait(root + "/events.lock")
    defer { lock.release() }
    let isNew = !Folders.exists(eventsPath)
    let file = try OpenFile(eventsPath, O_RDWR | O_CREAT | O_NOFOLLOW)
    let size = try file.size()
    let last = size > 0 ? try file.read(1, at: size - 1) : [0x0A]
    do throws(StoreError) {
      try file.write((last == [0x0A] ? [] : [0x0A]) + (try encoded(event)), at: size)
    } catch {
      try? file.truncate(to: size)
      throw error
    }
    try file.syncData()
    if isNew { try Folders.sync(root) }
  }

  /// How long the file of the project's events is; 0 where there is none.
  package func projectEventsSize() throws(StoreError) -> Int {
    guard Folders.exists(eventsPath) else { return 0 }
    return try OpenFile(eventsPath, O_RDONLY | O_NOFOLLOW).size()
  }

  /// The events of the project from a place in their file on, and the place after them (0 is the
  /// beginning). A line that a crash cut off is left out.
  package func projectEvents(
    from offset: Int = 0
  ) throws(StoreError) -> (events: [Value], end: Int) {
    guard Folders.exists(eventsPath) else { return ([], 0) }
    let file = try OpenFile(eventsPath, O_RDONLY | O_NOFOLLOW)
    var lines = LineReader(file, from: offset, to: try file.size())
    var events: [Value] = []
    var end = offset
    while let line = try lines.next({ isWhole($0, $1) }) {
      guard line.isWhole else { break }
      end = lines.offset
      if let event = line.event { events.append(event) }
    }
    return (events, end)
  }

  /// The events from a place in their file on, each with where it begins: its name, and its data but
  /// for what is sensitive.
  package func projectEventsWithPlaces(
    from offset: Int
  ) throws(StoreError) -> [(name: String, data: ValueMap, place: Int)] {
    guard Folders.exists(eventsPath) else { return [] }
    let file = try OpenFile(eventsPath, O_RDONLY | O_NOFOLLOW)
    var lines = LineReader(file, from: offset, to: try file.size())
    var events: [(name: String, data: ValueMap, place: Int)] = []
    var place = lines.offset
    while let line = try lines.next({ isWhole($0, $1) }) {
      if let event = line.event, let name = event["event"]?.asString {
        events.append((name, event["data"]?.asMap ?? ValueMap(), place))
      }
      place = lines.offset
    }
    return events
  }

  /// What is wrong with the events that the project keeps, as sentences: lines that are no events, and sealed
  /// values that cannot be opened. Such an event is taken by no run, or with what can be known of it.
  package func projectEventNotes() -> [String] {
    guard Folders.exists(eventsPath) else { return [] }
    var count = 0
    var unread = 0
    var commitments: Set<String> = []
    do throws(StoreError) {
      let file = try OpenFile(eventsPath, O_RDONLY | O_NOFOLLOW)
      var lines = LineReader(file, from: 0, to: try file.size())
      while let line = try lines.next({ isWhole($0, $1) }) {
        count += 1
        guard let event = line.event, Self.isEvent(event) else {
          unread += 1
          continue
        }
        for member in event["sealed"]?.asMap ?? ValueMap() {
          commitments.insert(member.value.asString ?? "")
        }
      }
    } catch {
      return ["the events of the project cannot be read: \(error.message)"]
    }
    var notes: [String] = []
    if unread > 0 {
      let (are, them) = unread == 1 ? ("is", "it") : ("are", "them")
      notes.append(
        "\(unread) of \(count) \(count == 1 ? "line" : "lines") of `events.jsonl` \(are) no event, but"
          + " a write that was cut off, or damaged: no run takes \(them)")
    }
    guard !commitments.isEmpty else { return notes }
    return notes
      + SealedCount(commitments, in: [projectVault]).notes.map { "of the project's events \($0)" }
  }

  private static func isEvent(_ value: Value) -> Bool {
    value["id"]?.asString != nil && value["event"]?.asString != nil
      && value["at"]?.asString.flatMap(Timestamp.init(journalText:)) != nil
  }

  private func isWhole(
    _ line: UnsafeRawBufferPointer, _ isWhole: Bool
  ) -> (isWhole: Bool, event: Value?) {
    (isWhole, try? JSONReader.value(from: line, depthLimit: 1000, largeIntegers: .double))
  }
}
