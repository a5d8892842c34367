import SourceText
import Testing

@testable import Workflows

/// Who could do what a step asks, and who is told of it, held against the people of the project.
@Suite struct HolderCheckTests {
  private static var facts: ProjectFacts {
    var facts = sampleFacts
    facts.addresses = ["ana@example.com": "ana"]
    return facts
  }

  private static let roles = """
    roles:
      support: { name: Support }
      manager: { name: Manager }
      nobody: { person: nobody@example.com }
      ana: { person: ana@example.com }
      given: { person: "${{ inputs.who }}" }
    inputs: { who: string }
    steps:

    """

  private func expect(
    _ steps: String, _ expected: [(code: DiagnosticCode, text: String)],
    facts: ProjectFacts = facts
  ) {
    expectFindings(Self.roles + steps, expected, facts: facts)
  }

  @Test func `somebody who cannot sign in gives no approval that is for others than the starter`() {
    expect(
      """
        - { id: 1️⃣a, role: nobody, approve: { message: Fine?, not_starter: true }, due: 1d }
        - { id: b, role: nobody, approve: Fine?, due: 1d }
        - { id: c, role: given, approve: { message: Fine?, not_starter: true }, due: 1d }
      """,
      [(.impossibleApproval, "nobody in `baton.yaml` is `nobody@example.com`")])
  }

  @Test func `the one person who may approve may be the starter`() {
    expect(
      "  - { id: 1️⃣a, role: ana, approve: { message: Fine?, not_starter: true }, due: 1d }\n",
      [(.starterDecides, "its only possible giver")])
  }

  @Test func `of several roles all are counted and named`() {
    expect(
      """
        - id: 1️⃣a
          role: support
          approve: { message: Fine?, approvals: 4 }
          due: 1d
          escalate: [ { after: 1h, to: manager } ]
        - id: b
          role: support
          approve: { message: Fine?, approvals: 3 }
          due: 1d
          escalate: [ { after: 1h, to: manager } ]
        - id: c
          role: manager
          approve: { message: Fine?, approvals: 2 }
          due: 1d
          escalate: [ { after: 1h, to: ana } ]
      """,
      [
        (
          .impossibleApproval,
          "4 people must approve, and 3 people hold one of the roles `support`, `manager`"
        )
      ])
  }

  @Test func `an escalation that comes too late brings nobody`() {
    expect(
      """
        - id: 1️⃣a
          role: support
          approve: { message: Fine?, approvals: 3 }
          due: 1h
          expires: 2h
          escalate: [ 2️⃣{ after: 3h, to: manager } ]
      """,
      [
        (.impossibleApproval, "2 people hold the role `support`"),
        (.deadlineOrder, "nothing is escalated any more then"),
      ])
  }

  @Test func `a reminder or an escalation of a step without a role reaches nobody`() {
    let channel = "{ action: shop.refund, with: { charge_id: x } }"
    let person = "{ action: shop.refund, with: { charge_id: \"${{ person.id }}\" } }"
    expect(
      """
        - id: a
          ask: { items: { x: X } }
          due: 2h
          remind: [ 1️⃣1h before, { before: 30m, notify: \(channel) } ]
          escalate: [ 2️⃣{ after: 1h }, { after: 2h, to: manager }, 3️⃣{ after: 3h, notify: \(person) } ]
        - id: b
          role: support
          ask: { items: { x: X } }
          due: 2h
          remind: [ 1h before ]
          escalate: [ { after: 1h } ]
      """,
      [
        (.emptyRole, "nobody is told: the step has no `role`"),
        (.emptyRole, "give the step a role"), (.emptyRole, "the step has no `role`"),
      ])
  }

  @Test func `nobody is told of anything in an environment that cannot tell`() {
    var facts = Self.facts
    facts.silentEnvironment = "local"
    expect(
      """
        - id: a
          role: support
          ask: { items: { x: X } }
          due: 2h
          remind: [ 1️⃣1h before, { before: 30m, notify: { action: shop.refund, with: { charge_id: x } } } ]
          escalate: [ 2️⃣{ after: 1h, to: manager } ]
      """,
      [
        (.emptyRole, "the environment `local` has no `notify`"),
        (.emptyRole, "say in `baton.yaml` how people are told"),
      ], facts: facts)
  }

  @Test func `who has no address is not told by what is sent to it`() {
    var facts = Self.facts
    facts.people = [("ana", ["support"]), ("ben", ["support"]), ("cy", ["manager"])]
    facts.withoutAddress = ["ben", "cy"]
    let letter = { (read: String) in
      "notify: { action: shop.refund, with: { charge_id: \"${{ \(read) }}\" } }"
    }
    expect(
      """
        - id: a
          role: support
          ask: { items: { x: X } }
          due: 2h
          remind: [ 1️⃣{ before: 1h, \(letter("person.email")) }, { before: 30m, \(letter("person.id")) } ]
          escalate:
            - 2️⃣{ after: 1h, to: manager, \(letter("person.email")) }
            - { after: 2h, to: manager, \(letter("person.?email.orValue('x')")) }
            - { after: 3h, to: manager, \(letter("has(person.email) ? person.email : 'x'")) }
            - { after: 4h, to: ana, \(letter("person.email")) }
      """,
      [
        (.emptyRole, "`ben`, `cy` are not told: `notify` reads `person.email`"),
        (.emptyRole, "`cy` is not told"),
      ], facts: facts)
  }
}
