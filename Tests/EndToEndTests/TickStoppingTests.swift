import Foundation
import Testing

/// A tick that is asked to stop.
// Skipped where there is no binary, as the command chains are.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct TickStoppingTests {
  @Test
  func `whoever stops a tick is told at once what it waits for, and no other run is gone on with`()
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
    _ = try scenario.shell("$BATON run w.yaml -i n=1; $BATON run w.yaml -i n=2; true")
    // The step ends only once the notice is there.
    let code = try scenario.shell(
      """
      $BATON tick 2> notice & tick=$!
      while kill -0 $tick && ! { [ -e begun1 ] || [ -e begun2 ]; }; do sleep 0.05; done
      kill -TERM $tick
      while kill -0 $tick && ! grep -q 'parks once what is under way in it' notice; do sleep 0.05; done
      touch go
      wait $tick
      """)
    #expect(code == 130)
    let notice = try scenario.text("notice")
    #expect(notice.contains("no more runs are gone on with; run "), "\(notice)")
    #expect(
      FileManager.default.fileExists(atPath: scenario.folder.appending(path: "begun1").path)
        != FileManager.default.fileExists(atPath: scenario.folder.appending(path: "begun2").path))
    try scenario.baton("verify", "--all")
  }
}
