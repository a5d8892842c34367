import Testing

@testable import CEL

@Suite struct CELTests {}
