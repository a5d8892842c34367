import SourceText
import Testing

@testable import Workflows

@Suite struct FailedStepTests {
  @Test func `the step that has failed is one of those that a recovery is for`() {
    expectFindings(
      """
      steps:
        - { id: before, action: log.write, with: { message: m } }
        - id: part
          steps:
            - { id: payment, action: files.read, with: { path: a } }
            - id: each
              for_each:
                in: "[1, 2]"
                steps:
                  - id: tell
                    action: files.read
                    with: { path: b }
                    retry: { attempts: 2, only_if: error.step != 1️⃣'tel' }
          on_failure:
            - { when: error.step == 'payment' || error.step == 'part', then: continue }
            - { when: error.step == 2️⃣'paymnt', then: continue }
            - { when: "error.step in ['each[1]/tell', 3️⃣'each/tell', 4️⃣'tell']", then: continue }
            - { when: error.step == 5️⃣'before', then: continue }
            - steps:
                - { id: fix, if: error.step == 6️⃣'fix', set: { x: 1 } }
      finally:
        - { id: say, if: steps.payment.?error.step.orValue('none') == 7️⃣'part', set: { x: 1 } }
        - { id: ok, if: "steps.payment.?error.step.orValue('none') in ['none', 'payment']", set: { x: 1 } }
      """,
      [
        (.neverEqual, "endsWith('/tell')"), (.neverEqual, "did you mean `payment`?"),
        (.neverEqual, "endsWith('/tell')"), (.neverEqual, "each[0]/tell"),
        (.neverEqual, "`part`, `payment`, `each`, `each[0]/tell`"), (.neverEqual, "`part`"),
        (.neverEqual, "`payment`"),
      ])
  }

  @Test func `a recovery of the defaults is for every step`() {
    expectFindings(
      """
      defaults:
        on_failure:
          - { when: error.step == 1️⃣'paymnt', then: stop }
          - { when: error.step == 'payment' || error.step == 'say', then: stop }
          - { when: error.step.endsWith('/payment'), then: stop }
          - steps: [ { id: fix, if: error.step == 2️⃣'tells', set: { x: 1 } } ]
      steps:
        - { id: payment, action: files.read, with: { path: a } }
        - { id: tell, action: files.read, with: { path: a } }
      finally:
        - { id: say, action: log.write, with: { message: m } }
      """,
      [(.neverEqual, "did you mean `payment`?"), (.neverEqual, "did you mean `tell`?")])
  }

  @Test
  func `what a called workflow does has the call before it, and a caller may stand before all`() {
    let inner = """
      baton: 1
      id: inner
      name: Inner
      steps:
        - id: rounds
          repeat: { steps: [ { id: poll, set: { x: 1 } } ], until: steps.poll.outputs.x == 1, at_most: 3 }
        - { id: pay, action: files.read, with: { path: a } }
      """
    let text = """
      steps:
        - id: part
          steps: [ { id: call, workflow: inner } ]
          on_failure:
            - { when: error.step == 'call/pay' || error.step == 'call', then: stop }
            - { when: "error.step == 'outer[2]/here/call/rounds[1]/poll'", then: stop }
            - { when: error.step == 'pay', then: stop }
            - { when: error.step == 'call/pays', then: stop }
            - { when: error.step == 'call/poll', then: stop }
            - { when: error.step == 'part/call', then: stop }
      """
    let source = WorkflowSource { name, _ in
      name == "inner" ? SourceFile(path: "inner.yaml", text: inner) : nil
    }
    let found = load(head + text, workflows: source).findings
    #expect(found.allSatisfy { $0.code == .neverEqual })
    #expect(
      found.map { "\($0.message): \($0.help ?? "")" } == [
        "`error.step` is never `pay`: did you mean `call/pay`?",
        "`error.step` is never `call/pays`: did you mean `call/pay`?",
        "`error.step` is never `call/poll`: a step in a loop has its round before it, "
          + "`call/rounds[0]/poll`: `error.step.endsWith('/poll')` is so in each",
      ])
  }
}
