package import SourceText

/// The findings about files of tests.
extension DiagnosticCode {
  /// An answer that nothing in the workflow can ask for.
  package static let unusedAnswer = DiagnosticCode("B1701", .warning)
}
