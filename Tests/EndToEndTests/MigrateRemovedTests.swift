import Foundation
import Testing

/// Runs that are moved to versions without a step, and what is told of it from then on.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct MigrateRemovedTests {
  private static func write(_ id: String, _ file: String) -> String {
    "{ id: \(id), action: files.write, with: { path: \(file).txt, content: x } }"
  }

  private static func workflow(_ version: String, _ steps: [String]) -> String {
    "baton: 1\nid: visit\nversion: \(version)\nsteps:\n"
      + steps.map { "  - \($0)\n" }.joined()
      + "  - { id: sure, ask: { fields: { answer: string } } }\n"
  }

  @Test func `a step with the id of another that was removed is not said to be done for it`() throws
  {
    let other = "{ id: x, action: command.run, with: { command: [touch, other] } }"
    try Scenario().file("baton.yaml", "baton: 1\n")
      .file("visit.yaml", Self.workflow("1.0.0", [Self.write("x", "x")]))
      .baton("run", "visit.yaml", "--no-input", exits: 4)
      .file("visit.yaml", Self.workflow("2.0.0", []))
      .baton("migrate", "RUN", "--to", "visit.yaml", "--no-input", exits: 4)
      .file("visit.yaml", Self.workflow("3.0.0", [other]))
      .baton("migrate", "RUN", "--to", "visit.yaml", "--no-input", exits: 7)
      .then { scenario in
        let told = scenario.output + scenario.errors
        #expect(told.contains("that was `files.write`, and this is `command.run`"), "\(told)")
      }
      .baton("migrate", "RUN", "--to", "visit.yaml", "--decide", "x=keep", "--no-input", exits: 4)
      .then { scenario in
        let other = scenario.folder.appending(path: "other").path
        #expect(!FileManager.default.fileExists(atPath: other))
      }
  }

  @Test func `steps that were removed stand in their items, in the order of before`() throws {
    func loop(_ steps: [String]) -> String {
      "{ id: each, for_each: { in: \"['a', 'b']\", as: o, steps: [ \(steps.joined(separator: ", ")) ] } }"
    }
    let section = "{ id: part, steps: [ \(Self.write("z", "z")), \(Self.write("a", "a")) ] }"
    let last = Self.write("last", "last")
    try Scenario().file("baton.yaml", "baton: 1\n")
      .file("visit.yaml", Self.workflow("1.0.0", [loop([section, last])]))
      .baton("run", "visit.yaml", "--no-input", exits: 4)
      .file("visit.yaml", Self.workflow("2.0.0", [loop([last])]))
      .baton("migrate", "RUN", "--to", "visit.yaml", "--no-input", exits: 4)
      .baton("transcript", "RUN")
      .then { scenario in
        let rows = scenario.output.matches(of: #/\n( +)\w+ \[([^\s]+)\]: /#)
        let steps = rows.prefix(10).map { "\($0.1.count / 2) \($0.2)" }
        #expect(
          steps == [
            "1 each", "2 each[0]/part", "3 each[0]/z", "3 each[0]/a", "2 each[0]/last",
            "2 each[1]/part", "3 each[1]/z", "3 each[1]/a", "2 each[1]/last", "1 sure",
          ], "\(scenario.output)")
      }
  }
}
