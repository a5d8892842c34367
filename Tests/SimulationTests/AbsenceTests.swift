import Engine
import SourceText
import Testing

@testable import Simulation

/// Tests in which nobody answers, or nobody is there when a moment comes.
@Suite struct AbsenceTests {
  private static let question = """
    roles: { clerk: { name: Clerk } }
    steps:
      - id: ask
        role: clerk
        ask: { fields: { n: integer } }
        due: 2d
        expires: 4d
        on_expiry: stop
    outputs: { n: "${{ steps.ask.outputs.n }}" }
    """
  private static let asked = """
    roles: { clerk: { name: Clerk } }
    steps:
      - id: ask
        role: clerk
        ask: { fields: { n: integer } }
        expires: 4d
        on_expiry: { steps: [ { id: remark, set: { x: 1 } } ], then: retry }
      - id: release
        role: clerk
        approve: { message: Is it right? }
        expires: 1d
        on_expiry: { steps: [ { id: other, set: { x: 1 } } ], then: retry }
    outputs: { n: "${{ steps.ask.outputs.n }}" }
    """
  private static let race = """
    steps:
      - id: race
        wait:
          first_of:
            time: { at: "after(run.started_at, '2d')" }
            parcel: { event: shop.delivered }
      - { id: then, wait: 1d }
    outputs: { which: "${{ steps.race.outputs.which }}", at: "${{ string(steps.race.outputs.at) }}" }
    """

  private func problems(
    of script: String, expect: String, in workflow: String, defaults: String = ""
  ) throws -> [String] {
    let result = try Sample(
      workflow,
      """
      \(defaults)
      tests:
        - name: one
          \(script.replacing("\n", with: "\n    "))
          expect: \(expect)
      """
    ).result()
    return result.problems.map(\.message)
      + result.mismatches.map { "\($0.what): \($0.found), not \($0.expected)" }
  }

  // MARK: Nobody answers

  @Test func `a question is answered only when it is asked anew`() throws {
    let script =
      "answers: { ask: [ unanswered, unanswered, { with: { n: 3 } } ], release: approve }"
    #expect(
      try problems(
        of: script, expect: "{ status: succeeded, outputs: { n: 3 }, duration: 8d }",
        in: Self.asked) == [])
  }

  @Test func `an approval is given only when it is asked for anew`() throws {
    let script = "answers: { ask: { n: 3 }, release: [ unanswered, approve ] }"
    #expect(
      try problems(of: script, expect: "{ status: succeeded, duration: 1d }", in: Self.asked) == [])
  }

  @Test func `a part of an answer is given, and nobody gives the rest`() throws {
    let workflow = """
      steps:
        - id: ask
          ask: { fields: { n: integer, m: integer } }
          expires: 4d
          on_expiry: { steps: [ { id: remark, set: { x: 1 } } ], then: retry }
      """
    let script = """
      answers:
        ask: [ { with: { n: 1 } }, unanswered, { with: { n: 2, m: 3 } } ]
      """
    #expect(
      try problems(
        of: script,
        expect: "{ status: succeeded, duration: 4d, steps: { ask: { outputs: { n: 2, m: 3 } } } }",
        in: workflow) == [])
  }

  @Test func `a test says that nobody gives the answer of the defaults`() throws {
    let defaults = "defaults: { answers: { ask: { n: 3 } } }"
    #expect(
      try problems(
        of: "answers: { ask: unanswered }",
        expect: "{ status: failed, steps: { ask: { status: failed, error: expired } } }",
        in: Self.question, defaults: defaults) == [])
  }

  @Test func `somebody can pass over a question that nobody answers`() throws {
    let workflow = Self.question.replacing(
      "outputs: { n: \"${{ steps.ask.outputs.n }}\" }", with: "")
    #expect(
      try problems(
        of: "answers: { ask: [ unanswered ] }\ncommands: [ { skip: ask, after: 1d } ]",
        expect: "{ status: succeeded, duration: 1d }", in: workflow) == [])
  }

  @Test func `a question that is never asked is one too many that nobody answers`() throws {
    let script = "answers: { ask: [ { with: { n: 3 } }, unanswered ], release: approve }"
    #expect(
      try problems(of: script, expect: "{ status: succeeded }", in: Self.asked)
        == ["`ask` has 2 answers, and 1 was given"])
  }

  // MARK: Nobody is there

  @Test(arguments: [
    ("after: 3d, for: 2d", "5d"), ("after: 4d, for: 2d", "6d"), ("for: 5d", "5d"),
    ("after: 3d, until: 2026-01-10T10:00:00Z", "121h"),
    ("at: 2026-01-09T08:00:00Z, for: 36h", "131h"),
    // The second begins where the first ends.
    ("after: 3d, for: 2d }, { after: 5d, for: 1d", "6d"),
  ])
  func `a question expires when somebody is there again`(
    stretch: String, duration: String
  ) throws {
    #expect(
      try problems(
        of: "unattended: [ { \(stretch) } ]",
        expect: "{ status: failed, message: …by 2026-01-09 09:00 UTC…, duration: \(duration) }",
        in: Self.question) == [])
  }

  @Test func `an answer that comes too late is refused though nobody has noticed`() throws {
    let script = """
      unattended: [ { after: 3d, for: 7d } ]
      answers: { ask: [ { with: { n: 3 }, after: 5d } ] }
      """
    #expect(
      try problems(
        of: script, expect: "{ status: failed, duration: 5d }", in: Self.question)
        == [
          "the test's answer to `ask` is refused: `ask` has expired: nobody did it by "
            + "2026-01-09 09:00 UTC, when it expired"
        ])
  }

  @Test func `whoever answers notices what was due before`() throws {
    let script = """
      unattended: [ { after: 1d, for: 7d } ]
      answers: { ask: [ { with: { n: 3 }, after: 3d } ] }
      """
    let result = try Sample(
      Self.question,
      """
      tests:
        - name: one
          \(script.replacing("\n", with: "\n    "))
          expect: { status: succeeded, outputs: { n: 3 }, duration: 3d }
      """
    ).result()
    #expect(result.hasPassed, "\(result.problems) \(result.mismatches)")
    #expect(
      result.run?.events.map(\.kind.type).suffix(5) == [
        "deadline.reached", "answer.given", "step.succeeded", "run.finishing", "run.finished",
      ])
  }

  @Test(arguments: [
    // It was due before the event came.
    ("3d", "time", "2026-01-07T09:00:00.000Z", "4d"),
    // The wait after it is over while nobody is there.
    ("30h", "parcel", "2026-01-06T15:00:00.000Z", "3d"),
  ])
  func `the one that was due or came first ends a wait that nobody looks after`(
    arrival: String, which: String, at: String, duration: String
  ) throws {
    let script = """
      unattended: [ { after: 25h, for: 47h } ]
      events: [ { event: shop.delivered, data: { id: a }, after: \(arrival) } ]
      """
    let expected =
      "{ status: succeeded, outputs: { which: \(which), at: \(at) }, duration: \(duration) }"
    #expect(try problems(of: script, expect: expected, in: Self.race) == [])
  }

  @Test func `a time in which nothing comes due tests nothing`() throws {
    #expect(
      try problems(
        of: "unattended: [ { after: 1h, for: 2h } ]\nanswers: { ask: { n: 3 } }",
        expect: "{ status: succeeded }", in: Self.question)
        == [
          "nothing came due while nobody was there, from 2026-01-05T10:00:00.000Z to "
            + "2026-01-05T12:00:00.000Z"
        ])
    let defaults = "defaults: { unattended: [ { after: 1h, for: 2h } ] }"
    #expect(
      try problems(
        of: "answers: { ask: { n: 3 } }", expect: "{ status: succeeded }", in: Self.question,
        defaults: defaults) == [])
  }

  @Test func `a process that waits for a call is there`() throws {
    let workflow = """
      steps:
        - id: both
          parallel:
            - { id: pay, action: shop.pay, with: { id: x }, manual: Do it }
            - { id: rest, wait: 1h }
      """
    let script = """
      unattended: [ { after: 30m, for: 1h } ]
      actions: { shop.pay: { outputs: { receipt: R, status: paid }, takes: 2h } }
      """
    #expect(
      try problems(of: script, expect: "{ status: succeeded, duration: 2h }", in: workflow)
        == [
          "nothing came due while nobody was there, from 2026-01-05T09:30:00.000Z to "
            + "2026-01-05T10:30:00.000Z"
        ])
  }

  // MARK: Mistakes

  @Test(arguments: [
    ("unattended: [ { after: 1d } ]", "a time in which nobody is there has no `for`"),
    ("unattended: [ { for: 1d, until: 2026-01-10T10:00:00Z } ]", "`for` or `until`: one of them"),
    (
      "unattended: [ { for: 1d, after: 1d, at: 2026-01-10T10:00:00Z } ]",
      "`after` or `at`: one of them"
    ),
    (
      "unattended: [ { til: 1d, after: 1d } ]",
      "unknown key `til` in a time in which nobody is there"
    ),
    ("unattended: [ { for: 3, after: 1d } ]", "`for` needs a unit: `3` what?"),
    ("answers: { ask: unanswerd }", "a question is not answered by `unanswerd`"),
    ("answers: { ask: some }", "an answer is a map, not text"),
    (
      "unattended: [ { after: 1d, during: 1d } ]",
      "unknown key `during` in a time in which nobody is there"
    ),
    (
      "events: [ { event: shop.delivered, data: { idd: a } } ]",
      "`shop.delivered`: there is no `idd`; did you mean `id`?"
    ),
    (
      "events: [ { event: shop.delivered, data: { id: a }, after: 1d, at: 2026-01-10T10:00:00Z } ]",
      "`after` or `at`: one of them"
    ),
  ])
  func `a mistake is found once`(script: String, message: String) throws {
    let (file, findings) = Sample.load(
      Self.question, "tests:\n  - name: one\n    \(script)\n    expect: { status: failed }")
    #expect(file == nil)
    #expect(findings.map(\.message) == [message])
  }
}
