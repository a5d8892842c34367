import Foundation
import Testing

@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct BatchTests {
  private let greet = """
    baton: 1
    id: greet
    name: Greet
    version: 1.0.0
    run_name: Greet ${{ inputs.who }}
    inputs: { who: string, times: { type: integer, default: 1 } }
    steps:
      - { id: say, action: log.write, with: { message: "Hello ${{ inputs.who }}" } }
      - { id: end, if: inputs.times > 1, finish: { outcome: failed } }
      - { id: hold, if: inputs.times < 1, ask: { message: Well?, fields: { ok: boolean } } }
    """

  @Test func `every line becomes a run of its own that proves itself`() throws {
    let lines = (0..<40).map { "{\"who\": \"number \($0)\"}" }.joined(separator: "\n\n")
    try Scenario()
      .file("greet.yaml", greet).file("who.jsonl", lines)
      .baton(
        "run", "greet.yaml", "--batch", "who.jsonl", "--parallel", "16", "--quiet",
        prints: String(repeating: "RUN\n", count: 40)
      )
      .baton("verify", "--all", "--quiet", prints: "")
      .baton("list", "--json")
      .then { scenario in
        let runs = try #require(try scenario.json()["runs"] as? [[String: Any]])
        let names = runs.compactMap { $0["name"] as? String }
        #expect(Set(names) == Set((0..<40).map { "Greet number \($0)" }))
        #expect(runs.allSatisfy { $0["status"] as? String == "succeeded" })
        #expect(try scenario.text(".baton/ledger.jsonl").split(separator: "\n").count == 40)
      }
  }

  @Test func `what all have in common comes from the command line, and a line has its say`() throws
  {
    try Scenario()
      .file("greet.yaml", greet)
      .file("who.jsonl", "{\"who\": \"ana\"}\n{\"times\": 1}\n")
      .baton(
        "run", "greet.yaml", "--batch", "who.jsonl", "--parallel", "1", "-i", "who=all",
        prints: "run RUN (Greet ana): succeeded\nrun RUN (Greet all): succeeded\n",
        complains: "2 runs: 2 succeeded\n")
  }

  @Test(
    arguments: [
      (["{\"who\": \"a\"}"], 0), (["{\"who\": \"a\", \"times\": 0}", "{\"who\": \"b\"}"], 4),
      (["{\"who\": \"a\", \"times\": 0}", "{\"who\": \"b\", \"times\": 2}"], 1),
    ] as [([String], Int32)])
  func `the exit code is that of the worst`(lines: [String], code: Int32) throws {
    try Scenario()
      .file("greet.yaml", greet).file("who.jsonl", lines.joined(separator: "\n"))
      .baton("run", "greet.yaml", "--batch", "who.jsonl", exits: code)
  }

  @Test(arguments: [
    ("{\"who\": \"a\"}\n{\"who\": \"b\", \"times\": \"many\"}", "line 2 of `who.jsonl`"),
    ("{\"who\": \"a\"}\n[]", "line 2 of `who.jsonl`: it is no object"),
    ("{\"who\": \"a\"}\n{", "line 2 of `who.jsonl`: it is not JSON"),
    (
      "{\"who\": \"a\"}\n[]\n\n{",
      "2 lines of `who.jsonl` are unfit:\n  line 2: it is no object of names and values\n"
        + "  line 4: it is not JSON"
    ),
    (String(repeating: "[]\n", count: 12), "\n  … and 2 more\n"),
    ("{\"times\": 1}", "line 1 of `who.jsonl`"), ("\n \n", "holds no line"),
  ])
  func `nothing is started where a line is unfit`(content: String, complaint: String) throws {
    try Scenario()
      .file("greet.yaml", greet).file("who.jsonl", content)
      .baton("run", "greet.yaml", "--batch", "who.jsonl", exits: 2, complains: complaint)
      .baton("list", "--quiet", prints: "")
  }

  @Test func `a file that begins with a byte order mark is read like any other`() throws {
    try Scenario()
      .file("greet.yaml", greet).file("who.jsonl", "\u{FEFF}{\"who\": \"ana\"}\n")
      .baton(
        "run", "greet.yaml", "--batch", "who.jsonl", prints: "run RUN (Greet ana): succeeded\n")
  }

  @Test func `the number at a time is checked`() throws {
    try Scenario()
      .file("greet.yaml", greet).file("who.jsonl", "{\"who\": \"a\"}")
      .baton(
        "run", "greet.yaml", "--batch", "who.jsonl", "--parallel", "0", exits: 2,
        complains: "`--parallel 0` is not a number from 1 to 64"
      )
      .baton("run", "greet.yaml", "--parallel", "2", exits: 2, complains: "add --batch FILE")
  }

  @Test func `a batch that is killed leaves whole runs, which tick brings to their end`() throws {
    let deadly = """
      baton: 1
      id: deadly
      name: Deadly
      inputs: { who: string }
      steps:
        - id: act
          action: command.run
          effects: keyed
          with: { command: [sh, -c, 'if [ "$1" = b ] && [ ! -e killed ]; then touch killed; kill -9 $PPID; kill -9 $$; fi; echo "$1" >> trace', sh, "${{ inputs.who }}"] }
      """
    let lines = ["a", "b", "c"].map { "{\"who\": \"\($0)\"}" }.joined(separator: "\n")
    let scenario = try Scenario()
      .file("deadly.yaml", deadly).file("who.jsonl", lines)
      .baton("run", "deadly.yaml", "--batch", "who.jsonl", "--parallel", "1", exits: 9)
      .baton("verify", "--all")
      .then {
        try $0.shell(
          "until [ -z \"$($BATON list --open --quiet)\" ]; do $BATON tick --quiet; done")
      }
      .baton("list", "--json")
    let runs = try #require(try scenario.json()["runs"] as? [[String: Any]])
    #expect(runs.map { $0["status"] as? String } == ["succeeded", "succeeded"])
    try scenario.holds("trace", "a\nb\n").baton("verify", "--all")
  }

  @Test func `whoever stops a batch is told at once what it waits for, and what was not begun`()
    throws
  {
    let scenario = try Scenario()
      .file(
        "slow.yaml",
        """
        baton: 1
        id: slow
        inputs: { n: string }
        steps:
          - { id: wait, action: command.run, with: { command: [sh, -c, 'touch "begun$1"; until [ -e go ]; do sleep 0.05; done', sh, "${{ inputs.n }}"] } }
          - { id: then, set: { x: 1 } }
        """
      )
      .file("n.jsonl", "{\"n\": \"1\"}\n\n{\"n\": \"2\"}\n{\"n\": \"3\"}\n{\"n\": \"4\"}\n")
    // The steps end only once the notice is there.
    let code = try scenario.shell(
      """
      $BATON run slow.yaml --batch n.jsonl --parallel 2 2> notice & batch=$!
      while kill -0 $batch && ! { [ -e begun1 ] && [ -e begun2 ]; }; do sleep 0.05; done
      kill -TERM $batch
      while kill -0 $batch && ! grep -q 'started; 2 runs park once' notice; do sleep 0.05; done
      touch go
      wait $batch
      """)
    #expect(code == 130)
    let notice = try scenario.text("notice")
    #expect(notice.contains("no more runs are started; 2 runs park once"), "\(notice)")
    #expect(notice.contains(", 2 not begun (from line 4 of the file on)\n"), "\(notice)")
    #expect(scenario.output.split(separator: "\n").count == 2)
    try scenario.baton("list", "--quiet")
    #expect(scenario.output.split(separator: "\n").count == 2)
  }
}
