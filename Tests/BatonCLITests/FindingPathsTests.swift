import Foundation
import Testing

@testable import BatonCLI

@Suite struct FindingPathsTests {
  /// A repository with a project in it, below a folder; `FOLDER` in paths is that folder.
  private func path(
    _ path: String, from folder: String, workspace: String? = nil, git: String? = "repo/.git"
  ) throws -> String? {
    let outer = FileManager.default.temporaryDirectory.appending(path: "paths-\(UUID())")
    defer { try? FileManager.default.removeItem(at: outer) }
    for name in ["repo/ops/workflows", "other"] + (git.map { [$0] } ?? []) {
      try FileManager.default.createDirectory(
        at: outer.appending(path: name), withIntermediateDirectories: true)
    }
    try FileManager.default.createSymbolicLink(
      at: outer.appending(path: "link"), withDestinationURL: outer.appending(path: "repo"))
    func whole(_ path: String) -> String { path.replacing("FOLDER", with: outer.path) }
    let paths = FindingPaths(
      workspace: workspace.map { $0.isEmpty ? "" : outer.appending(path: $0).path },
      folder: outer.appending(path: folder).path)
    return paths.fromRoot(whole(path))
  }

  @Test func `paths count from the root of the repository, wherever one stands`() throws {
    for (name, folder) in [
      ("a.yaml", "repo/ops/workflows"), ("workflows/a.yaml", "repo/ops"),
      ("../workflows/a.yaml", "repo/ops/workflows"), ("FOLDER/repo/ops/workflows/a.yaml", "repo"),
      ("FOLDER/link/ops/workflows/a.yaml", "repo"), ("ops/workflows/a.yaml", "link"),
    ] {
      #expect(try path(name, from: folder) == "ops/workflows/a.yaml", "\(name) from \(folder)")
    }
    #expect(try path("a.yaml", from: "repo") == "a.yaml")
  }

  @Test func `the workspace of a job goes before the repository, where one stands in it`() throws {
    let outer = "repo/ops"
    #expect(try path("a.yaml", from: "repo/ops/workflows", workspace: outer) == "workflows/a.yaml")
    #expect(
      try path("a.yaml", from: "repo/ops/workflows", workspace: "link", git: nil)
        == "ops/workflows/a.yaml")
    #expect(try path("a.yaml", from: "repo/ops", workspace: "other") == "ops/a.yaml")
    #expect(try path("a.yaml", from: outer, workspace: "") == "ops/a.yaml")
  }

  @Test func `a file outside of the repository has no such path`() throws {
    #expect(try path("FOLDER/other/a.yaml", from: "repo") == nil)
    #expect(try path("../other/a.yaml", from: "repo") == nil)
    #expect(try path("a.yaml", from: "other") == nil)
    #expect(try path("a.yaml", from: "repo/ops", git: nil) == nil)
  }
}
