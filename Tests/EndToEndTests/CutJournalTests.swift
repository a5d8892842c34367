import Foundation
import Testing

/// Whatever of a journal a crash has left, the run goes on from there and ends the same.
// Skipped where there is no binary, as the command chains are.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct CutJournalTests {
  /// Sets values, skips, loops and acts; the last action kills the process the first time.
  private let workflow = """
    baton: 1
    id: cut
    name: Cut
    version: 1.0.0
    steps:
      - { id: one, set: { n: 1 } }
      - { id: act, action: command.run, effects: keyed, with: { command: [sh, -c, "echo act >> trace"] } }
      - { id: pass, if: steps.one.outputs.n == 1, go_to: four }
      - { id: two, action: command.run, with: { command: [sh, -c, "echo two >> trace"] } }
      - { id: three, action: command.run, with: { command: [sh, -c, "echo three >> trace"] } }
      - { id: four, repeat: { steps: [ { id: round, set: { n: "${{ index }}" } } ], until: index == 2 } }
      - id: deadly
        action: command.run
        effects: keyed
        with: { command: [sh, -c, "if [ ! -e killed ]; then touch killed; kill -9 $PPID; fi"] }
      - id: end
        if: steps.one.outputs.n == 1
        finish: { outcome: succeeded, message: "That is all" }
      - { id: five, action: command.run, with: { command: [sh, -c, "echo five >> trace"] } }
    outputs: { n: "${{ steps.one.outputs.n }}" }
    """

  @Test func `cut at any record, or in the middle of one, the run goes on there`() throws {
    let scenario = Scenario()
    try scenario.file("cut.yaml", workflow).baton("run", "cut.yaml", exits: 9)
    let journal = try scenario.runFolder().appending(path: "journal.jsonl")
    // The process was killed: behind the records there is space for more of them.
    let written = try Data(contentsOf: journal)
    let whole = written[..<(try #require(written.lastIndex { $0 != 0x0A }) + 2)]
    let ends = whole.indices.filter { whole[$0] == 0x0A }.map { $0 + 1 }
    #expect(ends.count > 10)
    let folder = try scenario.runFolder()
    let kept = folder.deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "kept")
    try FileManager.default.copyItem(at: folder, to: kept)
    for end in ends.flatMap({ [$0, $0 - 20] }).filter({ $0 >= ends[0] }) {
      try FileManager.default.removeItem(at: folder)
      try FileManager.default.copyItem(at: kept, to: folder)
      try? FileManager.default.removeItem(
        at: scenario.folder.appending(path: ".baton/ledger.jsonl"))
      try whole[..<end].write(to: journal)
      try scenario
        .file("trace", "")
        .baton("resume", "RUN", prints: "run RUN (Cut): succeeded\n  That is all\n  n: 1\n")
        .baton("verify", "RUN")
      #expect(["", "act\n"].contains(try scenario.text("trace")), "cut at \(end)")
    }
  }
}
