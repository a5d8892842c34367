import Actions
import Engine
import Fields
import Plugins
import RunStore
import Values
import Workflows

/// Telling people of reminders and escalations, beside all else that the run does. What fails is recorded and
/// holds up nothing but the end of the run.
extension RunExecutor {
  /// Whether people are to be told of something, or are being told.
  var hasToTell: Bool { !engine.state.tellings.isEmpty || !outbox.isEmpty }

  /// Makes up the messages about the rungs that were reached, with what is known now; whom they go to is on disk
  /// then. What can wait until somebody goes on with the run does, where it is to stop.
  func makeUpMessages() throws(RunnerError) {
    guard !isWindingDown, !context.isInterrupted() else { return }
    for telling in engine.state.tellings where !outbox.holds(telling) {
      if engine.isOver(telling) {
        try giveUp(telling, .untried(Self.over))
      } else if outbox.hasRoom(for: telling) {
        try makeUpMessages(telling)
      }
    }
  }

  /// The next message that is to go out; what cannot be sent is recorded.
  func nextMessage() throws(RunnerError) -> (Message, Message.Sending)? {
    guard !isWindingDown, !context.isInterrupted() else { return nil }
    while let message = outbox.next() {
      switch message.sending {
      case .success where engine.isOver(engine.current(message.telling)):
        try conclude(message, .untried(Self.over))
      case .success where outbox.isHopeless(message):
        try conclude(message, .untried("telling the others took too long"))
      case .success(let sending): return (message, sending)
      case .failure(let problem): try conclude(message, problem)
      }
    }
    return nil
  }

  /// Journals what came of a message.
  func conclude(
    _ message: Message, _ outcome: Message.Sending.Outcome
  ) throws(RunnerError) {
    try conclude(message, problem(of: message, outcome), timeouts: outcome.timeouts)
  }

  /// Notes what came of a message that was broken off, as far as there is room: whoever may be told twice is told
  /// by the next process, which learns that they may have been.
  func noteBrokenOff(_ message: Message, _ outcome: Message.Sending.Outcome) {
    let problem = problem(of: message, outcome)
    if case .lost? = problem, let intent = intentAgain(of: message) {
      try? record(message.telling, .noticeStarted(intent))
    } else {
      try? note(message, problem)
    }
  }

  /// That a message is to be sent again; nil where nobody may get it twice, or it is over.
  private func intentAgain(of message: Message) -> NoticeIntent? {
    let telling = engine.current(message.telling)
    guard case .success(let sending) = message.sending, sending.isRepeatable,
      let people = telling.people, let notice = engine.notice(of: telling, now: now)
    else { return nil }
    var intent = intent(of: notice, people, isAgain: true)
    // It is in the record already, and there may be little room.
    intent.with = nil
    return intent
  }

  private func problem(
    of message: Message, _ outcome: Message.Sending.Outcome
  ) -> Message.Problem? {
    guard let failure = outcome.failure, case .success(let sending) = message.sending else {
      return nil
    }
    let redactor = Redactor(secrets: sending.operation.secrets())
    let text = redactor.redact(vault.redact(failure.message))
    if case .lost = failure.kind { return .lost(text) }
    return .failed(text)
  }

  private func conclude(
    _ message: Message, _ problem: Message.Problem?, timeouts: Int = 0
  ) throws(RunnerError) {
    outbox.remove(message, timeouts: timeouts)
    try note(message, problem)
    // The next is told only once it is certain that this one is not told again.
    try sync()
  }

  private func note(_ message: Message, _ problem: Message.Problem?) throws(RunnerError) {
    let (telling, name) = (message.telling, message.name)
    if let problem { return try fail(telling, name, problem, with: message.with) }
    try record(
      telling,
      .noticeSent(
        timer: telling.timer, person: name, with: message.with, askedAt: telling.askedAt))
  }

  /// Settles the messages that were under way when the process died, as their effects say: who may be told twice
  /// is told again, of anybody else nobody knows.
  func settleNotices() throws(RunnerError) {
    for (telling, people) in engine.interruptedTellings {
      if telling.isRepeatable, let notice = engine.notice(of: telling, now: now) {
        try start(notice, people, isAgain: true)
        continue
      }
      try fail(telling, people[0], .lost(Self.unheard))
    }
  }

  /// Why nobody is told of a question that is not asked any more.
  private static let over = "it was over before"
  /// Why nobody knows of whom a process was telling.
  private static let unheard = "the process ended before the answer came"

  /// Records that people are not told of a rung.
  private func giveUp(_ telling: Telling, _ problem: Message.Problem) throws(RunnerError) {
    for name in telling.people ?? [NoticeIntent.nobodyNamed] {
      try fail(telling, name, problem)
    }
  }

  /// Records why somebody was not told, or why nobody knows: whom another process was telling it may have told.
  private func fail(
    _ telling: Telling, _ name: String, _ problem: Message.Problem, with: StoredValues? = nil
  ) throws(RunnerError) {
    let isDoubtful = engine.current(telling).doubtful == name
    let (message, isUnknown) =
      switch problem {
      case .untried where isDoubtful: (Self.unknown(Self.unheard), true)
      case .failed(let text) where isDoubtful: (Self.unknown(text), true)
      case .untried(let why): ("nobody tried: \(why)", false)
      case .failed(let text): (text, false)
      case .lost(let text): (Self.unknown(text), true)
      }
    let failure = NoticeFailure(
      timer: telling.timer, person: Self.name(name), message: message, isUnknown: isUnknown,
      with: with, askedAt: telling.askedAt)
    try record(telling, .noticeFailed(failure))
  }

  private func record(_ telling: Telling, _ event: PeopleEvent) throws(RunnerError) {
    try record(PendingEvent(.people(event), step: telling.address))
  }

  /// The person's name; nil for a message that names nobody.
  private static func name(_ person: String) -> String? {
    person == NoticeIntent.nobodyNamed ? nil : person
  }

  private static func unknown(_ why: String) -> String {
    "nobody knows whether it was sent: \(why)"
  }

  private func makeUpMessages(_ telling: Telling) throws(RunnerError) {
    guard let notice = engine.notice(of: telling, now: now) else {
      return try giveUp(telling, .untried("the procedure has it no more"))
    }
    guard operation(of: notice) != nil else {
      let environment = engine.state.header.environment
      return try giveUp(
        telling,
        .failed("the environment `\(environment)` has no `notify`, and neither has the step"))
    }
    guard let people = try people(telling, notice) else { return }
    let isRepeatable = effects(of: notice).map { $0 != .once } ?? false
    outbox.add(
      people.map { message(to: $0, notice, isRepeatable: isRepeatable) }, of: telling)
  }

  /// Whom to tell, durably in the record; nil where there is nobody.
  private func people(
    _ telling: Telling, _ notice: RunEngine.DueNotice
  ) throws(RunnerError) -> [String]? {
    guard let people = telling.people else { return try begin(notice) }
    // Of a parked run nothing is under way, for whoever finds it so: that says that it is again.
    if engine.state.parked != nil { try start(notice, people) } else { try sync() }
    return people
  }

  /// Finds out whom to tell, and journals it; nil where there is nobody.
  private func begin(_ notice: RunEngine.DueNotice) throws(RunnerError) -> [String]? {
    let holders = recipients(of: notice)
    let people = holders.filter { !notice.excluded.contains($0.id) }.map(\.name)
    guard people.isEmpty else {
      try start(notice, people)
      return people
    }
    let roles = notice.roles.map { "`\($0)`" }.joined(separator: " or ")
    let problem =
      if roles.isEmpty {
        "the step has no role"
      } else if holders.isEmpty {
        "nobody has the role \(roles)"
      } else {
        "whoever has the role \(roles) has approved already, or started the run and cannot approve"
      }
    try fail(notice.telling, NoticeIntent.nobodyNamed, .failed(problem))
    return nil
  }

  /// Journals whom an operation is about to tell, durably.
  private func start(
    _ notice: RunEngine.DueNotice, _ people: [String], isAgain: Bool = false
  ) throws(RunnerError) {
    try record(
      notice.telling, .noticeStarted(intent(of: notice, people, isAgain: isAgain)))
    try sync()
  }

  private func intent(
    of notice: RunEngine.DueNotice, _ people: [String], isAgain: Bool
  ) -> NoticeIntent {
    NoticeIntent(
      timer: notice.timer, operation: operation(of: notice) ?? "",
      effects: effects(of: notice)?.rawValue, people: people,
      with: Self.name(people[0]) == nil
        ? (try? inputs(of: notice, for: Recipient(people[0]))).flatMap { kept($0, of: notice) }
        : nil, askedAt: notice.telling.askedAt, isAgain: isAgain)
  }

  /// What the operation that tells people does to the world; nil where that cannot be known.
  private func effects(of notice: RunEngine.DueNotice) -> Effects? {
    try? registry(for: notice).operation(named: operation(of: notice) ?? "").get().contract.effects
  }

  /// The environment's `notify` is the project's, whatever the run's workflow calls.
  private func registry(for notice: RunEngine.DueNotice) -> OperationRegistry {
    guard notice.call == nil, let notification = context.notification else {
      return context.registry
    }
    return context.notifier(notification.operation)
  }

  private func operation(of notice: RunEngine.DueNotice) -> String? {
    notice.call?.operation ?? context.notification?.operation
  }

  /// Somebody who is told.
  private struct Recipient {
    let id: String
    /// What the record calls them.
    let name: String
    var isSensitive: Bool { id != name }

    init(_ id: String, as name: String? = nil) {
      self.id = id
      self.name = name ?? id
    }
  }

  /// A message that names nobody is sent once, to whomever its operation makes of it.
  private func recipients(of notice: RunEngine.DueNotice) -> [Recipient] {
    if let call = notice.call, !call.namesPerson { return [Recipient(NoticeIntent.nobodyNamed)] }
    var people: [Recipient] = []
    for role in notice.roles {
      let holder = engine.holder(ofRole: role, at: notice.address)
      let secret = holder?.isSensitive ?? false ? NoticeIntent.nameless(role) : nil
      var found = context.people.compactMap { person -> Recipient? in
        if person.roles.contains(role) { return Recipient(person.id) }
        // Where nobody holds it, that is not a person without an address.
        guard let holder, holder.name == person.id || holder.name == person.email else {
          return nil
        }
        return Recipient(person.id, as: secret)
      }
      if found.isEmpty, let holder { found = [Recipient(holder.name, as: secret)] }
      for one in found where !people.contains(where: { $0.name == one.name || $0.id == one.id }) {
        people.append(one)
      }
    }
    return people
  }

  /// Who stands behind a name of the record; nil where that cannot be known.
  private func recipient(_ name: String, of notice: RunEngine.DueNotice) -> Recipient? {
    guard NoticeIntent.isNameless(name) else { return Recipient(name) }
    guard let found = recipients(of: notice).first(where: { $0.name == name }) else { return nil }
    let known = person(found.id)
    vault.hide([known.id, known.name, known.email].compactMap(\.self))
    return found
  }

  private func person(_ id: String) -> Person {
    context.people.first { $0.id == id }
      ?? Person(id: id, name: id, email: id.contains("@") ? id : nil, roles: [])
  }

  private func message(
    to name: String, _ notice: RunEngine.DueNotice, isRepeatable: Bool
  ) -> Message {
    var with: StoredValues?
    do throws(Message.Problem) {
      guard let recipient = recipient(name, of: notice) else {
        throw .failed("who it is cannot be known any more")
      }
      let inputs = try inputs(of: notice, for: recipient)
      if Self.name(name) != nil { with = kept(inputs, of: notice) }
      let sending = try sending(inputs, notice, to: recipient.id, isRepeatable: isRepeatable)
      return Message(notice.telling, to: name, with: with, .success(sending))
    } catch {
      return Message(notice.telling, to: name, with: with, .failure(error))
    }
  }

  /// What the operation is called with for one person.
  private func inputs(
    of notice: RunEngine.DueNotice, for recipient: Recipient
  ) throws(Message.Problem) -> RunEngine.NoticeInputs {
    let person = person(recipient.id)
    if let call = notice.call {
      do throws(ExpressionFailure) {
        return try engine.inputs(
          of: notice, person: person.value.asMap ?? ValueMap(), isSensitive: recipient.isSensitive,
          now: now)
      } catch {
        throw .failed(Self.absence(of: person, call.readsEmail) ?? error.message)
      }
    }
    guard let notification = context.notification else {
      throw .failed("the environment has no `notify`")
    }
    do throws(ActionFailure) {
      let inputs = try notification.inputs(
        for: person, text: notice.text, run: facts, step: notice.step)
      // Any of them may name the person.
      return RunEngine.NoticeInputs(
        values: inputs, sensitive: recipient.isSensitive ? Set(inputs.names) : [])
    } catch {
      throw .failed(
        Self.absence(of: person, notification.readsEmail)
          ?? "the `notify` of the environment cannot be evaluated: \(vault.redact(error.message))")
    }
  }

  /// That somebody has no address, where a message is made of it: that it cannot be made is then no fault of
  /// the procedure.
  private static func absence(of person: Person, _ readsEmail: Bool) -> String? {
    guard readsEmail, person.email == nil else { return nil }
    return "`notify` reads `person.email`, and baton.yaml has none of theirs"
  }

  /// What the journal keeps of what a rung's own operation is called with: to whom a message went, and what
  /// it said. What the environment's `notify` says of every rung is not the procedure's.
  private func kept(
    _ inputs: RunEngine.NoticeInputs, of notice: RunEngine.DueNotice
  ) -> StoredValues? {
    guard notice.call != nil else { return nil }
    return StoredValues(
      inputs.values, sensitive: { inputs.sensitive.contains($0) }, vault: vault)
  }

  private func sending(
    _ inputs: RunEngine.NoticeInputs, _ notice: RunEngine.DueNotice, to person: String,
    isRepeatable: Bool
  ) throws(Message.Problem) -> Message.Sending {
    let name = operation(of: notice) ?? ""
    let operation: RegisteredOperation
    switch registry(for: notice).operation(named: name) {
    case .success(let found): operation = found
    case .failure(let failure): throw .failed(failure.message)
    }
    let completed: ValueMap
    switch operation.contract.inputs.complete(inputs.values, hiding: inputs.sensitive) {
    case .success(let values): completed = values
    case .failure(let problems): throw .failed(problems.description)
    }
    // The same message again is one message, whatever the step and the rung are called by then: what is asked anew
    // is another.
    let asked = notice.telling.askedAt?.journalText ?? ""
    let key = "\(writer.run):\(notice.telling.origin):\(person):\(asked)"
    let invocation = Invocation(
      operation: name, inputs: completed, key: key, run: writer.run, step: notice.address,
      attempt: 1, timeout: context.messageLimit, projectFolder: context.projectFolder,
      inheritedDescriptors: [writer.lockDescriptor], log: { _ in })
    return Message.Sending(
      operation: operation, invocation: invocation, isRepeatable: isRepeatable)
  }

  /// What the operation sees as `run`.
  private var facts: ValueMap {
    let header = engine.state.header
    return [
      "id": .string(header.run), "name": .string(header.name.asOneLine),
      "labels": .map(header.labels),
      "workflow": .string(header.workflowID), "environment": .string(header.environment),
    ]
  }
}
