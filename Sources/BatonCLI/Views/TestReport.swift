import CommandLineKit
import Engine
import Simulation
import Transcripts
import Values
import Workflows

/// The results of tests, and what they reached.
struct TestReport {
  let results: [TestResult]
  let style: TextStyle
  let columns: Int

  // MARK: Text

  func text(isQuiet: Bool) -> String {
    var lines: [String] = []
    var file: String?
    for result in results where !isQuiet || !result.hasPassed {
      if result.file != file { lines.append(style.bold(result.file)) }
      file = result.file
      lines += self.lines(result)
    }
    if !isQuiet {
      for coverage in total { lines += self.lines(coverage) }
    }
    lines.append(summary)
    return TextLayout.harmless(lines.joined(separator: "\n") + "\n")
  }

  private func lines(_ result: TestResult) -> [String] {
    let mark = result.hasPassed ? style.green("✓") : style.red("✗")
    let place = result.hasPassed ? "" : style.dim("  line \(result.line)")
    var lines = ["  \(mark) \(result.test.name)\(remark(result))\(place)"]
    for problem in result.problems {
      lines += wrapped(problem.message)
      lines += (problem.help?.split(separator: "\n") ?? []).map {
        "      " + style.cyan(String($0))
      }
    }
    for mismatch in result.mismatches {
      lines.append("      \(style.bold(mismatch.what))")
      if mismatch.what != "path" {
        lines.append("        expected  \(style.green(mismatch.expected))")
        lines.append("        found     \(style.red(mismatch.found))")
      }
      lines += mismatch.difference.map { "        " + colored($0) }
    }
    return lines
  }

  private func wrapped(_ text: String) -> [String] {
    TextLayout.wrapped(text, to: max(columns - 6, 40)).map { "      " + $0 }
  }

  private func colored(_ line: String) -> String {
    if line.hasPrefix("- ") { return style.green(line) }
    return line.hasPrefix("+ ") ? style.red(line) : line
  }

  /// How long the run took in its own time, and how much of the workflow it reached.
  private func remark(_ result: TestResult) -> String {
    guard let run = result.run else { return "" }
    let steps = result.coverage.count(.steps)
    let took = run.endedAt.since(run.startedAt).map { span in
      span > .zero ? "\(MomentFormat.text(span)), " : ""
    }
    return style.dim("  (\(took ?? "")\(steps.reached) of \(steps.all) steps)")
  }

  private func lines(_ coverage: Coverage) -> [String] {
    let figures = CoveragePoint.Kind.allCases.compactMap { kind -> String? in
      let count = coverage.count(kind)
      return count.all == 0 ? nil : "\(kind.words) \(count.reached) of \(count.all)"
    }
    var lines = ["", style.bold(coverage.workflow.id) + "  " + figures.joined(separator: ", ")]
    let missing = coverage.missing
    guard !missing.isEmpty else { return lines }
    lines.append("  no test reaches:")
    lines += missing.map { "    " + $0.words }
    return lines
  }

  private var summary: String {
    let failed = results.count { !$0.hasPassed }
    let all = "\(results.count) test\(results.count == 1 ? "" : "s")"
    return "\n"
      + (failed == 0
        ? style.green("\(all) passed") : style.red("\(failed) of \(results.count) failed"))
  }

  // MARK: Coverage

  /// What all tests together reached, by workflow.
  private var total: [Coverage] {
    var found: [Coverage] = []
    for result in results {
      if let index = found.firstIndex(where: { $0.workflow.id == result.coverage.workflow.id }) {
        found[index].add(result.coverage)
      } else {
        found.append(result.coverage)
      }
    }
    return found
  }

  // MARK: JSON

  var json: Value {
    [
      "format": "baton-tests/1", "tests": .list(results.map(json)),
      "coverage": .list(total.map { json($0, withWorkflow: true) }),
    ]
  }

  private func json(_ result: TestResult) -> Value {
    var map: ValueMap = [
      "name": .string(result.test.name), "file": .string(result.file),
      "line": .int(Int64(result.line)), "workflow": .string(result.coverage.workflow.id),
      "passed": .bool(result.hasPassed),
      "problems": .list(
        result.problems.map {
          ["message": .string($0.message), "help": $0.help.map { .string($0) } ?? .null]
        }),
      "mismatches": .list(
        result.mismatches.map {
          [
            "what": .string($0.what), "expected": .string($0.expected),
            "found": .string($0.found),
            "difference": .list($0.difference.map { .string($0) }),
          ]
        }),
      "coverage": json(result.coverage, withWorkflow: false),
    ]
    if let run = result.run {
      map["status"] = .string(run.status.rawValue)
      map["path"] = .list(run.path.map { .string($0) })
      map["duration"] = run.endedAt.since(run.startedAt).map { .string($0.journalText) }
    }
    return .map(map)
  }

  private func json(_ coverage: Coverage, withWorkflow: Bool) -> Value {
    var map = ValueMap()
    if withWorkflow { map["workflow"] = .string(coverage.workflow.id) }
    for kind in CoveragePoint.Kind.allCases {
      let count = coverage.count(kind)
      map[kind.rawValue] = [
        "reached": .int(Int64(count.reached)), "all": .int(Int64(count.all)),
      ]
    }
    if withWorkflow { map["missing"] = .list(coverage.missing.map { .string($0.words) }) }
    return .map(map)
  }
}

extension CoveragePoint.Kind {
  fileprivate var words: String {
    switch self {
    case .steps: "steps"
    case .branches: "branches"
    case .failures: "failure paths"
    }
  }
}
