package import Engine
package import Values

/// What happens while a run is executed, for whoever watches.
package enum RunProgress: Sendable {
  case runStarted(run: String, name: String, isRehearsal: Bool)
  /// Somebody goes on here with a copy of the run.
  case adopted(Adoption)
  case stepStarted(address: String, title: String, role: String?, at: Timestamp)
  case stepEnded(
    address: String, title: String, status: StepStatus, manner: Manner?, message: String?,
    see: String?, at: Timestamp)
  case attemptFailed(address: String, message: String, retryAt: Timestamp?, at: Timestamp)
  case waiting(address: String, title: String, Waiting, at: Timestamp)
  case deadlineReached(address: String, title: String, timer: String, dueAt: Timestamp)
  /// People could not be told of a rung.
  case noticeFailed(address: String, timer: String, message: String)
  case parked(RunStatus, reasons: [ParkReason])
  case finished(RunStatus, message: String?)
  /// The run stands still, as recorded, and the ledger could not be told, for a reason.
  case leftOutOfLedger(run: String, reason: String)
  case log(address: String, String)
}
