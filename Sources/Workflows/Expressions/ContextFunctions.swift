import CCrypto
package import CEL
import Documents
import TimeZones
import Values

/// The language's own functions. Those whose result depends on the place ask the activation for
/// hidden variables: `@run` (the run's id), `@address` (the step's address), `@calendar` (a
/// ``CalendarValue``).
package enum ContextFunctions {
  package static let all: [FunctionDeclaration] = [uuid, shortID, merge, json, after]

  private static let uuid = FunctionDeclaration(
    "uuid", "A UUID that is the same at each try of the same step of the same run.",
    overloads: [
      Overload(
        "uuid_string", [.string], .string,
        .contextual { (activation, arguments) throws(EvaluationError) in
          .string(formattedUUID(try digest(activation, arguments, purpose: "uuid")))
        })
    ])

  private static let shortID = FunctionDeclaration(
    "short_id", "Eight readable characters, the same at each try of the same step of the same run.",
    overloads: [
      Overload(
        "short_id_string", [.string], .string,
        .contextual { (activation, arguments) throws(EvaluationError) in
          .string(shortText(try digest(activation, arguments, purpose: "short_id")))
        })
    ])

  private static let merge = FunctionDeclaration(
    "merge",
    "Two maps in one, also the maps inside them; where both have a value, the second wins.",
    overloads: [
      Overload(
        "merge_map_map", [.map(.string, .dyn), .map(.string, .dyn)], .map(.string, .dyn),
        .binary { (left, right) throws(EvaluationError) in
          guard case .map(let left) = left, case .map(let right) = right else {
            throw EvaluationError(.noSuchOverload, "`merge` needs two maps")
          }
          return .map(merged(left, right))
        })
    ],
    examples: [("merge({'a': {'b': 1}}, {'a': {'c': 2}})", #"{"a": {"b": 1, "c": 2}}"#)])

  private static let json = FunctionDeclaration(
    "json", "The value as JSON text, keys sorted (RFC 8785).",
    overloads: [
      Overload(
        "json_dyn", [.dyn], .string,
        .unary { (value) throws(EvaluationError) in .string(try jsonText(value)) })
    ],
    examples: [("json({'b': [1, true], 'a': 'x'})", #""{\"a\":\"x\",\"b\":[1,true]}""#)])

  private static let after = FunctionDeclaration(
    "after", "The moment so long after another: `2 business days`, `-3d`.",
    overloads: [
      Overload(
        "after_timestamp_string", [.timestamp, .string], .timestamp,
        .contextual { (activation, arguments) throws(EvaluationError) in
          try moment(activation, arguments)
        })
    ],
    examples: [("after(timestamp('2026-11-20T09:00:00Z'), '-3d')", "2026-11-17T09:00:00Z")])

  /// SHA-256 over run, address, label and purpose, each with its length before it.
  private static func digest(
    _ activation: any Activation, _ arguments: [Value], purpose: String
  ) throws(EvaluationError) -> [UInt8] {
    guard let label = arguments.first?.asString else {
      throw EvaluationError(.noSuchOverload, "`\(purpose)` needs a text")
    }
    guard let run = activation.value(named: "@run")?.asString,
      let address = activation.value(named: "@address")?.asString
    else {
      throw EvaluationError(.invalidArgument, "`\(purpose)` has a value only inside a run")
    }
    var bytes: [UInt8] = []
    for text in [purpose, run, address, label] {
      bytes += Array("\(text.utf8.count):".utf8) + Array(text.utf8)
    }
    return sha256(bytes)
  }

  /// RFC 9562, section 5.8 (version 8).
  private static func formattedUUID(_ digest: [UInt8]) -> String {
    var bytes = Array(digest.prefix(16))
    bytes[6] = bytes[6] & 0x0F | 0x80
    bytes[8] = bytes[8] & 0x3F | 0x80
    var text = ""
    for (position, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(position) { text += "-" }
      text += hexadecimal(byte)
    }
    return text
  }

  /// 40 bits in Crockford's alphabet, which has no letters that look like digits.
  private static func shortText(_ digest: [UInt8]) -> String {
    let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
    let bits = digest.prefix(5).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return String((0..<8).map { alphabet[Int(bits >> (35 - 5 * UInt64($0)) & 31)] })
  }

  private static func merged(_ left: ValueMap, _ right: ValueMap) -> ValueMap {
    var result = left
    for member in right {
      if case .map(let inner) = member.value, case .map(let own)? = left.value(for: member.key) {
        result.set(member.key, .map(merged(own, inner)))
      } else {
        result.set(member.key, member.value)
      }
    }
    return result
  }

  private static func jsonText(_ value: Value) throws(EvaluationError) -> String {
    let stored: Value
    do throws(UnstorableValue) {
      stored = try value.presentValue?.storable() ?? .null
    } catch {
      throw EvaluationError(.invalidArgument, error.message("has no JSON form"))
    }
    guard let bytes = try? CanonicalJSON.encode(stored) else {
      throw EvaluationError(.invalidArgument, "the value has no JSON form")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func moment(
    _ activation: any Activation, _ arguments: [Value]
  ) throws(EvaluationError) -> Value {
    guard arguments.count == 2, case .timestamp(let start) = arguments[0],
      case .string(let text) = arguments[1]
    else { throw EvaluationError(.noSuchOverload, "`after` needs a moment and a text") }
    guard let length = Length(text) else {
      throw EvaluationError(.invalidArgument, "`\(text)` is not a length of time")
    }
    var calendar = CalendarValue(.standard)
    if case .object(let object)? = activation.value(named: "@calendar"),
      let value = object as? CalendarValue
    {
      calendar = value
    }
    let end: Timestamp
    do throws(BusinessCalendar.Problem) {
      end = try length.reckoned(after: start, by: calendar.calendar)
    } catch {
      throw EvaluationError(
        error.isBeyondHorizon ? .beyondHorizon : .overflow,
        calendar.message(of: error, in: "`after(…, '\(text)')`"))
    }
    return .timestamp(try Arithmetic.inRange(end))
  }
}

/// SHA-256 (FIPS 180-4).
func sha256(_ bytes: [UInt8]) -> [UInt8] {
  var digest = [UInt8](repeating: 0, count: 32)
  bytes.withUnsafeBytes { buffer in
    ccrypto_sha256(buffer.baseAddress, buffer.count, &digest)
  }
  return digest
}

/// Two lower-case digits.
func hexadecimal(_ byte: UInt8) -> String {
  let digits = String(byte, radix: 16)
  return digits.count == 1 ? "0" + digits : digits
}
