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

  /// The text after unquoting, unescaping and folding.
  package let text: String
  package let style: Style
  package let tag: Tag
  package let file: SourceFile
  /// The whole scalar in the file: with quotes, or with the header of a block.
  package let span: SourceSpan

  package init(
    text: String, style: Style, tag: Tag = .none, file: SourceFile, span: SourceSpan
  ) {
    self.text = text
    self.style = style
    self.tag = tag
    self.file = file
    self.span = span
  }

  /// The value under the YAML 1.2 core schema: plain scalars may be null, booleans and numbers,
  /// everything else is text. An integer beyond ±2^53 is text.
  package var resolved: Value {
    switch tag {
    case .text: .string(text)
    case .none where style != .plain: .string(text)
    case .number: CoreSchema.resolve(text).asNumber.map { .double($0) } ?? .string(text)
    default: CoreSchema.resolve(text)
    }
  }

  /// Where a piece of ``text`` stands in the file, exactly, through quotes, escapes and folding.
  ///
  /// - Parameter range: UTF-8 offsets into ``text``; what lies outside it is cut off.
  /// - Complexity: O(length); the source is scanned again, nothing is kept.
  package func fileSpan(_ range: Range<Int>) -> SourceSpan {
    SegmentMap(self).fileSpan(range)
  }

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
