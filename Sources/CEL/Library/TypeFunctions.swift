import TimeZones
import Values

/// Sizes and conversions between types (CEL specification, "Standard definitions").
enum TypeFunctions {
  static let table: [FunctionDeclaration] = [
    FunctionDeclaration(
      "size", "How many code points, bytes, elements or entries there are.",
      overloads: both(
        "size", [.string, .bytes, .list(.parameter("A")), .map(.parameter("A"), .parameter("B"))],
        .int, size),
      examples: [("size('abc')", "3"), ("[1, 2].size()", "2")]),
    conversion(
      "int", "A number, a moment in seconds since 1970, or the digits of a text, as an integer.",
      from: [.int, .uint, .double, .string, .timestamp], to: .int, int, ("int('42')", "42")),
    conversion(
      "uint", "A number or the digits of a text as an unsigned integer.",
      from: [.uint, .int, .double, .string], to: .uint, uint, ("uint(3)", "3u")),
    conversion(
      "double", "A number or a text as a number with a fraction.",
      from: [.double, .int, .uint, .string], to: .double, double, ("double('1.5')", "1.5")),
    conversion(
      "string", "The text of a value.",
      from: [.string, .bool, .int, .uint, .double, .bytes, .timestamp, .duration], to: .string,
      string,
      ("string(12)", "'12'")),
    conversion(
      "bytes", "A text as UTF-8 bytes.", from: [.bytes, .string], to: .bytes, bytes,
      ("size(bytes('ö'))", "2")),
    conversion(
      "bool", "`true` and `false` as text to a truth value.", from: [.bool, .string], to: .bool,
      bool,
      ("bool('true')", "true")),
    FunctionDeclaration(
      "dyn", "The value, its type left to the evaluation.",
      overloads: [
        Overload(
          "to_dyn", [.parameter("A")], .dyn, .unary { (value) throws(EvaluationError) in value })
      ], examples: [("dyn(1) == 1", "true")]),
    FunctionDeclaration(
      "type", "The type of a value.",
      overloads: [
        Overload(
          "type", [.parameter("A")], .type(.parameter("A")),
          .unary { (value) throws(EvaluationError) in .object(TypeValue(value.typeName)) })
      ], examples: [("type(1) == int", "true")]),
  ]

  /// A function that is called both ways, `f(x)` and `x.f()`.
  static func both(
    _ name: String, _ types: [CELType], _ result: CELType,
    _ implementation: @escaping @Sendable (Value) throws(EvaluationError) -> Value
  ) -> [Overload] {
    [false, true].flatMap { isMember in
      types.map {
        Overload(
          "\(name)_\($0)\(isMember ? "_member" : "")", isMember: isMember, [$0], result,
          .unary(implementation))
      }
    }
  }

  private static func conversion(
    _ name: String, _ summary: String, from types: [CELType], to result: CELType,
    _ implementation: @escaping @Sendable (Value) throws(EvaluationError) -> Value,
    _ example: FunctionDeclaration.Example
  ) -> FunctionDeclaration {
    FunctionDeclaration(
      name, summary,
      overloads: types.map { Overload("\($0)_to_\(name)", [$0], result, .unary(implementation)) },
      examples: [example])
  }

  static func unfit(_ function: String, _ value: Value) -> EvaluationError {
    EvaluationError(.noSuchOverload, "`\(function)` does not work on \(value.typeName)")
  }

  private static func outOfRange(_ type: String) -> EvaluationError {
    EvaluationError(.overflow, "the value is out of the range of \(type)")
  }

  private static func notA(_ type: String, _ text: String) -> EvaluationError {
    EvaluationError(.invalidConversion, "'\(text.prefix(40))' is not \(type)")
  }

  private static func size(_ value: Value) throws(EvaluationError) -> Value {
    switch value {
    case .string(let text): .int(Int64(text.unicodeScalars.count))
    case .bytes(let bytes): .int(Int64(bytes.count))
    case .list(let list): .int(Int64(list.count))
    case .map(let map): .int(Int64(map.count))
    case .object(let object) where object.isRecord: .int(Int64(object.fieldNames.count))
    default: throw unfit("size", value)
    }
  }

  private static func int(_ value: Value) throws(EvaluationError) -> Value {
    switch value {
    case .int: return value
    case .uint(let number):
      guard let exact = Int64(exactly: number) else { throw outOfRange("int") }
      return .int(exact)
    case .double(let number):
      // Both bounds are excluded: the doubles next to them are not integers of 64 bits.
      guard number > -9_223_372_036_854_775_808, number < 9_223_372_036_854_775_808 else {
        throw outOfRange("int")
      }
      return .int(Int64(number))
    case .string(let text):
      guard let number = Int64(text) else { throw notA("an integer", text) }
      return .int(number)
    case .timestamp(let moment): return .int(moment.seconds)
    case .duration(let span): return .int(span.seconds)
    default: throw unfit("int", value)
    }
  }

  private static func uint(_ value: Value) throws(EvaluationError) -> Value {
    switch value {
    case .uint: return value
    case .int(let number):
      guard let exact = UInt64(exactly: number) else { throw outOfRange("uint") }
      return .uint(exact)
    case .double(let number):
      guard number >= 0, number < 18_446_744_073_709_551_616 else { throw outOfRange("uint") }
      return .uint(UInt64(number))
    case .string(let text):
      guard let number = UInt64(text) else { throw notA("an unsigned integer", text) }
      return .uint(number)
    default: throw unfit("uint", value)
    }
  }

  private static func double(_ value: Value) throws(EvaluationError) -> Value {
    switch value {
    case .double: return value
    case .int(let number): return .double(Double(number))
    case .uint(let number): return .double(Double(number))
    case .string(let text):
      guard let number = Double(text) else { throw notA("a number", text) }
      return .double(number)
    default: throw unfit("double", value)
    }
  }

  private static func bytes(_ value: Value) throws(EvaluationError) -> Value {
    switch value {
    case .bytes: value
    case .string(let text): .bytes(Array(text.utf8))
    default: throw unfit("bytes", value)
    }
  }

  private static func bool(_ value: Value) throws(EvaluationError) -> Value {
    switch value {
    case .bool: return value
    case .string(let text):
      switch text {
      case "true", "True", "TRUE", "t", "1": return .bool(true)
      case "false", "False", "FALSE", "f", "0": return .bool(false)
      default: throw notA("a truth value", text)
      }
    default: throw unfit("bool", value)
    }
  }

  private static func string(_ value: Value) throws(EvaluationError) -> Value {
    switch value {
    case .string: return value
    case .bool(let flag): return .string(String(flag))
    case .int(let number): return .string(String(number))
    case .uint(let number): return .string(String(number))
    case .double(let number): return .string(number.expressionText)
    case .bytes(let bytes):
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw EvaluationError(.invalidConversion, "the bytes are not UTF-8")
      }
      return .string(text)
    case .timestamp(let moment): return .string(moment.rfc3339)
    case .duration(let span): return .string(span.durationText)
    default: throw unfit("string", value)
    }
  }
}

extension Double {
  /// The text that `string()` gives: the shortest that reads back, without a needless fraction.
  var expressionText: String {
    if isNaN { return "NaN" }
    if isInfinite { return self < 0 ? "-Infinity" : "Infinity" }
    if let whole = Int64(exactly: self), magnitude < 1e15 {
      return whole == 0 && sign == .minus ? "-0" : String(whole)
    }
    return description
  }
}
