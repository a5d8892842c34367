import Values
import Workflows

@testable import Engine

/// What no event may do, held against each as it happens, by what the events before it say and not
/// by what the engine remembers of them.
struct Rules {
  /// What has become of a question, an approval or a wait since it was asked last.
  private struct Asked {
    var shown: ApprovalShown?
    var timers: [DeadlineTimer] = []
    var reached: [DeadlineReached] = []
    var decisions: [(decided: Decided, by: Actor)] = []
  }

  private var asked: [String: Asked] = [:]
  /// How often each rung has come, and how often somebody was told of it.
  private var rungs: [String: Int] = [:]
  private var told: [String: Int] = [:]
  private var fired: Set<String> = []
  private var succeeded: Set<String> = []
  /// How often each step failed, and how often it had when each recovery of it was begun.
  private var failures: [String: Int] = [:]
  private var recovered: [String: Int] = [:]
  /// Steps that failed and were passed over since.
  private var passedOver: Set<String> = []
  private var isMigrating = false
  /// Whether a `go_to` is passing by the steps before its target.
  private var isJumping = false

  init() {}

  /// What the events of a journal have come to.
  ///
  /// - Parameter engine: the fold of them.
  init(_ events: [Event], _ engine: RunEngine) {
    for event in events { note(event, engine) }
  }

  mutating func check(_ event: Event, before engine: RunEngine) throws {
    if let address = event.step { try check(event, at: address, engine) }
    if case .people = event.kind, case .ended = engine.state.phase {
      throw Violation("\(event.kind.type) comes behind the end of the run")
    }
    note(event, engine)
  }

  private func check(_ event: Event, at address: String, _ engine: RunEngine) throws {
    let record = engine.state.steps[address]
    switch event.kind {
    case .attemptStarted(let intent):
      // What may have happened is done again as it was asked for, or not at all.
      if let doubt = record?.doubt, let step = engine.step(at: address), doubt.isOpen(for: step),
        intent.key != doubt.intent.key || intent.with.clear != doubt.intent.with.clear
          || intent.with.sealed.names != doubt.intent.with.sealed.names
      {
        throw Violation("`\(address)` may have happened, and is done in another way")
      }
      if record?.phase.status == .succeeded {
        throw Violation("`\(address)` succeeded and is tried again")
      }
    case .timerFired(let timer, let dueAt): try checkTimer(timer, dueAt, event, record)
    case .stepSucceeded(_, let manner, _, _):
      try checkSuccess(event, at: address, manner, record, engine)
    case .stepWaiting:
      if case .waiting? = record?.phase, !isMigrating {
        throw Violation("`\(address)` is asked though it is being asked")
      }
    case .recovery(.recoveryStarted(let start)):
      if engine.state.recovery.open[address] != nil {
        throw Violation("the recovery of `\(address)` is begun twice")
      }
      if recovered["\(address) \(start.failed)"] == failures[start.failed] {
        throw Violation("`\(address)` recovers from the same failure of `\(start.failed)` again")
      }
    case .recovery(.stepKept):
      // A `go_to` jumps over what failed before the run was moved to where that comes first.
      if case .failed? = record?.phase, !passedOver.contains(address), !isJumping {
        throw Violation("`\(address)` failed and is passed over")
      }
    case .people(let people):
      if case .deadlineReached(let reached) = people, reached.dueAt > event.at {
        throw Violation("`\(reached.timer)` of `\(address)` came early")
      }
      try check(people, at: address, record, engine)
    default: break
    }
  }

  // MARK: Noting

  private mutating func note(_ event: Event, _ engine: RunEngine) {
    switch event.kind {
    case .recovery(.migrated(let migration)): note(migration)
    case .runResumed: isMigrating = false
    case .recovery(.rewound):
      succeeded = []
      fired = []
    default: break
    }
    isJumping = isJump(event, engine)
    if let address = event.step { note(event, at: address, engine) }
  }

  private func isJump(_ event: Event, _ engine: RunEngine) -> Bool {
    switch event.kind {
    case .stepSkipped(reason: "go_to", _, _): return true
    case .recovery(.stepKept): return isJumping
    case .stepSucceeded:
      guard case .goTo? = event.step.flatMap(engine.step(at:))?.kind else { return false }
      return true
    default: return false
    }
  }

  /// What somebody decided to do may have been done before; what is kept under another id was.
  private mutating func note(_ migration: Migration) {
    isMigrating = true
    for address in migration.toDo { forget(address) }
    for question in migration.rungs {
      for timer in question.timers.values { rungs["\(question.step) \(timer)", default: 0] += 1 }
    }
    for (old, new) in migration.renamed {
      let renaming = Renaming(old, to: new, takesAlong: true)
      succeeded = Set(succeeded.map { renaming.address(of: $0) ?? $0 })
    }
  }

  /// A step is begun anew, with what it holds.
  private mutating func forget(_ address: String) {
    succeeded = succeeded.filter {
      !$0.hasPrefix(address + "/") && !$0.hasPrefix(address + "[") && $0 != address
    }
  }

  private mutating func note(_ event: Event, at address: String, _ engine: RunEngine) {
    switch event.kind {
    case .stepWaiting(let waiting): note(waiting, at: address)
    case .people(let people): note(people, by: event.actor, at: address)
    case .timerFired(let timer, let dueAt):
      fired.insert("\(address) \(timer) \(dueAt.journalText)")
    case .stepSucceeded: succeeded.insert(address)
    case .stepRetried: forget(address)
    case .stepFailed, .lookFailed:
      failures[address, default: 0] += 1
      passedOver.remove(address)
    case .stepContinued: passedOver.insert(address)
    case .recovery(.recoveryStarted(let start)):
      recovered["\(address) \(start.failed)"] = failures[start.failed]
      // Every failure has recovery steps of its own.
      var inside = engine.step(at: address)?.idsOfRecoveries ?? []
      for definition in engine.workflow.definitions {
        inside.formUnion(FailurePolicy.idsOfRecoveries([definition.defaultOnFailure]))
      }
      succeeded = succeeded.filter { inside.isDisjoint(with: Self.ids(in: $0)) }
    default: break
    }
  }

  /// The ids of the steps that lead to an address.
  static func ids(in address: String) -> Set<String> {
    Set(address.split(separator: "/").map { String($0.prefix { $0 != "[" && $0 != "." }) })
  }

  private mutating func note(_ waiting: Waiting, at address: String) {
    var anew = Asked()
    if isMigrating, let before = asked[address] { anew = before }
    anew.timers = waiting.timers
    if case .approval(let shown) = waiting.cause { anew.shown = shown }
    asked[address] = anew
  }

  private mutating func note(_ event: PeopleEvent, by actor: Actor, at address: String) {
    switch event {
    case .deadlineReached(let reached):
      asked[address]?.reached.append(reached)
      rungs["\(address) \(reached.timer)", default: 0] += 1
    case .noticeSent(let timer, let person, _, _):
      told["\(address) \(timer) \(person)", default: 0] += 1
    case .voided: succeeded.remove(address)
    case .decided(let decided): asked[address]?.decisions.append((decided, actor))
    default: break
    }
  }

  // MARK: Time

  private func checkTimer(
    _ timer: String, _ dueAt: Timestamp, _ event: Event, _ record: StepRecord?
  ) throws {
    let address = event.step ?? ""
    guard dueAt <= event.at else {
      throw Violation("the timer `\(timer)` of `\(address)` fired early")
    }
    guard let record, !record.isOver else {
      throw Violation("the timer `\(timer)` of `\(address)` fired after the step was over")
    }
    guard !fired.contains("\(address) \(timer) \(dueAt.journalText)") else {
      throw Violation("the timer `\(timer)` of `\(address)` fired twice")
    }
  }

  private func check(
    _ event: PeopleEvent, at address: String, _ record: StepRecord?, _ engine: RunEngine
  ) throws {
    guard let asked = asked[address] else {
      if case .claimed = event { return }
      if case .released = event { return }
      // A migration may have taken it out, or given it another id.
      switch event {
      case .noticeStarted, .noticeSent, .noticeFailed: return
      default: break
      }
      throw Violation("\(event.type) at `\(address)`, which nobody was asked")
    }
    switch event {
    case .deadlineReached(let reached): try check(reached, asked, at: address, record)
    case .noticeStarted(let intent):
      let timer = intent.timer
      guard rungs["\(address) \(timer)", default: 0] > 0 else {
        throw Violation("people are told of `\(timer)` of `\(address)`, which has not come")
      }
      guard case .waiting? = record?.phase else {
        let hasExpired = engine.state.tellings.contains {
          $0.address == address && $0.timer == timer && $0.expired != nil
        }
        if hasExpired { return }
        throw Violation("people are told of `\(address)`, which does not wait")
      }
    case .noticeSent(let timer, let person, _, _):
      // The question may be over, or asked anew, when the message has gone out.
      guard
        told["\(address) \(timer) \(person)", default: 0]
          < rungs["\(address) \(timer)", default: 0]
      else { throw Violation("\(person) is told twice of `\(timer)` of `\(address)`") }
    default: break
    }
  }

  private func check(
    _ reached: DeadlineReached, _ asked: Asked, at address: String, _ record: StepRecord?
  ) throws {
    guard case .waiting? = record?.phase else {
      throw Violation("`\(reached.timer)` of `\(address)` comes though nothing is asked any more")
    }
    guard !asked.reached.contains(where: { $0.timer == reached.timer }) else {
      throw Violation("`\(reached.timer)` of `\(address)` comes twice")
    }
    let count = asked.reached.count
    guard count < asked.timers.count, asked.timers[count].name == reached.timer,
      asked.timers[count].dueAt == reached.dueAt
    else { throw Violation("`\(reached.timer)` of `\(address)` comes out of its order") }
  }

  // MARK: Success

  /// Never a success of an action without an outcome or a person's word, nor of an approval without
  /// enough people who saw what it is about.
  private func checkSuccess(
    _ event: Event, at address: String, _ manner: Manner, _ record: StepRecord?, _ engine: RunEngine
  ) throws {
    guard !succeeded.contains(address) else { throw Violation("`\(address)` succeeded twice") }
    switch engine.step(at: address)?.kind {
    case .approve?: try checkApproval(at: address)
    case .action? where manner != .byHand:
      switch record?.phase {
      case .acted: break
      // With nothing to verify, one event says both that the attempt and the step succeeded.
      case .attempting where event.attempt == record?.attempts: break
      default: throw Violation("`\(address)` succeeds without an outcome")
      }
    default: break
    }
  }

  private func checkApproval(at address: String) throws {
    guard let asked = asked[address], let shown = asked.shown else {
      throw Violation("`\(address)` is approved though nobody was asked")
    }
    let valid = asked.decisions.filter { $0.decided.shown == shown.sha256 }
    guard valid.allSatisfy(\.decided.approves) else {
      throw Violation("`\(address)` is approved though it was rejected")
    }
    let people = Set(valid.map(\.by.id))
    guard people.count >= shown.approvals else {
      throw Violation("`\(address)` is approved by \(people) alone")
    }
    let needsProof = shown.notStarter || shown.approvals > 1
    guard !needsProof || valid.allSatisfy({ $0.by.kind == .person }) else {
      throw Violation("`\(address)` is approved by somebody who has not signed in")
    }
    guard !shown.notStarter || !people.contains(VirtualProcess.starter.id) else {
      throw Violation("`\(address)` is approved by who started the run")
    }
  }
}

extension Step {
  /// The ids of everything in its recovery steps.
  var idsOfRecoveries: Set<String> {
    FailurePolicy.idsOfRecoveries([onFailure, onExpiry])
  }

  /// The ids of the step and of everything in it.
  var everythingInside: Set<String> {
    nestedLists.flatMap(\.steps).reduce(into: [id]) { $0.formUnion($1.everythingInside) }
  }
}

extension FailurePolicy {
  /// The ids of recovery steps, and of what is in them.
  static func idsOfRecoveries(_ policies: [FailurePolicy?]) -> Set<String> {
    var ids: Set<String> = []
    for case .recover(let branches)? in policies {
      for step in branches.flatMap(\.steps.steps) { ids.formUnion(step.everythingInside) }
    }
    return ids
  }
}
