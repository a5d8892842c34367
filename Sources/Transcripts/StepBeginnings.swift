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
  /// How often something was begun once more, and which of these times was the latest for each address.
  private(set) var count = 0
  private var latest: [String: Int] = [:]
  /// The same of loops whose items or rounds come to the same addresses once more.
  private var latestOfLoops: [String: Int] = [:]

  mutating func rewind() { rewound = begun }

  mutating func apply(_ record: JournalRecord, at address: String) {
    switch record.type {
    case "step.retried" where record.data["again"]?.asBool != true: resumed.insert(address)
    case "recovery.ended" where record.data.text("then") == "retry": resumed.insert(address)
    case "step.retried", "recovery.ended", "step.succeeded", "step.skipped":
      if !resumed.isEmpty { resumed.remove(address) }
    case "step.started": begin(record, at: address)
    default: break
    }
  }

  private mutating func begin(_ record: JournalRecord, at address: String) {
    guard !begun.insert(address).inserted else { return }
    let isRewound = rewound.remove(address) != nil
    let isResumed = resumed.remove(address) != nil
    // A `repeat` that is tried again counts its rounds on: those before are still what they were.
    let isLoopAnew = isRewound || record.data["count"] != nil
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
    latest = renamed(latest)
    latestOfLoops = renamed(latestOfLoops)
  }

  /// Whether a loop that a step lies in was begun once more after some beginning.
  func isLoopAnew(around address: String, since time: Int) -> Bool {
    guard count > time, !latestOfLoops.isEmpty else { return false }
    return LoopTallies.items(around: address).contains { loop, _ in
      latestOfLoops[loop].map { $0 > time } ?? false
    }
  }

  /// Whether anything that a step lies in was begun once more after some beginning.
  ///
  /// - Parameter sections: the addresses of what it lies in and its own address does not show.
  func isAnew(around address: String, sections: [String], since time: Int) -> Bool {
    guard count > time else { return false }
    return isLoopAnew(around: address, since: time)
      || (sections + Self.calls(around: address)).contains { outer in
        latest[outer].map { $0 > time } ?? false
      }
  }

  /// The steps around an address that call the workflow which it lies in.
  private static func calls(around address: String) -> [String] {
    address.indices.filter { address[$0] == "/" }.map { String(address[..<$0]) }
      .filter { !$0.hasSuffix("]") }
  }
}
