package import SourceText
package import Values

/// A single value as it stands in the file: its text, how it was written, and where.
package struct Scalar: Sendable {
  /// How the text was written.
  package enum Style: UInt8, Sendable {
    case plain, single, double, literal, folded
  }

  /// What a tag says about the type; JSON and untagged YAML say `none`.
  package enum Tag: UInt8, Sendable {
    case none, text, integer, number, boolean, null
  }

  private let tree: DocumentTree
  private let place: UInt32
  /// The row of the tree.
  var index: Int { Int(place) }

  init(_ tree: DocumentTree, _ index: Int) {
    self.tree = tree
    place = UInt32(index)
  }

  var kind: DocumentTree.Kind { tree[index].kind }

  /// The text after unquoting, unescaping and folding; made anew each time.
  package var text: String { withUTF8 { String(decoding: $0, as: UTF8.self) } }

  package var style: Style { Style(rawValue: kind.rawValue) ?? .plain }
  package var tag: Tag { tree[index].tag }
  package var file: SourceFile { tree.file }
  /// The whole scalar in the file: with quotes, or with the header of a block.
  package var span: SourceSpan { tree[index].span }

  /// Gives the bytes of ``text``, which are not copied.
  @inline(__always)
  package func withUTF8<Result>(
    _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    try tree.withText(at: index, body)
  }

  /// The value under the YAML 1.2 core schema: plain scalars may be null, booleans and numbers,
  /// everything else is text. An integer beyond ±2^53 is text.
  package var resolved: Value {
    switch tag {
    case .text: .string(text)
    case .none where kind != .plain: .string(text)
    case .number: CoreSchema.resolve(text).asNumber.map { .double($0) } ?? .string(text)
    default: CoreSchema.resolve(text)
    }
  }

  /// Where a piece of ``text`` stands in the file, exactly, through quotes, escapes and folding.
  ///
  /// - Parameter range: UTF-8 offsets into ``text``; what lies outside it is cut off.
  /// - Complexity: O(length) for the first piece of a scalar, O(log length) for the next ones.
  package func fileSpan(_ range: Range<Int>) -> SourceSpan { tree.fileSpan(range, of: self) }

  /// What this is, for a message.
  package var kindName: String {
    switch resolved {
    case .null: "nothing"
    case .bool: "`\(text)`"
    case .int, .double: "the number `\(text)`"
    default: "text"
    }
  }
}
