import Fields
import Simulation
import TestSupport
import TimeZones
import Values
import Workflows

@testable import Engine

/// A world and people who do this and that, now or later, in a simulation: calls take their time, fail or are
/// lost, and somebody helps in the end.
final class RandomScript: SimulationScript {
  private let source: RandomWorkflow
  private var random: SeededNumbers
  private var planned: Delivery?
  private var count = 0
  /// When nobody is there, from the start of the run.
  private var absences: [Range<TimeSpan>] = []
  private static let people = ["ana", "ben", "cy"].map { Actor(kind: .person, id: $0) }

  /// - Parameter isOftenAlone: Whether nobody is there now and then when something comes due.
  init(_ source: RandomWorkflow, seed: UInt64, isOftenAlone: Bool = false) {
    self.source = source
    random = SeededNumbers(seed: seed ^ 0x5C12_97)
    if isOftenAlone { leaveAlone() }
  }

  private func leaveAlone() {
    var end = TimeSpan.zero
    for _ in 0..<200 {
      let start = sum(end, length([700, 600_000, 90_000_000]))
      end = sum(start, length([3_000, 3_600_000, 200_000_000]))
      absences.append(start..<end)
    }
  }

  private func sum(_ one: TimeSpan, _ other: TimeSpan) -> TimeSpan {
    TimeSpan(nanoseconds: one.totalNanoseconds + other.totalNanoseconds) ?? one
  }

  func noticed(_ due: Timestamp, startedAt: Timestamp) -> Timestamp {
    guard let passed = due.since(startedAt),
      let absence = absences.first(where: { $0.contains(passed) })
    else { return due }
    return startedAt.adding(absence.upperBound) ?? due
  }

  // MARK: The world

  func answer(to call: SimulatedCall) -> Result<SimulatedAnswer, MissingAnswer> {
    let takes = random.chance(40) ? .zero : length([40, 3_000, 7_200_000])
    return .success(SimulatedAnswer(result(of: call), takes: takes))
  }

  private func result(of call: SimulatedCall) -> AttemptResult {
    let outputs: ValueMap = call.contract?.outputs["n"] == nil ? [:] : ["n": .int(number())]
    if call.operation == "world.asked" {
      return .succeeded(["happened": .bool(random.chance(60)), "n": .int(number())])
    }
    if call.operation == "world.doomed" {
      return .failed(Failure(code: "doomed", message: "it never works"), canRetry: false)
    }
    switch random.number(0...99) {
    case 0..<12: return .failed(Failure(code: "busy", message: "busy"), canRetry: true)
    case 12..<16: return .failed(Failure(code: "refused", message: "no"), canRetry: false)
    case 16..<20: return .unavailable(Failure(code: "down", message: "it is down"))
    case 20..<26: return .lost(Failure(code: "timeout", message: "no answer"))
    default: return .succeeded(outputs)
    }
  }

  private func number() -> Int64 { Int64(random.number(0...96)) }

  /// About one of the lengths: nothing comes at the very moment of something else.
  private func length(_ milliseconds: [Int64]) -> TimeSpan {
    let about = random.choose(milliseconds) + Int64(random.number(1...999))
    return TimeSpan(nanoseconds: Int128(about) * 1_000_000) ?? .zero
  }

  // MARK: People

  func nextDelivery(_ run: SimulatedMoment) -> Delivery? {
    if let planned { return planned }
    // Whoever has done so much leaves the run alone.
    guard count < 300 else { return nil }
    guard let kind = somethingToDo(run.engine, isActing: run.isActing) else { return nil }
    count += 1
    let delay = length([0, 700, 90_000, 10_800_000, 180_000_000])
    planned = Delivery(
      at: run.now.adding(delay) ?? run.now, kind, by: random.choose(Self.people))
    return planned
  }

  func delivered(_ delivery: Delivery, _ refusal: Refusal?, at now: Timestamp) { planned = nil }

  private func somethingToDo(_ engine: RunEngine, isActing: Bool) -> CommandKind? {
    var found: [CommandKind] = []
    for address in engine.currentAddresses {
      guard let record = engine.state.steps[address] else { continue }
      switch record.phase {
      case .waiting(let waiting, _): found += answers(to: waiting, address, engine)
      case .failed:
        found += [
          .retry(step: address, with: [:], again: random.chance(50), reason: "again"),
          .skip(step: address, reason: "not needed"),
          .done(step: address, values: done(address), reason: "by hand", evidence: []),
        ]
      case .inDoubt:
        let happened = random.chance(50)
        found.append(
          .resolve(
            step: address, happened: happened, values: happened ? done(address) : [:],
            reason: "looked"))
      case .blocked, .unavailable: if !isActing { found.append(.resume) }
      default: continue
      }
    }
    if random.chance(2) { found.append(.cancel(reason: "enough")) }
    if random.chance(2) { found.append(.undo(reason: "a mistake")) }
    return found.isEmpty ? nil : random.choose(found)
  }

  private func answers(
    to waiting: Waiting, _ address: String, _ engine: RunEngine
  ) -> [CommandKind] {
    let id = address.split(separator: "/").last.map { String($0.prefix { $0 != "[" }) } ?? address
    if source.unanswered.contains(id), random.chance(80) { return [] }
    switch waiting.cause {
    case .answer:
      let tick = source.ticks[id].map {
        CommandKind.event(name: "world.happened", data: ["n": .int(Int64($0))])
      }
      return [.answer(step: address, values: answer(address, engine))]
        + [tick].compactMap(\.self)
    case .event, .first:
      let n = source.matches[id] ?? random.number(0...9)
      return [.event(name: "world.happened", data: ["n": .int(Int64(n))])]
    case .approval:
      return [
        .decide(
          step: address, approves: random.chance(80), comment: random.chance(30) ? "so" : nil,
          shown: nil)
      ]
    case .byHand:
      return [.done(step: address, values: done(address), reason: "by hand", evidence: [])]
    case .time: return random.chance(10) ? [.skip(step: address, reason: "too long")] : []
    }
  }

  private func done(_ address: String) -> ValueMap {
    address.contains(".undo") ? [:] : ["n": .int(number())]
  }

  /// A part of what is asked, or all of it.
  private func answer(_ address: String, _ engine: RunEngine) -> ValueMap {
    guard case .ask(let question)? = engine.step(at: address)?.kind else { return ["n": 1] }
    var values = ValueMap()
    if question.fields["n"] != nil, random.chance(80) { values["n"] = .int(number()) }
    for item in question.items where random.chance(80) { values[item.name] = true }
    return values
  }
}
