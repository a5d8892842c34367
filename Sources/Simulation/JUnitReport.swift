package import SourceText
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
    let problems = result.problems.map { [$0.message, $0.help].compactMap(\.self) }
    let mismatches = result.mismatches.map {
      ["\($0.what): expected \($0.expected), found \($0.found)"] + $0.difference
    }
    // One element, as all schemas of such files allow it: what broke a test off comes first.
    let tag = problems.isEmpty ? "failure" : "error"
    return head + ">\n" + element(tag, problems + mismatches) + "    </testcase>\n"
  }

  /// - Parameter parts: the lines of each thing that is wrong.
  private static func element(_ tag: String, _ parts: [[String]]) -> String {
    let message = parts.first?.first ?? ""
    let body = parts.map { $0.joined(separator: "\n") }.joined(separator: "\n")
    return "      <\(tag) message=\"\(escaped(message))\">\(escaped(body))</\(tag)>\n"
  }

  /// A report of tests that cannot be run as they are, so that no build server shows an earlier one.
  ///
  /// - Parameters:
  ///   - message: why, where no finding says it.
  ///   - findings: what is wrong in the files.
  package static func text(unfit message: String, _ findings: [Diagnostic]) -> String {
    let errors = findings.filter { $0.severity == .error }
    var files: [String] = []
    for finding in errors where !files.contains(finding.file.path) {
      files.append(finding.file.path)
    }
    let count = max(files.count, 1)
    var text =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"baton\" tests=\"\(count)\" "
      + "failures=\"0\" errors=\"\(count)\">\n"
    for file in files {
      text += suite(unfit: file, errors.filter { $0.file.path == file }.map(lines))
    }
    if files.isEmpty { text += suite(unfit: "tests", [[message]]) }
    return text + "</testsuites>\n"
  }

  private static func suite(unfit file: String, _ parts: [[String]]) -> String {
    let name = escaped(file)
    return
      "  <testsuite name=\"\(name)\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">\n"
      + "    <testcase name=\"\(name) is valid\" classname=\"\(name)\">\n" + element("error", parts)
      + "    </testcase>\n  </testsuite>\n"
  }

  private static func lines(_ finding: Diagnostic) -> [String] {
    let (line, column) = finding.file.location(of: finding.span.start)
    let place = "\(finding.file.path):\(line):\(column)"
    return ["\(place): \(finding.message) [\(finding.code)]"] + [finding.help].compactMap(\.self)
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
