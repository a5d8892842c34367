/// Words for a part of an expression, and how tightly they hold together: what holds less tightly than
/// its place asks is put in brackets, so that no two readings are possible.
struct Phrase {
  /// From the loosest to the tightest.
  enum Rank: Int {
    /// Runs on to the end: "A if C, otherwise B", "for each of A, C", "A, B".
    case open
    case or, and
    /// "A is B".
    case clause
    /// "minus A".
    case minus
    /// "A followed by B".
    case joined
    case sum, product
    /// "the number of A", "3 days after A".
    case prefix
    /// "A (if there is none: B)".
    case suffix
    /// A name, a constant, what stands in brackets.
    case name
  }

  var text: String
  let rank: Rank
  /// Whether a comma stands in it outside of brackets.
  let hasComma: Bool
  /// Whether a piece of it is the author's expression as it stands in the file, with its variables.
  let quotesSource: Bool

  init(_ rank: Rank, _ words: Words, hasComma: Bool = false, quotesSource: Bool = false) {
    text = words.text
    self.rank = rank
    self.hasComma = hasComma || words.hasComma
    self.quotesSource = quotesSource || words.quotesSource
  }

  /// The same words as something that needs no brackets.
  static func name(_ text: String) -> Phrase { Phrase(.name, "\(text)") }

  /// In brackets, unless it holds at least that tightly.
  func within(_ least: Rank) -> Phrase {
    rank.rawValue < least.rawValue ? bracketed : self
  }

  /// As one of several that commas stand between.
  var asItem: Phrase { rank == .open || hasComma ? bracketed : self }

  private var bracketed: Phrase {
    Phrase(.name, "(\(text))", quotesSource: quotesSource)
  }

  /// A sentence's words with phrases in them, each with the rank that its place asks for:
  /// `"\(left, .sum) + \(right, .product)"`.
  struct Words: ExpressibleByStringInterpolation {
    fileprivate(set) var text: String
    fileprivate(set) var hasComma = false
    fileprivate(set) var quotesSource = false

    init(stringLiteral value: String) { text = value }

    init(stringInterpolation: Interpolation) { self = stringInterpolation.words }

    struct Interpolation: StringInterpolationProtocol {
      fileprivate var words = Words(stringLiteral: "")

      init(literalCapacity: Int, interpolationCount: Int) {}

      mutating func appendLiteral(_ literal: String) { words.text += literal }

      mutating func appendInterpolation(_ text: String) { words.text += text }

      mutating func appendInterpolation(_ phrase: Phrase, _ least: Rank) {
        append(phrase.within(least))
      }

      /// Several, with commas between them.
      mutating func appendInterpolation(items: [Phrase]) {
        for (index, item) in items.enumerated() {
          if index > 0 { words.text += ", " }
          append(item.asItem)
        }
        if items.count > 1 { words.hasComma = true }
      }

      private mutating func append(_ phrase: Phrase) {
        words.text += phrase.text
        words.hasComma = words.hasComma || phrase.hasComma
        words.quotesSource = words.quotesSource || phrase.quotesSource
      }
    }
  }
}
