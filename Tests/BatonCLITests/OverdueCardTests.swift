import CommandLineKit
import Engine
import Foundation
import Plugins
import RunStore
import Runner
import SourceText
import Testing
import Transcripts
import Values
import Workflows

@testable import BatonCLI

/// The card of a run in which a deadline is past that nobody has noticed: what is asked may be over.
@Suite struct OverdueCardTests {
  private static let began = Timestamp(seconds: 1_763_000_000)

  /// The cards of a run with a question that expires after half an hour, some minutes after it was asked.
  private func cards(after minutes: [Int64]) async throws -> [String] {
    let folder = "/tmp/baton-card-tests-\(UInt64.random(in: 0...UInt64.max))"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try "baton: 1\n".write(toFile: folder + "/baton.yaml", atomically: true, encoding: .utf8)
    let project = try #require(Project.load(from: folder, into: Diagnostics()))
    let store = RunStore(
      root: folder + "/.baton", key: SealingKey.Source(environment: nil, file: folder + "/key"))
    let service = RunService(
      project: project, store: store, environment: nil, actor: Actor(kind: .user, id: "ana"),
      now: { Self.began })
    let text = """
      baton: 1
      id: w
      name: W
      steps:
        - id: q
          ask: { fields: { n: integer } }
          expires: 30m

      """
    let workflow = Workflow.load(
      file: SourceFile(path: "w.yaml", text: text),
      catalog: project.catalog(into: Diagnostics()), into: Diagnostics())
    let snapshot = try await service.start(try #require(workflow), inputs: [:])
    return minutes.map { minutes in
      let now = Self.began.adding(TimeSpan(seconds: minutes * 60)) ?? Self.began
      return StatusCard(
        snapshot: snapshot, format: .utc, style: .plain, program: "baton", now: now
      ).text
    }
  }

  @Test func `it says so, and offers first what has it come`() async throws {
    let cards = try await cards(after: [20, 40])
    #expect(!cards[0].contains("is past"))
    #expect(!cards[0].contains("baton resume"), "\(cards[0])")
    #expect(cards[1].contains("which is past: nobody has looked since"), "\(cards[1])")
    let next = cards[1].split(separator: "Next\n").last ?? ""
    #expect(next.hasPrefix("  baton resume "), "\(cards[1])")
    #expect(next.contains("has happen what was due since"), "\(cards[1])")
  }
}
