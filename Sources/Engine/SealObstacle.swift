import CEL
import Values
import Workflows

/// Why a sealed value cannot be opened, the worst last.
package enum SealObstacle: Int, Comparable, Sendable {
  /// It is sealed with a key that is not here.
  case key
  /// What is sealed does not open with the key that sealed it; whether a value entered again is the same
  /// can still be told.
  case damaged
  /// Nothing of it is there but the commitment.
  case gone

  package static func < (one: SealObstacle, other: SealObstacle) -> Bool {
    one.rawValue < other.rawValue
  }

  /// What is in the way, and what can be done about it.
  package func sentence(in run: String) -> String {
    let entering = "enter the value again: baton resume \(run) \(Self.entering)"
    return switch self {
    case .key: "it is sealed, and its key is not here; bring the key back, or \(entering)"
    case .damaged:
      "it is sealed, and its line in `sealed.jsonl` is damaged; bring that file back from a copy, or"
        + " \(entering)"
    case .gone:
      "it is sealed, and its line in `sealed.jsonl` is gone or damaged; bring that file back from a copy"
    }
  }

  /// The option that takes values again, from standard input: they are in no shell's history.
  fileprivate static let entering = "--enter -"
}

extension Blocker {
  /// Whether a sealed value is missing that can be entered again.
  package var canEnterValue: Bool { check == nil && message.hasSuffix(SealObstacle.entering) }
}

/// Something that expressions could see, were it not sealed.
struct LockedPart {
  let unknown: Unknown
  let obstacle: SealObstacle

  init(_ path: [String], _ obstacle: SealObstacle) {
    unknown = Unknown(path)
    self.obstacle = obstacle
  }
}

extension RunScope {
  /// Why an expression has no value, with what is in the way of what is sealed of it.
  func explained(_ failure: ExpressionFailure) -> String {
    guard failure.isUnknown else { return failure.message }
    let met = lockedParts.filter {
      failure.message.contains("`\($0.unknown.path.joined(separator: "."))`")
    }
    let obstacle = met.map(\.obstacle).max() ?? reader.vault.worstObstacle ?? .gone
    return "\(failure.message): \(obstacle.sentence(in: reader.state.header.run))"
  }
}

extension StoredValues {
  /// The names of the values that cannot be opened.
  func locked(by vault: any ValueVault) -> [(name: String, obstacle: SealObstacle)] {
    guard !sealed.isEmpty else { return [] }
    return sealed.compactMap { member in
      guard let name = member.key.asString, let commitment = member.value.asString,
        let obstacle = vault.obstacle(to: commitment)
      else { return nil }
      return (name, obstacle)
    }
  }
}

extension Group {
  /// Why what the iterations came to cannot be opened; nil where all of it can.
  func obstacle(by vault: any ValueVault) -> SealObstacle? {
    collected.values.compactMap { collected in
      guard case .sealed(let commitment) = collected else { return nil }
      return vault.obstacle(to: commitment)
    }.max()
  }
}

extension RunState {
  /// The commitments of everything sealed that the run may still look at.
  package var commitments: Set<String> {
    var found: Set<String> = []
    func add(_ stored: StoredValues) {
      for member in stored.sealed { if let name = member.value.asString { found.insert(name) } }
    }
    add(header.inputs)
    add(outputs)
    for event in received { add(event.data) }
    for entry in undo.entries where entry.status == .open {
      if case .call(_, let with) = entry.plan { add(with) }
    }
    for record in steps.values { record.eachStored(add) }
    for group in steps.values.compactMap(\.group) {
      for case .sealed(let commitment) in group.collected.values { found.insert(commitment) }
    }
    return found
  }
}

extension StepRecord {
  /// Hands on everything that the step keeps under names.
  fileprivate func eachStored(_ use: (StoredValues) -> Void) {
    use(outputs)
    if hasWork {
      use(corrected)
      use(answers)
      looks.values.forEach(use)
    }
    if let with = phase.intent?.with { use(with) }
    if let inputs = group?.start.inputs { use(inputs) }
  }
}

extension RunEngine {
  /// What holds up a step that waits: something came that cannot be opened; nil where nothing did.
  func lockedWait(at address: String) -> String? {
    guard vault.hasLocked, let record = state.steps[address], case .waiting = record.phase,
      let place = Place(engine: self, at: address, now: state.lastAt)
    else { return nil }
    let run = state.header.run
    if let given = record.answers.locked(by: vault).first {
      return "the answer `\(given.name)` has to be given again: \(given.obstacle.sentence(in: run))"
    }
    guard case .wait(let wait) = place.step.kind, let locked = lockedArrival(of: wait, place)
    else { return nil }
    return "the event `\(locked.event)` came, and what it brought cannot be known:"
      + " \(locked.obstacle.sentence(in: run))"
  }
}
