import Foundation
import Testing

// Skipped where there is no binary: `swift build` makes one, and BATON_BINARY names another.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct CommandChainTests {
  private let greeting = """
    baton: 1
    id: greeting
    name: A greeting
    version: "1.10"
    run_name: Greet ${{ inputs.name }}
    labels: { who: "${{ inputs.name }}" }
    inputs:
      name: string
      times: { type: integer, default: 1 }
    steps:
      - id: text
        name: Make the text
        set: { greeting: "Hello, ${{ inputs.name }}", twice: "${{ inputs.times * 2 }}" }
    outputs:
      greeting: ${{ steps.text.outputs.greeting }}
      twice: ${{ steps.text.outputs.twice }}
    """

  private let question = """
    baton: 1
    id: question
    name: A question
    version: 1.0.0
    roles: { support: { name: Support } }
    inputs: { secret: { type: string, sensitive: true, default: none } }
    steps:
      - id: check
        name: Check the payment
        role: support
        ask:
          message: What does the bank say?
          fields:
            amount: { type: number, minimum: 0 }
            status: { type: string, enum: [COMPLETE, FAILED] }
      - id: paid
        name: Insist that it is paid
        set: { paid: true }
        preconditions:
          - check: steps.check.outputs.status == 'COMPLETE'
            message: The payment is ${{ steps.check.outputs.status }}.
    outputs: { amount: "${{ steps.check.outputs.amount }}" }
    """

  @Test func `a run from start to proof`() throws {
    try Scenario()
      .file("greeting.yaml", greeting)
      .baton("validate", "greeting.yaml", prints: "")
      .baton(
        "run", "greeting.yaml", "-i", "name=Ana", "--input", "times=2",
        prints: """
          run RUN (Greet Ana): succeeded
            greeting: Hello, Ana
            twice: 4

          """
      )
      .baton("list", "who=Ana", "--quiet", prints: "RUN\n")
      .baton("list", "who=Bob", "--quiet", prints: "")
      .baton("status", "RUN", "--quiet", prints: "succeeded\n")
      .baton("verify", "RUN")
      .baton("verify", "--all")
      .baton("transcript", "RUN", "--json")
      .then { scenario in
        let run = try #require(try scenario.json()["run"] as? [String: Any])
        #expect((run["workflow"] as? [String: Any])?["version"] as? String == "1.10")
        #expect(run["status"] as? String == "succeeded")
      }
  }

  @Test func `a question is answered from another process`() throws {
    try Scenario()
      .file("question.yaml", question)
      .baton("run", "question.yaml", exits: 4, complains: "baton answer RUN check")
      .baton("tasks", "--quiet", prints: "RUN check\n")
      .baton(
        "tasks", "--role", "sales", prints: "", complains: "nothing waits for the role `sales`"
      )
      .baton("answer", "RUN", "check", exits: 2, complains: "amount=… status=…")
      .baton("answer", "RUN", "check", "amont=1", exits: 2, complains: "did you mean `amount`?")
      .baton("answer", "RUN", "check", "amount=-1", "status=COMPLETE", exits: 2)
      .baton(
        "answer", "RUN", "check", "amount=99.5", "status=COMPLETE",
        prints: "run RUN (A question): succeeded\n  amount: 99.5\n"
      )
      .baton("answer", "RUN", "check", "amount=1", "status=COMPLETE", exits: 7)
      .baton("resume", "RUN", exits: 7)
  }

  @Test func `a condition that does not hold parks the run, and a person decides`() throws {
    try Scenario()
      .file("question.yaml", question)
      .baton("run", "question.yaml", exits: 4)
      .baton("answer", "RUN", "check", "amount=1", "status=FAILED", exits: 5)
      .baton("status", "RUN")
      .then { #expect($0.output.contains("The payment is FAILED.")) }
      .baton("resume", "RUN", exits: 5)
      .baton("skip", "RUN", "paid", exits: 2, complains: "needs a reason")
      .baton("done", "RUN", "paid", "paid=true", "--reason", "seen in the bank")
      .baton("transcript", "RUN")
      .then { #expect($0.output.contains("done by hand by user")) }
  }

  @Test func `what is sensitive is nowhere in the folder`() throws {
    let secret = "correct-horse-battery"
    try Scenario()
      .file("question.yaml", question)
      .baton("run", "question.yaml", "-i", "secret=\(secret)", exits: 4)
      .baton("transcript", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("secret: (sensitive)"))
        let files = FileManager.default.enumerator(atPath: scenario.folder.path)
        for case let path as String in files ?? FileManager.DirectoryEnumerator() {
          let url = scenario.folder.appending(path: path)
          let bytes = (try? Data(contentsOf: url)) ?? Data()
          #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(path)")
        }
      }
  }

  @Test func `damage to a journal is named`() throws {
    try Scenario()
      .file("greeting.yaml", greeting)
      .baton("run", "greeting.yaml", "-i", "name=Ana")
      .then { scenario in
        let journal = try scenario.runFolder().appending(path: "journal.jsonl")
        let text = try String(contentsOf: journal, encoding: .utf8)
        try text.replacing("Ana", with: "Eve").write(
          to: journal, atomically: true, encoding: .utf8)
      }
      .baton("verify", "RUN", exits: 8)
      .then { #expect($0.output.contains("journal, record 0")) }
  }

  @Test func `values are data`() throws {
    let text = "${{ 1 + 1 }} $(id) '; DROP TABLE tenants;-- ../../etc"
    try Scenario()
      .file("greeting.yaml", greeting)
      .baton("run", "greeting.yaml", "-i", "name=\(text)", "--json")
      .then { scenario in
        let outputs = try scenario.json()["outputs"] as? [String: Any]
        #expect(outputs?["greeting"] as? String == "Hello, " + text)
      }
  }

  @Test func `what cannot be done says so, with its exit code`() throws {
    try Scenario()
      .file("bad.yaml", "baton: 1\nid: bad\nname: Bad\nversion: 1.0.0\nstepz: []\n")
      .file("greeting.yaml", greeting)
      .baton("run", exits: 2, complains: "needs WORKFLOW")
      .baton("run", "greeting.yaml", exits: 2, complains: "-i name=…")
      .baton(
        "run", "greeting.yaml", "-i", "name=A", "-i", "tiems=1", exits: 2, complains: "`times`"
      )
      .baton("run", "absent.yaml", exits: 6, complains: "cannot read `absent.yaml`")
      .baton("run", "bad.yaml", exits: 3, complains: "bad.yaml:5:1")
      .baton("validate", "bad.yaml", exits: 3)
      .baton("status", "nothing", exits: 6)
      .baton("verify", exits: 2, complains: "name a run, or say --all")
  }

  @Test func `what stands next on the card can be typed, and the transcript names what is over`()
    throws
  {
    try Scenario()
      .file(
        "boxes.yaml",
        """
        baton: 1
        id: boxes
        name: Boxes
        version: 1.0.0
        steps:
          - id: pack
            for_each:
              in: "['1', '2']"
              steps:
                - id: label
                  name: Print the label
                  action: command.run
                  with: { command: [sh, -c, "test $1 = 1 && kill -9 $PPID; true", x, "${{ item }}"] }
        """
      )
      .then { _ = try $0.exitCode("run", "boxes.yaml") }
      .then { _ = try $0.exitCode("resume", "RUN") }
      .baton("status", "RUN")
      .then { #expect($0.output.contains("--happened --set stdout=…")) }
      .baton(
        "resolve", "RUN", "pack[0]/label", "--happened", "--set", "stdout=", "--reason", "seen"
      )
      .baton("transcript", "RUN")
      .then { #expect($0.output.contains("Print the label [pack[0]/label]: done")) }
  }
}
