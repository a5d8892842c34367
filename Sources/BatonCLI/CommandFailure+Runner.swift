package import Runner

extension CommandFailure {
  /// The runner's error with the exit code that belongs to it.
  package init(_ error: RunnerError) {
    switch error.kind {
    case .invalidWorkflow(let diagnostics):
      self.init(.invalid, error.message, help: error.hint, diagnostics: diagnostics)
    case .notFound: self.init(.notFound, error.message, help: error.hint)
    case .locked, .refused: self.init(.conflict, error.message, help: error.hint)
    case .damaged: self.init(.damaged, error.message, help: error.hint)
    case .usage: self.init(.usage, error.message, help: error.hint)
    case .operational: self.init(.failed, error.message, help: error.hint)
    }
  }
}
