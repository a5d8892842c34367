package import SourceText

extension DiagnosticCode {
  /// The text is not YAML.
  package static let yamlSyntax = DiagnosticCode("B0101")
  /// The text is not JSON.
  package static let jsonSyntax = DiagnosticCode("B0102")
  /// A key stands twice in one map.
  package static let duplicateKey = DiagnosticCode("B0103")
  /// A tab indents a line.
  package static let tabIndentation = DiagnosticCode("B0104")
  /// The file holds more than one document.
  package static let severalDocuments = DiagnosticCode("B0105")
  /// Lists and maps are nested too deep.
  package static let nestedTooDeep = DiagnosticCode("B0106")
  /// Aliases make the document explode.
  package static let aliasExpansion = DiagnosticCode("B0107")
  /// An alias without its anchor.
  package static let unknownAlias = DiagnosticCode("B0108")
  /// A tag (`!name`).
  package static let tagNotSupported = DiagnosticCode("B0109")
  /// A merge key (`<<`).
  package static let mergeKey = DiagnosticCode("B0110")
  /// A key that is not text.
  package static let keyNotText = DiagnosticCode("B0111")
  /// The file holds nothing.
  package static let emptyDocument = DiagnosticCode("B0112")
}
