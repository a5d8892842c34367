import SourceText
import Testing

@testable import Workflows

/// A workflow with something of everything, and with names that no format may trip over.
enum SampleWorkflow {
  static let text = #"""
    baton: 1
    id: everything
    name: "Everything <&> \"quoted\" `code` #1; [x] {y} | end"
    version: 2.1.0
    description: |
      Shows what a procedure can hold.

      **Scope:** all of it.
    document:
      number: SOP-9
      section: "1.2"
      effective: 2026-02-01
      owner: Operations
      approved_by: The manager
      review_every: 13w
      related: [RB-001 /runbooks/RB-001.md]
    roles:
      support: { name: Support, description: Helps }
      lead: { name: Team lead, description: Decides }
      champion: { name: Champion, person: "${{ inputs.email }}" }
    inputs:
      email: { type: string, format: email, label: Customer email }
      seats: { type: integer, minimum: 1, default: 5 }
      names: { type: array, items: { type: string } }
      code: { type: string, sensitive: true, optional: true }
    steps:
      - id: payment
        name: Confirm the payment
        description: Look for the **amount** | and note it.
        role: support
        ask:
          message: Search for ${{ inputs.email }} in the bank.
          items:
            matches: The amount matches
            told: { label: The customer was told, help: By mail, category: contact }
          fields:
            amount: { type: number, minimum: 0, label: Amount }
            status: { type: string, enum: [COMPLETE, FAILED] }
            notes: { type: string, optional: true, help: Anything odd }
        due: 4 business hours
        remind: [1 business hour before]
        escalate: [{ after_due: 1h, to: lead }]
      - id: skip_ahead
        name: Nothing to do
        if: steps.payment.outputs.status == 'FAILED' && steps.payment.outputs.amount > 10.0
        go_to: decide
      - id: work
        name: The work
        target: 1h
        steps:
          - id: folder
            name: Write the file
            preconditions:
              - check: inputs.seats > 0
                message: There is nobody to write to.
                see: RB-001
            action: files.write
            with: { path: "out/${{ inputs.email }}.txt", content: "${{ string(steps.payment.outputs.amount) }}" }
            verify:
              - check: outputs.path != ''
                message: Nothing was written.
            retry: { attempts: 3, wait: 2s }
            undo: { manual: "Remove the file of ${{ inputs.email }}." }
            manual: |
              1. Open the folder
              2. Save the file
            on_failure:
              - when: error.code == 'not_a_file'
                steps:
                  - { id: rename, name: Choose another name, role: support, ask: { items: { renamed: Done } } }
                then: retry
              - steps: [{ id: note, name: Leave a note, set: { noted: true } }]
                then: continue
        checkpoint: written
      - id: both
        name: Side by side
        parallel:
          - { id: left, name: Left, set: { x: 1 } }
          - { id: right, name: Right, wait: 2h }
      - id: each
        name: Every name
        for_each:
          in: inputs.names
          as: user
          max_parallel: 2
          collect: ${{ steps.greet.outputs.line }}
          steps: [{ id: greet, name: Greet, set: { line: "Hello ${{ user }}" } }]
      - id: size
        name: Which size
        choose:
          - when: inputs.seats > 500
            steps: [{ id: big, name: A big customer, set: { x: 1 } }]
          - when: inputs.seats > 50
            steps: [{ id: middle, name: A middling customer, set: { x: 1 } }]
      - id: until
        name: Poll
        repeat:
          steps: [{ id: poll, name: Look, set: { found: true } }]
          until: steps.poll.outputs.found
          every: 30s
          at_most: 20
        on_failure: stop
      - id: decide
        name: Release it
        role: lead
        approve: { message: "All good for ${{ inputs.email }}?", approvals: 2, not_starter: true }
        due: 1d
        expires: 3d
        on_expiry: stop
      - id: finish
        name: The end
        if: inputs.seats == 1
        finish: { outcome: succeeded, message: One seat only }
    outputs:
      amount: ${{ steps.payment.outputs.?amount.orValue(0.0) }}
    finally:
      - { id: tell, name: Tell everybody, action: log.write, with: { message: "${{ run.status }}" }, on_failure: continue }
    targets:
      - { name: Paid in time, measure: "steps.payment.status == 'succeeded'", at_least: 0.99 }
      - { name: Time to release, measure: steps.decide.finished_at - run.started_at, at_most: 1h }
    """#

  /// A connection that tells of events.
  static let shop: Catalog = {
    let contract = PluginContract.decode(
      SourceFile(
        path: "plugins/shop/plugin.yaml",
        text: """
          plugin: shop
          events:
            signed: { user_id: string }
            declined: { user_id: string }
          """), into: Diagnostics())
    return Catalog(contract.map { ["shop": $0] } ?? [:])
  }()

  static func load(_ text: String = text, catalog: Catalog = .builtIn) throws -> Workflow {
    let diagnostics = Diagnostics()
    let workflow = Workflow.load(
      file: SourceFile(path: "everything.yaml", text: text), catalog: catalog, into: diagnostics)
    let findings = diagnostics.sorted.filter { $0.severity == .error }.map(\.message)
    return try #require(workflow, "\(findings)")
  }
}
