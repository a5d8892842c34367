/// Steps that stand elsewhere in every version of the workflow, or have another id there; nothing depends
/// on them.
extension RandomWorkflow {
  enum Mover: CaseIterable {
    case keyed, once, doomed, checkpoint, approval, loop, call

    /// Whether it has another id in some versions; it is in all of them then.
    var isRenamed: Bool {
      switch self {
      case .keyed, .loop, .call: true
      case .once, .doomed, .checkpoint, .approval: false
      }
    }
  }

  var movers: [(number: Int, kind: Mover)] {
    guard isShuffled else { return [] }
    return (0..<4).map { number in
      (number, Mover.allCases[chance("kind", number, Mover.allCases.count)])
    }
  }

  /// The ids of the movers and of everything in them, in all versions.
  var idsOfMovers: Set<String> {
    Set(movers.flatMap { mover in ["", "x", "i", "r", "p", "c"].map { "v\(mover.number)\($0)" } })
  }

  /// The checkpoints that movers have.
  var checkpointsOfMovers: [String] {
    movers.filter { $0.kind == .checkpoint || $0.kind == .call }.map { "cv\($0.number)" }
  }

  /// The id without what distinguishes a version, of each step of an address.
  static func addressInEveryVersion(_ address: String) -> String {
    address.split(separator: "/").map { part in
      let id = part.prefix { $0 != "[" }
      guard id.first == "v", id.last == "x" else { return String(part) }
      return String(id.dropLast() + part.dropFirst(id.count))
    }.joined(separator: "/")
  }

  // MARK: Versions

  /// The text of a version with its movers where they stand in it.
  func withMovers(_ text: String, _ version: Int) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let start = lines.firstIndex(of: "steps:"),
      let end = lines[start...].firstIndex(where: { $0 == "finally:" || $0 == "outputs:" })
    else { return text }
    let places = (start..<end).filter { lines[$0].hasPrefix("  - id: ") } + [end]
    var moved: [Int: [String]] = [:]
    for (number, kind) in movers {
      let place = chance("place \(version)", number, places.count + (kind.isRenamed ? 0 : 1))
      guard place < places.count else { continue }
      moved[places[place], default: []].append(step(of: kind, number, version))
    }
    return lines.indices.flatMap { (moved[$0] ?? []) + [String(lines[$0])] }
      .joined(separator: "\n")
  }

  /// The workflows that movers call, by name.
  var calledByMovers: [String: String] {
    var called: [String: String] = [:]
    for (number, kind) in movers where kind == .call {
      called["mover-\(number)"] = """
        baton: 1
        id: mover-\(number)
        name: Called
        version: 1.0.0
        steps:
          - { id: v\(number)p, \(action("plain", number)), checkpoint: cv\(number) }
          - { id: v\(number)c, \(action("keyed", number)) }
        """
    }
    return called
  }

  private func step(of kind: Mover, _ number: Int, _ version: Int) -> String {
    let isOther = kind.isRenamed && chance("name \(version)", number, 2) == 1
    let what =
      switch kind {
      case .keyed: action("keyed", number)
      case .once: action("once", number)
      case .doomed:
        "action: world.doomed, with: { n: \(number) }, on_failure: "
          + "{ steps: [ { id: v\(number)r, \(action("plain", number)) } ], then: continue }"
      case .checkpoint: "set: { n: 1 }, checkpoint: cv\(number)"
      case .approval: "approve: \"Go on?\", on_failure: park"
      case .loop:
        "for_each: { in: \"[1, 2]\", as: item_\(number), "
          + "steps: [ { id: v\(number)i, \(action("keyed", number)) } ] }, on_failure: park"
      case .call: "workflow: mover-\(number), on_failure: park"
      }
    return "  - { id: v\(number)\(isOther ? "x" : ""), \(what) }"
  }

  /// No two movers are alike but for their ids.
  private func action(_ operation: String, _ number: Int) -> String {
    "action: world.\(operation), with: { n: \(20 + number) }, on_failure: park"
  }

  private func chance(_ what: String, _ number: Int, _ count: Int) -> Int {
    Int(repeatable("\(seed) \(what) \(number)") % UInt64(count))
  }
}
