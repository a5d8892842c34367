import Engine
import RunStore
import Synchronization
import Testing
import Values

@testable import Runner

/// Runs that somebody stopped, and those that look like it.
@Suite struct StoppedRunTests {
  private static let branches = """
    steps:
      - id: par
        parallel:
          - { id: q, ask: { fields: { n: integer } }, expires: 1h }
          - id: s
            steps:
              - { id: s1, action: files.write, with: { path: f1, content: a } }
              - { id: s2, action: files.write, with: { path: f2, content: a } }
              - { id: s3, action: files.write, with: { path: f3, content: a } }
    """

  @Test func `a run is stopped though something waits beside what is to be done`() async throws {
    let fixture = try RunnerFixture()
    let run = try await fixture.start(Self.branches, interrupted: { fixture.exists("f1") })
    let stopped = try fixture.service().snapshot(run)
    #expect(stopped.status == .needsAttention)
    #expect(stopped.reasons.first == .stopped)
    #expect(stopped.reasons.map(\.step).contains("q"))
    // Neither what is to be done nor a deadline brings it back: only somebody does.
    fixture.pass(7200)
    let report = try await fixture.service().tick()
    #expect(report.runs.isEmpty && report.nextAt == nil)
    #expect(!fixture.exists("f2"))
    _ = try await fixture.service().resume(run)
    #expect(fixture.exists("f3"))
    #expect(try !fixture.service().snapshot(run).reasons.contains(.stopped))
    #expect(try fixture.service().verify(run).isIntact)
  }

  @Test func `a run that only waits is not stopped by whoever turns away from it`() async throws {
    let fixture = try RunnerFixture()
    let run = try await fixture.start(Self.branches)
    let waiting = try await fixture.service(interrupted: { true }).resume(run)
    #expect(waiting.status == .waiting)
    #expect(waiting.reasons.map(\.step) == ["q"])
    fixture.pass(7200)
    #expect(try await fixture.service().tick().runs.count == 1)
  }

  @Test func `what is due in a run of more steps than are named fires`() async throws {
    let fixture = try RunnerFixture()
    let items = (0..<60).map(String.init).joined(separator: ", ")
    let run = try await fixture.start(
      """
      steps:
        - id: each
          for_each:
            in: "[\(items)]"
            max_parallel: 60
            steps:
              - { id: look, if: item == 0, action: files.read, with: { path: missing } }
              - { id: q, ask: { fields: { n: integer } }, expires: 2d, on_expiry: continue }
      """)
    let parked = try fixture.service().snapshot(run)
    #expect(parked.status == .needsAttention)
    #expect(parked.reasons.last?.others != nil)
    fixture.pass(3 * 86_400)
    let report = try await fixture.service().tick()
    #expect(report.runs.first?.reached.count == 59)
  }
}
