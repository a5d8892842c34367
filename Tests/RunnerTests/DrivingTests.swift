import Engine
import Foundation
import RunStore
import Synchronization
import Testing
import Values

@testable import Runner

/// What arrives while a process carries a run out: at which moment, and what may still begin then.
@Suite(.timeLimit(.minutes(5))) struct DrivingTests {
  /// Leaves a command for the one run of a project, as another process does, before the so-manieth thing that is
  /// done.
  private final class Courier: Sendable {
    private let fixture: RunnerFixture
    private let kind: CommandKind
    private let position: Int
    private let asked = Mutex(0)
    var hasLeft: Bool { asked.withLock { $0 >= position } }

    init(_ fixture: RunnerFixture, _ kind: CommandKind, before position: Int) {
      self.fixture = fixture
      self.kind = kind
      self.position = position
    }

    func ask() -> Bool {
      let number = asked.withLock {
        $0 += 1
        return $0
      }
      if number == position { try? leave() }
      return false
    }

    private func leave() throws {
      let runs = try FileManager.default.contentsOfDirectory(
        atPath: fixture.folder + "/.baton/runs")
      let run = try #require(runs.first { !$0.hasPrefix(".") })
      let command = Command(id: "c-1", kind: kind, actor: Actor(kind: .user, id: "ben"))
      let store = fixture.store()
      let vault = VaultAdapter(store.projectVault)
      try store.deliver(
        id: command.id, content: command.inboxContent(sealing: { _ in false }, in: vault), to: run)
    }
  }

  private func position(
    _ records: [JournalRecord], _ type: String, _ step: String? = nil
  ) -> Int? {
    records.firstIndex { $0.type == type && (step == nil || $0.step == step) }
  }

  @Test func `of a call that began with what was due the end is heard before a command is taken`()
    async throws
  {
    let fixture = try RunnerFixture()
    let run = try await fixture.start(
      """
      steps:
        - id: par
          parallel:
            - id: one
              steps:
                - { id: soon, wait: 62s }
                - { id: slow, action: command.run, with: { command: \(RunnerFixture.waiting) } }
            - id: two
              steps:
                - { id: later, wait: 68s }
                - { id: last, set: { v: 1 } }
            - { id: q, ask: { fields: { n: integer } } }
      """)
    fixture.pass(63)
    let hasPassed = Mutex(false)
    let service = try fixture.service(interrupted: {
      let isFirst = hasPassed.withLock {
        guard !$0, fixture.exists("begun") else { return false }
        $0 = true
        return true
      }
      if isFirst {
        fixture.pass(10)
        try? fixture.write("", to: "seen")
      }
      return false
    })
    let snapshot = try await service.submit(.answer(step: "q", values: ["n": 1]), to: run)
    #expect(snapshot.status == .succeeded)
    let records = try fixture.records(of: run)
    let ended = try #require(position(records, "step.succeeded", "slow"))
    let answered = try #require(position(records, "answer.given"))
    let fired = try #require(position(records, "timer.fired", "later"))
    #expect(ended < answered && answered < fired)
  }

  @Test(arguments: 1...16)
  func `a cancel that comes while calls are prepared lets none of them be made`(
    position: Int
  ) async throws {
    let fixture = try RunnerFixture()
    let courier = Courier(fixture, .cancel(reason: "enough"), before: position)
    let run = try await fixture.start(
      """
      steps:
        - id: par
          parallel:
            - { id: s0, action: files.write, with: { path: f0, content: a } }
            - { id: s1, action: files.write, with: { path: f1, content: a } }
            - { id: s2, action: files.write, with: { path: f2, content: a } }
        - { id: q, ask: { fields: { n: integer } } }
      finally:
        - { id: end, action: files.write, with: { path: end, content: a } }
      """, interrupted: courier.ask)
    let records = try fixture.records(of: run)
    let end = self.position(records, "run.finishing") ?? records.count
    for number in 0..<3 {
      let outcome = records.firstIndex { $0.type == "step.succeeded" && $0.step == "s\(number)" }
      #expect(fixture.exists("f\(number)") == (outcome != nil))
      #expect(outcome ?? 0 < end)
    }
    #expect(self.position(records, "step.in_doubt") == nil)
    // Of those that were prepared it is said that nobody has called them.
    for record in records where record.type == "attempt.failed" {
      #expect(record.data["code"] == "not_called")
      #expect(!fixture.exists("f\(record.step?.dropFirst() ?? "")"))
    }
    #expect(try fixture.service().verify(run).isIntact)
  }

  private static let lastCall = """
    steps:
      - { id: a, action: command.run, with: { command: [sleep, "0.2"] } }
      - { id: b, set: { x: 1 } }
    """

  @Test(arguments: 1...8, [false, true])
  func `what is left for a run is taken or refused, whenever it comes`(
    position: Int, cancels: Bool
  ) async throws {
    let fixture = try RunnerFixture()
    let kind = cancels ? CommandKind.cancel(reason: "enough") : .note(text: "hello")
    let courier = Courier(fixture, kind, before: position)
    let run = try await fixture.start(Self.lastCall, interrupted: courier.ask)
    #expect(try fixture.store().pendingInbox(of: run).isEmpty)
    let answer = try fixture.records(of: run).first { $0.data["command"] == "c-1" }
    #expect((answer != nil) == courier.hasLeft)
    if !cancels { #expect(answer?.type != "command.refused") }
    #expect(try fixture.service().verify(run).isIntact)
  }

  @Test func `a cancel that comes during the last call ends the run`() async throws {
    let fixture = try RunnerFixture()
    let courier = Courier(fixture, .cancel(reason: "enough"), before: 2)
    let run = try await fixture.start(Self.lastCall, interrupted: courier.ask)
    #expect(try fixture.service().snapshot(run).status == .cancelled)
    let records = try fixture.records(of: run)
    #expect(position(records, "step.succeeded", "a") != nil)
    #expect(position(records, "step.succeeded", "b") == nil)
  }

  @Test func `what nobody has taken yet is said to be so, and is taken later`() async throws {
    let fixture = try RunnerFixture()
    let run = try await fixture.start("steps: [ { id: q, ask: { fields: { n: integer } } } ]")
    let service = try fixture.service()
    let writer = try fixture.store().open(run: run)
    let note = Command(
      id: "c-1", kind: .note(text: "hello"), actor: Actor(kind: .user, id: "ben"))
    await #expect {
      try await service.handOver(note, evidence: [], to: run, glances: 2)
    } throws: { error in
      guard let error = error as? RunnerError, case .pending = error.kind else { return false }
      return error.message.hasPrefix("the note was left for the process that carries the run out")
    }
    writer.release()
    _ = try await service.resume(run)
    #expect(position(try fixture.records(of: run), "note.added") != nil)
  }

  @Test(arguments: 1...8)
  func `a step that is taken over is not begun by the machine`(position: Int) async throws {
    let fixture = try RunnerFixture()
    let courier = Courier(fixture, .byHand(step: "b", reason: nil), before: position)
    let run = try await fixture.start(
      """
      steps:
        - { id: a, action: files.write, with: { path: a, content: a } }
        - { id: b, action: files.write, with: { path: b, content: b } }
        - { id: q, ask: { fields: { n: integer } } }
      """, interrupted: courier.ask)
    let records = try fixture.records(of: run)
    let taken = records.firstIndex {
      $0.data["command"] == "c-1" && $0.type != "command.refused"
    }
    let begun = records.firstIndex { $0.type == "attempt.started" && $0.step == "b" }
    if taken != nil { #expect(begun == nil && !fixture.exists("b")) }
  }

  @Test func `a run whose checkpoint does not hold takes what comes, and parks`() async throws {
    let fixture = try RunnerFixture()
    let run = try await fixture.start(
      """
      steps:
        - id: a
          action: files.write
          with: { path: a, content: one }
          checkpoint: here
          verify: [ { action: files.read, with: { path: a }, check: outputs.content == 'one', message: moved on } ]
        - { id: pause, wait: 62s }
        - { id: z, set: { v: 1 } }
      """)
    try fixture.write("two", to: "a")
    fixture.pass(70)
    let courier = Courier(fixture, .note(text: "hello"), before: 2)
    let snapshot = try await fixture.service(interrupted: courier.ask).resume(run)
    #expect(snapshot.status == .needsAttention)
    let records = try fixture.records(of: run)
    #expect(position(records, "note.added") != nil)
    #expect(records.last?.type == "run.parked")
    try fixture.write("one", to: "a")
    #expect(try await fixture.service().resume(run).status == .succeeded)
  }

  @Test func `a saved state that cannot be written stops nothing`() async throws {
    let fixture = try RunnerFixture()
    let run = try await fixture.start(
      """
      steps:
        - { id: q, ask: { fields: { n: integer } } }
        - { id: r, ask: { fields: { n: integer } } }
      """)
    // Where its draft would stand.
    try fixture.write("", to: ".baton/runs/\(run)/run.json.tmp/in-the-way")
    let service = try fixture.service()
    #expect(
      try await service.submit(.answer(step: "q", values: ["n": 1]), to: run).status == .waiting)
    #expect(
      try await service.submit(.answer(step: "r", values: ["n": 1]), to: run).status == .succeeded)
    let types = try fixture.records(of: run).map(\.type)
    #expect(types.last == "run.finished")
    #expect(types.filter { $0 == "run.parked" }.count == 2)
    #expect(try fixture.service().verify(run).isIntact)
  }
}
