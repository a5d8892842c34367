import SourceText

/// Says in a sentence what libyaml found, where, and what to write instead.
struct YAMLProblem {
  let failure: YAMLEvents.Failure
  let file: SourceFile

  init(_ failure: YAMLEvents.Failure, _ file: SourceFile) {
    self.failure = failure
    self.file = file
  }

  var diagnostic: Diagnostic {
    if file.bytes.indices.contains(failure.offset), file.bytes[failure.offset] == 0x09,
      failure.problem.contains("token") || failure.problem.contains("tab")
    {
      return finding(
        .tabIndentation, "a tab cannot indent a line", at: failure.offset,
        help: "use spaces for indentation")
    }
    if failure.problem.contains("control characters") {
      return finding(.controlCharacter, "\(found) cannot stand in a file", at: failure.offset)
    }
    if failure.problem == "found unexpected end of stream", let start = failure.contextOffset {
      return finding(.yamlSyntax, "the quote that opens here is never closed", at: start)
    }
    if let finding = missingQuote ?? innerQuote ?? continuedLine { return finding }
    if let help = expressionHelp {
      return finding(
        .yamlSyntax, "an expression inside `{ … }` or `[ … ]` needs quotes", at: failure.offset,
        help: help)
    }
    let known = Self.sentences.first { failure.problem.hasPrefix($0.problem) }
    let message = known?.message.replacing("FOUND", with: found) ?? fallback
    return finding(.yamlSyntax, message, at: failure.offset, help: help(known))
  }

  private func help(_ known: Sentence?) -> String? {
    if failure.problem.hasPrefix("did not find expected ',' or '}'") { return memberHelp }
    if startsLine { return indentationHelp }
    guard known?.needsQuotes == true else { return known?.help }
    return FlowEntry(around: failure.offset, in: file)?.quoted
      ?? Self.quotedLine(at: failure.offset, file)
  }

  /// A quote that nobody closed is closed by the next one, lines below, where something follows it.
  private var missingQuote: Diagnostic? {
    guard let text = YAMLEvents.quotedTextBeforeFailure(in: file.bytes) else { return nil }
    let first = file.location(of: text.start).line
    let last = file.location(of: text.end).line
    let rest = file.bytes[text.end...].drop { $0 == 0x20 || $0 == 0x09 }
    let separators: [UInt8] = Array("\n\r#,]}:".utf8)
    guard first < last, let next = rest.first, !separators.contains(next) else { return nil }
    return Diagnostic(
      .yamlSyntax, "the quote that opens here is closed on line \(last), and more follows it there",
      in: file, at: SourceSpan(start: text.start, end: text.start + 1),
      notes: [
        Diagnostic.Note(
          "it is closed here", file: file,
          span: SourceSpan(start: text.end - 1, end: text.end))
      ], help: "is the closing quote of line \(first) missing?")
  }

  /// `{ x: ${{ inputs.n }} }`: YAML takes the braces of the expression for maps.
  private var expressionHelp: String? {
    let bytes = file.bytes
    let offset = failure.offset
    guard failure.problem.hasPrefix("did not find expected ',' or"), bytes.indices.contains(offset),
      bytes[offset] == 0x7B, offset > 0, bytes[offset - 1] == 0x24
    else { return nil }
    let line = bytes[(offset - 1)...].prefix { $0 != 0x0A }
    let text = String(decoding: line, as: UTF8.self)
    guard let end = text.range(ofClosingBraces: ()) else { return nil }
    let expression = String(text[..<end])
    // Of a text around it all is meant.
    if let entry = FlowEntry(around: offset - 1, in: file, isInside: true),
      !file[entry.span].hasPrefix("["), !file[entry.span].hasPrefix("{"),
      file[entry.span] != expression, let help = entry.quoted
    {
      return help
    }
    let quote = expression.contains("\"") ? "'" : "\""
    let inner = quote == "'" ? expression.replacing("'", with: "''") : expression
    return "put the text in quotes: `\(quote)\(inner)\(quote)`"
  }

  private var fallback: String {
    failure.context.isEmpty ? failure.problem : "\(failure.problem) \(failure.context)"
  }

  private func finding(
    _ code: DiagnosticCode, _ message: String, at offset: Int, help: String? = nil
  ) -> Diagnostic {
    var notes: [Diagnostic.Note] = []
    if let start = failure.contextOffset, start != offset,
      file.location(of: start).line != file.location(of: offset).line
    {
      let span = SourceSpan(start: start, end: start + 1)
      notes.append(Diagnostic.Note("what it belongs to starts here", file: file, span: span))
    }
    return Diagnostic(
      code, message, in: file,
      at: SourceSpan(start: offset, end: min(offset + 1, file.bytes.count)), notes: notes,
      help: help)
  }

  /// The character at which libyaml stopped.
  private var found: String {
    let rest = String(
      decoding: file.bytes[min(failure.offset, file.bytes.count)...].prefix(4), as: UTF8.self)
    guard let scalar = rest.unicodeScalars.first else { return "the end of the file" }
    switch scalar.value {
    case 0x0A, 0x0D: return "the end of the line"
    case 0x21...0x7E, 0xA1...: return "`\(scalar)`"
    default: return "the character U+\(String(scalar.value, radix: 16, uppercase: true))"
    }
  }

  private struct Sentence {
    let problem: String
    let message: String
    var help: String?
    var needsQuotes = false
  }

  private static let sentences: [Sentence] = [
    Sentence(
      problem: "mapping values are not allowed",
      message: "a `: ` inside a text needs quotes around the text", needsQuotes: true),
    Sentence(
      problem: "could not find expected ':'", message: "this key has no `:`",
      help: "a line is `key: value`, `- item`, or goes on from the line above with more indentation"
    ),
    Sentence(
      problem: "did not find expected key",
      message: "expected a key, found FOUND; this line is not indented as the ones it belongs to",
      needsQuotes: true),
    Sentence(
      problem: "did not find expected '-' indicator",
      message: "expected `- ` and an item, found FOUND",
      help: "all items of a list start in the same column"),
    Sentence(
      problem: "block sequence entries are not allowed",
      message: "a list cannot start here", help: "start the list on a line of its own"),
    Sentence(
      problem: "block mapping entries are not allowed", message: "a map cannot start here",
      help: "start the map on a line of its own"),
    Sentence(
      problem: "mapping keys are not allowed", message: "a key cannot stand here",
      needsQuotes: true),
    Sentence(
      problem: "found character that cannot start any token",
      message: "a text that starts with FOUND needs quotes", needsQuotes: true),
    Sentence(
      problem: "did not find expected alphabetic or numeric character",
      message: "a text that starts with `*` or `&` needs quotes", needsQuotes: true),
    Sentence(
      problem: "did not find expected ',' or ']'", message: "expected `,` or `]`, found FOUND"),
    Sentence(
      problem: "did not find expected ',' or '}'", message: "expected `,` or `}`, found FOUND"),
    Sentence(
      problem: "did not find expected node content", message: "expected a value, found FOUND"),
    Sentence(
      problem: "did not find expected <document start>",
      message: "expected the end of the file, found FOUND"),
    Sentence(
      problem: "found unknown escape character", message: "an unknown escape in a quoted text",
      help: "write `\\\\` for a backslash, or use single quotes"),
    Sentence(
      problem: "did not find expected hexdecimal number",
      message: "the escape needs hexadecimal digits"),
    Sentence(
      problem: "found invalid Unicode character escape code",
      message: "the escape is no Unicode character"),
    Sentence(
      problem: "found undefined tag handle", message: "a text that starts with `!` needs quotes",
      needsQuotes: true),
    Sentence(
      problem: "found unexpected document indicator",
      message: "the quoted text is not closed before the document ends"),
    Sentence(
      problem: "found unexpected ':'", message: "a `:` inside this list needs quotes",
      needsQuotes: true),
    Sentence(
      problem: "found incompatible YAML document", message: "only YAML 1.1 and 1.2 can be read"),
  ]
}

extension YAMLProblem {
  /// A tag that nothing here understands; `if: !inputs.x` is how people meet it.
  static func tag(at span: SourceSpan, _ file: SourceFile) -> Diagnostic {
    let bytes = file.bytes
    var start = span.start
    while start < bytes.count, bytes[start] != 0x21, start < span.end { start += 1 }
    var end = start
    while end < bytes.count, bytes[end] > 0x20 { end += 1 }
    let tag = SourceSpan(start: start, end: end)
    return Diagnostic(
      .tagNotSupported, "YAML takes `\(file[tag])` as a tag, and tags are not supported", in: file,
      at: tag, help: tagHelp(tag, span, file))
  }

  private static func tagHelp(
    _ tag: SourceSpan, _ span: SourceSpan, _ file: SourceFile
  ) -> String {
    let general = "a text that starts with `!` needs quotes"
    let rest = file.bytes[tag.end...].prefix { $0 != 0x0A && $0 != 0x0D }.drop { $0 <= 0x20 }
    if tag.end - tag.start == 1, rest.first == 0x22 || rest.first == 0x27 {
      return "a `!` that says \"not\" stands inside of the quotes"
    }
    if file.bytes[span.start..<max(span.start, span.end)].contains(0x0A) { return general }
    return FlowEntry(around: tag.start, in: file)?.quoted ?? quotedLine(at: tag.start, file)
      ?? general
  }

  /// The line with quotes around its value: ``put it in quotes: `if: "!inputs.x"` ``.
  static func quotedLine(at offset: Int, _ file: SourceFile) -> String? {
    let line = file.line(file.location(of: offset).line)
    guard let colon = line.range(ofColonAfterKey: ()) else { return nil }
    let key = line[..<colon].drop { $0 == " " || $0 == "-" }
    let value = line[line.index(after: colon)...].drop { $0 == " " }.trimmingEnd()
    guard let first = value.first, first != "|", first != ">",
      first != "\"" && first != "'" || value.goesOnBehindQuotes
    else { return nil }
    return "put the text in quotes: `\(key): \(String(value).inYAMLQuotes)`"
  }
}

extension String {
  /// Where the text behind the first `}}` begins.
  fileprivate func range(ofClosingBraces: Void) -> Index? {
    var index = startIndex
    while index < endIndex {
      let next = self.index(after: index)
      if self[index] == "}", next < endIndex, self[next] == "}" { return self.index(after: next) }
      index = next
    }
    return nil
  }

  /// The first `:` that ends a key: letters, digits, `_`, `-` and `.` before it, a space behind it.
  fileprivate func range(ofColonAfterKey: Void) -> Index? {
    guard let colon = firstIndex(of: ":"), index(after: colon) < endIndex,
      self[index(after: colon)] == " "
    else { return nil }
    let key = self[..<colon].drop { $0 == " " || $0 == "-" }
    let isKey = key.allSatisfy { $0.isLetter || $0.isNumber || "_-.".contains($0) }
    return isKey && !key.isEmpty ? colon : nil
  }
}

extension Substring {
  /// `'a' in inputs.plans`, `"a" == inputs.plan`: an expression that starts with a text.
  var goesOnBehindQuotes: Bool {
    guard let quote = first, let end = dropFirst().firstIndex(of: quote) else { return false }
    let rest = self[index(after: end)...].drop { $0 == " " }
    let starts = ["in ", "==", "!=", "+", ".", "<", ">", "&&", "||", "?"]
    return starts.contains { rest.hasPrefix($0) }
  }

  fileprivate func trimmingEnd() -> Substring {
    var text = self
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
  }
}
