import Foundation
import Testing

/// What must hold whatever happens to the process, the disk or the connections.
// Skipped where there is no binary, as the command chains are.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct ResilienceTests {
  private static let stepCount = 5

  /// Steps that each leave a line; one of them kills the process in the middle, once.
  private func deadly(_ victim: Int) -> String {
    var text = "baton: 1\nid: deadly\nname: Deadly\nversion: 1.0.0\nsteps:\n"
    for step in 0..<Self.stepCount {
      text += """
          - { id: count_\(step), set: { number: "${{ \(step) + 1 }}" } }
          - id: act_\(step)
            action: command.run
            effects: keyed
            with:
              command:
                - sh
                - -c
                - |
                  echo \(step) >> trace
                  if [ \(step) = \(victim) ] && [ ! -e killed ]; then touch killed; kill -9 $PPID; fi

        """
    }
    return text + "outputs: { last: \"${{ steps.count_4.outputs.number }}\" }\n"
  }

  @Test(arguments: 0..<stepCount)
  func `killed in the middle of any step, the run goes on there`(victim: Int) throws {
    try Scenario()
      .file("deadly.yaml", deadly(victim))
      .baton("run", "deadly.yaml", exits: 9)
      .then { try FileManager.default.removeItem(at: $0.folder.appending(path: "deadly.yaml")) }
      .baton("verify", "RUN")
      .baton("resume", "RUN", prints: "run RUN (Deadly): succeeded\n  last: 5\n")
      .then { scenario in
        let trace = try scenario.text("trace").split(separator: "\n").map(String.init)
        let wanted = (0..<Self.stepCount).flatMap {
          Array(repeating: "\($0)", count: $0 == victim ? 2 : 1)
        }
        #expect(trace == wanted)
      }
      .baton("transcript", "RUN")
      .then { #expect($0.output.contains("interrupted")) }
      .baton("verify", "--all")
  }

  @Test func `one process executes a run; another is refused, or hands its command over`() throws {
    let binary = try #require(Scenario.binary)
    let workflow = """
      baton: 1
      id: busy
      name: Busy
      version: 1.0.0
      steps:
        - id: meanwhile
          action: command.run
          with:
            command:
              - sh
              - -c
              - |
                run=$(ls .baton/runs)
                "$0" resume "$run" 2> refused; echo $? >> refused
                (setsid sh -c '"$0" note "$1" "handed over"; echo $? > noted' "$0" "$run") \\
                  > /dev/null 2>&1 < /dev/null &
                until ls .baton/runs/*/inbox/*.json > /dev/null 2>&1; do :; done
              - \(binary)
        - id: after
          action: command.run
          with: { command: [sh, -c, "until [ -e noted ]; do :; done; cat noted"] }
      outputs: { verdict: "${{ steps.after.outputs.stdout }}" }
      """
    try Scenario()
      .file("busy.yaml", workflow)
      .baton("run", "busy.yaml")
      .then { scenario in
        #expect(scenario.output.contains("verdict: 0"), "\(scenario.output)")
        let refused = try scenario.text("refused")
        #expect(refused.contains("is being executed by process") && refused.hasSuffix("7\n"))
      }
      .baton("transcript", "RUN")
      .then { #expect($0.output.contains("handed over")) }
      .baton("verify", "RUN")
  }

  @Test func `what the process that carries the run out has not taken yet is no success`() throws {
    let binary = try #require(Scenario.binary)
    let workflow = """
      baton: 1
      id: long
      name: Long
      version: 1.0.0
      steps:
        - id: call
          action: command.run
          with:
            command:
              - sh
              - -c
              - |
                run=$(ls .baton/runs)
                (setsid sh -c '"$0" note "$1" "left here" 2> said; echo $? > noted' "$0" "$run") \\
                  > /dev/null 2>&1 < /dev/null &
                for i in $(seq 600); do [ -e noted ] && exit; sleep 0.1; done
              - \(binary)
        - { id: last, set: { x: 1 } }
      """
    try Scenario()
      .file("long.yaml", workflow)
      .baton("run", "long.yaml")
      .holds("noted", "4\n")
      .then { scenario in
        let said = try scenario.text("said")
        #expect(
          said.contains("the note was left for the process that carries the run out"), "\(said)")
      }
      .baton("transcript", "RUN")
      .then { #expect($0.output.contains("left here")) }
      .baton("verify", "RUN")
  }

  @Test func `a connection that is down parks the run, and it goes on after the repair`() throws {
    let workflow = """
      baton: 1
      id: letter
      name: A letter
      version: 1.0.0
      steps:
        - { id: ready, ask: { message: "Ready?", fields: { ok: boolean } } }
        - id: send
          action: mail.send
          with: { to: ana@example.com, subject: Hello, text: Hello }
          retry: { attempts: 3 }
      """
    try Scenario()
      .project()
      .file("letter.yaml", workflow)
      .baton("run", "letter.yaml", exits: 4)
      // A file stands where the outbox has to be.
      .file("outbox", "in the way")
      .baton("answer", "RUN", "ready", "ok=true", exits: 5)
      .baton("status", "RUN", "--quiet", prints: "needs_attention\n")
      .then { try FileManager.default.removeItem(at: $0.folder.appending(path: "outbox")) }
      // Then the driver is gone.
      .then { try $0.move("plugins/mail/maildir.yaml", to: "maildir.away") }
      .baton("resume", "RUN", exits: 5)
      .baton("status", "RUN")
      .then { #expect($0.output.contains("maildir"), "\($0.output)") }
      .baton("tick")
      .baton("status", "RUN", "--quiet", prints: "needs_attention\n")
      .then { try $0.move("maildir.away", to: "plugins/mail/maildir.yaml") }
      .baton("resume", "RUN")
      .then { scenario in
        let sent = try FileManager.default.contentsOfDirectory(
          atPath: scenario.folder.appending(path: "outbox/new").path)
        #expect(sent.count == 1)
      }
      .baton("verify", "--all")
  }

  @Test func `a generated password is nowhere in the record, whatever its encoding`() throws {
    let workflow = """
      baton: 1
      id: secretive
      name: Secretive
      version: 1.0.0
      steps:
        - { id: make, action: password.generate, with: { length: 24 } }
        - id: use
          action: command.run
          with:
            command:
              - sh
              - -c
              - printf %s "$1" > given; printf %s "$1"; printf %s "$1" | base64; printf %s "$1" >&2; exit 0
              - sh
              - ${{ steps.make.outputs.password }}
      """
    try Scenario()
      .file("secretive.yaml", workflow)
      .baton("run", "secretive.yaml")
      .then { scenario in
        let password = try scenario.text("given")
        #expect(password.count == 24)
        let shown = scenario.output + scenario.errors
        let record = try scenario.recordedBytes()
        for spelling in spellings(of: password) {
          #expect(!shown.contains(spelling))
          #expect(record.range(of: Data(spelling.utf8)) == nil)
        }
      }
      .baton("transcript", "RUN")
      .then { scenario in
        let password = try scenario.text("given")
        #expect(!scenario.output.contains(password))
      }
  }

  private func spellings(of secret: String) -> [String] {
    let bytes = Data(secret.utf8)
    let hex = bytes.map { String(format: "%02x", $0) }.joined()
    return [
      secret, String(bytes.base64EncodedString().prefix(30)), hex, hex.uppercased(),
      secret.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? secret,
    ]
  }

  @Test(.enabled(if: SmallDisk.isPossible, "only the superuser can mount a small disk"))
  func `a full disk loses nothing`() throws {
    let workflow = """
      baton: 1
      id: full
      name: Full
      version: 1.0.0
      steps:
        - { id: text, ask: { message: "A text?", fields: { text: string } } }
      outputs: { size: "${{ size(steps.text.outputs.text) }}" }
      """
    let scenario = Scenario()
    let disk = try SmallDisk(at: scenario.folder)
    defer { disk.remove() }
    let long = String(repeating: "x", count: 60_000)
    try scenario
      .file("full.yaml", workflow)
      .baton("run", "full.yaml", exits: 4)
      .then { _ in try disk.fill() }
      .then { scenario in
        let code = try scenario.exitCode("answer", "RUN", "text", "text=\(long)")
        #expect(code != 0)
        #expect(scenario.errors.contains("full"), "\(scenario.errors)")
        #expect(scenario.errors.contains("the answer was not taken"), "\(scenario.errors)")
        #expect(!scenario.output.contains("✓"), "\(scenario.output)")
      }
      .then { _ in try disk.free() }
      .then { _ = try $0.exitCode("resume", "RUN") }
      .baton("answer", "RUN", "text", "text=\(long)")
      .then { #expect($0.output.contains("size: 60000")) }
      .baton("verify", "--all")
  }

  @Test(.enabled(if: SmallDisk.isPossible, "only the superuser can mount a small disk"))
  func `what could not begin on a full disk has not happened, and is in no doubt`() throws {
    let scenario = Scenario()
    let disk = try SmallDisk(at: scenario.folder)
    defer { disk.remove() }
    let effects = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: effects) }
    let workflow = """
      baton: 1
      id: full
      name: Full
      version: 1.0.0
      steps:
        - { id: go, ask: { message: "Go?", fields: { ok: boolean } } }
        - { id: act, action: command.run, with: { command: [sh, -c, 'echo x >> "$0"', "\(effects.path)"] } }
      """
    try scenario
      .file("full.yaml", workflow)
      .baton("run", "full.yaml", exits: 4)
      .then { _ in try disk.fill() }
      .then { _ = try $0.exitCode("answer", "RUN", "go", "ok=true") }
      .then { _ in try disk.free() }
      .then { scenario in
        guard try scenario.exitCode("resume", "RUN") != 0 else { return }
        _ = try scenario.exitCode("answer", "RUN", "go", "ok=true")
      }
      .baton("transcript", "RUN")
      .then { #expect(!$0.output.contains("in doubt"), "\($0.output)") }
      .baton("status", "RUN", "--quiet", prints: "succeeded\n")
      .baton("verify", "--all")
    #expect(try String(contentsOf: effects, encoding: .utf8) == "x\n")
  }

  @Test(.enabled(if: SmallDisk.isPossible, "only the superuser can mount a small disk"))
  func `whoever was being told when the disk was full is not told twice`() throws {
    let scenario = Scenario()
    let disk = try SmallDisk(at: scenario.folder)
    defer { disk.remove() }
    let calls = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: calls) }
    try scenario
      .file(
        "baton.yaml",
        """
        baton: 1
        people: { ana: { name: Ana, roles: [support] } }
        environments:
          local:
            notify:
              action: command.run
              with: { command: [sh, -c, 'echo "$1" >> "$0"; sleep 20', "\(calls.path)", "${{ person.id }}"] }
        """
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
        """
      )
    // There is room for what is left in the inbox, and none for the record of it.
    let status = try scenario.shell(
      """
      $BATON run w.yaml --no-input > out 2>&1 & run=$!
      until [ -e '\(calls.path)' ]; do sleep 0.02; done
      dd if=/dev/zero of=filler bs=4k 2> /dev/null
      dd if=/dev/zero of=filler bs=4k count=$(($(stat -c %s filler) / 4096 - 12)) 2> /dev/null
      $BATON note $(ls .baton/runs) $(head -c 40000 /dev/zero | tr '\\0' x) > /dev/null 2>&1
      wait $run
      rm filler
      $BATON resume $(ls .baton/runs) > /dev/null 2>&1
      true
      """)
    #expect(status == 0)
    #expect(try String(contentsOf: calls, encoding: .utf8) == "ana\n")
    try scenario.baton("verify", "--all").then {
      _ = try $0.shell("$BATON transcript $(ls .baton/runs) > t")
    }
    #expect(try scenario.text("t").contains("nobody knows whether it was sent"))
  }
}
