/// How pictures look, on light pages and on dark ones.
enum SVGStyle {
  static let text = (shared + light + ["@media (prefers-color-scheme:dark){"] + dark + ["}"])
    .joined(separator: "\n")

  private static let shared = [
    "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,"
      + "'DejaVu Sans',sans-serif;font-size:11.5px}",
    ".heading{font-size:20px;font-weight:700}",
    ".title{font-size:13.5px;font-weight:600}",
    ".condition{font-style:italic}",
    ".mark-text{font-size:12.5px;font-weight:600;text-anchor:middle}",
    ".way-text{text-anchor:middle}",
    ".failure-title{font-weight:600}",
    ".card{stroke-width:1.4}",
    ".inset{fill:none;stroke-width:1}",
    ".panel{stroke-width:1.2}",
    ".icon{fill:none;stroke-width:1.6;stroke-linecap:round;stroke-linejoin:round}",
    ".edge{fill:none;stroke-width:1.5}",
    ".skip{stroke-dasharray:6 4}",
    ".back{stroke-dasharray:2 4;stroke-linecap:round}",
    ".failure{stroke-dasharray:6 4}",
    ".failure-panel{stroke-width:1.2;stroke-dasharray:6 4}",
  ]

  private static let light =
    theme(
      page: "#ffffff", ink: "#1f2933", muted: "#52606d", edge: "#5b6470", mark: "#3d4852",
      onMark: "#ffffff", label: "#eceff2", failure: "#b3261e", failureFill: "#fdf4f3")
    + FlowPalette.looks.map { look, colors in rule(look, colors.fill, colors.stroke) }

  private static let dark =
    theme(
      page: "#12161b", ink: "#e6eaee", muted: "#aab4be", edge: "#8f9aa5", mark: "#cfd6dd",
      onMark: "#12161b", label: "#2a3138", failure: "#f2958d", failureFill: "#2b1715")
    + FlowPalette.looks.map { look, colors in rule(look, colors.darkFill, colors.darkStroke) }

  private static func theme(
    page: String, ink: String, muted: String, edge: String, mark: String, onMark: String,
    label: String, failure: String, failureFill: String
  ) -> [String] {
    [
      ".page{fill:\(page)}", ".heading,.title{fill:\(ink)}",
      ".people,.way-text{fill:\(ink)}", ".condition,.detail{fill:\(muted)}",
      ".edge{stroke:\(edge)}", ".arrow{fill:\(edge)}", ".mark{fill:\(mark)}",
      ".mark-text{fill:\(onMark)}", ".way-label{fill:\(label)}",
      ".failure{stroke:\(failure)}", ".failure-arrow,.failure-title,.trouble{fill:\(failure)}",
      ".failure-panel{fill:\(failureFill);stroke:\(failure)}",
    ]
  }

  private static func rule(
    _ look: FlowBlock.Look, _ fill: String, _ stroke: String
  ) -> String {
    let name = look.rawValue
    return ".\(name)>.card,.\(name)>.panel{fill:\(fill);stroke:\(stroke)}"
      + ".\(name)>.icon,.\(name)>.inset{stroke:\(stroke)}"
  }
}
