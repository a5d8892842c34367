import Engine
import SourceText
import TimeZones
package import Values
package import Workflows

/// One test carried out.
package struct TestResult: Sendable {
  package let test: WorkflowTest
  package let file: String
  /// The line of the test's name.
  package let line: Int
  /// nil where it could not even start.
  package let run: SimulatedRun?
  package let problems: [SimulationProblem]
  package let mismatches: [Mismatch]
  package let coverage: Coverage
  /// How long the test took on the clock of whoever ran it; nil where nobody looked.
  package var took: Duration?

  package var hasPassed: Bool { problems.isEmpty && mismatches.isEmpty }
}

/// Carries out the tests of files.
package struct TestRunner: Sendable {
  /// Where nothing else is said: a Monday morning.
  package static let defaultStart = Timestamp(seconds: 1_767_603_600)

  private let people: [TestPerson]
  private let environment: String
  /// - Parameters:
  ///   - people: Who may be named in tests, with their roles.
  ///   - environment: What `run.environment` is, unless a test says another.
  package init(
    people: [TestPerson] = [], environment: String = "local"
  ) {
    self.people = people
    self.environment = environment
  }

  package func results(of file: TestFile) -> [TestResult] {
    file.tests.map { result(of: $0, in: file) }
  }

  package func result(of test: WorkflowTest, in file: TestFile) -> TestResult {
    let workflow = test.startedWith ?? file.workflow
    let script = TestScript(test, people: people, calendar: workflow.calendarValue.calendar)
    var coverage = Coverage(file.workflow)
    var problems: [SimulationProblem] = []
    var mismatches: [Mismatch] = []
    var run: SimulatedRun?
    do throws(SimulationProblem) {
      let simulated = try Simulator(workflow, start(of: test), script: script).run()
      coverage.add(simulated)
      problems = simulated.problems + script.refused
      if simulated.problems.isEmpty {
        mismatches = test.expected.mismatches(simulated) + script.callMismatches
      }
      // Where it went another way there is a better reason for what was not used.
      if problems.isEmpty, mismatches.isEmpty { problems = script.unused(simulated) }
      run = simulated
    } catch {
      problems = [error]
    }
    return TestResult(
      test: test, file: file.file.path, line: file.file.location(of: test.span.start).line,
      run: run, problems: problems, mismatches: mismatches, coverage: coverage)
  }

  private func start(of test: WorkflowTest) -> Simulator.Start {
    var start = Simulator.Start(at: test.startedAt ?? Self.defaultStart)
    start.inputs = test.inputs
    start.environment = test.environment ?? environment
    start.isByHand = test.isByHand
    start.watched = Set(test.expected.steps.map(\.address))
    if let run = test.run { start.run = run }
    if let name = test.startedBy { start.by = Actor(kind: .person, id: name) }
    return start
  }
}

extension Expectation {
  /// Where a run is not what is expected.
  func mismatches(_ run: SimulatedRun) -> [Mismatch] {
    var found: [Mismatch] = []
    if let status, status != run.status.rawValue {
      found.append(
        Mismatch(
          "status", expected: status, found: run.status.rawValue,
          difference: run.message.map { ["  \($0)"] } ?? []))
    }
    if let path, !Comparison.matches(run.path, path) {
      found.append(
        Mismatch(
          "path", expected: path.joined(separator: ", "), found: run.path.joined(separator: ", "),
          difference: Comparison.difference(path, run.path)))
    }
    if let outputs {
      found += Comparison.mismatches(.map(outputs), .map(run.outputs), at: "outputs")
    }
    if let message, !Comparison.matches(run.message ?? "", message) {
      found.append(
        Mismatch(
          "message", expected: FlowText.scalar(message),
          found: run.message.map(FlowText.scalar) ?? "nothing"))
    }
    found += steps.flatMap { mismatches($0.expected, at: $0.address, run) }
    return found + durationMismatch(run)
  }

  private func mismatches(
    _ expected: StepExpectation, at address: String, _ run: SimulatedRun
  ) -> [Mismatch] {
    if let absent = run.absence(at: address) {
      return [
        Mismatch("steps.\(address)", expected: expected.status ?? "the step", found: absent)
      ]
    }
    let record = run.record(at: address)
    var found: [Mismatch] = []
    let status = run.status(at: address).rawValue
    if let wanted = expected.status, wanted != status {
      found.append(Mismatch("steps.\(address).status", expected: wanted, found: status))
    }
    if let outputs = expected.outputs {
      let values = record.map { run.opened($0.outputs) } ?? ValueMap()
      found += Comparison.mismatches(.map(outputs), .map(values), at: "steps.\(address).outputs")
    }
    if let code = expected.error, code != record?.failure?.code {
      found.append(
        Mismatch(
          "steps.\(address).error", expected: code, found: record?.failure?.code ?? "nothing"))
    }
    return found
  }

  private func durationMismatch(_ run: SimulatedRun) -> [Mismatch] {
    guard shortest != nil || longest != nil,
      let took = run.endedAt.since(run.startedAt)
    else { return [] }
    if let shortest, shortest == longest, took != shortest {
      return [Mismatch("duration", expected: shortest.words, found: took.wordsInParts)]
    }
    if let shortest, took < shortest {
      let wanted = "at least \(shortest.words)"
      return [Mismatch("duration", expected: wanted, found: took.wordsInParts)]
    }
    if let longest, took > longest {
      return [
        Mismatch("duration", expected: "at most \(longest.words)", found: took.wordsInParts)
      ]
    }
    return []
  }
}

extension TimeSpan {
  /// As an author would write it.
  package var words: String {
    guard let nanoseconds = Int64(exactly: totalNanoseconds) else { return durationText }
    return AuthoredDuration(nanoseconds, .exact).description
  }

  /// The same with a unit for each part, where one unit would make a large number: `9d 20h 12m`.
  fileprivate var wordsInParts: String {
    guard nanoseconds == 0, seconds > 86_400, seconds % 86_400 != 0 else { return words }
    let parts = [
      (seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "m"),
      (seconds % 60, "s"),
    ]
    return parts.filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }.joined(separator: " ")
  }
}
