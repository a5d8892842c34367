import SourceText
import Values

/// Findings as SARIF 2.1.0 (OASIS): one run of this tool.
struct SarifReport {
  private let findings: [Diagnostic]
  private let codes: [String]
  private let paths: FindingPaths

  init(_ diagnostics: Diagnostics, _ paths: FindingPaths) {
    findings = diagnostics.sorted
    codes = Set(findings.map(\.code.text)).sorted()
    self.paths = paths
  }

  var json: Value {
    var run: ValueMap = [
      "tool": [
        "driver": [
          "name": "baton", "version": .string(BatonVersion.text),
          "rules": .list(codes.map(Self.rule)),
        ]
      ],
      "columnKind": "unicodeCodePoints",
      "results": .list(findings.map(result)),
    ]
    if findings.contains(where: { paths.fromRoot($0.file.path) != nil }) {
      run["originalUriBaseIds"] = [
        .string(Self.root): ["description": ["text": "The root of the repository."]]
      ]
    }
    return [
      "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
      "runs": [.map(run)],
    ]
  }

  /// The name that stands for the repository's root; where it is, whoever reads the log knows.
  private static let root = "%SRCROOT%"

  /// What a code means, from its page.
  private static func rule(_ code: String) -> Value {
    guard let page = DiagnosticPage(code: code) else { return ["id": .string(code)] }
    return [
      "id": .string(code),
      "shortDescription": ["text": .string(page.title)],
      "fullDescription": ["text": .string(page.summary)],
      "help": ["text": .string(page.text), "markdown": .string(page.text)],
    ]
  }

  private func result(_ diagnostic: Diagnostic) -> Value {
    var map: ValueMap = [
      "ruleId": .string(diagnostic.code.text),
      "ruleIndex": .int(Int64(codes.firstIndex(of: diagnostic.code.text) ?? -1)),
      "level": .string(diagnostic.severity.rawValue),
      "message": ["text": .string(FindingsReport.texts(of: diagnostic))],
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

  private func location(_ file: SourceFile, _ span: SourceSpan) -> Value {
    let start = file.location(of: span.start)
    let end = file.location(of: max(span.end, span.start))
    return [
      "physicalLocation": [
        "artifactLocation": artifact(file.path),
        "region": [
          "startLine": .int(Int64(start.line)), "startColumn": .int(Int64(start.column)),
          "endLine": .int(Int64(end.line)), "endColumn": .int(Int64(end.column)),
          "byteOffset": .int(Int64(span.start)),
          "byteLength": .int(Int64(max(span.end - span.start, 0))),
        ],
      ]
    ]
  }

  private func artifact(_ path: String) -> Value {
    guard let inside = paths.fromRoot(path) else { return ["uri": .string(Self.uri(path))] }
    return ["uri": .string(Self.uri(inside)), "uriBaseId": .string(Self.root)]
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
}
