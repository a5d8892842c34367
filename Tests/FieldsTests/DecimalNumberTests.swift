import Testing
import Values

@testable import Fields

@Suite struct DecimalNumberTests {
  @Test(arguments: [
    (0.0075, 0.0001), (0.3, 0.1), (4.02, 0.01), (1e16, 5), (1e308, 0.5), (-9, 3), (0, 7),
    (-0.0, 0.1),
    (1e22, 1e22), (1e-300, 1e-300), (1.1, 1.1),
  ])
  func `a multiple of what is written is one`(_ number: Double, of step: Double) throws {
    let (value, divisor) = try (#require(DecimalNumber(number)), #require(DecimalNumber(step)))
    #expect(value.isMultiple(of: divisor))
  }

  @Test(arguments: [
    (1e16, 3), (0.00751, 0.0001), (35, 1.5), (1e308, 0.123456789), (1, 2), (1e-300, 1),
    (0.1, 1e300), (1.0000000000000002, 1),
  ])
  func `what is close is none`(_ number: Double, of step: Double) throws {
    let (value, divisor) = try (#require(DecimalNumber(number)), #require(DecimalNumber(step)))
    #expect(!value.isMultiple(of: divisor))
  }

  /// No double holds them, and none stands between.
  @Test func `large whole numbers are not rounded`() {
    #expect(DecimalNumber(Int64.max).isMultiple(of: DecimalNumber(7)))
    #expect(!DecimalNumber(Int64.max - 1).isMultiple(of: DecimalNumber(7)))
    #expect(DecimalNumber(Int64.min).isMultiple(of: DecimalNumber(Int64.min)))
    #expect(DecimalNumber(.nan) == nil)
    #expect(DecimalNumber(.infinity) == nil)
  }
}
