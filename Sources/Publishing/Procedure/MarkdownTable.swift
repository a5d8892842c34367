import Workflows

/// A table of Markdown; its cells are Markdown already.
struct MarkdownTable {
  private let header: [String]
  private var rows: [[String]] = []

  init(_ header: [String]) { self.header = header }

  mutating func add(_ row: [String]) { rows.append(row) }

  var isEmpty: Bool { rows.isEmpty }

  /// Nothing where there are no rows.
  var text: String {
    guard !rows.isEmpty else { return "" }
    let rule = header.map { _ in "---" }
    return ([header, rule] + rows).map { "| \($0.joined(separator: " | ")) |\n" }.joined()
  }
}

extension MarkdownText {
  /// An author's Markdown as part of a larger document: its headings come below the level.
  static func demoted(_ markdown: String, below level: Int) -> String {
    var isCode = false
    let lines = markdown.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      if line.drop(while: { $0 == " " }).hasPrefix("```") { isCode.toggle() }
      let marks = line.prefix { $0 == "#" }.count
      guard !isCode, marks > 0, line.dropFirst(marks).first == " " else { return String(line) }
      return String(repeating: "#", count: min(6, marks + level)) + line.dropFirst(marks)
    }
    return lines.joined(separator: "\n")
  }

  /// Markdown under an item of a list.
  static func indented(_ markdown: String, by count: Int) -> String {
    let margin = String(repeating: " ", count: count)
    return markdown.trimmingLines.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "" : margin + $0 }.joined(separator: "\n")
  }
}

extension String {
  /// Without empty lines at both ends.
  var trimmingLines: String {
    var lines = split(separator: "\n", omittingEmptySubsequences: false)
    while let first = lines.first, first.allSatisfy(\.isWhitespace) { lines.removeFirst() }
    while let last = lines.last, last.allSatisfy(\.isWhitespace) { lines.removeLast() }
    return lines.joined(separator: "\n")
  }
}
