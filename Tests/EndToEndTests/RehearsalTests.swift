import Foundation
import Testing

@Suite struct RehearsalTests {
  private static let workflow = """
    baton: 1
    id: letter
    name: Write a letter
    version: 1.0.0
    steps:
      - id: write
        name: Write it
        action: files.write
        with: { path: letter.txt, content: Dear reader }
      - id: check
        name: Check it
        ask:
          message: Is it well written?
          fields: { verdict: string }
    outputs: { path: "${{ steps.write.outputs.path }}" }
    """

  @Test func `a rehearsal calls nothing, asks its questions and is known by everybody as one`()
    throws
  {
    let scenario = try Scenario().file("letter.yaml", Self.workflow)
      .baton("run", "letter.yaml", "--rehearse", exits: 4)
    let letter = scenario.folder.appending(path: "letter.txt").path
    #expect(!FileManager.default.fileExists(atPath: letter))
    #expect(scenario.output.contains("rehearsal"))
    #expect(scenario.errors.contains("(rehearsal: nothing is really done)"), "\(scenario.errors)")
    try scenario.baton("status", "RUN")
    #expect(scenario.output.contains("a rehearsal: no operation was called, examples answered"))
    try scenario.baton("tasks")
    #expect(scenario.output.contains("(rehearsal)"), "\(scenario.output)")
    try scenario.baton("tasks", "--json")
    let tasks = try #require(try scenario.json()["tasks"] as? [[String: Any]])
    #expect(tasks.map { $0["rehearsal"] as? Bool } == [true])
    try scenario.baton("answer", "RUN", "check", "verdict=good", exits: 0)
    #expect(!FileManager.default.fileExists(atPath: letter))
    try scenario.baton("status", "RUN", "--json")
    #expect(try scenario.json()["rehearsal"] as? Bool == true)
    try scenario.baton("list")
    #expect(scenario.output.contains("(rehearsal)"))
    try scenario.baton("transcript", "RUN")
    #expect(scenario.output.contains("as a rehearsal"))
    #expect(scenario.output.contains("by the driver rehearsal"))
    try scenario.baton("verify", "RUN", exits: 0)
  }

  @Test func `a batch and an event say of a rehearsal that it is one`() throws {
    try Scenario()
      .file(
        "baton.yaml",
        "baton: 1\nenvironments: { local: { connections: { site: { driver: none } } } }\n"
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
        events: { seen: { id: string } }
        """
      )
      .file(
        "w.yaml",
        """
        baton: 1
        id: wait
        steps: [ { id: w, wait: { event: site.seen } } ]
        """
      )
      .file("two.jsonl", "{}\n{}\n")
      .baton("run", "w.yaml", "--batch", "two.jsonl", "--rehearse", exits: 4)
      .then { scenario in
        let lines = scenario.output.split(separator: "\n")
        #expect(lines.count == 2 && lines.allSatisfy { $0.hasPrefix("rehearsal ") }, "\(lines)")
        #expect(scenario.errors.contains("2 rehearsals: 2 waiting"), "\(scenario.errors)")
      }
      .baton("event", "site.seen", "id=x")
      .then { scenario in
        let lines = scenario.output.split(separator: "\n")
        #expect(lines.count == 2 && lines.allSatisfy { $0.hasPrefix("rehearsal ") }, "\(lines)")
      }
  }
}
