import Testing
import Values

@testable import Engine

/// What nobody knows of a run that ends.
@Suite struct DoubtLeftTests {
  private static let cancel = CommandKind.cancel(reason: "ordered by mistake")

  @Test func `cancel journals what nobody knows before the run ends`() throws {
    let run = try Rehearsal(
      "steps: [ { id: act, name: Send it, action: command.run, with: { command: [x] } } ]")
    run.start(try #require(run.nextAttempt()))
    run.apply(.runResumed(process: 2, host: "h"))
    #expect(run.handle(Self.cancel) == nil)
    run.proceed()
    #expect(run.types.suffix(3) == ["step.in_doubt", "run.finishing", "run.finished"])
    #expect(run.statuses["act"] == .inDoubt)
    let doubt = run.events.first { $0.kind.type == "step.in_doubt" }
    #expect(doubt?.step == "act")
    let message = try #require(doubt?.data["message"]?.asString)
    #expect(message.hasPrefix("nobody knows whether `Send it` took effect: "))
    #expect(try run.folded(run.events.count).state.saved == run.engine.state.saved)
  }

  @Test func `the doubt of a journal that does not name it is found as before`() throws {
    let run = try Rehearsal(
      "steps: [ { id: act, action: command.run, with: { command: [x] } } ]")
    run.start(try #require(run.nextAttempt()))
    run.apply(.runFinishing(status: .cancelled, message: nil))
    #expect(run.statuses["act"] == .inDoubt)
  }

  @Test func `what only reads leaves no doubt`() throws {
    let run = try Rehearsal(
      "steps: [ { id: look, action: files.read, with: { path: x } } ]")
    run.start(try #require(run.nextAttempt()))
    run.apply(.runResumed(process: 2, host: "h"))
    #expect(run.handle(Self.cancel) == nil)
    #expect(run.types.last == "run.finishing")
    #expect(!run.types.contains("step.in_doubt"))
  }

  @Test func `a view of a run that has ended shows the iterations in which it ended`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: all
          for_each:
            in: "['a', 'b', 'c']"
            as: item
            steps:
              - { id: act, action: command.run, with: { command: [x] } }
      """)
    let first = try #require(run.nextAttempt())
    run.start(first)
    run.end(first, .succeeded(["exit_code": 0, "stdout": "", "stderr": "", "truncated": false]))
    run.start(try #require(run.nextAttempt()))
    run.apply(.runResumed(process: 2, host: "h"))
    #expect(run.handle(Self.cancel) == nil)
    run.proceed()
    #expect(run.engine.outline.map(\.address) == ["all", "all[1]/act"])
    #expect(run.engine.outline.last?.record?.phase.status == .inDoubt)
    let known = run.engine.outline(with: ["all[0]/act"])
    #expect(known.map(\.address) == ["all", "all[0]/act", "all[1]/act"])
    #expect(known.map(\.depth) == [0, 1, 1])
  }
}
