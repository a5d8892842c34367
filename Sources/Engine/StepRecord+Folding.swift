import Values
import Workflows

extension StepPhase {
  /// The intent of an attempt whose outcome is not known.
  package var intent: Intent? {
    switch self {
    case .attempting(let intent), .lost(let intent, _, _), .inDoubt(let intent, _, _): intent
    default: nil
    }
  }
}

extension StepRecord {
  /// Whether the step is over, well or passed over.
  package var isOver: Bool {
    switch phase {
    case .succeeded, .skipped, .cancelled, .undone: true
    default: false
    }
  }

  /// Whether a rewind took back some of what it did and not the rest, so that it is done as a whole or not at all.
  var isPartlyTakenBack: Bool {
    if case .failed = phase { failure?.code == Failure.partlyTakenBack } else { false }
  }

  /// Whether it is to be tried again, or decided what becomes of it.
  var isUndecided: Bool {
    switch phase {
    case .entered, .retrying, .unavailable, .blocked, .failed(acted: false): true
    default: false
    }
  }

  /// Whether what the step does has been done, so that only its `verify` is left.
  var hasActed: Bool {
    switch phase {
    case .acted: true
    case .inside: group?.open.isEmpty ?? false
    default: false
    }
  }

  /// Ends what is not over: cancelled, but in doubt where nobody knows whether it took effect.
  mutating func abandon() {
    switch phase {
    case .succeeded, .skipped, .failed, .cancelled, .undone, .inDoubt: break
    case .lost(let intent, _, _), .attempting(let intent):
      phase = doubtLeft.map { .inDoubt(intent, message: $0) } ?? .cancelled
    default: phase = .cancelled
    }
  }

  /// Why nobody knows what came of an attempt that ends with its step; nil where that is known, or
  /// does not matter.
  var doubtLeft: String? {
    switch phase {
    case .lost(let intent, let message, _) where intent.leavesDoubt: message
    case .attempting(let intent) where intent.leavesDoubt: "the run ended before the answer came"
    default: nil
    }
  }

  /// As if the step had never been begun, but for its key.
  var renewed: StepRecord {
    var record = StepRecord()
    record.keyGeneration = keyGeneration + (group?.forgottenKeys ?? 0)
    record.renewKey()
    record.attempts = attempts
    return record
  }

  /// The next attempt is another request to the service.
  mutating func renewKey() {
    keyGeneration += 1
    doubt = nil
  }

  /// The answer of an attempt is lost: until it is known what happened, its key is the only safe one.
  mutating func lose(_ intent: Intent, message: String, byCrash: Bool) {
    phase = .lost(intent, message: message, byCrash: byCrash)
    // With what an earlier try was refused says nothing of this one.
    failure = nil
    let first = doubt
    doubt = Doubt(
      intent: first?.intent ?? intent, since: first?.since ?? attemptedAt, message: message)
  }

  /// The world is to be asked once more what came of an attempt, where it could not tell.
  mutating func askAgain() {
    guard case .inDoubt(let intent, let message, _) = phase, doubt != nil else { return }
    phase = .inDoubt(intent, message: message, asksAgain: true)
    looks = [:]
    failedLook = nil
  }

  /// The intent of an attempt of which nobody knows what it came to.
  var unsettledIntent: Intent? { phase.intent ?? doubt?.intent }

  mutating func done(_ manner: Manner, by actor: Actor, reason: String?) {
    // What a person said in an answer or about a doubt stands, though the machine closes the step.
    if actor == .machine, let by, by != .machine {
      self.manner = self.manner ?? .person
    } else {
      by = actor
      self.manner = manner
    }
    self.reason = reason ?? self.reason
  }

  /// What was decided about something else than what is shown now does not count any more.
  mutating func voidDecisions(except shown: String) {
    guard hasPeople, !people.decisions.isEmpty else { return }
    people.decisions.removeAll { $0.decided.shown != shown }
    by = people.decisions.last?.by
  }

  /// What somebody said of an earlier attempt is nothing about one that is made now.
  mutating func forgetWhoSettledIt() {
    manner = nil
    by = nil
    reason = nil
  }

  /// Who gave something of an answer, the machine where an event did; nil where nobody is known to have.
  func giver(of name: String) -> Actor? { (hasPeople ? people.givers[name] : nil) ?? by }

  /// Somebody else is about to answer: whose the values are that were given before is kept.
  mutating func noteGivers(before values: StoredValues, by actor: Actor) {
    if let by, by != actor {
      for name in answers.names where !hasPeople || people.givers[name] == nil {
        people.givers[name] = by
      }
    }
    guard hasPeople else { return }
    for name in values.names { people.givers[name] = nil }
  }

  /// Forgets answers that do not fit any more.
  mutating func drop(answersTo names: [String]) {
    guard !names.isEmpty else { return }
    for name in names {
      answers.clear[name] = nil
      answers.sealed[name] = nil
      if hasPeople { people.givers[name] = nil }
    }
    // Nobody has answered then: the record would say that a person did what no person saw.
    if answers.isEmpty { by = nil }
  }

  /// What only matters while the step is worked on.
  mutating func releaseWorkingData() {
    releaseWork()
    if group != nil {
      changeGroup {
        $0.open = []
        $0.held = []
      }
    }
    if hasPeople { people.close() }
  }

  mutating func retried(with values: StoredValues, again: Bool) {
    // What was corrected before stays so, but for what is corrected again.
    corrected.replace(with: values)
    answers = StoredValues()
    if hasPeople { people.restart() }
    looks = [:]
    failedLook = nil
    attemptsInSeries = 0
    if case .failed(acted: true) = phase, !again, values.isEmpty {
      phase = .acted
      // The round after which it failed is none of those that follow.
      if let rounds = group?.rounds { group?.roundsBefore = rounds + 1 }
    } else {
      if again || !values.isEmpty {
        keyGeneration += group?.forgottenKeys ?? 0
        renewKey()
      }
      phase = .entered
      forgetWhoSettledIt()
      if let rounds = group?.rounds { group?.roundsBefore = rounds }
    }
    failure = nil
  }
}

extension Intent {
  /// Whether nobody knows what happened when the answer is lost.
  var leavesDoubt: Bool { effects == Effects.once.rawValue || effects == Effects.keyed.rawValue }
}

extension Group {
  /// A step starts; the rounds of an earlier start stay counted, so that no address comes twice.
  init(_ start: StepStart, after earlier: Group?) {
    self.start = start
    rounds = earlier?.rounds ?? 0
    approvals = earlier?.approvals ?? []
    roundsBefore = rounds
  }
}
