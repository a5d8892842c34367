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

  // MARK: SARIF

  /// SARIF 2.1.0 (OASIS): one run of this tool.
  static func sarif(_ diagnostics: Diagnostics) -> Value {
    let findings = diagnostics.sorted
    let codes = Set(findings.map(\.code.text)).sorted()
    let rules = codes.map { code -> Value in
      let page = "docs/diagnostics/\(code).md"
      return [
        "id": .string(code), "shortDescription": ["text": .string("Finding \(code)")],
        "help": [
          "text": .string("\(page) shows a wrong and a right example."),
          "markdown": .string("`\(page)` shows a wrong and a right example."),
        ],
      ]
    }
    return [
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
      "runs": [
        [
          "tool": [
            "driver": [
              "name": "baton", "version": .string(BatonVersion.text), "rules": .list(rules),
            ]
          ],
          "columnKind": "unicodeCodePoints",
          "results": .list(findings.map { result($0, codes) }),
        ]
      ],
    ]
  }

  private static func result(_ diagnostic: Diagnostic, _ codes: [String]) -> Value {
    var map: ValueMap = [
      "ruleId": .string(diagnostic.code.text),
      "ruleIndex": .int(Int64(codes.firstIndex(of: diagnostic.code.text) ?? -1)),
      "level": .string(diagnostic.severity.rawValue),
      "message": ["text": .string(texts(of: diagnostic))],
      "locations": [location(diagnostic.file, diagnostic.span)],
    ]
    let related = diagnostic.notes.compactMap { note -> Value? in
      guard let file = note.file, let span = note.span,
        case .map(var place) = location(file, span)
      else { return nil }
      place["message"] = ["text": .string(note.message)]
      return .map(place)
    }
    if !related.isEmpty { map["relatedLocations"] = .list(related) }
    return .map(map)
  }

  /// All that a finding says, for forms that have one place for it.
  private static func texts(of diagnostic: Diagnostic) -> String {
    [diagnostic.message, diagnostic.label, diagnostic.help].compactMap(\.self)
      .joined(separator: "\n")
  }

  private static func location(_ file: SourceFile, _ span: SourceSpan) -> Value {
    let start = file.location(of: span.start)
    let end = file.location(of: max(span.end, span.start))
    return [
      "physicalLocation": [
        "artifactLocation": ["uri": .string(uri(file.path))],
        "region": [
          "startLine": .int(Int64(start.line)), "startColumn": .int(Int64(start.column)),
          "endLine": .int(Int64(end.line)), "endColumn": .int(Int64(end.column)),
          "byteOffset": .int(Int64(span.start)),
          "byteLength": .int(Int64(max(span.end - span.start, 0))),
        ],
      ]
    ]
  }

  /// A path as a URI reference (RFC 3986): bytes that may not stand in one are escaped.
  private static func uri(_ path: String) -> String {
    var text = path.hasPrefix("/") ? "file://" : ""
    for byte in path.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E, 0x2F:
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        text += "%" + (digits.count == 1 ? "0" + digits : digits)
      }
    }
    return text
  }

  // MARK: GitHub

  /// Workflow commands of GitHub Actions; what could end one is escaped as its documentation says.
  static func annotations(_ diagnostics: Diagnostics) -> [String] {
    diagnostics.sorted.map { diagnostic in
      let start = diagnostic.file.location(of: diagnostic.span.start)
      let end = diagnostic.file.location(of: diagnostic.span.end)
      let message = texts(of: diagnostic)
      let columns = start.line == end.line ? ",endColumn=\(end.column)" : ""
      return "::\(diagnostic.severity.rawValue) file=\(escaped(diagnostic.file.path, ":,")),"
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
