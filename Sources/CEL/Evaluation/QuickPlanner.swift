public import Values

/// An expression that ``QuickCheck`` has looked through, made ready in one more pass over its bytes.
public final class QuickExpression: Sendable {
  private let program: Program

  /// - Returns: nil where only compiling will do.
  public init?(_ source: UnsafeBufferPointer<UInt8>) {
    guard let plan = QuickPlanner.plan(source) else { return nil }
    program = Program(.success(plan), slotCount: 0)
  }

  /// The value for these variables.
  ///
  /// - Throws: ``EvaluationError`` with the place in the source.
  public func evaluate(_ activation: any Activation) throws(EvaluationError) -> Value {
    try program.evaluate(activation, CheckedExpression.defaultCostLimit)
  }
}

/// Makes the plan of a plain expression without a tree: of literals, paths, operators and conditions.
///
/// The types are known to fit, and an operator does the same for all types that it has, so that none is
/// looked for. What depends on a type is left to the compiler: calls, and the sign of what is no literal.
struct QuickPlanner: QuickReader {
  private static let sizeLimit = 400
  private static let depthLimit = 20

  let bytes: UnsafeBufferPointer<UInt8>
  var place = 0
  private var depth = 0

  static func plan(_ source: UnsafeBufferPointer<UInt8>) -> Plan? {
    guard source.count <= sizeLimit else { return nil }
    var planner = QuickPlanner(bytes: source)
    guard let plan = planner.expression() else { return nil }
    planner.skipSpace()
    return planner.place == source.count ? plan : nil
  }

  private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  // MARK: Operators

  private mutating func expression() -> Plan? {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit, let condition = binary(level: 0) else { return nil }
    guard accept(0x3F) else { return condition }
    guard let positive = binary(level: 0), accept(0x3A), let negative = expression() else {
      return nil
    }
    return ConditionalPlan(
      condition, positive, negative, condition.range.lowerBound..<negative.range.upperBound)
  }

  /// An operand with the operators behind it that bind at least as strongly as a level.
  private mutating func binary(level: Int) -> Plan? {
    guard var left = unary() else { return nil }
    while let symbol = symbol(), let own = symbol.level, own >= level {
      guard let next = own > 1 ? operation(left, symbol, own) : chain(from: left, of: symbol, own)
      else { return nil }
      left = next
    }
    return left
  }

  /// The operator that stands here, which is not stepped over.
  private mutating func symbol() -> Token.Symbol? {
    skipSpace()
    guard place < bytes.count else { return nil }
    let second = place + 1 < bytes.count ? bytes[place + 1] : 0
    return Token.Symbol(bytes[place], second) ?? Token.Symbol(bytes[place])
  }

  private mutating func operation(_ left: Plan, _ symbol: Token.Symbol, _ level: Int) -> Plan? {
    place += symbol.isTwoBytes ? 2 : 1
    guard let right = binary(level: level + 1), let entry = Self.operators[symbol.index] else {
      return nil
    }
    return BinaryPlan(
      left, right, entry.overloads, entry.work, left.range.lowerBound..<right.range.upperBound)
  }

  private mutating func chain(from first: Plan, of symbol: Token.Symbol, _ level: Int) -> Plan? {
    var terms = [first]
    while self.symbol() == symbol {
      place += 2
      guard let term = binary(level: level + 1) else { return nil }
      terms.append(term)
    }
    return Self.balanced(terms[...], decisive: symbol == .or)
  }

  /// A chain of `&&` or `||` as the parser balances it.
  private static func balanced(_ terms: ArraySlice<Plan>, decisive: Bool) -> Plan {
    guard terms.count > 1 else { return terms[terms.startIndex] }
    let middle = terms.startIndex + (terms.count + 1) / 2
    let left = balanced(terms[..<middle], decisive: decisive)
    let right = balanced(terms[middle...], decisive: decisive)
    return LogicPlan(
      left, right, decisive: decisive, left.range.lowerBound..<right.range.upperBound)
  }

  private mutating func unary() -> Plan? {
    skipSpace()
    guard place < bytes.count else { return nil }
    let start = place
    switch bytes[place] {
    case 0x21:
      place += 1
      guard let operand = member(isNegative: false), let not = Self.not else { return nil }
      return CallPlan(
        "!_", [operand], not.overloads, not.work, start..<operand.range.upperBound)
    case 0x2D:
      place += 1
      skipSpace()
      guard place < bytes.count, bytes[place].isDigit else { return nil }
      return member(isNegative: true)
    default: return member(isNegative: false)
    }
  }

  // MARK: Values

  private mutating func member(isNegative: Bool) -> Plan? {
    skipSpace()
    guard place < bytes.count else { return nil }
    let byte = bytes[place]
    if byte.startsName { return name() }
    if byte.isDigit { return number(isNegative: isNegative) }
    switch byte {
    case 0x22, 0x27: return text(byte)
    case 0x28:
      place += 1
      guard let plan = expression(), accept(0x29) else { return nil }
      return plan
    default: return nil
    }
  }

  private mutating func number(isNegative: Bool) -> Plan? {
    let start = place
    while place < bytes.count, bytes[place].isDigit || bytes[place] == 0x2E { place += 1 }
    let digits = UnsafeBufferPointer(rebasing: bytes[start..<place])
    let range = (isNegative ? start - 1 : start)..<place
    guard digits.contains(0x2E) else {
      guard digits.count <= 18 else { return nil }
      let number = digits.reduce(into: Int64(0)) { $0 = $0 * 10 + Int64($1 - 0x30) }
      return ConstantPlan(.int(isNegative ? -number : number), range)
    }
    guard let number = Double(String(decoding: digits, as: UTF8.self)) else { return nil }
    return ConstantPlan(.double(isNegative ? -number : number), range)
  }

  private mutating func text(_ quote: UInt8) -> Plan? {
    let start = place
    repeat { place += 1 } while place < bytes.count && bytes[place] != quote && bytes[place] != 0x5C
    guard place < bytes.count, bytes[place] == quote else { return nil }
    place += 1
    return ConstantPlan(.string(text(start + 1..<place - 1)), start..<place)
  }

  private func text(_ range: Range<Int>) -> String {
    String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
  }

  /// A path, `true` or `false`.
  private mutating func name() -> Plan? {
    let word = word()
    let name = text(word)
    switch name {
    case "true": return ConstantPlan(.bool(true), word)
    case "false": return ConstantPlan(.bool(false), word)
    default: break
    }
    var plan: Plan = VariablePlan(name, word)
    while place < bytes.count, bytes[place] == 0x2E {
      place += 1
      let isOptional = place < bytes.count && bytes[place] == 0x3F
      if isOptional { place += 1 }
      let field = self.word()
      guard !field.isEmpty else { return nil }
      let range = word.lowerBound..<place
      let select = SelectPlan(plan, text(field), range)
      plan = isOptional ? TestPlan(select, isOptional: true, range) : select
    }
    // A call, or something else that follows a name.
    guard place == bytes.count || !Self.goesOn(bytes[place]) else { return nil }
    return plan
  }

  private static func goesOn(_ byte: UInt8) -> Bool {
    byte == 0x28 || byte == 0x5B || byte == 0x7B || byte == 0x22 || byte == 0x27
  }

  // MARK: The operators

  private typealias Entry = (overloads: [Overload], work: CallWork)

  private static let not = entry(of: "!_")

  /// By the index of their symbol.
  private static let operators: [Entry?] = Token.Symbol.operators.map { entry(of: $0.function) }

  private static func entry(of function: String) -> Entry? {
    StandardLibrary.function(named: function).map {
      ($0.overloads, CallWork(function: function))
    }
  }
}

extension Token.Symbol {
  fileprivate static let operators: [Token.Symbol] = [
    .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .plus, .minus, .times,
    .divide, .modulo,
  ]

  /// Where an operator stands among ``operators``.
  fileprivate var index: Int {
    switch self {
    case .equal: 0
    case .notEqual: 1
    case .less: 2
    case .lessOrEqual: 3
    case .greater: 4
    case .greaterOrEqual: 5
    case .plus: 6
    case .minus: 7
    case .times: 8
    case .divide: 9
    default: 10
    }
  }

  fileprivate var isTwoBytes: Bool {
    switch self {
    case .and, .or, .equal, .notEqual, .lessOrEqual, .greaterOrEqual: true
    default: false
    }
  }
}
