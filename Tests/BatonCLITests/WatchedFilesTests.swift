import Foundation
import TestSupport
import Testing

@testable import BatonCLI

@Suite struct WatchedFilesTests {
  private let folder = TemporaryFolder()

  @Test(arguments: [
    "baton.yaml", "workflows/a.yaml", "calendars/za.yaml", "plugins/mail/plugin.yaml",
    "examples/offer.test.yaml", "examples/offer.yaml", "elsewhere/part.json",
  ])
  func `a change of what a test depends on is noticed, once`(path: String) throws {
    let tests = folder.path + "/examples/offer.test.yaml"
    try folder.write("tests: []", to: "examples/offer.test.yaml")
    var files = WatchedFiles(project: folder.path, given: [tests])
    var changes = [files.haveChanged()]
    files.add([folder.path + "/elsewhere/part.json"])
    changes.append(files.haveChanged())
    try folder.write("changed: it is another length now", to: path)
    changes += [files.haveChanged(), files.haveChanged()]
    #expect(changes == [true, false, true, false])
  }

  @Test(arguments: ["examples/results.xml", "data/a.yaml"])
  func `what is written beside it is no reason to test again`(path: String) throws {
    try folder.write("tests: []", to: "examples/offer.test.yaml")
    var files = WatchedFiles(
      project: folder.path, given: [folder.path + "/examples/offer.test.yaml"])
    var changes = [files.haveChanged()]
    try folder.write("written", to: path)
    changes.append(files.haveChanged())
    #expect(changes == [true, false])
  }
}
