package import SourceText

extension DiagnosticCode {
  // MARK: Drivers (B21)

  /// Something in a driver file has the wrong shape, or is missing.
  package static let driverShape = DiagnosticCode("B2101")
  /// A key that drivers of this kind do not have.
  package static let unknownDriverKey = DiagnosticCode("B2102")
  /// A `kind` that does not exist, or not yet.
  package static let unknownDriverKind = DiagnosticCode("B2103")
  /// An expression of a driver that cannot be used.
  package static let driverExpression = DiagnosticCode("B2104")
  /// An operation that the contract does not have, or an output that it does not.
  package static let notInContract = DiagnosticCode("B2105")
  /// The code of a failure that the contract does not declare.
  package static let undeclaredCode = DiagnosticCode("B2106", .warning)

  // MARK: The project (B22)

  /// Something in `baton.yaml` has the wrong shape, or is missing.
  package static let projectShape = DiagnosticCode("B2201")
  /// A key that `baton.yaml` does not have.
  package static let unknownProjectKey = DiagnosticCode("B2202")
  /// A connection to a plugin that is not there.
  package static let unknownPlugin = DiagnosticCode("B2203")
  /// A connection by a driver that is not there.
  package static let unknownDriver = DiagnosticCode("B2204")
  /// A setting that the driver does not have, one that is missing, or a value that it cannot have.
  package static let driverSetting = DiagnosticCode("B2205")
  /// Somebody whom the environment's `notify` cannot reach.
  package static let unreachablePerson = DiagnosticCode("B2206", .warning)
  /// A setting whose secret is not there.
  package static let missingSecret = DiagnosticCode("B2207", .warning)
}
