import RunStore
package import SourceText

/// Why something could not be done with a run: one sentence, and what to do about it.
package struct RunnerError: Error, Sendable {
  package enum Kind: Sendable {
    /// The workflow file has errors.
    case invalidWorkflow([Diagnostic])
    case notFound
    /// Another process executes the run.
    case locked
    /// What was given was left for the process that executes the run, which has not taken it yet.
    case pending
    /// The command makes no sense for the run as it stands.
    case refused
    /// The record does not verify.
    case damaged
    case usage
    /// The disk, a permission, a key.
    case operational
  }

  package let kind: Kind
  package let message: String
  package let hint: String?

  package init(_ kind: Kind, _ message: String, hint: String? = nil) {
    self.kind = kind
    self.message = message
    self.hint = hint
  }

  init(_ error: StoreError) {
    let kind: Kind =
      switch error {
      case .locked, .heldByChildren: .locked
      case .noSuchRun, .ambiguousRun: .notFound
      case .damaged, .definitionChanged, .evidenceChanged, .goneRun: .damaged
      default: .operational
      }
    self.init(kind, error.message, hint: error.hint)
  }
}

/// Calls the store and turns its error into the runner's.
@discardableResult
func stored<T>(_ body: () throws(StoreError) -> T) throws(RunnerError) -> T {
  do throws(StoreError) {
    return try body()
  } catch {
    throw RunnerError(error)
  }
}
