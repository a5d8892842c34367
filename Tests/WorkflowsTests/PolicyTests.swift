import CEL
import SourceText
import Testing
import Values

@testable import Workflows

@Suite struct PolicyTests {
  @Test func `defaults fill in what a step does not say`() throws {
    let (loaded, findings) = load(
      head + """
        defaults:
          retry: { attempts: 3, wait: 2s, backoff: double, max_wait: 30s, only_if: error.code != 'x' }
          timeout: 30s
          on_failure: stop
        steps:
          - { id: a, action: shop.find, with: { order_id: A-1 } }
          - { id: b, action: shop.find, with: { order_id: A-1 }, timeout: 5s, retry: { attempts: 1 } }
          - { id: c, wait: 1h }
        """)
    #expect(findings.isEmpty, "\(findings.map(\.message))")
    let workflow = try #require(loaded)
    let a = try #require(workflow.step(named: "a"))
    #expect(a.retry?.attempts == 3)
    #expect(a.retry?.backoff == .double)
    #expect(a.timeout?.fixed == Length("30s"))
    #expect(a.onFailure == nil)
    #expect(workflow.step(named: "b")?.retry?.attempts == 1)
    #expect(workflow.step(named: "b")?.timeout?.fixed == Length("5s"))
    #expect(workflow.step(named: "c")?.retry == nil)
    guard case .stop = workflow.defaultOnFailure else {
      Issue.record("`on_failure` of the defaults is kept apart")
      return
    }
  }

  @Test func `recovery steps see the error and are steps of the file`() throws {
    let (loaded, findings) = load(
      head + """
        steps:
          - id: charge
            action: shop.charge
            with: { amount: 3 }
            on_failure:
              - when: error.code == 'declined'
                steps: [{ id: tell, action: log.write, with: { message: "${{ error.message }}" } }]
                then: continue
              - steps: [{ id: other, wait: 1h }]
        """)
    #expect(findings.isEmpty, "\(findings.map(\.message))")
    let workflow = try #require(loaded)
    #expect(workflow.allSteps.map(\.id) == ["charge", "tell", "other"])
    #expect(workflow.step(named: "tell")?.parent == 0)
    guard case .recover(let branches)? = workflow.step(named: "charge")?.onFailure else {
      Issue.record("`on_failure` has branches")
      return
    }
    #expect(branches.map(\.then) == [.continue, .park])
    guard case .action(let call)? = workflow.step(named: "charge")?.kind else { return }
    #expect(call.with.first?.value.literal == .double(3))
  }

  @Test func `deadlines for people are lengths, moments or computed`() throws {
    let (loaded, findings) = load(
      head + """
        inputs: { seats: integer }
        roles: { support: , manager: Manager }
        steps:
          - id: look
            role: support
            ask: { fields: { status: string } }
            due: 4 business hours
            remind: [1 business hour before, { before: 10m, if: inputs.seats > 3 }]
            escalate:
              - { after: 1h, to: manager }
              - { after_due: 4h, notify: { action: log.write, with: { message: "${{ text }}" } } }
            expires: "${{ inputs.seats > 500 ? '8w' : '4w' }}"
            on_expiry: continue
          - { id: pause, wait: { at: "after(now, '2h')" }, due: { at: "after(now, '1h')" } }
        """)
    #expect(findings.isEmpty, "\(findings.map(\.message))")
    let look = try #require(loaded?.step(named: "look"))
    #expect(look.remind.count == 2)
    #expect(look.escalate.map(\.isAfterDue) == [false, true])
    guard case .after(let expires)? = look.expires else { return }
    #expect(try expires.length(Variables(["inputs": ["seats": 501]])) == Length("8w"))
    guard case .at? = loaded?.step(named: "pause")?.due else {
      Issue.record("a moment is a deadline")
      return
    }
  }

  @Test func `roles, events and steps that do not exist are named`() {
    expectFindings(
      """
      roles: { support: }
      steps:
        - { id: a, role: 1️⃣suport, wait: 1h }
        - { id: b, wait: { event: 2️⃣shop.payed } }
        - { id: c, wait: { event: shop.paid, since: 3️⃣aa } }
        - { id: d, wait: 1h, escalate: [{ after: 1h, to: 4️⃣boss }] }
      """,
      [
        (.unknownRole, "`support`"), (.unknownEvent, "`shop.paid`"), (.unknownStep, "aa"),
        (.unknownRole, "boss"),
      ])
  }

  @Test func `a look at the world and a probe change nothing`() {
    expectFindings(
      """
      steps:
        - id: a
          preconditions:
            - { action: 1️⃣shop.refund, with: { charge_id: x }, check: true }
          action: shop.charge
          with: { amount: 3.5 }
          probe: { action: 2️⃣shop.refund, with: { charge_id: "${{ key }}" }, check: true }
      """, [(.effectsNotAllowed, "keyed"), (.effectsNotAllowed, "keyed")])
  }

  @Test func `an approval that only the starter could give is refused`() {
    expectFindings(
      """
      roles:
        me: { person: "${{ run.started_by }}" }
        boss: Boss
      steps:
        - { id: 1️⃣a, role: me, approve: { message: Good?, not_starter: true } }
        - { id: 2️⃣b, role: me, approve: { message: Good?, approvals: 2 } }
        - { id: c, role: boss, approve: { message: Good?, not_starter: true, approvals: 2 } }
      """, [(.impossibleApproval, "nobody"), (.impossibleApproval, "2 people")])
  }

  @Test func `the contract's probe and undo are inherited`() throws {
    let (loaded, _) = load(
      head + "steps:\n  - { id: a, action: shop.charge, with: { amount: 3 } }\n")
    let step = try #require(loaded?.step(named: "a"))
    #expect(step.probe?.scope == .contract)
    guard case .action(let call, scope: .contract)? = step.undo else {
      Issue.record("the undo is the contract's")
      return
    }
    #expect(call.contract?.name == "refund")
  }
}
