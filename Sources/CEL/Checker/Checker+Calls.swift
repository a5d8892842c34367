import Values

extension Checker {
  mutating func call(
    _ node: SyntaxNode, _ function: String, _ target: SyntaxNode?, _ arguments: [SyntaxNode]
  ) -> CELType {
    if let target, let name = namespaced(function, target) {
      return overload(node, name, nil, arguments, isNamespaced: true)
    }
    guard target == nil else {
      return overload(node, function, target, arguments, isNamespaced: false)
    }
    if let type = constantMember(node, function, arguments) { return type }
    let names = environment.container.isEmpty ? [] : environment.candidates(for: function)
    let name = names.first { environment.function(named: $0) != nil }
    return overload(node, name ?? function, nil, arguments, isNamespaced: false)
  }

  /// `inputs['order_id']`: a constant index of a record is one of its fields.
  private mutating func constantMember(
    _ node: SyntaxNode, _ function: String, _ arguments: [SyntaxNode]
  ) -> CELType? {
    guard function == "_[_]" || function == "_[?_]", arguments.count == 2,
      case .literal(.string(let name)) = arguments[1].kind
    else { return nil }
    let found = overload(node, function, nil, arguments, isNamespaced: false)
    guard found != .error, let known = findings.types[arguments[0].id],
      case .object(let object) = substitution.resolve(known).withoutNull
    else { return found }
    guard let type = object.type(of: name) else {
      return report(unknownField: name, of: object, arguments[1].range)
    }
    guard function == "_[?_]" else { return type }
    if case .optional = type { return type }
    return .optional(type)
  }

  /// `math.abs` where the target is no variable.
  private func namespaced(_ function: String, _ target: SyntaxNode) -> String? {
    guard let prefix = target.qualifiedName else { return nil }
    return environment.candidates(for: "\(prefix).\(function)")
      .first { environment.function(named: $0) != nil }
  }

  private mutating func overload(
    _ node: SyntaxNode, _ name: String, _ target: SyntaxNode?, _ arguments: [SyntaxNode],
    isNamespaced: Bool
  ) -> CELType {
    var types: [CELType] = []
    types.reserveCapacity(arguments.count + 1)
    if let target { types.append(type(of: target)) }
    let declaration = environment.function(named: name)
    // A name among what an unknown function is given may be one that it brings: `list.any(x, x > 1)`.
    if declaration != nil || target == nil {
      for argument in arguments { types.append(type(of: argument)) }
    }
    guard let declaration else {
      let start = target?.range.upperBound ?? node.range.lowerBound
      let end = arguments.first?.range.lowerBound ?? node.range.upperBound
      return report(
        "unknown function `\(name)`", range(of: name, between: start..<max(start, end)),
        suggestion: nearest(name, among: environment.functionNames),
        reason: .unknownFunction(name))
    }
    if types.contains(.error) { return .error }
    var fitting: [Overload] = []
    var result: CELType?
    let start = substitution
    // What is known then where just one overload fits.
    var known = start
    for overload in declaration.overloads
    where overload.isMember == (target != nil) && !overload.isOutOfQuestion(for: types) {
      if result == nil, overload.isExactly(types) {
        fitting.append(overload)
        result = overload.result
        continue
      }
      // Each is tried with what was known before, not with what another one would make of it.
      substitution.forget(allBut: start)
      let instance = substitution.instance(of: overload)
      guard substitution.fit(types, instance.parameters) else { continue }
      let type = substitution.resolve(instance.result)
      fitting.append(overload)
      if let other = result {
        if other != type { result = .dyn }
      } else {
        result = type
        known = substitution
      }
    }
    // Bindings of one overload must not decide between several.
    substitution.forget(allBut: fitting.count == 1 ? known : start)
    guard let result else { return noOverload(node, name, declaration, target, types) }
    findings.calls[node.id] = (name, fitting, isNamespaced)
    return result
  }

  private mutating func noOverload(
    _ node: SyntaxNode, _ name: String, _ declaration: FunctionDeclaration, _ target: SyntaxNode?,
    _ types: [CELType]
  ) -> CELType {
    let resolved = types.map { substitution.resolve($0, openAsDyn: true) }
    let shown = resolved.map { "\($0)" }
    if let symbol = OperatorNames.symbol(of: name) {
      let found = shown.joined(separator: " and ")
      return report(
        "`\(symbol)` does not work on \(found)", node.range,
        reason: .mismatch(operator: symbol, resolved))
    }
    let signatures = declaration.overloads.prefix(4).map { $0.signature(of: name) }
    let found =
      target == nil
      ? "\(name)(\(shown.joined(separator: ", ")))"
      : "\(shown[0]).\(name)(\(shown.dropFirst().joined(separator: ", ")))"
    return report(
      "no `\(found)`; there is " + signatures.map { "`\($0)`" }.joined(separator: ", "), node.range,
      reason: .noOverload(
        name, on: target == nil ? nil : resolved.first,
        Array(resolved.dropFirst(target == nil ? 0 : 1)),
        takes: declaration.overloads.map(\.typesTaken)))
  }
}

extension Overload {
  /// Whether it plainly takes other arguments; most of an operator's do, and are done with here.
  fileprivate func isOutOfQuestion(for types: [CELType]) -> Bool {
    guard types.count == parameters.count else { return true }
    return zip(types, parameters).contains { actual, expected in
      actual.isPlain && !expected.mayTake(plain: actual)
    }
  }

  /// Whether it takes just these plain types, so that there is nothing to substitute.
  fileprivate func isExactly(_ types: [CELType]) -> Bool {
    result.isPlain && zip(types, parameters).allSatisfy { $0.isPlain && $1.isPlain }
  }

  fileprivate var typesTaken: Issue.Signature {
    Issue.Signature(
      receiver: isMember ? parameters.first : nil,
      parameters: Array(parameters.dropFirst(isMember ? 1 : 0)))
  }

  /// `string.startsWith(string) -> bool`.
  public func signature(of name: String) -> String {
    let shown = parameters.map(\.description)
    let call =
      isMember
      ? "\(shown[0]).\(name)(\(shown.dropFirst().joined(separator: ", ")))"
      : "\(name)(\(shown.joined(separator: ", ")))"
    return "\(call) -> \(result)"
  }
}

/// The spelling of operators.
enum OperatorNames {
  /// Whether a function may be an operator's: no name that can be written starts like one.
  static func isOperator(_ function: String) -> Bool {
    switch function.utf8.first {
    case UInt8(ascii: "_"), UInt8(ascii: "@"), UInt8(ascii: "!"), UInt8(ascii: "-"): true
    default: false
    }
  }

  static func symbol(of function: String) -> String? {
    switch function {
    case "@in": "in"
    case "!_": "!"
    case "-_": "-"
    case "_[_]": "[]"
    case "_[?_]": "[?]"
    case "_+_", "_-_", "_*_", "_/_", "_%_", "_<_", "_>_", "_<=_", "_>=_", "_==_", "_!=_":
      String(function.dropFirst().dropLast())
    default: nil
    }
  }
}

/// The names of types, which are values too.
enum TypeNames {
  static func type(named name: String) -> (name: String, type: CELType)? {
    switch name {
    case "bool": (name, .bool)
    case "int": (name, .int)
    case "uint": (name, .uint)
    case "double": (name, .double)
    case "string": (name, .string)
    case "bytes": (name, .bytes)
    case "list": (name, .list(.dyn))
    case "map": (name, .map(.dyn, .dyn))
    case "null_type": (name, .null)
    case "type": (name, .type(.dyn))
    case "optional_type": (name, .optional(.dyn))
    case "google.protobuf.Timestamp": (name, .timestamp)
    case "google.protobuf.Duration": (name, .duration)
    case "net.IP", "net.CIDR": (name, .opaque(name, []))
    default: nil
    }
  }
}

extension Value {
  var literalType: CELType {
    switch self {
    case .null: .null
    case .bool: .bool
    case .int: .int
    case .uint: .uint
    case .double: .double
    case .string: .string
    case .bytes: .bytes
    case .list: .list(.dyn)
    case .map: .map(.dyn, .dyn)
    case .timestamp: .timestamp
    case .duration: .duration
    case .object: .dyn
    }
  }
}

/// The known word nearest to a misspelled one, at an edit distance of two at most (one for words of
/// up to three letters).
func nearest(_ word: String, among words: some Sequence<String>) -> String? {
  let limit = min(word.count <= 3 ? 1 : 2, word.count - 1)
  var best: (word: String, distance: Int)?
  for candidate in words where abs(candidate.count - word.count) <= limit {
    let distance = editDistance(Array(word.utf8), Array(candidate.utf8))
    guard distance <= limit, distance > 0 else { continue }
    if let known = best, (known.distance, known.word) <= (distance, candidate) { continue }
    best = (candidate, distance)
  }
  return best?.word
}

private func editDistance(_ one: [UInt8], _ other: [UInt8]) -> Int {
  var before: [Int] = []
  var previous = Array(0...other.count)
  for (row, byte) in one.enumerated() {
    var current = [row + 1]
    for (column, otherByte) in other.enumerated() {
      var cost = min(
        previous[column + 1] + 1, current[column] + 1,
        previous[column] + (byte == otherByte ? 0 : 1))
      if row > 0, column > 0, byte == other[column - 1], one[row - 1] == otherByte {
        cost = min(cost, before[column - 1] + 1)
      }
      current.append(cost)
    }
    before = previous
    previous = current
  }
  return previous[other.count]
}

extension CELType {
  /// Whether it is a type of single values that stands for nothing but itself.
  fileprivate var isPlain: Bool {
    switch self {
    case .bool, .int, .uint, .double, .string, .bytes: true
    default: false
    }
  }

  /// False only where a value of that plain type never fits.
  fileprivate func mayTake(plain type: CELType) -> Bool {
    switch (self, type) {
    case (.parameter, _), (.dyn, _), (.error, _), (.wrapper, _): true
    case (.bool, .bool), (.int, .int), (.uint, .uint), (.double, .double), (.string, .string),
      (.bytes, .bytes):
      true
    default: false
    }
  }
}
