import CommandLineKit
package import SourceText

/// Why a command could not do what was asked: one sentence, what can be done, and the exit code.
package struct CommandFailure: Error, Sendable {
  package let code: ExitCode
  package let message: String
  package let help: String?
  /// What is wrong in the files, where that is why.
  package let diagnostics: [Diagnostic]

  package init(
    _ code: ExitCode, _ message: String, help: String? = nil, diagnostics: [Diagnostic] = []
  ) {
    self.code = code
    self.message = message
    self.help = help
    self.diagnostics = diagnostics
  }

  init(_ error: UsageError) { self.init(.usage, error.message, help: error.help) }

  static func usage(_ message: String, help: String? = nil) -> CommandFailure {
    CommandFailure(.usage, message, help: help)
  }

  /// A file that cannot be read or written.
  static func file(_ path: String, _ action: String, _ reason: String) -> CommandFailure {
    CommandFailure(.notFound, "cannot \(action) `\(path)`: \(reason)")
  }
}
