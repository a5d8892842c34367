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
  ///
  /// - Parameter isOfProjectEvent: Whether the value came with an event of the project, so that the line may
  ///   be the project's.
  package func sentence(in run: String, isOfProjectEvent: Bool = false) -> String {
    let entering = "enter the value again: baton resume \(run) \(Self.entering)"
    let file = isOfProjectEvent ? "`events-sealed.jsonl` of the project" : "`sealed.jsonl`"
    return switch self {
    case .key: "\(cause(in: file)); bring the key back, or \(entering)"
    case .damaged: "\(cause(in: file)); bring that file back from a copy, or \(entering)"
    case .gone: "\(cause(in: file)); bring that file back from a copy"
    }
  }

  /// What is in the way.
  var cause: String { cause(in: "`sealed.jsonl`") }

  private func cause(in file: String) -> String {
    switch self {
    case .key: "it is sealed, and its key is not here"
    case .damaged: "it is sealed, and its line in \(file) is damaged"
    case .gone: "it is sealed, and its line in \(file) is gone or damaged"
    }
  }

  /// The option that takes values again, from standard input: they are in no shell's history.
  fileprivate static let entering = "--enter -"

  /// Whether a message says that a sealed value can be entered again.
  package static func offersEntering(_ message: String) -> Bool { message.hasSuffix(entering) }
}

extension Blocker {
  /// Whether a sealed value is missing that can be entered again.
  package var canEnterValue: Bool { check == nil && SealObstacle.offersEntering(message) }
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
  package func locked(by vault: any ValueVault) -> [(name: String, obstacle: SealObstacle)] {
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
  package func lockedWait(at address: String) -> String? {
    guard vault.hasLocked, let record = state.steps[address], case .waiting = record.phase,
      let place = Place(engine: self, at: address, now: state.lastAt)
    else { return nil }
    let run = state.header.run
    if let given = record.answers.locked(by: vault).first {
      return "the answer `\(given.name)` has to be given again: \(given.obstacle.sentence(in: run))"
    }
    switch place.step.kind {
    case .wait(let wait): return lockedArrival(of: wait, place)
    case .ask(let question): return lockedTick(of: question, place)
    default: return nil
    }
  }
}
