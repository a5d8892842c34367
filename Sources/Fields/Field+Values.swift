import Documents
package import Values

extension Field {
  /// The value, or nil where a null only says that there is none.
  package func present(_ value: Value) -> Value? {
    guard case .null = value, !isRequired, !schema.validate(.null).isEmpty else { return value }
    return nil
  }

  /// Checks one value, and gives its numbers the types of the field.
  ///
  /// - Parameter isHidden: Whether values are not shown, though the field is not sensitive.
  package func check(_ value: Value, isHidden: Bool = false) -> Result<Value, FieldProblems> {
    let typed = schema.coerce(value)
    guard typed.isJSON else {
      let message = "`\(name)` is a value that cannot be kept; use text, numbers, lists or maps"
      return .failure(FieldProblems([FieldProblem(path: name, message: message)]))
    }
    if isTooLarge(typed) { return .failure(FieldProblems([tooLarge])) }
    let problems = self.problems(in: typed, isHidden: isHidden)
    return problems.isEmpty ? .success(typed) : .failure(FieldProblems(problems))
  }

  /// Every way in which a value that has the types of the field does not fit, at its place.
  ///
  /// - Parameter isHidden: Whether values are not shown, though the field is not sensitive.
  package func problems(in value: Value, isHidden: Bool = false) -> [FieldProblem] {
    schema.validate(value).map { problem($0, isHidden: isHidden || isSensitive) }
  }

  private func problem(_ problem: SchemaProblem, isHidden: Bool) -> FieldProblem {
    let path = problem.path.reduce(name) { $1.hasPrefix("[") ? $0 + $1 : "\($0).\($1)" }
    let message = isHidden ? problem.expectation : problem.message
    return FieldProblem(path: path, message: "`\(path)` \(message)")
  }

  /// Reads what a person typed; see ``FieldSet/parse(_:for:)``.
  package func parse(_ text: String) -> Result<Value, FieldProblem> {
    let trimmed = text.trimmed
    guard let value = value(of: trimmed, as: schema.typeName, raw: text) else {
      if isTooLarge(trimmed) { return .failure(tooLarge) }
      let found = isSensitive ? "" : ", not \(SchemaValidator.shown(.string(text)))"
      let message = "`\(name)` must be \(phrase)\(found)\(remedy(for: trimmed))"
      return .failure(FieldProblem(path: name, message: message))
    }
    return check(value).mapError { error in
      error.problems.first ?? FieldProblem(path: name, message: "`\(name)` does not fit")
    }
  }

  /// What the value must be; of a list also of what.
  private var phrase: String {
    guard let type = schema.typeName.flatMap(SchemaType.init) else { return "a value" }
    guard type == .array, let item = schema.source["items"]?["type"]?.asString else {
      return type.phrase
    }
    switch SchemaType(rawValue: item) {
    case .integer: return "a list of whole numbers"
    case .number: return "a list of numbers"
    case .boolean: return "a list of true and false"
    case .array, .object: return "a list in JSON"
    case .string, .null, nil: return type.phrase
    }
  }

  /// How a number is written that was typed as in other languages.
  private func remedy(for text: String) -> String {
    guard !isSensitive, schema.typeName == "number", text.count(where: { $0 == "," }) == 1,
      case let pointed = text.replacing(",", with: "."), number(pointed) != nil
    else { return "" }
    return "; its fraction stands after a point: `\(pointed)`"
  }

  private func value(of text: String, as type: String?, raw: String) -> Value? {
    switch type {
    case "string": return .string(raw)
    case "integer":
      return number(text).flatMap { $0.asNumber.flatMap(Int64.init(exactly:)) == nil ? nil : $0 }
    case "number": return number(text)
    case "boolean": return Self.words[text.lowercased()].map { .bool($0) }
    case "array": return text.utf8.first == 0x5B ? json(text) : list(text)
    case "object": return json(text)
    default:
      let value = json(text)
      return value.map { schema.validate($0).isEmpty ? $0 : .string(raw) } ?? .string(raw)
    }
  }

  /// The largest magnitude of an integer that every reader of JSON keeps exactly.
  private static let largest: UInt64 = 1 << 53

  private var tooLarge: FieldProblem {
    FieldProblem(
      path: name,
      message: "`\(name)` is beyond ±\(Self.largest), up to which whole numbers are exact")
  }

  /// Whether a number is wanted, and a whole one is there that cannot be kept: as text, which is what
  /// the readers make of its digits, or because it was written with an exponent.
  private func isTooLarge(_ value: Value) -> Bool {
    switch value {
    case .string(let text): isTooLarge(text)
    case .int(let number): schema.typeName == "integer" && number.magnitude > Self.largest
    default: false
    }
  }

  /// Whether a number is wanted, and a whole one was typed that cannot be kept.
  private func isTooLarge(_ text: String) -> Bool {
    guard ["integer", "number"].contains(schema.typeName) else { return false }
    let digits = text.utf8.first == 0x2D || text.utf8.first == 0x2B ? text.dropFirst() : text[...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return false
    }
    return UInt64(digits).map { $0 > Self.largest } ?? true
  }

  private static let words = [
    "true": true, "false": false, "yes": true, "no": false, "y": true, "n": false,
  ]

  private func number(_ text: String) -> Value? {
    let digits = text.utf8.first == 0x2B ? String(text.dropFirst()) : text
    guard let value = json(digits), value.asNumber != nil else { return nil }
    return value
  }

  private func json(_ text: String) -> Value? { try? JSONReader.value(from: Array(text.utf8)) }

  /// `a, b` for a list whose items are single values.
  private func list(_ text: String) -> Value? {
    let type = schema.source["items"]?["type"]?.asString ?? "string"
    guard !["array", "object"].contains(type) else { return nil }
    if text.isEmpty { return .list([]) }
    let items = text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      value(of: String(part).trimmed, as: type, raw: String(part).trimmed)
    }
    return items.contains { $0 == nil } ? nil : .list(items.compactMap(\.self))
  }
}

extension String {
  fileprivate var trimmed: String {
    let isSpace = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
    var scalars = Substring(self).unicodeScalars
    while let first = scalars.first, isSpace(first) { scalars.removeFirst() }
    while let last = scalars.last, isSpace(last) { scalars.removeLast() }
    return String(scalars)
  }
}
