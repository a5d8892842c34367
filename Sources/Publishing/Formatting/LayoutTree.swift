/// A blank line or a comment on a line of its own.
enum Trivia: Hashable {
  case blank
  /// The text with its `#`, and the column where it stood.
  case comment(String, column: Int)

  var comment: String? { if case .comment(let text, _) = self { text } else { nil } }
}

/// A value of a YAML file with everything that belongs to its layout.
struct LayoutNode {
  enum Content {
    /// Nothing is written where a value could stand.
    case empty
    /// A scalar or an alias on one line, as it stands in the file.
    case inline(String)
    /// A plain or quoted scalar over several lines; all but the first without their indentation.
    case folded([String])
    /// A block scalar.
    case block(BlockText)
    case sequence([LayoutItem], closing: [Trivia], isFlow: Bool)
    case mapping([LayoutMember], closing: [Trivia], isFlow: Bool)
  }

  var content: Content
  /// `&anchor` and `!tag`, with a space between them.
  var properties = ""
  /// The comment behind the end of the value, on the same line.
  var remark: String?
}

/// The text of a block scalar.
struct BlockText {
  /// `|`, `>-`, `|2+`.
  var header: String
  /// The comment behind the header.
  var remark: String?
  /// Without the indentation.
  var lines: [String]
}

struct LayoutItem {
  var leading: [Trivia]
  var value: LayoutNode
}

struct LayoutMember {
  var leading: [Trivia]
  /// As it stands in the file, quotes and properties included.
  var key: String
  /// The key's text.
  var name: String
  /// The comment behind the colon, where the value stands on later lines.
  var remark: String?
  var value: LayoutNode
}

/// A whole file.
struct LayoutDocument {
  /// `%` lines.
  var directives: [String]
  /// Comments at the top that belong to the file, not to its first key.
  var heading: [Trivia]
  var root: LayoutNode
  /// What stands behind everything.
  var closing: [Trivia]
  var hasAnchors: Bool
}
