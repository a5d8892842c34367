import Foundation
import TestSupport
import Testing
import Values

@testable import Actions

@Suite struct ProjectFolderTests {
  private let project = TemporaryFolder()
  private var folder: ProjectFolder { ProjectFolder(project.path) }

  @Test(arguments: [
    "../../etc/passwd", "/etc/passwd", "a/../../x", "..", "out/passwd", "up/x", "chain/passwd",
    ".baton/runs/x", "a/../.baton/x", "passwd", "runs/journal.jsonl",
  ])
  func `no path leads outside`(path: String) throws {
    try project.write("x", to: "a/x")
    try project.write("x", to: ".baton/journal.jsonl")
    symlink("/etc", project.path + "/out")
    symlink("../", project.path + "/up")
    symlink("a/../out", project.path + "/chain")
    symlink("/etc/passwd", project.path + "/passwd")
    symlink(".baton", project.path + "/runs")
    #expect(throws: ProjectFolder.Problem.outside(path)) {
      if path == ".." {
        _ = try folder.read(path, limit: 10)
      } else {
        _ = try folder.read(path, limit: 100_000)
      }
    }
  }

  @Test func `links inside are followed`() throws {
    try project.write("content", to: "a/b/file")
    symlink("a/b", project.path + "/short")
    symlink("../../a/b/file", project.path + "/a/b/again")
    #expect(try folder.read("short/file", limit: 100) == Array("content".utf8))
    #expect(try folder.read("a/b/again", limit: 100) == Array("content".utf8))
  }

  @Test func `a link to a name that is not UTF-8 is refused, not followed to another one`() {
    symlink([CChar(bitPattern: 0xE9), 0], project.path + "/a")
    #expect(throws: ProjectFolder.Problem.invalid("a/x")) {
      try folder.absolutePath(of: "a/x", creating: true)
    }
  }

  @Test func `links in a circle are refused`() {
    symlink("b", project.path + "/a")
    symlink("a", project.path + "/b")
    #expect(throws: ProjectFolder.Problem.system(code: ELOOP, "a/x")) {
      try folder.read("a/x", limit: 10)
    }
  }

  @Test func `writes whole files, making folders, leaving nothing behind`() throws {
    try folder.write("one".utf8, to: "new/deep/file.txt")
    try folder.write("two".utf8, to: "new/deep/file.txt")
    #expect(project.text(of: "new/deep/file.txt") == "two")
    let names = try FileManager.default.contentsOfDirectory(atPath: project.path + "/new/deep")
    #expect(names == ["file.txt"])
  }

  @Test func `writing through a link that leads out is refused`() throws {
    let target = TemporaryFolder()
    try target.write("safe", to: "file")
    symlink(target.path + "/file", project.path + "/file")
    #expect(throws: ProjectFolder.Problem.outside("file")) {
      try folder.write("changed".utf8, to: "file")
    }
    #expect(target.text(of: "file") == "safe")
  }

  @Test func `a pipe, a folder and a file that is too large are refused at once`() throws {
    mkfifo(project.path + "/pipe", 0o600)
    try project.write("12345", to: "folder/large")
    #expect(throws: ProjectFolder.Problem.invalid("pipe")) {
      try folder.read("pipe", limit: 10)
    }
    #expect(throws: ProjectFolder.Problem.invalid("folder")) {
      try folder.read("folder", limit: 1 << 20)
    }
    #expect(throws: ProjectFolder.Problem.system(code: EFBIG, "folder/large")) {
      try folder.read("folder/large", limit: 4)
    }
  }

  @Test func `base64 is the standard's`() {
    for (text, encoded) in [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ] {
      #expect(Base64.encode(Array(text.utf8)) == encoded)
      #expect(Base64.decode(encoded) == Array(text.utf8))
    }
    #expect(Base64.decode("Zg=") == nil)
    #expect(Base64.decode("Z?==") == nil)
    #expect(Base64.decode("====") == nil)
  }

  @Test func `a file that is in its place but not safe is a doubt, one that is not there is none`()
    throws
  {
    let failing = ProjectFolder(project.path, syncEntries: { _ in false })
    do {
      try failing.write("new".utf8, to: "file")
      Issue.record("it was written")
    } catch {
      #expect(error.failure.kind == .lost)
    }
    #expect(try folder.read("file", limit: 10) == Array("new".utf8))
    #expect(ProjectFolder.Problem.system(code: EIO, "file").failure.kind == .unavailable)
  }
}
