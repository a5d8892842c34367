package import CEL

/// A mistake in an expression in an author's words: with "text" and "a list", not with the names of
/// the expression language's types.
extension Issue {
  package var authorMessage: String {
    switch reason {
    case .mismatch(let symbol, let types): "`\(symbol)` does not work on \(types.nouns)"
    case .noFields(let type, let field): "\(type.noun) has no fields, so no `\(field)`"
    case .expected(let wanted, let found): "expected \(wanted.noun), found \(found.noun)"
    case .unknownField(let field, let owner, _):
      "\(owner == "object" ? "the map" : owner) has no field `\(field)`"
    case .noOverload(let function, let receiver, let types, _):
      Self.message(function, receiver, types)
    case .branches(let one, let other):
      "both results of `?` need the same type, found \([one, other].nouns)"
    case .unknownName, .unknownFunction, .other: message
    }
  }

  /// What there is instead.
  package var authorLabel: String? {
    switch reason {
    case .unknownField(_, _, let known):
      known.isEmpty ? "it has none" : "it has \(known.shortList)"
    case .noOverload(let function, _, _, let signatures):
      "expected "
        + Self.distinct(signatures.map { $0.written(function) }).prefix(4).map(\.self).quotedList
    default: nil
    }
  }

  /// What to write instead, as far as that can be told without the place.
  package var authorHelp: String? {
    if case .unknownFunction(let name) = reason, let help = Self.functions[name.lowercased()] {
      return help
    }
    if let suggestion { return "did you mean `\(suggestion)`?" }
    switch reason {
    case .unknownField(let field, _, let known):
      return Self.longer(field, known).map { "did you mean `\($0)`?" }
    case .noOverload("orValue", .optional(let type)?, let given, _) where given.count == 1:
      return "what counts instead has the same type: \(type.noun)"
    default: return nil
    }
  }

  /// Types that authors know by one word give the same line.
  private static func distinct(_ lines: [String]) -> [String] {
    var known: Set<String> = []
    return lines.filter { known.insert($0).inserted }
  }

  private static func message(
    _ function: String, _ receiver: CELType?, _ types: [CELType]
  ) -> String {
    if case .optional(let type)? = receiver, !types.isEmpty {
      return "`\(function)` of \(type.noun) that may be absent does not take \(types.nouns)"
    }
    return switch (receiver, types.isEmpty) {
    case (nil, true): "`\(function)` needs a value in its parentheses"
    case (nil, false): "`\(function)` does not work on \(types.nouns)"
    case (let type?, true): "`\(function)` does not work on \(type.noun)"
    case (let type?, false): "`\(function)` of \(type.noun) does not take \(types.nouns)"
    }
  }

  /// The only known name that begins with a word, or that begins it: `lag_seconds` for `lag`.
  private static func longer(_ word: String, _ known: [String]) -> String? {
    guard word.utf8.count >= 3 else { return nil }
    let found = known.filter {
      $0.hasPrefix(word) || $0.utf8.count >= 3 && word.hasPrefix($0)
    }
    return found.count == 1 ? found.first : nil
  }

  /// What functions of other languages are here, and how those are written that name what they look at, by
  /// their names in small letters.
  private static let functions: [String: String] = {
    let size = "write `size(…)`"
    let lower = "write `text.lowerAscii()`"
    let upper = "write `text.upperAscii()`"
    let exists = "write `list.exists(x, …)`"
    let all = "write `list.all(x, …)`"
    let absent = "`.?field.orValue(…)` says what counts for a value that is absent"
    return [
      "len": size, "length": size, "count": size, "lower": lower, "tolower": lower,
      "tolowercase": lower, "downcase": lower, "upper": upper, "toupper": upper,
      "touppercase": upper, "upcase": upper, "strip": "write `text.trim()`",
      "includes": "write `text.contains(…)`, or `item in list`",
      "str": "write `string(…)`", "tostring": "write `string(…)`", "float": "write `double(…)`",
      "number": "write `double(…)` or `int(…)`", "integer": "write `int(…)`",
      "parseint": "write `int(…)`", "boolean": "write `bool(…)`", "default": absent,
      "coalesce": absent, "defined": "write `has(…)`", "exist": "write `has(…)`",
      "now": "`now` stands without parentheses", "date": "write `timestamp(…)`",
      "today": "`now` is the present moment", "any": exists, "some": exists,
      "exists": "\(exists), where `x` is each of them in turn",
      "every": all, "all": "\(all), where `x` is each of them in turn",
      "filter": "write `list.filter(x, …)`, where `x` is each of them in turn",
      "map": "write `list.map(x, …)`, where `x` is each of them in turn",
      "tojson": "write `json(…)`", "to_json": "write `json(…)`",
    ]
  }()
}

extension Issue.Signature {
  /// `text.contains(text)`.
  fileprivate func written(_ function: String) -> String {
    let call = "\(function)(\(parameters.map(\.word).joined(separator: ", ")))"
    return receiver.map { "\($0.word).\(call)" } ?? call
  }
}

extension [CELType] {
  fileprivate var nouns: String { map(\.noun).joined(separator: " and ") }
}

extension CELType {
  /// One word for a value of the type.
  fileprivate var word: String {
    switch self {
    case .string: "text"
    case .bytes: "bytes"
    case .bool: "truth"
    case .int, .uint: "integer"
    case .double: "number"
    case .timestamp: "moment"
    case .duration: "length"
    case .list: "list"
    case .map, .object: "map"
    case .optional: "optional"
    case .opaque(let name, _): name
    default: "value"
    }
  }
}

extension Sequence<String> {
  /// "`a`, `b`, …": the first dozen.
  var shortList: String {
    let first = Array(prefix(13))
    return first.count > 12 ? first.dropLast().map(\.self).quotedList + ", …" : first.quotedList
  }
}
