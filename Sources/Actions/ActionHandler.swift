public import Values

/// Carries out one operation in the world: the protocol of built-ins, drivers and a binary's own
/// operations alike.
///
/// ```swift
/// struct Greet: ActionHandler {
///   func perform(_ invocation: Invocation) async throws(ActionFailure) -> ValueMap {
///     guard let name = invocation.inputs["name"]?.asString else {
///       throw .definite(code: "invalid_input", "the name is missing")
///     }
///     return ["greeting": .string("Hello \(name)")]
///   }
/// }
/// ```
///
/// A handler says honestly which kind of failure it met (``ActionFailure/Kind``): the run's record
/// depends on the difference between "did not happen" and "nobody knows". It never blocks a thread
/// of the cooperative pool for long; ``BlockingPool`` is there for calls that block.
public protocol ActionHandler: Sendable {
  /// Performs the operation once.
  ///
  /// - Parameter invocation: the inputs (complete and checked against the contract) and what the
  ///   attempt is called.
  /// - Returns: the outputs by name, as the contract declares them.
  /// - Throws: ``ActionFailure``, whose kind says whether the effect may have happened.
  func perform(_ invocation: Invocation) async throws(ActionFailure) -> ValueMap
}
