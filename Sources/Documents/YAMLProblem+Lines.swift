import SourceText

/// Mistakes of whole lines, which libyaml finds only in the line after them: there it reads on in the text of
/// a line above.
extension YAMLProblem {
  /// A key that stands deeper than the one above it, or a key above it without a blank behind its `:`.
  var continuedLine: Diagnostic? {
    let place = file.location(of: failure.offset)
    guard failure.problem.hasPrefix("mapping values are not allowed"),
      let own = DocumentLine(file, place.line), let above = above(own, place.line)
    else { return nil }
    // Whether the `:` is the first of its line.
    guard own.keyEnd == failure.offset else { return nil }
    let (upper, number) = above
    if let colon = upper.colonWithoutBlank {
      let key = SourceSpan(start: upper.contentStart, end: colon)
      return Diagnostic(
        .yamlSyntax, "a blank is missing after `\(file[key]):`", in: file,
        at: SourceSpan(start: colon, end: colon + 1),
        help: "write `\(file[key]): \(file[SourceSpan(start: colon + 1, end: upper.end)])`")
    }
    guard let end = upper.keyEnd, own.column > upper.column else { return nil }
    let name = file[SourceSpan(start: upper.contentStart, end: end)]
    return Diagnostic(
      .yamlSyntax,
      "this line is indented deeper than `\(name)` on line \(number), which has its value already",
      in: file, at: SourceSpan(start: own.contentStart, end: failure.offset),
      help:
        "a key beside `\(name)` starts in column \(upper.column), as it does; a text that goes on "
        + "here and holds a `: ` needs quotes around it")
  }

  /// The line in whose text another one goes on.
  private func above(_ own: DocumentLine, _ line: Int) -> (line: DocumentLine, number: Int)? {
    for number in stride(from: line - 1, to: max(0, line - 200), by: -1) {
      guard let upper = DocumentLine(file, number) else { continue }
      if upper.keyEnd != nil || upper.colonWithoutBlank != nil {
        return upper.column <= own.column ? (upper, number) : nil
      }
      if upper.isItem { return nil }
    }
    return nil
  }
}

/// What stands on a line, behind its indentation and the `- ` of items.
private struct DocumentLine {
  let contentStart: Int
  /// Counted from 1.
  let column: Int
  let isItem: Bool
  let end: Int
  /// Where the `:` behind a key stands that has a value on this line, or could have one.
  private(set) var keyEnd: Int?
  private(set) var colonWithoutBlank: Int?

  /// nil where nothing stands on the line, or only a remark.
  init?(_ file: SourceFile, _ number: Int) {
    let bytes = file.bytes
    let range = file.range(ofLine: number)
    var start = range.lowerBound
    var isItem = false
    while start < range.upperBound, bytes[start] == 0x20 || bytes[start] == 0x2D {
      if bytes[start] == 0x2D {
        guard start + 1 < range.upperBound, bytes[start + 1] == 0x20 else { break }
        isItem = true
      }
      start += 1
    }
    guard start < range.upperBound, bytes[start] != 0x23 else { return nil }
    contentStart = start
    column = start - range.lowerBound + 1
    self.isItem = isItem
    end = range.upperBound
    var colon = start
    while colon < end, Self.isName(bytes[colon]) { colon += 1 }
    guard colon > start, colon < end, bytes[colon] == 0x3A else { return }
    if colon + 1 == end || bytes[colon + 1] == 0x20 {
      keyEnd = colon
    } else if Self.isName(bytes[colon + 1]) {
      colonWithoutBlank = colon
    }
  }

  private static func isName(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == 0x5F
      || byte == 0x2D
  }
}

/// A text in quotes with the same quotes in it: `'it's'`.
extension YAMLProblem {
  var innerQuote: Diagnostic? {
    guard let text = YAMLEvents.quotedTextBeforeFailure(in: file.bytes) else { return nil }
    let line = file.range(ofLine: file.location(of: text.end).line)
    guard line.contains(text.start), text.end < line.upperBound, failure.offset >= text.end,
      failure.offset <= line.upperBound
    else { return nil }
    let rest = file[SourceSpan(start: text.start, end: line.upperBound)]
    let separators: [UInt8] = Array(" \t#,]}:".utf8)
    guard !separators.contains(file.bytes[text.end]), !Substring(rest).goesOnBehindQuotes else {
      return nil
    }
    let quote = file.bytes[text.start]
    return Diagnostic(
      .yamlSyntax, "the quote closes here, and more follows", in: file,
      at: SourceSpan(start: text.end - 1, end: text.end),
      notes: [
        Diagnostic.Note(
          "it opens here", file: file, span: SourceSpan(start: text.start, end: text.start + 1))
      ],
      help: corrected(from: text.start, after: text.end, quote, line).map { "write `\($0)`" }
        ?? (quote == 0x27
          ? "write `''` for a quote inside of the text, or use the other kind of quotes"
          : "write `\\\"` for a quote inside of the text, or use the other kind of quotes"))
  }

  /// The key and the whole text in quotes that it can have; nil where its end is not seen.
  private func corrected(
    from start: Int, after closed: Int, _ quote: UInt8, _ line: Range<Int>
  ) -> String? {
    let bytes = file.bytes
    let end = (closed..<line.upperBound).first { index in
      guard bytes[index] == quote else { return false }
      let next = bytes[(index + 1)..<line.upperBound].first { $0 != 0x20 }
      return next == nil || [0x2C, 0x5D, 0x7D].contains(next)
    }
    guard let end else { return nil }
    var key = start
    while key > line.lowerBound, bytes[key - 1] != 0x7B, bytes[key - 1] != 0x2C { key -= 1 }
    let name = file[SourceSpan(start: key, end: start)].drop { $0 == " " || $0 == "-" }
    let inner = file[SourceSpan(start: start + 1, end: end)]
    if quote == 0x22, !inner.contains("'") { return "\(name)'\(inner)'" }
    // Escapes are those of the other quotes.
    return quote == 0x22 && inner.contains("\\") ? nil : name + inner.inYAMLQuotes
  }
}
