import Foundation
import Testing

/// The key of sensitive values is lost while a run needs them.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct LostKeyTests {
  private static let workflow = """
    baton: 1
    id: secret
    name: A secret
    version: 1.0.0
    inputs:
      token: { type: string, sensitive: true }
      who: string
    steps:
      - { id: hold, ask: { fields: { answer: string } } }
      - { id: tell, action: command.run, with: { command: [sh, -c, "echo $1 > told", sh, "${{ inputs.who }}"] } }
      - { id: careful, action: command.run, with: { command: [sh, -c, "echo \\"[$1]\\" > careful", sh, "${{ inputs.?token.orValue('') }}"] } }
      - { id: use, action: command.run, with: { command: [sh, -c, "test \\"$1\\" = \\"$(cat expected)\\" && touch used", sh, "${{ inputs.token }}"] } }
    """

  /// A run that came to the steps that need the value, without the key.
  private func blocked() throws -> Scenario {
    try Scenario()
      .file("baton.yaml", "baton: 1\n")
      .file("secret.yaml", Self.workflow).file("expected", "abc-def-ghi")
      .baton("run", "secret.yaml", "-i", "token=abc-def-ghi", "-i", "who=ana", exits: 4)
      .then { try $0.move(".baton/key", to: "kept") }
      .baton("answer", "RUN", "hold", "answer=go", exits: 5)
      .baton("status", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("`inputs.token` cannot be known: it is sealed"))
        #expect(scenario.output.contains("careful: blocked"))
        // The command can be typed as it stands, and leaves the value in no shell's history.
        let next = try #require(scenario.output.range(of: "Next"))
        #expect(
          scenario.output[next.upperBound...]
            .firstMatch(of: /baton resume \d{8}-[a-z0-9]{6} --enter -/) != nil)
      }
      // What does not need it has gone on; nothing takes it for absent.
      .holds("told", "ana\n")
      .then { scenario in
        let careful = scenario.folder.appending(path: "careful").path
        #expect(!FileManager.default.fileExists(atPath: careful))
      }
  }

  @Test func `a lost key blocks the steps that need it, until it or the value is back`() throws {
    try blocked()
      .then { try $0.move("kept", to: ".baton/key") }
      .baton("resume", "RUN")
      .holds("careful", "[abc-def-ghi]\n")
    try blocked()
      .baton("resume", "RUN", exits: 5)
      .baton(
        "resume", "RUN", "--enter", "abc-def", exits: 7,
        complains: "none of the values that this run has sealed"
      )
      .baton("resume", "RUN", "--enter", "abc-def-ghi")
      .holds("careful", "[abc-def-ghi]\n")
      .holds("used", "")
      .baton("verify", "RUN")
      .baton("transcript", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("entered again a sealed value"))
        #expect(!scenario.output.contains("abc-def-ghi"))
        let recorded = try scenario.recordedBytes()
        #expect(recorded.firstRange(of: Data("abc-def-ghi".utf8)) == nil)
      }
  }
}
