/// What the type parameters of a check stand for, as far as is known.
struct Substitution {
  private var bindings: [String: CELType] = [:]
  private var freshCount = 0
  /// How deep the assignment under way is.
  private var depth = 0
  /// Types are looked at this deep; what lies below counts as `dyn`. Without the bound, a few
  /// nested macros could build types of exponential size.
  private static let depthLimit = 8

  mutating func fresh() -> CELType {
    freshCount += 1
    return .parameter("%\(freshCount)")
  }

  /// Takes back what was bound since, or otherwise, but gives no name a second time.
  mutating func forget(allBut earlier: Substitution) { bindings = earlier.bindings }

  /// A signature with its parameters renamed, so that two calls do not share them.
  mutating func instance(of overload: Overload) -> (parameters: [CELType], result: CELType) {
    var names: [String: CELType] = [:]
    let parameters = overload.parameters.map { rename($0, &names) }
    return (parameters, rename(overload.result, &names))
  }

  private mutating func rename(_ type: CELType, _ names: inout [String: CELType]) -> CELType {
    switch type {
    case .parameter(let name):
      if let known = names[name] { return known }
      let new = fresh()
      names[name] = new
      return new
    case .list(let element): return .list(rename(element, &names))
    case .map(let key, let value): return .map(rename(key, &names), rename(value, &names))
    case .type(let inner): return .type(rename(inner, &names))
    case .optional(let inner): return .optional(rename(inner, &names))
    case .opaque(let name, let parameters):
      var renamed: [CELType] = []
      for parameter in parameters { renamed.append(rename(parameter, &names)) }
      return .opaque(name, renamed)
    default: return type
    }
  }

  /// The type with every known parameter replaced; unknown ones become `dyn` where asked.
  func resolve(_ type: CELType, openAsDyn: Bool = false) -> CELType {
    resolve(type, openAsDyn, Self.depthLimit)
  }

  private func resolve(_ type: CELType, _ openAsDyn: Bool, _ depth: Int) -> CELType {
    switch type {
    case .parameter(let name):
      var current = name
      while let bound = bindings[current] {
        guard case .parameter(let next) = bound else { return resolve(bound, openAsDyn, depth) }
        current = next
      }
      return openAsDyn ? .dyn : .parameter(current)
    case .list, .map, .type, .optional, .opaque: break
    default: return type
    }
    guard depth > 0 else { return .dyn }
    func inner(_ type: CELType) -> CELType { resolve(type, openAsDyn, depth - 1) }
    switch type {
    case .list(let element): return .list(inner(element))
    case .map(let key, let value): return .map(inner(key), inner(value))
    case .type(let type): return .type(inner(type))
    case .optional(let type): return .optional(inner(type))
    case .opaque(let name, let parameters): return .opaque(name, parameters.map { inner($0) })
    default: return type
    }
  }

  /// Whether a value of one type fits where another is expected; binds parameters on the way.
  /// On failure nothing is bound.
  mutating func fits(_ actual: CELType, _ expected: CELType) -> Bool {
    let saved = bindings
    if assign(actual, expected) { return true }
    bindings = saved
    return false
  }

  mutating func fit(_ actual: [CELType], _ expected: [CELType]) -> Bool {
    guard actual.count == expected.count else { return false }
    let saved = bindings
    for (one, other) in zip(actual, expected) where !assign(one, other) {
      bindings = saved
      return false
    }
    return true
  }

  private mutating func assign(_ actual: CELType, _ expected: CELType) -> Bool {
    guard depth <= Self.depthLimit else { return true }
    depth += 1
    defer { depth -= 1 }
    if case .parameter(let name) = expected { return bind(name, actual, actualFirst: true) }
    if case .parameter(let name) = actual { return bind(name, expected, actualFirst: false) }
    switch (actual, expected) {
    case (.dyn, _), (_, .dyn), (.error, _), (_, .error): return true
    case (.null, .wrapper), (.null, .null), (.null, .object), (.null, .opaque), (.null, .timestamp),
      (.null, .duration):
      return true
    case (.wrapper(let one), .wrapper(let other)): return assign(one, other)
    case (.wrapper(let one), let other): return assign(one, other)
    case (let one, .wrapper(let other)): return assign(one, other)
    case (.list(let one), .list(let other)): return assign(one, other)
    case (.map(let key, let value), .map(let otherKey, let otherValue)):
      return assign(key, otherKey) && assign(value, otherValue)
    case (.type, .type): return true
    case (.optional(let one), .optional(let other)): return assign(one, other)
    case (.opaque(let name, let some), .opaque(let otherName, let others)):
      return name == otherName && some.count == others.count
        && assignAll(some, others)
    // Records of our own are maps to whoever takes a map.
    case (.object, .map(let key, let value)): return assign(.string, key) && assign(.dyn, value)
    case (.map, .object): return true
    case (.object(let one), .object(let other)): return one == other
    default: return actual == expected
    }
  }

  private mutating func assignAll(_ actual: [CELType], _ expected: [CELType]) -> Bool {
    for (one, other) in zip(actual, expected) where !assign(one, other) { return false }
    return true
  }

  private mutating func bind(_ name: String, _ type: CELType, actualFirst: Bool) -> Bool {
    guard let bound = bindings[name] else {
      if case .parameter(name) = resolve(type) { return true }
      guard !occurs(name, in: type) else { return false }
      bindings[name] = type
      return true
    }
    // A null that came first fits what may be null, as one that comes second does.
    let fits =
      actualFirst
      ? assign(type, bound) || bound == .null && assign(bound, type) : assign(bound, type)
    guard fits else { return false }
    if isMoreGeneral(type, than: bound) { bindings[name] = type }
    return true
  }

  private func occurs(_ name: String, in type: CELType) -> Bool {
    occursResolved(name, in: resolve(type))
  }

  private func occursResolved(_ name: String, in type: CELType) -> Bool {
    switch type {
    case .parameter(let other): other == name
    case .list(let element): occursResolved(name, in: element)
    case .map(let key, let value): occursResolved(name, in: key) || occursResolved(name, in: value)
    case .optional(let inner), .type(let inner): occursResolved(name, in: inner)
    case .opaque(_, let parameters): parameters.contains { occursResolved(name, in: $0) }
    default: false
    }
  }

  private func isMoreGeneral(_ type: CELType, than other: CELType) -> Bool {
    switch (resolve(type), resolve(other)) {
    case (.dyn, let bound): bound != .dyn
    case (.wrapper, .null): true
    case (.wrapper(let one), .wrapper(let bound)): isMoreGeneral(one, than: bound)
    case (.wrapper(let one), let bound): one == bound || isMoreGeneral(one, than: bound)
    case (let one, .null): one != .null
    case (.list(let one), .list(let bound)): isMoreGeneral(one, than: bound)
    case (.map(let key, let value), .map(let otherKey, let otherValue)):
      areMoreGeneral([key, value], than: [otherKey, otherValue])
    case (.optional(let one), .optional(let bound)): isMoreGeneral(one, than: bound)
    case (.opaque(_, let some), .opaque(_, let others)): areMoreGeneral(some, than: others)
    default: false
    }
  }

  /// Whether one parameter is more general and none is less so.
  private func areMoreGeneral(_ types: [CELType], than others: [CELType]) -> Bool {
    var isOneMore = false
    for (type, other) in zip(types, others) where resolve(type) != resolve(other) {
      guard isMoreGeneral(type, than: other) else { return false }
      isOneMore = true
    }
    return isOneMore
  }
}
