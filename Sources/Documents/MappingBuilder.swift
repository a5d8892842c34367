import SourceText
import Values

/// Collects the members of a mapping and reports a key that stands twice; its first value counts.
struct MappingBuilder {
  /// From how many keys on they are found by hashing.
  private static let indexedFrom = 16

  private let file: SourceFile
  private let stack: ElementStack<Member>
  /// Where the members begin on the stack.
  private let base: Int
  private var index: [KeyBytes: Int] = [:]

  /// - Parameter stack: where members wait; what is put on it in between has to be taken off again.
  init(file: SourceFile, stack: ElementStack<Member>) {
    self.file = file
    self.stack = stack
    base = stack.count
  }

  /// The members; the builder is of no use afterwards.
  func finish() -> [Member] { stack.pop(from: base) }

  mutating func add(_ key: Scalar, _ value: Node, into diagnostics: Diagnostics) {
    if let first = position(of: key.text) {
      diagnostics.add(
        .duplicateKey, "the key `\(key.text)` stands twice in this map", in: file, at: key.span,
        notes: [
          Diagnostic.Note("it stands here first", file: file, span: stack[first].key.span)
        ], help: "remove one of the two, or give it another name")
      return
    }
    stack.push(Member(key: key, value: value))
    let count = stack.count - base
    if count == Self.indexedFrom {
      for position in base..<stack.count {
        index[KeyBytes(text: stack[position].key.text)] = position
      }
    } else if count > Self.indexedFrom {
      index[KeyBytes(text: key.text)] = stack.count - 1
    }
  }

  private func position(of text: String) -> Int? {
    guard stack.count - base < Self.indexedFrom else { return index[KeyBytes(text: text)] }
    for position in base..<stack.count where stack[position].key.text.hasSameBytes(as: text) {
      return position
    }
    return nil
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
