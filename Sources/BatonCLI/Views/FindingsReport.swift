import Documents
import SourceText
import Values

/// Findings in the forms that programs read.
enum FindingsReport {
  /// `baton-validation/1`: the findings, and how many there are in all.
  static func json(_ diagnostics: Diagnostics) -> Value {
    [
      "format": "baton-validation/1", "errors": .int(Int64(diagnostics.errorCount)),
      "warnings": .int(Int64(diagnostics.warningCount)),
      "omitted": .int(Int64(diagnostics.omitted)),
      "findings": .list(diagnostics.sorted.map(json)),
    ]
  }

  private static func json(_ diagnostic: Diagnostic) -> Value {
    var map: ValueMap = [
      "severity": .string(diagnostic.severity.rawValue), "code": .string(diagnostic.code.text),
      "message": .string(diagnostic.message),
    ]
    for member in place(diagnostic.file, diagnostic.span) { map.set(member.key, member.value) }
    map["label"] = diagnostic.label.map { .string($0) }
    map["help"] = diagnostic.help.map { .string($0) }
    if !diagnostic.notes.isEmpty { map["notes"] = .list(diagnostic.notes.map(json)) }
    return .map(map)
  }

  private static func json(_ note: Diagnostic.Note) -> Value {
    var map: ValueMap = ["message": .string(note.message)]
    guard let file = note.file, let span = note.span else { return .map(map) }
    for member in place(file, span) { map.set(member.key, member.value) }
    return .map(map)
  }

  private static func place(_ file: SourceFile, _ span: SourceSpan) -> ValueMap {
    let start = file.location(of: span.start)
    let end = file.location(of: span.end)
    return [
      "file": .string(file.path), "line": .int(Int64(start.line)),
      "column": .int(Int64(start.column)), "end_line": .int(Int64(end.line)),
      "end_column": .int(Int64(end.column)),
    ]
  }

  /// All that a finding says, for forms that have one place for it.
  static func texts(of diagnostic: Diagnostic) -> String {
    [diagnostic.message, diagnostic.label, diagnostic.help].compactMap(\.self)
      .joined(separator: "\n")
  }

  // MARK: GitHub

  /// Workflow commands of GitHub Actions; what could end one is escaped as its documentation says.
  /// GitHub shows them beside the source where their paths are those from the repository's root.
  static func annotations(_ diagnostics: Diagnostics, _ paths: FindingPaths) -> [String] {
    diagnostics.sorted.map { diagnostic in
      let start = diagnostic.file.location(of: diagnostic.span.start)
      let end = diagnostic.file.location(of: diagnostic.span.end)
      let message = texts(of: diagnostic)
      let columns = start.line == end.line ? ",endColumn=\(end.column)" : ""
      let path = paths.fromRoot(diagnostic.file.path) ?? diagnostic.file.path
      return "::\(diagnostic.severity.rawValue) file=\(escaped(path, ":,")),"
        + "line=\(start.line),endLine=\(end.line),col=\(start.column)\(columns),"
        + "title=\(diagnostic.code.text)::\(escaped(message))"
    }
  }

  private static func escaped(_ text: String, _ more: String = "") -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "%": result += "%25"
      case "\r": result += "%0D"
      case "\n": result += "%0A"
      case ":" where !more.isEmpty: result += "%3A"
      case "," where !more.isEmpty: result += "%2C"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}
