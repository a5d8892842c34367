import Values

/// Working with texts (CEL extension "strings"). Positions count code points.
enum StringsExtension {
  static let table: [FunctionDeclaration] = [
    FunctionDeclaration(
      "charAt", "The character at a position; the empty text at the very end.",
      id: "string_char_at_int", isMember: true, [.string, .int], .string,
      [("'abc'.charAt(1)", "'b'")], charAt),
    FunctionDeclaration(
      "indexOf", "The first position of a text in another, from a position on; -1 without one.",
      [
        ("string_index_of_string", true, [.string, .string], .int),
        ("string_index_of_string_int", true, [.string, .string, .int], .int),
      ], [("'hello'.indexOf('l')", "2"), ("'hello'.indexOf('l', 3)", "3")], indexOf),
    FunctionDeclaration(
      "lastIndexOf", "The last position of a text in another, up to a position; -1 without one.",
      [
        ("string_last_index_of_string", true, [.string, .string], .int),
        ("string_last_index_of_string_int", true, [.string, .string, .int], .int),
      ], [("'hello'.lastIndexOf('l')", "3")], lastIndexOf),
    FunctionDeclaration(
      "lowerAscii", "The text with the letters A to Z in lower case.", id: "string_lower_ascii",
      isMember: true, [.string], .string, [("'TacoCat'.lowerAscii()", "'tacocat'")],
      { (call) throws(EvaluationError) in
        text(try call.bytes(0).map { $0 >= 0x41 && $0 <= 0x5A ? $0 + 0x20 : $0 })
      }),
    FunctionDeclaration(
      "upperAscii", "The text with the letters a to z in upper case.", id: "string_upper_ascii",
      isMember: true, [.string], .string, [("'TacoCat'.upperAscii()", "'TACOCAT'")],
      { (call) throws(EvaluationError) in
        text(try call.bytes(0).map { $0 >= 0x61 && $0 <= 0x7A ? $0 - 0x20 : $0 })
      }),
    FunctionDeclaration(
      "replace", "The text with a part of it replaced everywhere, or so many times.",
      [
        ("string_replace_string_string", true, [.string, .string, .string], .string),
        ("string_replace_string_string_int", true, [.string, .string, .string, .int], .string),
      ],
      [("'a-b-c'.replace('-', '+')", "'a+b+c'"), ("'a-b-c'.replace('-', '+', 1)", "'a+b-c'")],
      replace),
    FunctionDeclaration(
      "split", "The parts of a text between separators, at most so many of them.",
      [
        ("string_split_string", true, [.string, .string], .list(.string)),
        ("string_split_string_int", true, [.string, .string, .int], .list(.string)),
      ], [("'a,b,c'.split(',')", "['a', 'b', 'c']"), ("'a,b,c'.split(',', 2)", "['a', 'b,c']")],
      split),
    FunctionDeclaration(
      "substring", "The text from a position, and up to another.",
      [
        ("string_substring_int", true, [.string, .int], .string),
        ("string_substring_int_int", true, [.string, .int, .int], .string),
      ], [("'tacocat'.substring(4)", "'cat'"), ("'tacocat'.substring(0, 4)", "'taco'")],
      substring),
    FunctionDeclaration(
      "trim", "The text without white space at both ends.", id: "string_trim", isMember: true,
      [.string], .string, [("' a b '.trim()", "'a b'")], trim),
    FunctionDeclaration(
      "reverse", "The text, or list, from its end to its start.", id: "string_reverse",
      isMember: true, [.string], .string, [("'abc'.reverse()", "'cba'")],
      { (call) throws(EvaluationError) in
        var reversed = String.UnicodeScalarView()
        reversed.append(contentsOf: try call.string(0).unicodeScalars.reversed())
        return .string(String(reversed))
      }),
    FunctionDeclaration(
      "join", "The texts of a list in a row, with a separator between them.",
      [
        ("list_join", true, [.list(.string)], .string),
        ("list_join_string", true, [.list(.string), .string], .string),
      ], [("['a', 'b'].join('-')", "'a-b'")], join),
    FunctionDeclaration(
      "strings.quote", "The text in double quotes, with escapes where they are needed.",
      id: "strings_quote", [.string], .string,
      [("strings.quote('a\\nb') == '\"a\\\\nb\"'", "true")],
      quote),
    FunctionDeclaration(
      "format", "Puts values into a text: %s, %d, %f, %e, %b, %o, %x, %X, with a precision (%.2f).",
      id: "string_format", isMember: true, [.string, .list(.dyn)], .string,
      [("'%s is %.1f'.format(['pi', 3.14159])", "'pi is 3.1'")],
      { (call) throws(EvaluationError) in
        .string(try TextFormat.format(try call.string(0), try call.list(1)))
      }),
  ]

  private static func text(_ bytes: some Sequence<UInt8>) -> Value {
    .string(String(decoding: Array(bytes), as: UTF8.self))
  }

  private static func position(
    _ call: Arguments, _ index: Int, in bytes: [UInt8]
  ) throws(EvaluationError) -> Int {
    let scalar = try call.int(index)
    guard let byte = TextSearch.byte(ofScalar: scalar, in: bytes) else {
      throw call.outOfRange(scalar)
    }
    return byte
  }

  private static func charAt(_ call: Arguments) throws(EvaluationError) -> Value {
    let bytes = try call.bytes(0)
    let start = try position(call, 1, in: bytes)
    guard start < bytes.count else { return .string("") }
    var end = start + 1
    while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
    return text(bytes[start..<end])
  }

  private static func indexOf(_ call: Arguments) throws(EvaluationError) -> Value {
    let bytes = try call.bytes(0)
    let part = try call.bytes(1)
    let start = call.count > 2 ? try position(call, 2, in: bytes) : 0
    let found = TextSearch.first(part, in: bytes, from: start)
    return .int(found.map { TextSearch.scalar(atByte: $0, in: bytes) } ?? -1)
  }

  private static func lastIndexOf(_ call: Arguments) throws(EvaluationError) -> Value {
    let bytes = try call.bytes(0)
    let part = try call.bytes(1)
    let last = call.count > 2 ? try position(call, 2, in: bytes) : bytes.count
    let found = TextSearch.last(part, in: bytes, upTo: last)
    return .int(found.map { TextSearch.scalar(atByte: $0, in: bytes) } ?? -1)
  }

  private static func replace(_ call: Arguments) throws(EvaluationError) -> Value {
    let bytes = try call.bytes(0)
    let part = try call.bytes(1)
    let replacement = try call.bytes(2)
    var left = call.count > 3 ? try call.int(3) : -1
    var result: [UInt8] = []
    var position = 0
    while left != 0, position <= bytes.count,
      let found = TextSearch.first(part, in: bytes, from: position)
    {
      result += bytes[position..<found]
      result += replacement
      position = found + part.count
      if part.isEmpty {
        guard position < bytes.count else { return text(result) }
        repeat {
          result.append(bytes[position])
          position += 1
        } while position < bytes.count && bytes[position] & 0xC0 == 0x80
      }
      if left > 0 { left -= 1 }
      _ = try Arithmetic.sized(result.count) { 0 }
    }
    if position < bytes.count { result += bytes[position...] }
    return text(result)
  }

  private static func split(_ call: Arguments) throws(EvaluationError) -> Value {
    let bytes = try call.bytes(0)
    let separator = try call.bytes(1)
    let limit = call.count > 2 ? try call.int(2) : -1
    if limit == 0 { return .list([]) }
    if separator.isEmpty { return characters(try call.string(0), limit) }
    var parts: [Value] = []
    var position = 0
    while limit < 0 || Int64(parts.count) < limit - 1,
      let found = TextSearch.first(separator, in: bytes, from: position)
    {
      parts.append(text(bytes[position..<found]))
      position = found + separator.count
    }
    return .list(parts + [text(bytes[position...])])
  }

  private static func characters(_ source: String, _ limit: Int64) -> Value {
    var parts: [Value] = []
    var rest = source.unicodeScalars[...]
    while limit < 0 || Int64(parts.count) < limit - 1, let next = rest.popFirst() {
      parts.append(.string(String(next)))
    }
    return .list(rest.isEmpty ? parts : parts + [.string(String(rest))])
  }

  private static func substring(_ call: Arguments) throws(EvaluationError) -> Value {
    let bytes = try call.bytes(0)
    let start = try position(call, 1, in: bytes)
    let end = call.count > 2 ? try position(call, 2, in: bytes) : bytes.count
    guard start <= end else {
      throw EvaluationError(
        .invalidArgument, "invalid substring range: start \(start) is after end \(end)")
    }
    return text(bytes[start..<end])
  }

  private static func trim(_ call: Arguments) throws(EvaluationError) -> Value {
    var rest = try call.string(0).unicodeScalars[...]
    while let first = rest.first, first.properties.isWhitespace { rest.removeFirst() }
    while let last = rest.last, last.properties.isWhitespace { rest.removeLast() }
    return .string(String(rest))
  }

  private static func join(_ call: Arguments) throws(EvaluationError) -> Value {
    let separator = call.count > 1 ? try call.string(1) : ""
    var result = ""
    for (index, element) in try call.list(0).enumerated() {
      guard case .string(let part) = element else {
        throw TypeFunctions.unfit("join", element)
      }
      if index > 0 { result += separator }
      result += part
      _ = try Arithmetic.sized(result.utf8.count) { 0 }
    }
    return .string(result)
  }

  private static func quote(_ call: Arguments) throws(EvaluationError) -> Value {
    var result = "\""
    for scalar in try call.string(0).unicodeScalars {
      switch scalar {
      case "\u{07}": result += "\\a"
      case "\u{08}": result += "\\b"
      case "\u{0C}": result += "\\f"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{0B}": result += "\\v"
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      default: result.unicodeScalars.append(scalar)
      }
    }
    return .string(result + "\"")
  }
}
