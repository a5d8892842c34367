import Values

/// Parses an expression (CEL specification, "Syntax") by recursive descent, macros included.
public struct Parser {
  /// How deep an expression may nest.
  public static let depthLimit = 200
  /// How many nodes may lie on the way from the root of the tree to a leaf; longer chains of
  /// operators than nestings are allowed.
  public static let heightLimit = 500
  /// How many bytes of source an expression may have.
  public static let sizeLimit = 100_000

  var lexer: Lexer
  var token: Token
  var nextID = 1
  var depth = 0
  let expandsMacros: Bool

  /// Parses a whole source text.
  public static func parse(
    _ source: String, expandsMacros: Bool = true
  ) throws(Issue) -> SyntaxNode {
    var parser = try Parser(Array(source.utf8), from: 0, expandsMacros: expandsMacros)
    let node = try parser.expression()
    guard case .end = parser.token.kind else {
      throw Issue("unexpected \(parser.tokenText)", range: parser.token.range)
    }
    return node
  }

  /// Parses an expression that is followed by other text: from `start` on as far as the grammar
  /// goes. The expression ends where the grammar says, so braces inside it do not end it.
  ///
  /// - Returns: The tree with ranges into `bytes`, and the offset of the token that follows it.
  public static func parsePrefix(
    of bytes: [UInt8], from start: Int
  ) throws(Issue) -> (node: SyntaxNode, end: Int) {
    var parser = try Parser(bytes, from: start, expandsMacros: true)
    let node = try parser.expression()
    return (node, parser.token.range.lowerBound)
  }

  init(_ bytes: [UInt8], from start: Int, expandsMacros: Bool) throws(Issue) {
    guard bytes.count - start <= Self.sizeLimit || start > 0 else {
      throw Issue(
        "the expression is longer than \(Self.sizeLimit) bytes", range: start..<bytes.count)
    }
    lexer = Lexer(bytes, from: start)
    self.expandsMacros = expandsMacros
    token = try lexer.next()
  }

  // MARK: Tokens

  mutating func advance() throws(Issue) { token = try lexer.next() }

  mutating func accept(_ symbol: Token.Symbol) throws(Issue) -> Bool {
    guard token.is(symbol) else { return false }
    try advance()
    return true
  }

  mutating func expect(_ symbol: Token.Symbol, _ purpose: String) throws(Issue) {
    guard token.is(symbol) else {
      throw Issue(
        "expected `\(symbol.rawValue)` \(purpose), found \(tokenText)", range: token.range)
    }
    try advance()
  }

  var tokenText: String {
    if case .end = token.kind { return "the end of the expression" }
    return "`\(String(decoding: lexer.bytes[token.range], as: UTF8.self))`"
  }

  mutating func node(_ kind: SyntaxNode.Kind, _ range: Range<Int>) -> SyntaxNode {
    defer { nextID += 1 }
    return SyntaxNode(id: nextID, kind, range: range)
  }

  private func checkHeight(_ node: SyntaxNode) throws(Issue) {
    guard node.height <= Self.heightLimit else {
      throw Issue("the expression is a chain of too many parts", range: node.range)
    }
  }

  // MARK: Operators

  mutating func expression() throws(Issue) -> SyntaxNode {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else {
      throw Issue("the expression nests deeper than \(Self.depthLimit)", range: token.range)
    }
    let condition = try binary(level: 0)
    guard try accept(.question) else { return condition }
    let positive = try binary(level: 0)
    try expect(.colon, "between the two results of `?`")
    let negative = try expression()
    return node(
      .conditional(condition, positive, negative),
      condition.range.lowerBound..<negative.range.upperBound)
  }

  /// An operand with the operators behind it that bind at least as strongly as a level.
  private mutating func binary(level: Int) throws(Issue) -> SyntaxNode {
    var left = try unary()
    while case .symbol(let symbol) = token.kind, let own = symbol.level, own >= level {
      left = try own > 1 ? operation(left, symbol, own) : chain(from: left, of: symbol, own)
    }
    return left
  }

  private mutating func operation(
    _ left: SyntaxNode, _ symbol: Token.Symbol, _ level: Int
  ) throws(Issue) -> SyntaxNode {
    try advance()
    let right = try binary(level: level + 1)
    let whole = node(
      .call(symbol.function, target: nil, arguments: [left, right]),
      left.range.lowerBound..<right.range.upperBound)
    try checkHeight(whole)
    return whole
  }

  private mutating func chain(
    from first: SyntaxNode, of symbol: Token.Symbol, _ level: Int
  ) throws(Issue) -> SyntaxNode {
    var terms = [first]
    while try accept(symbol) { terms.append(try binary(level: level + 1)) }
    return balanced(terms[...], isOr: symbol == .or)
  }

  /// A chain of `&&` or `||` as a balanced tree, so that a long one does not nest deep.
  private mutating func balanced(_ terms: ArraySlice<SyntaxNode>, isOr: Bool) -> SyntaxNode {
    guard terms.count > 1 else { return terms[terms.startIndex] }
    let middle = terms.startIndex + (terms.count + 1) / 2
    let left = balanced(terms[..<middle], isOr: isOr)
    let right = balanced(terms[middle...], isOr: isOr)
    let range = left.range.lowerBound..<right.range.upperBound
    return node(isOr ? .or(left, right) : .and(left, right), range)
  }

  private mutating func unary() throws(Issue) -> SyntaxNode {
    let start = token.range.lowerBound
    let isNegation = token.is(.not)
    guard isNegation || token.is(.minus) else { return try member() }
    var count = 0
    while try accept(isNegation ? .not : .minus) { count += 1 }
    return try prefixed(isNegation ? "!_" : "-_", count: count, from: start)
  }

  private mutating func prefixed(
    _ function: String, count: Int, from start: Int
  ) throws(Issue) -> SyntaxNode {
    guard count <= Self.depthLimit else {
      throw Issue("too many operators in a row", range: start..<token.range.upperBound)
    }
    var remaining = count
    var operand: SyntaxNode
    if function == "-_", case .literal(let value) = token.kind, let negated = value.negatedLiteral {
      let literal = node(.literal(negated), (token.range.lowerBound - 1)..<token.range.upperBound)
      try advance()
      operand = try members(of: literal)
      remaining -= 1
    } else {
      operand = try member()
    }
    for _ in 0..<remaining {
      operand = node(
        .call(function, target: nil, arguments: [operand]), start..<operand.range.upperBound)
    }
    try checkHeight(operand)
    return operand
  }

  // MARK: Members

  private mutating func member() throws(Issue) -> SyntaxNode {
    try members(of: try primary())
  }

  private mutating func members(of first: SyntaxNode) throws(Issue) -> SyntaxNode {
    var operand = first
    while true {
      if token.is(.dot) {
        operand = try field(of: operand)
      } else if token.is(.leftBracket) {
        operand = try element(of: operand)
      } else if token.is(.leftBrace), let name = operand.qualifiedName {
        operand = try message(name, operand)
      } else {
        return operand
      }
      try checkHeight(operand)
    }
  }

  private mutating func field(of operand: SyntaxNode) throws(Issue) -> SyntaxNode {
    try advance()
    let isOptional = try accept(.question)
    let end = token.range.upperBound
    let nameRange = token.range
    switch token.kind {
    case .identifier(let name):
      try advance()
      if token.is(.leftParenthesis), !isOptional {
        return try call(name, target: operand, nameRange)
      }
      return node(
        .select(operand, field: name, isOptional: isOptional), operand.range.lowerBound..<end)
    case .quotedName(let name):
      try advance()
      return node(
        .select(operand, field: name, isOptional: isOptional), operand.range.lowerBound..<end)
    default:
      throw Issue("expected a field's name after `.`, found \(tokenText)", range: token.range)
    }
  }

  private mutating func element(of operand: SyntaxNode) throws(Issue) -> SyntaxNode {
    try advance()
    let isOptional = try accept(.question)
    let index = try expression()
    let end = token.range.upperBound
    try expect(.rightBracket, "after the index")
    return node(
      .call(isOptional ? "_[?_]" : "_[_]", target: nil, arguments: [operand, index]),
      operand.range.lowerBound..<end)
  }

  // MARK: Primaries

  private mutating func primary() throws(Issue) -> SyntaxNode {
    let start = token.range.lowerBound
    switch token.kind {
    case .literal(let value):
      let range = token.range
      if case .int(.min) = value { throw Issue("the number does not fit an integer", range: range) }
      try advance()
      return node(.literal(value), range)
    case .identifier(let name):
      return try name.isReserved ? reserved(name) : identifier(name, start)
    case .symbol(.dot):
      try advance()
      guard case .identifier(let name) = token.kind else {
        throw Issue("expected a name after `.`, found \(tokenText)", range: token.range)
      }
      return try identifier("." + name, start)
    case .symbol(.leftParenthesis):
      try advance()
      let inner = try expression()
      try expect(.rightParenthesis, "to close the parenthesis")
      return inner
    case .symbol(.leftBracket): return try list(start)
    case .symbol(.leftBrace): return try map(start)
    case .end, .symbol, .quotedName:
      throw Issue("expected a value, found \(tokenText)", range: token.range)
    }
  }

  private func reserved(_ name: String) throws(Issue) -> SyntaxNode {
    throw Issue("`\(name)` is a reserved word", range: token.range)
  }

  private mutating func identifier(_ name: String, _ start: Int) throws(Issue) -> SyntaxNode {
    let range = start..<token.range.upperBound
    try advance()
    if token.is(.leftParenthesis) { return try call(name, target: nil, range) }
    return node(.identifier(name), range)
  }

  private mutating func list(_ start: Int) throws(Issue) -> SyntaxNode {
    try advance()
    var elements: [SyntaxNode.Element] = []
    while !token.is(.rightBracket) {
      let isOptional = try accept(.question)
      elements.append(SyntaxNode.Element(value: try expression(), isOptional: isOptional))
      guard try accept(.comma) else { break }
    }
    let end = token.range.upperBound
    try expect(.rightBracket, "or `,` in the list")
    return node(.list(elements), start..<end)
  }

  private mutating func map(_ start: Int) throws(Issue) -> SyntaxNode {
    try advance()
    let entries = try self.entries { parser throws(Issue) in try parser.expression() }
    let end = token.range.upperBound
    try expect(.rightBrace, "or `,` in the map")
    return node(.map(entries), start..<end)
  }

  private mutating func message(_ name: String, _ operand: SyntaxNode) throws(Issue) -> SyntaxNode {
    try advance()
    let entries = try self.entries { parser throws(Issue) in
      let range = parser.token.range
      switch parser.token.kind {
      case .identifier(let name), .quotedName(let name):
        try parser.advance()
        return parser.node(.literal(.string(name)), range)
      default:
        throw Issue("expected a field's name, found \(parser.tokenText)", range: range)
      }
    }
    let end = token.range.upperBound
    try expect(.rightBrace, "or `,` in the message")
    return node(.message(name, entries), operand.range.lowerBound..<end)
  }

  private mutating func entries(
    key: (inout Parser) throws(Issue) -> SyntaxNode
  ) throws(Issue) -> [SyntaxNode.Entry] {
    var entries: [SyntaxNode.Entry] = []
    while !token.is(.rightBrace) {
      let isOptional = try accept(.question)
      let name = try key(&self)
      try expect(.colon, "after the key")
      entries.append(
        SyntaxNode.Entry(key: name, value: try expression(), isOptional: isOptional))
      guard try accept(.comma) else { break }
    }
    return entries
  }

  // MARK: Calls

  private mutating func call(
    _ name: String, target: SyntaxNode?, _ nameRange: Range<Int>
  ) throws(Issue) -> SyntaxNode {
    try advance()
    var arguments: [SyntaxNode] = []
    while !token.is(.rightParenthesis) {
      arguments.append(try expression())
      guard try accept(.comma) else { break }
    }
    let start = target?.range.lowerBound ?? nameRange.lowerBound
    let range = start..<token.range.upperBound
    try expect(.rightParenthesis, "or `,` in the call of `\(name)`")
    if expandsMacros, let macro = try expand(name, target, arguments, range) { return macro }
    return node(.call(name, target: target, arguments: arguments), range)
  }
}

extension String {
  /// The words the specification reserves for languages that embed CEL.
  var isReserved: Bool {
    switch self {
    case "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let",
      "loop", "package", "namespace", "return", "var", "void", "while":
      true
    default: false
    }
  }
}

extension Value {
  fileprivate var negatedLiteral: Value? {
    switch self {
    case .int(let number): .int(0 &- number)
    case .double(let number): .double(-number)
    default: nil
    }
  }
}

extension SyntaxNode {
  /// The dotted name that a chain of selections spells, `a.b.c`.
  public var qualifiedName: String? {
    switch kind {
    case .identifier(let name): name
    case .select(let operand, let field, isOptional: false):
      operand.qualifiedName.map { "\($0).\(field)" }
    default: nil
    }
  }
}
