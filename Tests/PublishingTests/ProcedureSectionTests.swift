import Foundation
import SourceText
import Testing

@testable import Publishing
@testable import Workflows

/// What the sections of a procedure hold, and what they leave out.
@Suite struct ProcedureSectionTests {
  @Test func `a contract's text says what the step gives`() throws {
    let catalog = Self.catalog(
      """
      plugin: desk
      operations:
        open:
          summary: Open an account
          effects: repeatable
          inputs:
            email: { type: string, label: Customer email }
            roles: { type: array, items: { type: string }, default: [admin] }
            tenant: { type: string, optional: true }
            note: { type: string, optional: true }
            room: { type: string, default: lobby }
            text: { type: string, optional: true }
            ids: { type: object, optional: true }
            records: { type: object, default: {} }
          outputs: {}
          manual: |
            - Email: ${{ inputs.email }}
            - Roles: ${{ inputs.roles.join(', ') }}
            - Tenant: `${{ inputs.?tenant.orValue('none yet') }}`
            - Note: ${{ has(inputs.note) ? inputs.note : 'nothing' }}
            - Room: ${{ inputs.room }}
            - Text: ${{ inputs.?text.orValue('no text') }}
            - Invoice: ${{ has(inputs.ids) ? inputs.ids.invoice : 'none' }}
            - Records: ${{ json(inputs.records) }}
      """)
    let yaml = """
      baton: 1
      id: x
      name: X
      inputs:
        email: { type: string, label: Address of the office }
        users: { type: array, items: { type: object, required: [email], properties: { email: string } } }
      steps:
        - id: all
          name: All
          for_each:
            in: inputs.users
            as: user
            steps:
              - { id: one, name: One, action: desk.open, with: { email: "${{ user.email }}", roles: [member] } }
        - id: two
          name: Two
          action: desk.open
          with:
            email: ${{ inputs.email }}
            tenant: ${{ inputs.email }}
            note: Hello
            text: |
              Dear ${{ inputs.email }},
              bye
            ids: { invoice: "I-${{ inputs.email }}" }
      """
    let markdown = ProcedureDocument(try SampleWorkflow.load(yaml, catalog: catalog)).markdown
    let texts = [
      """
      - Email: [email of the user]
      - Roles: member
      - Tenant: `none yet`
      - Note: nothing
      - Room: lobby
      - Text: no text
      - Invoice: none
      - Records: [none]
      """,
      """
      - Email: [address of the office]
      - Roles: admin
      - Tenant: `[address of the office]`
      - Note: Hello
      - Room: lobby
      - Text: Dear [address of the office], bye
      - Invoice: I-[address of the office]
      - Records: [none]
      """,
    ]
    for text in texts {
      #expect(markdown.contains("**By hand**\n\n\(text)\n"), "\(text)\n\n\(markdown)")
    }
  }

  @Test func `what to do about trouble is what the nearest policy says`() throws {
    func document(_ policy: String) throws -> String {
      ProcedureDocument(
        try SampleWorkflow.load(
          """
          baton: 1
          id: x
          name: X
          defaults: { on_failure: \(policy) }
          steps:
            - { id: one, name: One, set: { n: 1 }, verify: [ { check: outputs.n == 1, message: Not one } ] }
            - id: around
              name: Around
              on_failure: undo
              steps:
                - { id: two, name: Two, set: { n: 1 }, verify: [ { check: outputs.n == 1, message: Not two } ] }
          """)
      ).markdown
    }
    let stopping = try document("stop")
    #expect(stopping.contains("| Not one | Stop the run |"), "\(stopping)")
    #expect(stopping.contains("| Not two | Take back what was done |"), "\(stopping)")
    #expect(stopping.contains("| Any other failure | Stop the run |"), "\(stopping)")
    let telling = try document(
      "{ steps: [ { id: tell, name: Tell them, set: { n: 1 } } ], then: stop }")
    #expect(telling.contains("| Not one | As the defaults of the procedure say |"), "\(telling)")
    #expect(telling.contains("| Any other failure | Do “Tell them”, then"), "\(telling)")
  }

  private static let sections = """
    baton: 1
    id: x
    name: X
    document:
      related: [Twilio Console, RB-001 /runbooks/RB-001.md, "The shop https://shop.example/a", notes]
    inputs: { large: boolean, seats: integer }
    steps:
      - id: always
        name: Always
        set: { n: 1 }
        verify: [{ check: outputs.n == 1, message: Not one }]
      - id: some
        name: Some
        if: inputs.large
        steps:
          - { id: greet, name: Greet, if: inputs.seats > 1 || inputs.seats < 0, ask: { items: { a: Greeted } } }
      - id: which
        name: Which
        choose:
          - when: inputs.large
            steps: [{ id: big, name: Big, ask: { items: { b: Measured } } }]
          - steps: [{ id: small, name: Small, ask: { items: { c: Weighed } } }]
      - id: file
        name: Write
        action: files.write
        with: { path: a, content: b }
        undo: { manual: Remove the file. }
        on_failure:
          - steps: [{ id: mend, name: Mend, ask: { items: { d: Mended } } }]
            then: retry
    finally:
      - id: tell
        name: Tell
        action: files.write
        with: { path: told, content: b }
        undo: { manual: Untell. }
        on_failure: continue
    """

  @Test func `another try says on what condition`() throws {
    let markdown = ProcedureDocument(
      try SampleWorkflow.load(
        """
        baton: 1
        id: x
        name: X
        steps:
          - id: file
            name: Write
            action: files.write
            with: { path: a, content: b }
            retry: { attempts: 3, only_if: error.code == 'locked' }
        """)
    ).markdown
    #expect(markdown.contains("tried up to 3 times, again only if"), "\(markdown)")
  }

  @Test func `the checklist has what is always done, and says of the rest when`() throws {
    let markdown = ProcedureDocument(try SampleWorkflow.load(Self.sections)).markdown
    let list = """
      Before the procedure counts as done:

      - [ ] The n is 1 (step 1)
      - [ ] Greeted (step 2.1; only if the large is yes and (the seats is more than 1 or the seats is less than 0))
      - [ ] Measured (step 3.a1; only if the large is yes)
      - [ ] Weighed (step 3.b1; only if nothing else applies)

      """
    #expect(markdown.contains(list), "\(markdown)")
    #expect(!markdown.contains("- [ ] Mended (step"))
  }

  @Test func `what the end does is not taken back`() throws {
    let markdown = ProcedureDocument(try SampleWorkflow.load(Self.sections)).markdown
    #expect(markdown.contains("| Step | How it is taken back |\n| --- | --- |\n| 4: Write |"))
    #expect(!markdown.contains("E1: Tell |"))
  }

  @Test func `a related document has its whole name`() throws {
    let markdown = ProcedureDocument(try SampleWorkflow.load(Self.sections)).markdown
    let table = """
      | Document | Link |
      | --- | --- |
      | Twilio Console |  |
      | RB-001 | /runbooks/RB-001.md |
      | The shop | https://shop.example/a |
      | notes |  |

      """
    #expect(markdown.contains(table), "\(markdown)")
  }

  // MARK: the picture on paper

  @Test func `a long picture is cut between steps, so that it can be read on paper`() throws {
    let steps = (0..<40).map { "  - { id: s\($0), name: Step \($0), set: { x: 1 } }" }
    let workflow = try SampleWorkflow.load(
      "baton: 1\nid: x\nname: X\nsteps:\n" + steps.joined(separator: "\n"))
    let picture = SVGGraph.picture(of: workflow)
    let print = try #require(picture.print)
    #expect(print.pieces.count > 1)
    #expect(print.scale == 1)
    #expect(print.pieces.first?.top == 0)
    #expect(print.pieces.last?.bottom == picture.height)
    for (piece, next) in zip(print.pieces, print.pieces.dropFirst()) {
      #expect(piece.bottom == next.top)
      #expect(picture.cuts.contains(piece.bottom))
    }
    #expect(print.pieces.allSatisfy { $0.bottom - $0.top <= 240 / 25.4 * 96 })
    let html = ProcedureDocument(workflow).html
    #expect(html.components(separatedBy: "class=\"picture sheet\"").count == print.pieces.count + 1)
    #expect(html.components(separatedBy: "data:image/svg+xml").count == 2)
  }

  @Test func `a picture that nobody could read on paper is left out there, with a note`() throws {
    let lists = (0..<6).map { "      - { id: s\($0), name: Step \($0), wait: 1h }" }
    let workflow = try SampleWorkflow.load(
      "baton: 1\nid: x\nname: X\nsteps:\n  - id: all\n    name: All\n    parallel:\n"
        + lists.joined(separator: "\n"))
    #expect(SVGGraph.picture(of: workflow).print == nil)
    let html = ProcedureDocument(workflow).html
    #expect(html.contains("<figure class=\"screen\">"))
    #expect(html.contains("<p class=\"paper\">The picture of the procedure is too large"))
  }

  @Test func `a small picture stands on paper as it is`() throws {
    let workflow = try SampleWorkflow.load(
      "baton: 1\nid: x\nname: X\nsteps: [{ id: a, name: A, set: { x: 1 } }]")
    #expect(SVGGraph.picture(of: workflow).print?.pieces.count == 1)
    #expect(ProcedureDocument(workflow).html.contains("<figure>\n<img alt="))
  }

  private static func catalog(_ text: String) -> Catalog {
    let contract = PluginContract.decode(
      SourceFile(path: "plugins/desk/plugin.yaml", text: text), into: Diagnostics())
    return Catalog(contract.map { ["desk": $0] } ?? [:])
  }
}
