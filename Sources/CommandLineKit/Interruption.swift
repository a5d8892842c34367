import Glibc
import Synchronization

/// Ctrl-C and a polite kill: the first is a request that the program looks at when it can, the
/// second ends the process at once.
package enum Interruption {
  private static let count = Atomic<Int>(0)

  /// Takes over SIGINT, SIGTERM and SIGHUP, and makes writing to a closed pipe an error instead of
  /// a death. Programs started later have the default behaviour again (handlers do not survive
  /// `exec`).
  package static func install() {
    count.store(0, ordering: .relaxed)
    for signal in [SIGINT, SIGTERM, SIGHUP] { handle(signal, received) }
    handle(SIGPIPE, ignored)
    unblock([SIGINT, SIGTERM, SIGHUP])
  }

  /// Whether somebody asked to stop.
  package static var isRequested: Bool { count.load(ordering: .relaxed) > 0 }

  private static let received: @convention(c) (Int32) -> Void = { _ in
    if count.add(1, ordering: .relaxed).oldValue > 0 { _exit(130) }
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
