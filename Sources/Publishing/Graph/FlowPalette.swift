/// The colours of pictures: quiet surfaces, a clear edge, the same for each kind of step.
enum FlowPalette {
  struct Colors {
    let fill: String
    let stroke: String
    /// The same on a dark page.
    let darkFill: String
    let darkStroke: String
  }

  static let ink = "#1f2933"
  static let mark = "#3d4852"
  static let failure = "#b3261e"

  static let looks: [(FlowBlock.Look, Colors)] = [
    (
      .action,
      Colors(fill: "#eef4fb", stroke: "#3b76b5", darkFill: "#16273a", darkStroke: "#6aa5e0")
    ),
    (.ask, Colors(fill: "#fdf3e1", stroke: "#b7791f", darkFill: "#382a12", darkStroke: "#e0ab54")),
    (
      .approve,
      Colors(fill: "#fdebe4", stroke: "#bc5a34", darkFill: "#3a2118", darkStroke: "#e88e69")
    ),
    (.wait, Colors(fill: "#f3effb", stroke: "#7857b5", darkFill: "#291f3d", darkStroke: "#ad90e6")),
    (.set, Colors(fill: "#f3f4f6", stroke: "#7b8794", darkFill: "#242a31", darkStroke: "#9aa5b1")),
    (
      .section,
      Colors(fill: "#f8f9fb", stroke: "#9aa5b1", darkFill: "#1a1f26", darkStroke: "#66717d")
    ),
    (
      .parallel,
      Colors(fill: "#f8f9fb", stroke: "#9aa5b1", darkFill: "#1a1f26", darkStroke: "#66717d")
    ),
    (.loop, Colors(fill: "#eff7f4", stroke: "#3a8a70", darkFill: "#152822", darkStroke: "#62b79b")),
    (
      .choice,
      Colors(fill: "#f8f9fb", stroke: "#52606d", darkFill: "#1f252d", darkStroke: "#9aa5b1")
    ),
    (
      .workflow,
      Colors(fill: "#eaf5f8", stroke: "#2b7f95", darkFill: "#12292f", darkStroke: "#5bb4cb")
    ),
    (.jump, Colors(fill: "#ffffff", stroke: "#7b8794", darkFill: "#1a1f26", darkStroke: "#9aa5b1")),
    (
      .finish,
      Colors(fill: "#edf0f2", stroke: "#3d4852", darkFill: "#2a3138", darkStroke: "#c3ccd5")
    ),
  ]

  static func colors(of look: FlowBlock.Look) -> Colors? {
    looks.first { $0.0 == look }?.1
  }
}
