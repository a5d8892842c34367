import Testing

@testable import BatonCLI

@Suite struct BatonCLITests {}
