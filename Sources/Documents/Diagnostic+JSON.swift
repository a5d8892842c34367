package import SourceText
package import Values

extension Diagnostic {
  /// The finding as data, for `validate --json`: code, severity, message, place, notes, help.
  ///
  /// Lines and columns count from 1, in Unicode scalars; `start` and `end` are byte offsets.
  package var json: Value {
    var map: ValueMap = [
      "code": .string(code.text), "severity": .string(severity.rawValue),
      "message": .string(message),
    ]
    map["place"] = Self.place(file, span)
    map["label"] = label.map { .string($0) }
    if !notes.isEmpty { map["notes"] = .list(notes.map(Self.json)) }
    map["help"] = help.map { .string($0) }
    return .map(map)
  }

  private static func json(_ note: Note) -> Value {
    var map: ValueMap = ["message": .string(note.message)]
    if let file = note.file, let span = note.span { map["place"] = place(file, span) }
    return .map(map)
  }

  private static func place(_ file: SourceFile, _ span: SourceSpan) -> Value {
    let first = file.location(of: span.start)
    let last = file.location(of: span.end)
    return [
      "file": .string(file.path), "line": .int(Int64(first.line)),
      "column": .int(Int64(first.column)), "end_line": .int(Int64(last.line)),
      "end_column": .int(Int64(last.column)), "start": .int(Int64(span.start)),
      "end": .int(Int64(span.end)),
    ]
  }
}

extension Diagnostics {
  /// All findings as data, sorted and capped, with how many were left out.
  package var json: Value {
    [
      "errors": .int(Int64(errorCount)), "warnings": .int(Int64(warningCount)),
      "omitted": .int(Int64(omitted)), "findings": .list(sorted.map(\.json)),
    ]
  }
}
