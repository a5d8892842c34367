import Testing

@testable import Values

@Suite struct ValuesTests {}
