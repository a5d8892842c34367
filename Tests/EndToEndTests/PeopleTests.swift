import Foundation
import Testing

@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct PeopleTests {
  private static let project = """
    baton: 1
    people:
      ana: { name: Ana Botha, email: ana@example.com, roles: [manager] }
      johan: { name: Johan van Wyk, roles: [manager] }
      thandi: { name: Thandi Nkosi, roles: [support] }
    """

  private static let approval = """
    baton: 1
    id: golive
    name: Go live
    roles: { manager: Manager }
    inputs: { company: { type: string, default: "ACME [Ltd](https://x.example)" } }
    steps:
      - id: ok
        name: Approve the site
        role: manager
        approve: { message: "Everything tested for ${{ inputs.company }}?", approvals: 2, not_starter: true }
    outputs: { by: "${{ steps.ok.outputs.by }}" }
    """

  private func token(_ scenario: Scenario, _ person: String) throws -> String {
    try scenario.baton("people", "token", person, "--quiet")
    return scenario.output.split(separator: "\n").map(String.init).first ?? ""
  }

  @Test func `an approval needs people who signed in, not the starter, and two of them`() throws {
    let scenario = try Scenario().file("baton.yaml", Self.project).file("w.yaml", Self.approval)
    let ana = try token(scenario, "ana")
    let johan = try token(scenario, "johan")
    let thandi = try token(scenario, "thandi")
    try scenario
      .signedIn(as: ana).baton("run", "w.yaml", exits: 4)
      .baton("approve", "RUN", "ok", exits: 7, complains: "ana started this run")
      .signedIn(as: nil)
      .baton("approve", "RUN", "ok", exits: 7, complains: "people who signed in")
      .baton("done", "RUN", "ok", "--reason", "x", exits: 7, complains: "is an approval")
      .signedIn(as: thandi)
      .baton("approve", "RUN", "ok", exits: 7, complains: "is for manager")
      .signedIn(as: johan).baton("tasks", "--mine", "--quiet")
      .then { #expect($0.output.hasSuffix(" ok\n"), "\($0.output)") }
      .baton(
        "approve", "RUN", "ok", "--comment", "tested", exits: 4,
        complains: "1 of 2 approvals of ok is given: yours"
      )
      .then { #expect($0.output.contains("ok: waits for 1 more of 2 approvals"), "\($0.output)") }
      // For the starter, who must not approve, and for whoever has, it is nothing to do.
      .baton("tasks", "--mine", "--quiet", prints: "")
      .signedIn(as: ana).baton("tasks", "--mine", "--quiet", prints: "")
      .baton("tasks", "--json")
      .then { #expect($0.output.contains("\"mine\":false"), "\($0.output)") }
      .signedIn(as: johan)
      .baton("approve", "RUN", "ok", exits: 4, complains: "1 of 2 approvals of ok is given: yours")
      .baton("reject", "RUN", "ok", exits: 7, complains: "johan has approved")
      .baton("transcript", "RUN")
      // Once when it was started, and once after the first approval.
      .then { #expect($0.output.components(separatedBy: "parked, waiting").count == 3) }
      .signedIn(as: nil).baton("status", "RUN")
    #expect(scenario.output.contains("approved by johan: tested"))
    #expect(scenario.output.contains("1 of 2 approvals"))
    #expect(scenario.output.contains("ACME [Ltd](https://x.example)?"))
    try scenario.baton("verify", "RUN")
    #expect(try !scenario.recordedBytes().contains(Array(johan.utf8)))
  }

  @Test func `a migration says which approvals it voids, and whose`() throws {
    let workflow = Self.approval.replacing(", not_starter: true", with: "")
    let scenario = try Scenario().file("baton.yaml", Self.project).file("w.yaml", workflow)
    let ana = try token(scenario, "ana")
    let johan = try token(scenario, "johan")
    try scenario.signedIn(as: ana).baton("run", "w.yaml", exits: 4)
      .baton("approve", "RUN", "ok", exits: 4)
      .file("w.yaml", workflow.replacing("name: Go live", with: "name: Go live soon"))
      .baton("migrate", "RUN", "--to", "w.yaml", "--plan")
      .then { scenario in
        let row = #/void +ok +1 of 2 given, by ana, of the procedure as it was: void, and asked/#
        #expect(scenario.output.contains(row), "\(scenario.output)")
      }
      .baton("migrate", "RUN", "--to", "w.yaml", exits: 4)
      .baton("transcript", "RUN")
      .then { #expect($0.output.contains("void: ok, given by ana"), "\($0.output)") }
      .signedIn(as: johan).baton("approve", "RUN", "ok", exits: 4)
      .signedIn(as: ana).baton("approve", "RUN", "ok")
      .baton("verify", "RUN")
  }

  @Test func `what a retry changes is shown to whoever approves it again, inside a section too`()
    throws
  {
    let scenario = try Scenario().file("baton.yaml", Self.project)
      .file(
        "w.yaml",
        """
        baton: 1
        id: pay
        name: Pay
        inputs: { amount: { type: integer, default: 100 } }
        steps:
          - { id: ok, approve: "Pay ${{ inputs.amount }}?" }
          - id: money
            steps:
              - id: pay
                action: command.run
                with:
                  command: [ sh, -c, 'test -e ready && echo paid $1 >> paid.txt', sh, "${{ string(inputs.amount) }}" ]
        """)
    let again = "asked again: `pay` will be tried with command="
    try scenario
      .baton("run", "w.yaml", exits: 4).baton("approve", "RUN", "ok", exits: 5)
      .baton(
        "retry", "RUN", "pay", "--with",
        #"command=["sh","-c","echo paid $1 >> paid.txt","sh","100000"]"#, exits: 4
      )
      .then { scenario in
        #expect(!FileManager.default.fileExists(atPath: scenario.folder.path + "/paid.txt"))
      }
      .baton("status", "RUN")
      .then { scenario in
        #expect(scenario.output.contains(again), "\(scenario.output)")
        #expect(scenario.output.contains("100000"), "\(scenario.output)")
      }
      .baton("tasks", "--json")
      .then { #expect($0.output.contains("\"changes\":[{\"step\":\"pay\""), "\($0.output)") }
      .baton("transcript", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("void, and asked again: `pay` is tried with another"))
        #expect(scenario.output.contains("pay with command: "), "\(scenario.output)")
        let bound = scenario.output.matches(of: /bound to: ([0-9a-f]+)/).map(\.output.1)
        #expect(Set(bound).count == 2, "\(scenario.output)")
      }
    try scenario.play("approve $RUN ok", typing: [Keys(after: "Approve this", type: "y\r")])
    #expect(scenario.output.contains(again), "\(scenario.output)")
    try scenario.holds("paid.txt", "paid 100000\n").baton("verify", "--all")
  }

  @Test func `a rejection is a failure that names who and why`() throws {
    let scenario = try Scenario().file("baton.yaml", Self.project)
      .file(
        "w.yaml",
        """
        baton: 1
        id: golive
        name: Go live
        steps: [ { id: ok, approve: "Go?" } ]
        """
      )
      .baton("run", "w.yaml", exits: 4)
      .baton("reject", "RUN", "ok", "--comment", "not yet", exits: 5)
    #expect(scenario.output.contains("rejected it: not yet"))
    try scenario.baton("retry", "RUN", "ok", exits: 4).baton("approve", "RUN", "ok")
      .baton("status", "RUN", "--quiet", prints: "succeeded\n")
  }

  @Test func `a token is shown once, taken back, and of no use then`() throws {
    let scenario = try Scenario().file("baton.yaml", Self.project)
    let ana = try token(scenario, "ana")
    try scenario
      .baton("people", "token", "anna", exits: 6, complains: "did you mean `ana`?")
      .signedIn(as: ana).baton("list")
      .baton("people", "revoke", "ana")
      .baton("list", exits: 2, complains: "BATON_TOKEN is not a token of this project")
      .signedIn(as: nil).baton("list").baton("people", "--json")
    #expect(scenario.output.contains("revoked_at"))
    #expect(try !scenario.recordedBytes().contains(Array(ana.utf8)))
  }

  @Test func `who signed in makes no token for another, and the record names the token`() throws {
    let scenario = try Scenario().file("baton.yaml", Self.project)
      .file("w.yaml", Self.approval.replacing("approvals: 2, ", with: ""))
    let ana = try token(scenario, "ana")
    let johan = try token(scenario, "johan")
    try scenario
      .signedIn(as: ana).baton("run", "w.yaml", exits: 4)
      .baton(
        "people", "token", "johan", exits: 7, complains: "ana has signed in, and makes no token"
      )
      .baton("people", "token", "ana", "--quiet").baton("people", "--json")
    let people = try #require(scenario.json()["people"] as? [[String: Any]])
    let tokens = people.flatMap { $0["tokens"] as? [[String: Any]] ?? [] }
    #expect(tokens.filter { $0["created_by"] as? String == "ana" }.count == 1)
    try scenario.signedIn(as: johan).baton("approve", "RUN", "ok")
      .baton("people", "revoke", "johan")
      .signedIn(as: nil).baton("transcript", "RUN", "--format", "json")
    let entries = try #require(scenario.json()["entries"] as? [[String: Any]])
    let signedIn = entries.first { $0["type"] as? String == "approval.given" }?["signed_in"]
    let given = try #require(signedIn as? [String: Any])
    #expect(given["roles"] as? [String] == ["manager"])
    let id = try #require(given["token"] as? String)
    try scenario.baton("people", "--json")
      .then { #expect($0.output.contains("\"\(id)\""), "\($0.output)") }
      .baton("verify", "RUN")
    #expect(try !scenario.recordedBytes().contains(Array(johan.utf8)))
  }

  @Test func `whatever somebody does to a run who signed in says so in the record`() throws {
    let scenario = try Scenario().file("baton.yaml", Self.project)
      .file("w.yaml", Self.approval)
      .file("later.yaml", Self.approval.replacing("approvals: 2", with: "approvals: 1"))
    let ana = try token(scenario, "ana")
    try scenario
      .signedIn(as: ana).baton("run", "w.yaml", exits: 4)
      .baton("resume", "RUN", exits: 4)
      .baton("migrate", "RUN", "--to", "later.yaml", "--reason", "one is enough", exits: 4)
      .signedIn(as: nil).baton("resume", "RUN", exits: 4)
      .baton("transcript", "RUN", "--format", "json")
    let entries = try #require(scenario.json()["entries"] as? [[String: Any]])
    for type in ["run.created", "run.resumed", "run.migrated"] {
      let entry = try #require(entries.first { $0["type"] as? String == type })
      let signedIn = try #require(entry["signed_in"] as? [String: Any], "\(type)")
      #expect(signedIn["roles"] as? [String] == ["manager"])
    }
    // Who did not sign in does not appear to have.
    let last = try #require(entries.last { $0["type"] as? String == "run.resumed" })
    #expect(last["signed_in"] == nil)
    try scenario.baton("verify", "RUN")
  }

  @Test func `who started without signing in is said wherever somebody else has to approve`()
    throws
  {
    let words = "did not sign in: whether it is another person cannot be told"
    let scenario = try Scenario().file("baton.yaml", Self.project)
      .file("w.yaml", Self.approval.replacing("approvals: 2, ", with: ""))
      .baton("run", "w.yaml", exits: 4)
      .then { #expect(!$0.errors.contains("nobody signed in"), "nobody has a token yet") }
    let ana = try token(scenario, "ana")
    try scenario
      .baton("run", "w.yaml", exits: 4, complains: "nobody signed in: whether whoever approves")
      .baton("status", "RUN")
      .then { #expect($0.output.contains(words), "\($0.output)") }
      .baton("tasks", "--json")
      .then { #expect($0.output.contains("\"unproven_starter\":\""), "\($0.output)") }
      .baton("transcript", "RUN").then { #expect($0.output.contains(words), "\($0.output)") }
      .signedIn(as: ana).baton("approve", "RUN", "ok")
      .baton("run", "w.yaml", exits: 4)
      .then { #expect(!$0.errors.contains("nobody signed in"), "\($0.errors)") }
      .baton("status", "RUN")
      .then { #expect(!$0.output.contains("did not sign in"), "\($0.output)") }
  }

  @Test func `tasks shows mine first, and who is on them`() throws {
    let scenario = try Scenario().file("baton.yaml", Self.project)
      .file(
        "w.yaml",
        """
        baton: 1
        id: two
        name: Two
        roles: { support: S, manager: M }
        inputs: { role: { type: string, default: support } }
        steps:
          - id: a
            if: inputs.role == 'support'
            role: support
            ask: { message: m, fields: { n: integer } }
          - id: b
            role: manager
            ask: { message: m, fields: { n: integer } }
        """)
    let ana = try token(scenario, "ana")
    try scenario.baton("run", "w.yaml", exits: 4)
      .baton("run", "w.yaml", "-i", "role=manager", exits: 4)
      .baton("tasks", "--mine", exits: 2, complains: "nobody knows which tasks are yours")
      .baton("claim", "RUN", "b", exits: 4)
      .signedIn(as: ana).baton("tasks", "--mine", "--json")
    #expect(try (scenario.json()["tasks"] as? [Any])?.count == 0)
    try scenario.signedIn(as: nil).baton("release", "RUN", "b", exits: 4)
      .signedIn(as: ana).baton("tasks", "--json")
    let tasks = try #require(scenario.json()["tasks"] as? [[String: Any]])
    #expect(tasks.map { $0["address"] as? String } == ["b", "a"])
    #expect(tasks.map { $0["mine"] as? Bool } == [true, false])
    try scenario.baton("answer", "RUN", "b", "n=1")
  }

  @Test func `whoever has approved what they claimed leaves the rest to others`() throws {
    let scenario = try Scenario().file("baton.yaml", Self.project).file("w.yaml", Self.approval)
    let ana = try token(scenario, "ana")
    let johan = try token(scenario, "johan")
    try scenario.baton("run", "w.yaml", exits: 4)
      .signedIn(as: ana).baton("claim", "RUN", "ok", exits: 4)
      .signedIn(as: johan).baton("tasks", "--mine", prints: "", complains: "nothing waits for you")
      .signedIn(as: ana).baton("approve", "RUN", "ok", exits: 4)
      .baton("tasks", "--mine", prints: "", complains: "nothing waits for you")
      .signedIn(as: johan).baton("tasks", "--mine", "--json")
    #expect(try (scenario.json()["tasks"] as? [Any])?.count == 1)
    try scenario.baton("approve", "RUN", "ok")
  }

  @Test func `who signed in takes back their own tokens only, and it is kept who did`() throws {
    let scenario = try Scenario().file("baton.yaml", Self.project)
    let ana = try token(scenario, "ana")
    let johan = try token(scenario, "johan")
    try scenario
      .signedIn(as: johan)
      .baton(
        "people", "revoke", "ana", exits: 7,
        complains: "johan has signed in, and takes back no token of `ana`"
      )
      .signedIn(as: ana).baton("list").baton("people", "revoke", "ana")
      .signedIn(as: nil).baton("people", "revoke", "johan").baton("people", "--json")
    let people = try #require(scenario.json()["people"] as? [[String: Any]])
    let tokens = people.flatMap { $0["tokens"] as? [[String: Any]] ?? [] }
    let revokers = tokens.compactMap { $0["revoked_by"] as? String }
    #expect(revokers.count == 2)
    #expect(revokers.contains("ana") && !revokers.contains("johan"))
  }
}
