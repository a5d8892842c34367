import Engine
import Glibc
import Plugins
import RunStore
import SourceText
import Synchronization
import Testing
import Values
import Workflows

@testable import Runner

/// Runs whose clock is set back and forth.
@Suite struct WaywardClockTests {
  private static let workflow = """
    baton: 1
    id: clock
    name: Clock
    version: 1.0.0
    steps:
      - { id: one, set: { at: "${{ string(now) }}" } }
      - { id: ask, ask: { message: m, fields: { n: integer } }, due: 1h }
      - { id: two, set: { at: "${{ string(now) }}" } }
      - { id: pause, wait: 30d }
    """

  /// A project in a folder of its own, deleted at the end, with a clock that jumps.
  private final class Fixture: Sendable {
    let folder: String
    let store: RunStore
    private let step = Mutex<Int64>(0)
    /// By how much the clock is behind; nil where it jumps.
    private let lag = Mutex<Int64?>(nil)

    init() {
      folder = "/tmp/baton-runner-tests-\(UInt64.random(in: 0...UInt64.max))"
      mkdir(folder, 0o700)
      store = RunStore(
        root: folder + "/.baton", key: SealingKey.Source(environment: nil, file: folder + "/key"))
    }

    func service() throws -> RunService {
      let project = try #require(Project.load(from: folder, into: Diagnostics()))
      return RunService(
        project: project, store: store, environment: nil, actor: Actor(kind: .user, id: "ana"),
        now: { [self] in now() })
    }

    func setClock(back seconds: Int64) { lag.withLock { $0 = seconds } }

    /// Two hours back, then three forth, and so on.
    private func now() -> Timestamp {
      let count = step.withLock {
        $0 += 1
        return $0
      }
      let jump: Int64 = lag.withLock { $0.map { -$0 } } ?? (count % 2 == 0 ? 0 : -7200)
      return Timestamp(seconds: 1_763_000_000 + count + jump)
    }
  }

  @Test func `the record never goes back, and the state that parking saves is its fold`()
    async throws
  {
    let fixture = Fixture()
    let diagnostics = Diagnostics()
    let workflow = try #require(
      Workflow.load(
        file: SourceFile(path: "clock.yaml", text: Self.workflow), catalog: .builtIn,
        into: diagnostics))
    let run = try await fixture.service().start(workflow, inputs: [:]).runID
    #expect(try fixture.service().verify(run).problems.map(\.sentence) == [])
    let command = CommandKind.answer(step: "ask", values: ["n": 1])
    let after = try await fixture.service().submit(command, to: run)
    #expect(after.status == .waiting)
    #expect(try fixture.service().verify(run).problems.map(\.sentence) == [])
    var moments: [String] = []
    var notices = 0
    try fixture.store.reader(run: run).records { record in
      moments.append(record.at)
      notices += record.type == "clock.went_back" ? 1 : 0
      return true
    }
    #expect(moments == moments.sorted())
    #expect((1...4).contains(notices), "once for each time it went back")
  }

  @Test func `that the clock went back is said once, whatever processes see it`() async throws {
    let fixture = Fixture()
    let diagnostics = Diagnostics()
    let workflow = try #require(
      Workflow.load(
        file: SourceFile(path: "clock.yaml", text: Self.workflow), catalog: .builtIn,
        into: diagnostics))
    fixture.setClock(back: 0)
    let run = try await fixture.service().start(workflow, inputs: [:]).runID
    func notices() throws -> Int {
      var count = 0
      try fixture.store.reader(run: run).records { record in
        count += record.type == "clock.went_back" ? 1 : 0
        return true
      }
      return count
    }
    fixture.setClock(back: 7200)
    for text in ["one", "two", "three"] {
      _ = try await fixture.service().submit(.note(text: text), to: run)
    }
    #expect(try notices() == 1)
    fixture.setClock(back: -7200)
    _ = try await fixture.service().submit(.note(text: "four"), to: run)
    fixture.setClock(back: 0)
    for text in ["five", "six"] {
      _ = try await fixture.service().submit(.note(text: text), to: run)
    }
    #expect(try notices() == 2)
    #expect(try fixture.service().verify(run).problems.map(\.sentence) == [])
  }
}
