import Foundation
import TestSupport
import Testing

@testable import BatonCLI

@Suite struct DiagnosticPageTests {

  /// `RECORD_SNAPSHOTS=1` writes them anew, and fails the run.
  @Test func `the pages that the program knows are those of the documentation`() throws {
    let folder = Repository.root.appending(path: "docs/diagnostics")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    var pages: [String: String] = [:]
    for name in names {
      let code = try #require(name.firstMatch(of: /^(B\d{4})\.md$/)).1
      pages[String(code)] = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      let file = Repository.root.appending(path: "Sources/BatonCLI/DiagnosticPage+Texts.swift")
      try Self.source(pages).write(to: file, atomically: true, encoding: .utf8)
      Issue.record("DiagnosticPage+Texts.swift was recorded")
    }
    #expect(DiagnosticPage.codes == pages.keys.sorted())
    for (code, text) in pages {
      #expect(DiagnosticPage(code: code)?.text == text, "RECORD_SNAPSHOTS=1 records \(code) anew")
    }
  }

  @Test(arguments: DiagnosticPage.codes)
  func `a page has a title and says what it is about`(code: String) throws {
    let page = try #require(DiagnosticPage(code: code))
    #expect(page.text.hasPrefix("# \(code): \(page.title)\n\n\(page.summary.prefix(20))"))
    #expect(page.summary.count > 20)
  }

  private static func source(_ pages: [String: String]) -> String {
    let entries = pages.keys.sorted().map { code in
      let lines = pages[code, default: ""].split(separator: "\n", omittingEmptySubsequences: false)
      let text = lines.map { $0.isEmpty ? "" : "      \($0)" }.joined(separator: "\n")
      return "    \"\(code)\": ##\"\"\"\n\(text)\n      \"\"\"##,\n"
    }
    return """
      // swift-format-ignore-file
      // Recorded from docs/diagnostics by DiagnosticPageTests.

      extension DiagnosticPage {
        /// The pages by their codes.
        static let texts: [String: String] = [
      \(entries.joined())  ]
      }

      """
  }
}
