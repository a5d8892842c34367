import Glibc
import SourceText
import Workflows

extension Project {
  /// Where calendars are looked for, below the project's folder.
  private static let calendarFolders = ["calendars"]

  /// The calendars of the project by name; those that are wrong are reported and left out.
  func calendars(isAdvised: Bool, into diagnostics: Diagnostics) -> [String: CalendarFile] {
    var calendars: [String: CalendarFile] = [:]
    for (name, path) in calendarPaths where calendars[name] == nil {
      guard let bytes = contents(of: joined(root, path)) else { continue }
      calendars[name] = CalendarFile.decode(
        SourceFile(path: path, bytes: bytes), name: name, isAdvised: isAdvised, into: diagnostics)
    }
    return calendars
  }

  /// The name of the calendar that a file holds, by its path in the project; nil for any other file.
  package func calendarName(ofFile path: String) -> String? {
    calendarPaths.first { $0.path == path }?.name
  }

  private var calendarPaths: [(name: String, path: String)] {
    Self.calendarFolders.flatMap { folder in
      entries(of: joined(root, folder)).compactMap { file in
        let parts = file.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, ["yaml", "yml", "json"].contains(parts[1]) else { return nil }
        return (String(parts[0]), joined(folder, file))
      }
    }
  }
}

/// The names in a folder, sorted; none where it cannot be read. Hidden ones are left out.
func entries(of folder: String) -> [String] {
  guard let listing = opendir(folder) else { return [] }
  defer { closedir(listing) }
  var names: [String] = []
  while let entry = readdir(listing) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
      pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if !name.hasPrefix(".") { names.append(name) }
  }
  return names.sorted()
}
