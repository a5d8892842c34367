import CommandLineKit
import Foundation
import TestSupport
import Testing

@testable import BatonCLI

@Suite struct ReferencePageTests {
  /// `RECORD_SNAPSHOTS=1` writes the page anew, and fails the run.
  @Test func `the reference page is made from the declarations of today`() throws {
    let file = Repository.root.appending(path: "docs/reference/cli.md")
    let page = ReferencePage(CommandTable.program).text
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      try page.write(to: file, atomically: true, encoding: .utf8)
      Issue.record("docs/reference/cli.md was recorded")
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == page)
  }
}
