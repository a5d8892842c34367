import SourceText
import Values

extension SchemaValidator {
  mutating func applyList(_ keyword: SchemaKeyword, _ items: [Value], _ seen: inout Seen) -> Bool {
    switch keyword {
    case .items(let prefix, let rest): return check(items, prefix, rest, &seen)
    case .contains(let schema, let least, let most):
      return check(items, contain: schema, least, most, &seen)
    case .minItems(let count) where items.count < count:
      fail("must have at least \(count) item\(count == 1 ? "" : "s")")
    case .maxItems(let count) where items.count > count:
      fail("must have at most \(count) item\(count == 1 ? "" : "s"), not \(items.count)")
    case .uniqueItems where Set(items.map(normalized)).count < items.count:
      fail("must not hold the same item twice")
    case .unevaluatedItems(let schema):
      var fits = true
      for (index, item) in items.enumerated() where !seen.indices.contains(index) {
        if check(schema, item, at: "[\(index)]") == nil { fits = false }
        seen.indices.insert(index)
      }
      return fits
    default: return true
    }
    return false
  }

  private mutating func check(
    _ items: [Value], _ prefix: [Int], _ rest: Int?, _ seen: inout Seen
  ) -> Bool {
    var fits = true
    for (index, item) in items.enumerated() {
      guard let schema = index < prefix.count ? prefix[index] : rest else { break }
      if check(schema, item, at: "[\(index)]") == nil { fits = false }
      if program.tracksEvaluation { seen.indices.insert(index) }
    }
    return fits
  }

  private mutating func check(
    _ items: [Value], contain schema: Int, _ least: Int, _ most: Int?, _ seen: inout Seen
  ) -> Bool {
    var count = 0
    for (index, item) in items.enumerated() where attempt(schema, item).seen != nil {
      count += 1
      seen.indices.insert(index)
    }
    if count < least {
      fail("must hold at least \(least) item\(least == 1 ? "" : "s") of the kind asked for")
      return false
    }
    guard let most, count > most else { return true }
    fail("must hold at most \(most) item\(most == 1 ? "" : "s") of the kind asked for")
    return false
  }

  mutating func applyMap(_ keyword: SchemaKeyword, _ map: ValueMap, _ seen: inout Seen) -> Bool {
    switch keyword {
    case .members(let rules): return check(map, rules, &seen)
    case .memberNames(let schema):
      var fits = true
      for name in map.names where check(schema, .string(name), at: name) == nil { fits = false }
      return fits
    case .minMembers(let count) where map.count < count:
      fail("must have at least \(count) member\(count == 1 ? "" : "s")")
    case .maxMembers(let count) where map.count > count:
      fail("must have at most \(count) member\(count == 1 ? "" : "s"), not \(map.count)")
    case .required(let names): return check(map, has: names)
    case .dependentRequired(let rules):
      return rules.reduce(true) { fits, rule in
        (map[rule.name] == nil || check(map, has: rule.needs)) && fits
      }
    case .dependentSchemas(let rules): return check(map, rules, &seen)
    case .unevaluatedMembers(let schema):
      var fits = true
      for member in map {
        guard let name = member.key.asString, !seen.names.contains(name) else { continue }
        if check(schema, member.value, at: name) == nil { fits = false }
        seen.names.insert(name)
      }
      return fits
    default: return true
    }
    return false
  }

  private mutating func check(_ map: ValueMap, has names: [String]) -> Bool {
    var hasAll = true
    for name in names {
      if let value = map[name] {
        if let unknown = value.asUnknown, unknown.mayBeAbsent || !unknown.isImplied { need(name) }
      } else {
        fail("is missing", at: name)
        hasAll = false
      }
    }
    return hasAll
  }

  private mutating func check(
    _ map: ValueMap, _ rules: [(name: String, schema: Int)], _ seen: inout Seen
  ) -> Bool {
    var fits = true
    for rule in rules where map[rule.name] != nil {
      if let inner = check(rule.schema, .map(map)) { seen.add(inner) } else { fits = false }
    }
    return fits
  }

  private mutating func check(_ map: ValueMap, _ rules: MemberRules, _ seen: inout Seen) -> Bool {
    var fits = true
    for member in map {
      guard let name = member.key.asString else { continue }
      var schemas = rules.patterned.filter { $0.pattern.isFound(in: name) }.map(\.schema)
      if let schema = rules.schema(named: name) { schemas.insert(schema, at: 0) }
      if schemas.isEmpty, let additional = rules.additional {
        if program.isNever(additional) {
          failUnknown(name, rules)
          fits = false
          continue
        }
        schemas = [additional]
      }
      for schema in schemas where check(schema, member.value, at: name) == nil { fits = false }
      if program.tracksEvaluation, !schemas.isEmpty { seen.names.insert(name) }
    }
    return fits
  }

  private mutating func failUnknown(_ name: String, _ rules: MemberRules) {
    let near = nearest(name, among: rules.named.map(\.name))
    fail("is not known" + (near.map { "; did you mean `\($0)`?" } ?? ""), at: name)
  }

  // MARK: combinations

  mutating func applyCombination(
    _ keyword: SchemaKeyword, _ value: Value, _ seen: inout Seen
  ) -> Bool {
    switch keyword {
    case .allOf(let schemas):
      return schemas.reduce(true) { fits, schema in follow(schema, value, &seen) && fits }
    case .anyOf(let schemas): return check(anyOf: schemas, value, &seen)
    case .oneOf(let schemas): return check(oneOf: schemas, value, &seen)
    case .not(let schema):
      if attempt(schema, value).seen == nil { return true }
      fail("is a value that is ruled out", value)
      return false
    case .condition(let schema, let then, let otherwise):
      let (inner, _) = attempt(schema, value)
      if let inner { seen.add(inner) }
      guard let next = inner == nil ? otherwise : then else { return true }
      return follow(next, value, &seen)
    case .reference(let number): return follow(number, value, &seen)
    case .dynamicReference(let number, let anchor):
      return follow(dynamicTarget(number, anchor), value, &seen)
    default: return true
    }
  }

  private mutating func follow(_ number: Int, _ value: Value, _ seen: inout Seen) -> Bool {
    guard let inner = check(number, value) else { return false }
    seen.add(inner)
    return true
  }

  private mutating func check(anyOf schemas: [Int], _ value: Value, _ seen: inout Seen) -> Bool {
    var fits = false
    var closest: [SchemaProblem]?
    for schema in schemas {
      let (inner, problems) = attempt(schema, value)
      if let inner {
        fits = true
        seen.add(inner)
        if !program.tracksEvaluation { return true }
      } else if isCloser(problems, than: closest) {
        closest = problems
      }
    }
    if !fits { note(closest ?? []) }
    return fits
  }

  private mutating func check(oneOf schemas: [Int], _ value: Value, _ seen: inout Seen) -> Bool {
    var matches = 0
    var closest: [SchemaProblem]?
    for schema in schemas {
      let (inner, problems) = attempt(schema, value)
      if let inner {
        matches += 1
        seen.add(inner)
      } else if isCloser(problems, than: closest) {
        closest = problems
      }
    }
    if matches == 1 { return true }
    if matches == 0 { note(closest ?? []) } else { fail("fits more than one of its forms", value) }
    return false
  }

  /// The form that a person meant is the one with problems deepest inside, then the fewest.
  private func isCloser(_ problems: [SchemaProblem], than other: [SchemaProblem]?) -> Bool {
    guard let other else { return true }
    let depths = (problems, other)
    let left = depths.0.map(\.path.count).min() ?? 0
    let right = depths.1.map(\.path.count).min() ?? 0
    return left > right || (left == right && problems.count < other.count)
  }
}
