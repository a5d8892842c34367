import Foundation
import Testing

/// Whose task something is.
// Skipped where there is no binary, as the command chains are.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct TasksTests {
  private static let project = """
    baton: 1
    people:
      ana: { name: Ana, roles: [support] }
      ben: { name: Ben, roles: [manager] }
    """

  private func tasks(_ scenario: Scenario) throws -> [[String: Any]] {
    try #require(scenario.json()["tasks"] as? [[String: Any]])
  }

  @Test func `what the world is waited for is the task of whom it was escalated to, and says so`()
    throws
  {
    let scenario = try Scenario()
      .file(
        "baton.yaml",
        Self.project + "\nenvironments: { local: { connections: { site: { driver: none } } } }\n"
      )
      .file(
        "plugins/site/none.yaml", "driver: none\nkind: command\nsummary: None\noperations: {}\n"
      )
      .file(
        "plugins/site/plugin.yaml",
        """
        plugin: site
        version: 1.0.0
        summary: A site
        operations: {}
        events: { logged_in: { user: string } }
        """
      )
      .file(
        "w.yaml",
        """
        baton: 1
        id: login
        name: Login
        roles: { support: Support, manager: Manager }
        inputs: { soon: { type: string, default: 1ms } }
        steps:
          - id: first_login
            name: The first login
            role: support
            wait: { event: site.logged_in }
            escalate: [ { after: "${{ inputs.soon }}", to: manager } ]
        """
      )
      .baton("run", "w.yaml", "-i", "soon=30d", exits: 4)
      .baton("tasks", prints: "", complains: "nothing waits for anybody")
      .baton("run", "w.yaml", exits: 4)
      .baton("tick")
      .baton("tasks", "--role", "manager")
    #expect(scenario.output.contains("The first login"), "\(scenario.output)")
    #expect(scenario.output.contains("support, escalated to manager"), "\(scenario.output)")
    try scenario.baton("tasks", "--json", "--role", "manager")
    let task = try #require(tasks(scenario).first)
    let waiting = try #require(task["waiting"] as? [String: Any])
    #expect(waiting["escalated_to"] as? [String] == ["manager"])
    try scenario.baton("status", "RUN")
    #expect(scenario.output.contains("escalated to manager"), "\(scenario.output)")
  }

  @Test func `what is for no role is theirs to whom it was escalated`() throws {
    let scenario = try Scenario()
      .file(
        "baton.yaml",
        Self.project + "\nenvironments: { local: { connections: { site: { driver: none } } } }\n"
      )
      .file(
        "plugins/site/none.yaml", "driver: none\nkind: command\nsummary: None\noperations: {}\n"
      )
      .file(
        "plugins/site/plugin.yaml",
        """
        plugin: site
        version: 1.0.0
        summary: A site
        operations: {}
        events: { logged_in: { user: string } }
        """
      )
      .file(
        "w.yaml",
        """
        baton: 1
        id: login
        name: Login
        roles: { manager: Manager }
        steps:
          - id: both
            parallel:
              - { id: login, wait: { event: site.logged_in }, escalate: [ { after: 1ms, to: manager } ] }
              - { id: q, ask: { fields: { x: string } }, escalate: [ { after: 1ms, to: manager } ] }
        """
      )
      .baton("run", "w.yaml", exits: 4)
      .baton("tick")
      .baton("tasks", "--role", "manager", "--json")
    #expect(try tasks(scenario).count == 2, "\(scenario.output)")
    for (person, mine, open) in [("ana", 0, 1), ("ben", 2, 0)] {
      try scenario.signedIn(as: nil).baton("people", "token", person, "--quiet")
      let token = scenario.output.trimmingCharacters(in: .whitespacesAndNewlines)
      try scenario.signedIn(as: token).baton("tasks", "--json")
      let found = try tasks(scenario)
      #expect(found.count { $0["mine"] as? Bool == true } == mine, "\(person): \(scenario.output)")
      #expect(found.count { $0["has_no_role"] as? Bool == true } == open, "\(person): \(found)")
    }
  }

  @Test func `a question that was escalated says so to those it was escalated to`() throws {
    let scenario = try Scenario()
      .file("baton.yaml", Self.project)
      .file(
        "w.yaml",
        """
        baton: 1
        id: ask
        name: Ask
        roles: { support: Support, manager: Manager }
        steps:
          - id: q
            role: support
            ask: { message: m, fields: { n: integer } }
            escalate: [ { after: 1ms, to: manager } ]
        """
      )
      .baton("run", "w.yaml", exits: 4)
      .baton("tick")
      .baton("tasks", "--role", "manager")
    #expect(scenario.output.contains("support, escalated to manager"), "\(scenario.output)")
    try scenario.baton("tasks", "--role", "support", "--quiet", prints: "RUN q\n")
  }

  @Test func `a step that failed is somebody's, also where it has no role of its own`() throws {
    let scenario = try Scenario()
      .file("baton.yaml", Self.project)
      .file(
        "w.yaml",
        """
        baton: 1
        id: lost
        name: Lost
        roles: { system: The machine, support: Support }
        steps:
          - parallel:
              - id: theirs
                role: support
                steps: [ { id: one, action: files.read, with: { path: none } } ]
              - id: machines
                role: system
                for_each: { in: "[1]", steps: [ { id: two, action: files.read, with: { path: none } } ] }
              - { id: three, action: files.read, with: { path: none } }
              - { id: four, ask: { fields: { n: integer } } }
            id: all
        """
      )
      .baton("people", "token", "ana", "--quiet")
    let ana = scenario.output.trimmingCharacters(in: .whitespacesAndNewlines)
    try scenario.baton("run", "w.yaml", exits: 5)
      .signedIn(as: ana).baton("tasks", "--mine", "--json")
    let found = try tasks(scenario)
    func task(_ step: String) -> [String: Any]? { found.first { $0["address"] as? String == step } }
    #expect(found.count == 4, "\(scenario.output)")
    #expect(task("one")?["mine"] as? Bool == true)
    #expect(task("machines[0]/two")?["nobody_holds_role"] as? Bool == true)
    #expect(task("three")?["has_no_role"] as? Bool == true)
    #expect(task("four")?["has_no_role"] as? Bool == true)
    try scenario.baton("tasks", "--role", "system", "--quiet", prints: "RUN machines[0]/two\n")
      .baton("claim", "RUN", "three", exits: 5)
      .signedIn(as: nil).baton("tasks", "--role", "sales", complains: "the role `sales`")
  }

  @Test func `what belongs to a role that nobody holds is shown to everybody`() throws {
    let scenario = try Scenario()
      .file("baton.yaml", Self.project)
      .file(
        "w.yaml",
        """
        baton: 1
        id: letters
        name: Letters
        roles: { system: The machine, support: Support, owner: { person: "o@example.com" } }
        steps:
          - { id: letter, role: system, action: log.write, with: { message: hello }, undo: { manual: Ask for it back } }
          - { id: theirs, role: owner, ask: { message: m, fields: { n: integer } } }
        """
      )
      .baton("people", "token", "ana", "--quiet")
    let ana = scenario.output.trimmingCharacters(in: .whitespacesAndNewlines)
    try scenario
      .baton("run", "w.yaml", exits: 4)
      // What somebody holds whom only the run knows is theirs.
      .signedIn(as: ana).baton("tasks", "--mine", "--quiet", prints: "")
      .signedIn(as: nil).baton("undo", "RUN", "--yes", "--reason", "changed", exits: 4)
      .signedIn(as: ana).baton("tasks", "--mine")
    #expect(scenario.output.contains("letter.undo"), "\(scenario.output)")
    #expect(scenario.output.contains("system (nobody holds it)"), "\(scenario.output)")
    try scenario.baton("tasks", "--mine", "--json")
    let task = try #require(tasks(scenario).first)
    #expect(task["mine"] as? Bool == false && task["nobody_holds_role"] as? Bool == true)
    // Once somebody is on it, it is theirs.
    try scenario.signedIn(as: nil).baton("claim", "RUN", "letter.undo", exits: 4)
      .signedIn(as: ana).baton("tasks", "--mine", "--quiet", prints: "")
  }

  @Test func `what a run gives to somebody by their address or id is theirs`() throws {
    let scenario = try Scenario()
      .file(
        "baton.yaml",
        """
        baton: 1
        people:
          ana: { name: Ana, email: ana@example.com, roles: [support] }
          ben: { name: Ben, roles: [manager] }
        """
      )
      .file(
        "w.yaml",
        """
        baton: 1
        id: ask
        inputs: { email: string, boss: { type: string, default: nobody } }
        roles:
          manager: Manager
          champion: { person: "${{ inputs.email }}" }
          boss: { person: "${{ inputs.boss }}" }
        steps:
          - id: q
            role: champion
            ask: { message: m, fields: { n: integer } }
            escalate: [ { after: 1ms, to: boss } ]
        """
      )
      .baton("run", "w.yaml", "-i", "email=ana@example.com", exits: 4)
      .baton("people", "token", "ana", "--quiet")
    let ana = scenario.output.trimmingCharacters(in: .whitespacesAndNewlines)
    try scenario.baton("people", "token", "ben", "--quiet")
    let ben = scenario.output.trimmingCharacters(in: .whitespacesAndNewlines)
    try scenario
      .signedIn(as: ana).baton("tasks", "--mine", "--quiet", prints: "RUN q\n")
      .baton("tasks", "--json")
      .then { try #expect(tasks($0).first?["mine"] as? Bool == true) }
      .signedIn(as: ben).baton("tasks", "--mine", "--quiet", prints: "")
      .baton("tasks", "--json")
      .then { try #expect(tasks($0).first?["mine"] as? Bool == false) }
      .signedIn(as: ana).baton("answer", "RUN", "q", "n=1")
      // Whom it is escalated to counts as well, here by the id.
      .signedIn(as: nil)
      .baton("run", "w.yaml", "-i", "email=x@example.com", "-i", "boss=ben", exits: 4)
      .baton("tick")
      .signedIn(as: ben).baton("tasks", "--mine", "--quiet", prints: "RUN q\n")
      .signedIn(as: ana).baton("tasks", "--mine", "--quiet", prints: "")
  }

  @Test func `whose name is sensitive is in no list`() throws {
    let scenario = try Scenario()
      .file(
        "baton.yaml",
        "baton: 1\npeople: { ana: { name: Ana, email: ana@example.com, roles: [support] } }\n"
      )
      .file(
        "w.yaml",
        """
        baton: 1
        id: ask
        inputs: { email: { type: string, sensitive: true } }
        roles: { champion: { person: "${{ inputs.email }}" } }
        steps:
          - { id: q, role: champion, ask: { message: m, fields: { n: integer } } }
        """
      )
      .baton("run", "w.yaml", "-i", "email=ana@example.com", exits: 4)
      .baton("people", "token", "ana", "--quiet")
    let ana = scenario.output.trimmingCharacters(in: .whitespacesAndNewlines)
    try scenario
      .signedIn(as: ana).baton("tasks", "--mine", "--quiet", prints: "")
      .baton("answer", "RUN", "q", "n=1")
  }

  @Test func `a failure that something follows from by itself is nobody's task`() throws {
    try Scenario()
      .file(
        "w.yaml",
        """
        baton: 1
        id: shop
        steps:
          - { id: tried, action: command.run, with: { command: ["false"] }, on_failure: continue }
          - id: both
            on_failure: undo
            parallel:
              - { id: a, steps: [ { id: broken, action: command.run, with: { command: ["false"] } } ] }
              - { id: b, steps: [ { id: sure, ask: { fields: { yes: boolean } } } ] }
        """
      )
      .baton("run", "w.yaml", exits: 4)
      .baton("tasks", "--json")
      .then { scenario in
        let steps = try tasks(scenario).map { $0["address"] as? String }
        #expect(steps == ["sure"])
      }
      .baton("status", "RUN")
      .then { scenario in
        let card = scenario.output
        #expect(
          card.contains("once what goes on beside it is over, the run is taken back"), "\(card)")
        // What is waited for comes first; the failure may still be decided about.
        let offered = card.split(separator: "\n").filter { $0.contains(" baton ") }
        #expect(offered.first?.contains("baton answer") == true, "\(card)")
        #expect(offered.contains { $0.contains("baton retry") }, "\(card)")
      }
      .baton("status", "RUN", "--json")
      .then { #expect($0.output.contains("is over, the run is taken back\"")) }
      .baton("answer", "RUN", "sure", "yes=true", exits: 1)
      .baton("tasks", prints: "", complains: "nothing waits for anybody")
  }
}
