import CommandLineKit
import RunStore

extension CommandCall {
  /// The files that prove what is said, before anything is recorded of it.
  ///
  /// - Throws: Where one cannot be read, is no regular file, or is too large.
  func evidence() throws(CommandFailure) -> [EvidenceFile] {
    var files: [EvidenceFile] = []
    for path in arguments.values(SharedOptions.evidence) {
      do throws(EvidenceFile.Problem) {
        files.append(try evidence(at: path))
      } catch {
        throw CommandFailure(error, path)
      }
    }
    return files
  }

  private func evidence(at path: String) throws(EvidenceFile.Problem) -> EvidenceFile {
    if path != "-" { return try EvidenceFile(path: path) }
    return try EvidenceFile(bytes: console.input.everything(upTo: EvidenceFile.limit + 1))
  }
}

extension CommandFailure {
  fileprivate init(_ problem: EvidenceFile.Problem, _ path: String) {
    switch problem {
    case .unreadable(let reason): self = .file(path, "read", reason)
    case .notAFile(let kind):
      self.init(
        .conflict, "`\(path)` is \(kind), not a file that can be kept as evidence",
        help: "nothing was recorded; for what a program writes: PROGRAM | baton … --evidence -")
    case .tooLarge:
      let name = path == "-" ? "standard input" : "`\(path)`"
      self.init(
        .conflict,
        "\(name) has more than \(EvidenceFile.limit / 1_000_000) MB, the most that is kept as evidence",
        help: "nothing was recorded; keep it elsewhere, and say in --reason where, with its SHA-256"
      )
    }
  }
}
