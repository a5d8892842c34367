package import Values

/// What has become of one step at one address.
package struct StepRecord: Sendable {
  package internal(set) var phase: StepPhase = .entered
  package internal(set) var startedAt: Timestamp?
  package internal(set) var finishedAt: Timestamp?
  /// When the newest attempt began.
  var attemptedAt: Timestamp?
  package internal(set) var attempts = 0
  /// Attempts of the present series; a person's retry starts a new one.
  package internal(set) var attemptsInSeries = 0
  /// How often the key was renewed: after a definite failure, not while in doubt.
  package internal(set) var keyGeneration = 0
  package internal(set) var outputs = StoredValues()
  /// How many events had come when the step was over.
  package internal(set) var eventsBefore = 0
  package internal(set) var manner: Manner?
  package internal(set) var by: Actor?
  package internal(set) var reason: String?
  package internal(set) var failure: Failure?
  /// Whether it is journalled how the newest effect of the step is taken back.
  var undoIsPrepared = false
  /// Whether the newest effect of the step is counted among those that nothing takes back.
  var effectIsCounted = false
  /// Whether an effect of an attempt stands, whatever became of the step since: it was not taken back.
  var effectStands = false
  /// Whether the step was begun and has come no further than a block or a failure, so that its `if` may
  /// not have been decided.
  var conditionIsOpen = false
  private var work = Rare<Work>()
  private var heldLists = Rare<Group>()
  private var peopleInvolved = Rare<PeopleRecord>()

  package init() {}
}

extension StepRecord {
  /// Whoever did the step or, while it is not over, did something about it: of an approval all who gave it, of
  /// an answer all of whom something of it is, whoever came last at the end.
  package var doers: [Actor] {
    guard let by else { return [] }
    guard hasPeople, manner == .person, case .succeeded = phase else { return [by] }
    let approved = people.decisions.filter(\.decided.approves).map(\.by)
    guard approved.isEmpty else { return approved }
    let others = Set(people.givers.values).subtracting([by, .machine])
    return others.sorted { $0.id < $1.id } + [by]
  }

  /// What only matters while the step is worked on.
  struct Work: Sendable {
    var corrected = StoredValues()
    var answers = StoredValues()
    var looks: [Look: StoredValues] = [:]
    var failedLook: FailedLook?
    var takenEvents: Set<String> = []
    var doubt: Doubt?
    var now: Timestamp?
  }

  /// What the step knows of the lists it holds, where it holds any.
  package internal(set) var group: Group? {
    @inline(__always) get { heldLists.value }
    @inline(__always) _modify { yield &heldLists.value }
  }

  /// Changes what the step knows of its lists, where they are.
  @inline(__always)
  mutating func changeGroup(_ change: (inout Group) -> Void) { heldLists.change(change) }

  /// Deadlines, decisions, and who is on it.
  package internal(set) var people: PeopleRecord {
    @inline(__always) get { peopleInvolved.value ?? PeopleRecord() }
    @inline(__always) _modify {
      var people = peopleInvolved.take() ?? PeopleRecord()
      defer { peopleInvolved.value = people.isEmpty ? nil : people }
      yield &people
    }
  }

  /// Whether anything of that kind has happened.
  var hasPeople: Bool { peopleInvolved.isThere }

  /// Whether there is anything that only matters while the step is worked on.
  var hasWork: Bool { work.isThere }

  private var worked: Work {
    @inline(__always) get { work.value ?? Work() }
    @inline(__always) _modify {
      var value = work.take() ?? Work()
      defer { work.value = value }
      yield &value
    }
  }

  package internal(set) var corrected: StoredValues {
    @inline(__always) get { worked.corrected }
    @inline(__always) _modify { yield &worked.corrected }
  }

  package internal(set) var answers: StoredValues {
    @inline(__always) get { worked.answers }
    @inline(__always) _modify { yield &worked.answers }
  }

  package internal(set) var looks: [Look: StoredValues] {
    @inline(__always) get { worked.looks }
    @inline(__always) _modify { yield &worked.looks }
  }

  var failedLook: FailedLook? {
    @inline(__always) get { worked.failedLook }
    @inline(__always) _modify { yield &worked.failedLook }
  }

  package internal(set) var takenEvents: Set<String> {
    @inline(__always) get { worked.takenEvents }
    @inline(__always) _modify { yield &worked.takenEvents }
  }

  /// An attempt with the present key that may have taken effect: then the key stays as it is.
  package internal(set) var doubt: Doubt? {
    get { hasWork ? worked.doubt : nil }
    set { if hasWork || newValue != nil { worked.doubt = newValue } }
  }

  /// `now`, as the expressions of the step see it; nil where it has not begun.
  var now: Timestamp? { hasWork ? worked.now ?? startedAt : startedAt }

  /// Notes which `now` the first attempt saw: later ones see the same.
  mutating func see(_ now: Timestamp) { if worked.now == nil { worked.now = now } }

  /// What `now` was, where it was not the beginning of the step.
  var otherNow: Timestamp? {
    get { hasWork ? worked.now : nil }
    set { if hasWork || newValue != nil { worked.now = newValue } }
  }

  /// Whether something that it did stays, whatever became of it since.
  package var hasStandingEffect: Bool { effectStands }

  /// Whether it took any event.
  var hasTakenEvents: Bool { !(work.value?.takenEvents.isEmpty ?? true) }

  /// Forgets what only matters while the step is worked on; what a person corrected counts again where the
  /// run goes back behind the step.
  mutating func releaseWork() {
    guard let released = work.take() else { return }
    if !released.takenEvents.isEmpty { takenEvents = released.takenEvents }
    if !released.corrected.isEmpty { corrected = released.corrected }
  }
}

/// A value that is seldom there, kept out of line so that what holds it is cheap to copy.
struct Rare<Wrapped: Sendable>: Sendable {
  private var storage: [Wrapped] = []

  var isThere: Bool { !storage.isEmpty }

  var value: Wrapped? {
    @inline(__always) get { storage.first }
    @inline(__always) _modify {
      var value = storage.popLast()
      defer { if let value { storage.append(value) } }
      yield &value
    }
  }

  /// Changes the value in place, where there is one.
  @inline(__always)
  mutating func change(_ change: (inout Wrapped) -> Void) {
    if !storage.isEmpty { change(&storage[0]) }
  }

  /// Takes the value out.
  mutating func take() -> Wrapped? { storage.popLast() }
}
