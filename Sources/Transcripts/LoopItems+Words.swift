import Documents
package import Engine
package import Values

extension LoopItems {
  /// How many items are named of each kind.
  private static let named = 10

  /// `2 of 5 items done, 2 stuck: [1] b, [3] d, 1 not begun`, each item as in the addresses.
  package var words: String {
    var parts = [done == all ? Self.number(all) : counted]
    if takenBack > 0 { parts.append(takenBack == all ? "taken back" : "\(takenBack) taken back") }
    for (items, how) in [(byHand, "by hand"), (overridden, "overridden")] where !items.isEmpty {
      parts.append("\(items.count) \(how): \(Self.list(items))")
    }
    if !passedOver.isEmpty { parts.append("failures passed over in \(Self.list(passedOver))") }
    if !stuck.isEmpty {
      parts.append("\(stuck.count) \(isOpen ? "stuck" : "failed"): \(Self.list(stuck))")
    }
    if waiting > 0 { parts.append("\(waiting) waiting") }
    if underWay > 0 { parts.append("\(underWay) under way") }
    if !brokenOff.isEmpty {
      parts.append("\(brokenOff.count) broken off: \(Self.list(brokenOff))")
    }
    if notBegun > 0 { parts.append("\(notBegun) not begun") }
    return parts.joined(separator: ", ")
  }

  private var counted: String { "\(done) of \(Self.number(all)) done" }

  private static func number(_ count: Int) -> String {
    "\(count) item\(count == 1 ? "" : "s")"
  }

  private static func list(_ items: [Item]) -> String {
    let names = items.prefix(named).map(\.words).joined(separator: ", ")
    return items.count > named ? "\(names) and \(items.count - named) more" : names
  }
}

extension LoopItems.Item {
  private static let width = 40

  /// `[3] bo@example.com`.
  var words: String {
    guard let value else { return "[\(index)]" }
    let text = value.asString ?? JSONText.compact(value)
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    let short = line.count > Self.width ? line.prefix(Self.width - 1) + "…" : line
    return "[\(index)] \(short)"
  }
}

extension LoopItems {
  /// `all`, `done`, and the indices of the others.
  package var json: Value {
    var map: ValueMap = [
      "all": .int(Int64(all)), "not_begun": .int(Int64(notBegun)), "done": .int(Int64(done)),
    ]
    for (name, number) in [
      ("waiting", waiting), ("under_way", underWay), ("taken_back", takenBack),
    ] where number > 0 {
      map[name] = .int(Int64(number))
    }
    for (name, items) in [
      ("by_hand", byHand), ("overridden", overridden), ("passed_over", passedOver),
      (isOpen ? "stuck" : "failed", stuck), ("broken_off", brokenOff),
    ] where !items.isEmpty {
      map[name] = .list(items.map { .int(Int64($0.index)) })
    }
    return .map(map)
  }
}
