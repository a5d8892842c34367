import Glibc
import Testing

@testable import RunStore

/// What is kept as evidence, and how it is known again.
@Suite struct EvidenceFileTests {
  private func write(_ bytes: [UInt8], _ fixture: StoreFixture) throws -> String {
    let path = fixture.folder + "/a file.bin"
    try Folders.write(bytes, to: path, durable: false)
    return path
  }

  @Test(arguments: [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20])
  func `a file is kept by the hash of its bytes, however many pieces it is read in`(
    count: Int
  ) throws {
    let fixture = StoreFixture()
    let writer = try fixture.start()
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    let file = try EvidenceFile(path: try write(bytes, fixture))
    #expect(file.name == "a file.bin")
    let kept = try writer.keepEvidence(file)
    #expect(kept.sha256 == Digest.hex(bytes) && kept.byteCount == count)
    #expect(try writer.reader.evidence(sha256: kept.sha256) == bytes)
    #expect(try Folders.names(in: fixture.path(writer.run, "evidence")) == [kept.sha256])
    writer.release()
  }

  @Test(arguments: [
    ("%PDF-1.7\n", "application/pdf"), ("From: ana\r\n\tHello, é\n", "text/plain"), ("", nil),
    ("GIF89a", "image/gif"), ("PK\u{3}\u{4}", "application/zip"), ("a\u{0}b", nil),
    ("RIFF1234WEBPVP8 ", "image/webp"), ("1234ftypheic", "image/heic"),
  ])
  func `the type is told by what the bytes are`(text: String, type: String?) throws {
    let fixture = StoreFixture()
    let writer = try fixture.start()
    let kept = try writer.keepEvidence(EvidenceFile(bytes: Array(text.utf8)))
    #expect(kept.mediaType == type)
    writer.release()
  }

  @Test func `of a text of which only the beginning was looked at nothing is said`() throws {
    let fixture = StoreFixture()
    let writer = try fixture.start()
    let text = [UInt8](repeating: 0x61, count: 1 << 20)
    #expect(
      try writer.keepEvidence(EvidenceFile(path: write(text, fixture))).mediaType == "text/plain")
    #expect(
      try writer.keepEvidence(EvidenceFile(path: write(text + [0], fixture))).mediaType == nil)
    writer.release()
  }

  @Test func `a file that grows beyond the limit while it is kept leaves nothing`() throws {
    let fixture = StoreFixture()
    let writer = try fixture.start()
    let path = try write([1], fixture)
    let file = try EvidenceFile(path: path)
    #expect(truncate(path, off_t(EvidenceFile.limit + 1)) == 0)
    #expect(throws: StoreError.failed(path: path, action: "keep", errno: EFBIG)) {
      try writer.keepEvidence(file)
    }
    #expect(try Folders.names(in: fixture.path(writer.run, "evidence")).isEmpty)
    writer.release()
  }

  @Test func `what is no regular file, or too large, is refused before it is read`() throws {
    let fixture = StoreFixture()
    let pipe = fixture.folder + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(throws: EvidenceFile.Problem.notAFile("a pipe")) { try EvidenceFile(path: pipe) }
    #expect(throws: EvidenceFile.Problem.notAFile("a device")) {
      try EvidenceFile(path: "/dev/zero")
    }
    #expect(throws: EvidenceFile.Problem.notAFile("a folder")) {
      try EvidenceFile(path: fixture.folder)
    }
    let path = try write([], fixture)
    #expect(truncate(path, off_t(EvidenceFile.limit)) == 0)
    _ = try EvidenceFile(path: path)
    #expect(truncate(path, off_t(EvidenceFile.limit + 1)) == 0)
    #expect(throws: EvidenceFile.Problem.tooLarge) { try EvidenceFile(path: path) }
  }
}
