/// Rows of text in columns; the last column is not filled up, and columns that are empty in every
/// row are left out.
///
/// The cells lie one behind the other in one piece of memory, so that a hundred thousand rows take
/// no longer than reading them.
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

  private struct Place {
    var end: Int
    var width: Int
  }

  private let header: [String]
  private var bytes: [UInt8] = []
  /// Row by row, as many as there are columns.
  private var places: [Place] = []
  private var dresses: [Int: @Sendable (String) -> String] = [:]

  package init(_ header: [String]) { self.header = header }

  /// Adds a row; columns without a cell stay empty.
  package mutating func add(_ cells: [Cell]) {
    for cell in cells.prefix(header.count) {
      add(cell.text, dress: cell.dress)
    }
    endRow()
  }

  /// Adds a cell to the row that is being written.
  package mutating func add(_ text: String, dress: (@Sendable (String) -> String)? = nil) {
    if let dress { dresses[places.count] = dress }
    var text = text
    text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
  }

  /// Adds a cell of UTF-8 to the row that is being written.
  package mutating func add(_ text: UnsafeRawBufferPointer) {
    if text.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
      bytes.append(contentsOf: text)
      places.append(Place(end: bytes.count, width: text.count))
      return
    }
    let shown = TextLayout.harmless(String(decoding: text, as: UTF8.self))
      .split(separator: "\n").joined(separator: " ")
    bytes.append(contentsOf: shown.utf8)
    places.append(Place(end: bytes.count, width: TextLayout.width(of: shown)))
  }

  /// Ends the row that is being written.
  package mutating func endRow() {
    while places.count % header.count != 0 {
      places.append(Place(end: bytes.count, width: 0))
    }
  }

  /// The lines, each with its line break; nothing where there is no row.
  package func text(style: TextStyle) -> String {
    String(decoding: lines(style: style), as: UTF8.self)
  }

  /// The lines in UTF-8.
  package func lines(style: TextStyle) -> [UInt8] {
    guard !places.isEmpty else { return [] }
    var widths = [Int](repeating: 0, count: header.count)
    for row in 0..<(places.count / header.count) {
      for column in header.indices {
        widths[column] = max(widths[column], places[row * header.count + column].width)
      }
    }
    let shown = header.indices.filter { widths[$0] > 0 }
    for column in shown { widths[column] = max(widths[column], header[column].count) }
    let heading = shown.map { TextLayout.padded(header[$0], to: widths[$0]) }
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count + places.count * 8)
    output += style.dim(trimmedEnd(heading.joined(separator: "  "))).utf8
    output.append(0x0A)
    for row in 0..<(places.count / header.count) {
      append(row, shown, widths, to: &output)
    }
    return output
  }

  private func append(_ row: Int, _ shown: [Int], _ widths: [Int], to output: inout [UInt8]) {
    var missing = 0
    for column in shown {
      let cell = row * header.count + column
      let start = cell == 0 ? 0 : places[cell - 1].end
      let text = bytes[start..<places[cell].end]
      if column != shown.first { missing += 2 }
      if !text.isEmpty {
        for _ in 0..<missing { output.append(0x20) }
        missing = 0
        if let dress = dresses[cell] {
          output.append(contentsOf: dress(String(decoding: text, as: UTF8.self)).utf8)
        } else {
          output.append(contentsOf: text)
        }
      }
      missing += widths[column] - places[cell].width
    }
    output.append(0x0A)
  }

  private func trimmedEnd(_ line: String) -> String {
    var line = line[...]
    while line.last == " " { line.removeLast() }
    return String(line)
  }
}
