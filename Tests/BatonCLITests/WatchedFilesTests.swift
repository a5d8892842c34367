import Foundation
import Testing

@testable import BatonCLI

@Suite final class WatchedFilesTests {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "baton-\(UUID().uuidString)")

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func write(_ path: String, _ text: String) throws {
    let file = folder.appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: file, atomically: false, encoding: .utf8)
  }

  @Test(arguments: [
    "baton.yaml", "workflows/a.yaml", "calendars/za.yaml", "plugins/mail/plugin.yaml",
    "examples/offer.test.yaml", "examples/offer.yaml", "elsewhere/part.json",
  ])
  func `a change of what a test depends on is noticed, once`(path: String) throws {
    let tests = folder.path + "/examples/offer.test.yaml"
    try write("examples/offer.test.yaml", "tests: []")
    var files = WatchedFiles(project: folder.path, given: [tests])
    var changes = [files.haveChanged()]
    files.add([folder.path + "/elsewhere/part.json"])
    changes.append(files.haveChanged())
    try write(path, "changed: it is another length now")
    changes += [files.haveChanged(), files.haveChanged()]
    #expect(changes == [true, false, true, false])
  }

  @Test(arguments: ["examples/results.xml", "data/a.yaml"])
  func `what is written beside it is no reason to test again`(path: String) throws {
    try write("examples/offer.test.yaml", "tests: []")
    var files = WatchedFiles(
      project: folder.path, given: [folder.path + "/examples/offer.test.yaml"])
    var changes = [files.haveChanged()]
    try write(path, "written")
    changes.append(files.haveChanged())
    #expect(changes == [true, false])
  }
}
