import Testing

@testable import Engine
@testable import Workflows

@Suite struct StatusWordTests {
  @Test func `conditions are held against the statuses that the engine knows`() {
    #expect(Set(ComparisonCheck.stepWords) == Set(StepStatus.allCases.map(\.rawValue)))
    #expect(Set(ComparisonCheck.runWords) == Set(RunStatus.allCases.map(\.rawValue)))
  }
}
