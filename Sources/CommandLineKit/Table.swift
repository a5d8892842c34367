/// Rows of text in columns; the last column is not filled up, and columns that are empty in every
/// row are left out.
package struct Table: Sendable {
  /// A cell, and how it is dressed once its width is known.
  package struct Cell: Sendable {
    package let text: String
    package let dress: @Sendable (String) -> String

    package init(_ text: String, dress: @escaping @Sendable (String) -> String = { $0 }) {
      self.text = TextLayout.harmless(text).split(separator: "\n").joined(separator: " ")
      self.dress = dress
    }
  }

  private let header: [String]
  private var rows: [[Cell]] = []

  package init(_ header: [String]) { self.header = header }

  package mutating func add(_ cells: [Cell]) { rows.append(cells) }

  /// The lines, each with its line break; nothing where there is no row.
  package func text(style: TextStyle) -> String {
    guard !rows.isEmpty else { return "" }
    let shown = header.indices.filter { column in
      rows.contains { column < $0.count && !$0[column].text.isEmpty }
    }
    let widths = shown.map { column in
      max(header[column].count, rows.map { TextLayout.width(of: $0[column].text) }.max() ?? 0)
    }
    let heading = zip(shown, widths).map { TextLayout.padded(header[$0], to: $1) }
    let lines = rows.map { row in
      zip(shown, widths).enumerated().map { position, column in
        let cell = row[column.0]
        let isLast = position == shown.count - 1
        let missing = column.1 - TextLayout.width(of: cell.text)
        let fill = isLast ? "" : TextLayout.padded("", to: missing)
        return cell.dress(cell.text) + fill
      }.joined(separator: "  ")
    }
    return ([style.dim(trimmedEnd(heading.joined(separator: "  ")))] + lines.map(trimmedEnd))
      .map { $0 + "\n" }.joined()
  }

  private func trimmedEnd(_ line: String) -> String {
    var line = line[...]
    while line.last == " " { line.removeLast() }
    return String(line)
  }
}
