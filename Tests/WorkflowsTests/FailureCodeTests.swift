import SourceText
import Testing

@testable import Workflows

@Suite struct FailureCodeTests {
  @Test func `the code of a failure that people or time bring about is one of a few words`() {
    expectFindings(
      """
      steps:
        - id: go
          approve: Go?
          on_failure:
            - { when: error.code == 1️⃣'rejectd', then: stop }
            - { when: "error.code in ['rejected', 2️⃣'refused']", then: stop }
            - { when: error.code == 'expired' || error.code == 'verify', then: stop }
            - steps: [{ id: tell, if: error.code != 3️⃣'reject', set: { x: 1 } }]
        - { id: a, if: steps.go.?error.code.orValue('none') == 4️⃣'rejectet', set: { x: 1 } }
        - { id: b, if: steps.go.?error.code.orValue('none') == 'none', set: { x: 1 } }
      """,
      [
        (.neverEqual, "did you mean `rejected`?"), (.neverEqual, "`rejected`, `expired`"),
        (.neverEqual, "did you mean `rejected`?"), (.neverEqual, "did you mean `rejected`?"),
      ])
  }

  @Test func `what is built in fails as its contract says`() {
    expectFindings(
      """
      steps:
        - id: look
          action: files.read
          with: { path: a }
          retry: { attempts: 2, only_if: error.code == 'unavailable' }
          on_failure:
            - { when: error.code == 'file_not_found', then: continue }
            - { when: error.code == 1️⃣'not_found', then: continue }
      """, [(.neverEqual, "`file_not_found`")])
  }

  @Test func `a section, a loop and a workflow fail as what is in them`() {
    expectFindings(
      """
      steps:
        - id: part
          steps:
            - { id: ok, approve: Go? }
            - id: rounds
              repeat: { steps: [{ id: q, ask: { fields: { done: boolean } } }], until: steps.q.outputs.done }
              on_failure:
                - { when: error.code == 'exhausted' || error.code == 'expired', then: stop }
                - { when: error.code == 1️⃣'rejected', then: stop }
          on_failure:
            - { when: error.code == 'rejected' || error.code == 'exhausted', then: stop }
      defaults:
        on_failure:
          - { when: error.code == 'rejected', then: stop }
          - { when: error.code == 2️⃣'exhaustd', then: stop }
      """, [(.neverEqual, "`exhausted`"), (.neverEqual, "did you mean `exhausted`?")])
  }

  @Test func `a driver may give codes of its own, so only a slip of the pen is warned of`() {
    let text = """
      steps:
        - id: pay
          action: payments.confirm
          with: { order_id: A-1 }
          on_failure:
            - { when: error.code == 'payment_not_found', then: continue }
            - { when: error.code == 'payment_not_fond', then: continue }
            - { when: error.code == 'time_out', then: continue }
            - { when: error.code == 'blocked', then: continue }
            - { when: error.code == 'something_else', then: continue }
      """
    let facts = ProjectFacts(people: nil, calendars: nil, now: nil)
    let found = load(head + text, catalog: projectCatalog, facts: facts).findings
    #expect(
      found.map { "\($0.code) \($0.message) \($0.help ?? "")" } == [
        "B1514 no contract declares the code `payment_not_fond` did you mean `payment_not_found`?",
        "B1514 no contract declares the code `time_out` did you mean `timeout`?",
      ])
  }

  @Test func `a word that no field of a place can have is found wherever the field is read`() {
    let text = """
      inputs:
        users:
          type: array
          items:
            type: object
            properties: { kind: { type: string, enum: [admin, guest] } }
            required: [kind]
      steps:
        - id: pay
          action: payments.confirm
          with: { order_id: A-1 }
          verify: [ { check: outputs.status == 'COMPLET' } ]
        - id: paid
          wait: { event: payments.itn_received, match: event.payment_status == 'COMPLETED' }
          due: 1d
        - id: each
          for_each:
            in: inputs.users
            as: user
            steps: [ { id: one, if: user.kind == 'gest', set: { x: 1 } } ]
        - { id: after, if: steps.paid.outputs.event.payment_status == 'PAID', set: { x: 1 } }
      """
    let found = load(head + text, catalog: projectCatalog).findings
    #expect(found.allSatisfy { $0.code == .neverEqual })
    #expect(
      found.map(\.message) == [
        "`outputs.status` is never `COMPLET`", "`event.payment_status` is never `COMPLETED`",
        "`user.kind` is never `gest`", "`steps.paid.outputs.event.payment_status` is never `PAID`",
      ])
  }

  @Test func `a word of an element is looked at in macros, whose variable hides other names`() {
    let text = """
      inputs:
        kind: { type: string, enum: [red, blue] }
        users:
          type: array
          items:
            type: object
            properties: { kind: { type: string, enum: [admin, guest] } }
            required: [kind]
      steps:
        - { id: a, if: "inputs.users.exists(u, u.kind == 'gest')", set: { x: 1 } }
        - { id: b, if: "inputs.users.exists(inputs, inputs.kind == 'guest')", set: { x: 1 } }
        - { id: c, if: "inputs.users.all(u, u.kind in ['admin', 'owner'])", set: { x: 1 } }
      """
    let found = load(head + text).findings
    #expect(
      found.map(\.message) == ["`u.kind` is never `gest`", "`u.kind` is never `owner`"])
  }

  @Test func `what an element may lack is read in macros with care`() {
    let fields = """
      inputs:
        users:
          type: array
          items:
            type: object
            properties: { id: { type: string }, note: { type: string } }
            required: [id]
      steps:

      """
    func places(_ expression: String) -> Int {
      load(head + fields + "  - { id: a, set: { x: \"${{ \(expression) }}\" } }\n").findings.count
    }
    for wrong in [
      "inputs.users.exists(u, u.note == 'x')", "inputs.users.map(u, u.note)",
      "inputs.users.all(u, has(u.id) && u.note == 'x')",
      "inputs.users.filter(u, u.id == 'x').map(u, u.note)",
      "inputs.users.exists(u, !has(u.note) && u.note == 'x')",
    ] {
      #expect(places(wrong) == 1, "\(wrong)")
    }
    for right in [
      "inputs.users.exists(u, has(u.note) && u.note == 'x')", "inputs.users.map(u, u.id)",
      "inputs.users.exists(u, u.?note.orValue('') == 'x')",
      "inputs.users.filter(u, has(u.note)).map(v, v.note)",
      "inputs.users.map(u, has(u.note), u.note)",
      "inputs.users.map(u, has(u.note) ? u.note : '')",
      "inputs.users.all(u, !has(u.note) || u.note == 'x')",
    ] {
      #expect(places(right) == 0, "\(right)")
    }
    let guarded = load(
      head + fields + """
          - id: a
            if: inputs.users.all(u, has(u.note))
            set: { x: "${{ inputs.users.map(u, u.note) }}" }
        """)
    #expect(guarded.findings.isEmpty)
  }
}
