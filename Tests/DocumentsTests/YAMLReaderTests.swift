import SourceText
import Testing
import Values

@testable import Documents

@Suite struct YAMLReaderTests {
  private func read(_ text: String) -> (node: Node?, findings: [Diagnostic]) {
    let diagnostics = Diagnostics()
    let node = DocumentReader.read(SourceFile(path: "a.yaml", text: text), into: diagnostics)
    return (node, diagnostics.sorted)
  }

  @Test(arguments: [
    ("true", Value.bool(true)), ("yes", "yes"), ("no", "no"), ("on", "on"), ("NO", "NO"),
    ("~", .null), ("null", .null), ("Null", .null), ("nUll", "nUll"), ("0o17", 15), ("0x1F", 31),
    ("010", 10), ("0b1", "0b1"), ("+1", 1), ("-0", 0), ("1_000", "1_000"), ("12:30:45", "12:30:45"),
    ("2026-01-18", "2026-01-18"), ("1.10", 1.1), (".5", 0.5), ("5.", 5.0), ("1e3", 1000.0),
    (".", "."),
    ("-.inf", .double(-.infinity)), (".nan", .double(.nan)), ("1.2.3", "1.2.3"), ("0x", "0x"),
    ("0o8", "0o8"), ("-0x1", "-0x1"), ("9007199254740992", 9_007_199_254_740_992),
    ("9007199254740993", "9007199254740993"), ("'1'", "1"), ("\"true\"", "true"), ("!!str 1", "1"),
    ("! 12", "12"), ("! 1.5", "1.5"),
    ("!!float 1", 1.0), ("1e999", "1e999"), ("-", "-"), ("+", "+"), ("e3", "e3"), ("1e", "1e"),
  ])
  func `plain scalars follow the core schema of YAML 1_2`(text: String, value: Value) {
    let result = read("k: \(text)\n")
    if text != "-" {
      #expect(result.node?["k"]?.value == value)
      #expect(result.findings.isEmpty)
    }
  }

  @Test func `a scalar keeps its text whatever it means`() {
    let node = read("version: 1.10\ncountry: NO\nbig: 12345678901234567890\n").node
    #expect(node?["version"]?.text == "1.10")
    #expect(node?["country"]?.text == "NO")
    #expect(node?["big"]?.text == "12345678901234567890")
  }

  @Test(arguments: [
    ("a: 1️⃣x + y", "x"), ("a: 'it''s 1️⃣x'", "x"), ("a: \"\\u00e9\\t1️⃣x\"", "x"),
    ("ö: €€ 1️⃣x", "x"), ("\u{FEFF}ö: 1️⃣x", "x"), ("a: |\n  one\n\n  1️⃣x\n", "x"),
    ("a: >\n  one\n  two 1️⃣x\n", "x"), ("a: >\n  one\n\n\n  two\n\n    more\n  1️⃣x\n", "x"),
    ("a: >2\n    one\n  1️⃣x\n", "x"), ("a: one\n  two\n\n  1️⃣x\n", "x"),
    ("a: \"one\\\n    two 1️⃣x\"", "x"), ("a: \"one\n\n  two 1️⃣x\"", "x"), ("a: 'p\n  1️⃣x'", "x"),
    ("a: &name 1️⃣x", "x"), ("a: !!str 1️⃣x", "x"), ("a: |-\r\n  one\r\n  1️⃣x\r\n", "x"),
    ("a: |\n\n  \n  one\n  1️⃣x", "x"), ("a: \"\\U0001F600 1️⃣x\"", "x"), ("- - 1️⃣x", "x"),
    ("a: |+\n  1️⃣x\n\n\n", "x"), ("a: \"q \\\n\n   1️⃣x\"", "x"), ("a: >-\n  é\n   b\n  1️⃣x", "x"),
  ])
  func `a piece of a scalar is found in the file`(marked: String, piece: String) throws {
    let document = MarkedText(marked)
    let node = try #require(read(document.text).node)
    let scalar = try #require((node["a"] ?? node["ö"] ?? node.items?.first?.items?.first)?.scalar)
    let text = Array(scalar.text.utf8)
    let offset = try #require(text.lastIndex(of: 0x78))
    #expect(scalar.fileSpan(offset..<offset + 1).start == document.offsets[0])
    #expect(scalar.file[scalar.fileSpan(offset..<offset + 1)] == piece)
  }

  @Test func `JSON strings are mapped through escapes and surrogate pairs`() throws {
    let text = #"{"a": "\ud83d\ude00\/\u00e9 x"}"#
    let file = SourceFile(path: "a.json", text: text)
    let scalar = try #require(DocumentReader.read(file, into: Diagnostics())?["a"]?.scalar)
    #expect(scalar.text == "😀/é x")
    #expect(file[scalar.fileSpan(0..<4)] == #"\ud83d\ude00"#)
    #expect(file[scalar.fileSpan(4..<5)] == #"\/"#)
    #expect(file[scalar.fileSpan(5..<7)] == #"\u00e9"#)
    #expect(file[scalar.fileSpan(8..<9)] == "x")
  }

  @Test func `spans hold exactly what was written`() throws {
    let text = "map:\n  k: v   # c\n\nlist:\n- 1\n- [a, b]   \n\nlast: |\n  t\n\n"
    let file = SourceFile(path: "a.yaml", text: text)
    let node = try #require(DocumentReader.read(file, into: Diagnostics()))
    #expect(file[try #require(node["map"]).span] == "k: v")
    #expect(file[try #require(node["list"]).span] == "- 1\n- [a, b]")
    #expect(file[try #require(node["last"]).span] == "|\n  t")
    #expect(node.members?.map { file[$0.key.span] } == ["map", "list", "last"])
  }

  @Test(arguments: [
    ("a: 1\n1️⃣a: 2\n", "B0103", "the key `a` stands twice in this map"),
    ("a:\n1️⃣\tb: 1\n", "B0104", "a tab cannot indent a line"),
    ("a: 1\n1️⃣---\nb: 2\n", "B0105", "a second document starts here"),
    ("a: 1️⃣*b\n", "B0108", "there is no anchor `&b` for this alias"),
    ("a: &a [1️⃣*a]\n", "B0107", "the alias `*a` stands inside of what it names"),
    ("b: &b {}\na: {1️⃣<<: *b}\n", "B0110", "merge keys (`<<`) are not supported"),
    ("1️⃣[a]: 1\n", "B0111", "a key must be text, not a list"),
    ("if: 1️⃣!inputs.x\n", "B0109", "YAML takes `!inputs.x` as a tag, and tags are not supported"),
    ("if: 1️⃣! inputs.x\n", "B0109", "YAML takes `!` as a tag, and tags are not supported"),
    ("if: 1️⃣! true\n", "B0109", "YAML takes `!` as a tag, and tags are not supported"),
    ("if: 1️⃣! \"inputs.x\"\n", "B0109", "YAML takes `!` as a tag, and tags are not supported"),
    ("if: 1️⃣! (a\n  || b)\n", "B0109", "YAML takes `!` as a tag, and tags are not supported"),
    ("if: 1️⃣! [a, b]\n", "B0109", "YAML takes `!` as a tag, and tags are not supported"),
    ("- { if: 1️⃣! a, b: c }\n", "B0109", "YAML takes `!` as a tag, and tags are not supported"),
    ("name: a1️⃣: b\n", "B0101", "a `: ` inside a text needs quotes around the text"),
    ("a: 1️⃣@b\n", "B0101", "a text that starts with `@` needs quotes"),
    ("a: 1️⃣\"b\n", "B0101", "the quote that opens here is never closed"),
    (
      "a: 1️⃣\"b\nc: d\ne: { f: \"$g\" }\n", "B0101",
      "the quote that opens here is closed on line 3, and more follows it there"
    ),
    (
      "- a: 1️⃣'b\n  c: it's\n  d: e\n", "B0101",
      "the quote that opens here is closed on line 2, and more follows it there"
    ),
    (
      "{ a: 1️⃣\"b,\nc: \"d\" }\n", "B0101",
      "the quote that opens here is closed on line 2, and more follows it there"
    ),
    ("a: \"b\n  c\"\n 1️⃣d: e\n", "B0101", ""),
    (
      "a: b\n  1️⃣c: d\n", "B0101",
      "this line is indented deeper than `a` on line 1, which has its value already"
    ),
    (
      "- id: a\n  if: b\n\n    1️⃣set: { x: 1 }\n", "B0101",
      "this line is indented deeper than `if` on line 2, which has its value already"
    ),
    (
      "a: b\n  goes on\n  1️⃣set:\n    c: 1\n", "B0101",
      "this line is indented deeper than `a` on line 1, which has its value already"
    ),
    ("- id1️⃣:a\n  set: { x: 1 }\n", "B0101", "a blank is missing after `id:`"),
    ("a: 'b1️⃣'s c'\n", "B0101", "the quote closes here, and more follows"),
    ("- { a: { x: 'it1️⃣'s' } }\n", "B0101", "the quote closes here, and more follows"),
    ("a: \"b 1️⃣\"c\" d\"\n", "B0101", "the quote closes here, and more follows"),
    ("a: 1️⃣\u{7}b\n", "B0003", "the character U+7 cannot stand in a file"),
    ("é: 1️⃣\u{7}b\n", "B0003", "the character U+7 cannot stand in a file"),
    ("é: x1️⃣\u{2028}b\n", "B0003", "an invisible line separator stands here"),
    ("1️⃣", "B0112", "the file holds nothing"),
    ("1️⃣# only a comment\n", "B0112", "the file holds nothing"),
    ("a: [1\n1️⃣", "B0101", "expected `,` or `]`, found the end of the file"),
    ("a:\n   b: 1\n  1️⃣c: 2\n", "B0101", ""),
  ])
  func `says what is wrong and where`(marked: String, code: String, message: String) throws {
    let document = MarkedText(marked)
    let findings = read(document.text).findings
    let finding = try #require(findings.first)
    #expect(finding.code.text == code)
    if !message.isEmpty { #expect(finding.message == message) }
    #expect(finding.span.start == document.offsets[0])
    #expect(findings.count == 1)
  }

  @Test func `a quote that is missing is looked for where its text begins`() throws {
    let text = "a: \"b\nc: d\ne: { f: \"$g\" }\n"
    let finding = try #require(read(text).findings.first)
    #expect(finding.help == "is the closing quote of line 1 missing?")
    #expect(finding.notes.map(\.message) == ["it is closed here"])
    #expect(finding.notes.first?.span?.start == text.utf8.count - 7)
  }

  @Test(arguments: [
    ("if: !inputs.x && y\n", #"put the text in quotes: `if: "!inputs.x && y"`"#),
    ("  - if: a ? 'b' : \"c\"\n", #"put the text in quotes: `if: 'a ? ''b'' : "c"'`"#),
    ("if: [1] + x\n", #"put the text in quotes: `if: "[1] + x"`"#),
    ("if: *x\n", #"a text that starts with `*` needs quotes"#),
    ("a: { x: @foo, y: %d }\n", #"put the text in quotes: `x: "@foo"`"#),
    ("a: 'The b's c'\n", #"write `a: "The b's c"`"#),
    ("- id: \"b \"c\" d\"\n", #"write `id: 'b "c" d'`"#),
    ("- { a: { x: 'it's' } }\n", #"write `x: "it's"`"#),
    ("if: 'x == 'a''\n", #"write `if: "x == 'a'"`"#),
    ("a: 'b's \"c\"'\n", #"write `a: 'b''s "c"'`"#),
    ("a: 'b's c\n", "write `''` for a quote inside of the text, or use the other kind of quotes"),
    ("- id:a\n  set: { x: 1 }\n", "write `id: a`"),
    (
      "- id: a\n    set: { x: 1 }\n",
      "a key beside `id` starts in column 3, as it does; a text that goes on here and holds a `: ` needs quotes around it"
    ),
    ("if: %x\n", #"put the text in quotes: `if: "%x"`"#),
    ("if: ! inputs.x\n", #"put the text in quotes: `if: "! inputs.x"`"#),
    ("- { id: a, if: ! inputs.x, b: c }\n", #"put the text in quotes: `if: "! inputs.x"`"#),
    ("- { id: a, if: !inputs.x, b: c }\n", #"put the text in quotes: `if: "!inputs.x"`"#),
    ("if: ! \"inputs.x\"\n", #"a `!` that says "not" stands inside of the quotes"#),
    ("if: ! a\n  || b\n", "a text that starts with `!` needs quotes"),
    (
      "- { message: The parcel of ${{ inputs.order }}?, b: c }\n",
      #"put the text in quotes: `message: "The parcel of ${{ inputs.order }}?"`"#
    ),
    ("- { id: a, if: x ? y : z, b: c }\n", #"put the text in quotes: `if: "x ? y : z"`"#),
    ("- { if: x in ['a', \"b\"], b: c }\n", #"put the text in quotes: `if: 'x in [''a'', "b"]'`"#),
    ("- { id: a,\n    if: x in ['a'] }\n", #"put the text in quotes: `if: "x in ['a']"`"#),
    (
      "- { if: l.exists(x, x in [1]), b: c }\n",
      #"put the text in quotes: `if: "l.exists(x, x in [1])"`"#
    ),
    ("- { if: 'a' in x, b: c }\n", #"put the text in quotes: `if: "'a' in x"`"#),
    (
      "- { id: a set: { x: 1 } }\n",
      #"is a `,` missing before `set`? Else put the text in quotes: `id: "a set: { x: 1 }"`"#
    ),
    ("- { with: { x: 1 } set: 3 }\n", "is a `,` missing before it?"),
    (
      "steps:\n  - id: a\n    b: c\n- id: d\n",
      "all items of a list start in the same column; the one on line 2 starts in column 3"
    ),
    (
      "steps:\n  - id: a\n    l:\n      - x: 1\n   - id: d\n",
      "all items of a list start in the same column; the one on line 2 starts in column 3"
    ),
    ("- id: a\n  b: 'c'\n    d: e\n", "all keys of a map start in the same column"),
  ])
  func `shows the line as it should be quoted`(text: String, help: String) {
    #expect(read(text).findings.first?.help == help)
  }

  @Test func `a text taken as a tag is read on as the text it was meant to be`() throws {
    #expect(read("if: ! inputs.x\n").node?["if"]?.text == "! inputs.x")
    let scalar = try #require(read("é: x\nif: !inputs.x\n").node?["if"]?.scalar)
    #expect(scalar.text == "!inputs.x")
    #expect(scalar.file[scalar.fileSpan(1..<7)] == "inputs")
  }

  @Test func `bytes that are not UTF-8 are refused with their place`() {
    let diagnostics = Diagnostics()
    let bytes = Array("a: ö\nb: ".utf8) + [0xFF]
    #expect(
      DocumentReader.read(SourceFile(path: "a.yaml", bytes: bytes), into: diagnostics)?.value == nil
    )
    #expect(diagnostics.sorted.first?.span.start == 9)
    #expect(diagnostics.sorted.first?.message == "the byte 0xFF is not UTF-8")
  }

  @Test func `limits hold for depth, size and aliases`() {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(read(nested(100)).findings.isEmpty)
    #expect(read(nested(101)).findings.map(\.code) == [.nestedTooDeep])
    #expect(read(String(repeating: "[", count: 100_000)).findings.map(\.code) == [.nestedTooDeep])
    let big = String(repeating: "# 789abcdef\n", count: (16 << 20) / 12 + 1)
    #expect(read(big).findings.map(\.code) == [.fileTooLarge])
    var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      bomb += "a\(level): &a\(level) [\(aliases)]\n"
    }
    #expect(read(bomb).findings.map(\.code) == [.aliasExpansion])
    var deep = "a0: &a0 [x]\n"
    for level in 1...120 { deep += "a\(level): &a\(level) [*a\(level - 1)]\n" }
    #expect(read(deep).findings.map(\.code) == [.nestedTooDeep])
  }

  @Test func `aliases stand for what they name`() {
    let node = read("a: &x {k: [1, 2]}\nb: *x\nc: [*x]\n").node
    #expect(node?.value == ["a": ["k": [1, 2]], "b": ["k": [1, 2]], "c": [["k": [1, 2]]]])
  }

  @Test func `any bytes at all are read or refused, never a crash`() {
    var random = ValueGenerator()
    let pieces = [
      "a", ": ", "- ", "\n", "  ", "[", "]", "{", "}", "&x ", "*x", "!t ", "'", "\"", "|\n", ">\n",
      "\t",
      "#", "?", "%", "@", "é", "\u{FEFF}", "---\n", "...\n", "<<", "\\", ",", "\u{0}", "\r",
    ]
    for _ in 0..<3_000 {
      let text = (0..<Int.random(in: 0...30, using: &random)).map { _ in
        pieces[Int.random(in: 0..<pieces.count, using: &random)]
      }.joined()
      let file = SourceFile(path: "a.yaml", text: text)
      let diagnostics = Diagnostics()
      let node = DocumentReader.read(file, into: diagnostics)
      #expect(node != nil || diagnostics.hasErrors, "seed \(random.seed): \(text)")
      _ = DiagnosticRenderer().render(diagnostics)
      if let node { visit(node) }
    }
  }

  private func visit(_ node: Node) {
    for child in node.items ?? node.members?.values ?? [] { visit(child) }
    guard let scalar = node.scalar else { return }
    _ = scalar.fileSpan(0..<scalar.text.utf8.count)
  }
}
