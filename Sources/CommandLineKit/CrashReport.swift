import Glibc

/// What a process says when it dies of a bug of its own, and the exit code 70 (`EX_SOFTWARE` of
/// sysexits.h) in place of a signal.
package enum CrashReport {
  private static nonisolated(unsafe) var text: UnsafePointer<CChar>?
  private static nonisolated(unsafe) var length = 0

  /// Takes over the signals that a failed precondition ends in.
  ///
  /// - Parameter sentence: written to standard error after whatever the runtime says.
  package static func install(_ sentence: String) {
    // The text is written once, before the handlers that read it exist.
    text = UnsafePointer(strdup(sentence))
    length = sentence.utf8.count
    for signal in [SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE] {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { _ in
        if let text = CrashReport.text { _ = write(2, text, CrashReport.length) }
        _exit(70)
      }
      sigaction(signal, &action, nil)
    }
  }
}
