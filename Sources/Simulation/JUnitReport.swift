import Workflows

/// Results in the XML that build servers read (the schema of Jenkins' xUnit plugin).
package enum JUnitReport {
  /// One suite for each file.
  package static func text(_ results: [TestResult]) -> String {
    var files: [String] = []
    for result in results where files.last != result.file { files.append(result.file) }
    let failures = results.count { !$0.hasPassed && $0.problems.isEmpty }
    let errors = results.count { !$0.problems.isEmpty }
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    text +=
      "<testsuites name=\"baton\" tests=\"\(results.count)\" failures=\"\(failures)\" "
      + "errors=\"\(errors)\"\(time(results))>\n"
    for file in files { text += suite(file, results.filter { $0.file == file }) }
    return text + "</testsuites>\n"
  }

  private static func suite(_ file: String, _ results: [TestResult]) -> String {
    let failures = results.count { !$0.hasPassed && $0.problems.isEmpty }
    let errors = results.count { !$0.problems.isEmpty }
    var text =
      "  <testsuite name=\"\(escaped(file))\" tests=\"\(results.count)\" failures=\"\(failures)\" "
      + "errors=\"\(errors)\" skipped=\"0\"\(time(results))>\n"
    for result in results { text += self.case(result) }
    return text + "  </testsuite>\n"
  }

  private static func `case`(_ result: TestResult) -> String {
    let name = escaped(result.test.name)
    let suite = escaped(result.coverage.workflow.id)
    let head =
      "    <testcase name=\"\(name)\" classname=\"\(suite)\" file=\"\(escaped(result.file))\" "
      + "line=\"\(result.line)\"\(time([result]))"
    guard !result.hasPassed else { return head + "/>\n" }
    var text = head + ">\n"
    for problem in result.problems {
      let body = [problem.message, problem.help].compactMap(\.self).joined(separator: "\n")
      text += "      <error message=\"\(escaped(problem.message))\">\(escaped(body))</error>\n"
    }
    for mismatch in result.mismatches {
      let message = "\(mismatch.what): expected \(mismatch.expected), found \(mismatch.found)"
      let body = ([message] + mismatch.difference).joined(separator: "\n")
      text += "      <failure message=\"\(escaped(message))\">\(escaped(body))</failure>\n"
    }
    return text + "    </testcase>\n"
  }

  /// The seconds that tests took together; nothing where nobody measured.
  private static func time(_ results: [TestResult]) -> String {
    let times = results.compactMap(\.took)
    guard !times.isEmpty else { return "" }
    let (seconds, rest) = times.reduce(.zero, +).components
    let digits = String(rest / 1_000_000_000_000)
    let fraction = String(repeating: "0", count: 6 - digits.count) + digits
    return " time=\"\(seconds).\(fraction)\""
  }

  /// Text for an attribute or an element: what XML 1.0 cannot hold becomes U+FFFD.
  private static func escaped(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      case "\n": result.append(contentsOf: "&#10;".unicodeScalars)
      case "\t": result.append(contentsOf: "&#9;".unicodeScalars)
      case _ where scalar.value < 0x20 || [0xFFFE, 0xFFFF].contains(scalar.value):
        result.append("\u{FFFD}")
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}
