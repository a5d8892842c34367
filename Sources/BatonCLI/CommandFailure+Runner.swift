package import Runner

extension CommandFailure {
  /// The runner's error with the exit code that belongs to it.
  package init(_ error: RunnerError) {
    switch error.kind {
    case .invalidWorkflow(let diagnostics):
      self.init(.invalid, error.message, help: error.hint, diagnostics: diagnostics)
    case .notFound: self.init(.notFound, error.message, help: error.hint)
    case .pending: self.init(.waiting, error.message, help: error.hint)
    // That the disk takes nothing is no failure of the run: it stands where it stood.
    case .locked, .refused, .operational:
      self.init(.conflict, error.message, help: error.hint)
    case .damaged: self.init(.damaged, error.message, help: error.hint)
    case .usage: self.init(.usage, error.message, help: error.hint)
    }
  }
}
