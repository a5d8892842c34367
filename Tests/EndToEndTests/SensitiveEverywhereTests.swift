import Foundation
import Testing

/// Sensitive values in every place of a procedure, and what is computed from them: nobody sees them.
@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct SensitiveEverywhereTests {
  private static let code = "Quagga-Vexing-Zephyr"
  private static let key = "Brimstone-Lozenge"
  private static let pin = "Kumquat-Fjord"
  private static let mail = "hollyhock@walnut.example"

  /// Values, and every form of them that the procedures below make.
  private static let secrets: [String] = {
    let texts = [code, key, pin, mail]
    let parts =
      texts
      + texts.flatMap { $0.split { "-@.".contains($0) }.map(String.init) }
      .filter { $0 != "example" }
    let forms = parts.flatMap { [$0, $0.uppercased(), $0.lowercased()] }
    // Numbers, truth values and short texts are told apart by what the procedures put around them.
    let marked = ["<582139046>", "<582139047>", "<739>", "<true>", "582139047", "582139046"]
    return forms + forms.map { String($0.reversed()) } + marked
  }()

  private func expectNothingToldBy(
    _ scenario: Scenario, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let record = String(decoding: try scenario.recordedBytes(), as: UTF8.self)
    for secret in Self.secrets {
      let told = [
        "output": scenario.output, "errors": scenario.errors, "record": record,
      ].compactMap { place, text in
        text.range(of: secret).map { place + ": " + text[text.lineRange(for: $0)].prefix(900) }
      }
      #expect(told.isEmpty, "\(secret)", sourceLocation: sourceLocation)
    }
  }

  @Test func `a sensitive number with a fraction is told by nobody, however it comes back`() throws
  {
    let workflow = """
      baton: 1
      id: pay
      inputs: { salary: { type: number, sensitive: true } }
      steps:
        - id: say
          action: command.run
          with: { command: [sh, -c, 'printf "%s0 or %.6E" $0 $0', "${{ string(inputs.salary) }}"] }
        - { id: q, ask: { fields: { n: number, m: { type: string } } } }
      outputs: { said: "${{ steps.say.outputs.stdout }}", n: "${{ steps.q.outputs.n }}" }
      """
    try Scenario().file("baton.yaml", "baton: 1\n").file("pay.yaml", workflow)
      .baton("run", "pay.yaml", "-i", "salary=84250.75", "--no-input", exits: 4)
      .baton("answer", "RUN", "q", "n=84250.75", "m=84250.7500")
      .baton("transcript", "RUN")
      .then { scenario in
        let told =
          scenario.output + String(decoding: try scenario.recordedBytes(), as: UTF8.self)
        for form in ["84250.75", "8.425075"] { #expect(!told.contains(form)) }
        #expect(scenario.output.contains("(sensitive)"))
      }
      .baton("status", "RUN", "--json")
      .then { #expect(!$0.output.contains("84250.75")) }
  }

  @Test func `an output that is sensitive is named on the card and at the end of a command`() throws
  {
    try Scenario()
      .file(
        "code.yaml",
        """
        baton: 1
        id: code
        name: Code
        inputs: { code: { type: string, sensitive: true } }
        steps: [ { id: a, set: { x: 1 } } ]
        outputs: { plain: "${{ steps.a.outputs.x }}", code: "${{ inputs.code }}" }
        """
      )
      .baton("run", "code.yaml", "-i", "code=walnut-99")
      .then { #expect($0.output.contains("  plain: 1\n  code: (sensitive)\n")) }
      .baton("status", "RUN")
      .then { #expect($0.output.contains("Outputs\n  plain: 1\n  code: (sensitive)\n")) }
      .baton("status", "RUN", "--json")
      .then { scenario in
        let run = try scenario.json()
        #expect(run["outputs"] as? [String: Int] == ["plain": 1])
        #expect(run["sensitive_outputs"] as? [String] == ["code"])
        #expect(!scenario.output.contains("walnut"))
      }
  }

  private static let plugin = """
    plugin: api
    summary: A world
    operations:
      echo:
        summary: Gives back
        effects: once
        inputs: { text: string }
        outputs: { text: string }
      look:
        summary: Fails, and tells why
        effects: none
        inputs: { text: string }
        outputs: { text: string }
        errors: { bad: It is bad }
      typed:
        summary: Takes little
        effects: none
        inputs:
          mail: { type: string, format: email, optional: true }
          n: { type: integer, maximum: 5, optional: true }
          e: { type: string, enum: [a, b], optional: true }
          p: { type: string, pattern: '^x+$', optional: true }
        outputs: {}
      tell:
        summary: Tells
        effects: once
        inputs: { to: string, text: string }
        outputs: {}
    """

  private static let driver = """
    driver: cmd
    kind: command
    operations:
      echo: { run: [printf, "%s", "${{ inputs.text }}"], outputs: { text: "${{ stdout }}" } }
      look:
        run: [sh, -c, 'printf "no %s" "$1" >&2; exit 4', sh, "${{ inputs.text }}"]
        exit_codes: { 4: { code: bad, message: "It is bad: ${{ stderr }}" } }
        outputs: { text: x }
      typed: { run: [true] }
      tell:
        run: [sh, -c, '[ "$1" = hollyhock@walnut.example ] && : > told; echo "no $1 $2" >&2; exit 1',
          sh, "${{ inputs.to }}", "${{ inputs.text }}"]
    """

  private static let project = """
    baton: 1
    environments:
      local:
        notify: { action: api.tell, with: { to: "${{ person.email }}", text: "${{ text }}" } }
        connections: { api: { driver: cmd } }
    """

  private static let main = """
    baton: 1
    id: main
    name: Main
    run_name: "Run for ${{ inputs.code }} of ${{ inputs.plain }} <${{ inputs.n }}>"
    labels:
      code: "${{ inputs.code.lowerAscii() }}"
      hiv: "<${{ inputs.hiv }}>"
      plain: "${{ inputs.plain }}"
    roles: { support: { name: Support } }
    inputs:
      code: { type: string, sensitive: true }
      n: { type: integer, sensitive: true }
      short: { type: string, sensitive: true }
      hiv: { type: boolean, sensitive: true }
      who:
        type: object
        properties: { name: { type: string }, key: { type: string, sensitive: true } }
        required: [name, key]
      plain: { type: string, default: plainly }
    steps:
      - id: made
        set:
          up: "${{ inputs.code.upperAscii() }}"
          part: "${{ inputs.code.substring(0, 6) }}"
          more: "${{ inputs.n + 1 }}"
          key: "${{ inputs.who.key.lowerAscii() }}"
          map: { k: "${{ inputs.code.reverse() }}", n: ["${{ inputs.n }}"] }
          plain: "${{ inputs.plain }}"
      - id: each
        for_each:
          in: inputs.code.split('-')
          as: word
          collect: "${{ steps.one.outputs.r }}"
          steps:
            - { id: one, set: { r: "${{ word.reverse() }}", i: "${{ index }}" } }
            - id: line
              action: log.write
              with: { message: "line ${{ index }} ${{ word.upperAscii() }} <${{ inputs.n }}>" }
      - id: again
        repeat:
          steps: [ { id: round, set: { x: "${{ inputs.code + 'q' }}" } } ]
          until: index == 1
          at_most: 3
      - id: around
        steps:
          - id: beside
            parallel:
              - id: left
                set: { x: "${{ steps.again.outputs.x.upperAscii() }}" }
              - id: way
                choose:
                  - when: inputs.hiv
                    steps: [ { id: chosen, set: { y: "${{ steps.each.outputs[0].upperAscii() }}" } } ]
      - id: sub
        workflow: sub
        with:
          c: "${{ inputs.code }}"
          n: "${{ inputs.n }}"
          h: "${{ inputs.hiv }}"
          s: "${{ inputs.short }}"
          p: "${{ inputs.plain }}"
      - id: behind
        set: { z: "${{ steps.sub.outputs.z.reverse() }}", p: "${{ steps.sub.outputs.p }}" }
      - id: right
        if: steps.sub.outputs.z == inputs.code.upperAscii() && steps.behind.outputs.p == 'plainly'
        set: { ok: "${{ steps.sub.outputs.p }}" }
      - id: back
        action: api.echo
        with: { text: "it is ${{ inputs.code }}" }
      - id: computed
        set: { x: "${{ steps.back.outputs.text.upperAscii() }}" }
      - { id: e1, on_failure: continue, set: { a: "${{ int(inputs.code.upperAscii()) }}" } }
      - { id: e2, on_failure: continue, set: { a: "${{ timestamp(inputs.code.upperAscii()) }}" } }
      - { id: e3, on_failure: continue, set: { a: "${{ duration(inputs.code.upperAscii()) }}" } }
      - { id: e4, on_failure: continue, set: { a: "${{ {'a': 1}[inputs.code.upperAscii()] }}" } }
      - { id: e5, on_failure: continue, set: { a: "${{ [1, 2][inputs.n + 1] }}" } }
      - { id: e6, on_failure: continue, set: { a: "${{ after(now, inputs.code.upperAscii()) }}" } }
      - { id: e7, on_failure: continue, set: { a: "${{ bool(inputs.code.upperAscii()) }}" } }
      - { id: e8, on_failure: continue, set: { a: "${{ inputs.code.substring(inputs.n + 1) }}" } }
      - { id: e9, on_failure: continue, wait: "${{ inputs.code.upperAscii() }}" }
      - { id: t1, on_failure: continue, action: api.typed, with: { mail: "${{ inputs.code.upperAscii() }}" } }
      - { id: t2, on_failure: continue, action: api.typed, with: { n: "${{ inputs.n + 1 }}" } }
      - { id: t3, on_failure: continue, action: api.typed, with: { e: "${{ inputs.code.lowerAscii() }}" } }
      - { id: t4, on_failure: continue, action: api.typed, with: { p: "${{ inputs.code.reverse() }}" } }
      - id: l1
        set: { a: 1 }
        verify:
          - action: api.look
            with: { text: "${{ inputs.code.upperAscii() }}" }
            check: outputs.text == 'x'
            message: no
        on_failure:
          steps: [ { id: rescued, set: { m: "${{ error.message.lowerAscii() }}" } } ]
          then: continue
      - id: v1
        on_failure: continue
        set: { a: "${{ inputs.code }}" }
        verify:
          - check: "outputs.a == 'x'"
            message: "v1 ${{ outputs.a.upperAscii() }} <${{ inputs.n }}> <${{ inputs.short }}> <${{ inputs.hiv }}> ${{ inputs.plain }}"
            see: "https://example.com/${{ inputs.code.lowerAscii() }}"
      - id: q
        role: support
        ask:
          message: "ask ${{ steps.made.outputs.up.lowerAscii() }} <${{ inputs.short }}> ${{ inputs.plain }}"
          fields: { pin: { type: string, sensitive: true }, free: string }
          items: { a: { label: "label ${{ inputs.code.upperAscii() }}", help: "help <${{ inputs.n }}>" } }
      - id: answered
        on_failure: continue
        set: { x: "${{ steps.q.outputs.pin.upperAscii() }}", f: "${{ steps.q.outputs.free }}" }
        verify:
          - { check: "false", message: "answered ${{ steps.q.outputs.pin.lowerAscii() }}" }
      - id: end
        finish: { outcome: failed, message: "end ${{ inputs.code.lowerAscii() }} <${{ inputs.hiv }}> ${{ inputs.plain }}" }
    """

  private static let sub = """
    baton: 1
    id: sub
    name: Sub
    inputs: { c: string, n: integer, h: boolean, s: string, p: string }
    steps:
      - id: up
        set: { up: "${{ inputs.c.upperAscii() }}", last: "${{ inputs.c.substring(14) }}", p: "${{ inputs.p }}" }
      - id: loop
        for_each:
          in: inputs.c.split('-')
          as: w
          collect: "${{ w.upperAscii() }}"
          steps: [ { id: in_loop, set: { x: "${{ w.reverse() }}" } } ]
      - id: turns
        repeat:
          steps: [ { id: turn, set: { x: "${{ steps.up.outputs.up.lowerAscii() }}" } } ]
          until: "true"
          at_most: 1
      - id: deeper
        workflow: deeper
        with: { t: "${{ steps.turns.outputs.x }}" }
      - { id: e1, on_failure: continue, set: { a: "${{ int(inputs.c.upperAscii()) }}" } }
      - { id: e2, on_failure: continue, wait: "${{ inputs.c.upperAscii() }}" }
      - { id: e3, on_failure: continue, action: api.typed, with: { n: "${{ inputs.n + 1 }}" } }
      - id: v1
        on_failure: continue
        set: { a: "${{ inputs.c.upperAscii() }}" }
        verify:
          - check: "outputs.a == 'x'"
            message: "sub ${{ outputs.a.lowerAscii() }} <${{ inputs.n }}> <${{ inputs.s }}> <${{ inputs.h }}> ${{ inputs.p }}"
      - id: l1
        preconditions:
          - { action: api.look, with: { text: "${{ inputs.c.reverse() }}" }, check: "outputs.text == 'x'", message: no }
        set: { a: 1 }
      - id: line
        action: log.write
        with: { message: "sub line ${{ inputs.c.lowerAscii() }} <${{ inputs.s }}> ${{ inputs.p }}" }
    outputs:
      z: "${{ steps.up.outputs.up }}"
      q: "${{ inputs.c.substring(7) }}"
      d: "${{ steps.deeper.outputs.r }}"
      p: "${{ steps.up.outputs.p }}"
    """

  private static let deeper = """
    baton: 1
    id: deeper
    name: Deeper
    inputs: { t: string }
    steps: [ { id: s, set: { r: "${{ inputs.t.reverse() }}" } } ]
    outputs: { r: "${{ steps.s.outputs.r.upperAscii() }}" }
    """

  private func scenario() throws -> Scenario {
    try Scenario()
      .file("baton.yaml", Self.project).file("plugins/api/plugin.yaml", Self.plugin)
      .file("plugins/api/cmd.yaml", Self.driver)
  }

  private static let inputs = [
    "-i", "code=\(code)", "-i", "n=582139046", "-i", "short=739", "-i", "hiv=true", "-i",
    #"who={"name":"Wanda","key":"\#(key)"}"#,
  ]

  @Test func `what is sensitive is seen nowhere, whatever is made of it`() throws {
    let scenario = try scenario().file("main.yaml", Self.main).file("sub.yaml", Self.sub)
      .file("deeper.yaml", Self.deeper)
    #expect(try scenario.call(["plan", "main.yaml"] + Self.inputs) == 0, "\(scenario.errors)")
    try expectNothingToldBy(scenario)
    #expect(try scenario.call(["run", "main.yaml", "--no-input"] + Self.inputs) == 5)
    try expectNothingToldBy(scenario)
    #expect(try scenario.call(["skip", "RUN", "sub/l1", "--reason", "it cannot look"]) == 4)
    try expectNothingToldBy(scenario)
    for arguments in [
      ["status", "RUN"], ["status", "RUN", "--json"], ["list"], ["list", "--json"], ["tasks"],
    ] {
      #expect(try scenario.call(arguments) == 0, "\(scenario.errors)")
      try expectNothingToldBy(scenario)
    }
    try scenario.baton("status", "RUN").then {
      #expect($0.output.contains("ask (sensitive) <(sensitive)> plainly"), "\($0.output)")
      #expect($0.output.contains("Run for (sensitive) of plainly <(sensitive)>"), "\($0.output)")
    }
    let answer = ["answer", "RUN", "q", "pin=\(Self.pin)", "free=to see", "--tick", "a"]
    #expect(try scenario.call(answer) == 1, "\(scenario.errors)")
    try expectNothingToldBy(scenario)
    for arguments in [
      ["status", "RUN"], ["status", "RUN", "--json"], ["list", "--json"],
      ["transcript", "RUN"], ["transcript", "RUN", "--format", "json"],
      ["transcript", "RUN", "--format", "markdown"], ["verify", "RUN"],
      ["test", "--from-run", "RUN"],
    ] {
      #expect(try scenario.call(arguments) == 0, "\(arguments) \(scenario.errors)")
      try expectNothingToldBy(scenario)
    }
    try scenario.baton("transcript", "RUN").then {
      for text in [
        "v1 (sensitive) <(sensitive)> <(sensitive)> <(sensitive)> plainly",
        "sub (sensitive) <(sensitive)> <(sensitive)> <(sensitive)> plainly",
        "end (sensitive) <(sensitive)> plainly",
      ] { #expect($0.output.contains(text), "\(text): \($0.output)") }
    }
    let journal = try String(
      contentsOf: scenario.runFolder().appending(path: "journal.jsonl"), encoding: .utf8)
    // What is not computed from it is in clear as ever, and what is, is right.
    #expect(journal.contains(#""outputs":{"ok":"plainly"}"#), "`right` was not done")
    #expect(journal.contains(#""free":"to see""#))
  }

  @Test func `a person who holds a role by a sensitive address is told, and named nowhere`() throws
  {
    let scenario = try scenario().file(
      "w.yaml",
      """
      baton: 1
      id: w
      name: W
      inputs: { mail: { type: string, sensitive: true } }
      roles: { ext: { name: Ext, person: "${{ inputs.mail }}" } }
      steps:
        - id: q
          role: ext
          ask: { fields: { a: string } }
          escalate:
            - { after: 1ms }
            - { after: 2ms, notify: { action: api.tell, with: { to: "${{ person.email }}", text: "x ${{ person.id.upperAscii() }}" } } }
      """)
    let run = ["run", "w.yaml", "--no-input", "-i", "mail=\(Self.mail)"]
    #expect(try scenario.call(run) == 4)
    try scenario.then {
      try $0.shell(
        "until [ $($BATON status $RUN | grep -c 'not told') -ge 1 ]; do $BATON tick; done")
    }
    try expectNothingToldBy(scenario)
    for arguments in [["status", "RUN"], ["status", "RUN", "--json"], ["transcript", "RUN"]] {
      #expect(try scenario.call(arguments) == 0, "\(scenario.errors)")
      try expectNothingToldBy(scenario)
    }
    #expect(scenario.output.contains("(sensitive: ext)"), "\(scenario.output)")
    // The operation was called with the address in clear.
    try scenario.holds("told", "")
    try scenario.baton("verify", "RUN")
  }

  @Test func `a sub-workflow done by hand tells nothing of what it was given`() throws {
    let scenario = try scenario().file(
      "hand.yaml",
      """
      baton: 1
      id: hand
      name: Hand
      inputs: { code: { type: string, sensitive: true } }
      steps:
        - { id: sub, workflow: handed, with: { c: "${{ inputs.code }}" } }
      """
    ).file(
      "handed.yaml",
      """
      baton: 1
      id: handed
      name: Handed
      inputs: { c: string }
      steps:
        - { id: a, action: api.echo, with: { text: "in ${{ inputs.c.upperAscii() }}" } }
      """)
    let run = ["run", "hand.yaml", "--by-hand", "--no-input", "-i", "code=\(Self.code)"]
    #expect(try scenario.call(run) == 4)
    try expectNothingToldBy(scenario)
    #expect(try scenario.call(["status", "RUN"]) == 0)
    try expectNothingToldBy(scenario)
    #expect(scenario.output.contains("${{ inputs.c.upperAscii() }}"), "\(scenario.output)")
  }

  @Test func `corrected values stay sensitive where those that they replace are`() throws {
    let scenario = try scenario().file(
      "fix.yaml",
      """
      baton: 1
      id: fix
      name: Fix
      inputs: { code: { type: string, sensitive: true } }
      steps:
        - { id: sub, workflow: fixed, with: { c: "${{ inputs.code }}" } }
      """
    ).file(
      "fixed.yaml",
      """
      baton: 1
      id: fixed
      name: Fixed
      inputs: { c: string }
      steps:
        - { id: a, action: api.typed, with: { mail: "${{ inputs.c }}" } }
        - { id: b, wait: 1h }
      """)
    #expect(
      try scenario.call(["run", "fix.yaml", "--no-input", "-i", "code=\(Self.code)"]) == 5)
    try expectNothingToldBy(scenario)
    #expect(
      try scenario.call(["retry", "RUN", "sub/a", "--with", "mail=\(Self.mail)"]) == 4,
      "\(scenario.errors)")
    try expectNothingToldBy(scenario)
  }
}
