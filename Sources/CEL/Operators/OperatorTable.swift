import Values

/// The operators as functions, under the names the specification gives them.
enum OperatorTable {
  static let functions: [FunctionDeclaration] = arithmetic + comparison + access

  private static let numbers: [CELType] = [.int, .uint, .double]
  private static let element = CELType.parameter("A")

  private static let arithmetic: [FunctionDeclaration] = [
    FunctionDeclaration(
      "_+_", "Adds numbers, joins texts, bytes and lists, and moves a moment by a length of time.",
      overloads: same(
        "add", numbers + [.string, .bytes, .list(element), .duration], Arithmetic.add)
        + [
          Overload(
            "add_timestamp_duration", [.timestamp, .duration], .timestamp, .binary(Arithmetic.add)),
          Overload(
            "add_duration_timestamp", [.duration, .timestamp], .timestamp, .binary(Arithmetic.add)),
        ], examples: [("1 + 2", "3"), ("'a' + 'b'", "'ab'")]),
    FunctionDeclaration(
      "_-_", "Subtracts numbers and lengths of time; of two moments, the time between them.",
      overloads: same("subtract", numbers + [.duration], Arithmetic.subtract) + [
        Overload(
          "subtract_timestamp_timestamp", [.timestamp, .timestamp], .duration,
          .binary(Arithmetic.subtract)),
        Overload(
          "subtract_timestamp_duration", [.timestamp, .duration], .timestamp,
          .binary(Arithmetic.subtract)),
      ], examples: [("3 - 1", "2")]),
    FunctionDeclaration(
      "_*_", "Multiplies numbers.", overloads: same("multiply", numbers, Arithmetic.multiply),
      examples: [("2 * 3", "6")]),
    FunctionDeclaration(
      "_/_", "Divides numbers; integers towards zero.",
      overloads: same("divide", numbers, Arithmetic.divide), examples: [("7 / 2", "3")]),
    FunctionDeclaration(
      "_%_", "The remainder of a division of integers.",
      overloads: same("modulo", [.int, .uint], Arithmetic.remainder), examples: [("7 % 2", "1")]),
    FunctionDeclaration(
      "-_", "Changes the sign of a number.",
      overloads: [
        Overload("negate_int64", [.int], .int, .unary(Arithmetic.negate)),
        Overload("negate_double", [.double], .double, .unary(Arithmetic.negate)),
      ], examples: [("-(1)", "-1")]),
    FunctionDeclaration(
      "!_", "True for false and false for true.",
      overloads: [Overload("logical_not", [.bool], .bool, .unary(not))],
      examples: [("!true", "false")]),
  ]

  private static func same(
    _ id: String, _ types: [CELType],
    _ implementation: @escaping @Sendable (Value, Value) throws(EvaluationError) -> Value
  ) -> [Overload] {
    types.map { Overload("\(id)_\($0)", [$0, $0], $0, .binary(implementation)) }
  }

  private static func not(_ value: Value) throws(EvaluationError) -> Value {
    guard case .bool(let flag) = value else {
      throw EvaluationError(.noSuchOverload, "`!` does not work on \(value.typeName)")
    }
    return .bool(!flag)
  }

  // MARK: Comparison

  private static let comparison: [FunctionDeclaration] =
    [
      FunctionDeclaration(
        "_==_", "Whether two values are equal; numbers by amount, whatever their types.",
        overloads: equalities("equals") { .bool(CELOperations.isEqual($0, $1)) },
        examples: [("1 == 1", "true")]),
      FunctionDeclaration(
        "_!=_", "Whether two values differ.",
        overloads: equalities("not_equals") { .bool(!CELOperations.isEqual($0, $1)) },
        examples: [("1 != 2", "true")]),
    ] + [
      ordering("_<_", "less", "Whether the first comes before the second.") { $0 < 0 },
      ordering("_<=_", "less_equals", "Whether the first does not come after the second.") {
        $0 <= 0
      },
      ordering("_>_", "greater", "Whether the first comes after the second.") { $0 > 0 },
      ordering("_>=_", "greater_equals", "Whether the first does not come before the second.") {
        $0 >= 0
      },
    ]

  private static func equalities(
    _ id: String, _ implementation: @escaping @Sendable (Value, Value) -> Value
  ) -> [Overload] {
    let general = Overload(
      id, [element, element], .bool,
      .binary { (a, b) throws(EvaluationError) in implementation(a, b) })
    return [general] + mixedNumbers(id) { (a, b) throws(EvaluationError) in implementation(a, b) }
  }

  private static func mixedNumbers(
    _ id: String,
    _ implementation: @escaping @Sendable (Value, Value) throws(EvaluationError) -> Value
  ) -> [Overload] {
    numbers.flatMap { one in
      numbers.filter { $0 != one }.map { other in
        Overload("\(id)_\(one)_\(other)", [one, other], .bool, .binary(implementation))
      }
    }
  }

  private static func ordering(
    _ name: String, _ id: String, _ summary: String,
    _ holds: @escaping @Sendable (Int) -> Bool
  ) -> FunctionDeclaration {
    let symbol = String(name.dropFirst().dropLast())
    let compare: @Sendable (Value, Value) throws(EvaluationError) -> Value = {
      (left, right) throws(EvaluationError) in
      if let order = CELOperations.order(left, right) { return .bool(holds(order)) }
      // Two numbers have no order where one is NaN.
      guard left.asNumber != nil, right.asNumber != nil else {
        throw Arithmetic.noOverload(symbol, left, right)
      }
      return .bool(false)
    }
    let types = numbers + [.bool, .string, .bytes, .timestamp, .duration]
    return FunctionDeclaration(
      name, summary,
      overloads: types.map { Overload("\(id)_\($0)", [$0, $0], .bool, .binary(compare)) }
        + mixedNumbers(id, compare),
      examples: [("1 \(symbol) 2", holds(-1) ? "true" : "false")])
  }

  // MARK: Access

  private static let key = CELType.parameter("K")

  private static let access: [FunctionDeclaration] = [
    FunctionDeclaration(
      "_[_]", "The element of a list at a position from 0, or the value of a map under a key.",
      overloads: [
        Overload("index_list", [.list(element), .int], element, .binary(Access.element)),
        Overload("index_map", [.map(key, element), key], element, .binary(Access.element)),
        Overload(
          "index_optional_list", [.optional(.list(element)), .int], .optional(element),
          .binary(Access.element)),
        Overload(
          "index_optional_map", [.optional(.map(key, element)), key], .optional(element),
          .binary(Access.element)),
      ], examples: [("[1, 2][1]", "2")]),
    FunctionDeclaration(
      "_[?_]", "The element as an optional value, absent where there is none.",
      overloads: [
        Overload(
          "optional_index_list", [.list(element), .int], .optional(element),
          .binary(Access.optionalElement)),
        Overload(
          "optional_index_map", [.map(key, element), key], .optional(element),
          .binary(Access.optionalElement)),
        Overload(
          "optional_index_optional_list", [.optional(.list(element)), .int], .optional(element),
          .binary(Access.optionalElement)),
        Overload(
          "optional_index_optional_map", [.optional(.map(key, element)), key], .optional(element),
          .binary(Access.optionalElement)),
      ], examples: [("[1][?5].orValue(0)", "0")]),
    FunctionDeclaration(
      "@in", "Whether a list has an element, or a map a key.",
      overloads: [
        Overload("in_list", [element, .list(element)], .bool, .binary(Access.contains)),
        Overload("in_map", [key, .map(key, element)], .bool, .binary(Access.contains)),
      ], examples: [("1 in [1, 2]", "true")]),
  ]
}

extension Value {
  var isNaN: Bool { if case .double(let number) = self { number.isNaN } else { false } }
}

/// Elements of lists, maps and records.
enum Access {
  static func element(_ operand: Value, _ index: Value) throws(EvaluationError) -> Value {
    if case .object(let optional as OptionalValue) = operand {
      guard let value = optional.value else { return operand }
      return try optionalElement(value, index)
    }
    if let value = try find(index, in: operand) { return value }
    if case .list(let list) = operand {
      throw EvaluationError(
        .indexOutOfRange, "there is no element \(index.shown) in a list of \(list.count)")
    }
    throw EvaluationError(.noSuchKey, "there is no key \(index.shown)")
  }

  static func optionalElement(_ operand: Value, _ index: Value) throws(EvaluationError) -> Value {
    if case .object(let optional as OptionalValue) = operand {
      guard let value = optional.value else { return operand }
      return try optionalElement(value, index)
    }
    return .object(try find(index, in: operand).map { OptionalValue($0) } ?? .none)
  }

  static func contains(_ element: Value, _ collection: Value) throws(EvaluationError) -> Value {
    switch collection {
    case .list(let list): .bool(list.contains { CELOperations.isEqual($0, element) })
    case .map(let map): .bool(map.value(for: element) != nil)
    case .object(let object) where object.isRecord:
      .bool(element.asString.flatMap(object.field) != nil)
    default: throw Arithmetic.noOverload("in", element, collection)
    }
  }

  private static func find(_ index: Value, in operand: Value) throws(EvaluationError) -> Value? {
    switch operand {
    case .map(let map): return map.value(for: index)
    case .list(let list):
      guard let position = index.wholeNumber else {
        throw Arithmetic.noOverload("[]", operand, index)
      }
      guard position >= 0, position < Int64(list.count) else { return .none }
      return list[Int(position)]
    case .object(let object) where object.isRecord:
      return index.asString.flatMap(object.field)
    default: throw Arithmetic.noOverload("[]", operand, index)
    }
  }
}

extension Value {
  var wholeNumber: Int64? {
    switch self {
    case .int(let number): number
    case .uint(let number): Int64(exactly: number)
    case .double(let number): Int64(exactly: number)
    default: nil
    }
  }

  /// For messages: short, text in quotes.
  var shown: String {
    switch self {
    case .string(let text): "'\(text.prefix(40))'"
    case .int(let number): String(number)
    case .uint(let number): "\(number)u"
    case .double(let number): String(number)
    case .bool(let flag): String(flag)
    case .null: "null"
    default: "of type \(typeName)"
    }
  }
}
