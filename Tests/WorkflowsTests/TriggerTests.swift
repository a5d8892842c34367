import SourceText
import Testing

@testable import Workflows

@Suite struct TriggerTests {
  private static let steps = "steps: [{ id: a, set: { x: 1 } }]\n"

  @Test func `the event of a webhook has the fields of what its connection tells of`() {
    expectFindings(
      Self.steps + """
        inputs: { order_id: string }
        triggers:
          - webhook: shop/paid
            connection: shop
            if: event.1️⃣amout > 3
            key: event.2️⃣order
            inputs: { order_id: "${{ event.3️⃣orderid }}" }
            limit: { rate: 10 per hour, by: request.client }
            respond: { after: a, body: { id: "${{ event.order_id }}", x: "${{ steps.a.outputs.x }}" } }
        """,
      [
        (.expressionType, "did you mean `amount`?"), (.expressionType, "order_id"),
        (.expressionType, "did you mean `order_id`?"),
      ])
  }

  @Test
  func `a field that only some calls bring is read with care, or where the condition rules it out`()
  {
    let text =
      head + Self.steps + """
        inputs: { email: string }
        triggers:
          - { webhook: a, connection: payments, inputs: { email: "${{ event.email }}" } }
          - { webhook: b, connection: payments, if: has(event.email), inputs: { email: "${{ event.email }}" } }
          - { webhook: c, connection: payments, inputs: { email: "${{ event.?email.orValue('x') }}" } }
          - { webhook: d, connection: site, inputs: { email: "${{ event.user_id }}" } }
          - { webhook: e, connection: site, inputs: { email: "${{ event.usr_id }}" } }
        """
    let found = load(text, catalog: projectCatalog).findings
    #expect(
      found.map { "\($0.code) \($0.message)" } == [
        "B1302 `event.email` is optional and may be absent",
        "B0302 an event of `site` has no field `usr_id`",
      ])
  }

  @Test func `where a run starts there are no inputs and no steps, and a schedule brings no event`()
  {
    expectFindings(
      Self.steps + """
        inputs: { day: { type: string, optional: true } }
        triggers:
          - { webhook: shop/paid, connection: shop, if: 1️⃣inputs.day == 'x' }
          - { webhook: shop/other, connection: shop, key: 2️⃣steps.a.outputs.x }
          - { schedule: 0 9 * * MON, inputs: { day: "${{ 3️⃣event.day }}" } }
          - { schedule: 0 9 * * MON, inputs: { day: "${{ string(now) }}" }, 4️⃣limit: { rate: 1 per day } }
          - { webhook: shop/third, connection: shop, 5️⃣time_zone: UTC }
        """,
      [
        (.expressionType, "unknown name `inputs`"), (.expressionType, "unknown name `steps`"),
        (.expressionType, "unknown name `event`"), (.misplacedKey, "nobody calls"),
        (.misplacedKey, "`time_zone`"),
      ])
  }

  @Test func `a trigger gives every input that the workflow needs`() {
    expectFindings(
      Self.steps + """
        inputs: { order_id: string, note: { type: string, optional: true } }
        triggers:
          - { webhook: 1️⃣shop/paid, connection: shop }
        """, [(.missingInput, "`order_id`")])
  }

  @Test func `a path is one trigger's`() {
    expectFindings(
      Self.steps + """
        triggers:
          - { webhook: shop/paid, connection: shop }
          - { webhook: 1️⃣shop/paid, connection: shop, if: event.amount > 3 }
        """, [(.duplicateName, "the path `shop/paid` is taken")])
  }

  @Test func `a schedule that is there twice starts two runs, unless something is different`() {
    let text =
      head + Self.steps + """
        inputs: { day: { type: string, optional: true } }
        triggers:
          - schedule: 0 9 * * MON
          - { schedule: 0 9 * * 1, time_zone: UTC }
          - { schedule: "0 9 * * 1" }
          - { schedule: 0 9 * * MON, inputs: { day: monday } }
          - { inputs: { day: monday }, schedule: 0 9 * * 1 }
          - { schedule: 0 9 * * TUE, if: now > timestamp('2026-01-01T00:00:00Z') }
          - { schedule: 0 9 * * TUE }
          - schedule: "@hourly"
          - schedule: 0 */1 * * *
        """
    let found = load(text, facts: sampleFacts).findings.filter { $0.code == .repeatedSchedule }
    #expect(found.map { $0.file.location(of: $0.span.start).line } == [9, 11, 15])
    #expect(found.allSatisfy { $0.notes.count == 1 })
    #expect(found.first?.message == "the schedule `0 9 * * 1` is there twice")
  }

  @Test func `a match that asks an optional field not to be something says so of its absence`() {
    let text =
      head + """
        steps:
          - { id: a, wait: { event: site.page_generated, match: event.tenant_id == 't' }, due: 1d }
          - { id: b, wait: { event: site.page_generated, match: event.tenant_id != 't' }, due: 1d }
          - { id: c, wait: { event: site.page_generated, match: "!(event.tenant_id in ['t'])" }, due: 1d }
          - { id: d, wait: { event: site.page_generated, match: has(event.tenant_id) && event.tenant_id != 't' }, due: 1d }
        """
    let found = load(text, catalog: projectCatalog).findings
    #expect(
      found.map { "\($0.code) \($0.file.location(of: $0.span.start).line)" } == [
        "B1302 6", "B1302 7",
      ], "\(found.map(\.message))")
  }

  @Test func `an own output that may be absent is read with care`() {
    expectFindings(
      """
      steps:
        - id: order
          action: shop.find
          with: { order_id: A-1 }
          verify: [ { check: 1️⃣outputs.note == 'x' }, { check: outputs.?note.orValue('x') == 'x' } ]
      """, [(.mayBeAbsent, "outputs.?note")])
  }
}
