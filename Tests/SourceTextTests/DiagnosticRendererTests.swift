import Testing

@testable import SourceText

@Suite struct DiagnosticRendererTests {
  private static let code = DiagnosticCode("B1203")

  private func render(
    _ text: String, _ span: Range<Int>, label: String? = nil, notes: [Diagnostic.Note] = [],
    help: String? = nil, width: Int = 100
  ) -> String {
    let file = SourceFile(path: "a.yaml", text: text)
    let diagnostic = Diagnostic(
      Self.code, "unknown `x`", in: file, at: SourceSpan(span), label: label, notes: notes,
      help: help)
    return DiagnosticRenderer(width: width).render(diagnostic)
  }

  @Test func `looks as the command line promises`() {
    let head = String(repeating: "\n", count: 30)
    let file = SourceFile(
      path: "workflows/standard-onboarding.yaml", text: head + "    action: tenants.creat\n")
    let diagnostic = Diagnostic(
      Self.code, "unknown operation `tenants.creat`", in: file,
      at: SourceSpan(start: 42, end: 55), label: "`tenants` has create, delete, find, update",
      help: "did you mean `tenants.create`?")
    #expect(
      DiagnosticRenderer().render(diagnostic) == """
        error[B1203]: unknown operation `tenants.creat`
          --> workflows/standard-onboarding.yaml:31:13
           |
        31 |     action: tenants.creat
           |             ^^^^^^^^^^^^^ `tenants` has create, delete, find, update
           |
        help: did you mean `tenants.create`?

        """)
  }

  @Test func `tabs and wide characters keep the carets in place`() {
    #expect(
      render("a\tb: 漢字é x\n", 14..<15) == """
        error[B1203]: unknown `x`
         --> a.yaml:1:10
          |
        1 | a   b: 漢字é x
          |              ^
          |

        """)
  }

  @Test func `an empty span gets one caret, also at the end of the file`() {
    #expect(
      render("a:", 2..<2) == """
        error[B1203]: unknown `x`
         --> a.yaml:1:3
          |
        1 | a:
          |   ^
          |

        """)
  }

  @Test func `a span over lines shows its first and last line`() {
    #expect(
      render("a: {\n  b,\n  c\n} # d\n", 3..<15, label: "this") == """
        error[B1203]: unknown `x`
         --> a.yaml:1:4
          |
        1 | a: {
          |    ^
        ...
        4 | } # d
          | ^ this
          |

        """)
  }

  @Test func `a long line is cut around the mark`() {
    let line = String(repeating: "a", count: 90) + "X" + String(repeating: "b", count: 90)
    let shown = render(line, 90..<91, width: 40).split(separator: "\n")
    #expect(
      shown[3] == "1 | ..." + String(repeating: "a", count: 11) + "X"
        + String(repeating: "b", count: 22) + "...")
    #expect(shown[4] == "  | " + String(repeating: " ", count: 14) + "^")
  }

  @Test func `nothing in a file can act on the terminal`() {
    let shown = render("a: \u{1B}[31m\u{202E}x", 0..<1)
    #expect(!shown.contains("\u{1B}"))
    #expect(!shown.unicodeScalars.contains("\u{202E}"))
  }

  @Test func `notes show their place`() {
    let file = SourceFile(path: "b.yaml", text: "k: 1\n")
    let note = Diagnostic.Note("it stands here", file: file, span: SourceSpan(start: 0, end: 1))
    #expect(
      render("k: 2\n", 0..<1, notes: [note]) == """
        error[B1203]: unknown `x`
         --> a.yaml:1:1
          |
        1 | k: 2
          | ^
          |
        note: it stands here
         --> b.yaml:1:1
          |
        1 | k: 1
          | ^
          |

        """)
  }

  @Test func `findings are sorted by place and capped, errors first to stay`() {
    let file = SourceFile(path: "a.yaml", text: "a\nb\nc\n")
    let diagnostics = Diagnostics(limit: 2)
    let warning = DiagnosticCode("B1", .warning)
    diagnostics.add(warning, "w", in: file, at: SourceSpan(start: 0, end: 1))
    diagnostics.add(Self.code, "late", in: file, at: SourceSpan(start: 4, end: 5))
    diagnostics.add(Self.code, "late", in: file, at: SourceSpan(start: 4, end: 5))
    diagnostics.add(Self.code, "early", in: file, at: SourceSpan(start: 2, end: 3))
    #expect(diagnostics.sorted.map(\.message) == ["early", "late"])
    #expect(diagnostics.omitted == 1)
    #expect(diagnostics.errorCount == 2)
    #expect(diagnostics.warningCount == 1)
  }
}
