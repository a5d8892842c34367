internal import CCrypto
internal import Glibc

/// A file that proves what somebody says: open, and such as a run can keep.
package final class EvidenceFile: Sendable {
  /// Why something cannot be kept as evidence.
  package enum Problem: Error, Hashable, Sendable {
    /// It is no regular file, and may have no end: `a pipe`.
    case notAFile(String)
    case tooLarge
    case unreadable(String)
  }

  /// How many bytes a piece of evidence has at most.
  package static let limit = 100_000_000

  /// What it is called, without the folders it is in; nil for what came through standard input.
  package let name: String?
  fileprivate let content: Content

  fileprivate enum Content: Sendable {
    case file(descriptor: Int32, path: String)
    case bytes([UInt8])
  }

  /// Opens a file without waiting for anybody, and looks at what it is; reads nothing of it yet.
  package init(path: String) throws(Problem) {
    // Whoever opens a pipe the plain way waits until somebody writes into it.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw .unreadable(describe(errno)) }
    if let problem = Self.problem(with: descriptor) {
      close(descriptor)
      throw problem
    }
    content = .file(descriptor: descriptor, path: path)
    name = path.split(separator: "/").last.map(String.init)
  }

  /// What came through standard input.
  package init(bytes: [UInt8]) throws(Problem) {
    guard bytes.count <= Self.limit else { throw .tooLarge }
    content = .bytes(bytes)
    name = nil
  }

  deinit { if case .file(let descriptor, _) = content { close(descriptor) } }

  private static func problem(with descriptor: Int32) -> Problem? {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return .unreadable(describe(errno)) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: return .notAFile("a folder")
    case S_IFIFO: return .notAFile("a pipe")
    case S_IFSOCK: return .notAFile("a socket")
    default: return .notAFile("a device")
    }
    return Int(status.st_size) > limit ? .tooLarge : nil
  }

  /// Hands the content over piece by piece, all but the last of them full.
  ///
  /// - Throws: Also where it has grown beyond ``limit`` meanwhile.
  fileprivate func pieces(
    _ body: (UnsafeRawBufferPointer) throws(StoreError) -> Void
  ) throws(StoreError) {
    switch content {
    case .bytes(let bytes):
      try bytes.withUnsafeBufferPointer { (buffer) throws(StoreError) in
        try body(UnsafeRawBufferPointer(buffer))
      }
    case .file(let descriptor, let path):
      var buffer = [UInt8](repeating: 0, count: 1 << 20)
      var done = 0
      while true {
        let count = try fill(&buffer, from: descriptor, at: done, path)
        done += count
        guard done <= Self.limit else {
          throw .failed(path: path, action: "keep", errno: EFBIG)
        }
        try buffer.withUnsafeBufferPointer { (buffer) throws(StoreError) in
          try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))
        }
        if count < buffer.count { return }
      }
    }
  }

  private func fill(
    _ buffer: inout [UInt8], from descriptor: Int32, at offset: Int, _ path: String
  ) throws(StoreError) -> Int {
    var done = 0
    while done < buffer.count {
      let rest = buffer.count - done
      let got = buffer.withUnsafeMutableBytes { bytes in
        pread(descriptor, bytes.baseAddress.map { $0 + done }, rest, off_t(offset + done))
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw StoreError.system(path, "read") }
      if got == 0 { break }
      done += got
    }
    return done
  }
}

/// A piece of evidence as a run keeps it.
package struct KeptEvidence: Hashable, Sendable {
  /// Which names it in the folder of evidence.
  package let sha256: String
  package let byteCount: Int
  /// Its media type, where its bytes say it.
  package let mediaType: String?
}

extension RunStore {
  /// Keeps a piece of evidence, durably, by its hash; also while another process executes the run.
  package func keepEvidence(
    _ file: EvidenceFile, of run: String
  ) throws(StoreError) -> KeptEvidence {
    let folder = folder(of: run) + "/evidence"
    try Folders.createDurably(folder)
    // Several may do that at once: each has a draft of its own, which a kill leaves behind.
    let draft = "\(folder)/\(getpid())-\(Digest.hex(of: systemRandom(8))).tmp"
    do throws(StoreError) {
      let kept = try copy(file, to: draft)
      try Folders.move(draft, to: "\(folder)/\(kept.sha256)")
      try Folders.sync(folder)
      return kept
    } catch {
      unlink(draft)
      throw error
    }
  }

  private func copy(_ file: EvidenceFile, to draft: String) throws(StoreError) -> KeptEvidence {
    let copy = try OpenFile(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
    var context = ccrypto_sha256_context()
    ccrypto_sha256_start(&context)
    var count = 0
    var mediaType: String?
    try file.pieces { (piece) throws(StoreError) in
      if piece.isEmpty { return }
      if count == 0 {
        mediaType = MediaType.of(piece)
      } else if mediaType == MediaType.text {
        // Nothing is known of the rest.
        mediaType = nil
      }
      ccrypto_sha256_update(&context, piece.baseAddress, piece.count)
      try copy.write(piece, at: count)
      count += piece.count
    }
    try copy.sync()
    var digest = [UInt8](repeating: 0, count: 32)
    ccrypto_sha256_finish(&context, &digest)
    return KeptEvidence(sha256: Digest.hex(of: digest), byteCount: count, mediaType: mediaType)
  }
}

extension RunWriter {
  /// Keeps a piece of evidence, durably, by its hash.
  package func keepEvidence(_ file: EvidenceFile) throws(StoreError) -> KeptEvidence {
    try store.keepEvidence(file, of: run)
  }
}
