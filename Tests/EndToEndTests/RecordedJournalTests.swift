import Foundation
import TestSupport
import Testing

/// What every release recorded stays readable, provable and goes on.
// Skipped where there is no binary, as the command chains are.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct RecordedJournalTests {
  private static let fixtures = Repository.root.appending(path: "Tests/EndToEndTests/Fixtures")
  private static let releases = releases(named: "baton-")

  /// The folders of what releases recorded, of one kind.
  static func releases(named prefix: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: fixtures.path)) ?? []
    return names.filter { $0.hasPrefix(prefix) }.sorted()
  }

  /// A folder with what a release left behind.
  static func recorded(_ release: String) throws -> Scenario {
    let scenario = Scenario()
    let source = fixtures.appending(path: release)
    try FileManager.default.copyItem(
      at: source.appending(path: "dot-baton"), to: scenario.folder.appending(path: ".baton"))
    try FileManager.default.copyItem(
      at: source.appending(path: "baton.yaml"), to: scenario.folder.appending(path: "baton.yaml"))
    // What is checked out may be read by everybody, and a key may not.
    try scenario.shell("chmod -R go= .baton")
    return scenario
  }

  @Test(arguments: releases)
  func `they verify, and stand where they stood`(release: String) throws {
    try Self.recorded(release)
      .baton("verify", "--all")
      .baton("list", "who=Ana", "--json")
      .then { scenario in
        let runs = try #require(try scenario.json()["runs"] as? [[String: Any]])
        let statuses = runs.compactMap { $0["status"] as? String }
        #expect(statuses.sorted() == ["cancelled", "succeeded", "undone", "waiting"])
      }
  }

  @Test(arguments: releases)
  func `their story can be told, and what was sensitive is not in it`(release: String) throws {
    let scenario = try Self.recorded(release)
    try scenario.shell("for run in $(ls .baton/runs); do $BATON transcript $run || exit 1; done")
    for word in [
      "it happened: seen in the log", "done by hand by", "called, they answer tomorrow",
      "interrupted", "ordered by mistake", "it rains",
    ] {
      #expect(scenario.output.contains(word), "\(word)")
    }
    #expect(!scenario.output.contains("hunter2-secret") && !scenario.output.contains("4711-pin"))
  }

  @Test(arguments: releases)
  func `a run that waits goes on, without its saved state, too`(release: String) throws {
    for keepsState in [true, false] {
      let scenario = try Self.recorded(release)
      try scenario.shell(
        """
        run=$($BATON list --json | tr -d '\\n ' | grep -oE '"id":"[^"]*","name":"[^"]*","status":"waiting"' \\
          | cut -d'"' -f4)
        [ \(keepsState) = true ] || rm .baton/runs/*/run.json
        $BATON answer $run last ok=true > shown 2>&1 && $BATON status $run --quiet
        """)
      #expect(scenario.output == "succeeded\n", "\(scenario.output)\(scenario.errors)")
      try scenario.baton("verify", "--all")
    }
  }
}
