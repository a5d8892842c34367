package import SourceText

extension DiagnosticCode {
  /// A field is not written as one.
  package static let invalidField = DiagnosticCode("B0201")
  /// A key that fields do not have.
  package static let unknownFieldKey = DiagnosticCode("B0202")
  /// A type that does not exist.
  package static let unknownFieldType = DiagnosticCode("B0203")
  /// A default that does not fit its own field.
  package static let invalidDefault = DiagnosticCode("B0204")
  /// A name that expressions could not use.
  package static let invalidFieldName = DiagnosticCode("B0205")
  /// A key of a field that its type never looks at.
  package static let keyWithoutEffect = DiagnosticCode("B0206", .warning)
  /// Limits between which there is nothing.
  package static let nothingFits = DiagnosticCode("B0207")
  /// `${{` in a name or another text that is the same in every run, and not evaluated.
  package static let interpolationInName = DiagnosticCode("B0307")
}
