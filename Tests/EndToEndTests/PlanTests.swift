import Foundation
import TestSupport
import Testing

@Suite struct PlanTests {
  private static let workflow = """
    baton: 1
    id: greet
    name: Greet somebody
    version: 1.0.0
    roles: { host: { name: Host } }
    inputs: { name: string, vip: { type: boolean, default: false } }
    steps:
      - id: write
        name: Write a card
        action: command.run
        with: { command: [touch, card] }
        undo: { manual: Throw the card away }
      - id: gift
        if: inputs.vip
        role: host
        ask: { message: "Which gift for ${{ inputs.name }}?", fields: { gift: string } }
        due: 2d
      - { id: rest, wait: 1d }
    """

  @Test func `a plan shows both ways of what is not known, and does nothing`() throws {
    try Scenario().file("greet.yaml", Self.workflow)
      .baton(
        "plan", "greet.yaml",
        prints: """
          Plan of greet 1.0.0: Greet somebody
          not known: name, vip

            write  Write a card
              calls command.run (must not happen twice; undo: by hand)
              may fail, then the run parks here: command.run fails; its answer is lost,
                and somebody has to say what happened
          ? gift  if `inputs.vip`
              asks host: gift
              due after 2d
            rest
              waits 1d

          People
            host: gift
          Effects
            command.run (must not happen twice): write
          Paths  2 at most
          Ends  MOMENT at the earliest, MOMENT at the latest if every deadline is kept

          """
      )
      .then { scenario in
        let left = try FileManager.default.contentsOfDirectory(atPath: scenario.folder.path)
        #expect(Set(left).isSubset(of: ["greet.yaml", ".stdout", ".stderr"]))
      }
  }

  @Test func `inputs decide, and the others have their defaults then`() throws {
    try Scenario().file("greet.yaml", Self.workflow)
      .baton("plan", "greet.yaml", "--paths", prints: "write → gift → rest\nwrite → rest\n")
      .baton("plan", "greet.yaml", "-i", "name=Ana", "--paths", prints: "write → rest\n")
      .baton(
        "plan", "greet.yaml", "-i", "vip=perhaps", exits: 2,
        complains: "`vip` must be true or false"
      )
      .baton("plan", "greet.yaml", "-i", "nam=Ana", exits: 2, complains: "did you mean `name`?")
  }

  @Test func `a called workflow has conditions and an outcome of its own`() throws {
    try Scenario()
      .file(
        "inner.yaml",
        """
        baton: 1
        id: inner
        name: Inner
        version: 1.0.0
        inputs: { ok: boolean }
        steps:
          - { id: bad, if: "!inputs.ok", finish: { outcome: failed, message: no } }
          - { id: good, set: { x: 1 } }
        """
      )
      .file(
        "outer.yaml",
        """
        baton: 1
        id: outer
        name: Outer
        version: 1.0.0
        inputs: { ok: boolean }
        steps:
          - { id: first, if: inputs.ok, set: { x: 1 } }
          - { id: call, workflow: inner, with: { ok: "${{ !inputs.ok }}" }, on_failure: stop }
          - id: each
            for_each:
              in: "[1, 2, 3]"
              max_parallel: 2
              steps: [ { id: w, wait: 2d } ]
        """
      )
      .baton(
        "plan", "outer.yaml", "--paths",
        prints: """
          first → call/good → each[…]/w
          call/good → each[…]/w
          first → call/bad
          call/bad

          """)
  }

  @Test func `the plan of a workflow as JSON says of each step how certain it is`() throws {
    let scenario = try Scenario().file("greet.yaml", Self.workflow)
      .baton("plan", "greet.yaml", "--json", "--paths")
    let plan = try scenario.json()
    #expect(plan["format"] as? String == "baton-plan/1")
    #expect(plan["path_count"] as? Int == 2)
    let steps = try #require(plan["steps"] as? [[String: Any]])
    #expect(steps.map { $0["certainty"] as? String } == ["certain", "possible", "certain"])
  }

  @Test func `where the calendar ends, the plan says so in place of an end`() throws {
    let workflow = """
      baton: 1
      id: late
      calendar: old
      inputs: { long: boolean }
      steps:
        - { id: a, wait: 2 business days }
        - { id: b, ask: { items: { x: X } } }
      """
    let scenario = try Scenario()
      .file("baton.yaml", "baton: 1\n")
      .file(
        "calendars/old.yaml",
        "name: Z\ntime_zone: UTC\nhours: { weekdays: 08:00-17:00 }\nholidays: [2020-12-25]\n"
      )
      .file("late.yaml", workflow)
      .file("maybe.yaml", workflow.replacing("id: a,", with: "id: a, if: inputs.long,"))
      .baton("plan", "late.yaml")
    let reason =
      "a: `2 business days` reaches beyond 2020-12-31, up to which the holidays of the calendar `old`"
      + " are known; nothing bounds b\n"
    #expect(scenario.output.hasSuffix("Ends  cannot be reckoned: \(reason)"))
    try scenario.baton("plan", "late.yaml", "--json")
    #expect(try scenario.json()["earliest_end"] is NSNull)
    let steps = try #require(scenario.json()["unreckoned"] as? [[String: String]])
    #expect(steps.map { $0["step"] } == ["a"])
    try scenario.baton("plan", "maybe.yaml")
    #expect(scenario.output.hasSuffix(" at the earliest; no latest end: \(reason)"))
  }

  @Test func `a plan shows what an approval asks, on one line`() throws {
    let scenario = try Scenario()
      .file(
        "may.yaml",
        """
        baton: 1
        id: may
        roles: { lead: { name: Lead } }
        inputs: { email: string }
        steps:
          - id: go
            role: lead
            approve: { message: "May ${{  inputs.email  }}\\ngo?", not_starter: true }
            due: 1d
        """
      )
      .baton("plan", "may.yaml")
    let needs = "needs 1 approval by lead, not by who started it: May"
    #expect(
      scenario.output.contains("\(needs) ${{ inputs.email }}\n      go?\n"), "\(scenario.output)")
    try scenario.baton("plan", "may.yaml", "-i", "email=ana@example.com")
    #expect(scenario.output.contains("May ana@example.com go?\n"), "\(scenario.output)")
    try scenario.baton("plan", "may.yaml", "--json")
    #expect(scenario.output.contains(#""May ${{ inputs.email }}\ngo?""#), "\(scenario.output)")
  }

  @Test func `every workflow of the project has a plan`() throws {
    let folder = Repository.root.appending(path: "workflows")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".yaml") && !$0.contains(".test.") }
    #expect(!names.isEmpty)
    for name in names {
      try Scenario().project()
        .file(
          "workflows/\(name)", String(contentsOf: folder.appending(path: name), encoding: .utf8)
        )
        .baton("plan", "workflows/\(name)", "--quiet")
    }
  }
}
