import TestSupport
import Testing

/// Telling people of reminders and escalations, beside all else that a run does.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct TellingTests {
  /// A project that tells people by a line of a shell, in which `$1` is who is told.
  private func project(tellingBy script: String) throws -> Scenario {
    try Scenario().file(
      "baton.yaml",
      """
      baton: 1
      people: { ana: { name: Ana, roles: [support] }, ben: { name: Ben, roles: [support] } }
      environments:
        local:
          notify:
            action: command.run
            with: { command: [sh, -c, '\(script)', sh, "${{ person.id }}"] }
      """)
  }

  @Test func `a reminder goes out while another branch works, though the question expires`() throws
  {
    let scenario = try project(tellingBy: #"echo "$1" >> told"#)
      .file(
        "w.yaml",
        """
        baton: 1
        id: w
        name: W
        roles: { support: Support }
        steps:
          - id: both
            parallel:
              - id: slow
                action: command.run
                with:
                  command: [sh, -c, '\(ShellScript.waiting(until: "grep -q ben told")); cp told seen']
              - id: q
                role: support
                ask: { message: Ready?, fields: { ok: boolean } }
                due: 300ms
                remind: [ 200ms before ]
                expires: 400ms
                on_expiry: continue
        """
      )
      .baton("run", "w.yaml", "--no-input")
      .holds("seen", "ana\nben\n")
      .baton("transcript", "RUN")
    #expect(scenario.output.contains("told ben of reminder 1"), "\(scenario.output)")
    try scenario.baton("verify", "--all")
  }

  @Test func `an answer is taken, and the run goes on, while somebody is being told`() throws {
    let scenario = try project(
      tellingBy:
        #"touch telling; \#(ShellScript.waiting(until: "[ -e made ]")); cp made "seen-$1""#
    )
    .file(
      "w.yaml",
      """
      baton: 1
      id: w
      name: W
      roles: { support: Support }
      steps:
        - id: q
          role: support
          ask: { message: Ready?, fields: { ok: boolean } }
          escalate: [ { after: 1ms } ]
        - { id: make, action: files.write, with: { path: made, content: x } }
      """
    )
    .then {
      let status = try $0.shell(
        """
        $BATON run w.yaml --no-input > out 2>&1 & run=$!
        until [ -e telling ]; do sleep 0.02; done
        $BATON answer $(ls .baton/runs) q ok=true > answered 2>&1
        wait $run
        """)
      let output = try $0.text("out")
      #expect(status == 0, "\(output)")
    }
    .holds("seen-ana", "x")
    try scenario.baton("verify", "--all")
  }

  @Test func `an answer is acted on while as many calls are under way as may be`() throws {
    let numbers = (1...40).map(String.init).joined(separator: ", ")
    try project(tellingBy: #"touch "told-$1""#)
      .file(
        "w.yaml",
        """
        baton: 1
        id: w
        name: W
        roles: { support: Support }
        steps:
          - id: both
            parallel:
              - id: calls
                for_each:
                  in: "[\(numbers)]"
                  as: number
                  max_parallel: 40
                  steps:
                    - id: call
                      action: command.run
                      with: { command: [sh, -c, '\(ShellScript.waiting(until: "[ -e seen ]"))'] }
              - id: asked
                steps:
                  - id: q
                    role: support
                    ask: { message: Ready?, fields: { ok: boolean } }
                    due: 300ms
                  - { id: noted, set: { is_ok: "${{ steps.q.outputs.ok }}" } }
        """
      )
      .then {
        let status = try $0.shell(
          """
          $BATON run w.yaml --no-input > out 2>&1 & run=$!
          journal='.baton/runs/*/journal.jsonl'
          until [ "$(cat $journal 2>/dev/null | grep -c attempt.started)" = 32 ]; do sleep 0.02; done
          until grep -q deadline.reached $journal; do sleep 0.02; done
          $BATON answer $(ls .baton/runs) q ok=true > answered 2>&1
          until grep 'step.succeeded' $journal | grep -q noted; do sleep 0.02; done
          touch seen
          wait $run
          """)
        let output = try $0.text("out")
        #expect(status == 0, "\(output)")
      }
      .baton("verify", "--all")
  }

  @Test func `the name of somebody whom the run must not name is in no message of a failure`()
    throws
  {
    let scenario = try Scenario()
      .file(
        "baton.yaml",
        """
        baton: 1
        people: { champion1: { name: Zacharias Quill, email: zq@example.org, roles: [] } }
        environments:
          local:
            notify:
              action: command.run
              with: { command: [sh, -c, 'echo "cannot reach $1" >&2; exit 1', sh, "Dear ${{ person.name }}"] }
        """
      )
      .file(
        "w.yaml",
        """
        baton: 1
        id: w
        name: W
        inputs: { champion: { type: string, sensitive: true } }
        roles: { champ: { name: Champion, person: "${{ inputs.champion }}" } }
        steps:
          - id: q
            role: champ
            ask: { message: Ready?, fields: { ok: boolean } }
            escalate: [ { after: 1ms } ]
        """
      )
      .baton("run", "w.yaml", "--no-input", "-i", "champion=champion1", exits: 4)
    let journal = try String(decoding: scenario.recordedBytes(), as: UTF8.self)
    #expect(journal.contains("cannot reach Dear"), "\(journal)")
    #expect(!journal.contains("Quill"))
  }
}
