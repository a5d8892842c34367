import Glibc
import TimeZones
import Values

/// `format` of the strings extension: a text with clauses such as `%s` and `%.2f`.
enum TextFormat {
  private static let mostDigits = 1000

  /// - Throws: `invalidArgument` for a clause that does not exist or a value it does not fit,
  ///   `indexOutOfRange` where there are fewer values than clauses.
  static func format(_ template: String, _ values: [Value]) throws(EvaluationError) -> String {
    var result = ""
    var next = 0
    var rest = template.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      guard scalar == "%" else {
        result.unicodeScalars.append(scalar)
        continue
      }
      if rest.first == "%" {
        rest.removeFirst()
        result += "%"
        continue
      }
      let precision = try precision(&rest)
      guard let clause = rest.popFirst() else {
        throw unparsed("unexpected end of string")
      }
      guard "sdfebxXo".unicodeScalars.contains(clause) else {
        throw unparsed("unrecognized formatting clause \"\(clause)\"")
      }
      guard next < values.count else {
        throw EvaluationError(.indexOutOfRange, "index \(next) out of range")
      }
      result += try text(of: values[next], clause, precision)
      next += 1
      _ = try Arithmetic.sized(result.utf8.count) { 0 }
    }
    return result
  }

  private static func precision(
    _ rest: inout String.UnicodeScalarView.SubSequence
  ) throws(EvaluationError) -> Int? {
    guard rest.first == "." else { return nil }
    rest.removeFirst()
    var digits = ""
    while let digit = rest.first, ("0"..."9").contains(digit) {
      digits.unicodeScalars.append(digit)
      rest.removeFirst()
    }
    guard let precision = Int(digits), precision <= mostDigits else {
      throw unparsed("the precision must be a number up to \(mostDigits)")
    }
    return precision
  }

  private static func unparsed(_ reason: String) -> EvaluationError {
    EvaluationError(.invalidArgument, "could not parse formatting clause: \(reason)")
  }

  private static func misfit(_ rule: String, _ value: Value) -> EvaluationError {
    EvaluationError(
      .invalidArgument, "error during formatting: \(rule), was given \(value.typeName)")
  }

  private static func text(
    of value: Value, _ clause: Unicode.Scalar, _ precision: Int?
  ) throws(EvaluationError) -> String {
    switch clause {
    case "s": try plain(value)
    case "d": try decimal(value)
    case "f": try number(value, "%.*f", precision, "fixed-point clause")
    case "e": try number(value, "%.*e", precision, "scientific clause")
    case "b": try binary(value)
    case "o": try octal(value)
    default: try hexadecimal(value, isUpper: clause == "X")
    }
  }

  /// `%s`: any value; maps in the order of their keys' texts.
  private static func plain(_ value: Value) throws(EvaluationError) -> String {
    var budget = Arithmetic.sizeLimit
    return try plain(value, &budget)
  }

  /// The budget is shared by all parts: a list may hold the same list many times over, so that its
  /// text is far larger than its memory.
  private static func plain(
    _ value: Value, _ budget: inout Int
  ) throws(EvaluationError) -> String {
    let text =
      switch value {
      case .list(let list): try plain(list, &budget)
      case .map(let map): try plain(map, &budget)
      default: try scalar(value)
      }
    budget -= text.utf8.count
    guard budget >= 0 else {
      throw EvaluationError(.limitReached, "the text of the value is too long")
    }
    return text
  }

  private static func plain(
    _ list: [Value], _ budget: inout Int
  ) throws(EvaluationError) -> String {
    var parts: [String] = []
    for element in list { parts.append(try plain(element, &budget)) }
    return "[\(parts.joined(separator: ", "))]"
  }

  private static func plain(
    _ map: ValueMap, _ budget: inout Int
  ) throws(EvaluationError) -> String {
    var parts: [(key: String, value: String)] = []
    for member in map {
      parts.append((try plain(member.key, &budget), try plain(member.value, &budget)))
    }
    parts.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return "{\(parts.map { "\($0.key): \($0.value)" }.joined(separator: ", "))}"
  }

  private static func scalar(_ value: Value) throws(EvaluationError) -> String {
    switch value {
    case .null: return "null"
    case .bool(let flag): return String(flag)
    case .int(let number): return String(number)
    case .uint(let number): return String(number)
    case .double(let number): return number.expressionText
    case .string(let text): return text
    case .bytes(let bytes): return String(decoding: bytes, as: UTF8.self)
    case .timestamp(let moment): return moment.rfc3339
    case .duration(let span): return span.durationText
    case .object(let type as TypeValue): return type.name
    case .list, .map, .object:
      throw misfit(
        "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, "
          + "types, durations, and timestamps", value)
    }
  }

  private static func decimal(_ value: Value) throws(EvaluationError) -> String {
    switch value {
    case .int(let number): return String(number)
    case .uint(let number): return String(number)
    case .double(let number) where !number.isFinite: return number.expressionText
    default: throw misfit("decimal clause can only be used on integers", value)
    }
  }

  private static func number(
    _ value: Value, _ pattern: String, _ precision: Int?, _ clause: String
  ) throws(EvaluationError) -> String {
    guard let number = value.asNumber else {
      throw misfit("\(clause) can only be used on doubles", value)
    }
    guard number.isFinite else { return number.expressionText }
    let capacity = 400 + mostDigits
    return String(unsafeUninitializedCapacity: capacity) { buffer in
      buffer.withMemoryRebound(to: CChar.self) { characters in
        withVaList([Int32(precision ?? 6), number]) {
          max(0, Int(vsnprintf(characters.baseAddress, capacity, pattern, $0)))
        }
      }
    }
  }

  private static func binary(_ value: Value) throws(EvaluationError) -> String {
    switch value {
    case .int(let number): return String(number, radix: 2)
    case .uint(let number): return String(number, radix: 2)
    case .bool(let flag): return flag ? "1" : "0"
    default: throw misfit("only integers and bools can be formatted as binary", value)
    }
  }

  private static func octal(_ value: Value) throws(EvaluationError) -> String {
    switch value {
    case .int(let number): return String(number, radix: 8)
    case .uint(let number): return String(number, radix: 8)
    default: throw misfit("octal clause can only be used on integers", value)
    }
  }

  private static func hexadecimal(
    _ value: Value, isUpper: Bool
  ) throws(EvaluationError) -> String {
    switch value {
    case .int(let number): return String(number, radix: 16, uppercase: isUpper)
    case .uint(let number): return String(number, radix: 16, uppercase: isUpper)
    case .string(let text): return hexadecimal(Array(text.utf8), isUpper)
    case .bytes(let bytes): return hexadecimal(bytes, isUpper)
    default:
      throw misfit("only integers, byte buffers, and strings can be formatted as hex", value)
    }
  }

  private static func hexadecimal(_ bytes: [UInt8], _ isUpper: Bool) -> String {
    let digits = Array((isUpper ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
