import Fields
import SourceText
import Testing
import Values

@testable import Workflows

/// What `validate` tells beyond plain mistakes: the human process, flow that leads nowhere, and what is
/// allowed to be silent.
@Suite struct AdviceTests {
  private func expect(
    _ marked: String, _ expected: [(code: DiagnosticCode, text: String)],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    expectFindings(marked, expected, facts: sampleFacts, sourceLocation: sourceLocation)
  }

  // MARK: Flow

  @Test func `behind what always ends the run nothing is reached`() {
    expect(
      """
      inputs: { stop: boolean }
      steps:
        - id: both
          choose:
            - when: inputs.stop
              steps: [{ id: one, finish: cancelled }]
            - steps: [{ id: two, steps: [{ id: three, finish: failed }, { id: 1️⃣four, wait: 1h }] }]
        - { id: 2️⃣behind, wait: 1h }
        - { id: also, wait: 1h }
      """,
      [
        (.unreachable, "step `four` can never be reached"),
        (.unreachable, "step `behind` can never be reached"),
      ])
  }

  @Test func `a condition that never holds, and one that always does`() {
    expect(
      """
      steps:
        - { id: one, if: 1️⃣1 > 2, wait: 1h }
        - id: ways
          choose:
            - { when: 2️⃣false, steps: [{ id: two, wait: 1h }] }
            - { when: 3️⃣size('ab') == 2, steps: [{ id: three, wait: 1h }] }
            - steps: [{ id: four, wait: 1h }]
      """,
      [
        (.unreachable, "this never holds"), (.unreachable, "this never holds"),
        (.unreachable, "this always holds"),
      ])
  }

  @Test func `what may fail and go on, or is jumped to, is reached`() {
    expect(
      """
      inputs: { skip: boolean }
      steps:
        - { id: jump, if: inputs.skip, go_to: target }
        - id: part
          on_failure: continue
          steps:
            - { id: read, action: files.read, with: { path: a.txt } }
            - { id: stop, finish: succeeded }
        - { id: last, finish: succeeded }
        - { id: target, wait: 1h }
        - { id: over, go_to: finally_there }
        - { id: 1️⃣never, wait: 1h }
        - { id: finally_there, wait: 1h }
      """, [(.unreachable, "step `never`")])
  }

  @Test func `a repeat that nothing ends`() {
    expect(
      """
      inputs: { ready: boolean }
      steps:
        - id: outside
          repeat: { steps: [{ id: a, wait: 1s }], until: 1️⃣inputs.ready }
        - id: constant
          repeat: { steps: [{ id: b, wait: 1s }], until: 2️⃣1 == 2 }
        - id: earlier
          repeat: { steps: [{ id: c, wait: 1s }], until: 3️⃣steps.a.status == 'failed' }
        - id: some
          repeat: { steps: [{ id: d, wait: 1s }], until: inputs.ready, at_most: 3 }
        - id: 4️⃣unlimited
          repeat:
            steps: [{ id: look, action: shop.find, with: { order_id: A-1 } }]
            until: steps.look.outputs.status == 'PAID'
        - id: people
          repeat:
            steps: [{ id: told, wait: { first_of: { paid: { event: shop.paid }, late: { at: now } } } }]
            until: steps.told.outputs.which == 'paid'
      """,
      [
        (.endlessRepeat, "`outside`"), (.endlessRepeat, "this never holds"),
        (.endlessRepeat, "`earlier`"), (.openRepeat, "`unlimited`"),
      ])
  }

  @Test func `a limit of rounds that cannot be read is one mistake`() {
    expect(
      """
      steps:
        - id: misspelt
          repeat: { steps: [{ id: a, wait: 1s }], until: 1 == 2, 1️⃣max: 3 }
        - id: worded
          repeat: { steps: [{ id: b, wait: 1s }], until: 1 == 2, at_most: 2️⃣thrice }
      """, [(.unknownKey, "`max`"), (.valueNotAllowed, "`at_most`")])
  }

  @Test func `taking back below finally`() {
    expect(
      """
      steps:
        - { id: first, set: { a: 1 }, on_failure: undo }
      finally:
        - { id: last, set: { b: 1 }, on_failure: 1️⃣undo }
        - { id: passed, set: { b: 1 }, on_failure: continue }
        - id: section
          steps:
            - { id: inside, set: { c: 1 }, on_failure: 2️⃣undo }
        - id: recovered
          set: { d: 1 }
          on_failure:
            - { when: "error.message == ''", then: 3️⃣undo }
            - { steps: [{ id: told, set: { e: 1 } }], then: continue }
      """,
      [
        (.undoInFinally, "takes nothing back"), (.undoInFinally, "takes nothing back"),
        (.undoInFinally, "the step parks"),
      ])
  }

  // MARK: People

  @Test func `an approval that nobody, too few or only the starter can give`() {
    expect(
      """
      roles:
        legal: { name: Legal }
        support: { name: Support }
        manager: { name: Manager }
        author: { person: "${{ run.started_by }}" }
        customer: { person: a@example.com }
      steps:
        - { id: 1️⃣nobody, role: legal, approve: Fine?, due: 1d }
        - { id: 2️⃣three, role: support, approve: { message: Fine?, approvals: 3 }, due: 1d }
        - { id: 3️⃣alone, role: manager, approve: { message: Fine?, not_starter: true }, due: 1d }
        - { id: 4️⃣both, role: support, approve: { message: Fine?, approvals: 2, not_starter: true }, due: 1d }
        - { id: 5️⃣own, role: author, approve: Fine?, due: 1d }
        - { id: 6️⃣never, role: author, approve: { message: Fine?, not_starter: true }, due: 1d }
        - { id: 7️⃣one, role: customer, approve: { message: Fine?, approvals: 2 }, due: 1d }
        - { id: 8️⃣all, approve: { message: Fine?, approvals: 4 }, due: 1d }
        - id: helped
          role: manager
          approve: { message: Fine?, approvals: 2 }
          due: 1d
          escalate: [{ after: 1h, to: support }]
        - { id: two, role: support, approve: { message: Fine?, approvals: 2 }, due: 1d }
        - { id: 9️⃣outside, role: customer, approve: { message: Fine?, not_starter: true }, due: 1d }
      """,
      [
        (.impossibleApproval, "no one holds the role `legal`"),
        (.impossibleApproval, "3 people must approve, and 2 people hold the role `support`"),
        (.starterDecides, "its only possible giver"), (.starterDecides, "one of them starts"),
        (.starterDecides, "only the person who started"), (.impossibleApproval, "nobody can give"),
        (.impossibleApproval, "one person holds the role `customer`"),
        (.impossibleApproval, "4 people must approve, and 3 people hold a role"),
        (.impossibleApproval, "nobody in `baton.yaml` is `a@example.com`"),
      ])
  }

  @Test func `a question or an escalation for a role that nobody holds`() {
    expect(
      """
      roles: { suport: { name: Support }, support: { name: Support }, user: { name: User } }
      steps:
        - { id: ticked, role: 1️⃣suport, ask: { items: { a: A } }, due: 1d }
        - id: told
          role: support
          ask: { items: { b: B } }
          due: 1d
          escalate: [{ after: 1h, to: support }, { after: 2h, to: 2️⃣user }]
        - { id: login, role: user, wait: { event: shop.paid }, due: 1d }
      """,
      [(.emptyRole, "somebody holds `support`"), (.emptyRole, "no one holds the role `user`")])
  }

  @Test func `without people in the project nobody is missed`() {
    expectFindings(
      """
      roles: { legal: { name: Legal } }
      steps:
        - { id: nobody, role: legal, approve: { message: Fine?, approvals: 9 }, due: 1d }
      """, [], facts: ProjectFacts())
  }

  @Test func `what is waited for without end`() {
    expect(
      """
      roles: { support: { name: Support } }
      steps:
        - { id: 1️⃣question, role: support, ask: { items: { a: A } } }
        - { id: 2️⃣decision, role: support, approve: Fine? }
        - { id: 3️⃣event, wait: { event: shop.paid } }
        - { id: 4️⃣events, wait: { first_of: { a: { event: shop.paid }, b: { event: shop.paid } } } }
        - { id: time, wait: 1h }
        - { id: moment, wait: { at: now } }
        - { id: ends, wait: { first_of: { a: { event: shop.paid }, b: { at: now } } } }
        - { id: expires, role: support, approve: Fine?, expires: 1d, on_expiry: stop }
      """,
      [
        (.noDeadline, "the answer"), (.noDeadline, "the decision"), (.noDeadline, "the event"),
        (.noDeadline, "the event"),
      ])
  }

  @Test func `answers that nothing uses`() {
    expect(
      """
      roles: { support: { name: Support } }
      steps:
        - { id: 1️⃣lost, role: support, ask: { fields: { a: string } }, due: 1d }
        - { id: read, role: support, ask: { fields: { a: string } }, due: 1d }
        - id: tested
          role: support
          ask: { fields: { a: string } }
          due: 1d
          verify: [{ check: outputs.a != '' }]
        - { id: ticked, role: support, ask: { items: { a: A } }, due: 1d }
        - { id: 2️⃣counted, role: support, ask: { items: { a: A }, fields: { b: string } }, due: 1d }
        - { id: all, role: support, ask: { fields: { a: string } }, due: 1d }
        - { id: say, action: log.write, with: { message: "${{ steps.read.outputs.a }}" } }
      outputs: { all: "${{ steps.all.outputs }}", progress: "${{ steps.counted.outputs.progress }}" }
      """, [(.unusedAnswers, "nothing uses"), (.unusedAnswers, "an item")])
  }

  // MARK: Effects

  @Test func `effects that nobody knows how to take back or to do by hand`() {
    expect(
      """
      steps:
        - { id: run, action: 1️⃣command.run, with: { command: [make] } }
        - { id: own, action: command.run, with: { command: [make] }, manual: Type make. }
        - id: around
          manual: Ask the build team.
          steps: [{ id: inner, action: command.run, with: { command: [make] } }]
        - { id: charge, action: shop.charge, with: { amount: 1 } }
        - { id: find, action: shop.find, with: { order_id: A-1 } }
        - { id: back, action: 2️⃣shop.refund, with: { charge_id: c } }
      """, [(.noWayBack, "`command.run`"), (.noWayBack, "its effects are `keyed`")])
  }

  @Test func `a retry of what must not happen twice, also by the defaults`() {
    expect(
      """
      defaults: { retry: { attempts: 3 } }
      steps:
        - { id: one, action: 1️⃣shop.charge, with: { amount: 1 } }
        - { id: two, action: shop.charge, with: { amount: 1 }, retry: 2️⃣{ attempts: 2 } }
        - { id: three, action: shop.charge, with: { amount: 1 }, retry: { attempts: 1 } }
        - { id: four, action: shop.charge, with: { amount: 1 }, effects: keyed }
      """, [(.onceUnderRetry, "attempts: 1"), (.onceUnderRetry, "tried 2 times")])
  }

  @Test func `a retry of what must not happen twice can be meant so`() {
    let step = "{ id: a, action: shop.charge, with: { amount: 1 }, retry: { attempts: 2 } }"
    expectFindings("steps: [\(step)]", [])
    expect(
      """
      allow: { B1402: The shop refuses before it charges }
      defaults: { retry: { attempts: 3 } }
      steps: [{ id: a, action: shop.charge, with: { amount: 1 } }]
      """, [])
  }

  // MARK: Sensitive values

  @Test func `sensitive values where people read, and in conditions`() {
    expect(
      """
      inputs: { pin: { type: string, sensitive: true } }
      run_name: Unlock ${{1️⃣ inputs.pin }}
      roles: { support: { name: Support } }
      steps:
        - { id: token, action: shop.token }
        - id: told
          role: support
          ask:
            message: The PIN is ${{2️⃣ inputs.pin }}.
            items: { a: "Token ${{3️⃣ steps.token.outputs.token }}", b: "Id ${{ steps.token.outputs.id }}" }
          due: 1d
        - { id: logged, action: log.write, with: { message: "${{4️⃣ inputs.pin }}" } }
        - { id: secret, if: 5️⃣inputs.pin == '1', wait: 1h }
        - { id: mailed, action: mail.send, with: { to: a@example.com, subject: PIN, text: "${{ inputs.pin }}" } }
      """,
      [
        (.sensitiveShown, "the name of the run"), (.sensitiveShown, "a question"),
        (.sensitiveShown, "an item"), (.sensitiveShown, "the log"),
        (.sensitiveCondition, "the way"),
      ])
  }

  @Test func `what is computed in the rounds of a loop, who holds a role, and when things are due`()
  {
    expect(
      """
      inputs:
        pin: { type: string, sensitive: true }
        day: { type: string, format: date-time, sensitive: true }
      roles: { holder: { name: Holder, person: "${{1️⃣ inputs.pin }}" } }
      steps:
        - id: rounds
          repeat:
            steps: [ { id: last, set: { x: "${{ inputs.pin }}", y: 1 } } ]
            until: steps.last.outputs.y == 1
            every: "${{2️⃣ inputs.pin }}"
            at_most: 2
        - id: told
          role: holder
          ask: { message: "Is it ${{3️⃣ steps.rounds.outputs.x }}, ${{ steps.rounds.outputs.y }}?", items: { a: A } }
          due: { at: 4️⃣timestamp(inputs.day) }
          remind: [ { before: "${{5️⃣ inputs.pin }}" } ]
          escalate: [ { after_due: "${{6️⃣ inputs.pin }}" } ]
          expires: { at: 7️⃣timestamp(inputs.day) }
        - id: paused
          wait: { first_of: { a: { at: 8️⃣timestamp(inputs.day) }, b: { event: shop.paid } } }
      """,
      [
        (.sensitiveShown, "the role `holder`"), (.sensitiveCondition, "when"),
        (.sensitiveShown, "a question"), (.sensitiveCondition, "when"),
        (.sensitiveCondition, "when"), (.sensitiveCondition, "when"),
        (.sensitiveCondition, "when"), (.sensitiveCondition, "when"),
      ])
  }

  @Test func `the log is read too where it notifies or takes back, and so is what ticks an item`() {
    expect(
      """
      inputs: { pin: { type: string, sensitive: true } }
      roles: { support: { name: Support } }
      steps:
        - id: told
          role: support
          ask:
            items:
              paid: { label: Paid, done_on: { event: shop.paid, match: 1️⃣event.order_id == inputs.pin } }
          due: 1d
          remind:
            - before: 1h
              notify: { action: log.write, with: { message: "${{2️⃣ inputs.pin }}" } }
          escalate:
            - { after: 2h, notify: { action: log.write, with: { message: "${{3️⃣ inputs.pin }}" } } }
        - id: made
          action: files.write
          with: { path: x.txt, content: hi }
          undo: { action: log.write, with: { message: "${{4️⃣ inputs.pin }}" } }
      """,
      [
        (.sensitiveCondition, "the way"), (.sensitiveShown, "the log"),
        (.sensitiveShown, "the log"), (.sensitiveShown, "the log"),
      ])
  }

  // MARK: The file

  @Test func `a review that is overdue, and one that is not`() {
    expect(
      """
      document: { effective: 1️⃣2026-01-18, review_every: 13w }
      steps: [{ id: a, wait: 1h }]
      """, [(.reviewOverdue, "2026-04-19")])
    expect(
      """
      document: { effective: 2026-11-01, review_every: 13w }
      steps: [{ id: a, wait: 1h }]
      """, [])
  }

  @Test func `an unknown calendar`() {
    expect(
      "calendar: 1️⃣zaa\nsteps: [{ id: a, wait: 1h }]\n", [(.unknownCalendar, "did you mean `za`")])
    expect("calendar: za\nsteps: [{ id: a, wait: 1h }]\n", [])
  }

  @Test func `a schedule that is none, and a time zone that is nowhere`() {
    expect(
      """
      steps: [{ id: a, wait: 1h }]
      triggers:
        - { schedule: 1️⃣0 25 * * MON, time_zone: Africa/Johannesburg }
        - { schedule: 0 9 * * MON, time_zone: 2️⃣Africa/Joburg }
        - { schedule: 0 9 * * MON-FRI, time_zone: Europe/London }
      """, [(.valueNotAllowed, "not a schedule"), (.valueNotAllowed, "unknown time zone")])
  }

  @Test func `a webhook has a path and a connection that there is`() {
    expect(
      """
      steps: [{ id: a, wait: 1h }]
      triggers:
        - { webhook: shop/paid, connection: shop, if: event.amount > 0 }
        - { webhook: shop/a, connection: 1️⃣shp }
        - { webhook: shop/b, connection: 2️⃣log }
        - { webhook: 3️⃣shop/c }
        - { webhook: 4️⃣"", connection: shop }
        - { webhook: 5️⃣/shop/../paid, connection: shop }
        - { schedule: 0 9 * * MON, connection: 6️⃣shop }
      """,
      [
        (.unknownOperation, "unknown connection `shp`\nthere is `shop`\ndid you mean `shop`?"),
        (.unknownOperation, "unknown connection `log`"),
        (.missingKey, "a `webhook` has no `connection`"), (.valueNotAllowed, "`webhook` is empty"),
        (.valueNotAllowed, "is not a path for a webhook"),
        (.misplacedKey, "it verifies who calls a `webhook`"),
      ])
  }

  @Test func `a scalar that is wrong as it stands is not to be put in quotes`() {
    expect(
      """
      inputs: { paused: { type: boolean, default: 1️⃣yes } }
      steps:
        - { id: a, action: command.run, with: { command: [a], sensitive: 2️⃣no }, manual: Do it. }
        - { id: b, action: command.run, with: { command: [a], sensitive: 3️⃣"true" }, manual: Do it. }
      """,
      [
        (.invalidDefault, "it must be true or false, not the text `yes`\n\nwrite `true`"),
        (.inputMismatch, "must be true or false, not the text `no`\n\nwrite `false`"),
        (.inputMismatch, "not the text `true`\n\nwrite it without quotes: `true`"),
      ])
  }

  @Test func `scalars that mean something else elsewhere`() {
    expect(
      """
      version: 1️⃣1.10
      inputs: { answer: { type: string, enum: [2️⃣yes, 3️⃣no, 'on', maybe] }, code: { type: string, default: 4️⃣012 } }
      steps:
        - id: a
          set: { at: 5️⃣12:30, 6️⃣off: 1, y: 2, big: 7️⃣1_000, price: 99.50, date: 2026-01-18, long: "no", zero: 0, one: 0.5 }
        - { id: write, action: files.write, with: { path: 8️⃣3.10, content: a } }
      """,
      [
        (.ambiguousScalar, "the number 1.1"), (.ambiguousScalar, "a truth value"),
        (.ambiguousScalar, "`\"no\"`"), (.ambiguousScalar, "base 8"), (.ambiguousScalar, "base 60"),
        (.ambiguousScalar, "a truth value"), (.ambiguousScalar, "a number"),
        (.ambiguousScalar, "the number 3.1"),
      ])
  }

  // MARK: Silence

  @Test func `a warning is allowed with a reason, at the step or for the file`() {
    expect(
      """
      allow: { B1502: The vendor answers when it answers }
      steps:
        - { id: paid, wait: { event: shop.paid } }
        - { id: run, action: command.run, with: { command: [make] }, allow: { B1501: It can be repeated } }
        - { id: again, action: 1️⃣command.run, with: { command: [make] } }
      """, [(.noWayBack, "`command.run`")])
  }

  @Test func `an allow without a reason, of an error, of nothing`() {
    expect(
      """
      steps:
        - id: run
          action: 1️⃣command.run
          with: { command: [make] }
          allow: { B1501: 2️⃣"", 3️⃣B1301: please, 4️⃣B150: why }
      """,
      [
        (.noWayBack, "`command.run`"), (.badAllowance, "without a reason"),
        (.badAllowance, "errors cannot be allowed"), (.badAllowance, "did you mean `B1501`"),
      ])
    expect(
      "steps:\n  - { id: a, wait: 1h, allow: { 1️⃣B1510: it is old } }\n",
      [(.badAllowance, "`B1510` is the warning about an `allow` and cannot be allowed")])
    expect(
      "steps:\n  - { id: a, wait: 1h, allow: { 1️⃣B1502: it ends by itself } }\n",
      [(.idleAllowance, "there is no such warning")])
  }

  @Test func `a run is not told of warnings`() {
    expectFindings("steps: [{ id: a, wait: { event: shop.paid } }]\n", [])
  }
}
