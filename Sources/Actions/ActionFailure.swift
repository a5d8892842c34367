public import Values

/// Why an attempt at an operation has no outputs.
public struct ActionFailure: Error, Hashable, Sendable {
  /// What is known about the effect.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// It did not happen.
    case definite
    /// The answer was lost after the request went out: it may have happened.
    case lost
    /// Nothing was sent: a connection is down, a plugin, file or setting is missing.
    case unavailable
  }

  public var kind: Kind
  /// One of the contract's error codes, or a general one such as `timeout`.
  public var code: String
  /// One sentence for the person who has to deal with it.
  public var message: String
  /// What else is known, for expressions that read `error.details`.
  public var details: ValueMap
  /// Whether the same request may succeed later; nil: as the operation's contract says of the code, which is
  /// yes unless it says no.
  public var canRetry: Bool?
  /// What to do about it, where that is known.
  public var hint: String?

  public init(
    kind: Kind, code: String, message: String, details: ValueMap = [:], canRetry: Bool? = nil,
    hint: String? = nil
  ) {
    self.kind = kind
    self.code = code
    self.message = message
    self.details = details
    self.canRetry = canRetry
    self.hint = hint
  }
}

extension ActionFailure {
  /// The operation was refused or failed, and certainly had no effect.
  public static func definite(
    code: String, _ message: String, details: ValueMap = [:], canRetry: Bool? = nil,
    hint: String? = nil
  ) -> ActionFailure {
    ActionFailure(
      kind: .definite, code: code, message: message, details: details, canRetry: canRetry,
      hint: hint)
  }

  /// Nobody knows whether the operation took effect.
  public static func lost(
    code: String, _ message: String, details: ValueMap = [:], hint: String? = nil
  ) -> ActionFailure {
    ActionFailure(
      kind: .lost, code: code, message: message, details: details, canRetry: false, hint: hint)
  }

  /// Nothing was tried, because what it takes is not there; trying again later may help.
  public static func unavailable(
    _ message: String, code: String = "unavailable", details: ValueMap = [:], hint: String? = nil
  ) -> ActionFailure {
    ActionFailure(
      kind: .unavailable, code: code, message: message, details: details, canRetry: true,
      hint: hint)
  }
}
