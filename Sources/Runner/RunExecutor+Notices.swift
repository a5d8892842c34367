import Actions
import Engine
import Fields
import Plugins
import RunStore
import Values
import Workflows

/// Telling people of reminders and escalations. What fails is recorded and holds up nothing.
extension RunExecutor {
  /// How long telling one person may take.
  private static let limit = TimeSpan(seconds: 30)

  /// Tells one person of a rung, or finds out whom to tell; false where there is nobody to tell.
  func tellPeople() async throws(RunnerError) -> Bool {
    guard let notice = engine.dueNotice(now: now) else { return false }
    if let person = notice.people?.first {
      try await tell(person, notice)
    } else {
      try begin(notice)
    }
    return true
  }

  /// Settles the notice that was under way when the process died, as its effects say: who may be
  /// told twice is told again, of anybody else nobody knows. One after the other is told, and each
  /// outcome is on disk before the next begins, so that it is the first one who is left.
  func settleNotices() throws(RunnerError) {
    guard let notice = engine.dueNotice(now: now), let people = notice.people,
      let person = people.first
    else { return }
    guard !notice.isRepeatable else { return try start(notice, people) }
    try record(
      notice.event(
        .noticeFailed(
          NoticeFailure(
            timer: notice.timer, person: Self.name(person),
            message: Self.unknown("the process ended before the answer came"), isUnknown: true))))
  }

  /// The person's name; nil for a message that names nobody.
  private static func name(_ person: String) -> String? {
    person == NoticeIntent.nobodyNamed ? nil : person
  }

  private static func unknown(_ why: String) -> String {
    "nobody knows whether it was sent: \(why)"
  }

  private func begin(_ notice: RunEngine.DueNotice) throws(RunnerError) {
    guard operation(of: notice) != nil else {
      return try fail(
        notice,
        "the environment `\(engine.state.header.environment)` has no `notify`, and neither has the step"
      )
    }
    let holders = recipients(of: notice)
    let people = holders.filter { !notice.excluded.contains($0.id) }
    guard people.isEmpty else { return try start(notice, people.map(\.name)) }
    let roles = notice.roles.map { "`\($0)`" }.joined(separator: " or ")
    let problem =
      if roles.isEmpty {
        "the step has no role"
      } else if holders.isEmpty {
        "nobody has the role \(roles)"
      } else {
        "whoever has the role \(roles) has approved already, or started the run and cannot approve"
      }
    try fail(notice, problem)
  }

  /// Journals whom an operation is about to tell, durably.
  private func start(
    _ notice: RunEngine.DueNotice, _ people: [String]
  ) throws(RunnerError) {
    let name = operation(of: notice) ?? ""
    var effects: Effects?
    if case .success(let operation) = registry(for: notice).operation(named: name) {
      effects = operation.contract.effects
    }
    let intent = NoticeIntent(
      timer: notice.timer, operation: name, effects: effects?.rawValue, people: people,
      with: Self.name(people[0]) == nil
        ? (try? inputs(of: notice, for: Recipient(people[0]))).flatMap { kept($0, of: notice) }
        : nil)
    try record(notice.event(.noticeStarted(intent)))
    try sync()
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

  private func fail(
    _ notice: RunEngine.DueNotice, _ message: String
  ) throws(RunnerError) {
    try record(
      notice.event(
        .noticeFailed(NoticeFailure(timer: notice.timer, person: nil, message: message))))
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
    vault.hide(.list([found.id, person(found.id).email].compactMap { $0.map { .string($0) } }))
    return found
  }

  private func person(_ id: String) -> Person {
    context.people.first { $0.id == id }
      ?? Person(id: id, name: id, email: id.contains("@") ? id : nil, roles: [])
  }

  private func tell(_ name: String, _ notice: RunEngine.DueNotice) async throws(RunnerError) {
    let person = Self.name(name)
    var with: StoredValues?
    var problem: Problem?
    do throws(Problem) {
      guard let recipient = recipient(name, of: notice) else {
        throw .failed("who it is cannot be known any more")
      }
      let inputs = try inputs(of: notice, for: recipient)
      if person != nil { with = kept(inputs, of: notice) }
      problem = await send(inputs, notice, to: recipient.id)
      // A lost answer is like a crash: once more where that is safe, and then nobody knows.
      if case .lost? = problem, notice.isRepeatable {
        problem = await send(inputs, notice, to: recipient.id)
      }
    } catch {
      problem = error
    }
    let failure: NoticeFailure? =
      switch problem {
      case nil: nil
      case .failed(let message)?:
        NoticeFailure(timer: notice.timer, person: person, message: message, with: with)
      case .lost(let message)?:
        NoticeFailure(
          timer: notice.timer, person: person, message: Self.unknown(message), isUnknown: true,
          with: with)
      }
    try record(
      notice.event(
        failure.map { .noticeFailed($0) }
          ?? .noticeSent(timer: notice.timer, person: name, with: with)))
    // The next is told only once it is certain that this one is not told again.
    try sync()
  }

  /// What went wrong with a message.
  private enum Problem: Error {
    case failed(String)
    case lost(String)
  }

  /// What the operation is called with for one person.
  private func inputs(
    of notice: RunEngine.DueNotice, for recipient: Recipient
  ) throws(Problem) -> RunEngine.NoticeInputs {
    let person = person(recipient.id)
    if notice.call != nil {
      do throws(ExpressionFailure) {
        return try engine.inputs(
          of: notice, person: person.value.asMap ?? ValueMap(), isSensitive: recipient.isSensitive,
          now: now)
      } catch {
        throw .failed(error.message)
      }
    }
    guard let notification = context.notification,
      let inputs = notification.inputs(
        for: person, text: notice.text, run: facts, step: notice.step)
    else { throw .failed("the `notify` of the environment cannot be evaluated") }
    // Any of them may name the person.
    return RunEngine.NoticeInputs(
      values: inputs, sensitive: recipient.isSensitive ? Set(inputs.names) : [])
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

  /// Sends one message; says what went wrong.
  private func send(
    _ inputs: RunEngine.NoticeInputs, _ notice: RunEngine.DueNotice, to id: String
  ) async -> Problem? {
    let name = operation(of: notice) ?? ""
    switch registry(for: notice).operation(named: name) {
    case .failure(let failure): return .failed(failure.message)
    case .success(let operation): return await send(operation, name, inputs, notice, id)
    }
  }

  private func send(
    _ operation: RegisteredOperation, _ name: String, _ inputs: RunEngine.NoticeInputs,
    _ notice: RunEngine.DueNotice, _ person: String
  ) async -> Problem? {
    // The same message again is one message: what is asked anew is another.
    let asked = notice.askedAt?.journalText ?? ""
    let key = "\(writer.run):\(notice.address):\(notice.timer):\(person):\(asked)"
    let completed: ValueMap
    switch operation.contract.inputs.complete(inputs.values, hiding: inputs.sensitive) {
    case .success(let values): completed = values
    case .failure(let problems): return .failed(problems.description)
    }
    let invocation = Invocation(
      operation: name, inputs: completed, key: key, run: writer.run, step: notice.address,
      attempt: 1, timeout: Self.limit, projectFolder: context.projectFolder,
      inheritedDescriptors: [writer.lockDescriptor], log: { _ in })
    do throws(ActionFailure) {
      _ = try await operation.handler.perform(invocation)
      return nil
    } catch {
      let message = Redactor(secrets: operation.secrets()).redact(vault.redact(error.message))
      if case .lost = error.kind { return .lost(message) }
      return .failed(message)
    }
  }

  /// What the operation sees as `run`.
  private var facts: ValueMap {
    let header = engine.state.header
    return [
      "id": .string(header.run), "name": .string(header.name), "labels": .map(header.labels),
      "workflow": .string(header.workflowID), "environment": .string(header.environment),
    ]
  }
}

extension RunEngine.DueNotice {
  fileprivate func event(_ event: PeopleEvent) -> PendingEvent {
    PendingEvent(.people(event), step: address)
  }
}
