package import SourceText

/// A member of a `{ … }` as its author meant it: its value goes on to the `,` or the bracket that stands
/// outside of the value's own brackets and quotes, while YAML ends a text without quotes at the first.
package struct FlowEntry {
  /// How far is looked on each side: files can be made of one line.
  private static let reach = 2_000

  private let key: String
  private let value: String
  /// Where the value stands.
  package let span: SourceSpan

  /// - Parameters:
  ///   - offset: Where the value begins, or a place in it.
  ///   - isInside: Whether it is known that the place is in a `{ … }`; else its key has to stand behind
  ///     the `{` or a `,`.
  /// - Returns: nil where no such member is found on the line.
  package init?(around offset: Int, in file: SourceFile, isInside: Bool = false) {
    let bytes = file.bytes
    let whole = file.range(ofLine: file.location(of: offset).line)
    let line = whole.clamped(to: max(0, offset - Self.reach)..<offset + Self.reach)
    guard offset < line.upperBound,
      let (key, start) = Self.key(before: offset, bytes, line, isInside),
      let end = Self.end(of: bytes, start..<line.upperBound), end >= offset, end > start
    else { return nil }
    self.key = String(decoding: bytes[key], as: UTF8.self)
    span = SourceSpan(start: start, end: end)
    value = file[span]
  }

  /// The member with quotes around its value, to copy: ``put the text in quotes: `if: "…"` ``; nil where
  /// it has quotes already.
  package var quoted: String? {
    if let first = value.first, first == "\"" || first == "'", !Substring(value).goesOnBehindQuotes
    {
      return nil
    }
    return "put the text in quotes: `\(key): \(value.inYAMLQuotes)`"
  }

  /// The nearest key before a place, and where its value begins.
  private static func key(
    before offset: Int, _ bytes: [UInt8], _ line: Range<Int>, _ isInside: Bool
  ) -> (Range<Int>, Int)? {
    for colon in (line.lowerBound..<offset).reversed()
    where bytes[colon] == 0x3A && colon + 1 < line.upperBound && bytes[colon + 1] == 0x20 {
      var start = colon
      while start > line.lowerBound, isKey(bytes[start - 1]) { start -= 1 }
      guard start < colon else { continue }
      let before = bytes[line.lowerBound..<start].last { $0 != 0x20 }
      guard before == 0x7B || before == 0x2C || isInside && before == nil else { continue }
      let value = bytes[(colon + 1)..<line.upperBound].firstIndex { $0 != 0x20 }
      return value.map { (start..<colon, $0) }
    }
    return nil
  }

  private static func isKey(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == 0x5F
      || byte == 0x2D || byte >= 0x80
  }

  /// Where a value ends; nil where its brackets or quotes are not closed on the line.
  private static func end(of bytes: [UInt8], _ range: Range<Int>) -> Int? {
    /// What closes the brackets that are open.
    var open: [UInt8] = []
    var quote: UInt8?
    var end = range.upperBound
    for index in range {
      let byte = bytes[index]
      if let mark = quote {
        if byte == mark { quote = nil }
        continue
      }
      if open.isEmpty, [0x2C, 0x5D, 0x7D].contains(byte) {
        end = index
        break
      }
      switch byte {
      // `it's` has no quote.
      case 0x22, 0x27: quote = index > range.lowerBound && isKey(bytes[index - 1]) ? nil : byte
      case 0x28: open.append(0x29)
      case 0x5B, 0x7B: open.append(byte + 2)
      case 0x29, 0x5D, 0x7D:
        guard open.popLast() == byte else { return nil }
      default: break
      }
    }
    guard open.isEmpty, quote == nil else { return nil }
    while end > range.lowerBound, bytes[end - 1] == 0x20 { end -= 1 }
    return end
  }
}

/// What a key of a `{ … }` is that came about because the text before it has a `,` and no quotes:
/// `{ message: Hello, world }` has the key `world`.
package enum TextRest {
  /// The first piece, whether the text before it has a bracket open, and what to write.
  case first(of: String, isBracketed: Bool, help: String)
  /// A further piece of the same text.
  case further
}

extension MemberList {
  /// How many pieces of one text are told from keys that are wrong by themselves.
  private static let restLimit = 16

  /// Whether a key is the rest of a text before it that has no quotes; nil where it is not.
  package func textRest(at position: Int) -> TextRest? {
    guard position > 0 else { return nil }
    var owner = position - 1
    while owner > 0, owner > position - Self.restLimit, self[owner].isBare { owner -= 1 }
    guard let text = self[owner].value.scalar, text.style == .plain, !self[owner].isBare,
      text.nextByte == 0x2C
    else { return nil }
    let key = self[position].key
    if let entry = FlowEntry(around: text.span.start, in: text.file, isInside: true),
      entry.span.end > key.span.start, let help = entry.quoted
    {
      return position == owner + 1
        ? .first(of: self[owner].name, isBracketed: true, help: help) : .further
    }
    guard self[position].isBare else { return nil }
    guard position == owner + 1 else { return .further }
    var last = position
    while last + 1 < count, self[last + 1].isBare { last += 1 }
    let whole = text.file[SourceSpan(start: text.span.start, end: self[last].key.span.end)]
    let line = "\(self[owner].name): \(whole.inYAMLQuotes)"
    return .first(
      of: self[owner].name, isBracketed: false, help: "put the text in quotes: `\(line)`")
  }
}

extension Member {
  /// Whether it is a key without `:` and value, inside `{ … }`, with quotes or without.
  package var isBare: Bool {
    guard let next = key.nextByte, next == 0x2C || next == 0x7D else {
      return false
    }
    return value.scalar?.span.isEmpty == true
  }
}

extension Scalar {
  /// What follows it in the file, behind white space.
  package var nextByte: UInt8? { file.bytes[span.end...].first { $0 > 0x20 } }
}

extension String {
  /// As a YAML scalar with quotes around it.
  package var inYAMLQuotes: String {
    if !contains("\"") && !contains("\\") { return "\"\(self)\"" }
    return "'\(replacing("'", with: "''"))'"
  }
}
