import Foundation
import Testing

@Suite struct ValidateTests {
  private let workflow = """
    baton: 1
    id: review
    name: Review
    steps:
      - id: build
        action: command.run
        with: { command: [make] }
      - id: tell
        action: log.write
        with: { mesage: done }
    """

  @Test func `errors and warnings are shown together, and only errors fail`() throws {
    try Scenario()
      .file("review.yaml", workflow)
      .baton(
        "validate", "review.yaml", exits: 3,
        prints: """
          warning[B1501]: nobody is told how to take `command.run` back, or how to do it by hand
           --> review.yaml:6:13
            |
          6 |     action: command.run
            |             ^^^^^^^^^^^ its effects are `once`
            |
          help: give the step `manual: …` or `undo: { … }`, or its operation in the contract

          error[B1206]: `log.write` has no input `mesage`
            --> review.yaml:10:13
             |
          10 |     with: { mesage: done }
             |             ^^^^^^ it takes `message`, `level`
             |
          help: did you mean `message`?

          """, complains: "1 workflow, 1 error, 1 warning"
      )
      .file("review.yaml", workflow.replacing("mesage", with: "message"))
      .baton("validate", "review.yaml", complains: "1 workflow, 0 errors, 1 warning")
      .baton("validate", "--strict", "review.yaml", exits: 3)
      .file(
        "review.yaml",
        workflow.replacing("mesage", with: "message")
          .replacing("[make] }", with: "[make] }\n    allow: { B1501: The build can be repeated }")
      )
      .baton("validate", "--strict", "review.yaml", prints: "", complains: "no problems")
  }

  @Test func `a file of tests among workflows is checked as one`() throws {
    let tests = """
      tests:
        - name: it is said
          expect: { status: done }
      """
    try Scenario()
      .file(
        "workflows/say.yaml", "baton: 1\nid: say\nname: Say\nsteps: [ { id: a, set: { x: 1 } } ]\n"
      )
      .file("workflows/say.test.yaml", tests)
      .baton(
        "validate", "workflows/say.test.yaml", "workflows/say.yaml", exits: 3,
        prints: """
          error[B1006]: `status` cannot be `done`
           --> workflows/say.test.yaml:3:23
            |
          3 |     expect: { status: done }
            |                       ^^^^ allowed: `succeeded`, `failed`, `cancelled`, `undone`, `waiting`, `needs_attention`
            |
          help: did you mean `succeeded`?

          """, complains: "1 workflow, 1 file of tests, 1 error, 0 warnings"
      )
      .file("workflows/say.test.yaml", tests.replacing("done", with: "succeeded"))
      .baton("validate", "workflows/say.test.yaml", complains: "1 file of tests, no problems")
      // What is wrong with the workflow is said once.
      .file(
        "workflows/say.yaml", "baton: 1\nid: say\nname: Say\nsteps: [ { id: a, sett: { x: 1 } } ]\n"
      )
      .baton(
        "validate", "workflows/say.test.yaml", "workflows/say.yaml", exits: 3,
        complains: "1 workflow, 1 file of tests, 1 error, 0 warnings"
      )
      .baton("test", "workflows/say.yaml", exits: 3)
      .then { #expect($0.errors.contains("this is a workflow, not a file of tests")) }
  }

  @Test func `where a contract is wrong its codes are not said to be unknown`() throws {
    try Scenario()
      .file(
        "baton.yaml",
        "baton: 1\nenvironments: { local: { connections: { shop: { driver: sh } } } }\n"
      )
      .file(
        "plugins/shop/plugin.yaml",
        """
        plugin: shop
        version: 1.0.0
        operations:
          buy: { errors: { sold_out: There is none left }, manul: Buy it. }
        """
      )
      .file(
        "workflows/buy.yaml",
        """
        baton: 1
        id: buy
        name: Buy
        steps:
          - id: buy
            action: shop.buy
            manual: Buy it.
            on_failure: [ { when: "error.code == 'sold_out'", then: continue }, { then: park } ]
        """
      )
      .baton("validate", exits: 3, complains: "1 workflow, 1 error, 0 warnings")
      .then { #expect($0.output.contains("unknown key `manul`")) }
  }

  @Test func `what would not fit in a run is found before, each part at its place`() throws {
    try Scenario()
      .file(
        "count.yaml",
        """
        baton: 1
        id: count
        inputs: { n: integer, note: { type: string, optional: true } }
        steps:
          - id: tell
            action: log.write
            with: { message: "${{ inputs.?note }}" }
          - id: nap
            action: command.run
            manual: Sleep.
            with:
              command:
                - sleep
                - ${{ inputs.n }}
            undo: { manual: "Wake ${{ with.comand[0] }}." }
        """
      )
      .baton(
        "validate", "count.yaml", exits: 3,
        prints: """
          error[B1205]: `log.write` needs the input `message`, and `inputs.note` may be absent
           --> count.yaml:7:27
            |
          7 |     with: { message: "${{ inputs.?note }}" }
            |                           ^^^^^^^^^^^^
            |
          help: `inputs.?note.orValue(…)` says what counts then

          error[B1207]: `command` does not fit: `command[1]` must be text, not an integer
            --> count.yaml:14:11
             |
          14 |         - ${{ inputs.n }}
             |           ^^^^^^^^^^^^^^^
             |
          help: `${{ string(inputs.n) }}` gives text

          error[B0302]: `with` has no field `comand`
            --> count.yaml:15:36
             |
          15 |     undo: { manual: "Wake ${{ with.comand[0] }}." }
             |                                    ^^^^^^ it has `command`, `env`, `exit_codes`, `folder`, `output_limit`, `sensitive`, `stdin`
             |
          help: did you mean `command`?

          """, complains: "1 workflow, 3 errors, 0 warnings")
  }

  @Test func `what a run would fail at is found before, and what leads there is followed`() throws {
    try Scenario()
      .file(
        "offer.yaml",
        """
        baton: 1
        id: offer
        name: Offer
        inputs: { note: { type: string, optional: true } }
        steps:
          - { id: none, if: "!has(inputs.note)", finish: succeeded }
          - { id: tell, set: { text: "${{ inputs.note }}" } }
        outputs: { note: "${{ inputs.note }}" }
        """
      )
      .baton(
        "validate", "offer.yaml", exits: 3,
        prints: """
          error[B1302]: `inputs.note` is optional and may be absent
           --> offer.yaml:8:23
            |
          8 | outputs: { note: "${{ inputs.note }}" }
            |                       ^^^^^^^^^^^
            |
          help: `inputs.?note` leaves its key out then; `inputs.?note.orValue(…)` says what counts instead

          """, complains: "1 workflow, 1 error, 0 warnings"
      )
      .file(
        "offer.yaml",
        """
        baton: 1
        id: offer
        name: Offer
        inputs: { note: { type: string, optional: true } }
        steps:
          - { id: none, if: "!has(inputs.note)", finish: succeeded }
          - { id: tell, set: { text: "${{ inputs.note }}" } }
        outputs: { note: "${{ inputs.?note }}" }
        """
      )
      .baton("validate", "--strict", "offer.yaml", prints: "", complains: "no problems")
      .baton("run", "offer.yaml", complains: "✓ none")
  }

  @Test func `GitHub gets one annotation a finding`() throws {
    try Scenario()
      .file("review.yaml", workflow)
      .baton(
        "validate", "--format", "github", "review.yaml", exits: 3,
        prints: """
          ::warning file=review.yaml,line=6,endLine=6,col=13,endColumn=24,title=B1501::nobody is told how \
          to take `command.run` back, or how to do it by hand%0Aits effects are `once`%0Agive the step `manual: …` or `undo: { … }`, or its \
          operation in the contract
          ::error file=review.yaml,line=10,endLine=10,col=13,endColumn=19,title=B1206::`log.write` has no \
          input `mesage`%0Ait takes `message`, `level`%0Adid you mean `message`?

          """)
  }

  @Test func `programs get the findings as data`() throws {
    let scenario = try Scenario()
      .file("review.yaml", workflow)
      .baton("validate", "--json", "review.yaml", exits: 3)
    let report = try scenario.json()
    #expect(report["format"] as? String == "baton-validation/1")
    #expect(report["errors"] as? Int == 1)
    #expect(report["warnings"] as? Int == 1)
    let findings = try #require(report["findings"] as? [[String: Any]])
    #expect(findings.map { $0["code"] as? String } == ["B1501", "B1206"])
    #expect(findings.last?["line"] as? Int == 10)
    #expect(findings.last?["column"] as? Int == 13)
    #expect(findings.last?["help"] as? String == "did you mean `message`?")
  }

  /// What SARIF 2.1.0 requires of a log, a run, a rule, a result and a region.
  @Test func `tools get SARIF`() throws {
    let scenario = try Scenario()
      .file("a folder/review.yaml", workflow)
      .baton("validate", "--format", "sarif", "a folder/review.yaml", exits: 3)
    let log = try scenario.json()
    #expect(log["version"] as? String == "2.1.0")
    let run = try #require((log["runs"] as? [[String: Any]])?.first)
    let driver = try #require((run["tool"] as? [String: Any])?["driver"] as? [String: Any])
    #expect(driver["name"] as? String == "baton")
    let rules = try #require(driver["rules"] as? [[String: Any]]).map { $0["id"] as? String }
    #expect(rules == ["B1206", "B1501"])
    let results = try #require(run["results"] as? [[String: Any]])
    #expect(results.map { $0["level"] as? String } == ["warning", "error"])
    for result in results {
      let index = try #require(result["ruleIndex"] as? Int)
      #expect(rules[index] == result["ruleId"] as? String)
      #expect((result["message"] as? [String: Any])?["text"] is String)
      let location = try #require((result["locations"] as? [[String: Any]])?.first)
      let physical = try #require(location["physicalLocation"] as? [String: Any])
      let artifact = try #require(physical["artifactLocation"] as? [String: Any])
      #expect(artifact["uri"] as? String == "a%20folder/review.yaml")
      let region = try #require(physical["region"] as? [String: Int])
      #expect(region["startLine", default: 0] >= 1 && region["startColumn", default: 0] >= 1)
      #expect(region["endLine", default: 0] >= region["startLine", default: 0])
    }
  }

  @Test func `a rule of SARIF says what its code means`() throws {
    let scenario = try Scenario()
      .file("review.yaml", workflow)
      .baton("validate", "--format", "sarif", "review.yaml", exits: 3)
    let run = try #require((scenario.json()["runs"] as? [[String: Any]])?.first)
    #expect(run["originalUriBaseIds"] == nil)
    let driver = try #require((run["tool"] as? [String: Any])?["driver"] as? [String: Any])
    let rule = try #require((driver["rules"] as? [[String: Any]])?.last)
    func text(_ key: String) -> String? { (rule[key] as? [String: String])?["text"] }
    #expect(text("shortDescription") == "an effect without a way back")
    #expect(text("fullDescription")?.hasPrefix("The step does something to the world.") == true)
    let help = try #require(rule["help"] as? [String: String])
    #expect(help["markdown"]?.contains("## Right") == true)
    #expect(help["text"]?.contains("## Wrong") == true)
  }

  @Test func `in a repository paths count from its root, wherever one stands`() throws {
    let scenario = try Scenario()
      .file(".git/HEAD", "ref: refs/heads/main\n").file("ops/workflows/review.yaml", workflow)
    _ = try scenario.shell("cd ops && $BATON validate --format github workflows/review.yaml")
    #expect(scenario.output.contains("::error file=ops/workflows/review.yaml,line=10,"))
    _ = try scenario.shell("cd ops/workflows && $BATON validate --format sarif review.yaml")
    let run = try #require((scenario.json()["runs"] as? [[String: Any]])?.first)
    #expect((run["originalUriBaseIds"] as? [String: Any])?.keys.sorted() == ["%SRCROOT%"])
    for result in try #require(run["results"] as? [[String: Any]]) {
      let location = try #require((result["locations"] as? [[String: Any]])?.first)
      let physical = try #require(location["physicalLocation"] as? [String: Any])
      let artifact = try #require(physical["artifactLocation"] as? [String: String])
      #expect(artifact == ["uri": "ops/workflows/review.yaml", "uriBaseId": "%SRCROOT%"])
    }
    _ = try scenario.shell(
      "export GITHUB_WORKSPACE=$PWD/ops; cd ops/workflows; $BATON validate --format github review.yaml"
    )
    #expect(scenario.output.contains("::error file=workflows/review.yaml,line=10,"))
  }

  @Test func `the page of a code is at hand without a network`() throws {
    try Scenario()
      .baton("help", "b0301")
      .then { scenario in
        #expect(scenario.output.hasPrefix("# B0301: the expression cannot be read\n"))
        #expect(scenario.output.contains("## Wrong"))
      }
      .baton("help", "B9999", exits: 2, complains: "unknown command `B9999`")
  }

  @Test func `an approval is held against the people of the project`() throws {
    try Scenario()
      .file("baton.yaml", "baton: 1\npeople:\n  ana: { roles: [manager] }\n")
      .file(
        "workflows/go-live.yaml",
        """
        baton: 1
        id: go-live
        roles: { manager: { name: Manager }, legal: { name: Legal } }
        steps:
          - { id: both, role: manager, approve: { message: Fine?, approvals: 2 }, due: 1d }
          - { id: law, role: legal, approve: Fine?, due: 1d }
        """
      )
      .baton("validate", exits: 3)
      .then { scenario in
        #expect(scenario.output.contains("2 people must approve, and one person holds"))
        #expect(scenario.output.contains("nobody can give this approval: no one holds"))
      }
  }

  @Test func `what is wrong with a calendar hides nothing of the workflows`() throws {
    let scenario = try Scenario()
      .file("baton.yaml", "baton: 1\n")
      .file(
        "calendars/za.yaml", "time_zone: Africa/Johanesburg\nhours: { weekdays: 09:00-17:00 }\n"
      )
      .file(
        "workflows/a.yaml",
        """
        baton: 1
        id: a
        calendar: za
        steps: [{ id: a, wiat: 1h }]
        """
      )
      .baton("validate", "--json", exits: 3)
    let findings = try #require(scenario.json()["findings"] as? [[String: Any]])
    #expect(findings.map { $0["code"] as? String } == ["B1601", "B1003"])
  }

  @Test func `a calendar that is wrong does not matter to a workflow without it`() throws {
    func text(_ id: String, _ line: String) -> String {
      "baton: 1\nid: \(id)\n\(line)\nsteps: [{ id: a, wait: 1h }]\n"
    }
    let scenario = try Scenario()
      .file("baton.yaml", "baton: 1\n")
      .file(
        "calendars/za.yaml", "time_zone: Africa/Johanesburg\nhours: { weekdays: 09:00-17:00 }\n"
      )
      .file("workflows/plain.yaml", text("plain", "name: Plain"))
      .file("workflows/timed.yaml", text("timed", "calendar: za"))
      .file("workflows/lost.yaml", text("lost", "calendar: zz"))
      .baton("validate", "workflows/plain.yaml", prints: "", complains: "no problems")
      .baton("validate", "--json", "workflows/timed.yaml", exits: 3)
    func codes() throws -> [String?] {
      let findings = try #require(scenario.json()["findings"] as? [[String: Any]])
      return findings.map { $0["code"] as? String }
    }
    try #expect(codes() == ["B1601"])
    try scenario.baton("validate", "--json", "workflows/lost.yaml", exits: 3)
    try #expect(codes() == ["B1212"])
    try scenario.baton("validate", "--json", exits: 3)
    try #expect(codes() == ["B1601", "B1212"])
  }

  @Test func `a condition with a blank behind its exclamation mark is refused`() throws {
    try Scenario()
      .file(
        "careful.yaml",
        """
        baton: 1
        id: careful
        inputs: { urgent: boolean }
        steps:
          - id: slow
            if: ! inputs.urgent
            set: { x: 1 }
        """
      )
      .baton(
        "validate", "careful.yaml", exits: 3,
        prints: """
          error[B0109]: YAML takes `!` as a tag, and tags are not supported
           --> careful.yaml:6:9
            |
          6 |     if: ! inputs.urgent
            |         ^
            |
          help: put the text in quotes: `if: "! inputs.urgent"`

          """)
  }

  @Test func `what is wrong with the project is said in the form that was asked for`() throws {
    let scenario = try Scenario()
      .file("baton.yaml", "baton: 1\npeple: {}\n")
      .baton("validate", "--format", "github", exits: 3)
    #expect(scenario.output.hasPrefix("::error file=baton.yaml,line=2,"))
    try scenario.baton("validate", "--json", exits: 3)
    try #expect(scenario.json()["errors"] as? Int == 1)
  }

  @Test func `two workflows cannot have one id`() throws {
    let text = "baton: 1\nid: same\nsteps: [{ id: a, wait: 1h }]\n"
    try Scenario()
      .file("workflows/one.yaml", text).file("workflows/two.yaml", text)
      .baton("validate", exits: 3)
      .then { scenario in
        #expect(scenario.output.contains("error[B1104]: the id `same` is taken"))
        #expect(scenario.output.contains("workflows/one.yaml:2:5"))
      }
  }

  @Test func `two workflows cannot have one path of a webhook`() throws {
    func text(_ id: String) -> String {
      "baton: 1\nid: \(id)\nsteps: [{ id: a, wait: 1h }]\n"
        + "triggers: [{ webhook: shop/paid, connection: shop }]\n"
    }
    try Scenario()
      .file(
        "baton.yaml",
        "baton: 1\nenvironments: { local: { connections: { shop: { driver: x } } } }\n"
      )
      .file("plugins/shop/plugin.yaml", "plugin: shop\noperations: {}\n")
      .file("workflows/one.yaml", text("one")).file("workflows/two.yaml", text("two"))
      .baton("validate", exits: 3)
      .then { scenario in
        #expect(scenario.output.contains("error[B1104]: the path `shop/paid` is taken"))
        #expect(scenario.output.contains("workflows/two.yaml:4:23"))
        #expect(scenario.output.contains("workflows/one.yaml:4:23"))
      }
  }

  @Test func `a workflow that is called is found by its id and checked at its use`() throws {
    try Scenario()
      .file("baton.yaml", "baton: 1\n")
      .file(
        "workflows/inner.yaml",
        """
        baton: 1
        id: greeting
        inputs: { name: string }
        steps: [{ id: a, set: { text: "Hello ${{ inputs.name }}" } }]
        outputs: { text: "${{ steps.a.outputs.text }}" }
        """
      )
      .file(
        "workflows/outer.yaml",
        """
        baton: 1
        id: outer
        steps:
          - { id: one, workflow: greeting, with: { nam: Ana } }
          - { id: two, workflow: greeting, with: { name: "${{ steps.one.outputs.txt }}" } }
        """
      )
      .baton("validate", exits: 3)
      .then { scenario in
        #expect(scenario.output.contains("the workflow `greeting` has no input `nam`"))
        #expect(scenario.output.contains("has no field `txt`"))
      }
  }
}
