import Foundation
import Testing

/// A tick, or an event for all runs, that is asked to stop.
// Skipped where there is no binary, as the command chains are.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct TickStoppingTests {
  @Test
  func `eight runs go on at a time, and whoever stops that is told at once what it waits for`()
    throws
  {
    let scenario = try Scenario()
      .file(
        "w.yaml",
        """
        baton: 1
        id: slow
        name: Slow
        inputs: { n: string }
        steps:
          - id: work
            effects: keyed
            action: command.run
            with:
              command:
                - sh
                - -c
                - 'if [ ! -e "died$1" ]; then touch "died$1"; kill -9 $PPID; exit; fi; touch "begun$1"; until [ -e go ]; do sleep 0.05; done'
                - sh
                - ${{ inputs.n }}
          - { id: then, set: { x: 1 } }
        """
      )
    _ = try scenario.shell("for n in $(seq 10); do $BATON run w.yaml -i n=$n; done; true")
    let code = try stop(
      "tick", of: scenario, after: 8, saying: "park once what is under way in them")
    #expect(code == 130)
    let notice = try scenario.text("notice")
    #expect(notice.contains("no more runs are gone on with; 8 runs park"), "\(notice)")
    #expect(try begun(scenario) == 8)
    try scenario.baton("verify", "--all")
  }

  @Test func `an event that is broken off reaches the other runs with the next tick`() throws {
    let scenario = try project()
    _ = try scenario.shell("for n in $(seq 10); do $BATON run w.yaml -i n=$n; done")
    let code = try stop(
      "event shop.paid order=a", of: scenario, after: 8,
      saying: "no more runs are given it; 8 runs park")
    #expect(code == 130)
    #expect(try scenario.text("notice").contains("the next tick gives it to the other runs"))
    #expect(try begun(scenario) == 8)
    _ = try scenario.shell("$BATON tick")
    #expect(try begun(scenario) == 10)
    try scenario.baton("verify", "--all")
  }

  @Test func `an event that is stopped in the middle of its runs says which have to be resumed`()
    throws
  {
    let scenario = try project()
    _ = try scenario.shell("for n in 1 2; do $BATON run w.yaml -i n=$n; done")
    let code = try stop(
      "event shop.paid order=a", of: scenario, after: 2, saying: "2 runs park")
    #expect(code == 130)
    let notice = try scenario.text("notice")
    #expect(notice.split(separator: "\n").count { $0.contains("baton resume") } == 2, "\(notice)")
    #expect(!notice.contains("the next tick"))
    // Of steps side by side nothing is said but how their runs stand.
    let lines = try (notice + scenario.text("shown")).split(separator: "\n")
    #expect(!lines.contains { $0.lowercased().contains("work") }, "\(lines)")
    try scenario.baton("verify", "--all")
  }

  /// A project with a shop, and a workflow that works behind its event until there is a file `go`.
  private func project() throws -> Scenario {
    try Scenario()
      .file(
        "baton.yaml",
        "baton: 1\nenvironments: { local: { connections: { shop: { driver: none } } } }\n"
      )
      .file(
        "plugins/shop/plugin.yaml",
        "plugin: shop\nsummary: A shop\nevents:\n  paid: { order: string }\n"
      )
      .file(
        "w.yaml",
        """
        baton: 1
        id: slow
        name: Slow
        inputs: { n: string }
        steps:
          - { id: paid, wait: { event: shop.paid } }
          - id: work
            effects: keyed
            action: command.run
            with:
              command:
                - sh
                - -c
                - 'touch "begun$1"; until [ -e go ]; do sleep 0.05; done'
                - sh
                - ${{ inputs.n }}
          - { id: then, set: { x: 1 } }
        """
      )
  }

  /// Asks a command to stop once so many steps have begun; they end only once its notice is there.
  private func stop(
    _ command: String, of scenario: Scenario, after count: Int, saying words: String
  ) throws -> Int32 {
    try scenario.shell(
      """
      $BATON \(command) > shown 2> notice & it=$!
      while kill -0 $it && [ $(ls | grep -c '^begun') -lt \(count) ]; do sleep 0.05; done
      kill -TERM $it
      while kill -0 $it && ! grep -q '\(words)' notice; do sleep 0.05; done
      touch go
      wait $it
      """)
  }

  private func begun(_ scenario: Scenario) throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: scenario.folder.path)
      .count { $0.hasPrefix("begun") }
  }
}
