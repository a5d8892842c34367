import Testing

@testable import Engine

@Suite struct OutlineSectionsTests {
  @Test func `an outline says which sections, choices and parallels a step stands in`() throws {
    let run = try Rehearsal(
      """
      steps:
        - id: part
          steps:
            - id: pick
              choose:
                - when: "true"
                  steps:
                    - { id: one, action: shop.tell, with: { text: one } }
                    - id: each
                      for_each: { in: "['a']", steps: [ { id: two, ask: { fields: { x: string } } } ] }
          on_failure:
            steps: [ { id: fix, action: shop.tell, with: { text: fix } } ]
            then: retry
        - { id: last, action: shop.tell, with: { text: last } }
      """, catalog: Shop.catalog)
    run.carryOut()
    let addresses: Set = ["part", "pick", "one", "each", "each[0]/two", "fix"]
    let outline = run.engine.outline(with: addresses)
    #expect(
      outline.map(\.address) == ["part", "fix", "pick", "one", "each", "each[0]/two", "last"])
    #expect(
      outline.sections == [
        "pick": ["part"], "one": ["part", "pick"], "each": ["part", "pick"],
        "each[0]/two": ["part", "pick"],
      ])
  }
}
