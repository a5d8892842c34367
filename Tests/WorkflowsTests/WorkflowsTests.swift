import Testing

@testable import Workflows

@Suite struct WorkflowsTests {}
