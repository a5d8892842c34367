import SourceText
import Workflows

/// A test that is written has to pass.
extension TestWriter {
  /// The text of a file with one test, which says no more of the calls than it has to.
  ///
  /// Sensitive values are not in a journal: where one was, a made-up value that fits stands in the
  /// test, with a remark. So does one where the test does not pass as it stands.
  /// - Parameters:
  ///   - reference: What the test calls the workflow.
  ///   - people: Who is known by name.
  package mutating func text(
    named name: String, workflow reference: String, people: [TestPerson] = []
  ) -> String {
    let late = self.late
    var last = (text: "", problem: "")
    for detail in [WrittenCalls.Detail.plain, .exact] {
      for stretches in late.isEmpty ? [[]] : [[], late] {
        self.detail = detail
        self.stretches = stretches
        let text = written(named: name, workflow: reference)
        guard let problem = problem(of: text, people) else { return text }
        // Where it does not help to say that nobody was there, the test says less.
        if stretches.isEmpty { last = (text, problem) }
      }
    }
    return "# As it stands this test does not pass: \(last.problem)\n" + last.text
  }

  /// What keeps the test from passing; nil where it does.
  private func problem(of text: String, _ people: [TestPerson]) -> String? {
    let diagnostics = Diagnostics()
    let known = versions.map { ($0.path, $0.workflow) }
    let file = TestFile.decode(
      SourceFile(path: "written.test.yaml", text: text), of: workflow,
      versions: Dictionary(known) { first, _ in first }, into: diagnostics)
    guard let file, let test = file.tests.first else {
      return (diagnostics.sorted.first?.message ?? "it cannot be read").onOneLine
    }
    let result = TestRunner(people: people).result(of: test, in: file)
    if let problem = result.problems.first { return problem.message.onOneLine }
    return result.mismatches.first.map { mismatch in
      let more = mismatch.what == "path" ? [] : mismatch.difference
      return (["`\(mismatch.what)` is \(mismatch.found), not \(mismatch.expected)"] + more)
        .joined(separator: ": ").onOneLine
    }
  }
}

extension String {
  fileprivate var onOneLine: String { split(whereSeparator: \.isNewline).joined(separator: " ") }
}
