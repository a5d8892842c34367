import Testing

@testable import Actions

@Suite struct ActionsTests {}
