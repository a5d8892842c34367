import Testing
import Values

@testable import CEL

// Disabled where the suite's data is not beside the package: it is not ours to copy.
@Suite(.enabled(if: ConformanceData.isPresent)) struct ConformanceTests {
  /// Tests that do not pass yet, each with the reason. One that starts to pass fails the run.
  static let skips: [String: String] = [:]

  @Test(arguments: ConformanceData.files)
  func `meets the specification's tests`(file: String) throws {
    for test in try ConformanceData.tests(in: file) {
      let failure = test.failure()
      if let reason = Self.skips[test.id] {
        #expect(failure != nil, "\(test.id) passes now; it was skipped: \(reason)")
      } else if let failure {
        Testing.Issue.record("\(test.id): \(test.expression)\n  \(failure)")
      }
    }
  }
}
