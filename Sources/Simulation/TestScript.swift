package import Engine
package import TimeZones
package import Values
package import Workflows

/// What a test says the world and people do.
package final class TestScript: SimulationScript {
  let test: WorkflowTest
  private let people: [TestPerson]
  private let calendar: BusinessCalendar
  /// Once it is known when the run starts.
  private var absences: Absences?
  /// Since when a question stands open that nobody answers, or answers further, by address.
  private var silent: [String: Timestamp] = [:]
  /// How often each scripted action was called.
  private(set) var calls: [Int]
  /// The calls that were made, where the test says with what.
  private(set) var made: [SimulatedCall] = []
  private(set) var waitingEvents: [Int]
  /// How many answers were given, by address.
  private(set) var given: [String: Int] = [:]
  /// How many entries of each of the test's answers were given.
  private(set) var givenEntries: [Int]
  private(set) var commandsDone = 0
  /// When the run was first seen to wait for its next command.
  var parkedAt: Timestamp?
  /// What the run refused, in the words of the test.
  package private(set) var refused: [SimulationProblem] = []

  /// - Parameter people: who is known by name, with their roles.
  package init(
    _ test: WorkflowTest, people: [TestPerson] = [], calendar: BusinessCalendar = .standard
  ) {
    self.test = test
    self.people = people
    self.calendar = calendar
    calls = [Int](repeating: 0, count: test.actions.count)
    waitingEvents = Array(test.events.indices)
    givenEntries = [Int](repeating: 0, count: test.answers.count)
  }

  // MARK: Operations

  package func answer(to call: SimulatedCall) -> Result<SimulatedAnswer, MissingAnswer> {
    if !test.expected.calls.isEmpty { made.append(call) }
    guard let index = bestAction(for: call) else { return .failure(MissingAnswer(call)) }
    let action = test.actions[index]
    calls[index] += 1
    let number = calls[index]
    guard action.isEndless || number <= action.answers.count else {
      return .failure(MissingAnswer(call, number: number))
    }
    guard let answer = action.answers[safely: action.isEndless ? 0 : number - 1] else {
      return .failure(MissingAnswer(call))
    }
    return .success(SimulatedAnswer(answer.result.attempt, takes: answer.takes))
  }

  private func bestAction(for call: SimulatedCall) -> Int? {
    var best: (index: Int, precision: Int)?
    for (index, action) in test.actions.enumerated() {
      let precision = action.target.precision(for: call)
      if precision > best?.precision ?? 0 { best = (index, precision) }
    }
    return best?.index
  }

  // MARK: Deliveries

  package func nextDelivery(_ run: SimulatedMoment) -> Delivery? {
    var next: Delivery?
    for delivery in events(run) + answers(run) where next.map({ delivery.at < $0.at }) ?? true {
      next = delivery
    }
    // Where something is due the run does not stand still.
    guard !run.isDue, let command = command(run, isLast: next == nil) else { return next }
    guard let next else { return command }
    // What is done while a step waits comes before what ends the waiting.
    return command.at < next.at || command.at == next.at && isPlaced ? command : next
  }

  func moment(_ moment: ScriptedMoment, since start: Timestamp) -> Timestamp {
    moment.moment(since: start, calendar)
  }

  package func noticed(_ due: Timestamp, startedAt: Timestamp) -> Timestamp {
    guard !test.absences.isEmpty else { return due }
    return absences(since: startedAt).noticed(due)
  }

  func absences(since startedAt: Timestamp) -> Absences {
    if let absences { return absences }
    let absences = Absences(test, startedAt: startedAt, calendar: calendar)
    self.absences = absences
    return absences
  }

  private func events(_ run: SimulatedMoment) -> [Delivery] {
    waitingEvents.map { index in
      let event = test.events[index]
      return Delivery(
        at: max(moment(event.moment, since: run.startedAt), run.now),
        .event(name: event.name, data: event.data), by: .machine, origin: index)
    }
  }

  private func answers(_ run: SimulatedMoment) -> [Delivery] {
    guard !test.answers.isEmpty else { return [] }
    var found: [Delivery] = []
    for (address, since) in run.engine.questions {
      noteSilence(at: address, since, run.engine)
      guard silent[address] != since, let entry = nextEntry(for: address, in: run.engine),
        let kind = kind(entry.content, address)
      else { continue }
      let actor = actor(entry.by, address, run.engine)
      if entry.by == nil, case .approval = entry.content,
        run.engine.waitsForOthers(than: actor.id, at: address)
      {
        continue
      }
      var delivery = Delivery(
        at: max(moment(entry.moment, since: since), run.now), kind,
        by: actor, standing: standing(of: actor))
      delivery.refused = entry.refused
      found.append(delivery)
    }
    return found
  }

  /// Whether nobody says any more to the question that is open at an address.
  func isSilent(at address: String, _ run: SimulatedMoment) -> Bool {
    guard case .waiting(_, let since)? = run.engine.state.steps[address]?.phase else {
      return false
    }
    return silent[address] == since
  }

  /// What the test has somebody say next where they are asked.
  func nextEntry(for address: String, in engine: RunEngine) -> ScriptedAnswers.Entry? {
    guard let index = answers(for: address) else { return nil }
    let answers = test.answers[index]
    guard answers.isEndless else { return answers.entries[safely: givenEntries[index]] }
    guard let entry = answers.entries.first else { return nil }
    // One word approves for as many people as have to, unless it says who.
    let count = entry.by == nil ? engine.approvals(at: address) : 1
    return (given[address] ?? 0) < count ? entry : nil
  }

  /// Where the test says that nobody answers, that is used up by the question that is open now.
  private func noteSilence(at address: String, _ since: Timestamp, _ engine: RunEngine) {
    guard silent[address] != since, case .nothing? = nextEntry(for: address, in: engine)?.content
    else {
      return
    }
    silent[address] = since
    noteGiven(at: address)
  }

  private func noteGiven(at address: String) {
    given[address, default: 0] += 1
    if let index = answers(for: address) { givenEntries[index] += 1 }
  }

  /// What an answer is as a command; nil where nobody says anything.
  private func kind(_ content: ScriptedAnswers.Content, _ address: String) -> CommandKind? {
    switch content {
    case .nothing: nil
    case .values(let values): .answer(step: address, values: values)
    case .approval(let comment):
      .decide(step: address, approves: true, comment: comment, shown: nil)
    case .rejection(let comment):
      .decide(step: address, approves: false, comment: comment, shown: nil)
    }
  }

  /// The position of the answers that mean an address most exactly.
  private func answers(for address: String) -> Int? {
    var best: (index: Int, precision: Int)?
    for (index, answers) in test.answers.enumerated() {
      let precision = answers.step.precision(for: address)
      if precision > best?.precision ?? 0 { best = (index, precision) }
    }
    return best?.index
  }

  /// Who acts: the one the test names, else whoever has the role, another one each time. Nobody is taken whose
  /// approval does not count, as long as there is somebody else.
  private func actor(_ name: String?, _ address: String, _ engine: RunEngine) -> Actor {
    if let name { return Actor(kind: .person, id: name) }
    guard let role = engine.step(at: address)?.role else {
      return Actor(kind: .person, id: "somebody")
    }
    let excluded = engine.peopleWhoCannotApprove(at: address)
    let turn = given[address] ?? 0
    let roles = engine.state.steps[address]?.people.roles(with: role) ?? [role]
    let holders = people.filter { !$0.roles.isDisjoint(with: roles) }.map(\.id)
    guard !holders.isEmpty else {
      let names = (0...excluded.count).map { number in
        turn + number == 0 ? role : "\(role)-\(turn + number + 1)"
      }
      return Actor(kind: .person, id: names.first { !excluded.contains($0) } ?? names[0])
    }
    let start = turn % holders.count
    let inTurn = holders[start...] + holders[..<start]
    return Actor(kind: .person, id: inTurn.first { !excluded.contains($0) } ?? holders[start])
  }

  /// What somebody of the project may do; of others nothing is known.
  private func standing(of actor: Actor) -> Standing? {
    people.first { $0.id == actor.id }.map { Standing(roles: $0.roles, names: $0.names) }
  }

  package func delivered(_ delivery: Delivery, _ refusal: Refusal?, at now: Timestamp) {
    var what = "the test's command"
    switch delivery.content {
    case .command(.answer(let step, _)) where delivery.origin == 0,
      .command(.decide(let step, _, _, _)) where delivery.origin == 0:
      noteGiven(at: step)
      what = "the test's answer to `\(step)`"
    case .command(.event(let name, _)):
      waitingEvents.removeAll { $0 == delivery.origin }
      what = "the test's event `\(name)`"
    default: break
    }
    if delivery.origin == -1 {
      commandsDone += 1
      parkedAt = nil
    }
    guard let expected = delivery.refused else {
      guard let refusal else { return }
      refused.append(
        SimulationProblem(message: "\(what) is refused: \(refusal.message)", help: refusal.hint))
      return
    }
    guard let refusal else {
      refused.append(
        SimulationProblem(message: "\(what) is taken, though it is to be refused: \(expected)"))
      return
    }
    if !Comparison.matches(refusal.message, expected) {
      refused.append(
        SimulationProblem(
          message: "\(what) is refused in other words than `\(expected)`: \(refusal.message)"))
    }
  }
}

/// Somebody the project knows.
package struct TestPerson: Sendable {
  package let id: String
  package let roles: Set<String>
  /// What roles of a run may call them: the id, the address.
  package let names: Set<String>

  package init(id: String, roles: Set<String>, email: String? = nil) {
    self.id = id
    self.roles = roles
    names = Set([id, email].compactMap(\.self))
  }
}

extension SimulatedCall {
  /// Whether an answer under a step's name is for this call: for what the step does (not for its
  /// checks or its undo), or for the looks of a step that calls nothing else.
  fileprivate var isMeant: Bool {
    guard case .action(let own)? = step?.kind else { return true }
    return looks == nil && own.operation == operation
  }
}

extension ScriptedAction.Target {
  /// How exactly it names a call; 0 where it does not.
  func precision(for call: SimulatedCall) -> Int {
    switch self {
    case .operation(let name): name == call.operation ? 1 : 0
    case .step(let pattern): call.isMeant ? pattern.precision(for: call.address) * 2 : 0
    case .looks(let pattern, let looks):
      call.looks == looks && pattern.precision(for: call.address) > 0
        ? pattern.precision(for: call.address) * 2 + 1 : 0
    }
  }

  var words: String {
    switch self {
    case .operation(let name): name
    case .step(let pattern): pattern.text
    case .looks(let pattern, let looks): "\(pattern.text).\(looks.rawValue)"
    }
  }
}

extension ScriptedAction.Result {
  fileprivate var attempt: AttemptResult {
    switch self {
    case .outputs(let outputs): .succeeded(outputs)
    case .error(let code, let message, let canRetry, let details):
      .failed(Failure(code: code, message: message, details: details), canRetry: canRetry)
    case .lost(let message): .lost(Failure(code: "lost", message: message))
    case .unavailable(let message): .unavailable(Failure(code: "unavailable", message: message))
    }
  }
}

extension RunEngine {
  /// How many have to say the same; 1 where one is asked.
  fileprivate func approvals(at address: String) -> Int {
    guard case .approve(let approval)? = step(at: address)?.kind else { return 1 }
    return approval.approvals
  }

  /// Those whose approval would not count, or would be refused, where one is waited for.
  fileprivate func peopleWhoCannotApprove(at address: String) -> Set<String> {
    guard let record = state.steps[address], case .waiting(let waiting, _) = record.phase,
      case .approval(let asked) = waiting.cause
    else { return [] }
    return peopleWhoCannotApprove(asked, record)
  }

  /// Whether somebody cannot approve, and a rung that is still to come asks others.
  fileprivate func waitsForOthers(than person: String, at address: String) -> Bool {
    guard peopleWhoCannotApprove(at: address).contains(person),
      let added = state.steps[address]?.people.addedRoles
    else { return false }
    return step(at: address)?.escalate.contains { $0.to.map { !added.contains($0) } ?? false }
      ?? false
  }

  /// The addresses at which somebody is asked, and since when.
  fileprivate var questions: [(address: String, since: Timestamp)] {
    state.steps.compactMap { address, record -> (String, Timestamp)? in
      guard case .waiting(_, let since) = record.phase else { return nil }
      switch step(at: address)?.kind {
      case .ask?, .approve?: return (address, since)
      default: return nil
      }
    }.sorted { $0.0 < $1.0 }
  }
}

extension Array {
  subscript(safely index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
