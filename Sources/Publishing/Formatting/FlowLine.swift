/// Flow collections on one line: `{ key: value }`, `[a, b]`.
enum FlowLine {
  /// The collection on one line; nil where it is written in block form, holds a comment or a text
  /// over several lines, or lacks a value.
  static func text(of node: LayoutNode, _ shape: LanguageShape) -> String? {
    let prefix = node.properties.isEmpty ? "" : node.properties + " "
    switch node.content {
    case .sequence(let items, let closing, true):
      guard !hasComment(closing) else { return nil }
      var parts: [String] = []
      for item in items {
        guard !hasComment(item.leading), let part = part(item.value, shape.item) else { return nil }
        parts.append(part)
      }
      return "\(prefix)[\(parts.joined(separator: ", "))]"
    case .mapping(let members, let closing, true):
      guard !hasComment(closing) else { return nil }
      var parts: [String] = []
      for member in shape.ordered(members, by: \.name) {
        guard !hasComment(member.leading), member.remark == nil,
          let part = part(member.value, shape.member(member.name))
        else { return nil }
        parts.append("\(member.key): \(part)")
      }
      return prefix + (parts.isEmpty ? "{}" : "{ \(parts.joined(separator: ", ")) }")
    default: return nil
    }
  }

  /// A value inside; a comment behind it needs a line of its own.
  private static func part(_ node: LayoutNode, _ shape: LanguageShape) -> String? {
    guard node.remark == nil else { return nil }
    guard case .inline(let text) = node.content else { return Self.text(of: node, shape) }
    return node.properties.isEmpty ? text : node.properties + " " + text
  }

  private static func hasComment(_ trivia: [Trivia]) -> Bool {
    trivia.contains { $0 != .blank }
  }
}
