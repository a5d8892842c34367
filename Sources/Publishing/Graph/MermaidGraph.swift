package import Workflows

/// A workflow as a Mermaid flowchart.
package enum MermaidGraph {
  package static func text(of workflow: Workflow) -> String {
    let outline = FlowOutline(workflow)
    let graph = FlowGraph(outline)
    var lines = ["---", "title: \(quoted(outline.title))", "---", "flowchart TD"]
    lines += [
      "  accTitle: \(described(outline.title))", "  accDescr: \(described(outline.summary))",
    ]
    for content in graph.content { write(content, "  ", &lines) }
    for edge in graph.edges { lines.append("  \(self.edge(edge))") }
    lines += classes.map { "  classDef \($0.name) \($0.style);" }
    lines += graph.content.flatMap(frames).map { "  class \($0.name) \(frameClass($0));" }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func write(
    _ content: FlowGraph.Content, _ indent: String, _ lines: inout [String]
  ) {
    switch content {
    case .node(let node): lines.append(indent + self.node(node))
    case .frame(let frame):
      // Mermaid needs a title; without one it would show the frame's name.
      let title = frame.isNamedInside ? " " : escaped(frame.title)
      lines.append("\(indent)subgraph \(frame.name)[\"\(title)\"]")
      lines.append("\(indent)  direction TB")
      for inner in frame.content { write(inner, indent + "  ", &lines) }
      lines.append("\(indent)end")
    }
  }

  private static func frames(_ content: FlowGraph.Content) -> [FlowGraph.Frame] {
    guard case .frame(let frame) = content else { return [] }
    return [frame] + frame.content.flatMap(frames)
  }

  private static func frameClass(_ frame: FlowGraph.Frame) -> String {
    frame.look == nil ? "trouble" : "frame"
  }

  private static func node(_ node: FlowGraph.Node) -> String {
    let notes = node.notes.map { "<i>\(escaped($0.text))</i>" }
    let label = ([escaped(node.title)] + notes).joined(separator: "<br/>")
    let (open, close) = shape(node.look)
    return "\(node.name)\(open)\"\(label)\"\(close):::\(node.look?.rawValue ?? "mark")"
  }

  private static func shape(_ look: FlowBlock.Look?) -> (String, String) {
    switch look {
    case .ask: ("[/", "/]")
    case .approve, .choice: ("{{", "}}")
    case .wait: ("([", "])")
    case .workflow: ("[[", "]]")
    case .finish, nil: ("([", "])")
    case .jump: ("(", ")")
    case .action, .set, .section, .parallel, .loop: ("[", "]")
    }
  }

  private static func edge(_ edge: FlowGraph.Edge) -> String {
    let arrow = edge.kind == .normal ? "-->" : "-.->"
    let label = edge.label.map { "|\"\(escaped($0))\"|" } ?? ""
    return "\(edge.from) \(arrow)\(label) \(edge.to)"
  }

  /// Characters that Mermaid, or the HTML it makes, would take for something else.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in oneLine(text).unicodeScalars {
      switch scalar {
      case "\"": result += "#quot;"
      case "#": result += "#35;"
      case "&": result += "#amp;"
      case "<": result += "#lt;"
      case ">": result += "#gt;"
      case "`": result += "#96;"
      case "\\": result += "#92;"
      case "*": result += "#42;"
      case "_": result += "#95;"
      case ";": result += "#59;"
      case "{": result += "#123;"
      case "}": result += "#125;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A line that Mermaid takes as it is: what would mean something is put into other characters.
  private static func described(_ text: String) -> String {
    let substitutes: [Character: Character] = [
      "<": "‹", ">": "›", "{": "(", "}": ")", ";": ",", "#": "№",
    ]
    let line = oneLine(text).replacing("%%", with: "%")
    return String(line.map { substitutes[$0] ?? $0 })
  }

  /// A text of YAML in double quotes.
  private static func quoted(_ text: String) -> String {
    let escaped = oneLine(text).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return "\"\(escaped)\""
  }

  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  private static let classes: [(name: String, style: String)] =
    FlowPalette.looks.map { look, colors in
      (look.rawValue, "fill:\(colors.fill),stroke:\(colors.stroke),color:\(FlowPalette.ink)")
    } + [
      ("mark", "fill:\(FlowPalette.mark),stroke:\(FlowPalette.mark),color:#ffffff"),
      ("frame", "fill:#fcfcfd,stroke:#9aa5b1,color:\(FlowPalette.ink)"),
      ("trouble", "fill:#fdf4f3,stroke:#b3261e,stroke-dasharray:6 4,color:#b3261e"),
    ]
}
