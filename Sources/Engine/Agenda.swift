import Values

/// Which frames have something to decide: a cache beside the state, so that deciding costs the same
/// in a run with a thousand branches as in one with a single list.
struct Agenda: Sendable {
  /// Frames to look at, oldest first.
  private var queue = FrameQueue()
  /// When a frame is to be looked at again by itself.
  private var wakes: [Int: Timestamp] = [:]
  /// The same as a heap, those of one moment in the order in which the frames were opened; entries that `wakes`
  /// does not confirm are stale.
  private var heap: [(at: Timestamp, frame: Int)] = []
  /// What was due while nobody looked is made up for one moment after the other, with what follows from
  /// each: up to which moment that is done, and since when. nil: no frame was looked at yet.
  private var madeUp: (upTo: Timestamp, since: Timestamp)?
  /// Frames that wait for what a look finds.
  private var looking: Set<Int> = []
  /// Frames that are to call something, for which there was no room, oldest first.
  private var callers = FrameQueue()
  /// Branches in which nothing goes on but that a failure waits for those beside them, by section, each with
  /// a frame that has failed.
  private var stuck: [String: [Int: Int]] = [:]
  /// The branches around a failure that waits for those beside them, from within.
  private var failingIn: [Int: [Branch]] = [:]
  /// The frames whose failure waits for the end of recovery steps, by the step that those are of.
  private var recovering: [String: Set<Int>] = [:]
  /// The frames that wait to end a part of the run, and the frames there that go no further.
  private var endings: [Int: String] = [:]
  private var kept: [Int] = []
  /// Whether nothing was decided yet, so that it is not known what waits to end a part of the run.
  private(set) var isNew = true
  /// Steps whose attempt is under way.
  private(set) var attempting: Set<String> = []

  // MARK: Looking at frames

  /// The next frame to look at.
  ///
  /// - Parameter mayCall: Whether there is room for a call; those that there was none for come last then.
  mutating func first(mayCall: Bool) -> Int? {
    if queue.isEmpty, mayCall, let caller = callers.popFirst() { queue.append(caller) }
    return queue.first
  }

  mutating func add(_ frame: Int) {
    if !failingIn.isEmpty { settle(frame) }
    if !looking.isEmpty { looking.remove(frame) }
    if !callers.isEmpty { callers.remove(frame) }
    queue.append(frame)
  }

  /// Puts frames before all others, when nothing was decided yet.
  mutating func begin(with frames: [Int]) {
    isNew = false
    guard !frames.isEmpty else { return }
    queue.prepend(frames)
  }

  /// Done with the first frame until something happens to it, or until a moment.
  mutating func putOff(_ frame: Int, until moment: Timestamp?) {
    queue.popFirst()
    if wakes.isEmpty && moment == nil { return }
    guard wakes[frame] != moment else { return }
    wakes[frame] = moment
    if let moment { push((moment, frame)) }
  }

  mutating func remove(_ frame: Int) {
    if !failingIn.isEmpty { settle(frame) }
    if reconsider(frame) { releaseKept(unlessEnding: frame) }
    if !wakes.isEmpty { wakes[frame] = nil }
    if !looking.isEmpty { looking.remove(frame) }
    if !callers.isEmpty { callers.remove(frame) }
    queue.remove(frame)
  }

  // MARK: Time

  /// How long what was missed waits for the calls that began with what was due before it.
  private static let patience = TimeSpan(seconds: 60)

  /// Done with the first frame until a look has found something.
  mutating func awaitLook(_ frame: Int) {
    putOff(frame, until: nil)
    looking.insert(frame)
  }

  /// Done with the first frame until there is room for its call.
  mutating func awaitRoom(_ frame: Int) {
    putOff(frame, until: nil)
    callers.append(frame)
  }

  /// Up to which moment what is due counts now: the present, but for what was due in the meantime where
  /// several moments have passed. Each has its turn once nothing more follows from the one before,
  /// as if somebody had looked then.
  func horizon(at now: Timestamp) -> Timestamp {
    guard let madeUp else { return Timestamp(seconds: .min) }
    return isMakingUp(at: now) ? madeUp.upTo : now
  }

  /// Whether what was missed has its turn, one moment after the other. That is over once nothing is left that was
  /// due: of the frames that one moment has woken, none sees the next before all were looked at.
  private func isMakingUp(at now: Timestamp) -> Bool {
    guard let madeUp else { return true }
    return madeUp.upTo < madeUp.since && madeUp.since <= now
  }

  /// Whether the next moment that was missed waits for calls that follow from one before it.
  private func isHeldByCalls(at now: Timestamp) -> Bool {
    guard isBusy else { return false }
    guard let madeUp, isMakingUp(at: now), let end = madeUp.since.adding(Self.patience) else {
      return true
    }
    return now < end
  }

  /// Puts the frames whose moment has come back among those to look at, while something goes on; where
  /// nothing does, one moment comes after the other.
  mutating func wake(at now: Timestamp) {
    guard !queue.isEmpty || !callers.isEmpty || isBusy else { return }
    wake(upTo: horizon(at: now))
  }

  private mutating func wake(upTo horizon: Timestamp) {
    while let next = earliest(), next <= horizon {
      let frame = heap[0].frame
      pop()
      wakes[frame] = nil
      add(frame)
    }
  }

  /// Goes on to the next moment that was missed, once all frames were looked at.
  ///
  /// - Returns: whether there are frames to look at again.
  mutating func makeUp(at now: Timestamp) -> Bool {
    guard let due = earliest(), due <= now else {
      madeUp = (now, now)
      return false
    }
    if isHeldByCalls(at: now) {
      if madeUp == nil { madeUp = (Timestamp(seconds: .min), now) }
      return false
    }
    if let madeUp, madeUp.since <= now, due <= madeUp.upTo { return false }
    // Calls that have held up one moment too long hold up none of the others.
    madeUp = (due, isBusy ? madeUp?.since ?? now : now)
    wake(upTo: due)
    return true
  }

  /// Whether calls are under way.
  private var isBusy: Bool { !attempting.isEmpty || !looking.isEmpty }

  /// The moment at which there is something to look at again.
  mutating func nextMoment(at now: Timestamp) -> Timestamp? {
    guard let due = earliest(), due <= now, let madeUp, due > madeUp.upTo else {
      return earliest()
    }
    return madeUp.since.adding(Self.patience)
  }

  /// The earliest moment at which a frame is to be looked at again by itself.
  private mutating func earliest() -> Timestamp? {
    while let next = heap.first, wakes[next.frame] != next.at { pop() }
    return heap.first?.at
  }

  private mutating func push(_ entry: (at: Timestamp, frame: Int)) {
    heap.append(entry)
    var child = heap.count - 1
    while child > 0, heap[child] < heap[(child - 1) / 2] {
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
        if heap[child] < heap[least] { least = child }
      }
      if least == parent { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }

  // MARK: Failures among branches

  /// A branch of a section.
  struct Branch: Sendable {
    let section: String
    let frame: Int

    init(of section: String, frame: Int) {
      self.section = section
      self.frame = frame
    }
  }

  /// A branch of a section is over; a failure that waits for that is looked at again.
  mutating func noteEnd(inside section: String) {
    if let frame = stuck[section]?.values.min() { add(frame) }
  }

  /// Notes that the failure of a frame waits for what is beside it.
  ///
  /// - Parameter branches: those around it, from within, up to the outermost section it waits for.
  mutating func wait(_ frame: Int, failingIn branches: [Branch]) {
    settle(frame)
    if !branches.isEmpty { failingIn[frame] = branches }
  }

  /// Notes that nothing goes on in a branch: a failure there waits for those beside it.
  mutating func noteStuck(_ branch: Branch, by frame: Int) {
    stuck[branch.section, default: [:]][branch.frame] = frame
  }

  /// In how many branches of a section nothing goes on.
  func stuckCount(in section: String) -> Int { stuck[section]?.count ?? 0 }

  /// Looks again at the failures that wait for no more than what is in a section.
  mutating func lookAgain(atFailuresUpTo section: String, but frame: Int) {
    let waiting = stuck[section]?.values.sorted() ?? []
    for other in waiting where other != frame && failingIn[other]?.last?.section == section {
      add(other)
    }
  }

  /// A failure waits for the end of the recovery steps of a step.
  mutating func wait(_ frame: Int, forRecoveryOf address: String) {
    recovering[address, default: []].insert(frame)
  }

  /// The recovery steps of a step have ended; failures that waited for that are looked at again.
  mutating func noteEnd(ofRecoveryOf address: String) {
    for frame in recovering.removeValue(forKey: address)?.sorted() ?? [] { add(frame) }
  }

  /// A failure waits no longer: in none of the branches around it nothing goes on any more.
  private mutating func settle(_ frame: Int) {
    guard let branches = failingIn.removeValue(forKey: frame) else { return }
    for branch in branches {
      stuck[branch.section]?[branch.frame] = nil
      if stuck[branch.section]?.isEmpty == true { stuck[branch.section] = nil }
    }
  }

  // MARK: Ending a part of the run

  /// Whether a frame may go on: not where another one waits to end what it is a part of.
  mutating func mayProceed(_ frame: Int, at prefix: String) -> Bool {
    guard isHeld(frame, at: prefix) else { return true }
    kept.append(frame)
    return false
  }

  /// Whether another frame waits to end what a frame is a part of.
  func isHeld(_ frame: Int, at prefix: String) -> Bool {
    !endings.isEmpty && endings.contains { $0 != frame && prefix.hasPrefix($1) }
  }

  /// What other frames wait to end and a frame is a part of.
  func partsToEnd(around frame: Int, at prefix: String) -> [String] {
    endings.compactMap { $0 != frame && prefix.hasPrefix($1) ? $1 : nil }
  }

  /// Whether any frame waits to end something.
  var hasEndings: Bool { !endings.isEmpty }

  /// Whether a part of the run can be ended now; attempts that are under way there end first, and
  /// nothing new begins until then.
  ///
  /// - Parameter isKnown: Whether all is known of what was under way there that has to be known first.
  mutating func mayEnd(_ prefix: String, by frame: Int, isKnown: Bool) -> Bool {
    guard !isKnown || isAttempting(below: prefix) else { return true }
    endings[frame] = prefix
    return false
  }

  /// Takes back that a frame waits to end something: it is decided about anew.
  ///
  /// - Returns: whether it did.
  mutating func reconsider(_ frame: Int) -> Bool {
    !endings.isEmpty && endings.removeValue(forKey: frame) != nil
  }

  /// Looks again at what waited for a frame to end something, where it does not do so any more.
  mutating func releaseKept(unlessEnding frame: Int) {
    guard endings[frame] == nil else { return }
    let frames = kept
    kept = []
    for frame in frames { add(frame) }
  }

  // MARK: Attempts

  mutating func note(_ address: String, isAttempting: Bool) {
    if isAttempting {
      attempting.insert(address)
    } else {
      if !attempting.isEmpty { attempting.remove(address) }
      guard !endings.isEmpty else { return }
      for frame in endings.keys.sorted() { add(frame) }
    }
  }

  /// Whether an attempt is under way in a part of the run.
  private func isAttempting(below prefix: String) -> Bool {
    prefix.isEmpty ? !attempting.isEmpty : attempting.contains { $0.hasPrefix(prefix) }
  }
}
