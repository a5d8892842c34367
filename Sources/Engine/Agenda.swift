import Values

/// Which frames have something to decide: a cache beside the state, so that deciding costs the same
/// in a run with a thousand branches as in one with a single list.
struct Agenda: Sendable {
  /// Frames to look at, oldest first; those before `head` are done with.
  private var queue: [Int] = []
  private var head = 0
  private var queued: Set<Int> = []
  /// When a frame is to be looked at again by itself.
  private var wakes: [Int: Timestamp] = [:]
  /// The same as a heap; entries that `wakes` does not confirm are stale.
  private var heap: [(at: Timestamp, frame: Int)] = []
  /// Branches whose failure waits for those beside them, with the frame that failed, by section.
  private var failing: [String: [Int: Int]] = [:]
  private var failingIn: [Int: (section: String, branch: Int)] = [:]
  /// The frame that waits to end a part of the run, and the frames there that go no further.
  private var ending: (frame: Int, prefix: String)?
  private var kept: [Int] = []
  /// Steps whose attempt is under way.
  private(set) var attempting: Set<String> = []

  // MARK: Looking at frames

  var first: Int? { head < queue.count ? queue[head] : nil }

  mutating func add(_ frame: Int) {
    if !failingIn.isEmpty { settle(frame) }
    guard queued.insert(frame).inserted else { return }
    queue.append(frame)
  }

  /// Done with the first frame until something happens to it, or until a moment.
  mutating func putOff(_ frame: Int, until moment: Timestamp?) {
    queued.remove(frame)
    head += 1
    if head == queue.count {
      queue.removeAll(keepingCapacity: true)
      head = 0
    }
    if wakes.isEmpty && moment == nil { return }
    guard wakes[frame] != moment else { return }
    wakes[frame] = moment
    if let moment { push((moment, frame)) }
  }

  mutating func remove(_ frame: Int) {
    if !failingIn.isEmpty { settle(frame) }
    if !wakes.isEmpty { wakes[frame] = nil }
    guard queued.remove(frame) != nil else { return }
    if first == frame {
      head += 1
    } else if let position = queue[head...].firstIndex(of: frame) {
      queue.remove(at: position)
    }
    if head == queue.count {
      queue.removeAll(keepingCapacity: true)
      head = 0
    }
  }

  // MARK: Time

  /// Puts the frames whose moment has come back among those to look at.
  mutating func wake(at now: Timestamp) {
    while let next = heap.first {
      let isStale = wakes[next.frame] != next.at
      guard isStale || next.at <= now else { return }
      pop()
      guard !isStale else { continue }
      wakes[next.frame] = nil
      add(next.frame)
    }
  }

  /// The earliest moment at which a frame is to be looked at again.
  mutating func earliest() -> Timestamp? {
    while let next = heap.first, wakes[next.frame] != next.at { pop() }
    return heap.first?.at
  }

  private mutating func push(_ entry: (at: Timestamp, frame: Int)) {
    heap.append(entry)
    var child = heap.count - 1
    while child > 0, heap[child].at < heap[(child - 1) / 2].at {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  private mutating func pop() {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
        if heap[child].at < heap[least].at { least = child }
      }
      if least == parent { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }

  // MARK: Failures among branches

  /// A branch of a section is over; a failure that waits for that is looked at again.
  mutating func noteEnd(inside section: String) {
    if let frame = failing[section]?.values.min() { add(frame) }
  }

  /// Notes that the failure of a frame in a branch waits for the other branches of a section; how
  /// many branches wait there so.
  mutating func wait(_ branch: Int, for frame: Int, failingIn section: String) -> Int {
    failingIn[frame] = (section, branch)
    failing[section, default: [:]][branch] = frame
    return failing[section]?.count ?? 0
  }

  private mutating func settle(_ frame: Int) {
    guard let place = failingIn.removeValue(forKey: frame) else { return }
    failing[place.section]?[place.branch] = nil
  }

  // MARK: Ending a part of the run

  /// Whether a frame may go on: not where another one waits to end what it is a part of.
  mutating func mayProceed(_ frame: Int, at prefix: String) -> Bool {
    guard let ending, ending.frame != frame, prefix.hasPrefix(ending.prefix) else { return true }
    kept.append(frame)
    return false
  }

  /// Whether a part of the run can be ended now; attempts that are under way there end first, and
  /// nothing new begins until then.
  mutating func mayEnd(_ prefix: String, by frame: Int) -> Bool {
    let isFree = !isAttempting(below: prefix)
    ending = isFree ? nil : (frame, prefix)
    if isFree {
      let frames = kept
      kept = []
      for frame in frames { add(frame) }
    }
    return isFree
  }

  // MARK: Attempts

  mutating func note(_ address: String, isAttempting: Bool) {
    if isAttempting {
      attempting.insert(address)
    } else if !attempting.isEmpty, attempting.remove(address) != nil, let ending {
      add(ending.frame)
    }
  }

  /// Whether an attempt is under way in a part of the run.
  private func isAttempting(below prefix: String) -> Bool {
    prefix.isEmpty ? !attempting.isEmpty : attempting.contains { $0.hasPrefix(prefix) }
  }
}
