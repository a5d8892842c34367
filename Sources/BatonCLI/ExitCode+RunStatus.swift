import Engine

extension ExitCode {
  /// The code for a run that was carried as far as it goes.
  ///
  /// - Parameter isAskedFor: Whether somebody asked for the end of a run that was cancelled or taken
  ///   back; else the workflow ended it so because something failed.
  init(_ status: RunStatus, isAskedFor: Bool = false) {
    self =
      switch status {
      case .succeeded, .running: .done
      case .cancelled, .undone: isAskedFor ? .done : .failed
      case .failed: .failed
      case .waiting: .waiting
      case .needsAttention: .needsAttention
      case .interrupted: .interrupted
      }
  }
}
