package import Values

/// What has become of a step's deadlines, and who is on it.
package struct PeopleRecord: Sendable, Hashable {
  /// How many of the timers have come, in their order.
  package internal(set) var timersReached = 0
  /// Roles that an escalation added.
  package internal(set) var addedRoles: [String] = []
  /// Who was told, and of whom that is not certain, for views.
  package internal(set) var failedNotices: [String] = []
  package internal(set) var decisions: [Decision] = []
  package internal(set) var claim: Claim?
  /// Who gave what of an answer that several gave, where it was not who answered last; the machine what events
  /// ticked.
  var givers: [String: Actor] = [:]

  /// What somebody decided.
  package struct Decision: Sendable, Hashable {
    package let decided: Decided
    package let by: Actor
    package let at: Timestamp
  }

  /// Who is on the step.
  package struct Claim: Sendable, Hashable {
    package let by: Actor
    package let at: Timestamp
    /// How many roles escalations had added by then: a claim says nothing for those that came later.
    let rolesBefore: Int
  }

  var isEmpty: Bool { self == PeopleRecord() }

  /// A question that is asked anew starts anew, but for who is on it.
  mutating func restart() {
    let claim = self.claim
    self = PeopleRecord()
    self.claim = claim.map { Claim(by: $0.by, at: $0.at, rolesBefore: 0) }
  }

  /// Of a step that is over, what was decided and answered is kept.
  mutating func close() {
    var kept = PeopleRecord()
    kept.decisions = decisions
    kept.givers = givers
    self = kept
  }

  /// Folds one event.
  mutating func fold(_ event: PeopleEvent, by actor: Actor, at moment: Timestamp) {
    switch event {
    case .deadlineReached(let reached): fold(reached)
    case .decided(let decided): fold(decided, by: actor, at: moment)
    case .claimed: claim = Claim(by: actor, at: moment, rolesBefore: addedRoles.count)
    case .released: claim = nil
    case .itemTicked, .voided, .noticeStarted, .noticeSent, .noticeFailed: break
    }
  }

  /// Whoever says the same again counts once, and adds what they say to it.
  private mutating func fold(_ decided: Decided, by actor: Actor, at moment: Timestamp) {
    // What is left of it is for others.
    if claim?.by == actor { claim = nil }
    let same = decisions.firstIndex { earlier in
      earlier.by == actor && earlier.decided.shown == decided.shown
        && earlier.decided.approves == decided.approves
    }
    guard let same else {
      return decisions.append(Decision(decided: decided, by: actor, at: moment))
    }
    var both = decisions[same].decided
    let comments = [both.comment, decided.comment].compactMap(\.self)
    both.comment = comments.isEmpty ? nil : comments.joined(separator: "\n")
    decisions[same] = Decision(decided: both, by: actor, at: decisions[same].at)
  }

  private mutating func fold(_ reached: DeadlineReached) {
    timersReached += 1
    guard !reached.isPassedOver, let to = reached.to, !addedRoles.contains(to) else { return }
    addedRoles.append(to)
  }
}

extension PeopleRecord {
  /// Who may answer: the role of the step, and those that escalations added, each once; nobody is kept
  /// out where the step has none.
  package func roles(with own: String?) -> [String] {
    guard let own else { return [] }
    return [own] + addedRoles.filter { $0 != own }
  }

  /// Those that escalations added after somebody had said to be on it, the last of all.
  package func rolesSinceClaim(with own: String?) -> [String] {
    guard let claim else { return [] }
    return addedRoles.dropFirst(claim.rolesBefore).filter { $0 != own }
  }

  var saved: Value {
    var map: ValueMap = ["timers": .int(Int64(timersReached))]
    if !addedRoles.isEmpty { map["roles"] = .list(addedRoles.map { .string($0) }) }
    if !failedNotices.isEmpty { map["failed"] = .list(failedNotices.map { .string($0) }) }
    if !decisions.isEmpty { map["decisions"] = .list(decisions.map(\.saved)) }
    if let claim {
      var claimed: ValueMap = ["by": claim.by.saved, "at": .string(claim.at.journalText)]
      if claim.rolesBefore > 0 { claimed["roles"] = .int(Int64(claim.rolesBefore)) }
      map["claim"] = .map(claimed)
    }
    if !givers.isEmpty {
      let ordered = givers.sorted { $0.key < $1.key }
      map["givers"] = .map(ValueMap(ordered.map { ($0.key, $0.value.saved) }))
    }
    return .map(map)
  }

  init?(saved: Value) {
    timersReached = Int(saved["timers"]?.asInt ?? 0)
    addedRoles = saved["roles"]?.asList?.compactMap(\.asString) ?? []
    failedNotices = saved["failed"]?.asList?.compactMap(\.asString) ?? []
    for value in saved["decisions"]?.asList ?? [] {
      guard let decision = Decision(saved: value) else { return nil }
      decisions.append(decision)
    }
    if let value = saved["claim"] {
      guard let by = value["by"].flatMap(Actor.init(saved:)),
        let at = value["at"]?.asString.flatMap(Timestamp.init(journalText:))
      else { return nil }
      claim = Claim(by: by, at: at, rolesBefore: max(0, Int(value["roles"]?.asInt ?? 0)))
    }
    for member in saved["givers"]?.asMap ?? ValueMap() {
      guard let name = member.key.asString, let giver = Actor(saved: member.value) else {
        return nil
      }
      givers[name] = giver
    }
  }
}

extension PeopleRecord.Decision {
  var saved: Value {
    .map(
      decided.data.adding("by", by.saved).adding("at", at.journalText))
  }

  init?(saved: Value) {
    guard case .map(let map) = saved,
      let decided = try? Decided(DataReader(type: "state", data: map)),
      let by = map["by"].flatMap(Actor.init(saved:)),
      let at = map["at"]?.asString.flatMap(Timestamp.init(journalText:))
    else { return nil }
    self.init(decided: decided, by: by, at: at)
  }
}
