import Engine
import RunStore
import Values

/// Which steps that hold others were begun once more: what was said of a step in them before is not
/// about the time since.
struct StepBeginnings {
  /// The addresses of what holds other steps and was begun; and of those what was begun before the run last
  /// went back to a checkpoint, and not since.
  private var begun: Set<String> = []
  private var rewound: Set<String> = []
  /// What was tried again without being carried out anew: what is done in it stays.
  private var resumed: Set<String> = []
  /// What comes from the start again: of a `repeat` that is the first round.
  private var renewed: Set<String> = []
  /// What kept its outcome behind a rewind, and with it all in it, and how often something had been begun once
  /// more by then.
  private var kept: [String: Int] = [:]
  /// How often something was begun once more, and which of these times was the latest for each address.
  private(set) var count = 0
  private var latest: [String: Int] = [:]
  /// The same of loops whose items or rounds come to the same addresses once more.
  private var latestOfLoops: [String: Int] = [:]

  mutating func rewind() { rewound = begun }

  /// Takes it that a step comes from the start again.
  mutating func renew(_ address: String) {
    if begun.contains(address) { renewed.insert(address) }
  }

  mutating func apply(_ record: JournalRecord, at address: String) {
    switch record.type {
    case "step.retried" where record.data["again"]?.asBool != true: resumed.insert(address)
    case "recovery.ended" where record.data.text("then") == "retry": resumed.insert(address)
    case "step.retried", "recovery.ended", "step.succeeded", "step.skipped":
      if !resumed.isEmpty { resumed.remove(address) }
      if record.type == "step.retried" { renew(address) }
    case "step.kept": if begun.contains(address) { kept[address] = count }
    case "step.started": begin(record, at: address)
    default: break
    }
  }

  private mutating func begin(_ record: JournalRecord, at address: String) {
    guard !begun.insert(address).inserted else { return }
    let isRewound = rewound.remove(address) != nil
    let isResumed = resumed.remove(address) != nil
    let isRenewed = renewed.remove(address) != nil
    // A `repeat` that is tried again otherwise counts its rounds on: those before are still what they were.
    let isLoopAnew = isRewound || isRenewed || record.data["count"] != nil
    guard isLoopAnew || !isResumed else { return }
    count += 1
    latest[address] = count
    if isLoopAnew { latestOfLoops[address] = count }
  }

  /// What has another id from a migration on is the same step.
  mutating func rename(_ renaming: Renaming) {
    func renamed(_ addresses: Set<String>) -> Set<String> {
      Set(addresses.map { renaming.address(of: $0) ?? $0 })
    }
    func renamed(_ times: [String: Int]) -> [String: Int] {
      var result: [String: Int] = [:]
      for (old, time) in times { result[renaming.address(of: old) ?? old] = time }
      return result
    }
    begun = renamed(begun)
    rewound = renamed(rewound)
    resumed = renamed(resumed)
    renewed = renamed(renewed)
    kept = renamed(kept)
    latest = renamed(latest)
    latestOfLoops = renamed(latestOfLoops)
  }

  /// Whether a loop that a step lies in was begun once more after some beginning.
  ///
  /// - Parameter sections: the addresses of what it lies in and its own address does not show.
  func isLoopAnew(around address: String, sections: [String], since time: Int) -> Bool {
    guard count > time, !latestOfLoops.isEmpty else { return false }
    let time = max(time, timeKept(around: address, sections))
    return LoopTallies.items(around: address).contains { loop, _ in
      latestOfLoops[loop].map { $0 > time } ?? false
    }
  }

  /// Whether anything that a step lies in was begun once more after some beginning.
  ///
  /// - Parameter sections: the addresses of what it lies in and its own address does not show.
  func isAnew(around address: String, sections: [String], since time: Int) -> Bool {
    guard count > time else { return false }
    if isLoopAnew(around: address, sections: sections, since: time) { return true }
    let time = max(time, timeKept(around: address, sections))
    return (sections + Self.calls(around: address)).contains { outer in
      latest[outer].map { $0 > time } ?? false
    }
  }

  /// When something that a step lies in kept its outcome last: what was done in it is as it was.
  private func timeKept(around address: String, _ sections: [String]) -> Int {
    guard !kept.isEmpty else { return 0 }
    let outer =
      sections + Self.calls(around: address) + LoopTallies.items(around: address).map(\.loop)
    return outer.compactMap { kept[$0] }.max() ?? 0
  }

  /// The steps around an address that call the workflow which it lies in.
  private static func calls(around address: String) -> [String] {
    address.indices.filter { address[$0] == "/" }.map { String(address[..<$0]) }
      .filter { !$0.hasSuffix("]") }
  }
}
