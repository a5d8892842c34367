import Documents
import Glibc
import SourceText
package import Workflows

extension Project {
  /// Where the workflows are found that other workflows call.
  ///
  /// A reference is a path from the folder of the caller's file, or an id: of a file beside the
  /// caller, else of one in the project's `workflows/`, named after its id or not.
  package var workflows: WorkflowSource {
    let library = WorkflowLibrary(folder: joined(root, "workflows"))
    return WorkflowSource(
      find: { reference, caller in library.find(reference, from: caller.path) },
      names: { library.ids })
  }
}

/// The workflows of a folder, and those beside whoever calls them.
private struct WorkflowLibrary: Sendable {
  static let endings = [".yaml", ".yml", ".json"]

  let folder: String

  func find(_ reference: String, from caller: String) -> SourceFile? {
    let beside = Self.folder(of: caller)
    if Self.endings.contains(where: reference.hasSuffix) {
      return Self.file(reference.hasPrefix("/") ? reference : Self.path(beside, reference))
    }
    guard !reference.contains("/") else { return nil }
    return find(id: reference, in: beside) ?? find(id: reference, in: folder)
  }

  var ids: [String] { Self.files(in: folder).compactMap { Self.file($0).flatMap(Self.id) } }

  private func find(id: String, in folder: String) -> SourceFile? {
    for ending in Self.endings {
      if let file = Self.file(Self.path(folder, id + ending)), Self.id(of: file) == id {
        return file
      }
    }
    return Self.files(in: folder).lazy.compactMap(Self.file).first { Self.id(of: $0) == id }
  }

  private static func file(_ path: String) -> SourceFile? {
    contents(of: path).map { SourceFile(path: path, bytes: $0) }
  }

  /// The id that a file says it has; nil where it is no workflow.
  private static func id(of file: SourceFile) -> String? {
    DocumentReader.read(file, into: Diagnostics())?["id"]?.scalar?.text
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
    return String(path[..<slash])
  }

  private static func path(_ folder: String, _ name: String) -> String {
    folder.isEmpty ? name : joined(folder, name)
  }

  private static func files(in folder: String) -> [String] {
    guard let listing = opendir(folder.isEmpty ? "." : folder) else { return [] }
    defer { closedir(listing) }
    var names: [String] = []
    while let entry = readdir(listing) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.contains(".test."), endings.contains(where: name.hasSuffix) { names.append(name) }
    }
    return names.sorted().map { path(folder, $0) }
  }
}
