public import Values

extension SyntaxNode {
  /// The expression as text; parsed again it gives the same tree.
  ///
  /// Comments, needless parentheses and the spelling of literals are not kept.
  public var sourceText: String {
    var printer = SyntaxPrinter()
    printer.print(self)
    return printer.text
  }

  /// ``sourceText`` with `'` around texts, as most expressions in YAML have it.
  public var singleQuotedSourceText: String {
    var printer = SyntaxPrinter()
    printer.prefersSingleQuotes = true
    printer.print(self)
    return printer.text
  }
}

extension Value {
  /// A literal of the language that stands for the value; nil for what has none (lists and maps,
  /// moments, objects).
  public var literalText: String? {
    switch self {
    case .null: "null"
    case .bool(let flag): flag ? "true" : "false"
    case .int(let number): String(number)
    case .uint(let number): "\(number)u"
    case .double(let number): number.isInfinite ? (number < 0 ? "-1e999" : "1e999") : "\(number)"
    case .string(let text): SyntaxPrinter.quoted(text)
    case .bytes(let bytes): SyntaxPrinter.quoted(bytes)
    case .list, .map, .timestamp, .duration, .object: nil
    }
  }
}

/// Writes a tree as source, with the parentheses that its shape needs.
struct SyntaxPrinter {
  private(set) var text = ""
  /// Whether a text stands in `'`, unless there is one in it.
  var prefersSingleQuotes = false

  /// How tightly a node binds; an operand that binds less than its place asks is parenthesised.
  private enum Level: Int {
    case conditional, or, and, relation, sum, product, unary, member
  }

  mutating func print(_ node: SyntaxNode) { print(node, atLeast: .conditional) }

  private mutating func print(_ node: SyntaxNode, atLeast level: Level) {
    guard Self.level(of: node).rawValue < level.rawValue else { return bare(node) }
    text += "("
    bare(node)
    text += ")"
  }

  private static func level(of node: SyntaxNode) -> Level {
    switch node.kind {
    case .conditional: .conditional
    case .or: .or
    case .and: .and
    case .call(let function, nil, let arguments) where arguments.count == 2:
      switch function {
      case "_+_", "_-_": .sum
      case "_*_", "_/_", "_%_": .product
      case "_[_]", "_[?_]": .member
      default: OperatorNames.symbol(of: function) == nil ? .member : .relation
      }
    case .call("!_", nil, _), .call("-_", nil, _): .unary
    default: .member
    }
  }

  private mutating func bare(_ node: SyntaxNode) {
    switch node.kind {
    case .literal(.string(let content)):
      text +=
        prefersSingleQuotes && !content.contains("'")
        ? Self.quoted(content, in: "'") : Self.quoted(content)
    case .literal(let value): text += value.literalText ?? ""
    case .identifier(let name): text += Self.variable(name)
    case .select(let operand, let field, let isOptional):
      select(operand, field, isOptional)
    case .has(let operand, let field):
      text += "has("
      select(operand, field, false)
      text += ")"
    case .call(let function, let target, let arguments): call(function, target, arguments)
    case .and(let left, let right): chain(node, " && ", .and, left, right)
    case .or(let left, let right): chain(node, " || ", .or, left, right)
    case .conditional(let test, let positive, let negative):
      print(test, atLeast: .or)
      text += " ? "
      print(positive, atLeast: .or)
      text += " : "
      print(negative)
    default: structure(node)
    }
  }

  private mutating func structure(_ node: SyntaxNode) {
    switch node.kind {
    case .list(let elements):
      separated("[", elements, "]") { printer, element in
        printer.text += element.isOptional ? "?" : ""
        printer.print(element.value)
      }
    case .map(let entries): map(entries, { $0.print($1) })
    case .message(let name, let entries):
      text += name
      map(entries) { printer, key in
        if case .literal(.string(let name)) = key.kind { printer.text += Self.field(name) }
      }
    case .comprehension(let macro): comprehension(macro)
    case .bind(let name, let value, let body):
      text += "cel.bind(\(Self.variable(name)), "
      list([value, body])
      text += ")"
    case .block(let values, let body):
      separated("cel.block([", values, "], ") { $0.print($1) }
      print(body)
      text += ")"
    case .optionalMap(let target, let name, let body, let isFlat):
      print(target, atLeast: .member)
      text += ".\(isFlat ? "optFlatMap" : "optMap")(\(Self.variable(name)), "
      print(body)
      text += ")"
    default: break
    }
  }

  // MARK: Operators and calls

  private mutating func select(_ operand: SyntaxNode, _ field: String, _ isOptional: Bool) {
    print(operand, atLeast: .member)
    text += isOptional ? ".?" : "."
    text += Self.field(field)
  }

  private mutating func call(
    _ function: String, _ target: SyntaxNode?, _ arguments: [SyntaxNode]
  ) {
    if let target {
      print(target, atLeast: .member)
      text += ".\(function)("
    } else if operation(function, arguments) {
      return
    } else {
      text += "\(function)("
    }
    list(arguments)
    text += ")"
  }

  /// An operator in its own spelling; false where the function is none.
  private mutating func operation(_ function: String, _ arguments: [SyntaxNode]) -> Bool {
    guard let symbol = OperatorNames.symbol(of: function) else { return false }
    switch (function, arguments.count) {
    case ("_[_]", 2), ("_[?_]", 2):
      print(arguments[0], atLeast: .member)
      text += function == "_[_]" ? "[" : "[?"
      print(arguments[1])
      text += "]"
    case (_, 1):
      text += symbol
      prefixed(arguments[0], by: function)
    case (_, 2): infix(symbol, function, arguments)
    default: return false
    }
    return true
  }

  /// The operand of a sign or `!`: the same operator again stands bare, as the parser takes a row of
  /// them however long; no other sign does, and no number, which would be one literal with the sign.
  private mutating func prefixed(_ operand: SyntaxNode, by function: String) {
    if case .call(function, nil, let arguments) = operand.kind, arguments.count == 1 {
      return bare(operand)
    }
    var inner = SyntaxPrinter()
    inner.prefersSingleQuotes = prefersSingleQuotes
    inner.print(operand, atLeast: .member)
    let startsBadly = inner.text.utf8.first.map { $0.isDigit || $0 == UInt8(ascii: "-") } ?? false
    text += startsBadly ? "(\(inner.text))" : inner.text
  }

  private mutating func infix(_ symbol: String, _ function: String, _ arguments: [SyntaxNode]) {
    let level: Level
    switch function {
    case "_+_", "_-_": level = .sum
    case "_*_", "_/_", "_%_": level = .product
    default: level = .relation
    }
    print(arguments[0], atLeast: level)
    text += " \(symbol) "
    print(arguments[1], atLeast: Level(rawValue: level.rawValue + 1) ?? .member)
  }

  /// The parser balances a chain; one of just that shape is written without parentheses.
  private mutating func chain(
    _ node: SyntaxNode, _ symbol: String, _ level: Level, _ left: SyntaxNode, _ right: SyntaxNode
  ) {
    let isBalanced = Self.isBalanced(node, like: node)
    let inner = Level(rawValue: level.rawValue + 1) ?? .member
    if isBalanced {
      for (index, term) in Self.terms(of: node, like: node).enumerated() {
        text += index == 0 ? "" : symbol
        print(term, atLeast: inner)
      }
    } else {
      print(left, atLeast: inner)
      text += symbol
      print(right, atLeast: inner)
    }
  }

  private static func operands(
    of node: SyntaxNode, like first: SyntaxNode
  ) -> (SyntaxNode, SyntaxNode)? {
    switch (node.kind, first.kind) {
    case (.and(let left, let right), .and), (.or(let left, let right), .or): (left, right)
    default: nil
    }
  }

  private static func terms(of node: SyntaxNode, like first: SyntaxNode) -> [SyntaxNode] {
    guard let (left, right) = operands(of: node, like: first) else { return [node] }
    return terms(of: left, like: first) + terms(of: right, like: first)
  }

  private static func isBalanced(_ node: SyntaxNode, like first: SyntaxNode) -> Bool {
    guard let (left, right) = operands(of: node, like: first) else { return true }
    let counts = (terms(of: left, like: first).count, terms(of: right, like: first).count)
    return counts.0 == (counts.0 + counts.1 + 1) / 2 && isBalanced(left, like: first)
      && isBalanced(right, like: first)
  }

  // MARK: Macros and lists

  private mutating func comprehension(_ macro: SyntaxNode.Comprehension) {
    print(macro.range, atLeast: .member)
    text += ".\(macro.spelling)(\(Self.variable(macro.variable)), "
    if let second = macro.second { text += "\(Self.variable(second)), " }
    list([macro.predicate, macro.transform].compactMap(\.self))
    text += ")"
  }

  private mutating func list(_ nodes: [SyntaxNode]) { separated("", nodes, "") { $0.print($1) } }

  private mutating func map(
    _ entries: [SyntaxNode.Entry], _ key: (inout SyntaxPrinter, SyntaxNode) -> Void
  ) {
    separated("{", entries, "}") { printer, entry in
      printer.text += entry.isOptional ? "?" : ""
      key(&printer, entry.key)
      printer.text += ": "
      printer.print(entry.value)
    }
  }

  private mutating func separated<Item>(
    _ start: String, _ items: [Item], _ end: String, _ body: (inout SyntaxPrinter, Item) -> Void
  ) {
    text += start
    for (index, item) in items.enumerated() {
      text += index == 0 ? "" : ", "
      body(&self, item)
    }
    text += end
  }

  // MARK: Names and texts

  /// The hidden names of `cel.block` in the spelling that makes them.
  private static func variable(_ name: String) -> String {
    guard name.hasPrefix("@") else { return name }
    if name.hasPrefix("@index") { return "cel.index(\(name.dropFirst(6)))" }
    let parts = name.dropFirst().split(separator: ":")
    return parts.count == 3 ? "cel.\(parts[0])(\(parts[1]), \(parts[2]))" : name
  }

  private static func field(_ name: String) -> String {
    let isPlain =
      name.utf8.first?.startsName == true && name.utf8.allSatisfy(\.continuesName)
      && !["in", "true", "false", "null"].contains(name)
    return isPlain ? name : "`\(name)`"
  }

  static func quoted(_ text: String, in quote: Unicode.Scalar = "\"") -> String {
    var result = String(quote)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case quote: result += "\\\(quote)"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default:
        if scalar.value < 0x20 || scalar.value == 0x7F {
          result += "\\x" + hex(UInt8(scalar.value))
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + String(quote)
  }

  static func quoted(_ bytes: [UInt8]) -> String {
    var result = "b\""
    for byte in bytes { result += "\\x" + hex(byte) }
    return result + "\""
  }

  private static func hex(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }
}
