import Fields
package import Values
import Workflows

extension RunEngine {
  /// What a command changes, or why it is refused. No event: there is nothing to change any more
  /// (the same answer twice, a command that was journalled already).
  ///
  /// - Parameters:
  ///   - now: nil stands for the moment of the last event.
  ///   - moment: When the command was given, where that was earlier.
  package func handle(
    _ command: Command, now: Timestamp? = nil, givenAt moment: Timestamp? = nil
  ) -> Result<[PendingEvent], Refusal> {
    if isKnown(command) { return .success([]) }
    do throws(Refusal) {
      if case .ended(let status, _) = state.phase { try refuseAfterEnd(command.kind, status) }
      let pending = try events(for: command, now: now ?? state.lastAt, givenAt: moment)
      return .success(preparingUndo(pending, now: state.lastAt))
    } catch {
      return .failure(error)
    }
  }

  /// Whether a command is in the journal; of an event of the project, whoever gave it to the run.
  private func isKnown(_ command: Command) -> Bool {
    if state.commands.contains(command.id) { return true }
    guard case .projectEvent(let event) = command.kind else { return false }
    return state.received.contains { $0.id == event.id }
  }

  private func refuseAfterEnd(_ kind: CommandKind, _ status: RunStatus) throws(Refusal) {
    switch kind {
    // An answer may be the one that was given.
    case .note, .answer, .decide: return
    default: break
    }
    throw Refusal("the run is over: it \(status.sentence)")
  }

  private func events(
    for command: Command, now: Timestamp, givenAt moment: Timestamp?
  ) throws(Refusal) -> [PendingEvent] {
    try refuseLocked(command)
    return switch command.kind {
    case .resume: []
    case .answer(let step, let values): try answer(step, values, command)
    case .decide(let step, let approves, let comment, let shown):
      try decide(step, approves: approves, comment: comment, shown: shown, command)
    case .claim(let step): try claim(step, as: command)
    case .release(let step): try release(step)
    case .projectEvent(let event): try receive(event)
    case .event(let name, let data):
      try receive(
        name, data, locked: command.locked, id: command.id, at: moment?.wholeMilliseconds,
        isOfProject: false)
    case .retry(let step, let with, let again, let reason):
      try retry(step, with: with, again: again, reason: reason, now: now)
    case .done(let step, let values, let reason, let evidence):
      try done(step, values, reason: reason, evidence: evidence, now: now)
    case .skip(let step, let reason): try skip(step, reason: reason, now: now)
    case .resolve(let step, let happened, let values, let reason, let evidence):
      try resolve(
        step, happened: happened, values, reason: reason, evidence: evidence, now: now)
    case .cancel(let reason): try cancel(reason: reason)
    case .undo(let reason): try undo(reason: reason, now: now)
    case .rewind(let checkpoint, let again, let reason):
      try rewind(to: checkpoint, again: again, reason: reason, now: now)
    case .byHand(let step, let reason): try chooseByHand(step, reason: reason, now: now)
    case .note(let text): [PendingEvent(.noteAdded(text: text))]
    }
  }

  /// What a command brought and cannot be opened is kept of an answer or an event, which the run waits for;
  /// nothing follows from any other, which somebody has to give again.
  private func refuseLocked(_ command: Command) throws(Refusal) {
    switch command.kind {
    case .answer, .event, .projectEvent: return
    default: break
    }
    guard let locked = StoredValues(sealed: command.locked).locked(by: vault).first else { return }
    throw Refusal(
      "`\(locked.name)` that came with it cannot be known where the run is executed:"
        + " \(locked.obstacle.cause); nothing was done, and it has to be given again")
  }

  // MARK: Answers

  private func answer(
    _ address: String, _ values: ValueMap, _ command: Command
  ) throws(Refusal) -> [PendingEvent] {
    let (step, record) = try self.record(at: address)
    guard case .ask(let question) = step.kind else {
      throw Refusal("`\(address)` is not a question", hint: currentHint)
    }
    guard case .waiting = record.phase else {
      try refuseLateAnswer(values, to: question, address, record, command.locked)
      return []
    }
    try requireRole(for: step, at: address, record, command)
    let checked =
      values.isEmpty && command.locked.isEmpty
      ? rest(of: question, record) : try check(values, for: question)
    let news = try leavingOut(
      othersAnswersIn: checked, to: question, address, record, command.actor)
    var stored = StoredValues(
      news, sensitive: { question.fields[$0]?.isSensitive ?? false }, vault: vault)
    try stored.add(locked: command.locked, among: question.fields)
    // The record is not filled with answers that say nothing.
    guard !stored.isEmpty else { return [] }
    return [PendingEvent(.answerGiven(values: stored), step: address)]
  }

  /// What an answer adds to a question that is open, without what others have said already. Only who gave
  /// something may say something else; an item that was left may be ticked by anybody, and what an event has
  /// ticked be said by anybody to be otherwise.
  private func leavingOut(
    othersAnswersIn values: ValueMap, to question: Question, _ address: String,
    _ record: StepRecord, _ actor: Actor
  ) throws(Refusal) -> ValueMap {
    let given = record.answers.openedOrLeftOut(by: vault)
    var news = ValueMap()
    for member in values {
      guard let name = member.key.asString, let earlier = given[name],
        let giver = record.giver(of: name), giver != actor, giver != .machine
      else {
        news.set(member.key, member.value)
        continue
      }
      if earlier == member.value { continue }
      let isItem = question.items.contains { $0.name == name }
      if earlier == .null || (isItem && earlier == .bool(false)) {
        news[name] = member.value
        continue
      }
      throw Refusal(
        "`\(name)` of `\(address)` was answered differently by \(giver.id)",
        hint: "\(giver.id) can still change it; to answer in place of all: "
          + commandForHand(address))
    }
    return news
  }

  /// What an answer without values says: that there is no more to say. Defaults count, what is
  /// optional is left out, and of a list that may be left so nothing more is ticked. Where more is
  /// needed it says nothing.
  private func rest(of question: Question, _ record: StepRecord) -> ValueMap {
    let given = Set(record.answers.names)
    let fields = question.fields.fields.filter { !given.contains($0.name) }
    let items = question.items.filter { record.answers.clear[$0.name]?.asBool != true }
    guard !fields.contains(where: \.isRequired), items.isEmpty || question.completeWhen != nil
    else { return ValueMap() }
    var values = ValueMap()
    for field in fields {
      if let value = field.defaultValue {
        values[field.name] = value.inJSON
      } else if field.present(.null) == nil {
        values[field.name] = .null
      }
    }
    for item in items where !given.contains(item.name) { values[item.name] = false }
    return values
  }

  /// The same answer twice is fine; a different one is a conflict that names the first.
  private func refuseLateAnswer(
    _ values: ValueMap, to question: Question, _ address: String, _ record: StepRecord,
    _ locked: ValueMap
  ) throws(Refusal) {
    try refuseAfterExpiry(address, record)
    guard case .succeeded = record.phase else {
      throw Refusal(
        "`\(address)` is not waiting for an answer: it is \(record.phase.status.rawValue)")
    }
    let checked = try check(values, for: question)
    let unread = StoredValues(sealed: locked).locked(by: vault)
    if let locked = unread.first
      ?? record.outputs.locked(by: vault).first(where: { checked[$0.name] != nil })
    {
      throw Refusal(
        "`\(address)` was answered, and whether `\(locked.name)` is the same cannot be told:"
          + " \(locked.obstacle.sentence(in: state.header.run))")
    }
    var given = record.outputs.openedOrLeftOut(by: vault)
    for member in given["items"]?.asMap ?? ValueMap() { given.set(member.key, member.value) }
    // What nobody gave was left out, which is what null says.
    if let other = checked.first(where: { (given.value(for: $0.key) ?? .null) != $0.value }) {
      let giver = other.key.asString.flatMap(record.giver)
      let who = giver == .machine ? "an event" : giver?.id ?? "somebody"
      // When all that was asked had been answered, which may have been later than that.
      let end = record.finishedAt.map { ", and is over since \($0.journalText)" } ?? ""
      throw Refusal("`\(address)` was answered differently by \(who)\(end)")
    }
  }

  /// What nobody did in time may be asked again.
  func refuseAfterExpiry(_ address: String, _ record: StepRecord) throws(Refusal) {
    guard record.hasExpired, case .failed = record.phase else { return }
    throw Refusal(
      "`\(address)` has expired: \(record.failure?.message ?? "")",
      hint: state.isCurrent(address) ? "ask it again: " + command("retry", address) : nil)
  }

  /// The values of an answer, each fit for its field; what is missing may follow later.
  private func check(_ values: ValueMap, for question: Question) throws(Refusal) -> ValueMap {
    let items = Set(question.items.map(\.name))
    var checked = ValueMap()
    var fields = ValueMap()
    for member in values {
      guard let name = member.key.asString else { continue }
      if items.contains(name) {
        guard member.value.asBool != nil else {
          throw Refusal("`\(name)` is ticked with `true` or `false`")
        }
        checked[name] = member.value
      } else if let field = question.fields[name], field.present(member.value) == nil {
        checked[name] = .null
      } else {
        fields[name] = member.value
      }
    }
    for problem in question.fields.problems(in: fields) { throw Refusal(problem) }
    for member in question.fields.coerce(fields) { checked.set(member.key, member.value.inJSON) }
    return checked
  }

  // MARK: Events

  /// An event of the project, once.
  private func receive(_ event: ProjectEvent) throws(Refusal) -> [PendingEvent] {
    try receive(
      event.name, event.data, locked: event.locked, id: event.id, at: moment(of: event),
      isOfProject: true)
  }

  /// - Parameters:
  ///   - locked: The commitments of what cannot be opened of its data.
  ///   - moment: When it arrived, where the run takes it later; of an event of the project always.
  private func receive(
    _ name: String, _ data: ValueMap, locked: ValueMap, id: String, at moment: Timestamp?,
    isOfProject: Bool
  ) throws(Refusal) -> [PendingEvent] {
    guard let contract = workflow.catalog.event(named: name) else {
      throw Refusal("unknown event `\(name)`", hint: workflow.catalog.eventHint(for: name))
    }
    switch contract.fields.complete(data, without: Set(locked.names)) {
    case .failure(let problems):
      throw Refusal(
        "the data of `\(name)` is unfit: " + problems.description)
    case .success(let completed):
      var stored = StoredValues(
        completed, sensitive: { contract.fields[$0]?.isSensitive ?? false }, vault: vault)
      try stored.add(locked: locked, among: contract.fields)
      return [
        PendingEvent(
          .eventReceived(
            ReceivedEvent(
              id: id, name: name, data: stored, at: moment, isOfProject: isOfProject)))
      ]
    }
  }

  // MARK: Decisions about a step

  private func retry(
    _ address: String, with values: ValueMap, again: Bool, reason: String?, now: Timestamp
  ) throws(Refusal) -> [PendingEvent] {
    let (step, record) = try current(at: address, mayBeHeld: !values.isEmpty)
    try refuseWhileRecovering(address)
    try refuseRepeating(address, values, again: again, now: now)
    try refuseForgetting(address, now: now)
    switch record.phase {
    case .failed, .blocked, .unavailable, .retrying, .inDoubt: break
    case .waiting where state.recovery.byHand.contains(address): break
    // Nobody has approved yet what it is tried with.
    case .entered where record.startedAt != nil && isHeldByApproval(at: address): break
    default:
      throw Refusal("`\(address)` has not failed: it is \(record.phase.status.rawValue)")
    }
    var stored = StoredValues()
    if !values.isEmpty {
      guard case .action(let call) = step.kind, let contract = call.contract else {
        throw Refusal("`\(address)` takes no values: it is not an action")
      }
      let sensitive = sensitiveInputs(of: call, at: address)
      for problem in contract.inputs.problems(in: values, sensitive: sensitive) {
        throw Refusal(problem)
      }
      stored = StoredValues(
        contract.inputs.coerce(values), sensitive: { sensitive.contains($0) }, vault: vault)
    }
    try refuseReleasedByItems(address, stored)
    // What only reads is read again: a check on what was read before would fail for ever.
    let acts = again || step.effects == Effects.none
    if case .failed(acted: true) = record.phase, !acts, values.isEmpty,
      record.failure?.code == Failure.invalidOutputs
    {
      throw Refusal(
        "`\(address)` acted, and what it gave does not fit: testing that again changes nothing",
        hint:
          "say what it should have given: \(commandForHand(address));"
          + " or have it act again: \(command("retry", address, "--again"))")
    }
    if record.isPartlyTakenBack, !acts {
      let again = "have all of it done again: " + command("retry", address, "--again")
      throw Refusal(
        "some of what `\(address)` did was taken back: testing it again does not bring that back",
        hint: canSkip(address)
          ? again + "; or go on as it is: " + command("skip", address, "--reason 'WHY'") : again)
    }
    let voided = voidedApprovals(by: stored, at: address)
    for approval in voided.compactMap(\.step) { try refuseWhileRecovering(approval) }
    return [PendingEvent(.stepRetried(with: stored, again: acts, reason: reason), step: address)]
      + voided
  }

  private func done(
    _ address: String, _ values: ValueMap, reason: String, evidence: [Evidence], now: Timestamp
  ) throws(Refusal) -> [PendingEvent] {
    let (step, record) = try current(at: address)
    try refuseInstead(of: step, address, record, "do it by hand")
    try refuseInsteadOfHeld(address, record)
    try refuseWhileRecovering(address)
    try refuseInDoubt(address, now: now)
    switch record.phase {
    case .failed, .blocked, .unavailable, .retrying, .waiting: break
    default:
      throw Refusal("`\(address)` cannot be done by hand now: \(record.phase.sentence)")
    }
    try refuseWhereNeeded(step, address, as: .succeeded)
    let given = try outputs(of: step, at: address, from: values, now: now) {
      commandForHand(address, $0)
    }
    try refuseAnotherEvent(step, address, given)
    try refuseUnmet(step, address, given)
    let outputs = StoredValues(
      given, sensitive: { isSensitiveOutput($0, of: step, at: address) }, vault: vault)
    return [
      PendingEvent(
        .stepSucceeded(outputs: outputs, manner: .byHand, reason: reason, evidence: evidence),
        step: address)
    ]
  }

  func skip(
    _ address: String, reason: String, now: Timestamp
  ) throws(Refusal) -> [PendingEvent] {
    if state.checkpointTest?.step == address {
      return passedOver(address, "checkpoint", reason)
    }
    let (step, record) = try current(at: address)
    try refuseInstead(of: step, address, record, "pass over it")
    try refuseInsteadOfHeld(address, record)
    try refuseWhileRecovering(address)
    try refuseInDoubt(address, now: now)
    switch record.phase {
    case .failed, .blocked, .unavailable, .retrying, .waiting: break
    default:
      throw Refusal("`\(address)` cannot be skipped now: \(record.phase.sentence)")
    }
    try refuseWhereNeeded(step, address, as: .skipped)
    return passedOver(address, "person", reason)
  }

  /// - Parameter what: `person` for a step, `checkpoint` where that of a done step does not hold.
  private func passedOver(_ address: String, _ what: String, _ reason: String) -> [PendingEvent] {
    [PendingEvent(.stepSkipped(reason: what, message: reason, isOverride: true), step: address)]
  }

  private func resolve(
    _ address: String, happened: Bool, _ values: ValueMap, reason: String, evidence: [Evidence],
    now: Timestamp
  ) throws(Refusal) -> [PendingEvent] {
    let (step, record) =
      doubtsLeftBehind.contains(address)
      ? try self.record(at: address)
      : try current(at: address, mayBeHeld: true)
    try refuseWhileRecovering(address)
    guard isInDoubt(address) || (record.isUndecided && record.mayHaveHappened(step)) else {
      throw Refusal("`\(address)` is not in doubt: it is \(record.phase.status.rawValue)")
    }
    var given = ValueMap()
    if happened {
      given = try outputs(of: step, at: address, from: values, now: now) {
        commandToResolve(address, $0)
      }
    }
    let outputs = StoredValues(
      given, sensitive: { isSensitiveOutput($0, of: step, at: address) }, vault: vault)
    return [
      PendingEvent(
        .doubtResolved(
          happened: happened, outputs: outputs, reason: reason, evidence: evidence),
        step: address)
    ]
  }

  private func cancel(reason: String) throws(Refusal) -> [PendingEvent] {
    if case .finishing = state.phase {
      guard missingOutputs != nil else { throw Refusal("the run is ending already") }
      return [
        PendingEvent(
          .runFinished(status: .cancelled, message: reason, outputs: StoredValues()))
      ]
    }
    let end = EventKind.runFinishing(
      status: .cancelled, message: reason, notTakenBack: stepsToTakeBack, callsLeft: callsLeft)
    return doubtsLeft() + [PendingEvent(end)]
  }
}

extension StoredValues {
  /// Adds values that cannot be opened by their commitments, each that of a field.
  fileprivate mutating func add(locked: ValueMap, among fields: FieldSet) throws(Refusal) {
    for member in locked {
      let name = member.key.asString ?? ""
      guard fields.position(of: name) != nil else { throw Refusal("there is no `\(name)`") }
      sealed[name] = member.value
    }
  }
}

extension RunStatus {
  var sentence: String {
    switch self {
    case .succeeded: "succeeded"
    case .failed: "failed"
    case .cancelled: "was cancelled"
    case .undone: "was undone"
    case .running, .waiting, .needsAttention, .interrupted: rawValue
    }
  }
}
