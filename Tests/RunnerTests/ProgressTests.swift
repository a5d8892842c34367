import Engine
import Plugins
import RunStore
import SourceText
import Synchronization
import Testing
import Values
import Workflows

@testable import Runner

/// What whoever watches is told: nothing that a process which is killed right then would take back.
@Suite struct ProgressTests {
  @Test(arguments: [
    // An effect; what follows at once is still to be done.
    """
    steps:
      - { id: once, action: command.run, effects: once, with: { command: ["true"] } }
      - { id: kept, set: { n: 1 } }
      - { id: again, action: command.run, effects: once, with: { command: ["true"] } }
    """,
    // Nothing that is called.
    """
    steps:
      - { id: kept, set: { n: 1 } }
      - { id: passed, if: steps.kept.outputs.n > 1, set: { n: 2 } }
    """,
    // Branches, of which one waits while the other goes on.
    """
    steps:
      - id: beside
        parallel:
          - { id: asked, ask: { message: Ready?, fields: { n: integer } } }
          - { id: looked, action: command.run, effects: none, with: { command: ["true"] } }
          - { id: failed, action: command.run, effects: once, with: { command: ["false"] } }
    """,
    // More at a time than is kept back.
    """
    steps:
      - id: rounds
        repeat:
          steps:
            - { id: kept, set: { n: 1 } }
          until: index == 300
    """,
  ])
  func `what is told of a step is in its journal`(workflow: String) async throws {
    let fixture = try RunnerFixture()
    let told = Mutex<(count: Int, early: [String])>((0, []))
    _ = try await fixture.start(workflow) { progress in
      guard let (address, type) = Self.record(of: progress) else { return }
      let run = (try? fixture.store().list())?.first ?? ""
      let journal = (try? fixture.text(".baton/runs/\(run)/journal.jsonl")) ?? ""
      let isThere = journal.contains(#""step":"\#(address)","type":"\#(type)""#)
      told.withLock {
        $0.count += 1
        if !isThere { $0.early.append("\(address) \(type)") }
      }
    }
    #expect(told.withLock { $0.early } == [])
    #expect(told.withLock { $0.count } > 0)
  }

  /// The step that it is about, and the record that it tells of.
  private static func record(of progress: RunProgress) -> (String, String)? {
    switch progress {
    case .stepEnded(let address, _, let status, _, _, _, _): (address, "step.\(status.rawValue)")
    case .waiting(let address, _, _, _): (address, "step.waiting")
    case .attemptFailed(let address, _, _, _): (address, "attempt.failed")
    default: nil
    }
  }
}
