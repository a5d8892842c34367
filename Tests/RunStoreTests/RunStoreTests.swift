import Testing

@testable import RunStore

@Suite struct RunStoreTests {}
