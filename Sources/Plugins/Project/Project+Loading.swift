import Actions
import CEL
import Documents
import Fields
import Glibc
package import SourceText
import Values

extension Project {
  /// Finds and reads the project that a folder belongs to: the nearest `baton.yaml`, here or above.
  ///
  /// - Parameter folder: an absolute path, or one relative to the working directory.
  /// - Returns: nil where `baton.yaml` is wrong, which has been reported then.
  package static func load(from folder: String, into diagnostics: Diagnostics) -> Project? {
    let start = absolute(folder)
    guard let (root, name) = find(from: start) else { return bare(start) }
    guard let bytes = contents(of: joined(root, name)) else {
      diagnostics.add(
        .projectShape, "`\(name)` cannot be read: \(String(cString: strerror(errno)))",
        in: SourceFile(path: name, text: ""), at: SourceSpan(start: 0, end: 0))
      return nil
    }
    return decode(SourceFile(path: name, bytes: bytes), root: root, into: diagnostics)
  }

  /// A folder that no `baton.yaml` speaks for.
  private static func bare(_ root: String) -> Project {
    let environment = ProjectEnvironment(
      name: "local", connections: [], notification: nil, secrets: SecretStore(folder: root))
    return Project(
      root: root, name: lastComponent(root), people: [], environments: [environment],
      defaultEnvironment: "local", file: nil)
  }

  private static func find(from start: String) -> (root: String, file: String)? {
    var folder = start
    while true {
      for name in fileNames where access(joined(folder, name), F_OK) == 0 { return (folder, name) }
      if folder == "/" { return nil }
      let parent = folder.split(separator: "/").dropLast().joined(separator: "/")
      folder = "/" + parent
    }
  }

  private static func absolute(_ folder: String) -> String {
    guard let resolved = realpath(folder.isEmpty ? "." : folder, nil) else {
      return folder.hasPrefix("/") ? folder : joined(absolute("."), folder)
    }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func lastComponent(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? "project"
  }
}

/// A path below a folder.
func joined(_ folder: String, _ name: String) -> String {
  folder.hasSuffix("/") ? folder + name : folder + "/" + name
}

/// The bytes of a file that the project itself is made of; nil with `errno` where it cannot be read.
func contents(of path: String) -> [UInt8]? {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 1 << 14)
  while bytes.count <= DocumentReader.sizeLimit {
    let count = read(descriptor, &chunk, chunk.count)
    if count < 0, errno == EINTR { continue }
    guard count >= 0 else { return nil }
    if count == 0 { return bytes }
    bytes.append(contentsOf: chunk[..<count])
  }
  return bytes
}
