/// A source line as a terminal shows it: tabs expanded, too long a line cut around the mark.
struct SnippetLine {
  private static let tabWidth = 4
  private static let ellipsis = "..."

  private(set) var text = ""
  /// The column, from 0, at which the mark starts.
  private(set) var markStart = 0
  /// How many columns are marked; at least one.
  private(set) var markWidth = 1

  /// - Parameters:
  ///   - bytes: the line without its break.
  ///   - mark: byte offsets into the line; what lies outside it is cut off.
  ///   - width: the columns there are.
  init(bytes: ArraySlice<UInt8>, mark: Range<Int>, width: Int) {
    var cells = Self.cells(of: bytes)
    let start = cells.first { $0.offset >= mark.lowerBound }?.column ?? cells.total
    let end = cells.first { $0.offset >= mark.upperBound }?.column ?? cells.total
    markStart = mark.lowerBound <= 0 ? cells.firstInk : start
    markWidth = max(1, end - markStart)
    if cells.total > width { cut(&cells, to: width) }
    text = cells.text
    while text.last == " " { text.removeLast() }
  }

  /// Keeps the columns around the mark; carets that would leave the window are dropped.
  private mutating func cut(_ cells: inout Cells, to width: Int) {
    let room = width - 2 * Self.ellipsis.count
    let first = max(0, min(markStart - room / 3, cells.total - room))
    let left = first > 0 ? Self.ellipsis : ""
    let right = first + room < cells.total ? Self.ellipsis : ""
    let window = cells.keeping(first..<first + room)
    let shift = (window.first?.column ?? 0) - left.count
    markStart = max(0, markStart - shift)
    markWidth = max(1, min(markWidth, width - markStart))
    cells = Cells(
      [Cell(text: left, offset: 0, column: 0, width: left.count)] + window
        + [Cell(text: right, offset: 0, column: 0, width: right.count)])
  }

  private static func cells(of bytes: ArraySlice<UInt8>) -> Cells {
    var cells: [Cell] = []
    var column = 0
    var offset = 0
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      let width = scalar == "\t" ? tabWidth - column % tabWidth : displayWidth(of: scalar)
      let shown =
        scalar == "\t"
        ? String(repeating: " ", count: width) : isHarmless(scalar) ? String(scalar) : "\u{FFFD}"
      cells.append(Cell(text: shown, offset: offset, column: column, width: width))
      column += width
      offset += UTF8.width(scalar)
    }
    return Cells(cells)
  }
}

private struct Cell {
  let text: String
  let offset: Int
  let column: Int
  let width: Int
}

private struct Cells {
  private let cells: [Cell]
  let total: Int

  init(_ cells: [Cell]) {
    self.cells = cells
    total = cells.reduce(0) { $0 + $1.width }
  }

  var text: String { cells.map(\.text).joined() }
  /// The column of the first character that is not a space.
  var firstInk: Int { cells.first { $0.text.contains { $0 != " " } }?.column ?? 0 }

  func first(where matches: (Cell) -> Bool) -> Cell? { cells.first(where: matches) }

  func keeping(_ columns: Range<Int>) -> [Cell] {
    cells.filter { $0.column >= columns.lowerBound && $0.column + $0.width <= columns.upperBound }
  }
}

extension UTF8 {
  fileprivate static func width(_ scalar: Unicode.Scalar) -> Int {
    scalar.value < 0x80 ? 1 : scalar.value < 0x800 ? 2 : scalar.value < 0x10000 ? 3 : 4
  }
}

/// The columns a character takes in a terminal: 0 for combining ones, 2 for East Asian wide ones.
private func displayWidth(of scalar: Unicode.Scalar) -> Int {
  if scalar.value < 0x300 { return 1 }
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark: return 0
  case .format: return isHarmless(scalar) ? 0 : 1
  default: break
  }
  switch scalar.value {
  case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
    0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF,
    0x1F900...0x1F9FF, 0x20000...0x3FFFD:
    return 2
  default: return 1
  }
}
