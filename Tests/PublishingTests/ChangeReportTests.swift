import Documents
import Testing
import Values

@testable import Publishing
@testable import Workflows

@Suite struct ChangeReportTests {
  private func report(_ changes: [(String, String)]) throws -> ChangeReport {
    var text = SampleWorkflow.text
    for (old, new) in changes {
      let changed = text.replacing(old, with: new, maxReplacements: 1)
      #expect(changed != text, "\(old)")
      text = changed
    }
    return ChangeReport(
      WorkflowComparison(from: try SampleWorkflow.load(), to: try SampleWorkflow.load(text)))
  }

  @Test func `another layout is no change`() throws {
    let report = try report([("target: 1h", "target:   1h   # an hour")])
    #expect(report.isEmpty)
    #expect(report.text == "Nothing changed for the people who follow it.\n")
  }

  @Test func `what people notice is told in words`() throws {
    let report = try report([
      ("version: 2.1.0", "version: 2.2.0"), ("name: Confirm the payment", "name: Check the money"),
      ("due: 4 business hours", "due: 1 business day"), ("role: lead", "role: support"),
      ("if: inputs.seats == 1", "if: inputs.seats < 3"),
      ("notes: { type: string, optional: true, help: Anything odd }", "remark: string"),
      ("target: 1h", "target: 2h"),
    ])
    for words in [
      "from 2.1.0 to 2.2.0", "~ Check the money (payment)", "it was called “Confirm the payment”",
      "due: within 1 business day (was: within 4 business hours)",
      "who: Support (was: Team lead)", "only if: the seats is less than 3 (was: the seats is 1)",
      "target: 2 hours (was: 1 hour)", "remark", "notes",
    ] {
      #expect(report.text.contains(words), "\(words)\n\(report.text)")
    }
    #expect(report.markdown.contains("## Steps"))
    #expect(report.json["format"] == "baton-diff/1")
  }

  @Test func `of a block only what changed in it is told`() throws {
    let report = try report([
      ("effective: 2026-02-01", "effective: 2026-03-01"), ("section: \"1.2\"\n", "\n"),
      ("at_least: 0.99", "at_least: 0.95"), ("then: continue", "then: stop"),
      ("code == 'not_a_file'", "code == 'file_too_large'"),
      ("check: inputs.seats > 0", "check: inputs.seats > 1"),
      ("seats: { type: integer, minimum: 1", "seats: { type: integer, minimum: 2"),
    ])
    let lines = report.text.split(separator: "\n").map { String($0.drop { $0 == " " }) }
    for line in [
      "document, effective: 2026-03-01 (was: 2026-02-01)",
      "document, section: no longer (was: 1.2)",
      "targets, “Paid in time”, at least: 0.95 (was: 0.99)",
      "if it fails (1 of 2), when: error.code == 'file_too_large' (was: error.code == 'not_a_file')",
      "if it fails (2 of 2), then: stop (was: continue)",
      "before, check: inputs.seats > 1 (was: inputs.seats > 0)",
      "minimum: 2 (was: 1)",
    ] {
      #expect(lines.contains(line), "\(line)\n\(report.text)")
    }
  }

  @Test(arguments: [
    (
      "[{\"name\": \"a\", \"x\": 1}]", "[{\"name\": \"b\"}, {\"name\": \"a\", \"x\": 2}]",
      ["k, “b”: name: b (new)", "k, “a”, x: 2 (was: 1)"]
    ),
    (
      "[{\"name\": \"a\"}, {\"name\": \"b\"}]", "[{\"name\": \"b\"}, {\"name\": \"a\"}]",
      ["k: in another order"]
    ),
    (
      "[{\"x\": 1}, {\"x\": 2}, {\"x\": 3}]", "[{\"x\": 1}, {\"x\": 3}]",
      ["k: no longer (was: x: 2)"]
    ),
    ("[{\"x\": 1}]", "[{\"x\": 1}, {\"x\": 2}]", ["k: x: 2 (new)"]),
    ("[1, 2]", "[1, 3]", ["k: 1, 3 (was: 1, 2)"]),
    ("{\"a\": {\"b\": 1, \"c\": 2}}", "{\"a\": {\"b\": 1}}", ["k, a, c: no longer (was: 2)"]),
    ("{\"a\": 1}", "\"x\"", ["k: x (was: a: 1)"]),
  ])
  func `a change is told where it is`(from: String, to: String, lines: [String]) throws {
    let old = try JSONReader.value(from: Array(from.utf8))
    let new = try JSONReader.value(from: Array(to.utf8))
    #expect(OutlineChange("k", old, new).lines == lines)
  }

  @Test func `of a long text what is new in it is shown`() {
    let long = String(repeating: "long ", count: 40)
    func lines(_ old: String, _ new: String) -> [String] {
      OutlineChange("k", ["t": .string(old)], ["t": .string(new)]).lines
    }
    #expect(lines(long, long + "er") == ["k, t was reworded: “… long long long er”"])
    #expect(
      lines("Ask Ana. " + long, "Ask Ben. " + long)
        == ["k, t was reworded: “Ask Ben. long long long …”"])
    #expect(
      lines(long + "a b c gone d e f g", long + "a b c d e f g")
        == ["k, t was reworded: “… a b c d e f …”"])
    let many = String(repeating: "other ", count: 50)
    #expect(
      lines(long, many) == ["k, t was reworded: “\(many.prefix(160)) …”"])
  }

  @Test func `a text that is reworded is shown`() throws {
    let report = try report([
      ("message: \"All good for ${{ inputs.email }}?\"", "message: Is all well?"),
      ("2. Save the file", "2. Save it"), ("Look for the **amount**", "Look for the sum"),
    ])
    let lines = report.text.split(separator: "\n").map { String($0.drop { $0 == " " }) }
    for line in [
      "the question: Is all well? (was: All good for ${{ inputs.email }}?)",
      "how it is done by hand: 1. Open the folder 2. Save it (was: 1. Open the folder 2. Save the file)",
      "the description: Look for the sum | and note it. (was: Look for the **amount** | and note it.)",
    ] {
      #expect(lines.contains(line), "\(line)\n\(report.text)")
    }
  }

  @Test func `what a step says instead of the contract stood there before, too`() throws {
    let report = try report([("        retry: { attempts: 3, wait: 2s }", "        effects: none")])
    #expect(report.text.contains("effects: none (was: "), "\(report.text)")
  }

  // MARK: ways

  private func steps(of report: ChangeReport) -> [String] {
    report.text.split(separator: "\n").drop { $0 != "Steps" }.dropFirst().map {
      String($0.drop { $0 == " " })
    }
  }

  private static let middling = """
          - when: inputs.seats > 50
            steps: [{ id: middle, name: A middling customer, set: { x: 1 } }]
    """

  @Test func `a new way in the middle is one new way`() throws {
    let report = try report([
      (
        Self.middling,
        """
              - when: inputs.seats > 200
                steps: [{ id: large, name: A large customer, set: { x: 1 } }]
        \(Self.middling)
              - steps: [{ id: small, name: A small customer, set: { x: 1 } }]
        """
      )
    ])
    #expect(
      steps(of: report) == [
        "~ Which size (size)", "a new way: if the seats is more than 200", "a new way: otherwise",
        "+ A large customer (large)", "in “Which size”", "+ A small customer (small)",
        "in “Which size”",
      ])
  }

  @Test func `a way that is gone, and one with another condition`() throws {
    let report = try report([
      (
        """
              - when: inputs.seats > 500
                steps: [{ id: big, name: A big customer, set: { x: 1 } }]

        """, ""
      ), ("inputs.seats > 50\n", "inputs.seats > 60\n"),
    ])
    #expect(
      steps(of: report) == [
        "- A big customer (big)", "~ Which size (size)",
        "way a: if the seats is more than 60 (was: if the seats is more than 50)",
        "a way is gone: if the seats is more than 500",
      ])
  }

  @Test func `ways in another order are told as that`() throws {
    let big = """
            - when: inputs.seats > 500
              steps: [{ id: big, name: A big customer, set: { x: 1 } }]
      """
    let report = try report([("\(big)\n\(Self.middling)", "\(Self.middling)\n\(big)")])
    #expect(steps(of: report) == ["~ Which size (size)", "the ways are in another order"])
  }

  /// What is told of the choice in JSON.
  private func choice(of report: ChangeReport) -> [Value] {
    (report.json["differences"]?.asList ?? []).filter { $0["name"] == "size" }
  }

  private static func changed(_ key: String, from: Value? = nil, to: Value? = nil) -> Value {
    var map: ValueMap = [
      "workflow": "everything", "subject": "step", "name": "size", "change": "changed",
      "key": .string("choose.\(key)"),
    ]
    map["from"] = from
    map["to"] = to
    return .map(map)
  }

  @Test func `in JSON, too, ways are matched and not numbers`() throws {
    let big = """
            - when: inputs.seats > 500
              steps: [{ id: big, name: A big customer, set: { x: 1 } }]
      """
    let more = """
            - when: inputs.seats > 200
              steps: [{ id: large, name: A large customer, set: { x: 1 } }]
      """
    let added = try report([(Self.middling, "\(more)\n\(Self.middling)")])
    #expect(choice(of: added) == [Self.changed("1.when", to: "inputs.seats > 200")])
    #expect(added.json["differences"]?.asList?.count == 2)
    let gone = try report([
      (big + "\n", ""), ("inputs.seats > 50\n", "inputs.seats > 60\n"),
    ])
    #expect(
      choice(of: gone) == [
        Self.changed("0.when", from: "inputs.seats > 50", to: "inputs.seats > 60"),
        Self.changed("0.when", from: "inputs.seats > 500"),
      ])
    let turned = try report([("\(big)\n\(Self.middling)", "\(Self.middling)\n\(big)")])
    #expect(choice(of: turned) == [Self.changed("order", to: [1, 0])])
    #expect(turned.json["differences"]?.asList?.count == 1)
  }

  @Test func `a step that goes another way has moved`() throws {
    let report = try report([
      ("set: { x: 1 } }]\n      - when: inputs.seats > 50\n        steps: [", "set: { x: 1 } }, ")
    ])
    #expect(
      steps(of: report) == [
        "~ Which size (size)", "a way is gone: if the seats is more than 50",
        "> A middling customer (middle)",
        "now after “A big customer” in way a of “Which size” (was first in way b of “Which size”)",
      ])
  }

  @Test func `the order of what is done side by side is no change`() throws {
    let left = "      - { id: left, name: Left, set: { x: 1 } }\n"
    let right = "      - { id: right, name: Right, wait: 2h }\n"
    let report = try report([(left + right, right + left)])
    #expect(report.isEmpty)
    #expect(!report.comparison.isEmpty)
  }

  @Test func `an id stands in Markdown without marks of its own`() throws {
    let report = try report([("id: left", "id: left_side")])
    #expect(report.markdown.contains("  - its ID was “left”\n"), "\(report.markdown)")
  }

  @Test func `a new step, and one that is gone`() throws {
    let report = try report(
      [
        ("  - { name: Paid", "  - { name: Paid"),
        (
          "      - { id: left, name: Left, set: { x: 1 } }\n",
          "      - { id: middle_one, name: In the middle, role: lead, ask: { items: { a: A } } }\n"
        ),
      ].filter { $0.0 != $0.1 })
    #expect(report.text.contains("+ In the middle (middle_one)"), "\(report.text)")
    #expect(report.text.contains("- Left (left)"), "\(report.text)")
  }
}
