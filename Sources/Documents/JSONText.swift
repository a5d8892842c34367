package import Values

/// JSON for people.
package enum JSONText {
  /// Two spaces a level, members in their order, no final line break.
  ///
  /// What JSON has no form for is written as text: bytes in hexadecimal, moments and durations in
  /// seconds, numbers that are not finite by name, other values by their description.
  ///
  /// - Parameter indentation: how many spaces its lines but the first have before them, at least.
  package static func pretty(_ value: Value, indentation: Int = 0) -> String {
    text(value, indent: indentation)
  }

  /// The same on one line, without spaces.
  package static func compact(_ value: Value) -> String { text(value, indent: nil) }

  private static func text(_ value: Value, indent: Int?) -> String {
    var bytes = ByteWriter()
    append(value, indent, &bytes)
    return String(decoding: bytes.bytes, as: UTF8.self)
  }

  private static func append(_ value: Value, _ indent: Int?, _ bytes: inout ByteWriter) {
    switch value {
    case .list(let values):
      append(values, between: (0x5B, 0x5D), indent, &bytes) { value, bytes in
        append(value, indent.map { $0 + 2 }, &bytes)
      }
    case .map(let map):
      append(map, between: (0x7B, 0x7D), indent, &bytes) { member, bytes in
        append(key: member.key, to: &bytes)
        bytes.append(indent == nil ? ":" : ": ")
        append(member.value, indent.map { $0 + 2 }, &bytes)
      }
    default: append(scalar: value, to: &bytes)
    }
  }

  private static func append<Items: Collection>(
    _ items: Items, between brackets: (UInt8, UInt8), _ indent: Int?, _ bytes: inout ByteWriter,
    each: (Items.Element, inout ByteWriter) -> Void
  ) {
    bytes.append(brackets.0)
    var isFirst = true
    for item in items {
      if !isFirst { bytes.append(0x2C) }
      isFirst = false
      if let indent { breakLine(indent + 2, &bytes) }
      each(item, &bytes)
    }
    if let indent, !isFirst { breakLine(indent, &bytes) }
    bytes.append(brackets.1)
  }

  private static func breakLine(_ indent: Int, _ bytes: inout ByteWriter) {
    bytes.append(0x0A)
    for _ in 0..<indent { bytes.append(0x20) }
  }

  private static func append(key: Value, to bytes: inout ByteWriter) {
    if case .string(let name) = key {
      JSONQuoting.write(name, to: &bytes)
    } else {
      JSONQuoting.write(compact(key), to: &bytes)
    }
  }

  private static func append(scalar value: Value, to bytes: inout ByteWriter) {
    switch value {
    case .int(let number):
      if number < 0 { bytes.append(0x2D) }
      ECMAScriptNumber.write(number.magnitude, to: &bytes)
    case .uint(let number): ECMAScriptNumber.write(number, to: &bytes)
    case .double(let number) where number.isFinite: ECMAScriptNumber.write(number, to: &bytes)
    case .null, .bool, .string:
      if (try? CanonicalJSON.write(value, to: &bytes)) == nil { bytes.append("null") }
    default: JSONQuoting.write(fallbackText(of: value), to: &bytes)
    }
  }

  private static func fallbackText(of value: Value) -> String {
    switch value {
    case .double(let number): number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity"
    case .bytes(let bytes):
      bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    case .timestamp(let moment): "\(moment.seconds)s"
    case .duration(let span): "\(span.seconds)s"
    case .object(let object): object.description
    default: ""
    }
  }
}
