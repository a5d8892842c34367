import Foundation
import Testing

/// Commands for a run whose process died in the middle of a step.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct InterruptedTests {
  /// One effect that can be taken back, then one in the middle of which the process dies.
  ///
  /// - Parameter deadly: what the second step says beside what it does.
  private func killed(_ deadly: String) throws -> Scenario {
    let die = "if [ ! -e killed ]; then touch killed; kill -9 $PPID; fi; echo +flight >> trace"
    return try Scenario().file(
      "trip.yaml",
      """
      baton: 1
      id: trip
      name: Plan a trip
      version: 1.0.0
      steps:
        - { id: hotel, \(Scenario.act("echo +hotel >> trace")), undo: { \(Scenario.act("echo -hotel >> trace")) }, checkpoint: booked }
        - { id: flight, \(Scenario.act(die)), undo: { \(Scenario.act("echo -flight >> trace")) }, \(deadly) }
        - { id: last, \(Scenario.act("echo +last >> trace")) }
      """
    )
    .baton("run", "trip.yaml", exits: 9)
    .then { try $0.shell("until ! $BATON status $RUN --quiet | grep -q running; do true; done") }
    .baton("status", "RUN", "--quiet", prints: "interrupted\n")
  }

  /// Once what the killed process started has ended.
  private func onceFree(_ scenario: Scenario, _ command: String, exits code: Int32 = 0) throws {
    let found = try scenario.shell(
      "while $BATON \(command); code=$?; [ $code = 7 ] && $BATON status $RUN --quiet"
        + " | grep -q interrupted; do true; done; exit $code")
    #expect(found == code, "\(command): \(scenario.output)\(scenario.errors)")
  }

  /// A trip whose process dies in a step that only looks, after something has succeeded.
  ///
  /// - Returns: what was done in the end.
  private func trace(ofTrip steps: String) throws -> String {
    let scenario = try Scenario()
      .file("trip.yaml", "baton: 1\nid: trip\nname: Plan a trip\nsteps:\n" + steps)
      .baton("run", "trip.yaml", exits: 9)
      .then { try $0.shell("until ! $BATON status $RUN --quiet | grep -q running; do true; done") }
      .then { try onceFree($0, "resume $RUN") }
      .baton("status", "RUN", "--quiet", prints: "succeeded\n")
    return try scenario.text("trace")
  }

  @Test func `what succeeded stays so, though the process dies while it only looks at something`()
    throws
  {
    let die = "if [ ! -e killed ]; then touch killed; kill -9 $PPID; fi"
    let trace = try trace(
      ofTrip: """
          - { id: hotel, effects: once, \(Scenario.act("echo +hotel >> trace")) }
          - { id: look, effects: none, \(Scenario.act(die)) }
          - { id: last, \(Scenario.act("echo +last >> trace")) }
        """)
    #expect(trace == "+hotel\n+last\n")
  }

  @Test func `what succeeded stays so, though the process dies beside it`() throws {
    // The branch that dies waits until the other one's success can be seen from outside. The pattern does not
    // find itself in the record of what is called.
    let die =
      "if [ ! -e killed ]; then until grep -q step.succeede[d] .baton/runs/*/journal.jsonl; do true; done; touch killed; kill -9 $PPID; fi"
    let trace = try trace(
      ofTrip: """
          - id: both
            parallel:
              - { id: hotel, effects: once, \(Scenario.act("echo +hotel >> trace")) }
              - { id: look, effects: none, \(Scenario.act(die)) }
        """)
    #expect(trace == "+hotel\n")
  }

  @Test func `undo finds out what came of it, then takes it back`() throws {
    try killed("effects: keyed")
      .baton(
        "undo", "RUN", exits: 2,
        complains: "flight was being carried out when the process ended"
      )
      .then { try onceFree($0, "undo $RUN --yes --reason 'it rains'") }
      .baton("status", "RUN", "--quiet", prints: "undone\n")
      .holds("trace", "+hotel\n+flight\n+flight\n-flight\n-hotel\n")
      .baton("verify", "--all")
  }

  @Test func `what nobody knows is a doubt, and undo waits for it`() throws {
    try killed("effects: once")
      .then { scenario in
        try onceFree(scenario, "undo $RUN --yes --reason 'it rains'", exits: 7)
        #expect(scenario.errors.contains("in doubt"))
      }
      .baton("status", "RUN", "--quiet", prints: "needs_attention\n")
      .baton("resolve", "RUN", "flight", "--did-not-happen", "--reason", "seen", exits: 0)
      .holds("trace", "+hotel\n+flight\n+flight\n+last\n")
  }

  @Test func `rewind and skip find out, too`() throws {
    try killed("effects: keyed")
      .then { try onceFree($0, "rewind $RUN --to booked --reason again") }
      .baton("status", "RUN", "--quiet", prints: "succeeded\n")
      .holds("trace", "+hotel\n+flight\n+flight\n-flight\n+flight\n+last\n")
    // It was done when somebody wanted to pass over it: there is nothing to pass over.
    try killed("effects: keyed")
      .then { try onceFree($0, "skip $RUN flight --reason 'not needed'", exits: 7) }
      .then { #expect($0.errors.contains("`flight`")) }
      .baton("status", "RUN", "--quiet", prints: "succeeded\n")
  }

  @Test func `a moved run is recovered first`() throws {
    try killed("effects: keyed")
      .then { scenario in
        let text = try scenario.text("trip.yaml").replacing("1.0.0", with: "2.0.0")
        try scenario.file("next.yaml", text)
      }
      .baton("migrate", "RUN", "--to", "next.yaml", "--plan")
      .then { try onceFree($0, "migrate $RUN --to next.yaml --reason better") }
      .baton("status", "RUN", "--quiet", prints: "succeeded\n")
      .holds("trace", "+hotel\n+flight\n+flight\n+last\n")
      .baton("verify", "--all")
  }

  @Test func `a step that the process did not come to can go away, and what is in the way is said`()
    throws
  {
    try killed("effects: keyed")
      .then { scenario in
        let text = try scenario.text("trip.yaml").replacing("id: last", with: "id: end")
        try scenario.file("next.yaml", text.replacing("+last", with: "+end"))
      }
      .then { try onceFree($0, "migrate $RUN --to next.yaml --reason better") }
      .holds("trace", "+hotel\n+flight\n+flight\n+end\n")
    try killed("effects: keyed")
      .then { scenario in
        let text = try scenario.text("trip.yaml").replacing(
          /id: flight, .*/, with: "id: flight, action: files.write, with: { path: x, content: y } }"
        )
        let read =
          "id: last, action: log.write, with: { message: \"${{ steps.flight.outputs.sha256 }}\" } }"
        try scenario.file("next.yaml", text.replacing(/id: last, .*/, with: read))
      }
      .then { scenario in
        try onceFree(scenario, "migrate $RUN --to next.yaml --reason better", exits: 7)
        #expect(
          scenario.errors.contains(
            "`flight`: it is done: there is no `sha256`, and `last` needs it"), "\(scenario.errors)"
        )
        #expect(scenario.errors.contains("decide `flight`: keep"), "\(scenario.errors)")
      }
  }

  @Test func `cancel ends the run, and what nobody knows stays in its record`() throws {
    try killed("effects: once, manual: Book it in the console")
      .then { scenario in
        try onceFree(scenario, "cancel $RUN --reason 'never mind'")
        #expect(scenario.errors.contains("warning: flight: in doubt: nobody knows whether"))
      }
      .baton("status", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("cancelled"))
        #expect(scenario.output.contains("! flight: in doubt"))
        #expect(scenario.output.contains("      nobody knows whether `flight` took effect: "))
        #expect(!scenario.output.contains("By hand"))
      }
      .baton("transcript", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("\n  flight [flight]: in doubt\n"))
        #expect(scenario.output.contains("flight: in doubt: nobody knows whether `flight`"))
      }
      .baton("verify", "RUN")
  }
}
