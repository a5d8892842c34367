import Glibc
import Synchronization

/// Ctrl-C and a polite kill: the first is a request that the program looks at when it can, a
/// second one, a moment later, ends the process at once.
package enum Interruption {
  /// When somebody asked to stop, in nanoseconds of the monotonic clock; 0 before.
  private static let requested = Atomic<UInt64>(0)
  /// How long one request may go on arriving: `timeout` signals its child and then the child's
  /// group, a terminal everybody and its shell once more. Nobody means two things in that time.
  private static let oneRequest: UInt64 = 250_000_000
  /// The ends of a pipe that has something to read once somebody asked to stop; -1 before.
  private static let readEnd = Atomic<Int32>(-1)
  private static let writeEnd = Atomic<Int32>(-1)

  /// Takes over SIGINT, SIGTERM and SIGHUP, and makes writing to a closed pipe an error instead of
  /// a death. Programs started later have the default behaviour again (handlers do not survive
  /// `exec`).
  package static func install() {
    requested.store(0, ordering: .relaxed)
    openPipe()
    for signal in [SIGINT, SIGTERM, SIGHUP] { handle(signal, received) }
    handle(SIGPIPE, ignored)
    unblock([SIGINT, SIGTERM, SIGHUP])
  }

  /// Whether somebody asked to stop.
  package static var isRequested: Bool { requested.load(ordering: .relaxed) > 0 }

  /// Asks to stop as the first Ctrl-C does: whoever ends the input at a question means the same.
  package static func request() { _ = ask() }

  /// Asks to stop where nobody did before.
  ///
  /// - Returns: how long ago somebody first asked, in nanoseconds.
  private static func ask() -> UInt64 {
    let moment = now()
    let (isFirst, first) = requested.compareExchange(
      expected: 0, desired: moment, ordering: .relaxed)
    guard isFirst else { return moment - min(moment, first) }
    wake()
    return 0
  }

  /// Readable once somebody asked to stop, for those who wait for something else: the signal itself
  /// may come right before they wait, or to another thread. -1 where nothing was installed.
  static var descriptor: Int32 { readEnd.load(ordering: .relaxed) }

  private static let received: @convention(c) (Int32) -> Void = { signal in
    let before = errno
    // A window that is closed means one thing, however late its shell says so once more.
    if ask() > oneRequest, signal != SIGHUP { _exit(130) }
    errno = before
  }

  /// Safe in a handler of signals, as `clock_gettime` is.
  private static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  private static func wake() {
    var byte: UInt8 = 0
    _ = write(writeEnd.load(ordering: .relaxed), &byte, 1)
  }

  private static func openPipe() {
    guard descriptor < 0 else {
      var byte: UInt8 = 0
      while read(descriptor, &byte, 1) > 0 {}
      return
    }
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    readEnd.store(ends[0], ordering: .relaxed)
    writeEnd.store(ends[1], ordering: .relaxed)
  }

  private static let ignored: @convention(c) (Int32) -> Void = { _ in }

  // Without SA_RESTART, so that a read that waits for a person comes back.
  // What whoever started this process wants ignored stays so: `nohup`, jobs in the background.
  private static func handle(_ signal: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
    var before = sigaction()
    sigaction(signal, nil, &before)
    if signal != SIGPIPE, isIgnored(before) { return }
    var action = sigaction()
    action.__sigaction_handler.sa_handler = handler
    sigaction(signal, &action, nil)
  }

  // A parent's mask is inherited; a blocked request to stop would never arrive.
  private static func unblock(_ signals: [Int32]) {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  private static func isIgnored(_ action: sigaction) -> Bool {
    unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
  }
}
