internal import Glibc

/// A lock that the kernel lets go when the last process that has it open is gone.
///
/// An open-file-description lock (`F_OFD_SETLK`): children that inherit the descriptor share it, and
/// it can be looked at without being taken, so that readers never stand in anybody's way.
final class KernelLock {
  private let file: OpenFile
  private var isHeld = false

  private init(_ file: OpenFile) { self.file = file }

  deinit { release() }

  /// The open lock file; not inherited unless it is handed over.
  var descriptor: Int32 { file.descriptor }

  /// Takes the lock of a run. Children are handed its ``descriptor`` on purpose: a run cannot be
  /// resumed while what it started still runs.
  static func takeRun(
    _ run: String, at path: String, since: String, killChildren: Bool
  ) throws(StoreError) -> KernelLock {
    let lock = KernelLock(try OpenFile(path, O_RDWR | O_CREAT | O_NOFOLLOW))
    if let dead = try lock.takeOrFindDead(run) {
      try lock.waitForChildren(of: dead, run: run, kill: killChildren)
    }
    try lock.file.truncate(to: 0)
    try lock.file.write(LockNote.current(since: since).bytes, at: 0)
    return lock
  }

  /// Takes the lock of a run that is being put together: nobody else knows of it.
  static func takeNewRun(at path: String, since: String) throws(StoreError) -> KernelLock {
    let lock = KernelLock(try OpenFile(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW))
    guard lock.tryTake() else { throw StoreError.system(path, "lock") }
    try lock.file.write(LockNote.current(since: since).bytes, at: 0)
    return lock
  }

  /// Waits for a lock that is held for moments only.
  static func wait(_ path: String) throws(StoreError) -> KernelLock {
    let lock = try opened(path)
    try lock.wait()
    return lock
  }

  /// A lock that is held for moments only, not taken yet.
  static func opened(_ path: String) throws(StoreError) -> KernelLock {
    KernelLock(try OpenFile(path, O_RDWR | O_CREAT | O_NOFOLLOW))
  }

  /// Takes it, once nobody else has it or only where it is free; whether it is taken.
  func take(waiting waits: Bool) throws(StoreError) -> Bool {
    guard waits else { return tryTake() }
    try wait()
    return true
  }

  private func wait() throws(StoreError) {
    while !set(Int32(F_WRLCK), command: setLockWaiting) {
      guard errno == EINTR else { throw StoreError.system(file.path, "lock") }
    }
    isHeld = true
  }

  /// Who holds the lock of a run; nil where nobody does.
  static func holder(at path: String) -> LockHolder? {
    guard let file = try? OpenFile(path, O_RDONLY | O_NOFOLLOW), isTaken(file) else { return nil }
    return LockNote((try? file.read(4096, at: 0)) ?? [])?.holder ?? .unknown
  }

  /// Who holds the lock of a run, or what a dead process that did has left running; nil where nobody
  /// holds it.
  ///
  /// Complexity: of a dead process a few hundredths of a second, since whoever takes the lock after it
  /// names itself a moment later.
  static func hold(at path: String) -> RunHold? {
    var hold = glance(at: path)
    for _ in 0..<4 {
      guard case .leftBehind? = hold else { break }
      usleep(10_000)
      hold = glance(at: path)
    }
    return hold
  }

  private static func glance(at path: String) -> RunHold? {
    guard let file = try? OpenFile(path, O_RDONLY | O_NOFOLLOW), isTaken(file) else { return nil }
    let note = LockNote((try? file.read(4096, at: 0)) ?? [])
    guard let note, note.isDead else { return .executed(by: note?.holder ?? .unknown) }
    return .leftBehind(by: note.holder, processes: processesWithOpen(file))
  }

  private static func isTaken(_ file: OpenFile) -> Bool {
    var probe = flock()
    probe.l_type = Int16(F_WRLCK)
    return fcntl(file.descriptor, getLock, &probe) == 0 && probe.l_type != Int16(F_UNLCK)
  }

  /// Lets go, also for children that still have it open.
  func release() {
    guard isHeld else { return }
    isHeld = false
    _ = set(Int32(F_UNLCK), command: setLock)
  }

  private func tryTake() -> Bool {
    isHeld = set(Int32(F_WRLCK), command: setLock)
    return isHeld
  }

  private func set(_ type: Int32, command: Int32) -> Bool {
    var request = flock()
    request.l_type = Int16(type)
    return fcntl(file.descriptor, command, &request) == 0
  }

  /// Takes it, or says which dead process's children have it.
  ///
  /// Whoever takes it after one that is dead names itself a moment later: until then it would look
  /// like a child.
  private func takeOrFindDead(_ run: String) throws(StoreError) -> LockHolder? {
    var holder = LockHolder.unknown
    for _ in 0..<20 {
      if tryTake() { return nil }
      let note = LockNote((try? file.read(4096, at: 0)) ?? [])
      guard let note, note.isDead else { throw .locked(run: run, by: note?.holder ?? .unknown) }
      holder = note.holder
      usleep(10_000)
    }
    return holder
  }

  private func waitForChildren(
    of holder: LockHolder, run: String, kill killsThem: Bool
  ) throws(StoreError) {
    let processes = processesWithOpen(file)
    guard killsThem else { throw .heldByChildren(run: run, of: holder, processes: processes) }
    for process in processes { kill(process, SIGKILL) }
    for _ in 0..<1000 {
      if tryTake() { return }
      usleep(5000)
    }
    throw .heldByChildren(run: run, of: holder, processes: processesWithOpen(file))
  }
}

extension LockHolder {
  static let unknown = LockHolder(process: 0, host: "", since: "")
}

// The commands of <fcntl.h> that need _GNU_SOURCE.
private let getLock: Int32 = 36
private let setLock: Int32 = 37
private let setLockWaiting: Int32 = 38

/// The other processes of this machine that have a file open.
private func processesWithOpen(_ file: OpenFile) -> [Int32] {
  var wanted = stat()
  guard fstat(file.descriptor, &wanted) == 0 else { return [] }
  let processes = ((try? Folders.names(in: "/proc")) ?? []).compactMap { Int32($0) }
  return processes.filter { $0 != getpid() }.filter { process in
    let folder = "/proc/\(process)/fd"
    return ((try? Folders.names(in: folder)) ?? []).contains { name in
      var status = stat()
      return stat("\(folder)/\(name)", &status) == 0 && status.st_dev == wanted.st_dev
        && status.st_ino == wanted.st_ino
    }
  }.sorted()
}
