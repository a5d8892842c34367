import SourceText

/// Reads the lines of a block scalar without the indentation that they have in the file.
struct BlockTextReader {
  private let bytes: [UInt8]
  private let start: Int
  private let parentColumn: Int

  /// - Parameters:
  ///   - start: Where its header stands.
  ///   - parentColumn: The column of the collection it stands in; -1 for the root.
  init(_ file: SourceFile, start: Int, parentColumn: Int) {
    bytes = file.bytes
    self.start = start
    self.parentColumn = parentColumn
  }

  /// - Returns: the text, and where it ends: behind the last line that belongs to it, before that
  ///   line's break.
  func read() -> (text: BlockText, end: Int) {
    let headerEnd = lineEnd(from: start)
    let words = String(decoding: bytes[start..<headerEnd], as: UTF8.self)
    let header = words.prefix { $0 != " " && $0 != "\t" && $0 != "#" && !$0.isNewline }
    let remark = words.firstIndex(of: "#").map { trimmed(String(words[$0...])) }
    let digit = header.compactMap(\.wholeNumberValue).first
    var found = lines(from: headerEnd)
    let indent = digit.map { max(parentColumn, 0) + $0 } ?? detectedIndent(found.map(\.range))
    if let stop = found.firstIndex(where: { !isBlank($0.range) && spaces($0.range) < indent }) {
      found.removeSubrange(stop...)
    }
    // Empty lines at the end count only where the header keeps them.
    let keepsAll = header.contains("+")
    while let last = found.last, isBlank(last.range), spaces(last.range) <= indent,
      last.isUnterminated || !keepsAll
    {
      found.removeLast()
    }
    let text = BlockText(
      header: header.map { $0.isWholeNumber ? "2" : String($0) }.joined(),
      remark: remark, lines: found.map { content($0.range, indent) })
    return (text, found.last?.range.upperBound ?? trimmedEnd(headerEnd))
  }

  private struct Line {
    /// Without the line break.
    let range: Range<Int>
    /// The file ends here.
    let isUnterminated: Bool
  }

  private func lines(from headerEnd: Int) -> [Line] {
    var lines: [Line] = []
    var position = headerEnd
    while position < bytes.count {
      let lineStart = position + 1
      let end = lineEnd(from: lineStart)
      lines.append(
        Line(
          range: lineStart..<trimmedEnd(end, notBefore: lineStart),
          isUnterminated: end == bytes.count))
      position = end
    }
    return lines
  }

  private func lineEnd(from offset: Int) -> Int {
    var end = offset
    while end < bytes.count, bytes[end] != 0x0A { end += 1 }
    return min(end, bytes.count)
  }

  private func trimmedEnd(_ end: Int, notBefore start: Int = 0) -> Int {
    end > start && bytes[end - 1] == 0x0D ? end - 1 : end
  }

  private func detectedIndent(_ lines: [Range<Int>]) -> Int {
    guard let first = lines.first(where: { !isBlank($0) }) else { return max(parentColumn, -1) + 1 }
    return max(spaces(first), parentColumn + 1)
  }

  private func spaces(_ line: Range<Int>) -> Int {
    bytes[line].prefix { $0 == 0x20 }.count
  }

  private func isBlank(_ line: Range<Int>) -> Bool { spaces(line) == line.count }

  private func content(_ line: Range<Int>, _ indent: Int) -> String {
    String(decoding: bytes[line].dropFirst(min(indent, spaces(line))), as: UTF8.self)
  }

  private func trimmed(_ text: String) -> String {
    String(text.reversed().drop { $0 == " " || $0 == "\t" || $0 == "\r" }.reversed())
  }
}
