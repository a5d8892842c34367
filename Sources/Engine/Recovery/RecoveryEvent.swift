import Values

/// What happens to a run when things go wrong, or when somebody takes something back.
package enum RecoveryEvent: Sendable, Hashable {
  /// How a step is taken back, journalled with its success.
  case undoPrepared(UndoPlan)
  /// From here on the run takes back what it did; with the steps whose effects nothing takes back.
  case undoing(message: String?, irreversible: [String])
  /// From here on the run takes back what it did after a checkpoint; in journals of old what only a person
  /// can take back is taken back, too.
  case rewinding(to: String, again: [String], message: String?, keepsManual: Bool = false)
  /// The run goes on behind the checkpoint.
  case rewound(RewindRules)
  /// A step that was done before a rewind keeps its outcome.
  case stepKept
  /// The recovery steps of a step or section are begun.
  case recoveryStarted(RecoveryStart)
  /// They are over, and this follows.
  case recoveryEnded(then: String)
  /// A person does the step instead of the machine.
  case byHandChosen(reason: String?)
  /// From here on the run goes by another version of its workflow.
  case migrated(Migration)
}

/// What becomes of the steps behind a checkpoint that a run has gone back to; a journal says by which rules it
/// went.
package enum RewindRules: Sendable, Hashable {
  /// Of old: only what had succeeded keeps its outcome, and a `repeat` that is done again begins with its last
  /// round, or with its first.
  case ofOld(fromFirstRound: Bool)
  /// What acted and was not taken back is not done again.
  case keepingEffects
  /// Besides, what only looks, asks or waits is done anew where it reads what is done anew, and no event
  /// ticks again what it has ticked.
  case renewingReaders
  /// Besides, what comes to another end is followed though nothing of it was taken back, parts that a person did
  /// by hand as a whole stand, and so does what was given of an open question that reads nothing of that.
  case followingOutcomes
  /// Besides, what comes to the same end without anything being carried out has the times that it had.
  case keepingTimes
  /// Besides, what comes to another end is followed into branches and over the jumps of a `go_to`; what the machine
  /// came through was not done by hand as a whole; what people do to take a part back, they do once; and what was
  /// corrected in a loop counts again.
  case followingEverywhere

  static let newest = RewindRules.followingEverywhere

  var renewsReaders: Bool { self == .renewingReaders || followsOutcomes }
  var followsOutcomes: Bool { self == .followingOutcomes || keepsTimes }
  var keepsTimes: Bool { self == .keepingTimes || followsEverywhere }
  var followsEverywhere: Bool { self == .followingEverywhere }

  fileprivate var data: ValueMap {
    let (fromFirstRound, keepsEffects) =
      if case .ofOld(let fromFirstRound) = self { (fromFirstRound, false) } else { (true, true) }
    return ValueMap().adding("from_first_round", fromFirstRound ? true : nil)
      .adding("keeps_effects", keepsEffects ? true : nil)
      .adding("renews_readers", renewsReaders ? true : nil)
      .adding("follows_outcomes", followsOutcomes ? true : nil)
      .adding("keeps_times", keepsTimes ? true : nil)
      .adding("follows_everywhere", followsEverywhere ? true : nil)
  }

  fileprivate init(_ reader: DataReader) {
    func has(_ key: String) -> Bool { reader.data[key]?.asBool ?? false }
    if has("follows_everywhere") {
      self = .followingEverywhere
    } else if has("keeps_times") {
      self = .keepingTimes
    } else if has("follows_outcomes") {
      self = .followingOutcomes
    } else if has("renews_readers") {
      self = .renewingReaders
    } else if has("keeps_effects") {
      self = .keepingEffects
    } else {
      self = .ofOld(fromFirstRound: has("from_first_round"))
    }
  }
}

/// Which recovery is begun, and for what.
package struct RecoveryStart: Sendable, Hashable {
  /// The branch of `on_failure`, from 0.
  package var branch: Int
  /// The address of the step that failed.
  package var failed: String
  package var failure: Failure
}

extension RecoveryEvent {
  var type: String {
    switch self {
    case .undoPrepared: "undo.prepared"
    case .undoing: "run.undoing"
    case .rewinding: "run.rewinding"
    case .rewound: "run.rewound"
    case .stepKept: "step.kept"
    case .recoveryStarted: "recovery.started"
    case .recoveryEnded: "recovery.ended"
    case .byHandChosen: "step.by_hand"
    case .migrated: "run.migrated"
    }
  }

  var data: ValueMap {
    switch self {
    case .undoPrepared(let plan): plan.data
    case .undoing(let message, let irreversible):
      ValueMap().adding("message", message).adding(
        "irreversible",
        irreversible.isEmpty ? nil : Value.list(irreversible.map { .string($0) }))
    case .rewinding(let checkpoint, let again, let message, let keepsManual):
      ValueMap(members: ["to": .string(checkpoint)])
        .adding("again", again.isEmpty ? nil : Value.list(again.map { .string($0) }))
        .adding("message", message)
        .adding("keeps_manual", keepsManual ? true : nil)
    case .rewound(let rules): rules.data
    case .stepKept: ValueMap()
    case .recoveryStarted(let start): start.data
    case .recoveryEnded(let then): ["then": .string(then)]
    case .byHandChosen(let reason): ValueMap().adding("reason", reason)
    case .migrated(let migration): migration.data
    }
  }

  /// Nil for a type that is none of these.
  init?(_ reader: DataReader) throws(UnreadableEvent) {
    switch reader.type {
    case "undo.prepared": self = .undoPrepared(try UndoPlan(reader))
    case "run.undoing":
      self = .undoing(
        message: reader.optionalText("message"),
        irreversible: reader.data["irreversible"]?.asList?.compactMap(\.asString) ?? [])
    case "run.rewinding":
      self = .rewinding(
        to: try reader.text("to"),
        again: reader.data["again"]?.asList?.compactMap(\.asString) ?? [],
        message: reader.optionalText("message"),
        keepsManual: reader.data["keeps_manual"]?.asBool ?? false)
    case "run.rewound": self = .rewound(RewindRules(reader))
    case "step.kept": self = .stepKept
    case "recovery.started": self = .recoveryStarted(try RecoveryStart(reader))
    case "recovery.ended": self = .recoveryEnded(then: try reader.text("then"))
    case "run.migrated": self = .migrated(try Migration(reader))
    case "step.by_hand": self = .byHandChosen(reason: reader.optionalText("reason"))
    default: return nil
    }
  }
}

extension UndoPlan {
  var data: ValueMap {
    switch self {
    case .call(let operation, let with):
      ValueMap(members: ["operation": .string(operation)]).adding("with", with)
    case .manual(let text): ["manual": .string(text)]
    case .unknown(let message): ["message": .string(message)]
    }
  }

  init(_ reader: DataReader) throws(UnreadableEvent) {
    if let operation = reader.optionalText("operation") {
      self = .call(operation: operation, with: reader.values("with"))
    } else if let text = reader.optionalText("manual") {
      self = .manual(text)
    } else {
      self = .unknown(try reader.text("message"))
    }
  }
}

extension RecoveryStart {
  var data: ValueMap {
    failure.data.adding("branch", .int(Int64(branch))).adding("failed", failed)
  }

  init(_ reader: DataReader) throws(UnreadableEvent) {
    self.init(
      branch: try reader.integer("branch"), failed: try reader.text("failed"),
      failure: try Failure(reader))
  }
}
