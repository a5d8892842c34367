import Testing

@testable import TimeZones

@Suite struct TimeZonesTests {}
