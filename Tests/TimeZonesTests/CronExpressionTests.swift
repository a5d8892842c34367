import Foundation
import TestSupport
import Testing
import Values

@testable import TimeZones

@Suite struct CronExpressionTests {
  private static let folder = Repository.conformance.appending(path: "cron")

  private func rows(_ file: String) throws -> [[String: Any]] {
    let data = try Data(contentsOf: Self.folder.appendingPathComponent(file))
    let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    return try #require(root["tests"] as? [[String: Any]])
  }

  // Disabled where the vectors are not beside the package.
  @Test(.enabled(if: Repository.hasConformance)) func `is due when the vectors say`() throws {
    for row in try rows("next.json") {
      let text = try #require(row["expression"] as? String)
      let expression = try CronExpression(text)
      let name = try #require(row["zone"] as? String)
      let zone = try #require(TimeZone(name), "\(name)")
      var moment = try #require(Timestamp(rfc3339: row["after"] as? String ?? ""))
      for next in try #require(row["next"] as? [String]) {
        let expected = try #require(Timestamp(rfc3339: next))
        let found = try #require(expression.next(after: moment, in: zone))
        #expect(
          found == expected, "\(row["id"] ?? "") \(text) \(name): \(found.rfc3339), not \(next)")
        moment = expected
      }
    }
  }

  @Test(.enabled(if: Repository.hasConformance)) func `refuses what the vectors refuse`() throws {
    for row in try rows("invalid.json") {
      let text = try #require(row["expression"] as? String)
      #expect(throws: CronExpression.Problem.self, "\(text)") { try CronExpression(text) }
    }
  }

  @Test func `a day that never comes is not searched for ever`() throws {
    let expression = try CronExpression("0 0 30 2 *")
    #expect(expression.next(after: Timestamp(seconds: 0), in: .utc) == nil)
  }

  @Test func `fields stand between spaces and tabs`() throws {
    let daily = try CronExpression("0\t9  *\t \t* *")
    #expect(daily.next(after: Timestamp(seconds: 0), in: .utc)?.rfc3339 == "1970-01-01T09:00:00Z")
  }

  @Test func `a week may end with Sunday`() throws {
    let weekend = try CronExpression("0 9 * * SAT-SUN")
    let friday = try #require(Timestamp(rfc3339: "2026-11-20T10:00:00Z"))
    #expect(weekend.next(after: friday, in: .utc)?.rfc3339 == "2026-11-21T09:00:00Z")
  }

  @Test(arguments: [
    (
      "@Daily", "expected `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly` or five fields"
    ),
    ("0 9 * *", "expected five fields, found 4"),
    (
      "0 22-2 * * *",
      "`22-2` is not an hour: expected 0 to 23, `*`, a range or a list of them"
    ),
  ])
  func `says what is expected`(text: String, message: String) {
    #expect(throws: CronExpression.Problem(message: message)) { try CronExpression(text) }
  }

  // As in the cron of Debian, which looks at the first character of a field.
  @Test func `a list that holds a star further on names its times`() throws {
    let zone = try #require(TimeZone("Europe/Berlin"))
    let night = try #require(Timestamp(rfc3339: "2026-03-29T00:30:00Z"))
    let list = try CronExpression("15,*/30 2 * * *")
    #expect(list.next(after: night, in: zone)?.rfc3339 == "2026-03-29T01:00:00Z")
    let star = try CronExpression("*/30,15 2 * * *")
    #expect(star.next(after: night, in: zone)?.rfc3339 == "2026-03-30T00:00:00Z")
  }

  @Test func `what is due at the same moments has one meaning, however it is written`() throws {
    func meaning(_ text: String) throws -> CronExpression.Meaning {
      try CronExpression(text).meaning
    }
    #expect(try meaning("0 9 * * MON-WED") == meaning("0  9 * * 1,2,3"))
    #expect(try meaning("@daily") == meaning("0 0 * * *"))
    #expect(try meaning("@midnight") == meaning("@daily"))
    #expect(try meaning("@annually") == meaning("@yearly"))
    #expect(try meaning("0 9 * * 0") == meaning("0 9 * * 7"))
    #expect(try meaning("0 9 1 * MON") != meaning("0 9 * * MON"))
    #expect(try meaning("0 9 * * MON") != meaning("0 10 * * MON"))
    // An hour that a change of the clock repeats comes once for the first.
    #expect(try meaning("0 0-23 * * *") != meaning("0 * * * *"))
  }
}
