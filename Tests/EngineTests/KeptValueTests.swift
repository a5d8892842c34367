import Testing
import Values

@testable import Engine

/// What a record keeps has the type that it had, or fails its step: nothing becomes another thing in silence.
@Suite struct KeptValueTests {
  private static let bytes = "bytes cannot be kept in a run; `base64.encode(…)` makes text of them"
  private static let large =
    "a whole number beyond ±9007199254740992, up to which they are exact, cannot be kept in a run;"
    + " `string(…)` makes text of it"

  private static let called = [
    "kid": "inputs: { n: integer }\nsteps: [ { id: s, set: { x: 1 } } ]\n",
    "giver":
      "steps: [ { id: s, set: { x: 1 } } ]\noutputs: { n: \"${{ 9007199254740992 + 1 }}\" }\n",
  ]

  @Test(arguments: [
    "set: { x: \"${{ 9007199254740992 + 1 }}\" }",
    "set: { x: \"${{ -9007199254740992 - 1 }}\" }",
    "set: { x: \"${{ uint(9007199254740992) + 1u }}\" }",
    "set: { x: { y: [ \"${{ [{'a': 9007199254740992 + 1}] }}\" ] } }",
    "for_each: { in: \"[9007199254740992 + 1]\", steps: [ { id: s, set: { x: 1 } } ] }",
    "for_each: { in: \"[1]\", collect: \"${{ 9007199254740992 + item }}\", "
      + "steps: [ { id: s, set: { x: 1 } } ] }",
    "workflow: kid, with: { n: \"${{ 9007199254740992 + 1 }}\" }",
    "workflow: giver",
  ])
  func `a whole number that no record has exactly fails its step`(step: String) throws {
    let run = try Rehearsal("steps: [ { id: a, \(step) } ]\n", called: Self.called)
    run.proceed()
    #expect(run.statuses["a"] == .failed)
    #expect(
      run.park.reasons.count == 1 && run.park.reasons[0].message.hasSuffix("`: \(Self.large)"))
  }

  @Test func `the largest whole number is kept, and its digits as text beyond`() throws {
    let run = try Rehearsal(
      """
      steps:
        - { id: a, set: { x: "${{ 9007199254740991 + 1 }}", t: "${{ string(9007199254740992 + 1) }}" } }
        - { id: b, set: { n: "${{ steps.a.outputs.x - 1 }}", t: "no ${{ 9007199254740992 + 1 }}" } }
      """)
    run.proceed()
    #expect(run.status == .succeeded, "\(run.park.reasons.map(\.message))")
    #expect(run.engine.state.steps["a"]?.outputs.clear["x"] == 9_007_199_254_740_992)
    #expect(run.engine.state.steps["a"]?.outputs.clear["t"] == "9007199254740993")
    #expect(run.engine.state.steps["b"]?.outputs.clear["t"] == "no 9007199254740993")
  }

  @Test(arguments: [
    ("set: { x: \"${{ bytes('a') }}\" }", Self.bytes),
    ("set: { x: \"${{ [[bytes('a')]] }}\" }", Self.bytes),
    (
      "set: { x: \"${{ {1: 'a', '1': 'b'} }}\" }",
      "a map of which two keys are the same as text cannot be kept in a run"
    ),
    (
      "for_each: { in: \"[bytes('a')]\", steps: [ { id: s, set: { x: 1 } } ] }",
      Self.bytes
    ),
    (
      "for_each: { in: \"[1.0 / 0.0]\", steps: [ { id: s, set: { x: 1 } } ] }",
      "a number that is not finite cannot be kept in a run"
    ),
    ("set: { x: \"${{ json([9007199254740992 + 1]) }}\" }", ""),
  ])
  func `what has no form in a record fails its step`(step: String, message: String) throws {
    let run = try Rehearsal("steps: [ { id: a, \(step) } ]\n")
    run.proceed()
    #expect(run.statuses["a"] == .failed)
    let wanted =
      message.isEmpty
      ? Self.large.replacing("cannot be kept in a run", with: "has no JSON form") : message
    #expect(run.park.reasons.count == 1 && run.park.reasons[0].message.hasSuffix("`: \(wanted)"))
  }

  private static let numbers = """
    inputs: { m: { type: object, properties: { v: number }, required: [v] } }
    steps:
      - id: s
        set:
          x: "${{ 2.0 }}"
          list: "${{ [2.0, 2.5] }}"
          map: "${{ {'a': {'b': 2.0}} }}"
          mixed: { a: "${{ 2.0 }}", b: text, c: [ "${{ 2.0 }}", 3.0, 1 ] }
          of_input: "${{ inputs.m }}"
      - id: use
        set:
          x: "${{ steps.s.outputs.x / 4.0 }}"
          list: "${{ steps.s.outputs.list[0] / 4.0 }}"
          map: "${{ steps.s.outputs.map.a.b / 4.0 }}"
          mixed: "${{ steps.s.outputs.mixed.a / 4.0 }}"
          first: "${{ steps.s.outputs.mixed.c[0] / 4.0 }}"
          second: "${{ steps.s.outputs.mixed.c[1] / 4.0 }}"
          third: "${{ steps.s.outputs.mixed.c[2] / 4 }}"
          of_input: "${{ steps.s.outputs.of_input.v / 4.0 }}"
      - id: each
        for_each:
          in: "[2.0, 2.5]"
          collect: "${{ item * 2.0 }}"
          steps: [ { id: half, set: { v: "${{ item / 2.0 }}" } } ]
      - { id: collected, set: { v: "${{ steps.each.outputs[0] / 4.0 }}" } }
      - { id: ask, ask: { items: { i: I } } }
      - { id: share, set: { v: "${{ steps.ask.outputs.progress / 2.0 }}" } }
    """

  @Test func `a number without a fraction stays a number wherever it is kept`() throws {
    let run = try Rehearsal(Self.numbers, inputs: ["m": ["v": 2.0]])
    run.proceed()
    #expect(run.handle(.answer(step: "ask", values: ["i": true])) == nil)
    run.proceed()
    #expect(run.status == .succeeded, "\(run.park.reasons.map(\.message))")
    let use = run.engine.state.steps["use"]?.outputs.clear ?? [:]
    for name in ["x", "list", "map", "mixed", "first", "of_input"] {
      #expect(use[name] == 0.5, "\(name)")
    }
    #expect(use["second"] == 0.75 && use["third"] == 0)
    #expect(run.engine.state.steps["collected"]?.outputs.clear["v"] == 1)
  }

  @Test func `what is no item of a list is left out, and not counted`() throws {
    let run = try Rehearsal(
      """
      inputs: { a: { type: string, optional: true } }
      steps:
        - id: each
          for_each:
            in: "[inputs.?a, optional.of('b')]"
            collect: "${{ item + '!' }}"
            steps: [ { id: s, set: { x: "${{ item }}" } } ]
        - { id: after, set: { x: "${{ steps.each.outputs }}" } }
      """)
    run.proceed()
    #expect(run.status == .succeeded, "\(run.park.reasons.map(\.message))")
    #expect(run.engine.state.steps["after"]?.outputs.clear["x"] == ["b!"])
    #expect(run.engine.state.steps["each"]?.group?.start.count == 1)
  }
}
