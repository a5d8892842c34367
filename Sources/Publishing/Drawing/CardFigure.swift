/// A card: icon, title, and the notes under it.
struct CardFigure {
  private struct Line {
    let text: String
    let className: String
  }

  let look: FlowBlock.Look
  let width: Double
  private let titles: [String]
  private let notes: [Line]
  private let tooltip: String

  init(_ block: FlowBlock, width: Double = Measure.box) {
    look = block.look
    self.width = width
    let room = width - Measure.textLeft - Measure.padding
    titles = TextMeasure.lines(block.title, width: room, size: Measure.titleSize, .bold)
    notes = block.notes.flatMap { note in
      TextMeasure.lines(note.text, width: room, size: Measure.noteSize).map {
        Line(text: $0, className: Self.className(note.kind))
      }
    }
    tooltip = ([block.title] + block.notes.map(\.text)).joined(separator: "\n")
  }

  var height: Double {
    let titleHeight = Double(max(titles.count, 1)) * Measure.titleLine
    return titleHeight + Double(notes.count) * Measure.noteLine + 22
  }

  /// The card with its surface.
  var figure: Figure {
    Figure(width: width, height: height, axis: width / 2) { canvas, x, y in
      canvas.open("step \(look.rawValue)", tooltip: tooltip)
      let radius = look == .jump || look == .finish ? 20.0 : 8.0
      canvas.rectangle("card", x, y, width, height, radius: radius)
      if look == .workflow {
        canvas.rectangle("inset", x + 4, y + 4, width - 8, height - 8, radius: 5)
      }
      content(&canvas, x, y)
      canvas.close()
    }
  }

  /// Icon and texts alone, as the head of a frame.
  func content(_ canvas: inout SVGCanvas, _ x: Double, _ y: Double) {
    canvas.icon(look, x + Measure.padding, y + 11)
    var baseline = y + 25
    for title in titles {
      canvas.text("title", title, x + Measure.textLeft, baseline)
      baseline += Measure.titleLine
    }
    baseline -= 1
    for note in notes {
      canvas.text(note.className, note.text, x + Measure.textLeft, baseline)
      baseline += Measure.noteLine
    }
  }

  private static func className(_ kind: FlowBlock.Note.Kind) -> String {
    switch kind {
    case .people: "people"
    case .condition: "condition"
    case .detail: "detail"
    case .failure: "trouble"
    }
  }
}
