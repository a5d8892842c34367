import Actions
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
  /// What is looked for in values and texts: everything that the run has sealed, whichever process did,
  /// and the secrets of the operations that were called.
  private var hidden: Set<String> = []
  private var hasReadAll = false
  private var redactor: Redactor?

  init(_ vault: Vault) { self.vault = vault }

  func seal(_ value: Value) -> String {
    hide(value.texts)
    return seal(value, isAround: false)
  }

  func sealAround(_ value: Value) -> String { seal(value, isAround: true) }

  private func seal(_ value: Value, isAround: Bool) -> String {
    do throws(StoreError) {
      let commitment = try vault.seal(value, isAround: isAround)
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

  // MARK: What must not be seen

  /// Takes texts for sensitive, too, from now on.
  func hide(_ texts: [String]) {
    let count = hidden.count
    hidden.formUnion(texts)
    if hidden.count > count { redactor = nil }
  }

  /// What takes the sensitive values of the run out of texts.
  var currentRedactor: Redactor {
    if !hasReadAll {
      hasReadAll = true
      hide(vault.sensitive().flatMap(\.texts))
    }
    if let redactor { return redactor }
    let made = Redactor(secrets: hidden)
    redactor = made
    return made
  }

  func isIn(_ value: Value) -> Bool { currentRedactor.finds(in: value) }

  func redact(_ text: String) -> String { currentRedactor.redact(text) }

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
