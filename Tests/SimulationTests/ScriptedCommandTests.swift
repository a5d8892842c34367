import SourceText
import Testing
import Values

@testable import Simulation

/// When a test's commands are given.
@Suite struct ScriptedCommandTests {
  private static let question = """
    roles: { clerk: { name: Clerk } }
    steps:
      - id: ask
        role: clerk
        ask: { items: { ok: It is done } }
        remind: [ { before: 1d } ]
        due: 2d
        expires: 4d
        on_expiry: stop
      - { id: then, set: { x: 1 } }
      - { id: weeks, wait: 2w }
      - { id: parcel, wait: { event: shop.delivered } }
    """

  private func problems(
    of script: String, expect: String, in workflow: String = question
  ) throws -> [String] {
    let result = try Sample(
      workflow,
      """
      tests:
        - name: one
          \(script.replacing("\n", with: "\n    "))
          expect: \(expect)
      """
    ).result()
    return result.problems.map(\.message)
      + result.mismatches.map { "\($0.what): \($0.found), not \($0.expected)" }
  }

  private static let delivered = "events: [ { event: shop.delivered, data: { id: a } } ]"

  @Test(arguments: [
    ("skip: ask", "skipped", "2w"),
    ("skip: ask, after: 3d", "skipped", "17d"),
    ("done: ask, after: 1h", "succeeded", "337h"),
    ("skip: ask, at: 2026-01-06T09:00:00Z", "skipped", "15d"),
  ])
  func `a question with deadlines can be dealt with before they pass`(
    command: String, status: String, duration: String
  ) throws {
    let script = "\(Self.delivered)\ncommands: [ { \(command) } ]"
    let expected = "{ status: succeeded, steps: { ask: \(status) }, duration: \(duration) }"
    #expect(try problems(of: script, expect: expected) == [])
  }

  @Test func `deadlines that are earlier than the command pass`() throws {
    let expected = "{ status: failed, message: …expired…, duration: 4d }"
    #expect(
      try problems(of: "commands: [ { skip: ask, after: 5d } ]", expect: expected)
        == ["the last command was not given"])
  }

  @Test(arguments: [
    ("cancel: true", "0s"), ("cancel: true, after: 1d", "1d"),
    ("cancel: true, at: 2026-01-05T10:00:00Z", "1h"),
  ])
  func `a run whose question nobody answers can be cancelled before it expires`(
    command: String, duration: String
  ) throws {
    #expect(
      try problems(
        of: "commands: [ { \(command) } ]",
        expect: "{ status: cancelled, path: [ask], duration: \(duration) }") == [])
  }

  @Test func `a command waits for the answers and events that the test has for the run`() throws {
    let script = """
      answers: { ask: [ { with: { ok: true }, after: 1d } ] }
      \(Self.delivered.replacing("} } ]", with: "}, after: 1h } ]"))
      commands: [ { cancel: true, after: 1d } ]
      """
    let workflow =
      Self.question + "\n  - { id: more, role: clerk, ask: { items: { ok: Done } }, expires: 1w }"
    #expect(
      try problems(
        of: script,
        expect: "{ status: cancelled, path: [ask, then, weeks, parcel, more], duration: 16d }",
        in: workflow) == [])
  }

  @Test func `a wait can be passed over, or the run cancelled in it, at a moment`() throws {
    let answer = "answers: { ask: { ok: true } }"
    #expect(
      try problems(
        of: "\(answer)\n\(Self.delivered)\ncommands: [ { skip: weeks, after: 3d } ]",
        expect: "{ status: succeeded, duration: 3d }") == [])
    #expect(
      try problems(
        of: "\(answer)\ncommands: [ { cancel: true, at: 2026-01-07T09:00:00Z } ]",
        expect: "{ status: cancelled, path: [ask, then, weeks], duration: 2d }") == [])
  }

  @Test func `tries come before the command that settles their failure`() throws {
    let script = """
      actions: { shop.pay: [ { error: { code: declined } }, { error: { code: declined } } ] }
      commands: [ { done: pay, with: { receipt: R-9, status: paid } } ]
      """
    let workflow = """
      steps:
        - id: pay
          action: shop.pay
          with: { id: x }
          effects: keyed
          retry: { attempts: 2, wait: 1m }
      """
    #expect(
      try problems(of: script, expect: "{ status: succeeded, duration: 1m }", in: workflow) == [])
  }

  @Test(arguments: [
    ("declined", "", "1m"), ("stolen", "", "0s"), ("stolen", ", retry: true", "1m"),
    ("declined", ", retry: false", "0s"), ("invalid_input", "", "0s"),
  ])
  func `an error is tried again as the contract says, where the test says nothing`(
    code: String, more: String, duration: String
  ) throws {
    let workflow = """
      steps:
        - id: pay
          action: shop.pay
          with: { id: x }
          effects: keyed
          retry: { attempts: 2, wait: 1m }
      """
    #expect(
      try problems(
        of: "actions: { shop.pay: { error: { code: \(code)\(more) } } }",
        expect: "{ status: needs_attention, duration: \(duration) }", in: workflow) == [])
  }

  @Test func `a run is resumed once no call is under way, and the call is made once`() throws {
    let script = """
      actions:
        shop.pay: { outputs: { receipt: R-1, status: paid }, takes: 1h }
        shop.find: [ { unavailable: true }, { outputs: { amount: 1 } } ]
      commands: [ { resume: true } ]
      """
    let workflow = """
      steps:
        - id: both
          parallel:
            - { id: pay, action: shop.pay, with: { id: x } }
            - { id: find, action: shop.find, with: { id: x } }
      """
    #expect(
      try problems(
        of: script,
        expect: "{ status: succeeded, duration: 1h, steps: { pay: succeeded, find: succeeded } }",
        in: workflow) == [])
  }

  @Test func `what a check of one step sees can be said of that step alone`() throws {
    let script = """
      actions:
        shop.find: { outputs: { amount: 1 } }
        b.verify: [ { outputs: { amount: 0 } }, { outputs: { amount: 3 } } ]
      commands: [ { retry: b, again: true } ]
      """
    let workflow = """
      steps:
        - { id: a, action: shop.find, with: { id: x }, verify: [ &seen { action: shop.find, with: { id: y }, check: outputs.amount > 0, message: Nothing } ] }
        - { id: b, action: shop.find, with: { id: x }, verify: [ *seen ] }
      """
    #expect(
      try problems(of: script, expect: "{ status: succeeded, path: [a, b] }", in: workflow) == [])
  }

  @Test func `looks that a step does not have are found`() {
    let (file, findings) = Sample.load(
      Self.question,
      """
      tests:
        - name: one
          actions: { weeks.verify: { outputs: {} } }
          expect: { status: waiting }
      """)
    #expect(file == nil)
    #expect(findings.map(\.message) == ["`verify` of `weeks` calls no operation"])
  }
}
