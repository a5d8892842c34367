import Workflows

/// Turns Markdown into HTML: headings, paragraphs, lists with boxes to tick, tables, quotes, code,
/// rules. HTML in the text is shown as text.
struct MarkdownPage {
  private(set) var html = ""
  private let lines: [Substring]
  private var position = 0

  static func html(_ markdown: String) -> String {
    var page = MarkdownPage(markdown)
    page.blocks()
    return page.html
  }

  private init(_ markdown: String) {
    lines = markdown.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
  }

  private mutating func blocks() {
    while position < lines.count {
      let line = lines[position]
      if line.isBlank {
        position += 1
      } else if fence(line) != nil {
        code()
      } else if let level = headingLevel(line) {
        let text = String(line.drop { $0 == "#" }).trimmingBlank
        html += "<h\(level)>\(MarkdownInline.html(text))</h\(level)>\n"
        position += 1
      } else if isRule(line) {
        html += "<hr>\n"
        position += 1
      } else if line.trimmedStart.hasPrefix(">") {
        quote()
      } else if isTable {
        table()
      } else if ListMark(line) != nil {
        list()
      } else {
        paragraph()
      }
    }
  }

  private func headingLevel(_ line: Substring) -> Int? {
    let marks = line.prefix { $0 == "#" }.count
    guard (1...6).contains(marks), line.dropFirst(marks).first?.isWhitespace ?? true else {
      return nil
    }
    return marks
  }

  private func isRule(_ line: Substring) -> Bool {
    let marks = line.filter { !$0.isWhitespace }
    guard marks.count >= 3, let first = marks.first, "-*_".contains(first) else { return false }
    return marks.allSatisfy { $0 == first }
  }

  private func fence(_ line: Substring) -> String? {
    let start = line.trimmedStart
    return ["```", "~~~"].first { mark in
      // A back-tick behind the mark makes it a code span.
      start.hasPrefix(mark) && !start.drop { $0 == mark.first }.contains("`")
    }
  }

  private mutating func code() {
    guard let mark = fence(lines[position]) else { return }
    let indent = lines[position].prefix { $0 == " " }.count
    position += 1
    var content = ""
    while position < lines.count, !lines[position].trimmedStart.hasPrefix(mark) {
      let line = lines[position]
      content += MarkdownInline.escaped(
        line.dropFirst(min(indent, line.prefix { $0 == " " }.count)))
      content += "\n"
      position += 1
    }
    position += 1
    html += "<pre><code>\(content)</code></pre>\n"
  }

  private mutating func quote() {
    var inner: [Substring] = []
    while position < lines.count, lines[position].trimmedStart.hasPrefix(">") {
      let line = lines[position].trimmedStart.dropFirst()
      inner.append(line.first == " " ? line.dropFirst() : line)
      position += 1
    }
    html += "<blockquote>\n\(Self.html(inner.joined(separator: "\n")))</blockquote>\n"
  }

  private mutating func paragraph() {
    var text: [Substring] = []
    while position < lines.count, !lines[position].isBlank,
      !endsParagraph(lines[position]) || text.isEmpty
    {
      text.append(lines[position])
      position += 1
    }
    html += "<p>\(MarkdownInline.html(text.joined(separator: "\n")))</p>\n"
  }

  private func endsParagraph(_ line: Substring) -> Bool {
    headingLevel(line) != nil || fence(line) != nil || line.trimmedStart.hasPrefix(">")
      || ListMark(line).map { $0.number == nil || $0.number == 1 } ?? false
  }

  // MARK: tables

  private var isTable: Bool {
    guard lines[position].contains("|"), position + 1 < lines.count else { return false }
    let rule = lines[position + 1]
    return rule.contains("-") && rule.contains("|") && rule.allSatisfy { "|-: \t".contains($0) }
  }

  private mutating func table() {
    let header = Self.cells(lines[position])
    position += 2
    html += "<table>\n<thead><tr>"
    html +=
      header.map { "<th>\(MarkdownInline.html($0))</th>" }.joined() + "</tr></thead>\n<tbody>\n"
    while position < lines.count, lines[position].contains("|"), !lines[position].isBlank {
      let cells = Self.cells(lines[position])
      html += "<tr>" + cells.map { "<td>\(MarkdownInline.html($0))</td>" }.joined() + "</tr>\n"
      position += 1
    }
    html += "</tbody>\n</table>\n"
  }

  /// The cells of a row: cut at bars that are neither escaped nor inside of code.
  private static func cells(_ line: Substring) -> [String] {
    var cells: [String] = []
    var cell = ""
    var isEscaped = false
    for character in line.trimmingBlank {
      if character == "|", !isEscaped {
        cells.append(cell.trimmingBlank)
        cell = ""
      } else {
        if character == "|" { cell.removeLast() }
        cell.append(character)
      }
      isEscaped = character == "\\" && !isEscaped
    }
    cells.append(cell.trimmingBlank)
    if cells.first?.isEmpty == true { cells.removeFirst() }
    if cells.last?.isEmpty == true { cells.removeLast() }
    return cells
  }

  // MARK: lists

  private mutating func list() {
    guard let first = ListMark(lines[position]) else { return }
    let tag = first.number == nil ? "ul" : "ol"
    let start = first.number.map { $0 == 1 ? "" : " start=\"\($0)\"" } ?? ""
    html += "<\(tag)\(start)>\n"
    while position < lines.count, let mark = ListMark(lines[position]),
      (mark.number == nil) == (first.number == nil), mark.indent <= first.indent + 1
    {
      html += item(mark)
      skipBlankBeforeItem()
    }
    html += "</\(tag)>\n"
  }

  /// Blank lines between two items of a list belong to the list.
  private mutating func skipBlankBeforeItem() {
    var next = position
    while next < lines.count, lines[next].isBlank { next += 1 }
    if next < lines.count, ListMark(lines[next]) != nil { position = next }
  }

  private mutating func item(_ mark: ListMark) -> String {
    var inner = [lines[position].dropFirst(mark.width)]
    position += 1
    while position < lines.count {
      let line = lines[position]
      if line.isBlank {
        guard isIndentedAfterBlank(mark.width) else { break }
        inner.append("")
      } else if line.prefix(while: { $0 == " " }).count >= mark.width {
        inner.append(line.dropFirst(mark.width))
      } else if ListMark(line) != nil || endsParagraph(line) {
        break
      } else {
        inner.append(line.trimmedStart)
      }
      position += 1
    }
    return "<li>\(Self.itemContent(inner))</li>\n"
  }

  private func isIndentedAfterBlank(_ width: Int) -> Bool {
    var next = position
    while next < lines.count, lines[next].isBlank { next += 1 }
    return next < lines.count && lines[next].prefix { $0 == " " }.count >= width
  }

  private static func itemContent(_ lines: [Substring]) -> String {
    var lines = lines
    var box = ""
    if let first = lines.first {
      if first.hasPrefix("[ ] ") { box = "<span class=\"box\"></span>" }
      if first.lowercased().hasPrefix("[x] ") { box = "<span class=\"box ticked\">✓</span>" }
      if !box.isEmpty { lines[0] = first.dropFirst(4) }
    }
    let content = html(lines.joined(separator: "\n"))
    let pieces = content.split(separator: "</p>\n", maxSplits: 1, omittingEmptySubsequences: false)
    // The first paragraph of an item is not set apart.
    guard content.hasPrefix("<p>"), pieces.count == 2 else { return box + content }
    return box + pieces[0].dropFirst(3) + pieces[1]
  }
}

/// `- `, `* `, `1. ` at the start of a line.
private struct ListMark {
  let indent: Int
  /// How many characters stand before the item's text.
  let width: Int
  let number: Int?

  init?(_ line: Substring) {
    let indent = line.prefix { $0 == " " }.count
    let rest = line.dropFirst(indent)
    guard let first = rest.first else { return nil }
    if "-*+".contains(first), rest.dropFirst().first == " " {
      self.init(indent: indent, width: indent + 2, number: nil)
      return
    }
    let digits = rest.prefix(9) { $0.isASCII && $0.isNumber }
    guard let number = Int(digits), let dot = rest.dropFirst(digits.count).first,
      ".)".contains(dot),
      rest.dropFirst(digits.count + 1).first == " "
    else { return nil }
    self.init(indent: indent, width: indent + digits.count + 2, number: number)
  }

  private init(indent: Int, width: Int, number: Int?) {
    self.indent = indent
    self.width = width
    self.number = number
  }
}

extension Substring {
  fileprivate var isBlank: Bool { allSatisfy(\.isWhitespace) }
  fileprivate var trimmedStart: Substring { drop { $0 == " " || $0 == "\t" } }

  fileprivate func prefix(_ limit: Int, while condition: (Character) -> Bool) -> Substring {
    prefix(while: condition).prefix(limit)
  }
}
