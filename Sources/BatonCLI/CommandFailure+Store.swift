package import RunStore

extension CommandFailure {
  /// The store's error with the exit code that belongs to it.
  package init(_ error: StoreError) {
    let code: ExitCode =
      switch error {
      case .noSuchRun: .notFound
      case .ambiguousRun, .unfitName: .usage
      case .damaged, .definitionChanged, .evidenceChanged, .goneRun: .damaged
      default: .conflict
      }
    self.init(code, error.message, help: error.hint)
  }
}
