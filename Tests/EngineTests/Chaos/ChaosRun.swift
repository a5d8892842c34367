import SourceText
import Testing
import Values
import Workflows

@testable import Engine

/// A run of a random workflow through random mishaps, with somebody helpful at its side.
struct ChaosRun {
  let process: VirtualProcess
  private let source: RandomWorkflow
  private var commands = 0
  private var isLawless = false
  private var random: SeededGenerator
  private static let ana = Actor(kind: .person, id: "ana")

  init(seed: UInt64) throws {
    source = RandomWorkflow(seed: seed)
    random = SeededGenerator(seed: seed ^ 0xABCD)
    let diagnostics = Diagnostics()
    let text = "baton: 1\nid: test\nname: A test\nversion: 1.0.0\n" + source.text
    let file = SourceFile(path: "test.yaml", text: text)
    let called = source.called
    let workflows = WorkflowSource(
      find: { name, _ in called[name].map { SourceFile(path: "\(name).yaml", text: $0) } },
      names: { Array(called.keys) })
    let loaded = Workflow.load(
      file: file, catalog: World.catalog, workflows: workflows, into: diagnostics)
    guard let workflow = loaded else {
      throw Violation(
        "the workflow is refused: \(diagnostics.sorted.map(\.message))\n\(text)\n\(called)")
    }
    process = try VirtualProcess(workflow, seed: seed)
  }

  /// The text of the workflow, for whoever looks for the cause.
  var text: String {
    ([source.text] + source.called.sorted { $0.key < $1.key }.map(\.value)).joined(
      separator: "---\n")
  }

  // MARK: Playing

  /// Nothing goes wrong, and everybody answers at once.
  mutating func playCalmly() throws {
    try process.start()
    try help()
  }

  /// Everything goes wrong for a while; then somebody helps.
  ///
  /// - Parameter lawless: Whether people also skip, cancel, and say what is not true.
  mutating func playWildly(lawless: Bool = false) throws {
    isLawless = lawless
    process.world.isCalm = false
    process.deadliness = random.choose([5, 20, 60])
    try process.start()
    for _ in 0..<random.number(5...60) where !process.isOver { try disturb() }
    process.world.isCalm = true
    process.deadliness = 0
    try help()
    try Rules.check(process.journal)
    if !lawless { try checkEffects() }
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

  /// What `finally` does happens after the taking back.
  private func checkTakenBack() throws {
    let inFinally = Set(process.workflow.finally.steps.flatMap(\.idsInside))
    for (address, keys) in process.world.effects {
      let parts = address.split(separator: "/").map { String($0.prefix { $0 != "[" }) }
      guard let id = parts.first, !inFinally.contains(id) else { continue }
      let step = process.engine.step(at: address)
      guard let name = step?.operationName,
        ["world.keyed", "world.once", "world.probed"].contains(name)
      else { continue }
      for key in Set(keys) where !process.world.takenBack.contains(key) {
        throw Violation(
          "`\(address)` took effect with `\(key)` and was not taken back\n\(process.story(of: address))"
        )
      }
    }
  }

  private func checkEffects() throws {
    for (address, keys) in process.world.effects {
      let operation = process.engine.step(at: address).flatMap(\.operationName)
      if operation == "world.once" || operation == "world.probed", keys.count > 1 {
        throw Violation("`\(address)` took effect \(keys.count) times: \(keys)")
      }
      if operation == "world.keyed", Set(keys).count > 1 {
        throw Violation("`\(address)` took effect with several keys: \(keys)")
      }
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
      if let command = remedy(address) { return try give(command) }
    }
    if let wake = process.wakeAt { process.clock = max(process.clock, wake) }
    try give(.resume)
  }

  /// What settles a step that stands still.
  private mutating func remedy(_ address: String) -> CommandKind? {
    guard let record = process.engine.state.steps[address] else { return nil }
    switch record.phase {
    case .waiting(let waiting, _): return answer(to: waiting, address)
    case .failed: return .retry(step: address, with: [:], again: false, reason: nil)
    case .inDoubt(let intent, _):
      let known = process.world.done[intent.key]
      return .resolve(
        step: address, happened: known != nil, values: known ?? [:], reason: "looked")
    default: return nil
    }
  }

  private func answer(to waiting: Waiting, _ address: String) -> CommandKind? {
    switch waiting.cause {
    case .answer: return .answer(step: address, values: answer(address))
    case .event:
      let id = address.split(separator: "/").last.map(String.init) ?? address
      guard let n = source.matches[id] else { return nil }
      return .event(name: "world.happened", data: ["n": .int(Int64(n))])
    case .approval:
      return .decide(step: address, approves: true, comment: nil, shown: nil)
    case .time, .first, .byHand: return nil
    }
  }

  /// The only right answer at an address.
  private func answer(_ address: String) -> ValueMap {
    var values: ValueMap = ["n": .int(Int64(repeatable(address) % 97))]
    if case .ask(let question)? = process.engine.step(at: address)?.kind {
      for item in question.items { values[item.name] = true }
    }
    return values
  }

  private mutating func give(_ kind: CommandKind) throws { try process.go(command(kind)) }

  private mutating func command(_ kind: CommandKind) -> Command {
    commands += 1
    return Command(id: "c\(commands)", kind: kind, actor: Self.ana)
  }

  // MARK: Disturbing

  private mutating func disturb() throws {
    switch random.number(0...11) {
    case 0: process.clock = process.clock.adding(TimeSpan(seconds: -90_000)) ?? process.clock
    case 1: process.clock = process.clock.adding(TimeSpan(seconds: 400_000)) ?? process.clock
    case 2, 3: process.inbox.append(command(anything()))
    case 4: try process.recover()
    case 5: try give(anything())
    case 6: try give(.resume)
    default: try helpOnce()
    }
  }

  /// A command that changes how the run goes on.
  private mutating func anythingLawless(_ address: String) -> CommandKind {
    let values: ValueMap = ["n": .int(Int64(random.number(0...96)))]
    switch random.number(0...20) {
    case 0...5: return .skip(step: address, reason: "not needed")
    case 6...10: return .done(step: address, values: values, reason: "by hand", evidence: [])
    case 11...13: return .resolve(step: address, happened: true, values: values, reason: "seen")
    case 14...16: return .resolve(step: address, happened: false, values: [:], reason: "not seen")
    case 17, 18: return .retry(step: address, with: values, again: false, reason: nil)
    case 19: return .retry(step: address, with: [:], again: true, reason: nil)
    default: return .cancel(reason: "enough")
    }
  }

  /// A command that may make sense or not; none whose effect on the outputs is not the true one.
  private mutating func anything() -> CommandKind {
    let addresses = process.engine.state.steps.keys.sorted()
    let address = addresses.isEmpty ? "s1" : random.choose(addresses)
    if isLawless, random.chance(50) { return anythingLawless(address) }
    switch random.number(0...7) {
    case 0: return .answer(step: address, values: answer(address))
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
  /// The ids of the step and of those that stand at the same level of addresses inside it.
  fileprivate var idsInside: [String] {
    switch kind {
    case .section(let list), .parallel(let list): [id] + list.steps.flatMap(\.idsInside)
    case .choose(let cases): [id] + cases.flatMap { $0.steps.steps.flatMap(\.idsInside) }
    default: [id]
    }
  }

  var operationName: String? { if case .action(let call) = kind { call.operation } else { nil } }
}
