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
}
