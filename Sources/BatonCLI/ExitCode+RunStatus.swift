import Engine

extension ExitCode {
  /// The code for a run that was carried as far as it goes.
  init(_ status: RunStatus) {
    self =
      switch status {
      case .succeeded, .running: .done
      case .failed, .cancelled, .undone: .failed
      case .waiting: .waiting
      case .needsAttention: .needsAttention
      case .interrupted: .interrupted
      }
  }
}
