import CEL
import Values

extension SchemaProgram {
  /// The static type of the values that fit the schema.
  ///
  /// A map with named members is taken as having no others unless the schema says what others may
  /// be, so that a misspelled member is found.
  var type: CELType { type(of: Self.root, within: []) }

  func type(of number: Int, within outer: Set<Int>) -> CELType {
    guard !outer.contains(number) else { return .dyn }
    let inner = outer.union([number])
    let keywords = nodes[number].keywords
    for keyword in keywords {
      guard case .types(let types) = keyword else { continue }
      let solid = types.filter { $0 != .null }
      guard solid.count == 1 else { return types == [.null] ? .null : .dyn }
      let type = type(solid[0], keywords, inner)
      return solid.count == types.count ? type : nullable(type)
    }
    return keywords.lazy.compactMap { untyped($0, inner) }.first ?? .dyn
  }

  private func nullable(_ type: CELType) -> CELType {
    switch type {
    case .bool, .int, .double, .string, .list, .map, .object: .wrapper(type)
    default: .dyn
    }
  }

  private func type(_ type: SchemaType, _ keywords: [SchemaKeyword], _ outer: Set<Int>) -> CELType {
    switch type {
    case .string: return .string
    case .integer: return .int
    case .number: return .double
    case .boolean: return .bool
    case .null: return .null
    case .array:
      for case .items(let prefix, let rest?) in keywords where prefix.isEmpty {
        return .list(self.type(of: rest, within: outer))
      }
      return .list(.dyn)
    case .object:
      for case .members(let rules) in keywords {
        return self.type(of: rules, required: requiredNames(keywords), outer)
      }
      return .map(.string, .dyn)
    }
  }

  /// The members that a value must have; nil where other schemas may require more of the same value.
  private func requiredNames(_ keywords: [SchemaKeyword]) -> Set<String>? {
    var names: Set<String> = []
    for keyword in keywords {
      switch keyword {
      case .required(let required): names.formUnion(required)
      case .allOf, .anyOf, .oneOf, .not, .condition, .reference, .dynamicReference, .minMembers,
        .dependentRequired, .dependentSchemas:
        return nil
      default: break
      }
    }
    return names
  }

  private func type(
    of rules: MemberRules, required: Set<String>?, _ outer: Set<Int>
  ) -> CELType {
    if rules.named.isEmpty {
      let others = rules.additional.map { type(of: $0, within: outer) } ?? .dyn
      return .map(.string, rules.patterned.isEmpty ? others : .dyn)
    }
    var fields: [String: CELType] = [:]
    var words: [String: [String]] = [:]
    for (name, schema) in rules.named {
      fields[name] = type(of: schema, within: outer)
      if case .string? = fields[name] { words[name] = self.words(of: schema) }
    }
    let isOpen = !rules.patterned.isEmpty || rules.additional.map { !isNever($0) } ?? false
    let optional = required.map { names in Set(fields.keys.filter { !names.contains($0) }) } ?? []
    return .object(
      ObjectType("object", fields: fields, optional: optional, words: words, isOpen: isOpen))
  }

  /// The texts one of which a value must be, where the schema lists them.
  private func words(of number: Int) -> [String]? {
    for case .oneOfValues(let values) in nodes[number].keywords {
      let words = values.compactMap(\.asString)
      return words.count == values.count ? words : nil
    }
    return nil
  }

  func isNever(_ number: Int) -> Bool {
    if case .never? = nodes[number].keywords.first { true } else { false }
  }

  /// What a keyword says of the type where `type` itself is not given.
  private func untyped(_ keyword: SchemaKeyword, _ outer: Set<Int>) -> CELType? {
    switch keyword {
    case .reference(let number): return known(type(of: number, within: outer))
    case .allOf(let numbers):
      return numbers.lazy.compactMap { known(type(of: $0, within: outer)) }.first
    case .anyOf(let numbers), .oneOf(let numbers):
      let types = Set(numbers.map { type(of: $0, within: outer) })
      return types.count == 1 ? types.first.flatMap(known) : nil
    case .oneOfValues(let values):
      if values.allSatisfy({ $0.asString != nil }) { return .string }
      if values.allSatisfy({ $0.asBool != nil }) { return .bool }
      return nil
    default: return nil
    }
  }

  private func known(_ type: CELType) -> CELType? { type == .dyn ? nil : type }

  // MARK: numbers

  /// Gives whole numbers of a `number` the type double and integral doubles of an `integer` int.
  func coerce(_ value: Value) -> Value { coerce(value, Self.root, depth: 0) }

  private func coerce(_ value: Value, _ number: Int, depth: Int) -> Value {
    guard depth < 200 else { return value }
    return nodes[number].keywords.reduce(value) { value, keyword in
      switch (keyword, value) {
      case (.types(let types), _): coerce(value, to: types)
      case (.items(let prefix, let rest), .list(let items)):
        .list(
          items.enumerated().map { index, item in
            let schema = index < prefix.count ? prefix[index] : rest
            return schema.map { coerce(item, $0, depth: depth + 1) } ?? item
          })
      case (.members(let rules), .map(let map)): .map(coerce(map, rules, depth))
      case (.reference(let target), _): coerce(value, target, depth: depth + 1)
      case (.allOf(let all), _): all.reduce(value) { coerce($0, $1, depth: depth + 1) }
      case (.anyOf(let forms), _), (.oneOf(let forms), _): coerce(value, oneOf: forms, depth)
      default: value
      }
    }
  }

  private func coerce(_ value: Value, to types: [SchemaType]) -> Value {
    switch value {
    case .int(let amount) where types.contains(.number) && !types.contains(.integer):
      return .double(Double(amount))
    case .double(let amount) where types.contains(.integer) && !types.contains(.number):
      return Int64(exactly: amount).map { .int($0) } ?? value
    case .uint(let amount):
      return Int64(exactly: amount).map { coerce(.int($0), to: types) } ?? value
    default: return value
    }
  }

  private func coerce(_ map: ValueMap, _ rules: MemberRules, _ depth: Int) -> ValueMap {
    var result = map
    for member in map {
      guard let name = member.key.asString else { continue }
      let schema =
        rules.schema(named: name)
        ?? rules.patterned.first { $0.pattern.isFound(in: name) }?.schema ?? rules.additional
      if let schema { result[name] = coerce(member.value, schema, depth: depth + 1) }
    }
    return result
  }

  private func coerce(_ value: Value, oneOf forms: [Int], _ depth: Int) -> Value {
    let fitting = forms.first { form in
      var validator = SchemaValidator(self)
      return validator.attempt(form, value).seen != nil
    }
    return fitting.map { coerce(value, $0, depth: depth + 1) } ?? value
  }
}
