import Documents
package import SourceText
import Values

/// Brings a YAML or JSON file into the canonical layout.
///
/// Comments stay, so do blank lines (one at a time), and every scalar keeps its style and its text.
/// The result is read back before it is given: where it would not mean the same, it is refused.
package enum DocumentFormatter {
  package enum Outcome: Sendable, Equatable {
    /// The file is in the canonical layout already.
    case same
    case changed(String)
    /// Why the file stays as it is, a sentence.
    case refused(String)
  }

  /// The file in the canonical layout.
  ///
  /// - Returns: nil where the file cannot be read; the findings say why.
  package static func format(_ file: SourceFile, into diagnostics: Diagnostics) -> Outcome? {
    let found = Diagnostics()
    let root = DocumentReader.read(file, into: found)
    guard let root, !found.hasErrors else {
      for finding in found.sorted { diagnostics.add(finding) }
      return nil
    }
    let isJSON = file.path.lowercased().hasSuffix(".json")
    return isJSON ? json(root, file) : yaml(root, file)
  }

  private static func json(_ root: Node, _ file: SourceFile) -> Outcome {
    let text = JSONLayout.text(of: root, in: file)
    guard let again = read(text, file), isSame(root, again) else {
      return .refused("it would not mean the same in the canonical layout")
    }
    return outcome(text, file)
  }

  private static func yaml(_ root: Node, _ file: SourceFile) -> Outcome {
    let document: LayoutDocument
    do {
      document = try LayoutReader.read(root, of: file)
    } catch {
      let place = file.location(of: error.offset)
      return .refused("what stands at \(place.line):\(place.column) has no canonical layout")
    }
    let text = LayoutWriter.text(of: document)
    let problem = problem(with: text, root, document, file)
    guard problem != nil, file.bytes.last != 0x0A, !text.isEmpty else {
      return problem.map { .refused($0) } ?? outcome(text, file)
    }
    // A block text at the end of a file without a final line break has none either.
    let unended = String(text.dropLast())
    return self.problem(with: unended, root, document, file).map { .refused($0) }
      ?? outcome(unended, file)
  }

  /// What a result would lose.
  private static func problem(
    with text: String, _ root: Node, _ document: LayoutDocument, _ file: SourceFile
  ) -> String? {
    let result = SourceFile(path: file.path, text: text)
    guard let again = read(text, file), isSame(root, again),
      let layout = try? LayoutReader.read(again, of: result)
    else { return "it would not mean the same in the canonical layout" }
    return document.comments.sorted() == layout.comments.sorted()
      ? nil : "a comment would be lost in the canonical layout"
  }

  private static func outcome(_ text: String, _ file: SourceFile) -> Outcome {
    Array(text.utf8) == file.bytes ? .same : .changed(text)
  }

  private static func read(_ text: String, _ file: SourceFile) -> Node? {
    let diagnostics = Diagnostics()
    let root = DocumentReader.read(SourceFile(path: file.path, text: text), into: diagnostics)
    return diagnostics.hasErrors ? nil : root
  }

  /// Whether two values are the same in everything but the order of keys.
  static func isSame(_ left: Node, _ right: Node) -> Bool {
    switch (left.content, right.content) {
    case (.scalar(let left), .scalar(let right)):
      return left.text.hasSameBytes(as: right.text) && left.style == right.style
        && left.tag == right.tag
    case (.sequence(let left), .sequence(let right)):
      return left.count == right.count && zip(left, right).allSatisfy { isSame($0, $1) }
    case (.mapping(let left), .mapping(let right)):
      guard left.count == right.count else { return false }
      let values = Dictionary(
        right.map { (Array($0.name.utf8), $0.value) }, uniquingKeysWith: { first, _ in first })
      return left.allSatisfy { member in
        values[Array(member.name.utf8)].map { isSame(member.value, $0) } ?? false
      }
    default: return false
    }
  }
}

extension LayoutDocument {
  /// The texts of all comments.
  var comments: [String] {
    heading.compactMap(\.comment) + root.comments + closing.compactMap(\.comment)
  }
}

extension LayoutNode {
  fileprivate var comments: [String] {
    var found = remark.map { [$0] } ?? []
    switch content {
    case .block(let block): found += block.remark.map { [$0] } ?? []
    case .sequence(let items, let closing, _):
      for item in items { found += item.leading.compactMap(\.comment) + item.value.comments }
      found += closing.compactMap(\.comment)
    case .mapping(let members, let closing, _):
      for member in members {
        found += member.leading.compactMap(\.comment) + (member.remark.map { [$0] } ?? [])
        found += member.value.comments
      }
      found += closing.compactMap(\.comment)
    default: break
    }
    return found
  }
}
