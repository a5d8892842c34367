import Foundation
import Glibc
import Testing

/// A project that several accounts of one machine use.
struct SharedProjectTests {
  private static let workflow = """
    baton: 1
    id: refund
    name: Refund
    version: 1.0.0
    roles: { support: Support }
    steps:
      - { id: secret, action: password.generate, with: { length: 20 } }
      - id: confirm
        role: support
        due: 1d
        ask: { message: "All right?", fields: { agreed: number, pin: { type: string, sensitive: true } } }
      - { id: note, action: files.write, with: { path: notes/refund.txt, content: "${{ steps.confirm.outputs.pin }}" } }
      - id: long
        effects: repeatable
        action: command.run
        with: { command: [/bin/sh, -c, "test -e shared/go && exit; echo > shared/begun; exec sleep 1000"] }
    """

  @Test func `what is made in a folder that is shared with a group is for the group`() throws {
    try Scenario()
      .file("refund.yaml", Self.workflow)
      .then {
        try #expect(
          $0.shell("mkdir -p .baton shared; touch shared/go; chmod 2770 .baton; chmod 2775 .") == 0)
      }
      .baton("run", "refund.yaml", "--no-input", exits: 4)
      .baton("answer", "RUN", "confirm", "agreed=5", "pin=1234")
      .then {
        try #expect($0.shell("find .baton notes -type d ! -perm 2770 -o -type f ! -perm 660") == 0)
      }
      .then { #expect($0.output.isEmpty, "\($0.output)") }
      .baton("doctor")
      .then { #expect($0.output.contains("/.baton, shared with the group `")) }
  }

  @Test(arguments: ["755", "775", "2755"])
  func `everywhere else it is for the user alone`(mode: String) throws {
    try Scenario()
      .file("refund.yaml", Self.workflow)
      .then {
        try #expect(
          $0.shell("umask 0; mkdir -p .baton shared; touch shared/go; chmod \(mode) .baton .") == 0)
      }
      .baton("run", "refund.yaml", "--no-input", exits: 4)
      .baton("answer", "RUN", "confirm", "agreed=5", "pin=1234")
      .then { try #expect($0.shell("find .baton notes ! -path .baton -perm /077") == 0) }
      .then { #expect($0.output.isEmpty, "\($0.output)") }
      .baton("doctor")
      .then { #expect(!$0.output.contains("shared with")) }
  }

  @Test(.enabled(if: geteuid() == 0, "only root can be several accounts"))
  func `a run that one account started is taken over by another`() throws {
    let scenario = try Scenario().file("refund.yaml", Self.workflow)
    try Accounts(in: scenario)
      .call(as: 1, "run refund.yaml --no-input", exits: 4)
      .kill(as: 2, "answer RUN confirm agreed=5 pin=1234", once: "shared/begun")
      .call(as: 1, "resume RUN --kill-children", exits: 7)
      .then { #expect($0.errors.contains("still runs: processes that this account cannot see")) }
      .call(as: 1, "status RUN")
      .then { #expect(!$0.output.contains("--kill-children")) }
      .then { try #expect($0.shell("touch shared/go") == 0) }
      .call(as: 2, "resume RUN --kill-children")
      .call(as: 1, "verify --all")
      .call(as: 1, "doctor")
      .call(as: 1, "transcript RUN")
      .then {
        #expect($0.output.contains("answered by user uid-64002"))
        #expect($0.output.contains("pin: (sensitive)"))
      }
  }

  @Test(.enabled(if: geteuid() == 0, "only root can be several accounts"))
  func `what cannot be read was not checked, and says nothing of what can`() throws {
    let scenario = try Scenario().file("refund.yaml", Self.workflow)
    let accounts = try Accounts(in: scenario)
    for _ in 0..<3 { try accounts.call(as: 1, "run refund.yaml --no-input", exits: 4) }
    try accounts
      .then {
        let script = """
          set -- $(ls .baton/runs); chmod 600 .baton/runs/$1/journal.jsonl
          chmod 600 .baton/runs/$2/definition/workflow.yaml
          """
        try #expect($0.shell(script) == 0)
      }
      .call(as: 1, "verify --all")
      .call(as: 2, "verify --all", exits: 7)
      .then {
        #expect($0.output.components(separatedBy: "could not be checked").count == 3)
        #expect($0.output.contains("not checked: journal: no permission to use"))
        #expect($0.output.contains("not checked: definition, record 0: no permission to use"))
        #expect($0.output.contains("is intact") && $0.output.contains("ledger: 3 lines"))
      }
      .then {
        try #expect($0.shell("set -- $(ls .baton/runs); echo x >> .baton/runs/$3/run.json") == 0)
      }
      .call(as: 2, "verify --all", exits: 8)
      .then { #expect($0.output.contains("is damaged")) }
      .call(as: 2, "verify --all --json", exits: 8)
      .then {
        let runs = try $0.json()["runs"] as? [[String: Any]]
        #expect((runs?.first?["unchecked"] as? [Any])?.count == 1)
      }
  }

  @Test(.enabled(if: geteuid() == 0, "only root can be several accounts"))
  func `a ledger that an account may not write keeps its runs where they stand`() throws {
    let scenario = try Scenario().file("refund.yaml", Self.workflow)
    let accounts = try Accounts(in: scenario)
    try accounts.call(as: 1, "run refund.yaml --no-input", exits: 4)
      .then {
        try #expect(
          $0.shell("chown 0:64000 .baton/ledger.jsonl; chmod 640 .baton/ledger.jsonl") == 0)
      }
      .call(as: 1, "note RUN hello", exits: 7)
      .then {
        #expect($0.errors.contains("no permission to use"), "\($0.errors)")
        #expect($0.errors.contains("/.baton/ledger.jsonl`; the note was not taken"), "\($0.errors)")
      }
      .call(as: 2, "run refund.yaml --no-input", exits: 7)
      .then { try #expect($0.shell("test $(ls .baton/runs | wc -l) = 1") == 0) }
      .call(as: 1, "transcript RUN")
      .then { #expect(!$0.output.contains("hello")) }
      .call(as: 1, "verify --all")
      .then { try #expect($0.shell("chmod 660 .baton/ledger.jsonl") == 0) }
      .call(as: 1, "note RUN hello")
      .call(as: 2, "verify --all")
  }

  @Test func `there is no transcript of a journal without an intact record`() throws {
    try Scenario()
      .file("refund.yaml", Self.workflow)
      .baton("run", "refund.yaml", "--no-input", exits: 4)
      .then { try #expect($0.shell("sed -i 's/$/\\r/' .baton/runs/$RUN/journal.jsonl") == 0) }
      .baton("transcript", "RUN", exits: 8, complains: "record 0 of `journal.jsonl` is damaged")
  }

  @Test(.enabled(if: geteuid() == 0, "only root can be several accounts"))
  func `who cannot use the runs is told whose they are`() throws {
    let scenario = try Scenario().file("refund.yaml", Self.workflow)
    try Accounts(in: scenario, sharing: false)
      .call(as: 1, "run refund.yaml --no-input", exits: 4)
      .call(as: 2, "list", exits: 7)
      .then { #expect($0.errors.contains("no permission to use")) }
      .call(as: 2, "doctor", exits: 1)
      .then { #expect($0.output.contains("use the account `uid-64001`, or give this one access")) }
  }
}

/// Accounts of one group, 64001 and 64002, which need not be known to the system.
private struct Accounts {
  let scenario: Scenario

  /// - Parameter isSharing: whether the group may use the runs.
  init(in scenario: Scenario, sharing isSharing: Bool = true) throws {
    self.scenario = scenario
    let code = try scenario.shell(
      """
      cp "$BATON" program; mkdir shared .baton; chown -R 64001:64000 . ; chmod 2775 . shared
      chmod \(isSharing ? "2770" : "700") .baton
      """)
    try #require(code == 0)
  }

  /// Begins with a command, and kills it once a file is there.
  func kill(as account: Int, _ line: String, once file: String) throws -> Accounts {
    try call(
      as: account,
      "\(line) & for i in $(seq 600); do test -e \(file) && break; sleep 0.1; done; kill -9 $!")
  }

  @discardableResult
  func call(
    as account: Int, _ line: String, exits code: Int32 = 0,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Accounts {
    let words = line.replacingOccurrences(of: "RUN", with: "$RUN")
    let status = try scenario.shell(
      """
      RUN=$(ls .baton/runs 2>/dev/null)
      export RUN
      HOME=/nonexistent setpriv --reuid 6400\(account) --regid 64000 --clear-groups sh -c './program \(words)'
      """)
    #expect(
      status == code, "\(line): \(scenario.output)\(scenario.errors)",
      sourceLocation: sourceLocation)
    return self
  }

  @discardableResult
  func then(_ body: (Scenario) throws -> Void) throws -> Accounts {
    try body(scenario)
    return self
  }
}
