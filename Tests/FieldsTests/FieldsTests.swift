import Testing

@testable import Fields

@Suite struct FieldsTests {}
