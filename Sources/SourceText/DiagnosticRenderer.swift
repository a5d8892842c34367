/// Writes findings for people: a headline, the place, the line with carets, notes and help.
///
/// ```
/// error[B1203]: unknown operation `tenants.creat`
///   --> workflows/standard-onboarding.yaml:31:13
///    |
/// 31 |     action: tenants.creat
///    |             ^^^^^^^^^^^^^ `tenants` has create, delete, find, update
///    |
/// help: did you mean `tenants.create`?
/// ```
package struct DiagnosticRenderer: Sendable {
  /// Whether to use the terminal's colours.
  package var colour: Bool
  /// How many columns of a source line are shown at most.
  package var width: Int

  package init(colour: Bool = false, width: Int = 100) {
    self.colour = colour
    self.width = max(width, 20)
  }

  /// One finding, with a final line break.
  package func render(_ diagnostic: Diagnostic) -> String {
    let label = diagnostic.severity.rawValue
    var lines = [headline(label, code: diagnostic.code.text, diagnostic.message)]
    lines += place(diagnostic.file, diagnostic.span, label: diagnostic.label)
    for note in diagnostic.notes {
      lines.append(headline("note", code: nil, note.message))
      if let file = note.file, let span = note.span { lines += place(file, span, label: nil) }
    }
    if let help = diagnostic.help { lines.append(headline("help", code: nil, help)) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// All findings, sorted and capped, a blank line between two, and what was left out.
  package func render(_ diagnostics: Diagnostics) -> String {
    var parts = diagnostics.sorted.map(render)
    if diagnostics.omitted > 0 {
      parts.append("… and \(diagnostics.omitted) more findings\n")
    }
    return parts.joined(separator: "\n")
  }

  private func headline(_ kind: String, code: String?, _ message: String) -> String {
    let title = code.map { "\(kind)[\($0)]" } ?? kind
    let text = message.split(separator: "\n", omittingEmptySubsequences: false)
      .map { printable($0) }.joined(separator: "\n")
    return "\(paint(title, as: kind)): \(code == nil ? text : bold(text))"
  }

  private func place(_ file: SourceFile, _ span: SourceSpan, label: String?) -> [String] {
    let (line, column) = file.location(of: span.start)
    let last = max(line, file.lineNumber(of: max(span.start, span.end - 1)))
    let gutter = String(repeating: " ", count: String(last).count)
    var lines = [
      "\(gutter)\(blue("-->")) \(printable(file.path)):\(line):\(column)", "\(gutter) \(blue("|"))",
    ]
    lines += snippet(file, span, line, gutter, label: line == last ? label : nil)
    if last > line {
      if last > line + 1 { lines.append(blue("...")) }
      lines += snippet(file, span, last, gutter, label: label)
    }
    lines.append("\(gutter) \(blue("|"))")
    return lines
  }

  /// A source line and the carets under it.
  private func snippet(
    _ file: SourceFile, _ span: SourceSpan, _ number: Int, _ gutter: String, label: String?
  ) -> [String] {
    let range = file.range(ofLine: number)
    let shown = SnippetLine(
      bytes: file.bytes[range], mark: span.start - range.lowerBound..<span.end - range.lowerBound,
      width: width)
    let name = String(number)
    let padding = String(repeating: " ", count: gutter.count - name.count)
    let marks = String(repeating: " ", count: shown.markStart)
    let carets = paint(String(repeating: "^", count: shown.markWidth), as: "error")
    let text = label.map { " " + printable($0[...]) } ?? ""
    let source = shown.text.isEmpty ? "" : " " + shown.text
    return [
      "\(padding)\(blue(name)) \(blue("|"))\(source)",
      "\(gutter) \(blue("|")) \(marks)\(carets)\(text)",
    ]
  }

  private func paint(_ text: String, as kind: String) -> String {
    let codes = ["error": "1;31", "warning": "1;33", "help": "1;36", "note": "1;32"]
    return escape(text, codes[kind] ?? "1")
  }

  private func bold(_ text: String) -> String { escape(text, "1") }
  private func blue(_ text: String) -> String { escape(text, "1;34") }
  private func escape(_ text: String, _ code: String) -> String {
    colour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}

/// Text that does nothing to a terminal: control and direction characters are shown as U+FFFD.
func printable(_ text: some StringProtocol) -> String {
  var shown = String.UnicodeScalarView()
  for scalar in text.unicodeScalars { shown.append(isHarmless(scalar) ? scalar : "\u{FFFD}") }
  return String(shown)
}

func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x20..<0x7F: true
  case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069: false
  default: true
  }
}
