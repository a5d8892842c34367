import Foundation
import Testing

@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct ListIndexTests {
  private let asking = """
    baton: 1
    id: asking
    name: Asking
    version: 1.0.0
    run_name: Ask ${{ inputs.who }}
    labels: { who: "${{ inputs.who }}", number: "${{ 1 + 1 }}" }
    roles: { support: { name: Support } }
    inputs: { who: string }
    steps:
      - { id: hold, name: Hold on, role: support, ask: { message: Well?, fields: { ok: boolean } } }
    """

  private let views = [
    ["list"], ["list", "--json"], ["list", "--quiet"], ["list", "who=ana"], ["list", "number=2"],
    ["list", "--open"], ["list", "--status", "succeeded", "--json"], ["tasks"],
    ["tasks", "--json"], ["tasks", "--quiet", "--role", "support"], ["tasks", "--role", "nobody"],
  ]

  /// Three runs, one of them answered.
  private func scenario() throws -> Scenario {
    let scenario = try Scenario().file("asking.yaml", asking)
    for who in ["ana", "ben", "ö\u{7}"] {
      try scenario.baton("run", "asking.yaml", "-i", "who=\(who)", exits: 4)
    }
    return try scenario.baton("answer", "RUN", "hold", "ok=true")
  }

  private func shown(_ scenario: Scenario) throws -> [String] {
    try views.map { view in
      try scenario.call(view)
      return scenario.output + scenario.errors
    }
  }

  private func log(_ scenario: Scenario) -> URL {
    scenario.folder.appending(path: ".baton/index/log")
  }

  @Test func `lists are the same with the index, without it and with a damaged one`() throws {
    let scenario = try scenario()
    let before = try shown(scenario)
    #expect(before[0].contains("Ask ana") && before[7].contains("Hold on"))
    #expect(!before[3].contains("ben") && before[4].contains("ben"))
    try FileManager.default.removeItem(at: log(scenario))
    #expect(try shown(scenario) == before)
    for damage in [
      Data(), Data("nonsense".utf8), try Data(contentsOf: log(scenario)).dropLast(9),
    ] {
      try damage.write(to: log(scenario))
      #expect(try shown(scenario) == before)
      #expect(try shown(scenario) == before)
    }
  }

  @Test func `an index that cannot be written is done without`() throws {
    let scenario = try scenario()
    let before = try shown(scenario)
    let index = scenario.folder.appending(path: ".baton/index")
    try FileManager.default.removeItem(at: index)
    try Data().write(to: index)
    #expect(try shown(scenario) == before)
  }

  @Test(.enabled(if: SmallDisk.isPossible), arguments: ["with", "without"])
  func `a read-only project is listed as any other`(index: String) throws {
    let scenario = Scenario()
    let project = scenario.folder.appending(path: "project")
    try FileManager.default.createDirectory(at: project, withIntermediateDirectories: false)
    let disk = try SmallDisk(at: project)
    defer { disk.remove() }
    try scenario.file("project/asking.yaml", asking)
    for who in ["ana", "ben", "eve"] {
      try scenario.baton(
        "-C", "project", "run", "project/asking.yaml", "-i", "who=\(who)", exits: 4)
    }
    func shown() throws -> [String] {
      try (views + [["tick"]]).map { view in
        let code = try scenario.call(["-C", "project"] + view)
        #expect(code == 0)
        return scenario.output + scenario.errors
      }
    }
    let before = try shown()
    #expect(before[0].contains("Ask ana"))
    if index == "without" {
      try FileManager.default.removeItem(at: project.appending(path: ".baton/index"))
    }
    try disk.setReadOnly(true)
    #expect(try shown() == before)
  }

  @Test func `a run that was killed shows as interrupted, one that was removed not at all`() throws
  {
    let scenario = try scenario()
    try scenario.file(
      "dies.yaml",
      """
      baton: 1
      id: dies
      name: Dies
      version: 1.0.0
      steps:
        - { id: die, action: command.run, with: { command: [sh, -c, "kill -9 $PPID"] } }
      """)
    #expect(try scenario.exitCode("run", "dies.yaml") != 0)
    try scenario.baton("list", "--status", "interrupted", "--quiet", prints: "RUN\n")
    let run = scenario.output.trimmingCharacters(in: .whitespacesAndNewlines)
    try scenario.baton("list", "--status", "interrupted", "--quiet", prints: "RUN\n")
    try FileManager.default.removeItem(at: scenario.folder.appending(path: ".baton/runs/\(run)"))
    try scenario.baton("list", "--status", "interrupted", "--quiet", prints: "")
    try scenario.baton("list", "--open", "--quiet", prints: "RUN\nRUN\n")
  }

  @Test func `a limit leaves out what is old, and says so`() throws {
    let scenario = try scenario()
    try scenario.call(["list", "--limit", "2"])
    #expect(scenario.output.split(separator: "\n").count == 3)
    #expect(!scenario.output.contains("Ask ana"))
    #expect(scenario.errors.contains("there are 1 more; --limit 0 shows all"))
    try scenario.call(["list", "--limit", "0"])
    #expect(scenario.output.split(separator: "\n").count == 4 && scenario.errors.isEmpty)
    try scenario.call(["list", "--limit", "2", "--json"])
    #expect(scenario.output.contains("\"more\": 1\n") && scenario.errors.isEmpty)
    try scenario.call(["tasks", "--limit", "1", "--json"])
    #expect(scenario.output.contains("Ask") && scenario.output.contains("\"more\": 1\n"))
    try scenario.call(["tasks", "--limit", "1", "--quiet"])
    #expect(scenario.output.split(separator: "\n").count == 1)
    try scenario.call(["list", "--json"])
    #expect(!scenario.output.contains("more"))
    try scenario.baton("list", "--limit", "few", exits: 2)
  }

  @Test func `lists are JSON, an item a line`() throws {
    let scenario = try scenario()
    for (list, member, count) in [("list", "runs", 3), ("tasks", "tasks", 2)] {
      try scenario.call([list, "--json"])
      #expect(scenario.output.split(separator: "\n").count == count + 5)
      let document = try #require(
        JSONSerialization.jsonObject(with: Data(scenario.output.utf8)) as? [String: Any])
      #expect(document["format"] as? String == "baton-\(list)/1")
      #expect((document[member] as? [[String: Any]])?.count == count)
    }
  }

  @Test func `an answer that another process gave shows at once`() throws {
    let scenario = try scenario()
    try scenario.baton("list", "--open", "--quiet", prints: "RUN\nRUN\n")
    let open = scenario.output.split(separator: "\n").map(String.init)
    try scenario.baton("answer", open[0], "hold", "ok=true")
    try scenario.baton("list", "--open", "--quiet", prints: "RUN\n")
    try scenario.baton("tasks", "--quiet", prints: "RUN hold\n")
  }
}
