/// Writes a layout in the canonical form: two spaces a level, a list farther in than its key, short
/// flow collections on one line, the language's order of keys.
struct LayoutWriter {
  /// How long a line with a flow collection may be.
  static let lineLimit = 120

  private struct Line {
    var text: String
    var remark: String?
    /// A line of a block scalar is never touched.
    var isContent = false
  }

  private var lines: [Line] = []
  /// An anchor has to stay before its aliases.
  private let mayReorder: Bool

  static func text(of document: LayoutDocument) -> String {
    var writer = LayoutWriter(mayReorder: !document.hasAnchors)
    for directive in document.directives { writer.lines.append(Line(text: directive)) }
    if !document.directives.isEmpty { writer.lines.append(Line(text: "---")) }
    writer.write(document.heading, 0)
    writer.root(document.root)
    writer.write(document.closing, 0)
    return writer.text
  }

  private init(mayReorder: Bool) { self.mayReorder = mayReorder }

  private mutating func root(_ node: LayoutNode) {
    switch node.content {
    case .mapping(let members, let closing, let isFlow):
      let shape = mayReorder ? LanguageShape(topKeys: members.map(\.name)) : .anything
      if isFlow, let text = FlowLine.text(of: node, shape), fits(text, 0), shape == .anything {
        lines.append(Line(text: text, remark: node.remark))
      } else {
        if !node.properties.isEmpty { lines.append(Line(text: node.properties)) }
        mapping(members, closing, 0, shape, dash: "")
        note(node.remark, 0)
      }
    case .sequence(let items, let closing, _):
      if let text = FlowLine.text(of: node, .anything), fits(text, 0) {
        lines.append(Line(text: text, remark: node.remark))
      } else {
        if !node.properties.isEmpty { lines.append(Line(text: node.properties)) }
        sequence(items, closing, 0, .anything, dash: "")
        note(node.remark, 0)
      }
    default: self.value(node, after: "", indent: -2, .anything)
    }
  }

  // MARK: values

  /// Writes a value behind a key or a dash.
  ///
  /// - Parameters:
  ///   - start: What stands before it on its line.
  ///   - indent: The column of the map or list it stands in.
  private mutating func value(
    _ node: LayoutNode, after start: String, remark: String? = nil, indent: Int,
    _ shape: LanguageShape
  ) {
    let lead = join(start, node.properties)
    switch node.content {
    case .empty: lines.append(Line(text: lead, remark: node.remark ?? remark))
    case .inline(let text): lines.append(Line(text: join(lead, text), remark: node.remark))
    case .folded(let texts):
      for (position, text) in texts.enumerated() {
        let margin = text.isEmpty ? "" : String(repeating: " ", count: indent + 2)
        let line = position == 0 ? join(lead, text) : margin + text
        lines.append(Line(text: line, isContent: position < texts.count - 1))
      }
      lines[lines.count - 1].remark = node.remark
    case .block(let block):
      lines.append(Line(text: join(lead, block.header), remark: block.remark))
      let margin = String(repeating: " ", count: indent + 2)
      lines += block.lines.map { Line(text: $0.isEmpty ? "" : margin + $0, isContent: true) }
    case .sequence, .mapping:
      collection(node, lead, remark: remark, indent: indent, shape)
    }
  }

  private mutating func collection(
    _ node: LayoutNode, _ lead: String, remark: String?, indent: Int, _ shape: LanguageShape
  ) {
    var bare = node
    bare.properties = ""
    if let text = FlowLine.text(of: bare, shape), fits(lead, text.count + 1) {
      lines.append(Line(text: join(lead, text), remark: node.remark ?? remark))
      return
    }
    lines.append(Line(text: lead, remark: remark))
    switch node.content {
    case .mapping(let members, let closing, _):
      mapping(members, closing, indent + 2, shape, dash: "")
    case .sequence(let items, let closing, _):
      sequence(items, closing, indent + 2, shape, dash: "")
    default: break
    }
    note(node.remark, indent + 2)
  }

  /// A comment behind the bracket of a flow collection that was broken up.
  private mutating func note(_ remark: String?, _ indent: Int) {
    guard let remark else { return }
    if lines[lines.count - 1].remark == nil, !lines[lines.count - 1].isContent {
      lines[lines.count - 1].remark = remark
    } else {
      lines.append(Line(text: String(repeating: " ", count: indent) + remark))
    }
  }

  private mutating func mapping(
    _ members: [LayoutMember], _ closing: [Trivia], _ indent: Int, _ shape: LanguageShape,
    dash: String
  ) {
    for (position, member) in shape.ordered(members, by: \.name).enumerated() {
      var leading = member.leading
      if position == 0, leading.first == .blank { leading.removeFirst() }
      let margin = position == 0 && !dash.isEmpty ? dash : String(repeating: " ", count: indent)
      var remark = member.remark
      if remark != nil, !startsBlock(member.value) {
        leading += remark.map { [.comment($0, column: indent)] } ?? []
        remark = nil
      }
      if position > 0 || dash.isEmpty { write(leading, indent) }
      value(
        member.value, after: margin + member.key + ":", remark: remark, indent: indent,
        shape.member(member.name))
    }
    write(closing, indent)
  }

  private mutating func sequence(
    _ items: [LayoutItem], _ closing: [Trivia], _ indent: Int, _ shape: LanguageShape, dash: String
  ) {
    for (position, item) in items.enumerated() {
      var leading = item.leading
      if position == 0, leading.first == .blank { leading.removeFirst() }
      let start =
        (position == 0 && !dash.isEmpty ? dash : String(repeating: " ", count: indent)) + "-"
      leading += firstComments(item.value, shape.item)
      if position > 0 || dash.isEmpty { write(leading, indent) }
      self.item(item.value, start, indent, shape.item)
    }
    write(closing, indent)
  }

  private mutating func item(
    _ node: LayoutNode, _ start: String, _ indent: Int, _ shape: LanguageShape
  ) {
    guard node.properties.isEmpty, startsBlock(node, after: start) else {
      return value(node, after: start, indent: indent, shape)
    }
    switch node.content {
    case .mapping(let members, let closing, _):
      mapping(members, closing, indent + 2, shape, dash: start + " ")
    case .sequence(let items, let closing, _):
      sequence(items, closing, indent + 2, shape, dash: start + " ")
    default: break
    }
    note(node.remark, indent + 2)
  }

  /// The comments before the first line of an item that starts on its dash's line: they are written
  /// before the dash.
  private func firstComments(_ node: LayoutNode, _ shape: LanguageShape) -> [Trivia] {
    guard node.properties.isEmpty, FlowLine.text(of: node, shape) == nil else { return [] }
    switch node.content {
    case .mapping(let members, _, _):
      guard let first = shape.ordered(members, by: \.name).first else { return [] }
      var comments = first.leading.filter { $0 != .blank }
      if let remark = first.remark, !startsBlock(first.value) {
        comments.append(.comment(remark, column: 0))
      }
      return comments
    case .sequence(let items, _, _):
      guard let first = items.first else { return [] }
      return first.leading.filter { $0 != .blank } + firstComments(first.value, shape.item)
    default: return []
    }
  }

  // MARK: lines

  /// Whether a value is written on the lines below its key.
  private func startsBlock(_ node: LayoutNode, after lead: String = "") -> Bool {
    switch node.content {
    case .sequence, .mapping:
      guard let text = FlowLine.text(of: node, .anything) else { return true }
      return !lead.isEmpty && !fits(lead, text.count + 1)
    default: return false
    }
  }

  private func fits(_ start: String, _ count: Int) -> Bool {
    start.count + count <= Self.lineLimit
  }

  private func join(_ start: String, _ text: String) -> String {
    if start.isEmpty { return text }
    return text.isEmpty || start.hasSuffix(" ") ? start + text : start + " " + text
  }

  private mutating func write(_ trivia: [Trivia], _ indent: Int) {
    for item in trivia {
      switch item {
      case .blank:
        let last = lines.last
        if last != nil, last?.text.isEmpty == false || last?.isContent == true {
          lines.append(Line(text: ""))
        }
      case .comment(let text, _):
        lines.append(Line(text: String(repeating: " ", count: indent) + text))
      }
    }
  }

  /// All lines; comments behind neighbouring lines stand below each other.
  private var text: String {
    var output = ""
    var lines = lines
    while let last = lines.last, last.text.isEmpty, !last.isContent { lines.removeLast() }
    var position = 0
    while position < lines.count {
      let group = lines[position...].prefix { $0.remark != nil }
      if group.isEmpty {
        output += lines[position].text + "\n"
        position += 1
        continue
      }
      let width = Self.remarkColumn(group)
      for line in group {
        let gap = max(2, width - line.text.count)
        output += line.text + String(repeating: " ", count: gap) + (line.remark ?? "") + "\n"
      }
      position += group.count
    }
    return output
  }

  /// The column of the comments of neighbouring lines; 0 where they would not all fit.
  private static func remarkColumn(_ group: ArraySlice<Line>) -> Int {
    let column = (group.map(\.text.count).max() ?? 0) + 2
    let longest = group.compactMap(\.remark?.count).max() ?? 0
    return column + longest <= lineLimit ? column : 0
  }
}
