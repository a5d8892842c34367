import RunStore
import Values

/// The events that the project keeps, as far as some run was not looked at for them: which of them a
/// run may wait for, from what the index knows of it.
struct UnseenEvents {
  /// The events of a name.
  private struct Named {
    let name: [UInt8]
    var events: [(data: ValueMap, place: Int64)] = []
    /// Where the last one is.
    var last: Int64 { events.last?.place ?? -1 }
    /// By the members that runs asked for.
    var members: [(name: [UInt8], places: MemberPlaces)] = []
  }

  /// Where the last event is by the text that a member has.
  private struct MemberPlaces {
    private var byText: [String: Int64] = [:]
    /// The last one whose member is no text, or sensitive: it may be wanted by anybody.
    private var others: Int64 = -1

    init(of member: String, in events: [(data: ValueMap, place: Int64)]) {
      for event in events {
        if case .string(let text)? = event.data[member] {
          byText[text] = event.place
        } else {
          others = event.place
        }
      }
    }

    func last(with text: String) -> Int64 { max(byText[text] ?? -1, others) }
  }

  /// Few names, found by comparing.
  private var named: [Named] = []

  init(_ store: RunStore, after view: RunIndexView) throws(RunnerError) {
    let size = Int64(try stored { () throws(StoreError) in try store.projectEventsSize() })
    var first = size
    guard size > 0 else { return }
    for position in 0..<view.count {
      if let row = Self.waiting(position, view) { first = min(first, row.eventsSeen) }
    }
    guard first < size else { return }
    let events = try stored { () throws(StoreError) in
      try store.projectEventsWithPlaces(from: Int(first))
    }
    for (name, data, place) in events {
      let name = Array(name.utf8)
      let slot = named.firstIndex { $0.name == name } ?? named.count
      if slot == named.count { named.append(Named(name: name)) }
      named[slot].events.append((data, Int64(place)))
    }
  }

  /// Whether a run waits for an event that came after it was last looked at.
  mutating func mayEndWait(at position: Int, in view: RunIndexView) -> Bool {
    guard !named.isEmpty, let row = Self.waiting(position, view) else { return false }
    let seen = row.eventsSeen
    return row.awaits { name, member, text in
      guard let slot = slot(of: name), named[slot].last >= seen else { return false }
      return member.isEmpty || lastPlace(slot, member, text) >= seen
    }
  }

  private static func waiting(_ position: Int, _ view: RunIndexView) -> RunRow? {
    guard view.mark(at: position) & RunRow.awaitsEvents != 0 else { return nil }
    let row = view.row(at: position)
    return RunRow(run: row.run, bytes: row.summary)
  }

  private func slot(of name: RunRow.Text) -> Int? {
    named.indices.first { slot in named[slot].name.withUnsafeBytes { name.hasSameBytes(as: $0) } }
  }

  /// Where the last event of a name is whose member may be a text.
  private mutating func lastPlace(_ slot: Int, _ member: RunRow.Text, _ text: RunRow.Text) -> Int64
  {
    let text = String(decoding: text, as: UTF8.self)
    for known in named[slot].members
    where known.name.withUnsafeBytes({ member.hasSameBytes(as: $0) }) {
      return known.places.last(with: text)
    }
    let places = MemberPlaces(
      of: String(decoding: member, as: UTF8.self), in: named[slot].events)
    named[slot].members.append((Array(member), places))
    return places.last(with: text)
  }
}
