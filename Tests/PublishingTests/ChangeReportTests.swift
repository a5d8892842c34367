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
