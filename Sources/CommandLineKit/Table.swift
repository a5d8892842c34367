/// Rows of text in columns; the last column is not filled up, and columns that are empty in every
/// row are left out.
package struct Table: Sendable {
  /// A cell, and how it is dressed once its width is known.
  package struct Cell: Sendable {
    package let text: String
    package let dress: @Sendable (String) -> String

    package init(_ text: String, dress: @escaping @Sendable (String) -> String = { $0 }) {
      self.text = text
      self.dress = dress
    }
  }

  private let header: [String]
  private var rows: [[Cell]] = []

  package init(_ header: [String]) { self.header = header }

  /// Adds a row; columns without a cell stay empty.
  package mutating func add(_ cells: [Cell]) { rows.append(cells) }

  /// The lines, each with its line break; nothing where there is no row.
  package func text(style: TextStyle) -> String {
    let sink = TextSink(style: style)
    LongTable.write(header, rows: rows.count, to: sink) { number, row in
      for cell in rows[number] { row.add(cell.text, dress: cell.dress) }
    }
    return sink.text
  }
}
