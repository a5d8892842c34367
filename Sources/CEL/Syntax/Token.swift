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

    /// A symbol of one byte.
    init?(_ byte: UInt8) {
      switch byte {
      case UInt8(ascii: "<"): self = .less
      case UInt8(ascii: ">"): self = .greater
      case UInt8(ascii: "+"): self = .plus
      case UInt8(ascii: "-"): self = .minus
      case UInt8(ascii: "*"): self = .times
      case UInt8(ascii: "/"): self = .divide
      case UInt8(ascii: "%"): self = .modulo
      case UInt8(ascii: "!"): self = .not
      case UInt8(ascii: "?"): self = .question
      case UInt8(ascii: ":"): self = .colon
      case UInt8(ascii: "."): self = .dot
      case UInt8(ascii: ","): self = .comma
      case UInt8(ascii: "("): self = .leftParenthesis
      case UInt8(ascii: ")"): self = .rightParenthesis
      case UInt8(ascii: "["): self = .leftBracket
      case UInt8(ascii: "]"): self = .rightBracket
      case UInt8(ascii: "{"): self = .leftBrace
      case UInt8(ascii: "}"): self = .rightBrace
      default: return nil
      }
    }

    /// A symbol of two bytes.
    init?(_ first: UInt8, _ second: UInt8) {
      switch (first, second) {
      case (UInt8(ascii: "&"), UInt8(ascii: "&")): self = .and
      case (UInt8(ascii: "|"), UInt8(ascii: "|")): self = .or
      case (UInt8(ascii: "="), UInt8(ascii: "=")): self = .equal
      case (UInt8(ascii: "!"), UInt8(ascii: "=")): self = .notEqual
      case (UInt8(ascii: "<"), UInt8(ascii: "=")): self = .lessOrEqual
      case (UInt8(ascii: ">"), UInt8(ascii: "=")): self = .greaterOrEqual
      default: return nil
      }
    }

    /// How strongly an operator between two operands binds, 0 for the weakest; nil for what is none.
    var level: Int? {
      switch self {
      case .or: 0
      case .and: 1
      case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .in: 2
      case .plus, .minus: 3
      case .times, .divide, .modulo: 4
      default: nil
      }
    }

    /// The function that an operator between two operands calls.
    var function: String {
      switch self {
      case .in: "@in"
      case .equal: "_==_"
      case .notEqual: "_!=_"
      case .less: "_<_"
      case .lessOrEqual: "_<=_"
      case .greater: "_>_"
      case .greaterOrEqual: "_>=_"
      case .plus: "_+_"
      case .minus: "_-_"
      case .times: "_*_"
      case .divide: "_/_"
      case .modulo: "_%_"
      default: "_\(rawValue)_"
      }
    }
  }

  let kind: Kind
  let range: Range<Int>

  func `is`(_ symbol: Symbol) -> Bool {
    if case .symbol(let other) = kind { other == symbol } else { false }
  }
}
