import Engine
import RunStore
import Values

/// Folds the journal into what has become of each step.
struct StepSummary {
  private var steps: [TranscriptStep] = []
  private var positions: [String: Int] = [:]
  /// Who has answered a question, approved, or settled a doubt so far, in order, each once.
  private var answerers: [Int: [Answerer]] = [:]
  /// Who has rejected what was to be approved.
  private var rejecters: [Int: String] = [:]
  private var loops = LoopTallies()
  private var undo = UndoFold()
  private var beginnings = StepBeginnings()
  /// How often something that holds other steps was begun once more before each step was.
  private var beginningsBefore: [Int] = []
  private let descriptions: [String: StepDescription]

  init(descriptions: [String: StepDescription]) { self.descriptions = descriptions }

  mutating func apply(_ record: JournalRecord) {
    loops.apply(record, effects: undo.log.entries.count)
    undo.apply(record)
    switch record.type {
    case "run.migrated": rename(by: record)
    case "run.rewound": beginnings.rewind()
    default: break
    }
    guard let address = record.step, !address.isEmpty else { return }
    let position = position(of: address, at: record)
    beginAnew(position, record)
    beginnings.apply(record, at: address)
    switch record.type {
    case "attempt.started":
      steps[position].attempts = max(steps[position].attempts + 1, record.attempt ?? 0)
      reopen(position, as: .running)
      answerers[position] = nil
    case "step.started", "step.retried", "approval.voided": reopen(position, as: .running)
    case "step.waiting":
      reopen(position, as: .waiting)
      if !record.keepsAnswers { answerers[position] = nil }
      drop(answersIn: record, position)
    case "answer.given": answered(position, by: record.actor.sentence, record.givenFields)
    case "approval.given" where record.data.text("decision") == "approved":
      answered(position, by: record.actor.sentence)
    case "approval.given": rejecters[position] = record.actor.sentence
    case "doubt.resolved": settle(position, record)
    case "step.blocked": reopen(position, as: .blocked)
    case "step.in_doubt": reopen(position, as: .inDoubt)
    case "step.failed": finish(position, as: .failed, record)
    // Journals of old say it of a checkpoint that holds, too.
    case "step.continued":
      steps[position].isPassedOver = steps[position].status == StepStatus.failed.rawValue
    case "step.skipped": skip(position, record)
    case "step.succeeded":
      finish(position, as: .succeeded, record)
      steps[position].times += 1
      steps[position].how = record.data.text("how")
      takeBack(stepUndoneAt: address)
    default: break
    }
  }

  /// What has another id from a migration on is the same step, and has one row; so has what is inside it.
  private mutating func rename(by record: JournalRecord) {
    for renaming in record.renamings { rename(renaming) }
  }

  private mutating func rename(_ renaming: Renaming) {
    beginnings.rename(renaming)
    for (old, position) in positions {
      guard let new = renaming.address(of: old) else { continue }
      positions[old] = nil
      positions[new] = position
      steps[position].address = new
      guard let description = descriptions[new] else { continue }
      steps[position].title = description.title
      steps[position].role = description.role
      steps[position].depth = description.depth
      steps[position].isContainer = description.isContainer
    }
  }

  /// Whether a step was passed over, by what the records so far say.
  func isPassedOver(at address: String?) -> Bool {
    guard let position = address.flatMap({ positions[$0] }) else { return false }
    return steps[position].status == StepStatus.skipped.rawValue
  }

  /// What is begun once more may come to the same addresses once more: what was said of a step there is
  /// not about this time.
  private mutating func beginAnew(_ position: Int, _ record: JournalRecord) {
    guard isOfEarlierTime(position) else { return }
    beginningsBefore[position] = beginnings.count
    // What keeps its outcome is what it was.
    guard record.type != "step.kept" else { return }
    beginnings.renew(steps[position].address)
    if !record.keepsAnswers { answerers[position] = nil }
    steps[position].settled = []
    steps[position].attempts = 0
    steps[position].times = 0
    steps[position].startedAt = record.moment
    reopen(position, as: .running)
  }

  /// Whether a step lies in something that was begun once more since it was done.
  private func isOfEarlierTime(_ position: Int) -> Bool {
    let address = steps[position].address
    return beginnings.isAnew(
      around: address, sections: descriptions[address]?.sections ?? [],
      since: beginningsBefore[position])
  }

  /// Whether what is known of a step is of a time before what it lies in was begun once more, or before the
  /// run went back behind that: the timeline has that. What took it back then is there as before, and so
  /// is what the run still knows of.
  private func isGone(_ position: Int) -> Bool {
    let address = steps[position].address
    guard UndoLog.step(takenBackAt: address) == nil else { return false }
    return beginnings.isLoopAnew(
      around: address, sections: descriptions[address]?.sections ?? [],
      since: beginningsBefore[position])
      || (descriptions[address]?.status == nil && isOfEarlierTime(position))
      || LoopTallies.items(around: address).contains { loop, _ in
        descriptions[loop].map { $0.status == .pending && $0.startedAt == nil } ?? false
      }
  }

  /// Of what lies in rounds and items that are over, only the journal knows that it was taken back.
  private mutating func takeBack(stepUndoneAt address: String) {
    guard let step = undo.log.step(takenBackAt: address), let position = positions[step] else {
      return
    }
    steps[position].set(.undone)
  }

  /// The steps in the order of the procedure, each as it stands in the end: what the journal says of
  /// a step is not all that decides that.
  ///
  /// - Parameter isOver: whether the run has ended.
  func result(
    inOrderOf descriptions: some Collection<StepDescription>, isOver: Bool
  ) -> [TranscriptStep] {
    var places: [String: Int] = [:]
    for (place, description) in descriptions.enumerated() { places[description.address] = place }
    let order = steps.indices.filter { !isGone($0) }.sorted { one, other in
      let (first, second) = (places[steps[one].address], places[steps[other].address])
      return (first ?? Int.max, one) < (second ?? Int.max, other)
    }
    let result = order.map { standing(steps[$0], isOver: isOver) }
    let items = loops.result(result, undo.log)
    guard !items.isEmpty else { return result }
    return result.map { step in
      var step = step
      step.items =
        step.startedAt == nil
        ? nil : self.descriptions[step.address]?.items ?? items[step.address]
      return step
    }
  }

  private mutating func settle(_ position: Int, _ record: JournalRecord) {
    let happened = record.data["happened"]?.asBool == true
    steps[position].settled.append(
      SettledDoubt(
        at: record.moment, by: record.actor.sentence, happened: happened,
        reason: record.data.text("reason"), evidence: Evidence.all(in: record.data)))
    if happened, record.actor.kind != "machine" {
      answered(position, by: record.actor.sentence)
    }
  }

  private func standing(_ step: TranscriptStep, isOver: Bool) -> TranscriptStep {
    var step = step
    let description = descriptions[step.address]
    let folded = StepStatus(rawValue: step.status)
    let isOpen = folded == .running || folded == .waiting || folded == .blocked
    if let status = description?.status {
      step.set(status)
      step.begin(at: description?.startedAt, status)
      step.end(at: description?.finishedAt, status)
    } else if isOpen, isOver || description != nil {
      // Nothing in a round or a run that is over goes on.
      step.set(.cancelled)
    }
    if let description {
      step.target = description.earlierTargets.target(
        ofStepEndedAt: step.finishedAt, now: description.target)
    }
    return step
  }

  private mutating func position(of address: String, at record: JournalRecord) -> Int {
    if let position = positions[address] { return position }
    let description = descriptions[address]
    steps.append(
      TranscriptStep(
        address: address, title: description?.title ?? address, role: description?.role,
        status: StepStatus.running.rawValue, startedAt: record.moment,
        depth: description?.depth ?? address.split(separator: "/").count - 1,
        isContainer: description?.isContainer ?? false))
    positions[address] = steps.count - 1
    beginningsBefore.append(beginnings.count)
    return steps.count - 1
  }

  private mutating func answered(
    _ position: Int, by person: String, _ fields: Set<String> = []
  ) {
    var people = answerers[position] ?? []
    if let known = people.firstIndex(where: { $0.name == person }) {
      people[known].fields.formUnion(fields)
    } else {
      people.append(Answerer(name: person, fields: fields))
    }
    answerers[position] = people
  }

  /// Of whoever gave only what does not fit any more nothing is left in the answer.
  private mutating func drop(answersIn record: JournalRecord, _ position: Int) {
    guard let dropped = record.data["dropped"]?.asList?.compactMap(\.asString),
      let people = answerers[position]
    else { return }
    answerers[position] = people.compactMap { person in
      guard !person.fields.isEmpty else { return person }
      var person = person
      person.fields.subtract(dropped)
      return person.fields.isEmpty ? nil : person
    }
  }

  private mutating func reopen(_ position: Int, as status: StepStatus) {
    steps[position].set(status)
  }

  private mutating func finish(_ position: Int, as status: StepStatus, _ record: JournalRecord) {
    steps[position].set(status)
    steps[position].finishedAt = record.moment
    steps[position].how = nil
    steps[position].by = doer(position, record)
    steps[position].reason = record.data.text("reason")
    steps[position].evidence = Evidence.all(in: record.data)
  }

  /// Journals of old do not say that it was an override, but that a person did it.
  private mutating func skip(_ position: Int, _ record: JournalRecord) {
    let isByMachine = record.actor.kind == "machine"
    // A person accepts that a checkpoint does not hold any more: the step stays what it is.
    guard isByMachine || steps[position].status != StepStatus.succeeded.rawValue else { return }
    finish(position, as: .skipped, record)
    steps[position].how = Manner.machine.rawValue
    guard record.isOverride else { return }
    steps[position].how = Manner.override.rawValue
    steps[position].reason = record.data.text("message")
  }

  /// Who did a step: a question is closed by the machine, but answered by people, and so is an approval.
  private func doer(_ position: Int, _ record: JournalRecord) -> String {
    if record.data.text("code") == Failure.rejected, let person = rejecters[position] {
      return person
    }
    guard record.actor.kind == "machine", record.data.text("how") == "person",
      let people = answerers[position], !people.isEmpty
    else { return record.actor.sentence }
    return people.map(\.name).joined(separator: ", ")
  }
}

/// Who has said something of what a step asks for.
private struct Answerer {
  let name: String
  /// What of an answer is theirs.
  var fields: Set<String>
}

extension JournalRecord {
  /// The names of what somebody answered.
  fileprivate var givenFields: Set<String> {
    Set((data["values"]?.asMap ?? ValueMap()).names)
      .union((data["sealed"]?.asMap ?? ValueMap()).names)
  }

  /// Whether what was answered counts still: a question that is put otherwise keeps that, or one that the run went
  /// back before, an approval does not.
  fileprivate var keepsAnswers: Bool {
    type == "step.waiting" && data.text("for") != "approval"
      && (data["since"] != nil || data["given"] != nil)
  }

  /// Whether a person passes over a step with it, or its checkpoint, of those that say that one is.
  var isOverride: Bool {
    actor.kind != "machine" && ["person", "checkpoint"].contains(data.text("reason"))
  }
}

extension TranscriptStep {
  /// What is open again, or as if never begun, was done by nobody.
  fileprivate mutating func set(_ status: StepStatus) {
    self.status = status.rawValue
    switch status {
    case .pending, .running, .waiting, .blocked, .inDoubt:
      isPassedOver = false
      finishedAt = nil
      how = nil
      by = nil
      reason = nil
      evidence = []
    case .failed, .succeeded, .skipped, .undone, .cancelled: break
    }
  }

  /// Forgets what was said of it before the run went back behind it.
  fileprivate mutating func begin(at moment: Timestamp?, _ status: StepStatus) {
    if let moment {
      startedAt = moment
      settled.removeAll { $0.at < moment }
    } else if status == .pending {
      startedAt = nil
      settled = []
    }
  }

  /// What came to the same once the run had gone back behind it was over before that.
  fileprivate mutating func end(at moment: Timestamp?, _ status: StepStatus) {
    if let moment, status == .succeeded || status == .skipped { finishedAt = moment }
  }
}
