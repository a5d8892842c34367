import Fields
import SourceText
import TestSupport
import Testing
import Values
import Workflows

@testable import Engine

/// A run of a random workflow through random mishaps, with somebody helpful at its side.
struct ChaosRun {
  let process: VirtualProcess
  private var source: RandomWorkflow
  private var commands = 0
  private var isLawless = false
  /// Whether the run is also taken back to checkpoints and moved to other versions.
  private var isMoved = false
  /// How often somebody tried to bring each step to its end.
  private var tries: [String: Int] = [:]
  private var random: SeededNumbers
  private static let people = ["ana", "ben", "cy"].map { Actor(kind: .person, id: $0) }
  private static let others = [
    VirtualProcess.starter, Actor(kind: .user, id: "root"), Actor(kind: .machine, id: "baton"),
  ]

  /// - Parameters:
  ///   - isVaried: Whether its workflow has more of what the ways through it depend on.
  ///   - isRich: Whether it has failures that go out of branches, sensitive words and more.
  ///   - isFree: Whether steps may end it beside others, so that no two runs need come to the same.
  ///   - isShuffled: Whether steps stand elsewhere, or have other ids, in each version of it.
  init(
    seed: UInt64, isVaried: Bool = false, isRich: Bool = false, isFree: Bool = false,
    isShuffled: Bool = false
  ) throws {
    source = RandomWorkflow(seed: seed, isVaried: isVaried, isRich: isRich, isFree: isFree)
    source.isShuffled = isShuffled
    random = SeededNumbers(seed: seed ^ 0xABCD)
    process = try VirtualProcess(try Self.workflow(source, version: 0), seed: seed)
  }

  static func workflow(_ source: RandomWorkflow, version: Int) throws -> Workflow {
    let diagnostics = Diagnostics()
    let (body, called) = source.version(version)
    let text = "baton: 1\nid: test\nname: A test\nversion: 1.0.\(version)\n" + body
    let workflows = WorkflowSource(
      find: { name, _ in called[name].map { SourceFile(path: "\(name).yaml", text: $0) } },
      names: { Array(called.keys) })
    let loaded = Workflow.load(
      file: SourceFile(path: "test.yaml", text: text), catalog: World.catalog,
      workflows: workflows, into: diagnostics)
    guard let loaded else {
      throw Violation(
        "the workflow is refused: \(diagnostics.sorted.map(\.message))\n\(text)\n\(called)")
    }
    return loaded
  }

  /// The text of the workflow, for whoever looks for the cause.
  var text: String {
    let (text, called) = source.version(0)
    return ([text] + called.sorted { $0.key < $1.key }.map(\.value)).joined(separator: "---\n")
  }

  /// Whether a step comes only where something goes wrong, or in another version.
  func isIncidental(_ address: String) -> Bool {
    !source.incidental.union(source.idsOfMovers).isDisjoint(with: Rules.ids(in: address))
  }

  // MARK: Playing

  /// Nothing goes wrong, and everybody answers at once.
  mutating func playCalmly() throws {
    try process.start()
    try help()
  }

  /// Nothing goes wrong but that the process dies now and then, and is resumed before anybody does anything else.
  mutating func playDying() throws {
    process.deadliness = 10
    try process.start()
    for _ in 0..<2000 where !process.isOver {
      if process.engine.state.parked == nil { try give(.resume) } else { try helpOnce() }
    }
  }

  /// Everything goes wrong for a while; then somebody helps.
  ///
  /// - Parameters:
  ///   - lawless: Whether people also skip, cancel, and say what is not true.
  ///   - moved: Whether the run is also taken back to checkpoints and moved to other versions.
  mutating func playWildly(lawless: Bool = false, moved: Bool = false) throws {
    isLawless = lawless
    isMoved = moved
    process.world.isCalm = false
    process.deadliness = random.choose([5, 20, 60])
    try process.start()
    for _ in 0..<random.number(5...60) where !process.isOver { try disturb() }
    process.world.isCalm = true
    process.deadliness = 0
    try help()
    if lawless { return }
    try checkEffects()
    if process.engine.state.outcomeSoFar == .undone { try checkTakenBack() }
    if source.isShuffled { try checkMovers(of: source) }
  }

  /// Somebody takes everything back in the middle of it, and the world is to be as it was.
  ///
  /// - Returns: Whether it came to that; a run may be over before.
  mutating func playBack() throws -> Bool {
    process.world.isCalm = false
    process.deadliness = random.choose([0, 5, 20])
    try process.start()
    for _ in 0..<random.number(0...40) where !process.isOver { try disturb() }
    if process.isOver { return false }
    process.deadliness = random.choose([0, 20])
    try give(.undo(reason: "a mistake"))
    for _ in 0..<random.number(0...20) where !process.isOver { try disturb() }
    process.world.isCalm = true
    process.deadliness = 0
    try help()
    guard process.engine.state.outcomeSoFar == .undone else { return false }
    try checkTakenBack()
    try checkEffects()
    return true
  }

  /// What `finally` does happens after the taking back, and with it what the defaults do about its failures.
  private func checkTakenBack() throws {
    for (address, keys) in process.world.effects {
      guard !isInFinally(address) else { continue }
      guard let name = process.world.operations[address],
        ["world.keyed", "world.told", "world.once", "world.probed"].contains(name)
      else { continue }
      let settled = process.world.takenBack.union(process.world.left)
        .union(process.world.repeated)
      for key in Set(keys) where !settled.contains(key) {
        throw Violation(
          "`\(address)` took effect with `\(key)` and was not taken back\n\(process.story(of: address))"
        )
      }
    }
  }

  /// The calls that were left are seen to then, too.
  private func isInFinally(_ address: String) -> Bool {
    var workflow = process.workflow
    for part in address.split(separator: "/") {
      let id = String(part.prefix { $0 != "[" })
      let late = Set(workflow.finally.steps.flatMap(\.everythingInside)).union(
        FailurePolicy.idsOfRecoveries([workflow.defaultOnFailure]))
      if late.contains(id) { return true }
      guard case .workflow(let call)? = workflow.step(named: id)?.kind,
        let definition = call.definition
      else { continue }
      workflow = definition
    }
    return false
  }

  /// Nothing that must not happen twice stands twice in the world.
  private func checkEffects() throws {
    let recoveries = process.journal.count { $0.type == "recovery.started" }
    for (address, keys) in process.world.effects {
      let operation = process.world.operations[address]
      // Each recovery has steps of its own.
      let limit = isInRecovery(address) ? recoveries : 1
      let settled = process.world.takenBack.union(process.world.repeated)
      let standing = keys.filter { !settled.contains($0) }
      if ["world.once", "world.probed", "world.bare"].contains(operation), standing.count > limit {
        throw Violation(
          "`\(address)` took effect \(keys.count) times: \(keys)\n\(process.story(of: address))")
      }
      if operation == "world.keyed" || operation == "world.told", Set(standing).count > limit {
        throw Violation("`\(address)` took effect with several keys: \(keys)")
      }
    }
  }

  private func isInRecovery(_ address: String) -> Bool {
    let ids = Rules.ids(in: address)
    return process.versions.flatMap(\.definitions).contains { definition in
      !FailurePolicy.idsOfRecoveries([definition.defaultOnFailure]).isDisjoint(with: ids)
        || definition.allSteps.contains { !$0.idsOfRecoveries.isDisjoint(with: ids) }
    }
  }

  // MARK: Helping

  private mutating func help() throws {
    for _ in 0..<2000 {
      if process.isOver { return }
      try helpOnce()
    }
    throw Violation(
      "never ends: \(process.engine.parkReasons().reasons) \(process.engine.state.steps.mapValues(\.phase.status))"
    )
  }

  private mutating func helpOnce() throws {
    for address in process.engine.currentAddresses {
      guard let command = remedy(address) else { continue }
      return try give(giveUp(at: address) ?? command, by: helper(at: address))
    }
    if let wake = process.wakeAt { process.clock = max(process.clock, wake) }
    try give(.resume)
  }

  /// What settles a step that stands still.
  private mutating func remedy(_ address: String) -> CommandKind? {
    guard let record = process.engine.state.steps[address] else { return nil }
    let ids = Rules.ids(in: address)
    switch record.phase {
    case .waiting(let waiting, _): return answer(to: waiting, address)
    case .failed where process.engine.recoveringAddresses.contains(address): return nil
    case .failed where record.failure?.code == "doomed" && process.isLeftToPeople(address):
      return .skip(step: address, reason: "it never works")
    case .failed where record.failure?.code == "doomed" && process.engine.isHandled(address),
      .failed where !source.unanswered.isDisjoint(with: ids) && process.engine.isHandled(address):
      return nil
    case .failed where record.failure?.code == Failure.partlyTakenBack:
      process.world.allow(repeating: address)
      return .retry(step: address, with: [:], again: true, reason: nil)
    case .failed: return .retry(step: address, with: [:], again: false, reason: nil)
    case .inDoubt(let intent, _, _):
      let known = process.world.done[intent.key]
      return .resolve(
        step: address, happened: known != nil, values: known ?? [:], reason: "looked")
    default: return nil
    }
  }

  /// Where nobody holds the run against the undisturbed one: some steps fail whoever does them, as often
  /// as they are tried, and of those some may not be passed over.
  private mutating func giveUp(at address: String) -> CommandKind? {
    guard isLawless || source.isFree else { return nil }
    tries[address, default: 0] += 1
    switch tries[address, default: 0] {
    case ...50: return nil
    case ...100: return .skip(step: address, reason: "it never works")
    default: return .cancel(reason: "it never works")
    }
  }

  /// Who helps: of those who approve each once.
  private mutating func helper(at address: String) -> Actor {
    let decided = process.engine.state.steps[address]?.people.decisions.map(\.by) ?? []
    let left = Self.people.filter { !decided.contains($0) }
    return left.isEmpty ? Self.people[0] : random.choose(left)
  }

  private mutating func answer(to waiting: Waiting, _ address: String) -> CommandKind? {
    let id = Self.id(address)
    if source.unanswered.contains(id) { return nil }
    switch waiting.cause {
    case .answer(_, let fields, _):
      let ticked = process.engine.state.steps[address]?.answers.clear["a"]?.asBool == true
      if let n = source.ticks[id], !ticked, fields.isEmpty || random.chance(50) {
        return .event(name: "world.happened", data: ["n": .int(Int64(n))])
      }
      return .answer(step: address, values: answer(address))
    case .event, .first:
      guard let n = source.matches[id] else { return nil }
      return .event(name: "world.happened", data: ["n": .int(Int64(n))])
    case .approval:
      return .decide(step: address, approves: true, comment: nil, shown: nil)
    case .byHand:
      return .done(step: address, values: done(address), reason: "by hand", evidence: [])
    case .time: return nil
    }
  }

  private static func id(_ address: String) -> String {
    address.split(separator: "/").last.map(String.init) ?? address
  }

  /// What somebody says who did a step by hand.
  private func done(_ address: String) -> ValueMap {
    if address.contains(".undo") { return [:] }
    return said(at: address, .int(Int64(repeatable(address) % 97)))
  }

  /// The outputs of a step as somebody says them.
  private func said(at address: String, _ number: Value) -> ValueMap {
    var values: ValueMap = ["n": number]
    if process.engine.step(at: address)?.operationName == "world.told" {
      values["word"] = World.word(at: address)
    }
    return values
  }

  /// The only right answer at an address.
  private func answer(_ address: String) -> ValueMap {
    guard case .ask(let question)? = process.engine.step(at: address)?.kind else { return ["n": 1] }
    var values = ValueMap()
    if question.fields["n"] != nil { values["n"] = .int(Int64(repeatable(address) % 97)) }
    for item in question.items { values[item.name] = true }
    return values
  }

  private mutating func give(_ kind: CommandKind, by actor: Actor? = nil) throws {
    try process.go(command(kind, by: actor))
  }

  private mutating func command(_ kind: CommandKind, by actor: Actor? = nil) -> Command {
    commands += 1
    return Command(id: "c\(commands)", kind: kind, actor: actor ?? Self.people[0])
  }

  // MARK: Disturbing

  private mutating func disturb() throws {
    if isMoved, random.chance(source.isShuffled ? 30 : 15) { return try disturbDefinition() }
    switch random.number(0...12) {
    case 0: process.clock = process.clock.adding(TimeSpan(seconds: -90_000)) ?? process.clock
    case 1: process.clock = process.clock.adding(TimeSpan(seconds: 400_000)) ?? process.clock
    case 2, 3:
      let late = TimeSpan(seconds: Int64(random.choose([0, 0, 1800, 90_000])))
      let command = command(anything(), by: anybody())
      process.inbox.append(.init(command: command, at: process.now))
      process.clock = process.clock.adding(late) ?? process.clock
    case 4: try process.recover()
    case 5: try give(anything(), by: anybody())
    case 6: try give(.resume)
    case 7: try passUntilNextDeadline()
    default: try helpOnce()
    }
  }

  private mutating func anybody() -> Actor {
    random.choose(Self.people + Self.people + Self.others)
  }

  /// Everybody comes too late, or at the very moment at which something is due.
  private mutating func passUntilNextDeadline() throws {
    guard let wake = process.wakeAt else { return try give(.resume) }
    let late = TimeSpan(seconds: Int64(random.choose([0, 0, 1, 3600])))
    process.clock = max(process.clock, wake.adding(late) ?? wake)
    try random.chance(50) ? give(.resume) : helpOnce()
  }

  private mutating func disturbDefinition() throws {
    if try passOverTakingBack() { return }
    let engine = process.engine
    let passed = engine.state.checkpoints.compactMap { engine.step(at: $0)?.checkpoint }
    // Mostly one that the run has passed; any other is refused.
    let places =
      passed.isEmpty || random.chance(10) ? source.checkpoints + source.checkpointsOfMovers : passed
    if !places.isEmpty, random.chance(40) {
      return try give(.rewind(to: random.choose(places), again: [], reason: "another way"))
    }
    let version = try Self.workflow(source, version: random.number(0...3))
    var dice = random
    let failed = process.engine.state.steps.filter { $1.phase.status == .failed }
    try process.move(to: version, by: Self.people[0]) { decision in
      guard let choices = decision.choices, !choices.isEmpty else { return "" }
      if source.isShuffled, !isIncidental(decision.key), !choices.contains(.keep) {
        // What the run needs to end as the undisturbed one is left out of no version.
        return choices.contains(.doIt) ? "do" : ""
      }
      // Done again under another id it would be there twice.
      let isKept = source.isShuffled && choices.contains(.keep) && failed[decision.key] == nil
      return isKept ? "keep" : dice.choose(choices).rawValue
    }
    random = dice
  }

  /// Somebody leaves as it is what cannot be taken back on the way to a checkpoint.
  ///
  /// - Returns: Whether there was such a thing.
  private mutating func passOverTakingBack() throws -> Bool {
    let state = process.engine.state
    guard case .undoing(.checkpoint, _) = state.phase,
      let address = process.engine.currentAddresses.first,
      case .failed? = state.steps[address]?.phase, random.chance(50),
      let position = state.undo.position(of: address),
      case .call(_, let with) = state.undo.entries[position].plan
    else { return false }
    try give(.skip(step: address, reason: "it may stay"))
    if process.engine.state.undo.entries[position].status == .skipped {
      process.world.leave(with.clear["key"]?.asString ?? "")
    }
    return true
  }

  /// A command that changes how the run goes on.
  private mutating func anythingLawless(_ address: String) -> CommandKind {
    let number = Value.int(Int64(random.number(0...96)))
    let values = said(at: address, number)
    switch random.number(0...22) {
    case 21: return .byHand(step: address, reason: "the machine is slow")
    case 22: return .rewind(to: source.checkpoints.first ?? "", again: [], reason: "another way")
    case 0...5: return .skip(step: address, reason: "not needed")
    case 6...10: return .done(step: address, values: values, reason: "by hand", evidence: [])
    case 11...13: return .resolve(step: address, happened: true, values: values, reason: "seen")
    case 14...16: return .resolve(step: address, happened: false, values: [:], reason: "not seen")
    case 17, 18: return .retry(step: address, with: ["n": number], again: false, reason: nil)
    case 19: return .retry(step: address, with: [:], again: true, reason: nil)
    default: return .cancel(reason: "enough")
    }
  }

  /// A command that may make sense or not; none whose effect on the outputs is not the true one.
  private mutating func anything() -> CommandKind {
    let addresses = process.engine.state.steps.keys.sorted()
    let address = addresses.isEmpty ? "s1" : random.choose(addresses)
    if isLawless, random.chance(50) { return anythingLawless(address) }
    // Nobody helps with what is to expire.
    let isAnswered = source.unanswered.isDisjoint(with: Rules.ids(in: address))
    switch random.number(0...11) {
    case 8 where isAnswered:
      return .decide(step: address, approves: random.chance(60), comment: "so", shown: nil)
    case 9: return .decide(step: address, approves: true, comment: nil, shown: "something else")
    case 10: return random.chance(50) ? .claim(step: address) : .release(step: address)
    case 11:
      commands += 1
      return .projectEvent(
        ProjectEvent(
          id: "p\(commands)", name: "world.happened",
          data: ["n": .int(Int64(random.number(0...5)))],
          at: process.now))
    case 0 where isAnswered: return .answer(step: address, values: answer(address))
    case 1: return .answer(step: address, values: ["a": true])
    case 2: return .answer(step: address, values: ["n": "many"])
    case 3, 4:
      return .event(name: "world.happened", data: ["n": .int(Int64(random.number(0...9)))])
    case 5: return .retry(step: address, with: [:], again: false, reason: "again")
    case 6: return .note(text: "a remark")
    default: return .resume
    }
  }
}

extension Step {
  var operationName: String? { if case .action(let call) = kind { call.operation } else { nil } }
}

extension VirtualProcess {
  /// Whether only a step itself says what follows its failure: while everything is taken back, and in the
  /// `finally` of a call that the end of the run left.
  fileprivate func isLeftToPeople(_ address: String) -> Bool {
    switch engine.state.phase {
    case .undoing: true
    case .finishing: engine.state.parked?.reasons.contains { $0.step == address } ?? false
    default: false
    }
  }
}

extension RunEngine {
  /// Whether the workflow itself says what follows the failure at an address.
  fileprivate func isHandled(_ address: String) -> Bool {
    !state.recovery.exhausted.contains(address)
  }
}
