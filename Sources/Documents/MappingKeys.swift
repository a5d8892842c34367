import SourceText
import Values

/// Finds keys that stand twice in a mapping whose members wait on the stack of a tree's builder.
struct MappingKeys {
  /// From how many members on they are found by hashing.
  private static let indexedFrom = 16

  /// Where the members begin on the stack.
  private let base: Int
  private var index: [KeyBytes: Int] = [:]

  init(base: Int) { self.base = base }

  /// Takes up the member on top of the stack, or takes it off and reports it where its key stands
  /// there before; the first value counts.
  mutating func admitTop(of builder: inout DocumentTree.Builder, _ diagnostics: Diagnostics) {
    let place = builder.count - 2
    guard let first = position(of: place, builder) else { return }
    let key = builder[place]
    builder.drop(to: place)
    diagnostics.add(
      .duplicateKey, "the key `\(builder.text(of: key))` stands twice in this map",
      in: builder.file, at: key.span,
      notes: [
        Diagnostic.Note("it stands here first", file: builder.file, span: builder[first].span)
      ], help: "remove one of the two, or give it another name")
  }

  /// Where the key of a member stands before; where it does not, it is taken up.
  private mutating func position(of place: Int, _ builder: borrowing DocumentTree.Builder) -> Int? {
    let count = (place - base) / 2
    guard count >= Self.indexedFrom else {
      let key = builder[place]
      for earlier in stride(from: base, to: place, by: 2)
      where builder.haveSameText(builder[earlier], key) { return earlier }
      return nil
    }
    if count == Self.indexedFrom {
      for earlier in stride(from: base, to: place, by: 2) {
        index[KeyBytes(text: builder.text(of: builder[earlier]))] = earlier
      }
    }
    let text = KeyBytes(text: builder.text(of: builder[place]))
    if let first = index[text] { return first }
    index[text] = place
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
