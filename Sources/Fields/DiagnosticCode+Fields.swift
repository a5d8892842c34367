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
}
