import Foundation
import TestSupport
import Testing

/// docs/failure-matrix.md says something of every place, and every test that it names is there.
@Suite struct FailureMatrixTests {
  private static let places: Set<String> = [
    "before its intent", "intent journalled", "effect under way", "effect done",
    "outcome journalled", "verifying", "waiting", "parked", "in a loop or branch",
    "in a called workflow", "in finally", "while taking back",
  ]

  private struct Cell {
    let section: String
    let places: [String]
    let outcome: String
    let tests: [String]
  }

  /// The rows of all sections.
  private func cells() throws -> [Cell] {
    let path = Repository.root.appending(path: "docs/failure-matrix.md")
    var section = ""
    var cells: [Cell] = []
    for line in try String(contentsOf: path, encoding: .utf8).split(separator: "\n") {
      if line.hasPrefix("## ") { section = String(line.dropFirst(3)) }
      let parts = line.split(separator: " | ").map { $0.trimmingPrefix("| ") }
      guard line.hasPrefix("| "), parts.count == 3, !line.hasPrefix("| where"),
        !line.hasPrefix("| ---")
      else { continue }
      cells.append(
        Cell(
          section: section, places: parts[0].split(separator: ", ").map(String.init),
          outcome: String(parts[1]),
          tests: parts[2].matches(of: /`([^`]+)`/).map { String($0.output.1) }))
    }
    return cells
  }

  @Test func `every place of every section is named once`() throws {
    let cells = try cells()
    #expect(Set(cells.map(\.section)).count >= 35)
    for (section, rows) in Dictionary(grouping: cells, by: \.section) {
      let named = rows.flatMap(\.places)
      #expect(Set(named).count == named.count, "\(section) names a place twice")
      let rest = named.filter { !Self.places.contains($0) }
      switch rest {
      case []: #expect(Set(named) == Self.places, "\(section) leaves a place out")
      case ["anywhere"]: #expect(named.count == 1, "\(section)")
      default: #expect(rest == ["anywhere else"] && named.last == rest[0], "\(section): \(rest)")
      }
    }
  }

  @Test func `every cell names its test, or says why it cannot be`() throws {
    for cell in try cells() {
      #expect(cell.outcome.count > 10, "\(cell.section)")
      #expect(
        cell.tests.isEmpty == cell.outcome.hasPrefix("cannot be: "),
        "\(cell.section): \(cell.places)")
    }
  }

  @Test func `every test that is named exists`() throws {
    let sources = try suites()
    let scenarios = try String(
      contentsOf: Repository.root.appending(path: "Tests/Crashes/scenarios.py"), encoding: .utf8)
    let script = try String(
      contentsOf: Repository.root.appending(path: "scripts/crash-test"), encoding: .utf8)
    for name in Set(try cells().flatMap(\.tests)) {
      if name == "scripts/crash-test --storm" {
        #expect(script.contains("\"--storm\""))
        continue
      }
      if name.hasPrefix("scripts/crash-test ") {
        #expect(scenarios.contains("\"\(name.dropFirst(19))\""), "\(name)")
        continue
      }
      let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
      try #require(parts.count == 2, "\(name)")
      let found = sources[parts[0], default: []].contains { $0.contains("func `\(parts[1])`") }
      #expect(found, "there is no \(name)")
    }
  }

  /// The sources of each suite.
  private func suites() throws -> [String: [String]] {
    let tests = Repository.root.appending(path: "Tests")
    var found: [String: [String]] = [:]
    let files = try #require(FileManager.default.enumerator(atPath: tests.path))
    for case let path as String in files where path.hasSuffix("Tests.swift") {
      let text = try String(contentsOf: tests.appending(path: path), encoding: .utf8)
      let name = URL(filePath: path).deletingPathExtension().lastPathComponent
      // A long name stands on a line of its own.
      found[name, default: []].append(text.replacing(/func\s+`/, with: "func `"))
    }
    return found
  }
}
