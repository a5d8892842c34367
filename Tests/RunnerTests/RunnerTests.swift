import Testing

@testable import Runner

@Suite struct RunnerTests {}
