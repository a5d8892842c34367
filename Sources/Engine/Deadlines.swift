package import Values

/// A moment at which something is due while a step waits for people or events.
package struct DeadlineTimer: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    /// By position among the step's rungs, from 0.
    case remind(Int)
    case due
    case escalate(Int)
    case expires
  }

  package let kind: Kind
  package let dueAt: Timestamp

  /// How the journal and people name it: `remind.1`, `due`, `escalate.2`, `expires`.
  package var name: String {
    switch kind {
    case .remind(let index): "remind.\(index + 1)"
    case .due: "due"
    case .escalate(let index): "escalate.\(index + 1)"
    case .expires: "expires"
    }
  }

  /// What people call it, by its ``name``: `reminder 1`, `due date`.
  package static func words(for name: String) -> String {
    if let branch = Waiting.branch(ofTimer: name) { return "`\(branch)`" }
    if name == "wait" { return "end of the wait" }
    return switch Kind(name: name) {
    case .remind(let index): "reminder \(index + 1)"
    case .due: "due date"
    case .escalate(let index): "escalation \(index + 1)"
    case .expires: "expiry"
    case nil: name
    }
  }

  init(_ kind: Kind, at moment: Timestamp) {
    self.kind = kind
    dueAt = moment.wholeMilliseconds
  }

  init?(name: String, dueAt: Timestamp) {
    guard let kind = Kind(name: name) else { return nil }
    self.init(kind, at: dueAt)
  }
}

extension DeadlineTimer.Kind {
  /// Reads what ``DeadlineTimer/name`` gives.
  init?(name: String) {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    let index = parts.count == 2 ? Int(parts[1]) : nil
    switch (parts.first, index) {
    case ("due", nil) where parts.count == 1: self = .due
    case ("expires", nil) where parts.count == 1: self = .expires
    case ("remind", let index?) where index > 0: self = .remind(index - 1)
    case ("escalate", let index?) where index > 0: self = .escalate(index - 1)
    default: return nil
    }
  }

  /// The order at the same moment.
  fileprivate var rank: Int {
    switch self {
    case .remind(let index): index
    case .due: 1 << 20
    case .escalate(let index): 1 << 21 + index
    case .expires: 1 << 30
    }
  }
}

extension [DeadlineTimer] {
  /// In the order in which they come due.
  var inOrder: [DeadlineTimer] {
    sorted { ($0.dueAt, $0.kind.rank) < ($1.dueAt, $1.kind.rank) }
  }
}

extension Timestamp {
  /// The precision of journals, so that a live state and a folded one agree.
  var wholeMilliseconds: Timestamp {
    Timestamp(seconds: seconds, nanoseconds: nanoseconds / 1_000_000 * 1_000_000)
  }
}
