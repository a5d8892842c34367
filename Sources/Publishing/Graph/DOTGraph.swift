package import Workflows

/// A workflow in the language of Graphviz.
package enum DOTGraph {
  package static func text(of workflow: Workflow) -> String {
    let outline = FlowOutline(workflow)
    let graph = FlowGraph(outline)
    var lines = [
      "digraph \(quoted(workflow.id)) {",
      "  graph [label=\(quoted(outline.title)), labelloc=t, fontname=\"sans-serif\", fontsize=18, "
        + "rankdir=TB, compound=true, nodesep=0.4, ranksep=0.4];",
      "  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\", fontsize=12, "
        + "margin=\"0.18,0.09\"];",
      "  edge [fontname=\"sans-serif\", fontsize=10, color=\"#5b6470\"];",
    ]
    for content in graph.content { write(content, "  ", &lines) }
    for edge in graph.edges { lines.append("  \(self.edge(edge))") }
    return lines.joined(separator: "\n") + "\n}\n"
  }

  private static func write(
    _ content: FlowGraph.Content, _ indent: String, _ lines: inout [String]
  ) {
    switch content {
    case .node(let node): lines.append(indent + self.node(node))
    case .frame(let frame):
      lines.append("\(indent)subgraph \(quoted("cluster_" + frame.name)) {")
      lines.append(
        "\(indent)  label=\(quoted(frame.isNamedInside ? "" : frame.title)); style=\"rounded,dashed\"; color=\"#9aa3ad\"; "
          + "fontname=\"sans-serif\"; fontsize=11;")
      for inner in frame.content { write(inner, indent + "  ", &lines) }
      lines.append("\(indent)}")
    }
  }

  private static func node(_ node: FlowGraph.Node) -> String {
    let lines = ([node.title] + node.notes.map(\.text)).flatMap { Self.wrapped($0) }
    var attributes = ["label=\(quoted(lines.joined(separator: "\n")))"]
    if let look = node.look, let colors = FlowPalette.colors(of: look) {
      attributes += ["fillcolor=\"\(colors.fill)\"", "color=\"\(colors.stroke)\""]
      attributes += shape(look)
    } else {
      attributes += [
        "fillcolor=\"\(FlowPalette.mark)\"", "color=\"\(FlowPalette.mark)\"", "fontcolor=white",
      ]
    }
    return "\(quoted(node.name)) [\(attributes.joined(separator: ", "))];"
  }

  private static func shape(_ look: FlowBlock.Look) -> [String] {
    switch look {
    case .ask: ["shape=note", "style=filled"]
    case .approve: ["shape=octagon", "style=filled"]
    case .choice: ["shape=hexagon", "style=filled"]
    case .workflow: ["peripheries=2"]
    default: []
    }
  }

  private static func edge(_ edge: FlowGraph.Edge) -> String {
    var attributes: [String] = []
    if let label = edge.label {
      attributes.append("label=\(quoted(wrapped(label).joined(separator: "\n")))")
    }
    switch edge.kind {
    case .normal: break
    case .jump: attributes.append("style=dashed")
    case .failure: attributes += ["style=dashed", "color=\"\(FlowPalette.failure)\""]
    case .back: attributes += ["style=dotted", "constraint=false"]
    }
    let suffix = attributes.isEmpty ? "" : " [\(attributes.joined(separator: ", "))]"
    return "\(quoted(edge.from)) -> \(quoted(edge.to))\(suffix);"
  }

  /// Lines of about forty characters.
  private static func wrapped(_ text: String) -> [String] {
    var lines: [String] = []
    for word in text.split(whereSeparator: \.isWhitespace) {
      if let last = lines.last, last.count + word.count < 40 {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }

  /// A text in quotes; a line break is one in the label.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\n", "\r": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
