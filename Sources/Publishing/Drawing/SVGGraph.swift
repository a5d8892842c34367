package import Workflows

/// A workflow as a picture: drawn by ourselves, the same on every machine, for light and dark pages.
package enum SVGGraph {
  private static let margin = 28.0

  package static func text(of workflow: Workflow) -> String { picture(of: workflow).text }

  static func picture(of workflow: Workflow) -> FlowPicture {
    let outline = FlowOutline(workflow)
    let parts = self.parts(outline)
    let figure = column(parts)
    var canvas = SVGCanvas()
    let titleLines = TextMeasure.lines(
      outline.title, width: max(figure.width, Measure.box), size: 20, .bold)
    let top = margin + Double(titleLines.count) * 26 + 14
    figure.draw(&canvas, margin, top)
    for (index, line) in titleLines.enumerated() {
      canvas.text("heading", line, margin, margin + 18 + Double(index) * 26)
    }
    let titleWidth = titleLines.map { TextMeasure.width($0, size: 20, .bold) }.max() ?? 0
    let width = max(figure.width, titleWidth) + 2 * margin
    let height = top + figure.height + margin
    return FlowPicture(
      text: document(outline, canvas, width, height), width: width, height: height,
      cuts: cuts(parts, top: top))
  }

  /// A part of the picture, and whether the next one is reached from it.
  private typealias Part = (figure: Figure, leadsOn: Bool)

  /// What stands one below the other, from the start to the end.
  private static func parts(_ outline: FlowOutline) -> [Part] {
    let layout = FlowLayout()
    let start = mark(outline.starts.isEmpty ? ["Start"] : outline.starts)
    var parts: [Part] = [(start, true), (layout.stack(outline.main), outline.main.leadsOn)]
    if !outline.finally.blocks.isEmpty {
      let block = FlowBlock(
        id: "", look: .section, title: "At the end, whatever the outcome", lists: [outline.finally])
      parts[1].leadsOn = true
      parts.append((layout.figure(block), true))
    }
    return parts + [(mark(["Done"]), false)]
  }

  private static func column(_ parts: [Part]) -> Figure {
    let axis = parts.map(\.figure.axis).max() ?? 0
    let width = axis + (parts.map(\.figure.right).max() ?? 0)
    let height =
      parts.reduce(0) { $0 + $1.figure.height } + Double(parts.count - 1) * Measure.gap
    return Figure(width: width, height: height, axis: axis) { canvas, x, y in
      var top = y
      for (index, part) in parts.enumerated() {
        if index > 0, parts[index - 1].leadsOn {
          canvas.line(
            "edge", [(x + axis, top - Measure.gap), (x + axis, top - 2)], arrow: "arrow")
        }
        part.figure.draw(&canvas, x + axis - part.figure.axis, top)
        top += part.figure.height + Measure.gap
      }
    }
  }

  /// The middles of the gaps between the parts, and between those of which a part consists.
  private static func cuts(_ parts: [Part], top: Double) -> [Double] {
    var cuts: [Double] = []
    var y = top
    for part in parts {
      cuts += part.figure.gaps.map { y + $0 }
      y += part.figure.height + Measure.gap
      cuts.append(y - Measure.gap / 2)
    }
    return cuts.dropLast()
  }

  /// Where the procedure begins, and where it ends.
  private static func mark(_ lines: [String]) -> Figure {
    let widest = lines.map { TextMeasure.width($0, size: 12.5, .bold) }.max() ?? 0
    let width = max(widest + 36, 92)
    let height = Double(lines.count) * 18 + 14
    return Figure(width: width, height: height, axis: width / 2) { canvas, x, y in
      canvas.rectangle("mark", x, y, width, height, radius: 16)
      for (index, line) in lines.enumerated() {
        canvas.text("mark-text", line, x + width / 2, y + 20 + Double(index) * 18)
      }
    }
  }

  private static func document(
    _ outline: FlowOutline, _ canvas: SVGCanvas, _ width: Double, _ height: Double
  ) -> String {
    let size = "\(SVGCanvas.number(width)) \(SVGCanvas.number(height))"
    let lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(size)\" "
        + "width=\"\(SVGCanvas.number(width))\" height=\"\(SVGCanvas.number(height))\" role=\"img\" "
        + "aria-labelledby=\"graph-title graph-description\">",
      "<title id=\"graph-title\">\(SVGCanvas.escaped(outline.title))</title>",
      "<desc id=\"graph-description\">\(SVGCanvas.escaped(outline.summary))</desc>",
      "<style>\(SVGStyle.text)</style>",
      "<defs>\(marker("arrow"))\(marker("failure-arrow"))</defs>",
      "<rect class=\"page\" width=\"100%\" height=\"100%\"/>",
    ]
    return (lines + canvas.elements + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  private static func marker(_ name: String) -> String {
    "<marker id=\"\(name)\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" "
      + "markerHeight=\"7\" orient=\"auto-start-reverse\">"
      + "<path class=\"\(name)\" d=\"M0 0.5L10 5L0 9.5z\"/></marker>"
  }
}
