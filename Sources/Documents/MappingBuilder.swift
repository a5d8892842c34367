import SourceText
import Values

/// Collects the members of a mapping and reports a key that stands twice; its first value counts.
struct MappingBuilder {
  /// From how many keys on they are found by hashing.
  private static let indexedFrom = 16

  private(set) var members: [Member] = []
  private let file: SourceFile
  private var index: [KeyBytes: Int] = [:]

  init(file: SourceFile) { self.file = file }

  mutating func add(_ key: Scalar, _ value: Node, into diagnostics: Diagnostics) {
    if let first = position(of: key.text) {
      diagnostics.add(
        .duplicateKey, "the key `\(key.text)` stands twice in this map", in: file, at: key.span,
        notes: [
          Diagnostic.Note("it stands here first", file: file, span: members[first].key.span)
        ], help: "remove one of the two, or give it another name")
      return
    }
    members.append(Member(key: key, value: value))
    if members.count == Self.indexedFrom {
      for (position, member) in members.enumerated() {
        index[KeyBytes(text: member.key.text)] = position
      }
    } else if members.count > Self.indexedFrom {
      index[KeyBytes(text: key.text)] = members.count - 1
    }
  }

  private func position(of text: String) -> Int? {
    guard members.count < Self.indexedFrom else { return index[KeyBytes(text: text)] }
    return members.firstIndex { $0.key.text.hasSameBytes(as: text) }
  }
}

/// A text that is hashed and compared by its bytes.
private struct KeyBytes: Hashable {
  let text: String

  static func == (left: KeyBytes, right: KeyBytes) -> Bool {
    left.text.hasSameBytes(as: right.text)
  }

  func hash(into hasher: inout Hasher) { text.hashBytes(into: &hasher) }
}
