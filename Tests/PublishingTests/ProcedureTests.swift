import Foundation
import SourceText
import TestSupport
import Testing

@testable import Publishing
@testable import Workflows

@Suite struct ProcedureTests {
  @Test func `the procedure is as it was recorded`() throws {
    let document = ProcedureDocument(try SampleWorkflow.load())
    let markdown = try ProjectFiles.problem(with: document.markdown, as: "everything.md")
    let html = try ProjectFiles.problem(with: document.html, as: "everything.html")
    #expect(markdown == nil)
    #expect(html == nil)
  }

  @Test func `every step has a number of its own and its place`() throws {
    let workflow = try SampleWorkflow.load()
    let numbers = StepNumbers(workflow)
    let all = workflow.allSteps.compactMap { numbers[$0] }
    #expect(all.count == workflow.allSteps.count)
    #expect(Set(all).count == all.count)
    let markdown = ProcedureDocument(workflow).markdown
    for step in workflow.allSteps {
      let heading = "Step \(numbers[step] ?? ""): \(MarkdownText.escaped(step.title))\n"
      #expect(markdown.components(separatedBy: heading).count == 2, "\(step.id)")
    }
  }

  @Test func `a step whose name has its number already has it once`() throws {
    let yaml = """
      baton: 1
      id: x
      name: X
      steps:
        - { id: a, name: "Step 1: The deposit is received", wait: 1h }
        - { id: b, name: "Step 1: Once more", wait: 1h }
      """
    let markdown = ProcedureDocument(try SampleWorkflow.load(yaml)).markdown
    #expect(markdown.contains("### Step 1: The deposit is received\n"))
    #expect(markdown.contains("### Step 2: Step 1: Once more\n"))
  }

  @Test func `a reminder that depends on something says on what`() throws {
    let yaml = """
      baton: 1
      id: x
      name: X
      inputs: { seats: integer }
      steps:
        - id: a
          ask: { items: { done: Done } }
          due: 3d
          remind: [ 2d before, { before: 1d, if: inputs.seats > 500 } ]
      """
    let markdown = ProcedureDocument(try SampleWorkflow.load(yaml)).markdown
    #expect(
      markdown.contains("reminder 2 days before and 1 day before, if "), "\(markdown)")
    #expect(markdown.contains("500"))
  }

  @Test func `what is empty, who does what, and which event counts are said`() throws {
    let yaml = """
      baton: 1
      id: x
      name: X
      roles:
        support: { name: Support, description: Helps }
        owner: { name: Owner, person: "${{ inputs.note }}" }
        nobody: { name: Nobody, description: Waits }
      inputs:
        note: { type: string, default: "" }
        tags: { type: array, items: { type: string }, default: [] }
        kind: { type: string, enum: ["", big], default: big }
      steps:
        - { id: a, role: support, ask: { items: { done: Done } } }
        - { id: b, role: owner, ask: { items: { done: Done } } }
        - id: c
          role: support
          wait:
            first_of:
              signed: { event: shop.signed, match: event.user_id == inputs.note }
              turned_down: { event: shop.declined, match: event.user_id == inputs.note }
        - { id: d, set: { text: "", list: [], map: {} } }
      """
    let markdown = ProcedureDocument(
      try SampleWorkflow.load(yaml, catalog: SampleWorkflow.shop)
    ).markdown
    for line in [
      "| Support | Helps<br>Steps 1, 3 |", "| Owner | Held by: the note<br>Step 2 |",
      "| Nobody | Waits |", "- [ ] **Note** (default empty)",
      "- [ ] **Tags** (list; default none)", "- [ ] **Kind** (one of empty, `big`; default `big`)",
      "| Which (signed) | the event's user ID is the note |",
      "| Which (turned down) | the event's user ID is the note |",
      "| Values | text: empty<br>list: none<br>map: none |",
    ] {
      #expect(markdown.contains("\(line)\n"), "\(line)\n\(markdown)")
    }
  }

  @Test
  func `an operation without a summary is called by its name, and a call by what it is given`()
    throws
  {
    let contract = PluginContract.decode(
      SourceFile(
        path: "plugins/phone/plugin.yaml",
        text: """
          plugin: phone
          operations:
            buy:
              effects: once
              inputs: { number: string, country: { type: string, default: ZA } }
              outputs: { order: string }
              undo: { action: release, with: { number: "${{ inputs.number }}" } }
            rent:
              effects: once
              inputs: { number: string }
              undo: { manual: "Give ${{ inputs.number }} back." }
            release: { effects: keyed, inputs: { number: string } }
            look: { effects: none, outputs: { percent: integer } }
          """), into: Diagnostics())
    let yaml = """
      baton: 1
      id: x
      name: X
      inputs: { phone: string, number: string }
      steps:
        - { id: bought, name: Buy, action: phone.buy, with: { number: "${{ inputs.phone }}" } }
        - { id: rented, name: Rent, action: phone.rent, with: { number: "${{ inputs.phone }}" } }
        - id: own
          name: Buy another
          action: phone.buy
          with: { number: "${{ inputs.phone }}" }
          undo:
            manual: >-
              Call about ${{ with.number }} in ${{ with.country }} of ${{ inputs.number }},
              ${{ outputs.order }}.
          verify: [ { action: phone.look, check: outputs.percent == 100 } ]
      """
    let markdown = ProcedureDocument(
      try SampleWorkflow.load(yaml, catalog: Catalog(contract.map { ["phone": $0] } ?? [:]))
    ).markdown
    for line in [
      "| 1: Buy | `phone.release` |", "| 2: Rent | Give [phone] back. |",
      "| 3: Buy another | Call about [phone] in ZA of [number], [order]. |",
      "| Verified | `phone.look`: the percent is 100 |",
    ] {
      #expect(markdown.contains("\(line)\n"), "\(line)\n\(markdown)")
    }
  }

  @Test func `nothing of the author's runs in the page`() throws {
    let evil = "<script>alert(1)</script>[x](javascript:alert(1)) <img src=x onerror=alert(1)>"
    let yaml = """
      baton: 1
      id: x
      name: '\(evil)'
      description: '\(evil)'
      roles: { a: { name: '\(evil)', description: '\(evil)' } }
      steps:
        - id: a
          name: '\(evil)'
          role: a
          ask: { message: '\(evil)', items: { one: '\(evil)' } }
      """
    let html = ProcedureDocument(try SampleWorkflow.load(yaml)).html
    #expect(!html.contains("<script"))
    #expect(!html.contains("<img src=x"))
    #expect(!html.contains("javascript:alert(1)\""))
  }

  @Test(arguments: [
    ("a *b* **c** `d*e*`", "<p>a <em>b</em> <strong>c</strong> <code>d*e*</code></p>\n"),
    ("snake_case_name and _x_", "<p>snake_case_name and <em>x</em></p>\n"),
    ("# A\n## B", "<h1>A</h1>\n<h2>B</h2>\n"),
    ("- a\n- b\n  - c", "<ul>\n<li>a</li>\n<li>b<ul>\n<li>c</li>\n</ul>\n</li>\n</ul>\n"),
    ("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>\n"),
    (
      "- [ ] a\n- [x] b",
      "<ul>\n<li><span class=\"box\"></span>a</li>\n"
        + "<li><span class=\"box ticked\">✓</span>b</li>\n</ul>\n"
    ),
    (
      "| a | b |\n| --- | --- |\n| 1 \\| 2 | `x` |",
      "<table>\n<thead><tr><th>a</th><th>b</th></tr></thead>\n<tbody>\n"
        + "<tr><td>1 | 2</td><td><code>x</code></td></tr>\n</tbody>\n</table>\n"
    ),
    ("```\n<a>\n```", "<pre><code>&lt;a&gt;\n</code></pre>\n"),
    ("> q", "<blockquote>\n<p>q</p>\n</blockquote>\n"),
    ("a\\\nb", "<p>a<br>\nb</p>\n"),
    (
      "[t](https://x.example/a_b)",
      "<p><a href=\"https://x.example/a_b\" rel=\"noreferrer\">t</a></p>\n"
    ),
    ("[t](javascript:x)", "<p>t</p>\n"),
    ("2 * 3 < 4 & \\*x\\*", "<p>2 * 3 &lt; 4 &amp; *x*</p>\n"),
    ("---", "<hr>\n"),
  ])
  func `Markdown becomes HTML`(_ markdown: String, _ html: String) {
    #expect(MarkdownPage.html(markdown) == html)
  }

  @Test func `escaped text is shown as it is`() {
    let text = #"a*b_c `d` [e](f) <g> | h # i \ ~ &amp; &lt;b&gt; www.example.com"#
    let shown = MarkdownPage.html(MarkdownText.escaped(text))
    #expect(shown == "<p>\(MarkdownInline.escaped(text))</p>\n")
    // Readers of Markdown take these for what they stand for.
    #expect(MarkdownText.escaped("a &lt; www.b").contains(#"a \&lt; www\.b"#))
    #expect(MarkdownPage.html(MarkdownText.code("a`b``c")) == "<p><code>a`b``c</code></p>\n")
  }

  @Test func `no Markdown makes the page hang or fail`() {
    var numbers = SeededNumbers(seed: 7)
    let pieces = Array("*_`[]()<>|-#\\ \n1.a>~").map(String.init) + ["```", "- [ ] ", "| --- |"]
    for _ in 0..<2_000 {
      let count = Int.random(in: 0..<40, using: &numbers)
      let text = (0..<count).map { _ in pieces.randomElement(using: &numbers) ?? "" }.joined()
      let html = MarkdownPage.html(text)
      #expect(!html.contains("<a>"))
    }
  }
}
