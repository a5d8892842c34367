import Foundation
import Testing

/// A run goes on in one place: a copy of its folder only once somebody adopted it.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct AdoptionTests {
  private static let workflow = """
    baton: 1
    id: job
    name: A job
    version: 1.0.0
    steps:
      - { id: first, action: command.run, with: { command: [sh, -c, "echo first >> \\"$0/trace\\"", FOLDER] } }
      - { id: sure, ask: { fields: { answer: string } } }
      - { id: last, action: command.run, with: { command: [sh, -c, "echo last >> \\"$0/trace\\"", FOLDER] } }
    """

  /// A run that waits for an answer, in the project `a`; what it does shows in the file `trace`.
  private func parked() throws -> Scenario {
    let scenario = Scenario()
    return
      try scenario
      .file("a/baton.yaml", "baton: 1\nproject: jobs\n")
      .file("b/baton.yaml", "baton: 1\nproject: jobs\n")
      .file("a/job.yaml", Self.workflow.replacing("FOLDER", with: scenario.folder.path))
      .baton("-C", "a", "run", "a/job.yaml", exits: 4)
  }

  private func copy(_ scenario: Scenario, from: String = "a", to: String = "b") throws {
    let code = try scenario.shell(
      "mkdir -p \(to)/.baton/runs && rm -rf \(to)/.baton/runs/$RUN"
        + " && cp -a \(from)/.baton/runs/$RUN \(to)/.baton/runs/")
    #expect(code == 0)
  }

  @Test func `a copied folder does not go on in silence, whatever is asked of it`() throws {
    try parked()
      .then { try copy($0) }
      .baton("-C", "b", "resume", "RUN", exits: 7, complains: "this folder is a copy of it")
      .baton(
        "-C", "b", "answer", "RUN", "sure", "answer=yes", exits: 7,
        complains: "baton resume RUN --adopt --reason …"
      )
      .baton("-C", "b", "cancel", "RUN", "--reason", "so", exits: 7)
      .baton("-C", "b", "resume", "RUN", "--adopt", exits: 2, complains: "--reason")
      .baton("-C", "b", "status", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("a copy that nobody adopted: the run belongs in"))
        #expect(scenario.output.contains("--adopt --reason 'WHY'"))
      }
      .baton("-C", "b", "verify", "RUN", complains: "a copy that nobody adopted")
      // The original knows nothing of it and goes on.
      .baton("-C", "a", "answer", "RUN", "sure", "answer=yes")
      .holds("trace", "first\nlast\n")
  }

  @Test func `adopted it goes on, and both journals say so`() throws {
    try parked()
      .then { try copy($0) }
      .baton("-C", "b", "resume", "RUN", "--adopt", "--reason", "a new disk", exits: 4)
      .baton("-C", "b", "transcript", "RUN")
      .then { #expect($0.output.contains("a copy adopted by user ")) }
      .baton("-C", "a", "transcript", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("goes on elsewhere, in a copy adopted by user "))
        #expect(scenario.output.contains("a new disk"))
      }
      .baton(
        "-C", "a", "answer", "RUN", "sure", "answer=yes", exits: 7,
        complains: "where it was adopted: a new disk"
      )
      .baton("-C", "a", "status", "RUN", "--quiet", prints: "needs_attention\n")
      .baton("-C", "a", "tick")
      .baton("-C", "a", "status", "RUN")
      .then { #expect($0.output.contains("b/.baton/runs/")) }
      .baton("-C", "b", "answer", "RUN", "sure", "answer=yes")
      .holds("trace", "first\nlast\n")
      .baton("-C", "b", "status", "RUN")
      .then { #expect($0.output.contains("adopted from ")) }
      .baton("-C", "a", "verify", "--all")
      .baton("-C", "b", "verify", "--all")
  }

  @Test func `what has gone on since it was copied is not done again`() throws {
    try parked()
      .then { try copy($0) }
      .baton("-C", "a", "note", "RUN", "still here")
      .baton(
        "-C", "b", "resume", "RUN", "--adopt", "--reason", "so", exits: 7,
        complains: "has gone on in"
      )
      .then { try copy($0) }
      .baton("-C", "a", "answer", "RUN", "sure", "answer=yes")
      .baton(
        "-C", "b", "resume", "RUN", "--adopt", "--reason", "so", exits: 7,
        complains: "since it was copied"
      )
      .holds("trace", "first\nlast\n")
  }

  @Test func `a run that was adopted can be taken back with its folder`() throws {
    try parked()
      .then { try copy($0) }
      .baton("-C", "b", "resume", "RUN", "--adopt", "--reason", "try it there", exits: 4)
      .baton("-C", "b", "note", "RUN", "it is slow here")
      .baton(
        "-C", "a", "resume", "RUN", "--adopt", "--reason", "back", exits: 7,
        complains: "since it was copied"
      )
      .then { try copy($0, from: "b", to: "a") }
      .baton("-C", "a", "resume", "RUN", exits: 7)
      .baton("-C", "a", "resume", "RUN", "--adopt", "--reason", "back", exits: 4)
      .baton("-C", "b", "answer", "RUN", "sure", "answer=no", exits: 7)
      .baton("-C", "a", "answer", "RUN", "sure", "answer=yes")
      .holds("trace", "first\nlast\n")
  }

  @Test func `a project that is moved goes on, and the journal says where`() throws {
    try parked()
      .then { try FileManager.default.removeItem(at: $0.folder.appending(path: "b")) }
      .then { try $0.move("a", to: "b") }
      .baton("-C", "b", "resume", "RUN", "--adopt", "--reason", "so", exits: 4)
      .baton("-C", "b", "answer", "RUN", "sure", "answer=yes")
      .holds("trace", "first\nlast\n")
      .baton("-C", "b", "verify", "--all")
    try parked()
      // As between two disks: a copy, and then the original is deleted.
      .then { try $0.shell("rm -rf b && cp -a a b && rm -rf a") }
      .baton("-C", "b", "answer", "RUN", "sure", "answer=yes")
      .baton("-C", "b", "transcript", "RUN")
      .then { #expect($0.output.contains("its folder was moved")) }
      .baton("-C", "b", "verify", "--all")
  }

  @Test func `a project that is copied is adopted run by run`() throws {
    try parked()
      .then { try $0.shell("rm -rf b && cp -a a b") }
      .baton("-C", "b", "tick")
      .baton("-C", "b", "answer", "RUN", "sure", "answer=yes", exits: 7)
      .then { scenario in
        let script = """
          for run in $($BATON -C b list --quiet); do
            $BATON -C b resume $run --adopt --reason 'the new server' || [ $? = 4 ] || exit 1
          done
          """
        let code = try scenario.shell(script)
        #expect(code == 0)
      }
      .baton("-C", "b", "answer", "RUN", "sure", "answer=yes")
      .holds("trace", "first\nlast\n")
  }

  @Test func `a folder that was put back goes on unless the ledger knows of more`() throws {
    try parked()
      .then { try $0.shell("cp -a a/.baton/runs/$RUN kept") }
      .then { try $0.shell("rm -rf a/.baton/runs/$RUN && cp -a kept a/.baton/runs/$RUN") }
      .baton("-C", "a", "note", "RUN", "as before")
      .baton("-C", "a", "resume", "RUN", exits: 4)
      .then { try $0.shell("rm -rf a/.baton/runs/$RUN && cp -a kept a/.baton/runs/$RUN") }
      .baton(
        "-C", "a", "answer", "RUN", "sure", "answer=yes", exits: 7,
        complains: "what was done since would be done again"
      )
      .baton("-C", "a", "resume", "RUN", "--adopt", "--reason", "the disk died", exits: 4)
      .baton("-C", "a", "answer", "RUN", "sure", "answer=yes")
      .baton("-C", "a", "verify", "RUN", exits: 8)
  }

  @Test func `a copy under another id is not a run`() throws {
    try parked()
      .then { try $0.shell("cp -a a/.baton/runs/$RUN a/.baton/runs/20200101-aaaaaa") }
      .baton(
        "-C", "a", "resume", "20200101-aaaaaa", exits: 7, complains: "holds a copy of run `RUN`")
  }

  @Test func `a run is adopted where it does not belong only`() throws {
    try parked()
      .baton(
        "-C", "a", "resume", "RUN", "--adopt", "--reason", "so", exits: 7,
        complains: "there is nothing to adopt")
  }
}
