import Documents
import SourceText
import TestSupport
import Testing

@testable import Workflows

@Suite struct WorkflowShapeTests {
  @Test func `a whole workflow is read`() throws {
    let (loaded, findings) = load(
      head + """
        version: 1.10
        roles:
          support: { name: Support }
        run_name: Order ${{ inputs.order_id }}
        labels: { order: "${{ inputs.order_id }}" }
        inputs: { order_id: string }
        steps:
          - id: order
            name: Find the order
            action: shop.find
            with: { order_id: "${{ inputs.order_id }}" }
            target: 5s
            verify:
              - check: outputs.status == 'PAID'
                message: The order is ${{ outputs.status }}.
            checkpoint: paid
          - id: more
            steps:
              - id: charge
                action: shop.charge
                with: { amount: "${{ steps.order.outputs.amount }}" }
              - id: look
                role: support
                ask: { items: { seen: Seen } }
        outputs:
          charge: ${{ steps.charge.outputs.charge_id }}
        finally:
          - { id: tell, action: log.write, with: { message: "${{ run.status }}" } }
        """)
    #expect(findings.isEmpty, "\(findings.map(\.message))")
    let workflow = try #require(loaded)
    #expect(workflow.version == "1.10")
    #expect(workflow.allSteps.map(\.id) == ["order", "more", "charge", "look", "tell"])
    #expect(workflow.allSteps.map(\.index) == [0, 1, 2, 3, 4])
    #expect(workflow.allSteps.map(\.parent) == [nil, nil, 1, 1, nil])
    #expect(workflow.steps.position(of: "more") == 1)
    #expect(workflow.steps.position(of: "charge") == nil)
    let charge = try #require(workflow.step(named: "charge"))
    #expect(charge.effects == .once)
    #expect(charge.probe != nil)
    #expect(charge.manual != nil)
  }

  @Test func `unknown, misplaced and duplicate keys are found together`() {
    expectFindings(
      """
      steps:
        - id: hello
          1️⃣nmae: Hello
          2️⃣until: true
          action: log.write
          with: { message: hello }
      3️⃣colour: red
      """,
      [(.unknownKey, "`name`"), (.misplacedKey, "`repeat`"), (.unknownKey, "allowed")])
  }

  @Test func `keys of people do not belong to machines`() {
    expectFindings(
      """
      steps:
        - id: hello
          action: log.write
          with: { message: hello }
          1️⃣due: 3d
        - id: pause
          wait: 1h
          2️⃣retry: { attempts: 3 }
      """, [(.misplacedKey, "`ask`"), (.misplacedKey, "`action`")])
  }

  @Test func `a bare number is no length of time`() {
    expectFindings(
      """
      steps:
        - { id: pause, wait: 1️⃣30 }
        - { id: rest, wait: 2️⃣3 parsecs }
      """, [(.badLength, "30s"), (.badLength, "`3 parsecs`")])
  }

  @Test func `each step is exactly one kind`() {
    expectFindings(
      """
      steps:
        - id: 1️⃣nothing
        - id: much
          wait: 1h
          2️⃣set: { a: 1 }
      """, [(.missingKind, "`nothing`"), (.severalKinds, "`wait` or `set`")])
  }

  @Test func `ids are well-formed and unique`() {
    expectFindings(
      """
      steps:
        - { id: 1️⃣Say Hello, wait: 1h }
        - { id: pause, wait: 1h }
        - id: section
          steps:
            - { id: 2️⃣pause, wait: 1h }
        - { 3️⃣wait: 1h }
      """,
      [(.badName, "`say_hello`"), (.duplicateName, "`pause`"), (.missingKey, "`id`")])
  }

  @Test func `a file without head says all that is missing`() {
    let findings = load("steps: []\n").findings
    #expect(findings.filter { $0.code == .missingKey }.count == 3)
  }

  @Test func `JSON has the same findings as YAML`() {
    let json = """
      {"baton": 1, "id": "example", "steps": [{"id": "a", "wait": "1h", "colour": 1}]}
      """
    #expect(load(json, path: "example.json").findings.map(\.code) == [.unknownKey])
  }

  @Test func `go_to leads to a later step of the same list`() {
    expectFindings(
      """
      inputs: { stop: boolean }
      steps:
        - { id: first, wait: 1h }
        - { id: back, if: inputs.stop, go_to: 1️⃣first }
        - { id: out, if: inputs.stop, go_to: 2️⃣inner }
        - { id: away, if: inputs.stop, go_to: 3️⃣lst }
        - id: section
          steps: [{ id: inner, wait: 1h }]
        - { id: last, wait: 1h }
      """, [(.badJump, "`first`"), (.badJump, "same list"), (.unknownStep, "`last`")])
  }

  @Test func `go_to skips nothing among steps that run side by side`() {
    expectFindings(
      """
      inputs: { b: boolean }
      steps:
        - id: p
          parallel:
            - { id: k1, go_to: 1️⃣k3, if: inputs.b }
            - { id: k2, go_to: 2️⃣nowhere }
            - id: k3
              steps:
                - { id: k4, go_to: k6, if: inputs.b }
                - { id: k5, set: { x: 1 } }
                - { id: k6, set: { x: 1 } }
          on_failure:
            steps:
              - { id: r1, go_to: r3, if: inputs.b }
              - { id: r2, set: { x: 1 } }
              - { id: r3, set: { x: 1 } }
      """, [(.badJump, "side by side"), (.badJump, "side by side")])
  }

  static let written: [String] =
    [
      "standard-onboarding.yaml", "manual-onboarding.yaml", "enterprise-onboarding.json",
      "sms-business-onboarding.yaml",
    ].map { "workflows/\($0)" }
    + [
      "01-hello/hello.yaml", "02-ask/ask.yaml", "03-choose/choose.yaml", "04-checks/checks.yaml",
      "05-wait/wait.yaml", "06-failure/failure.yaml", "07-loops/loops.yaml",
      "08-approval/approval.yaml", "09-undo/undo.yaml", "10-sub-workflows/offer.yaml",
      "10-sub-workflows/price.json",
    ].map { "examples/\($0)" }

  @Test(arguments: written)
  func `the project's own workflows have no findings`(path: String) throws {
    let bytes = try #require(contents(of: "\(Repository.path)/\(path)"))
    let diagnostics = Diagnostics()
    let workflow = Workflow.load(
      file: SourceFile(path: path, bytes: bytes), catalog: projectCatalog,
      workflows: projectWorkflows, into: diagnostics)
    #expect(workflow != nil)
    #expect(diagnostics.isEmpty, "\(DiagnosticRenderer().render(diagnostics))")
  }
}
