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
  /// Where the project keeps what is sensitive of its events.
  private let events: Vault?
  /// Whether what is found there is kept for the run, too.
  private let isKeeping: Bool
  private var opened: [String: Value] = [:]
  /// Whether what was sealed is so only for what is in it, as far as somebody has asked.
  private var isAroundKnown: [String: Bool] = [:]
  private(set) var failure: StoreError?
  /// What could not be opened.
  private var locked: [String: SealObstacle] = [:]
  /// The commitments that are still to be tried; asked for when something has to be opened at all.
  private var untried: (() -> Set<String>)?
  /// What is looked for in values and texts: everything that the run has sealed, whichever process did,
  /// and the secrets of the operations that were called.
  private var hidden: Set<String> = []
  private var hasReadAll = false
  private var redactor: Redactor?

  /// - Parameters:
  ///   - events: The vault of the project's events: a run may have taken one that could not be opened.
  ///   - isKeeping: Whether what is found there is kept for the run, too, so that its folder is whole.
  init(_ vault: Vault, events: Vault? = nil, isKeeping: Bool = false) {
    self.vault = vault
    self.events = events
    self.isKeeping = isKeeping
  }

  func seal(_ value: Value) -> String {
    hide(value.texts)
    return seal(value, isAround: false)
  }

  func sealAround(_ value: Value) -> String { seal(value, isAround: true) }

  private func seal(_ value: Value, isAround: Bool) -> String {
    do throws(StoreError) {
      let commitment = try vault.seal(value, isAround: isAround)
      opened[commitment.hex] = value
      isAroundKnown[commitment.hex] = isAround
      return commitment.hex
    } catch {
      failure = error
      return ""
    }
  }

  var hasOpened: Bool { !opened.isEmpty }

  func isAround(_ commitment: String) -> Bool {
    if let known = isAroundKnown[commitment] { return known }
    let found = Commitment(hex: commitment).map(vault.isAround) ?? false
    isAroundKnown[commitment] = found
    return found
  }

  func open(_ commitment: String) -> Value? {
    if let known = opened[commitment] { return known }
    guard locked[commitment] == nil else { return nil }
    guard let known = Commitment(hex: commitment) else {
      locked[commitment] = .gone
      return nil
    }
    guard let value = (try? vault.open(known)) ?? opened(ofEvents: known) else {
      locked[commitment] = obstacle(to: known)
      return nil
    }
    opened[commitment] = value
    return value
  }

  private func opened(ofEvents commitment: Commitment) -> Value? {
    guard let events, events.contains(commitment) else { return nil }
    let value = try? isKeeping ? vault.adopt(commitment, from: events) : events.open(commitment)
    if let value { hide(value.texts) }
    return value
  }

  private func obstacle(to commitment: Commitment) -> SealObstacle {
    let own = SealObstacle(vault.obstacle(to: commitment))
    guard own == .gone, let events else { return own }
    return SealObstacle(events.obstacle(to: commitment))
  }

  var worstObstacle: SealObstacle? {
    tryAll()
    return locked.isEmpty ? nil : locked.values.max()
  }

  func obstacle(to commitment: String) -> SealObstacle? {
    open(commitment) == nil ? locked[commitment] : nil
  }

  /// Has everything tried that a run may look at, before anything is decided by what it can see: what is
  /// missing is in no file, so that it shows by the commitments alone.
  func watch(_ commitments: @escaping () -> Set<String>) { untried = commitments }

  private func tryAll() {
    guard let commitments = untried else { return }
    untried = nil
    for commitment in commitments() { _ = open(commitment) }
  }

  /// Takes a value that somebody enters again; how many sealed values it is.
  func enter(_ value: Value) throws(RunnerError) -> Int {
    let count = try stored { () throws(StoreError) in
      let count = try vault.enter(value) + (events?.enter(value) ?? 0)
      try events?.sync()
      try vault.sync()
      return count
    }
    let missing = Set(locked.keys)
    locked = [:]
    for commitment in missing { _ = open(commitment) }
    return count
  }

  // MARK: What must not be seen

  /// Takes the texts of a value for sensitive, too, from now on.
  func hide(_ value: Value) { hide(value.texts) }

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

extension SealObstacle {
  fileprivate init(_ obstacle: Vault.Obstacle?) {
    switch obstacle {
    case .key: self = .key
    case .damaged: self = .damaged
    case .gone, nil: self = .gone
    }
  }
}

extension Value {
  /// Every text and number in a value, as text.
  fileprivate var texts: [String] {
    switch self {
    case .string(let text): [text]
    case .int(let number): [String(number)]
    case .uint(let number): [String(number)]
    case .double(let number): [String(number)]
    case .list(let values): values.flatMap(\.texts)
    case .map(let map): map.flatMap(\.value.texts)
    default: []
    }
  }
}
