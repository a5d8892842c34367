import Engine
import Foundation
import Plugins
import SourceText
import Synchronization
import Testing
import Values
import Workflows

@testable import RunStore
@testable import Runner

/// Deadlines, events and notices of real runs on disk, with a clock that the test sets.
@Suite struct TickTests {
  /// A project in a folder of its own, deleted at the end.
  private final class Fixture: Sendable {
    let folder: String
    let store: RunStore
    private let moment = Mutex<Timestamp>(Timestamp(seconds: 1_763_000_000))

    init() throws {
      folder = "/tmp/baton-runner-tests-\(UInt64.random(in: 0...UInt64.max))"
      mkdir(folder, 0o700)
      store = RunStore(
        root: folder + "/.baton", key: SealingKey.Source(environment: nil, file: folder + "/key"))
      try write(
        """
        baton: 1
        people:
          ana: { name: Ana, email: ana@example.com, roles: [support] }
          lerato: { name: Lerato, email: lerato@example.com, roles: [manager] }
        environments:
          local:
            notify:
              action: files.write
              with: { path: "told-${{ person.id }}", content: "${{ text }} / ${{ step.title }} / ${{ run.id }}" }
            connections: { shop: { driver: none } }
        """, to: "baton.yaml")
      mkdir(folder + "/plugins", 0o700)
      mkdir(folder + "/plugins/shop", 0o700)
      try write(
        """
        plugin: shop
        summary: A shop
        events:
          paid: { order: string, card: { type: string, sensitive: true, optional: true } }
        """, to: "plugins/shop/plugin.yaml")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func write(_ text: String, to path: String) throws {
      let file = try #require(fopen(folder + "/" + path, "w"))
      fputs(text, file)
      fclose(file)
    }

    func text(_ path: String) -> String? {
      guard let file = fopen(folder + "/" + path, "r") else { return nil }
      defer { fclose(file) }
      var buffer = [CChar](repeating: 0, count: 65_536)
      let count = fread(&buffer, 1, buffer.count, file)
      return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func pass(_ seconds: Int64) {
      moment.withLock { $0 = $0.adding(TimeSpan(seconds: seconds)) ?? $0 }
    }

    var project: Project {
      get throws { try #require(Project.load(from: folder, into: Diagnostics())) }
    }

    func service() throws -> RunService {
      RunService(
        project: try project, store: store, environment: nil,
        actor: Actor(kind: .user, id: "root"), now: { [self] in moment.withLock { $0 } })
    }

    func start(_ text: String) async throws -> String {
      let diagnostics = Diagnostics()
      let catalog = try project.catalog(into: diagnostics)
      let file = SourceFile(path: "w.yaml", text: "baton: 1\nid: w\nname: W\n" + text)
      let workflow = Workflow.load(file: file, catalog: catalog, into: diagnostics)
      return try await service().start(
        try #require(workflow, "\(diagnostics.sorted.map(\.message))"), inputs: [:]
      ).runID
    }

    /// Makes a run one that fails to be opened, its journal as long as it was: whoever goes by what
    /// the index knows does not notice.
    func spoil(_ run: String) throws {
      let path = "\(folder)/.baton/runs/\(run)/"
      try FileManager.default.removeItem(atPath: path + "run.json")
      let file = try #require(fopen(path + "journal.jsonl", "r+"))
      defer { fclose(file) }
      fseek(file, 0, SEEK_END)
      let count = ftell(file)
      rewind(file)
      let line = Array("not a record\n".utf8)
      for place in 0..<count { fputc(Int32(line[place % line.count]), file) }
    }

    func records(of run: String) throws -> [JournalRecord] {
      var records: [JournalRecord] = []
      try store.reader(run: run).records { record in
        records.append(record)
        return true
      }
      return records
    }

    func types(of run: String) throws -> [String] { try records(of: run).map(\.type) }
  }

  private static let question = """
    roles: { support: Support, manager: Manager }
    steps:
      - id: q
        name: Check it
        role: support
        ask: { message: Ready?, fields: { ok: boolean } }
        due: 4h
        remind: [ 1h before ]
        escalate: [ { after_due: 1h, to: manager } ]
        expires: 8h
        on_expiry: continue
    """

  @Test func `people are told of a rung that is noticed together with the expiry`() async throws {
    let fixture = try Fixture()
    _ = try await fixture.start(Self.question)
    fixture.pass(30 * 3600)
    let report = try await fixture.service().tick()
    #expect(
      report.runs.first?.reached.map(\.timer) == ["remind.1", "due", "escalate.1", "expires"])
    #expect(fixture.text("told-ana")?.hasPrefix("Reminder: Check it") == true)
    #expect(fixture.text("told-lerato")?.hasPrefix("Escalation: Check it") == true)
  }

  @Test func `an answer comes after what was due before it, with all that follows`() async throws {
    let fixture = try Fixture()
    let run = try await fixture.start(
      """
      steps:
        - id: par
          parallel:
            - { id: q, ask: { fields: { n: integer } } }
            - id: b
              steps:
                - { id: pause, wait: 3h }
                - { id: told, action: files.write, with: { path: late, content: late } }
                - { id: over, finish: { outcome: cancelled, message: too late } }
      """)
    fixture.pass(5 * 3600)
    let answer = CommandKind.answer(step: "par/q", values: ["n": 1])
    await #expect(throws: RunnerError.self) {
      try await fixture.service().submit(answer, to: run)
    }
    #expect(fixture.text("late") == "late")
    #expect(try fixture.service().snapshot(run).status == .cancelled)
    #expect(try !fixture.types(of: run).contains("answer.given"))
  }

  @Test func `a tick fires what is due, tells people, and touches nothing else`() async throws {
    let fixture = try Fixture()
    let run = try await fixture.start(Self.question)
    let quiet = try await fixture.service().tick()
    #expect(quiet.runs.isEmpty)
    #expect(quiet.nextAt?.since(quiet.at)?.seconds == Int64(10_800))
    let before = try fixture.types(of: run)
    fixture.pass(3 * 3600)
    // Looking never fires anything.
    _ = try fixture.service().snapshot(run)
    #expect(try fixture.types(of: run) == before)
    let first = try await fixture.service().tick()
    #expect(first.runs.first?.reached.map(\.timer) == ["remind.1"])
    #expect(fixture.text("told-ana")?.hasPrefix("Reminder: Check it (W, run \(run))") == true)
    #expect(fixture.text("told-ana")?.hasSuffix("/ Check it / \(run)") == true)
    #expect(try await fixture.service().tick().runs.isEmpty)
    fixture.pass(2 * 3600)
    let second = try await fixture.service().tick()
    #expect(second.runs.first?.reached.map(\.timer) == ["due", "escalate.1"])
    #expect(fixture.text("told-lerato")?.hasPrefix("Escalation: Check it") == true)
    let waiting = try fixture.service().snapshot(run).steps.first?.waiting
    #expect(waiting?.roles == ["support", "manager"])
    fixture.pass(3 * 3600)
    let last = try await fixture.service().tick()
    #expect(last.runs.first?.snapshot.status == .succeeded)
    #expect(try await fixture.service().tick().runs.isEmpty)
    #expect(try fixture.service().verify(run).isIntact)
  }

  @Test func `a tick notes that it has compared all runs, so that the next need not`() async throws
  {
    let fixture = try Fixture()
    _ = try await fixture.start(Self.question)
    // A folder that changed a moment ago may change again within the same tick of its clock.
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -60)],
      ofItemAtPath: fixture.store.runsFolder)
    let index = fixture.store.index(layout: RunRow.layout)
    #expect(try index.look().listing != nil)
    _ = try await fixture.service().tick()
    #expect(try index.look().listing == nil)
  }

  @Test func `a command applies what was due before it, and says so`() async throws {
    let fixture = try Fixture()
    let run = try await fixture.start(Self.question)
    fixture.pass(9 * 3600)
    let refusal = await #expect(throws: RunnerError.self) {
      try await fixture.service().submit(.answer(step: "q", values: ["ok": true]), to: run)
    }
    #expect(refusal?.message.contains("the run is over") == true || refusal != nil)
    #expect(try fixture.service().snapshot(run).status == .succeeded)
    #expect(
      try fixture.types(of: run).filter { $0 == "deadline.reached" }.count == 4)
    #expect(fixture.text("told-ana")?.hasPrefix("Reminder") == true)
    #expect(try fixture.service().verify(run).isIntact)
  }

  @Test func `a notice that fails is a problem and holds up nothing`() async throws {
    let fixture = try Fixture()
    let run = try await fixture.start(
      """
      roles: { nobody: Nobody }
      steps:
        - id: q
          role: nobody
          ask: { message: Ready?, fields: { ok: boolean } }
          escalate: [ { after: 1h }, { after: 2h, notify: { action: command.run, with: { command: [ "/bin/false" ] } } } ]
      """)
    fixture.pass(3 * 3600)
    let report = try await fixture.service().tick()
    #expect(report.problems.isEmpty)
    let step = try fixture.service().snapshot(run).steps.first
    #expect(step?.untold.count == 2)
    #expect(step?.untold.first == "nobody has the role `nobody`")
    _ = try await fixture.service().submit(.answer(step: "q", values: ["ok": true]), to: run)
    #expect(try fixture.service().snapshot(run).status == .succeeded)
  }

  private static let payment = """
    steps:
      - { id: paid, wait: { event: shop.paid, match: event.order == 'A' } }
      - { id: again, wait: { event: shop.paid, match: event.order == 'B' } }
    """

  @Test func `an event of the project reaches every run that waits, and each wait once`()
    async throws
  {
    let fixture = try Fixture()
    let one = try await fixture.start(Self.payment)
    let two = try await fixture.start(Self.payment)
    let catalog = try fixture.project.catalog(into: Diagnostics())
    fixture.pass(60)
    let other = try await fixture.service().keep(
      "shop.paid", data: ["order": "B", "card": "4000 1234"], catalog: catalog)
    #expect(other.runs.isEmpty)
    fixture.pass(60)
    let delivery = try await fixture.service().keep(
      "shop.paid", data: ["order": "A"], catalog: catalog)
    #expect(Set(delivery.runs.map(\.runID)) == [one, two])
    // The earlier event was kept: the second wait takes it too.
    #expect(delivery.runs.allSatisfy { $0.status == .succeeded })
    #expect(try fixture.types(of: one).filter { $0 == "event.matched" }.count == 2)
    #expect(try fixture.service().verify(one).isIntact)
    let late = try await fixture.start(Self.payment)
    #expect(try fixture.service().snapshot(late).status == .waiting)
    #expect(try await fixture.service().tick().runs.isEmpty)
    // What is sensitive of it is in no file in clear.
    #expect(fixture.text(".baton/events.jsonl")?.contains("4000 1234") == false)
    #expect(fixture.text(".baton/events-sealed.jsonl")?.contains("4000 1234") == false)
  }

  @Test func `an event that was only kept is delivered by the next tick`() async throws {
    let fixture = try Fixture()
    let run = try await fixture.start(Self.payment)
    fixture.pass(60)
    let event = ProjectEvent(
      id: "e-1", name: "shop.paid", data: ["order": "A"],
      at: Timestamp(seconds: 1_763_000_030))
    try KeptEvents.keep(
      event, by: Actor(kind: .user, id: "root"), in: fixture.store, sensitive: { _ in false })
    let report = try await fixture.service().tick()
    #expect(report.runs.map(\.snapshot.runID) == [run])
    #expect(try fixture.service().snapshot(run).steps.first?.status == .succeeded)
    // The tick takes it, and somebody else brought it.
    let received = try #require(try fixture.records(of: run).first { $0.type == "event.received" })
    #expect(received.actor == JournalRecord.Actor(kind: "user", id: "root"))
  }

  @Test func `who brought an event is not known where its line does not say`() async throws {
    let fixture = try Fixture()
    let run = try await fixture.start(Self.payment)
    fixture.pass(60)
    try fixture.store.appendProjectEvent([
      "id": "e-1", "event": "shop.paid", "at": "2025-11-13T02:13:50.000Z",
      "data": ["order": "A"], "sealed": [:],
    ])
    #expect(try await fixture.service().tick().runs.map(\.snapshot.runID) == [run])
    let received = try #require(try fixture.records(of: run).first { $0.type == "event.received" })
    #expect(received.actor.kind == "machine")
  }

  @Test func `a tick takes an event that it cannot open, and the run waits for the key`()
    async throws
  {
    let fixture = try Fixture()
    let run = try await fixture.start(Self.payment)
    let other = try await fixture.start(Self.payment.replacing("'A'", with: "'Z'"))
    fixture.pass(60)
    let event = ProjectEvent(
      id: "e-1", name: "shop.paid", data: ["order": "A", "card": "4000 1234"],
      at: Timestamp(seconds: 1_763_000_030))
    let far = RunStore(
      root: fixture.folder + "/.baton",
      key: SealingKey.Source(
        environment: String(repeating: "5a", count: 32), file: fixture.folder + "/none"))
    try KeptEvents.keep(
      event, by: Actor(kind: .user, id: "root"), in: far, sensitive: { $0 == "card" })
    let report = try await fixture.service().tick()
    #expect(report.runs.map(\.snapshot.runID) == [run])
    let snapshot = try fixture.service().snapshot(run)
    #expect(snapshot.status == .needsAttention)
    #expect(snapshot.reasons.first?.message.contains("its key is not here") == true)
    // Of the other it is known that it waits for another event.
    #expect(try fixture.service().snapshot(other).status == .waiting)
    #expect(try await fixture.service().tick().runs.isEmpty)
    let project = try #require(Project.load(from: fixture.folder, into: Diagnostics()))
    let service = RunService(
      project: project, store: far, environment: nil, actor: Actor(kind: .user, id: "ana"),
      now: { Timestamp(seconds: 1_763_000_090) })
    let resumed = try await service.resume(run)
    #expect(resumed.steps.first?.status == .succeeded)
    #expect(try service.verify(run).isIntact)
    // The run has it in its own folder now.
    try FileManager.default.removeItem(atPath: fixture.folder + "/.baton/events-sealed.jsonl")
    #expect(try service.verify(run).notes.isEmpty)
  }

  @Test func `a tick opens only the runs that something is due in`() async throws {
    let fixture = try Fixture()
    let due = try await fixture.start(Self.question)
    let later = try await fixture.start(
      Self.question.replacing("due: 4h", with: "due: 40h").replacing("8h", with: "80h"))
    let waiting = try await fixture.start(Self.payment)
    _ = try fixture.service().overview()
    for run in [later, waiting] {
      try fixture.spoil(run)
      #expect(throws: RunnerError.self) { try fixture.service().snapshot(run) }
    }
    fixture.pass(3 * 3600)
    let report = try await fixture.service().tick()
    #expect(report.runs.map(\.snapshot.runID) == [due])
    #expect(report.problems.isEmpty)
    #expect(report.nextAt?.since(report.at)?.seconds == Int64(3600))
    let overview = try fixture.service().overview()
    #expect(overview.count == 3 && overview.problems.isEmpty)
    fixture.pass(40 * 3600)
    let problems = try await fixture.service().tick().problems
    #expect(problems.map(\.run) == [later])
  }

  @Test func `an event opens only the runs that may wait for it, each once`() async throws {
    let fixture = try Fixture()
    let plain = try await fixture.start(Self.payment)
    let other = try await fixture.start(
      Self.payment.replacing("event.order == 'A'", with: "event.order.startsWith('A')"))
    func keep(_ id: String, _ name: String, order: String) throws {
      let event = ProjectEvent(
        id: id, name: name, data: ["order": .string(order)],
        at: Timestamp(seconds: 1_763_000_030))
      try KeptEvents.keep(
        event, by: Actor(kind: .user, id: "root"), in: fixture.store, sensitive: { _ in false })
    }
    func toLookAt() throws -> [String] {
      try fixture.service().runsToLookAt(at: Timestamp(seconds: 0)).runs
    }
    fixture.pass(60)
    _ = try fixture.service().overview()
    #expect(try toLookAt() == [])
    try keep("e-1", "shop.paid", order: "B")
    #expect(try toLookAt() == [other])
    #expect(try await fixture.service().tick().runs.isEmpty)
    for run in [plain, other] { try fixture.spoil(run) }
    try keep("e-2", "shop.refunded", order: "A")
    #expect(try await fixture.service().tick().problems.isEmpty)
    try keep("e-3", "shop.paid", order: "B")
    #expect(try toLookAt() == [other])
    try keep("e-4", "shop.paid", order: "A")
    #expect(try await fixture.service().tick().problems.map(\.run) == [plain, other].sorted())
  }

  @Test func `a lost index is made anew, on several threads, as it was`() async throws {
    let fixture = try Fixture()
    var runs: [String] = []
    for number in 0..<150 {
      runs.append(
        try await fixture.start(
          number % 2 == 0 ? Self.question : Self.payment))
      fixture.pass(1)
    }
    func shown() throws -> [String] {
      let overview = try fixture.service().overview()
      #expect(overview.problems.isEmpty)
      return (0..<overview.count).map { position in
        guard let row = overview.row(at: position) else { return "" }
        return String(decoding: row.run, as: UTF8.self) + " " + row.status.rawValue
      }
    }
    let before = try shown()
    #expect(before == runs.reversed().map { $0 + " waiting" })
    try FileManager.default.removeItem(atPath: fixture.folder + "/.baton/index")
    #expect(try shown() == before)
    // Now the index answers.
    try fixture.spoil(runs[7])
    #expect(try shown() == before)
    try FileManager.default.removeItem(atPath: fixture.folder + "/.baton/index")
    #expect(try fixture.service().overview().problems.map(\.run) == [runs[7]])
  }

  @Test func `an event is typed by its contract`() async throws {
    let fixture = try Fixture()
    let catalog = try fixture.project.catalog(into: Diagnostics())
    await #expect(throws: RunnerError.self) {
      try await fixture.service().keep("shop.payed", data: ["order": "A"], catalog: catalog)
    }
    await #expect(throws: RunnerError.self) {
      try await fixture.service().keep("shop.paid", data: ["ordr": "A"], catalog: catalog)
    }
    #expect(fixture.text(".baton/events.jsonl") == nil)
  }

  @Test func `a run that somebody stopped is left alone`() async throws {
    let fixture = try Fixture()
    let run = try await fixture.start(Self.question)
    let executor = try fixture.service().reopen(fixture.store.open(run: run))
    executor.engine.apply(
      Event(
        .runParked(
          status: .needsAttention, reasons: [ParkReason(step: "", message: "stopped")],
          stateHash: ""), at: Timestamp(seconds: 1_763_000_000)))
    #expect(executor.engine.state.parked?.isStopped == true)
  }

  @Test func `what arrived before the clock was set back brings nothing that is not due`()
    async throws
  {
    let fixture = try Fixture()
    let run = try await fixture.start(Self.question)
    // It arrives by the clock of the machine, long after every deadline by that of the test.
    let answer = Command(
      id: "c1", kind: .answer(step: "q", values: ["ok": true]),
      actor: Actor(kind: .user, id: "root"))
    let vault = VaultAdapter(try fixture.store.reader(run: run).vault())
    let content = answer.inboxContent(sealing: { _ in false }, in: vault)
    try fixture.store.deliver(id: "c1", content: content, to: run)
    let report = try await fixture.service().tick()
    #expect(report.runs.first?.reached == [])
    #expect(report.runs.first?.snapshot.status == .succeeded)
  }

  @Test func `a command left in a name counts only of who is there and signed in`()
    async throws
  {
    let fixture = try Fixture()
    let run = try await fixture.start(
      """
      roles: { manager: Manager }
      steps: [ { id: ok, role: manager, approve: { message: Go? } } ]
      """)
    let vault = VaultAdapter(try fixture.store.reader(run: run).vault())
    func leave(_ id: String, _ person: String, _ standing: Standing?) throws {
      let kind = CommandKind.decide(step: "ok", approves: true, comment: nil, shown: nil)
      let command = Command(
        id: id, kind: kind, actor: Actor(kind: .person, id: person), standing: standing)
      let content = command.inboxContent(sealing: { _ in false }, in: vault)
      try fixture.store.deliver(id: id, content: content, to: run)
    }
    try leave("c1", "the ceo", nil)
    try leave("c2", "the ceo", Standing(roles: ["manager"], names: ["the ceo"]))
    try leave("c3", "lerato", nil)
    // The roles are those of baton.yaml, whatever was left says.
    try leave("c4", "ana", Standing(roles: ["manager"], names: ["ana"]))
    _ = try await fixture.service().tick()
    #expect(try fixture.service().snapshot(run).status == .waiting)
    let refused = try fixture.records(of: run).filter { $0.type == "command.refused" }
    let words = [
      "`the ceo` was left for the run, who is not among the people of baton.yaml",
      "`the ceo` was left for the run, who is not among the people of baton.yaml",
      "`lerato` was left for the run, who had not signed in", "`ok` is for manager, and ana",
    ]
    #expect(refused.count == words.count)
    for (record, words) in zip(refused, words) {
      #expect(record.data["message"]?.asString?.contains(words) == true, "\(record.data)")
    }
    try leave("c5", "lerato", Standing(roles: ["manager"], names: ["lerato"]))
    _ = try await fixture.service().tick()
    #expect(try fixture.service().snapshot(run).status == .succeeded)
    #expect(try fixture.service().verify(run).isIntact)
  }
}
