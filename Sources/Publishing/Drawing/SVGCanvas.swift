/// Collects the elements of a picture, at whole and half points.
struct SVGCanvas {
  private(set) var elements: [String] = []

  mutating func add(_ element: String) { elements.append(element) }

  /// What follows until the closing belongs to a step.
  mutating func open(_ className: String, tooltip: String) {
    add("<g class=\"\(className)\"><title>\(Self.escaped(tooltip))</title>")
  }

  mutating func close() { add("</g>") }

  mutating func rectangle(
    _ className: String, _ x: Double, _ y: Double, _ width: Double, _ height: Double,
    radius: Double
  ) {
    add(
      "<rect class=\"\(className)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" "
        + "width=\"\(Self.number(width))\" height=\"\(Self.number(height))\" "
        + "rx=\"\(Self.number(radius))\"/>")
  }

  mutating func text(_ className: String, _ text: String, _ x: Double, _ y: Double) {
    add(
      "<text class=\"\(className)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\">"
        + "\(Self.escaped(text))</text>")
  }

  /// A line through points, with rounded corners, and an arrow at its end where wanted.
  mutating func line(
    _ className: String, _ points: [(Double, Double)], arrow: String? = nil
  ) {
    guard let first = points.first, let last = points.last else { return }
    var path = "M\(Self.point(first))"
    for index in points.indices.dropFirst().dropLast() {
      let corner = Corner(points[index - 1], points[index], points[index + 1])
      path += "L\(Self.point(corner.start))Q\(Self.point(points[index])) \(Self.point(corner.end))"
    }
    path += "L\(Self.point(last))"
    let marker = arrow.map { " marker-end=\"url(#\($0))\"" } ?? ""
    add("<path class=\"\(className)\" d=\"\(path)\"\(marker)/>")
  }

  /// An icon of 18 by 18 points.
  mutating func icon(_ look: FlowBlock.Look, _ x: Double, _ y: Double) {
    add(
      "<path class=\"icon\" transform=\"translate(\(Self.number(x)) \(Self.number(y)))\" "
        + "d=\"\(Self.icons[look] ?? "")\"/>")
  }

  /// Where the rounding of a corner begins and ends.
  private struct Corner {
    let start: (Double, Double)
    let end: (Double, Double)

    init(_ before: (Double, Double), _ corner: (Double, Double), _ after: (Double, Double)) {
      start = Self.toward(before, from: corner)
      end = Self.toward(after, from: corner)
    }

    /// Eight points away from the corner, or half the way where that is less.
    private static func toward(
      _ other: (Double, Double), from corner: (Double, Double)
    ) -> (Double, Double) {
      let dx = other.0 - corner.0
      let dy = other.1 - corner.1
      let length = max(abs(dx), abs(dy))
      guard length > 0 else { return corner }
      let share = min(8, length / 2) / length
      return (corner.0 + dx * share, corner.1 + dy * share)
    }
  }

  private static func point(_ point: (Double, Double)) -> String {
    "\(number(point.0)) \(number(point.1))"
  }

  /// A coordinate with at most one digit behind the point.
  static func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? String(tenths / 10) : "\(Double(tenths) / 10)"
  }

  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      // What XML 1.0 has no place for.
      case "\u{0}"..."\u{8}", "\u{B}", "\u{C}", "\u{E}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}":
        result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static let icons: [FlowBlock.Look: String] = [
    .action: "M9 5.5a3.5 3.5 0 1 0 0 7a3.5 3.5 0 0 0 0-7M9 1.5v2.2M9 14.3v2.2M1.5 9h2.2M14.3 9h2.2"
      + "M3.7 3.7l1.6 1.6M12.7 12.7l1.6 1.6M3.7 14.3l1.6-1.6M12.7 5.3l1.6-1.6",
    .ask: "M9 9.2a3.2 3.2 0 1 0 0-6.4a3.2 3.2 0 0 0 0 6.4M2.8 16c0-3.4 2.8-5 6.2-5s6.2 1.6 6.2 5",
    .approve: "M9 1.8l6 2.2v4.6c0 3.8-2.6 6.4-6 7.6c-3.4-1.2-6-3.8-6-7.6V4zM6 8.8l2.2 2.2l4-4.2",
    .wait: "M9 1.8a7.2 7.2 0 1 0 0 14.4a7.2 7.2 0 0 0 0-14.4M9 4.8V9l3 2",
    .set: "M3 6.5h12M3 11.5h12",
    .section: "M5.5 4.5h10M5.5 9h10M5.5 13.5h10M2.3 4.5h.4M2.3 9h.4M2.3 13.5h.4",
    .parallel: "M4.5 2.5v13M9 2.5v13M13.5 2.5v13",
    .loop: "M15 9a6 6 0 1 1-1.8-4.3M13.6 1.8v3.2h-3.2",
    .choice: "M9 1.8L16.2 9L9 16.2L1.8 9z",
    .workflow: "M4 2h7l3.5 3.5V16H4zM11 2v3.5h3.5",
    .jump: "M3 9h11M10 5l4 4l-4 4",
    .finish: "M4 4h10v10H4z",
  ]
}
