import Foundation
import Testing

@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(2)))
struct MigrateTests {
  private static func workflow(_ version: String, _ steps: String) -> String {
    """
    baton: 1
    id: visit
    name: Prepare a visit
    version: \(version)
    steps:
      - { id: book, name: Book it, action: files.write, with: { path: book.txt, content: booked } }
    \(steps)
    """
  }

  private static let question =
    "  - { id: sure, name: Are they sure, ask: { fields: { answer: string } } }\n"
  private static func write(_ name: String) -> String {
    "  - { id: \(name), name: Write \(name), action: files.write, "
      + "with: { path: \(name).txt, content: x } }\n"
  }

  @Test func `a parked run is moved, and everything understands it`() throws {
    try Scenario().file("visit.yaml", Self.workflow("1.0.0", Self.question))
      .baton("run", "visit.yaml", exits: 4)
      .file(
        "visit.yaml",
        Self.workflow("2.0.0", Self.write("early") + Self.question + Self.write("late"))
      )
      .baton("migrate", "RUN", "--to", "visit.yaml", "--plan", exits: 0)
      .then { scenario in
        #expect(scenario.output.contains("--decide early=do or --decide early=leave_out"))
        #expect(scenario.output.contains("it comes later"))
      }
      .baton("migrate", "RUN", "--to", "visit.yaml", exits: 7, complains: "nothing was changed")
      .baton("status", "RUN")
      .then { #expect($0.output.contains("of visit 1.0.0")) }
      .baton(
        "migrate", "RUN", "--to", "visit.yaml", "--decide", "early=do", "--reason", "a new rule",
        exits: 4
      )
      .file("visit.yaml", "it was changed again")
      .baton("status", "RUN")
      .then { #expect($0.output.contains("of visit 2.0.0")) }
      .then { scenario in
        let early = try scenario.text("early.txt")
        #expect(early == "x")
      }
      .baton("verify", "--all")
      .baton("answer", "RUN", "sure", "answer=yes", exits: 0)
      .then { scenario in
        let late = try scenario.text("late.txt")
        #expect(late == "x")
      }
      .baton("transcript", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("moved to version 2.0.0 of the workflow by user"))
        #expect(scenario.output.contains("a new rule"))
      }
      .baton("verify", "--all")
      .then { scenario in
        let state = try scenario.runFolder().appending(path: "run.json")
        try FileManager.default.removeItem(at: state)
      }
      .baton("status", "RUN", "--quiet", prints: "succeeded\n")
  }

  @Test func `what is impossible is refused whole`() throws {
    try Scenario().file("visit.yaml", Self.workflow("1.0.0", Self.question))
      .baton("run", "visit.yaml", exits: 4)
      .file("visit.yaml", Self.workflow("2.0.0", Self.write("other")))
      .baton("migrate", "RUN", "--to", "visit.yaml", "--plan", exits: 7)
      .then { #expect($0.output.contains("impossible")) }
      .baton(
        "migrate", "RUN", "--to", "visit.yaml", exits: 7,
        complains: "the run cannot be moved as it stands"
      )
      .baton("answer", "RUN", "sure", "answer=yes", exits: 0)
      .baton("verify", "--all")
  }

  @Test func `a changed pinned file of the new definition shows`() throws {
    try Scenario().file("visit.yaml", Self.workflow("1.0.0", Self.question))
      .baton("run", "visit.yaml", exits: 4)
      .file("visit.yaml", Self.workflow("2.0.0", Self.question))
      .baton("migrate", "RUN", "--to", "visit.yaml", exits: 4)
      .then { scenario in
        let file = try scenario.runFolder()
          .appending(path: "definition/migrations/1/workflow.yaml")
        try "forged".write(to: file, atomically: true, encoding: .utf8)
      }
      .baton("verify", "RUN", exits: 8)
  }
}
