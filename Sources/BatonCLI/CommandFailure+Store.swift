package import RunStore

extension CommandFailure {
  /// The store's error with the exit code that belongs to it.
  package init(_ error: StoreError) {
    let code: ExitCode =
      switch error {
      case .locked, .heldByChildren, .runExists: .conflict
      case .noSuchRun: .notFound
      case .ambiguousRun, .unfitName: .usage
      case .damaged, .definitionChanged, .evidenceChanged: .damaged
      default: .failed
      }
    self.init(code, error.message, help: error.hint)
  }
}
