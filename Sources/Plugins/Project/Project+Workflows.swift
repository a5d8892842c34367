import Documents
import Glibc
import SourceText
import Synchronization
package import Values
package import Workflows

extension Project {
  /// What the checks of workflows want to know of the project.
  ///
  /// - Parameter now: for reviews that are overdue; nil where no clock is to be asked.
  package func facts(now: Timestamp?) -> ProjectFacts {
    let environment = environment(named: defaultEnvironment)
    return ProjectFacts(
      people: people.isEmpty ? nil : people.map { ($0.id, $0.roles) },
      addresses: Dictionary(
        people.compactMap { person in person.email.map { ($0, person.id) } },
        uniquingKeysWith: { first, _ in first }),
      withoutAddress: Set(people.filter { $0.email == nil }.map(\.id)),
      silentEnvironment: environment?.notification == nil ? environment?.name : nil,
      calendars: file == nil ? nil : names(in: "calendars").compactMap { Self.stem(of: $0) },
      now: now)
  }

  /// Where the workflows are found that other workflows call.
  package var workflows: WorkflowSource { workflows(shownIn: root) }

  /// Where the workflows are found that other workflows call.
  ///
  /// A reference is a path from the folder of the caller's file, or an id: of a file beside the
  /// caller, else of one in the project's `workflows/`, named after its id or not.
  /// - Parameter folder: the project's folder as findings show it.
  package func workflows(shownIn folder: String) -> WorkflowSource {
    let shelf = WorkflowShelf(home: folder)
    return WorkflowSource(
      find: { reference, file in shelf.find(reference, from: file) },
      names: { shelf.names(in: shelf.home) })
  }

  /// The names in a folder of the project, sorted; none where there is no such folder.
  func names(in folder: String) -> [String] { entries(of: joined(root, folder)) }

  private static func stem(of name: String) -> String? {
    guard let ending = WorkflowShelf.endings.first(where: { name.hasSuffix($0) }) else {
      return nil
    }
    return String(name.dropLast(ending.count))
  }
}

/// The workflows in the folders of a project; each folder is looked through once.
final class WorkflowShelf: Sendable {
  static let endings = [".yaml", ".yml", ".json"]

  /// The folder `workflows` of the project, as it is shown.
  let home: String
  /// By folder: the files by the ids in them.
  private let folders = Mutex<[String: [String: String]]>([:])

  init(home: String) {
    self.home = Self.normalized((home.isEmpty ? "." : home) + "/workflows")
  }

  func names(in folder: String) -> [String] { index(of: folder).keys.sorted() }

  func find(_ reference: String, from caller: SourceFile) -> SourceFile? {
    let cut = caller.path.lastIndex(of: "/")
    let folder = Self.normalized(cut.map { String(caller.path[...$0]) } ?? ".")
    if Self.endings.contains(where: { reference.hasSuffix($0) }) {
      let isAbsolute = reference.hasPrefix("/")
      return Self.read(Self.normalized(isAbsolute ? reference : "\(folder)/\(reference)"))
    }
    guard !reference.contains("/") else { return nil }
    return find(id: reference, in: folder) ?? find(id: reference, in: home)
  }

  private func find(id: String, in folder: String) -> SourceFile? {
    for ending in Self.endings {
      let path = Self.path(folder, id + ending)
      if let file = Self.read(path), Self.id(of: file) == id { return file }
    }
    return index(of: folder)[id].flatMap(Self.read)
  }

  private func index(of folder: String) -> [String: String] {
    if let known = folders.withLock({ $0[folder] }) { return known }
    var index: [String: String] = [:]
    for name in entries(of: folder) where !name.contains(".test.") {
      guard Self.endings.contains(where: { name.hasSuffix($0) }) else { continue }
      let path = Self.path(folder, name)
      if let id = Self.read(path).flatMap(Self.id), index[id] == nil { index[id] = path }
    }
    folders.withLock { $0[folder] = index }
    return index
  }

  private static func read(_ path: String) -> SourceFile? {
    contents(of: path).map { SourceFile(path: path, bytes: $0) }
  }

  /// The id of a workflow, without a look at the rest: in YAML it stands at the start of a line.
  private static func id(of file: SourceFile) -> String? {
    guard !file.path.hasSuffix(".json") else {
      return DocumentReader.read(file, into: Diagnostics())?["id"]?.text
    }
    let key = Array("id:".utf8)
    for line in 1...file.lineCount {
      let range = file.range(ofLine: line)
      guard file.bytes[range].starts(with: key) else { continue }
      let text = SourceFile(path: file.path, text: file.line(line))
      return DocumentReader.read(text, into: Diagnostics())?["id"]?.text
    }
    return DocumentReader.read(file, into: Diagnostics())?["id"]?.text
  }

  /// A path without `.` and with each `..` taken back, so that a file has one name.
  private static func normalized(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." {
        parts.removeLast()
      } else {
        parts.append(part)
      }
    }
    let text = parts.joined(separator: "/")
    return path.hasPrefix("/") ? "/" + text : text.isEmpty ? "." : text
  }

  private static func path(_ folder: String, _ name: String) -> String {
    folder == "." ? name : joined(folder, name)
  }
}
