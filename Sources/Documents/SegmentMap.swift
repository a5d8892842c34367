import SourceText

/// Which piece of a scalar's text comes from which piece of the file.
///
/// The scalar's source is read again, side by side with the text it gave (YAML 1.2.2, sections 7.3
/// and 8.1; RFC 8259, section 7). Pieces of equal length match byte by byte; others (escapes, folded
/// line breaks) as a whole.
struct SegmentMap {
  private struct Segment {
    let text: Range<Int>
    let file: Range<Int>
  }

  private var segments: [Segment] = []
  private let bytes: [UInt8]
  private let text: [UInt8]
  private let style: Scalar.Style
  /// Where reading stands in the file and in the text.
  private var place: Int
  private var done = 0

  init(_ scalar: Scalar) {
    style = scalar.style
    bytes = scalar.file.bytes
    text = scalar.withUTF8 { Array($0) }
    place = scalar.span.start
    switch style {
    case .plain: alignFlow()
    case .single, .double:
      place += 1
      alignFlow()
    case .literal, .folded: alignBlock()
    }
  }

  /// The place of a piece of the text; an empty piece has an empty place.
  func fileSpan(_ range: Range<Int>) -> SourceSpan {
    let lower = min(max(range.lowerBound, 0), text.count)
    let upper = min(max(range.upperBound, lower), text.count)
    let start = position(of: lower)
    guard upper > lower else { return SourceSpan(start: start, end: start) }
    guard let last = segment(at: upper - 1) else { return SourceSpan(start: start, end: start) }
    let isExact = last.text.count == last.file.count
    let end =
      isExact ? last.file.lowerBound + upper - last.text.lowerBound : last.file.upperBound
    return SourceSpan(start: start, end: max(start, end))
  }

  private func position(of offset: Int) -> Int {
    guard let segment = segment(at: offset) else { return segments.last?.file.upperBound ?? place }
    guard segment.text.count == segment.file.count else { return segment.file.lowerBound }
    return segment.file.lowerBound + offset - segment.text.lowerBound
  }

  private func segment(at offset: Int) -> Segment? {
    // The pieces of the text lie side by side, in order.
    var low = 0
    var high = segments.count
    while low < high {
      let middle = (low + high) / 2
      if segments[middle].text.upperBound <= offset { low = middle + 1 } else { high = middle }
    }
    guard low < segments.count, segments[low].text.contains(offset) else { return nil }
    return segments[low]
  }

  /// Notes that the next bytes of both belong together, and steps over them.
  private mutating func match(_ textCount: Int, _ fileCount: Int) {
    let textEnd = min(done + textCount, text.count)
    let fileEnd = min(place + fileCount, bytes.count)
    if textEnd > done { extend(to: textEnd, fileEnd) }
    done = textEnd
    place = fileEnd
  }

  private mutating func extend(to textEnd: Int, _ fileEnd: Int) {
    if let last = segments.last, last.text.count == last.file.count,
      last.file.upperBound == place, textEnd - done == fileEnd - place
    {
      segments[segments.count - 1] = Segment(
        text: last.text.lowerBound..<textEnd, file: last.file.lowerBound..<fileEnd)
    } else {
      segments.append(Segment(text: done..<textEnd, file: place..<fileEnd))
    }
  }

  private func byte(_ ahead: Int = 0) -> UInt8 {
    place + ahead < bytes.count ? bytes[place + ahead] : 0
  }

  // MARK: plain and quoted scalars

  private mutating func alignFlow() {
    while done < text.count, place < bytes.count {
      switch byte() {
      case 0x27 where style == .single: match(1, 2)
      case 0x5C where style == .double: alignEscape()
      case 0x20, 0x09, 0x0A, 0x0D: alignSpace()
      default: match(1, 1)
      }
    }
  }

  /// White space: as it is inside a line, folded around line breaks.
  private mutating func alignSpace() {
    let (count, breaks) = spaceRun(from: place)
    switch breaks {
    case 0: match(count, count)
    case 1: match(1, count)
    default: match(breaks - 1, count)
    }
  }

  /// How long a run of blanks and line breaks is, and how many breaks it holds.
  private func spaceRun(from start: Int) -> (count: Int, breaks: Int) {
    var index = start
    var breaks = 0
    while index < bytes.count {
      switch bytes[index] {
      case 0x20, 0x09: index += 1
      case 0x0A, 0x0D:
        index += breakLength(at: index)
        breaks += 1
      default: return (index - start, breaks)
      }
    }
    return (index - start, breaks)
  }

  private func breakLength(at index: Int) -> Int {
    bytes[index] == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A ? 2 : 1
  }

  private mutating func alignEscape() {
    let digits: [UInt8: Int] = [0x78: 2, 0x75: 4, 0x55: 8]
    switch byte(1) {
    case 0x0A, 0x0D: alignEscapedBreak()
    case let kind where digits[kind] != nil:
      let length = 2 + (digits[kind] ?? 0)
      let isPair = kind == 0x75 && isHighSurrogate(at: place + 2)
      match(scalarLength(at: done), isPair ? 12 : length)
    default: match(scalarLength(at: done), 2)
    }
  }

  /// A line break that an escape takes away; empty lines after it stay.
  private mutating func alignEscapedBreak() {
    place += 1
    let (count, breaks) = spaceRun(from: place)
    if breaks > 1 { match(breaks - 1, count) } else { place += count }
  }

  /// JSON writes a character beyond U+FFFF as two escapes: `\ud83d\ude00`.
  private func isHighSurrogate(at index: Int) -> Bool {
    guard index + 1 < bytes.count else { return false }
    let second = bytes[index + 1] | 0x20
    return bytes[index] | 0x20 == 0x64 && [0x38, 0x39, 0x61, 0x62].contains(second)
  }

  private func scalarLength(at offset: Int) -> Int {
    guard offset < text.count else { return 0 }
    switch text[offset] {
    case ..<0x80: return 1
    case ..<0xE0: return 2
    case ..<0xF0: return 3
    default: return 4
    }
  }

  // MARK: block scalars

  private mutating func alignBlock() {
    skipToBreak()
    if place < bytes.count { place += breakLength(at: place) }
    let indent = blockIndent()
    alignBreaks(indent)
    while done < text.count, place < bytes.count {
      let length = lineLength()
      match(length, length)
      alignBreaks(indent)
    }
  }

  private mutating func skipToBreak() {
    while place < bytes.count, byte() != 0x0A, byte() != 0x0D { place += 1 }
  }

  private func lineLength() -> Int {
    var index = place
    while index < bytes.count, bytes[index] != 0x0A, bytes[index] != 0x0D { index += 1 }
    return index - place
  }

  /// Steps over line breaks, empty lines and the indentation of the line that follows.
  private mutating func alignBreaks(_ indent: Int) {
    var isFirst = true
    while done < text.count, place < bytes.count {
      if !isFirst || done == 0 { skipIndent(indent) }
      guard byte() == 0x0A || byte() == 0x0D else { return }
      let length = breakLength(at: place)
      let isFold = style == .folded && isFirst && done > 0 && text[done] == 0x20
      if text[done] == 0x0A || isFold { match(1, length) } else { place += length }
      isFirst = false
    }
  }

  private mutating func skipIndent(_ indent: Int) {
    var count = 0
    while count < indent, byte() == 0x20 {
      place += 1
      count += 1
    }
  }

  /// The first line with content is in the text as it stands, so its indentation is what it has more.
  private func blockIndent() -> Int {
    var index = place
    var spaces = 0
    while index < bytes.count {
      switch bytes[index] {
      case 0x20: spaces += 1
      case 0x0A, 0x0D: spaces = 0
      default:
        let kept = text.drop { $0 == 0x0A }.prefix { $0 == 0x20 }.count
        return max(0, spaces - kept)
      }
      index += 1
    }
    return 0
  }
}
