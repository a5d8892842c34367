/// The page of `docs/diagnostics` about a code: what it means, a wrong and a right example.
///
/// The program is one file that is at work without the project's documents, so it has the pages in it: a table
/// that is recorded, and held against the documents by a test.
struct DiagnosticPage {
  /// The whole page, as Markdown.
  let text: String

  /// - Returns: nil where there is no such code.
  init?(code: String) {
    guard let text = Self.texts[code] else { return nil }
    self.text = text
  }

  static var codes: [String] { texts.keys.sorted() }

  /// What is wrong: "the file is not UTF-8".
  var title: String {
    let line = text.prefix { $0 != "\n" }
    return line.firstIndex(of: ":").map { String(line[$0...].dropFirst(2)) } ?? String(line)
  }

  /// The first paragraph.
  var summary: String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(2)
    return lines.prefix { !$0.isEmpty }.joined(separator: " ")
  }
}
