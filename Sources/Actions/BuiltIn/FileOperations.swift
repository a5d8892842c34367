import CCrypto
import Glibc
import Values

/// `files.read`: the content of a file of the project.
struct FilesRead: ActionHandler {
  static let sizeLimit = 16 << 20

  func perform(_ invocation: Invocation) async throws(ActionFailure) -> ValueMap {
    let path = invocation.inputs["path"]?.asString ?? ""
    let isBase64 = invocation.inputs["encoding"]?.asString == "base64"
    let folder = ProjectFolder(invocation.projectFolder)
    let bytes: [UInt8]
    do {
      bytes = try await BlockingPool.shared.run { () throws(ProjectFolder.Problem) in
        try folder.read(path, limit: Self.sizeLimit)
      }
    } catch {
      throw error.failure
    }
    guard let content = isBase64 ? Base64.encode(bytes) : String(validating: bytes, as: UTF8.self)
    else {
      throw .definite(
        code: "not_text", "`\(path)` is not UTF-8 text",
        hint: "read it with `encoding: base64`")
    }
    return [
      "content": .string(content), "size": .int(Int64(bytes.count)),
      "sha256": .string(hexSHA256(bytes)),
    ]
  }
}

/// `files.write`: puts a file of the project in place, whole and synced.
struct FilesWrite: ActionHandler {
  func perform(_ invocation: Invocation) async throws(ActionFailure) -> ValueMap {
    let path = invocation.inputs["path"]?.asString ?? ""
    let content = invocation.inputs["content"]?.asString ?? ""
    let isBase64 = invocation.inputs["encoding"]?.asString == "base64"
    guard let bytes = isBase64 ? Base64.decode(content) : Array(content.utf8) else {
      throw .definite(code: "invalid_input", "the content is not base64")
    }
    let folder = ProjectFolder(invocation.projectFolder)
    do {
      try await BlockingPool.shared.run { () throws(ProjectFolder.Problem) in
        try folder.write(bytes, to: path)
      }
    } catch {
      throw error.failure
    }
    return [
      "path": .string(path), "size": .int(Int64(bytes.count)),
      "sha256": .string(hexSHA256(bytes)),
    ]
  }
}

extension ProjectFolder.Problem {
  /// What it means for an operation: refused, or a disk that does not do its part.
  package var failure: ActionFailure {
    switch self {
    case .outside: return .definite(code: "outside_project", message)
    case .invalid: return .definite(code: "not_a_file", message)
    case .notDurable: return .lost(code: "unavailable", message)
    case .system(let code, let path):
      switch code {
      case ENOENT: return .definite(code: "file_not_found", "there is no file `\(path)`")
      case EFBIG: return .definite(code: "file_too_large", "`\(path)` is too large")
      case ENOTDIR, EISDIR, ELOOP, ENAMETOOLONG, ENXIO:
        return .definite(code: "not_a_file", message)
      case EACCES, EPERM, EROFS:
        return .unavailable(message, hint: "give the user that runs baton access to it")
      case ENOSPC, EDQUOT: return .unavailable(message, hint: "make room on the disk")
      default: return .unavailable(message)
      }
    }
  }
}

/// SHA-256 (FIPS 180-4) in lower-case hexadecimal.
package func hexSHA256(_ bytes: [UInt8]) -> String {
  var digest = [UInt8](repeating: 0, count: 32)
  bytes.withUnsafeBytes { ccrypto_sha256($0.baseAddress, $0.count, &digest) }
  let digits = Array("0123456789abcdef".utf8)
  return String(
    decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
