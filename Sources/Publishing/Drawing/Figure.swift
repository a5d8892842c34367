/// A part of a picture that knows its size, and how to draw itself at a place.
struct Figure {
  var width: Double
  var height: Double
  /// Where, from the left, lines come in at the top and leave at the bottom.
  var axis: Double
  /// The middles of the gaps between what stands one below the other, from the top.
  var gaps: [Double] = []
  let draw: (inout SVGCanvas, _ x: Double, _ y: Double) -> Void

  /// How far it reaches to the right of the axis.
  var right: Double { width - axis }

  static func empty(width: Double, height: Double) -> Figure {
    Figure(width: width, height: height, axis: width / 2) { canvas, x, y in
      canvas.line("edge", [(x + width / 2, y), (x + width / 2, y + height)])
    }
  }
}

/// The measures of pictures, in points.
enum Measure {
  static let box = 288.0
  static let padding = 14.0
  static let textLeft = 42.0
  static let titleSize = 13.5
  static let noteSize = 11.5
  static let titleLine = 18.0
  static let noteLine = 16.0
  static let gap = 30.0
  static let columnGap = 28.0
  static let framePadding = 20.0
  static let lane = 18.0
  static let failureGap = 46.0
}
