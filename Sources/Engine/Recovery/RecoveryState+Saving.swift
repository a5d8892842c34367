import Values
import Workflows

/// The parts of the saved state that are about recovery.
extension RunState {
  var savedRecovery: ValueMap {
    var map = ValueMap()
    if !undo.isEmpty { map["effects"] = .list(undo.entries.map(\.saved)) }
    func add(_ name: String, _ counts: [String: Int]) {
      guard !counts.isEmpty else { return }
      map[name] = .map(
        ValueMap(counts.sorted { $0.key < $1.key }.map { ($0.key, .int(Int64($0.value))) }))
    }
    func add(_ name: String, _ addresses: Set<String>) {
      guard !addresses.isEmpty else { return }
      map[name] = .list(addresses.sorted().map { .string($0) })
    }
    add("irreversible", undo.irreversible)
    add("handwork", undo.handwork)
    add("retries", recovery.retries)
    add("marks", recovery.marks)
    add("exhausted", recovery.exhausted)
    add("by_hand", recovery.byHand)
    add("kept", recovery.kept)
    add("coming_again", undo.comingAgain)
    if recovery.goesByPlaces { map["by_places"] = true }
    if !recovery.earlierVersions.isEmpty {
      map["versions"] = .list(recovery.earlierVersions.map(\.saved))
    }
    if !recovery.takingBack.isEmpty {
      map["taking_back"] = .list(recovery.takingBack.map { .int(Int64($0)) })
    }
    if hasEarlierTimes {
      map["times"] = .map(
        ValueMap(earlierTimes.sorted { $0.key < $1.key }.map { ($0.key, $0.value.saved) }))
    }
    if let begun = recovery.goingBack { map["going_back"] = begun.saved }
    if recovery.rewinds > 0 { map["rewinds"] = .int(Int64(recovery.rewinds)) }
    if !recovery.open.isEmpty {
      map["open"] = .list(
        recovery.open.sorted { $0.key < $1.key }.map { owner, recovery in
          let data = recovery.start.data.adding("owner", owner)
          return .map(data.adding("frame", recovery.frame.map { Value.int(Int64($0)) }))
        })
    }
    return map
  }

  mutating func restoreRecovery(_ map: ValueMap) -> Bool {
    for value in map["effects"]?.asList ?? [] {
      guard let entry = UndoEntry(saved: value) else { return false }
      undo.restore(entry)
    }
    undo.irreversible = counts(map["irreversible"])
    undo.handwork = counts(map["handwork"])
    recovery.retries = counts(map["retries"])
    recovery.marks = counts(map["marks"])
    recovery.exhausted = addresses(map["exhausted"])
    recovery.byHand = addresses(map["by_hand"])
    recovery.kept = addresses(map["kept"])
    undo.comingAgain = addresses(map["coming_again"])
    recovery.goesByPlaces = map["by_places"]?.asBool ?? false
    for value in map["versions"]?.asList ?? [] {
      guard let version = EarlierVersion(saved: value) else { return false }
      recovery.earlierVersions.append(version)
    }
    recovery.takingBack = (map["taking_back"]?.asList ?? []).compactMap { $0.asInt.map(Int.init) }
    recovery.rewinds = Int(map["rewinds"]?.asInt ?? 0)
    recovery.goingBack = map["going_back"].flatMap(BegunGoingBack.init(saved:))
    for member in map["times"]?.asMap ?? ValueMap() {
      guard let address = member.key.asString, let times = EarlierTimes(saved: member.value) else {
        return false
      }
      earlierTimes[address] = times
    }
    for value in map["open"]?.asList ?? [] {
      guard case .map(let data) = value, let owner = data["owner"]?.asString,
        let start = try? RecoveryStart(DataReader(type: "state", data: data))
      else { return false }
      recovery.open[owner] = OpenRecovery(
        start: start, frame: data["frame"]?.asInt.map(Int.init))
    }
    return true
  }

  private func counts(_ value: Value?) -> [String: Int] {
    var counts: [String: Int] = [:]
    for member in value?.asMap ?? ValueMap() {
      if let name = member.key.asString, let count = member.value.asInt {
        counts[name] = Int(count)
      }
    }
    return counts
  }

  private func addresses(_ value: Value?) -> Set<String> {
    Set((value?.asList ?? []).compactMap(\.asString))
  }
}

extension BegunGoingBack {
  fileprivate var saved: Value {
    let map: ValueMap = ["at": .string(at.journalText), "by": by.saved]
    return .map(map.adding("message", message))
  }

  fileprivate init?(saved: Value) {
    guard let by = saved["by"].flatMap(Actor.init(saved:)),
      let at = saved["at"]?.asString.flatMap(Timestamp.init(journalText:))
    else { return nil }
    self.init(by: by, at: at, message: saved["message"]?.asString)
  }
}

extension UndoEntry {
  fileprivate var saved: Value {
    let map: ValueMap = [
      "step": .string(step), "address": .string(address), "status": .string(status.rawValue),
      "plan": .map(plan.data),
    ]
    return .map(map)
  }

  fileprivate init?(saved: Value) {
    guard let step = saved["step"]?.asString, let address = saved["address"]?.asString,
      let status = saved["status"]?.asString.flatMap(Status.init(rawValue:)),
      let data = saved["plan"]?.asMap,
      let plan = try? UndoPlan(DataReader(type: "state", data: data))
    else { return nil }
    self.init(step: step, address: address, plan: plan, status: status)
  }
}

extension UndoGoal {
  func saved(from mark: Int) -> Value {
    var map: ValueMap = ["name": "undoing", "from": .int(Int64(mark))]
    switch self {
    case .end(let message): map["message"] = message.map { .string($0) }
    case .checkpoint(let address, let again):
      map["to"] = .string(address)
      map["again"] = .list(again.map { .string($0) })
    }
    return .map(map)
  }

  static func phase(saved: Value) -> RunPhase? {
    guard let mark = saved["from"]?.asInt else { return nil }
    let goal: UndoGoal =
      if let address = saved["to"]?.asString {
        .checkpoint(address, again: (saved["again"]?.asList ?? []).compactMap(\.asString))
      } else {
        .end(message: saved["message"]?.asString)
      }
    return .undoing(goal, from: Int(mark))
  }
}
