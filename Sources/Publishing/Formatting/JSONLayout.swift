import Documents
import SourceText

/// Writes a JSON file in the canonical form: two spaces a level, the language's order of keys.
///
/// Texts and numbers stay as they are spelled. What stood on one line stays there where it fits.
struct JSONLayout {
  private let file: SourceFile
  private var output = ""

  static func text(of root: Node, in file: SourceFile) -> String {
    var layout = JSONLayout(file: file)
    let shape = LanguageShape(topKeys: root.members?.map(\.name) ?? [])
    layout.write(root, 0, shape, isRoot: true)
    return layout.output + "\n"
  }

  private init(file: SourceFile) { self.file = file }

  private mutating func write(
    _ node: Node, _ indent: Int, _ shape: LanguageShape, isRoot: Bool = false, behind key: Int = 0
  ) {
    switch node.content {
    case .scalar(let scalar): output += file[scalar.span]
    case .sequence(let items):
      if !isRoot, let line = line(node, indent + key, shape) {
        output += line
        return
      }
      open("[", "]", indent, items) { layout, item in
        layout.write(item, indent + 2, shape.item)
      }
    case .mapping(let members):
      if !isRoot, let line = line(node, indent + key, shape) {
        output += line
        return
      }
      open("{", "}", indent, shape.ordered(members, by: \.name)) { layout, member in
        let key = layout.file[member.key.span] + ": "
        layout.output += key
        layout.write(member.value, indent + 2, shape.member(member.name), behind: key.count)
      }
    }
  }

  private mutating func open<Element>(
    _ start: String, _ end: String, _ indent: Int, _ elements: some Collection<Element>,
    each: (inout JSONLayout, Element) -> Void
  ) {
    guard !elements.isEmpty else {
      output += start + end
      return
    }
    output += start
    for (position, element) in elements.enumerated() {
      output += (position == 0 ? "\n" : ",\n") + String(repeating: " ", count: indent + 2)
      each(&self, element)
    }
    output += "\n" + String(repeating: " ", count: indent) + end
  }

  /// The value on one line; nil where it stood on several or would be too long.
  private func line(_ node: Node, _ start: Int, _ shape: LanguageShape) -> String? {
    guard !file[node.span].contains(where: \.isNewline) else { return nil }
    let line = flat(node, shape)
    return start + line.count < LayoutWriter.lineLimit ? line : nil
  }

  private func flat(_ node: Node, _ shape: LanguageShape) -> String {
    switch node.content {
    case .scalar(let scalar): return file[scalar.span]
    case .sequence(let items):
      return "[" + items.map { flat($0, shape.item) }.joined(separator: ", ") + "]"
    case .mapping(let members):
      let parts = shape.ordered(members, by: \.name).map { member in
        "\(file[member.key.span]): \(flat(member.value, shape.member(member.name)))"
      }
      return parts.isEmpty ? "{}" : "{ \(parts.joined(separator: ", ")) }"
    }
  }
}
