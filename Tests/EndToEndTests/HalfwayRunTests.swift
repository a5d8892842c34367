import Foundation
import Testing

/// A run that an earlier release left in the middle of something is taken to its end by this one.
// Skipped where there is no binary, as the command chains are.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct HalfwayRunTests {
  private static let releases = RecordedJournalTests.releases(named: "halfway-")

  /// Where a run stands, what it needs to get to its end, and how that is.
  struct Way: Sendable {
    let place: String
    let stands: String
    let commands: [String]
    var ends = "succeeded"
    /// What the transcript tells of what was recorded, and of what was done now.
    let tells: [String]
  }

  private static let ways = [
    Way(
      place: "approval", stands: "waiting",
      commands: ["BATON_TOKEN=$($BATON people token ben --quiet) $BATON approve $RUN agreed"],
      tells: ["by person ana", "by person ben"]),
    Way(
      place: "doubt", stands: "needs_attention",
      commands: [
        "$BATON resolve $RUN doubted --happened --set exit_code=0 --set stdout= --set stderr= "
          + "--set truncated=false --reason 'seen in the log'"
      ], tells: ["interrupted", "it happened: seen in the log"]),
    Way(
      place: "loop", stands: "waiting",
      commands: [1, 2, 3].map { "$BATON answer $RUN 'each[\($0)]/count' n=\($0)" },
      tells: ["each[0]", "each[3]"]),
    Way(
      place: "called", stands: "waiting",
      commands: [2, 3].map { "$BATON answer $RUN 'inside/rounds[\($0 - 1)]/more' n=\($0)" },
      tells: ["inside/rounds[0]/more", "inside/rounds[2]/more"]),
    Way(
      place: "recovery", stands: "waiting",
      commands: ["$BATON answer $RUN looked why='it rains'"],
      tells: ["exit_code", "it rains"]),
    Way(
      place: "back", stands: "waiting",
      commands: ["$BATON done $RUN begun.undo --reason 'by hand'"], ends: "undone",
      tells: ["ordered by mistake", "by hand"]),
    Way(
      place: "moved", stands: "waiting",
      commands: ["$BATON answer $RUN right n=2 pin=4711-pin"], tells: ["a new rule", "2.0.0"]),
    Way(
      place: "killed", stands: "interrupted", commands: ["touch killed; $BATON resume $RUN"],
      tells: ["interrupted"]),
  ]

  @Test(arguments: releases, ways)
  func `each goes on where it stands and comes to its end`(release: String, way: Way) throws {
    for keepsState in [true, false] {
      let scenario = try RecordedJournalTests.recorded(release)
      try scenario.shell("$BATON list where=\(way.place) --quiet")
      let run = scenario.output.trimmingCharacters(in: .whitespacesAndNewlines)
      #expect(run.count == 15)
      try scenario.shell("$BATON status \(run) --quiet")
      #expect(scenario.output == "\(way.stands)\n")
      if !keepsState { try scenario.shell("rm -f .baton/runs/*/run.json") }
      for command in way.commands {
        let code = try scenario.shell("RUN=\(run); \(command)")
        #expect([0, 1, 4].contains(code), "\(command): \(scenario.output)\(scenario.errors)")
      }
      try scenario.shell("$BATON status \(run) --quiet")
      #expect(scenario.output == "\(way.ends)\n", "\(scenario.errors)")
      try scenario.baton("verify", "--all")
      try scenario.shell("$BATON transcript \(run)")
      for word in way.tells { #expect(scenario.output.contains(word), "\(word)") }
      #expect(!scenario.output.contains("hunter2-secret"))
      #expect(!scenario.output.contains("4711-pin"))
    }
  }

  @Test(arguments: releases)
  func `every run that was recorded is taken to its end`(release: String) throws {
    let scenario = try RecordedJournalTests.recorded(release)
    try scenario.shell("$BATON list --quiet")
    #expect(scenario.output.split(separator: "\n").count == Self.ways.count)
    #expect(!Self.releases.isEmpty)
  }
}
