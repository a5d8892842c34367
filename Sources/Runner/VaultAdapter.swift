import Engine
import RunStore
import Values

/// The run's vault as the engine sees it.
///
/// Unchecked: only the task that executes the run touches it. A value that cannot be sealed is
/// noted in ``failure`` and never stored; whoever drives the engine looks there before it journals.
final class VaultAdapter: ValueVault, @unchecked Sendable {
  private let vault: Vault
  private var opened: [String: Value] = [:]
  private(set) var failure: StoreError?
  private var locked: Set<String> = []

  init(_ vault: Vault) { self.vault = vault }

  func seal(_ value: Value) -> String {
    do throws(StoreError) {
      let commitment = try vault.seal(value)
      opened[commitment.hex] = value
      return commitment.hex
    } catch {
      failure = error
      return ""
    }
  }

  func open(_ commitment: String) -> Value? {
    if let known = opened[commitment] { return known }
    guard let commitment = Commitment(hex: commitment) else { return nil }
    let value = try? vault.open(commitment)
    opened[commitment.hex] = value
    return value
  }

  var hasLocked: Bool { !locked.isEmpty }

  func isLocked(_ commitment: String) -> Bool { locked.contains(commitment) }

  /// Looks what the present key does not open.
  func noteLocked() { locked = vault.locked() }

  /// Takes a value that somebody enters again; how many sealed values it is.
  func enter(_ value: Value) throws(RunnerError) -> Int {
    let count = try stored { () throws(StoreError) in try vault.enter(value) }
    try stored { () throws(StoreError) in try vault.sync() }
    noteLocked()
    return count
  }

  /// Every sensitive value that was used so far, for redaction.
  var usedTexts: [String] { opened.values.flatMap(\.texts) }

  /// Throws what kept a value from being sealed.
  func check() throws(RunnerError) {
    if let failure { throw RunnerError(failure) }
  }
}

extension Value {
  /// Every text and number in a value, as text.
  fileprivate var texts: [String] {
    switch self {
    case .string(let text): [text]
    case .int(let number): [String(number)]
    case .double(let number): [String(number)]
    case .list(let values): values.flatMap(\.texts)
    case .map(let map): map.flatMap(\.value.texts)
    default: []
    }
  }
}
