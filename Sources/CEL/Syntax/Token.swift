import Values

/// A token of an expression (CEL specification, "Syntax").
struct Token {
  enum Kind {
    case end
    case identifier(String)
    /// A name in back-ticks, allowed after a dot and as a field name only.
    case quotedName(String)
    case literal(Value)
    /// An operator or a bracket; `in` is one too.
    case symbol(Symbol)
  }

  enum Symbol: String {
    case and = "&&"
    case or = "||"
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case `in`
    case plus = "+"
    case minus = "-"
    case times = "*"
    case divide = "/"
    case modulo = "%"
    case not = "!"
    case question = "?"
    case colon = ":"
    case dot = "."
    case comma = ","
    case leftParenthesis = "("
    case rightParenthesis = ")"
    case leftBracket = "["
    case rightBracket = "]"
    case leftBrace = "{"
    case rightBrace = "}"
  }

  let kind: Kind
  let range: Range<Int>

  func `is`(_ symbol: Symbol) -> Bool {
    if case .symbol(let other) = kind { other == symbol } else { false }
  }
}
