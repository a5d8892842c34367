import Workflows

/// The picture as nodes, frames and arrows, for programs that lay them out themselves.
struct FlowGraph {
  struct Node {
    let name: String
    let look: FlowBlock.Look?
    let title: String
    let notes: [FlowBlock.Note]
  }

  /// A frame around nodes and other frames.
  struct Frame {
    let name: String
    let look: FlowBlock.Look?
    let title: String
    let notes: [FlowBlock.Note]
    var content: [Content]

    /// Whether its first node bears its name already.
    var isNamedInside: Bool {
      if case .node(let head)? = content.first { head.title == title } else { false }
    }
  }

  enum Content {
    case node(Node)
    case frame(Frame)
  }

  struct Edge {
    enum Kind { case normal, jump, failure, back }
    let from: String
    let to: String
    let label: String?
    let kind: Kind
  }

  /// What waits for the next node: where it comes from, and what stands beside the arrow.
  private typealias Open = (from: String, label: String?, kind: Edge.Kind)

  private(set) var content: [Content] = []
  private(set) var edges: [Edge] = []

  init(_ outline: FlowOutline) {
    var content: [Content] = []
    content.append(
      .node(Node(name: "start", look: nil, title: outline.starts.first ?? "Start", notes: [])))
    var open: [Open] = [("start", nil, .normal)]
    for (index, start) in outline.starts.dropFirst().enumerated() {
      content.append(.node(Node(name: "start\(index + 2)", look: nil, title: start, notes: [])))
      open.append(("start\(index + 2)", nil, .normal))
    }
    open = add(outline.main.blocks, to: &content, from: open)
    if !outline.finally.blocks.isEmpty {
      var frame = Frame(
        name: "finally", look: .section, title: "At the end, whatever the outcome", notes: [],
        content: [])
      open = add(outline.finally.blocks, to: &frame.content, from: open)
      content.append(.frame(frame))
    }
    content.append(.node(Node(name: "done", look: nil, title: "Done", notes: [])))
    connect(open, to: "done")
    self.content = content
  }

  private mutating func connect(_ open: [Open], to name: String) {
    for end in open {
      edges.append(Edge(from: end.from, to: name, label: end.label, kind: end.kind))
    }
  }

  /// Adds blocks one after the other and gives what is left open behind the last.
  private mutating func add(
    _ blocks: [FlowBlock], to content: inout [Content], from open: [Open]
  ) -> [Open] {
    var open = open
    for block in blocks {
      open = add(block, to: &content, from: open)
      if block.look == .jump, let target = block.target {
        edges.append(
          Edge(from: Self.name(block), to: "step_\(target)", label: nil, kind: .jump))
      }
    }
    return open
  }

  private mutating func add(
    _ block: FlowBlock, to content: inout [Content], from open: [Open]
  ) -> [Open] {
    let name = Self.name(block)
    let ends: [Open]
    switch block.look {
    case .section, .loop, .parallel:
      ends = addFrame(block, to: &content, from: open)
    case .choice:
      content.append(.node(Node(block)))
      connect(open, to: name)
      ends = block.lists.flatMap { list in
        add(list.blocks, to: &content, from: [(name, list.label, .normal)])
      }
    default:
      content.append(.node(Node(block)))
      connect(open, to: name)
      ends = block.leadsOn ? [(name, nil, .normal)] : []
    }
    return ends + addFailures(of: block, to: &content)
  }

  /// A frame starts with a node that bears its name, so that arrows have somewhere to lead to.
  private mutating func addFrame(
    _ block: FlowBlock, to content: inout [Content], from open: [Open]
  ) -> [Open] {
    let name = Self.name(block)
    var frame = Frame(
      name: "frame_\(block.id)", look: block.look, title: block.title, notes: [], content: [])
    frame.content.append(.node(Node(block)))
    connect(open, to: name)
    var ends: [Open] = []
    for list in block.lists {
      ends += add(list.blocks, to: &frame.content, from: [(name, list.label, .normal)])
    }
    if block.look == .loop {
      for end in ends {
        edges.append(Edge(from: end.from, to: name, label: "next", kind: .back))
      }
    }
    content.append(.frame(frame))
    return ends
  }

  private mutating func addFailures(
    of block: FlowBlock, to content: inout [Content]
  ) -> [Open] {
    var ends: [Open] = []
    for (index, failure) in block.failures.enumerated() {
      let name = "failure_\(block.id)_\(index + 1)"
      var frame = Frame(
        name: "frame_\(name)", look: nil, title: failure.label ?? "", notes: [], content: [])
      let open: [Open] = [(Self.name(block), failure.label, .failure)]
      let left = add(failure.blocks, to: &frame.content, from: open)
      let ending = failure.ending ?? ""
      frame.content.append(.node(Node(name: name, look: nil, title: ending, notes: [])))
      connect(left, to: name)
      content.append(.frame(frame))
      if ending == RecoveryBranch.Continuation.retry.ending {
        edges.append(Edge(from: name, to: Self.name(block), label: nil, kind: .failure))
      } else if ending == RecoveryBranch.Continuation.continue.ending {
        ends.append((name, nil, .failure))
      }
    }
    return ends
  }

  private static func name(_ block: FlowBlock) -> String { "step_\(block.id)" }
}

extension FlowGraph.Node {
  fileprivate init(_ block: FlowBlock) {
    name = "step_\(block.id)"
    look = block.look
    title = block.title
    notes = block.notes
  }
}
