import Fields
import SourceText
import Testing

@testable import Workflows

/// What an author is told, word by word, about slips that people make.
@Suite struct AuthorMessageTests {
  private func findings(_ steps: String, head: String = "") -> [Diagnostic] {
    load(
      """
      baton: 1
      id: example
      name: Example
      roles: { support: { name: Support }, customer_success: Success }
      inputs:
        email: { type: string, format: email }
        plan: { type: string, enum: [professional, enterprise], default: professional }
        n: { type: integer, default: 3 }
        xs: { type: array, items: { type: string }, default: [] }
        day: { type: string, format: date, default: "2026-01-01" }
      \(head)
      steps:
      \(steps)
      """, catalog: projectCatalog, facts: sampleFacts
    ).findings
  }

  @Test(
    arguments: [
      ("inputs.n == 3 and inputs.n > 2", "unexpected `and`", "and is written `&&`"),
      ("inputs.n == 3 or true", "unexpected `or`", "or is written `||`"),
      ("not inputs.n", "unexpected `inputs`", "not is written `!`"),
      ("inputs.plan is inputs.email", "unexpected `is`", "equality is `==`"),
      ("yes", "unknown name `yes`", "true and false are written `true` and `false`: `true`"),
      ("no", "unknown name `no`", "true and false are written `true` and `false`: `false`"),
      ("inputs.plan == None", "unknown name `None`", "nothing is written `null`"),
      ("inputs.email == ana", "unknown name `ana`", "a text stands in quotes: `'ana'`"),
      ("input.n > 3", "unknown name `input`", "did you mean `inputs`?"),
      (
        "error.code == inputs.email", "unknown name `error`", "recovery steps see it, and `only_if`"
      ),
      (
        "inputs.day > now", "`>` does not work on text and a moment",
        "`timestamp(…)` makes a moment of a text such as `2026-01-18T09:00:00Z`"
      ),
      (
        "inputs.n > inputs.email", "`>` does not work on an integer and text",
        "a number stands without quotes; `string(…)` makes a text of one, `int(…)` and `double(…)` "
          + "make numbers of texts"
      ),
      (
        "inputs.n * 1.15 > 3.0", "`*` does not work on an integer and a number",
        "a calculation mixes no integers with numbers: write `2.0` for `2`, or `double(…)`"
      ),
      ("inputs.n.x == 3", "an integer has no fields, so no `x`", nil),
      ("inputs.n && true", "expected true or false, found an integer", nil),
      ("plan == 'professional'", "unknown name `plan`", "write `inputs.plan`"),
      ("a.outputs.x == 1", "unknown name `a`", "write `steps.a`"),
      ("inputs.zzz == 1", "`inputs` has no field `zzz`", nil),
      ("inputs.em == ''", "`inputs` has no field `em`", nil),
      ("inputs.ema == ''", "`inputs` has no field `ema`", "did you mean `email`?"),
      (
        "steps.a.?outputs.x.orValue('') == ''",
        "`orValue` of an integer that may be absent does not take text",
        "what counts instead has the same type: an integer"
      ),
      ("inputs.email.contains(1)", "`contains` of text does not take an integer", nil),
      ("size(inputs.n) > 1", "`size` does not work on an integer", nil),
      (
        "\"(inputs.n > 1 ? inputs.xs : 'none') == 'x'\"",
        "both results of `?` need the same type, found a list of texts and text", nil
      ),
      (
        "inputs.email != null", "`!=` does not work on text and nothing",
        "whether it is there says `has(inputs.email)`"
      ),
      (
        "inputs.email == null", "`==` does not work on text and nothing",
        "whether it is there says `!has(inputs.email)`"
      ),
      (
        "secrets.token == ''", "unknown name `secrets`",
        "the connections of `baton.yaml` have secrets: `${{ secret('NAME') }}`"
      ),
      (
        "steps.a.outputs.größe == 1", "unexpected `ö`",
        "a name with such letters stands in brackets: `['größe']`"
      ),
      ("len(inputs.xs) > 1", "unknown function `len`", "write `size(…)`"),
      ("inputs.xs.length() > 1", "unknown function `length`", "write `size(…)`"),
      (
        "inputs.email.endwith(inputs.plan)", "unknown function `endwith`",
        "did you mean `endsWith`?"
      ),
    ] as [(String, String, String?)])
  func `an expression's mistake is said in the author's words, with what to write`(
    condition: String, message: String, help: String?
  ) {
    let found = findings("  - id: a\n    if: \(condition)\n    set: { x: 1 }")
    #expect(found.map(\.message) == [message])
    #expect(found.first?.help == help)
  }

  @Test func `what is unknown is answered with what there is`() {
    let found = findings(
      """
        - { id: a, if: inputs.zzz == 1, set: { x: 1 } }
        - { id: b, if: steps.nope.status == 'failed', set: { x: "${{ steps.c.outputs.y }}" } }
        - { id: c, steps: [ { id: d, set: { x: "${{ size(1) }}" } } ] }
      """)
    #expect(
      found.map(\.label) == [
        "it has `day`, `email`, `n`, `plan`, `xs`", "the steps are `a`, `b`, `c`, `d`",
        "it has none",
        "expected `size(text)`, `size(bytes)`, `size(list)`, `size(map)`",
      ])
    #expect(found.map(\.message)[2] == "outputs of `c` has no field `y`")
  }

  @Test func `a long list of what there is ends after a dozen`() {
    let fields = (10..<30).map { "f\($0): string" }.joined(separator: ", ")
    let found = load(
      head + "inputs: { \(fields) }\nsteps: [ { id: a, set: { x: \"${{ inputs.zzz }}\" } } ]"
    ).findings
    #expect(found.first?.label?.hasSuffix("`f20`, `f21`, …") == true)
  }

  @Test func `a trigger has no inputs yet, and a schedule no event`() {
    let found = findings(
      "  - { id: a, set: { x: 1 } }",
      head: """
        triggers:
          - { schedule: 0 9 * * MON, if: inputs.n > 1, inputs: { email: "${{ event.x }}" } }
        """)
    #expect(found.map(\.message) == ["unknown name `inputs`", "unknown name `event`"])
    #expect(
      found.map(\.help) == [
        "there are no inputs yet, only `now`",
        "nobody calls a `schedule`: `event` is what a `webhook` sees",
      ])
  }

  @Test func `a length of time for an integer is told in seconds`() {
    let called = WorkflowSource { _, _ in
      SourceFile(
        path: "called.yaml",
        text: "baton: 1\nid: called\ninputs: { n: integer }\nsteps: [ { id: a, wait: 1h } ]")
    }
    let found = load(
      head + """
        steps: [ { id: a, workflow: called, with: { n: "${{ duration('1h') }}" } } ]
        """, workflows: called
    ).findings
    #expect(found.map(\.help) == ["`${{ duration('1h').getSeconds() }}` gives its seconds"])
  }

  @Test func `types with one word are listed once`() {
    let found = findings("  - { id: a, set: { x: \"${{ int(duration('1h')) }}\" } }")
    #expect(
      found.map(\.label) == ["expected `int(integer)`, `int(number)`, `int(text)`, `int(moment)`"])
  }

  @Test(arguments: [("Über uns", "ueber_uns"), ("crème", "creme"), ("größe", "groesse")])
  func `an id is proposed with the letters it can have`(id: String, proposal: String) {
    let found = findings("  - { id: \(id), set: { x: 1 } }")
    #expect(found.map(\.help) == ["did you mean `\(proposal)`?"])
  }

  @Test func `an escalation after a deadline needs the deadline`() {
    let found = findings(
      """
        - id: a
          role: support
          ask: { items: { x: X } }
          expires: 3d
          escalate: [ { after: 1h, to: customer_success }, { after_due: 1h, to: customer_success } ]
      """)
    #expect(found.map(\.message) == ["step `a` has no `due`"])
    #expect(
      found.map(\.help) == ["`after_due` counts from `due`; `after` counts from the question"])
  }

  @Test func `the name of a run sees no steps`() {
    let found = findings("  - { id: a, set: { x: 1 } }", head: "run_name: ${{ steps.a.status }}")
    #expect(found.map(\.message) == ["unknown name `steps`"])
    #expect(found.first?.help == "no step is seen here, only `inputs`, `run`, `now`")
  }

  @Test(arguments: [
    ("{ id: a, when: inputs.n > 1, set: { x: 1 } }", "here it is called `if`"),
    (
      "{ id: a, choose: [ { if: inputs.n > 1, steps: [ { id: b, set: { x: 1 } } ] } ] }",
      "here it is called `when`"
    ),
    (
      "{ id: a, choose: [ { else: 1, steps: [ { id: b, set: { x: 1 } } ] } ] }",
      "the last case without `when` is for everything else"
    ),
    (
      "{ id: a, for_each: { items: inputs.xs, steps: [ { id: b, set: { x: 1 } } ] } }",
      "here it is called `in`"
    ),
    (
      "{ id: a, ask: { items: { y: Y }, complete_when: 0.6 }, role: support, due: 1d }",
      "write `progress >= 0.6`"
    ),
    (
      "{ id: a, ask: { items: { y: Y }, complete_when: 60 }, role: support, due: 1d }",
      "write `progress >= 0.6`"
    ),
    (
      "{ id: a, ask: { items: { y: Y }, complete_when: progress >= 60 }, role: support, due: 1d }",
      "60 percent is `0.6`"
    ),
    (
      "{ id: a, ask: { items: { y: Y } }, role: support, due: 1 business days before }",
      "it does not say before what: write `due: { at: \"after(MOMENT, '-1 business days')\" }`"
    ),
    ("{ id: a, wait: PT1H }", "here it is written `1h`"),
    ("{ id: a, wait: P1DT2H30M }", "here it is written `1d2h30m`"),
    (
      "{ id: a, repeat: { while: inputs.n > 1, steps: [ { id: b, set: { x: 1 } } ], until: steps.b.outputs.x == 1, at_most: 3 } }",
      "`until` says when it ends: `until: \"!(…)\"`"
    ),
    (
      "{ id: a, action: log.write, with: { message: hi }, retry: { attempts: 2, delay: 1s } }",
      "here it is called `wait`"
    ),
  ])
  func `the habits of other tools are answered with what to write`(step: String, help: String) {
    let found = findings("  - \(step)")
    #expect(found.map(\.help) == [help], "\(found.map(\.message))")
  }

  @Test func `events count since a step that is done before`() {
    expectFindings(
      """
      steps:
        - { id: first, wait: 1h }
        - { id: w, wait: { event: shop.paid, since: first } }
        - { id: v, wait: { event: shop.paid, since: 1️⃣later } }
        - { id: later, wait: 1h }
        - id: both
          parallel:
            - { id: left, wait: { event: shop.paid, since: right } }
            - { id: right, wait: 1h }
      """, [(.mayNotHaveRun, "step `later` comes later")])
  }

  @Test func `since a step that is not over at some time, or more than once, nothing counts`() {
    expectFindings(
      """
      inputs: { more: boolean }
      steps:
        - id: pick
          choose:
            - { when: inputs.more, steps: [ { id: a, wait: 1h } ] }
            - { steps: [ { id: b, wait: { event: shop.paid, since: 1️⃣a } } ] }
        - id: rounds
          for_each:
            in: "[1, 2]"
            steps:
              - { id: q, wait: 1h }
              - { id: inside, wait: { event: shop.paid, since: q } }
        - { id: behind, wait: { event: shop.paid, since: 2️⃣q } }
        - { id: whole, wait: { event: shop.paid, since: rounds } }
        - { id: either, wait: { event: shop.paid, since: a } }
        - id: sec
          steps: [ { id: w, wait: { event: shop.paid, since: 3️⃣sec } } ]
          on_failure: { steps: [ { id: put, wait: { event: shop.paid, since: 4️⃣w } } ] }
        - { id: jump, if: inputs.more, go_to: end }
        - { id: over, wait: 1h }
        - { id: end, wait: { event: shop.paid, since: 5️⃣over } }
        - id: list
          ask: { items: { x: { label: X, done_on: { event: shop.paid, since: 6️⃣list } } } }
      finally:
        - { id: last, wait: { event: shop.paid, since: 7️⃣whole } }
      """,
      [
        (.mayNotHaveRun, "step `a` is not over here"),
        (.mayNotHaveRun, "step `q` is in a loop"), (.mayNotHaveRun, "step `sec` is not over here"),
        (.mayNotHaveRun, "step `w` is not over here"),
        (.mayNotHaveRun, "step `over` may be jumped over"),
        (.mayNotHaveRun, "step `list` is not over here"),
        (.mayNotHaveRun, "step `whole` may not be over here"),
      ])
  }

  @Test func `an unknown function is pointed at by its name`() throws {
    let found = findings("  - id: a\n    if: inputs.email.endwith(inputs.plan)\n    set: { x: 1 }")
    let finding = try #require(found.first)
    #expect(finding.file[finding.span] == "endwith")
  }

  @Test func `a constant index names a field like a dot does`() {
    let found = findings(
      """
        - { id: a, set: { x: "${{ inputs['emial'] }}", y: "${{ inputs['email'] }}" } }
        - { id: b, set: { x: "${{ steps.a.outputs['z'] }}" } }
      """)
    #expect(
      found.map(\.message) == ["`inputs` has no field `emial`", "outputs of `a` has no field `z`"])
  }

  @Test func `a text with a # that YAML takes for a comment is shown in quotes`() {
    let found = findings("  - id: a\n    if: inputs.email == 'a #b'\n    set: { x: 1 }")
    #expect(
      found.first?.help
        == "YAML takes ` #` and what follows for a comment; put it all in quotes: "
        + "`\"inputs.email == 'a #b'\"`")
  }

  @Test func `a comment behind an expression is one`() {
    #expect(findings("  - id: a\n    if: inputs.n > 3 # only then\n    set: { x: 1 }").isEmpty)
  }

  @Test func `the item of a loop is called as its as says`() {
    let found = findings(
      """
        - id: a
          for_each:
            in: inputs.xs
            as: thing
            steps: [ { id: b, set: { x: "${{ item }}" } } ]
      """)
    #expect(found.map(\.message) == ["unknown name `item`"])
    #expect(found.first?.help == "the item is called `thing` here (`as`)")
  }

  @Test func `a truth value written as a word is said once`() {
    let found = findings(
      "  - { id: a, approve: { message: ok?, not_starter: yes }, role: support, due: 1d }")
    #expect(found.map(\.message) == ["`not_starter` is `true` or `false`, not text"])
    #expect(found.first?.help == "write `not_starter: true`")
  }

  @Test(arguments: [
    "{ id: a, steps: [] }", "{ id: a, parallel: [] }", "{ id: a, choose: [] }",
    "{ id: a, for_each: { in: inputs.xs, steps: [] } }", "{ id: a, set: {} }",
    "{ id: a, repeat: { steps: [], until: true } }",
    "{ id: a, choose: [ { when: inputs.n > 1, steps: [] } ] }",
    "{ id: a, wait: { first_of: {} }, due: 1d }",
    "{ id: a, ask: { items: {} }, role: support, due: 1d }",
  ])
  func `what has to hold something is not left empty`(step: String) {
    let found = findings("  - \(step)")
    #expect(found.map(\.code) == [.missingKey])
  }

  @Test func `fields of a question are not called as its other outputs`() {
    let found = findings(
      """
        - { id: a, ask: { fields: { items: string, progress: string, of: string } }, role: support, due: 1d }
        - { id: b, set: { x: "${{ steps.a.outputs.of }}" } }
      """)
    #expect(
      found.map(\.message) == [
        "`items` cannot name a field of a question", "`progress` cannot name a field of a question",
      ])
  }

  @Test(arguments: [
    ("due: 1d, remind: [1d before]", "this reminder is due when the question is asked, or before"),
    (
      "due: 1d, remind: [{ before: 2d }]",
      "this reminder is due when the question is asked, or before"
    ),
    ("due: 2d, expires: 1d, on_expiry: continue", "it expires before it is due"),
    (
      "expires: 1d, on_expiry: continue, escalate: [{ after: 2d, to: customer_success }]",
      "nothing is escalated any more then"
    ),
    (
      "due: 20h, expires: 1d, on_expiry: stop, escalate: [{ after_due: 5h, to: customer_success }]",
      "nothing is escalated any more then"
    ),
    (
      "due: 2 business days, remind: [2 business days before]",
      "this reminder is due when the question is asked, or before"
    ),
  ])
  func `deadlines that pass each other are noticed`(keys: String, message: String) {
    let found = findings("  - { id: a, ask: { items: { x: X } }, role: support, \(keys) }")
    #expect(found.map(\.message) == [message])
    #expect(found.map(\.code) == [.deadlineOrder])
  }

  @Test(arguments: [
    "due: 1d, remind: [23h before], expires: 1d, on_expiry: stop",
    "due: 2 business days, remind: [4 business hours before]",
    "due: 2 business days, expires: 1d, on_expiry: stop",
    "due: 1h, escalate: [{ after: 1d, to: customer_success }, { after_due: 3d, to: customer_success }]",
    "due: 1d, expires: 30d, on_expiry: stop, escalate: [{ after_due: 29d, to: customer_success }]",
  ])
  func `deadlines in their order are not`(keys: String) {
    #expect(findings("  - { id: a, ask: { items: { x: X } }, role: support, \(keys) }").isEmpty)
  }

  @Test(
    arguments: [
      (
        "steps.q.status == 'succeded'", "`steps.q.status` is never `succeded`",
        "did you mean `succeeded`?"
      ),
      ("'done' == steps.q.status", "`steps.q.status` is never `done`", "did you mean `undone`?"),
      (
        "steps.q.status in ['succeeded', 'faild']", "`steps.q.status` is never `faild`",
        "did you mean `failed`?"
      ),
      (
        "inputs.plan != 'enterprize'", "`inputs.plan` is never `enterprize`",
        "did you mean `enterprise`?"
      ),
      ("steps.q.outputs.s == 'c'", "`steps.q.outputs.s` is never `c`", nil),
      (
        "steps.w.outputs.which == 'papaid'", "`steps.w.outputs.which` is never `papaid`",
        "did you mean `paid`?"
      ),
      ("run.status == 'ok' || inputs.n > 2", "`run.status` is never `ok`", nil),
      (
        "inputs.plan == (inputs.n > 3 ? 'gold' : 'professional')", "`inputs.plan` is never `gold`",
        nil
      ),
    ] as [(String, String, String?)])
  func `a word that can never be there is noticed`(
    condition: String, message: String, help: String?
  ) {
    let found = findings(
      """
        - { id: q, ask: { fields: { s: { type: string, enum: [A, B] } } }, role: support, due: 1d }
        - { id: w, wait: { first_of: { paid: { at: now }, late: { at: now } } } }
        - id: a
          if: "\(condition)"
          set: { x: "${{ steps.q.outputs.s }}" }
      """)
    #expect(found.map(\.message) == [message])
    #expect(found.map(\.code) == [.neverEqual])
    #expect(found.first?.help == help)
  }

  @Test(arguments: [
    "steps.q.status == 'succeeded'", "steps.q.status in ['failed', 'in_doubt']",
    "inputs.plan == 'enterprise'", "steps.q.outputs.s != 'B'", "inputs.email == 'x'",
    "steps.w.outputs.which == 'late'", "run.status == 'needs_attention'",
    "inputs.plan == inputs.email", "inputs.xs.exists(x, x == 'gold')",
  ])
  func `a word that may be there is not`(condition: String) {
    let found = findings(
      """
        - { id: q, ask: { fields: { s: { type: string, enum: [A, B] } } }, role: support, due: 1d }
        - { id: w, wait: { first_of: { paid: { at: now }, late: { at: now } } } }
        - id: a
          if: "\(condition)"
          set: { x: "${{ steps.q.outputs.s }}" }
      """)
    #expect(found.isEmpty)
  }

  @Test(arguments: [
    ("due: \"${{ inputs.n > 3 ? '8 weeks' : '4w' }}\"", "`8 weeks` is not a length of time"),
    ("due: -3d", "`due` cannot be negative"),
    ("due: 2 bussiness days", "`2 bussiness days` is not a length of time"),
  ])
  func `a deadline that is none is not taken for a missing one`(key: String, message: String) {
    let found = findings("  - { id: a, ask: { items: { x: X } }, role: support, \(key) }")
    #expect(found.map(\.message) == [message])
  }

  @Test func `after is held to lengths of time`() {
    let found = findings("  - { id: a, set: { x: \"${{ after(now, '2 busines days') }}\" } }")
    #expect(found.map(\.message) == ["`2 busines days` is not a length of time"])
    #expect(found.first?.help == "did you mean `2 business days`?")
    #expect(findings("  - { id: a, set: { x: \"${{ after(now, '-3d') }}\" } }").isEmpty)
  }

  @Test(arguments: [
    "Hello {{ inputs.email }}", "Hello ${inputs.email}", "Hello ${{{ inputs.email",
    "Hello {inputs.email}", "{{steps.a.outputs.x}} is there",
  ])
  func `what other tools take for an expression is noticed`(text: String) {
    let found = findings("  - { id: a, action: log.write, with: { message: '\(text)' } }")
    #expect(found.map(\.code).allSatisfy { [.lookalike, .unclosedInterpolation].contains($0) })
    #expect(found.count == 1)
  }

  @Test(arguments: [
    "AWS > site-builder-{env}", "{ name }", "{\"inputs\": 1}", "a {{ b }} c", "{inputs}",
    "see {inputs. and so on}", "${{ inputs.email }} and $${{ inputs.email }}",
  ])
  func `braces that mean nothing are not`(text: String) {
    #expect(findings("  - { id: a, action: log.write, with: { message: '\(text)' } }").isEmpty)
  }

  @Test(arguments: [
    (
      "{ measure: \"steps.a.status\" }",
      "`measure` needs true or false, a number or a length of time, and this gives text"
    ),
    (
      "{ measure: \"steps.a.status == 'succeeded'\", at_least: 99 }", "a share lies between 0 and 1"
    ),
    ("{ measure: \"steps.a.status == 'succeeded'\", at_least: 1h }", "`at_least` is a number here"),
    (
      "{ measure: steps.a.finished_at - run.started_at, at_most: 5 }",
      "`at_most` needs a unit here: `5` what?"
    ),
    ("{ measure: steps.a.attempts, at_most: 1h }", "`at_most` is a number here"),
  ])
  func `a target is held to what it measures`(target: String, message: String) {
    let found = findings(
      "  - { id: a, set: { x: 1 } }",
      head: "targets: [ \(target.replacing("{ measure", with: "{ name: T, measure")) ]")
    #expect(found.map(\.message) == [message])
  }

  @Test(arguments: [
    "{ measure: \"steps.a.status == 'succeeded'\", at_least: 0.99 }",
    "{ measure: steps.a.finished_at - run.started_at, at_most: 1h }",
    "{ measure: steps.a.attempts, at_most: 2.5 }", "{ measure: \"steps.a.status == 'failed'\" }",
  ])
  func `a target that fits is not refused`(target: String) {
    let found = findings(
      "  - { id: a, set: { x: 1 } }",
      head: "targets: [ \(target.replacing("{ measure", with: "{ name: T, measure")) ]")
    #expect(found.isEmpty)
  }

  @Test func `a date that no calendar has is none`() {
    let found = findings(
      "  - { id: a, set: { x: 1 } }", head: "document: { effective: 2026-02-30 }")
    #expect(found.map(\.message) == ["`2026-02-30` is not a date"])
  }

  @Test func `recoveries behind one that is always taken are noticed`() {
    let found = findings(
      """
        - id: a
          action: log.write
          with: { message: hi }
          on_failure:
            - { steps: [ { id: b, set: { x: 1 } } ] }
            - { when: error.code == 'timeout', then: stop }
      """)
    #expect(found.map(\.message) == ["what follows this one is never taken"])
  }

  @Test(arguments: [
    ("call: log.write", "here it is called `action`"), ("sleep: 3d", "here it is called `wait`"),
    ("unless: inputs.n > 3, wait: 1d", "here it is called `if`"),
    (
      "depends_on: b, wait: 1d",
      "steps are done in the order in which they are written; `parallel` "
        + "has those that are done side by side"
    ),
  ])
  func `a key of another tool is called what it is called here`(keys: String, help: String) {
    let found = findings("  - { id: a, \(keys) }")
    #expect(found.last?.code == .unknownKey)
    #expect(found.last?.help == help)
  }

  @Test(arguments: [
    ("retry: 3, action: log.write, with: { message: x }", "write `retry: { attempts: 3 }`"),
    ("for_each: inputs.xs", "write `for_each: { in: inputs.xs, steps: [ … ] }`"),
    ("if: inputs.email == “x”, wait: 1d", "a text stands in straight quotes: `'…'`"),
  ])
  func `what was meant is written out`(keys: String, help: String) {
    let found = findings("  - { id: a, \(keys) }")
    #expect(found.map(\.help) == [help])
  }

  @Test func `the steps of a loop stand in it`() {
    let found = findings(
      "  - { id: a, for_each: { in: inputs.xs }, steps: [ { id: b, wait: 1d } ] }")
    #expect(
      found.contains {
        $0.help == "the steps of a loop stand in it: `for_each: { in: …, steps: [ … ] }`"
      })
  }

  @Test func `an expression in a description is noticed like one in a name`() {
    let found = findings("  - { id: a, description: 'for ${{ inputs.email }}', set: { x: 1 } }")
    #expect(found.map(\.code) == [.interpolationInName])
  }

  @Test func `an unknown role is said once`() {
    let found = findings(
      """
        - id: a
          role: suport
          ask: { items: { x: X } }
          due: 1d
          escalate: [ { after: 1h, to: bos }, { after: 1h, after_due: 2h, to: customer_success } ]
      """)
    #expect(
      found.map(\.message) == [
        "unknown role `suport`", "unknown role `bos`", "an escalation has `after` or `after_due`",
      ])
  }

  @Test(arguments: [
    ("- { id: a, set: { x: ${{ inputs.n }} } }", "put the text in quotes: `\"${{ inputs.n }}\"`"),
    (
      "- { id: a, set: { x: [${{ inputs[\"n\"] }}] } }",
      "put the text in quotes: `'${{ inputs[\"n\"] }}'`"
    ),
    (
      "- id: a\n    if: 'a' in inputs.xs\n    set: { x: 1 }",
      "put the text in quotes: `if: \"'a' in inputs.xs\"`"
    ),
  ])
  func `what YAML cannot read is shown in quotes`(step: String, help: String) {
    let found = findings("  " + step)
    #expect(found.map(\.code.text) == ["B0101"])
    #expect(found.first?.help == help)
  }
}
