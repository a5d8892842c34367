/// A picture of a workflow, and how it comes onto paper.
struct FlowPicture {
  /// An SVG.
  let text: String
  /// In pixels of CSS, as everything here.
  let width: Double
  let height: Double
  /// How far from the top it can be cut: between its uppermost parts.
  let cuts: [Double]

  /// A sheet of A4 within the margins of a printed procedure.
  private static let sheet = (width: 178.0 / 25.4 * 96, height: 240.0 / 25.4 * 96)
  /// Smaller letters are not read without a magnifying glass: 5 points.
  private static let smallestLetter = 5.0 / 72 * 96

  /// How it comes onto paper.
  struct Print {
    /// The size of a pixel.
    let scale: Double
    /// The pieces from top to bottom, each on a sheet of its own.
    let pieces: [(top: Double, bottom: Double)]
  }

  /// Cut into as few sheets as can be; nil where its letters could not be read, or a part is larger
  /// than a sheet.
  var print: Print? {
    let scale = min(1, Self.sheet.width / width)
    guard Measure.noteSize * scale >= Self.smallestLetter else { return nil }
    let whole = Self.sheet.height / height
    if whole >= scale || Measure.noteSize * whole >= Self.smallestLetter {
      return Print(scale: min(scale, whole), pieces: [(0, height)])
    }
    let room = Self.sheet.height / scale
    var pieces: [(top: Double, bottom: Double)] = []
    var top = 0.0
    while height - top > room {
      guard let cut = cuts.last(where: { $0 > top && $0 - top <= room }) else { return nil }
      pieces.append((top, cut))
      top = cut
    }
    return Print(scale: scale, pieces: pieces + [(top, height)])
  }
}
