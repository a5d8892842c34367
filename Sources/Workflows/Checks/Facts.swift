import CEL
import Values

/// What is known to hold at a place, from the conditions that lead to it.
struct Facts {
  /// Conditions that hold, and those that do not, in one spelling.
  private var held: Set<String> = []
  private var failed: Set<String> = []
  /// Steps that have succeeded.
  private(set) var succeeded: Set<String> = []
  /// The same steps in the order in which they were found.
  private var successes: [String] = []
  private var followed = 0
  /// Paths whose value is there: they were tested with `has()` or `.?`.
  private var present: Set<String> = []
  /// The only words that a path can have, and words that it does not have.
  private var words: [String: Set<String>] = [:]
  private var otherWords: [String: Set<String>] = [:]

  /// Takes up that an expression is true, or false.
  mutating func add(_ expression: Expression, is value: Bool) {
    guard let tree = expression.checked?.tree else { return }
    add(tree, is: value, source: Array(expression.source.utf8))
  }

  mutating func add(_ node: SyntaxNode, is value: Bool, source: [UInt8]) {
    note(Self.key(node, source), is: value)
    switch node.kind {
    case .or, .call("@in", _, _): if let test = node.wordTest { noteWords(test, is: value) }
    default: break
    }
    switch node.kind {
    case .and(let left, let right) where value:
      add(left, is: true, source: source)
      add(right, is: true, source: source)
    case .or(let left, let right) where !value:
      add(left, is: false, source: source)
      add(right, is: false, source: source)
    case .call("!_", _, let arguments):
      for argument in arguments { add(argument, is: !value, source: source) }
    case .call("_!=_", _, let arguments) where arguments.count == 2:
      equality(arguments[0], arguments[1], is: !value, source)
    case .call("_==_", _, let arguments) where arguments.count == 2:
      equality(arguments[0], arguments[1], is: value, source)
    case .call(let name, _, let arguments) where Self.opposites[name] != nil:
      note(Self.comparison(Self.opposites[name] ?? name, arguments, source), is: !value)
    default: break
    }
    if value { notePresence(in: node) }
  }

  /// Whether a condition is known to hold.
  func imply(_ expression: Expression) -> Bool {
    guard let tree = expression.checked?.tree else {
      return false
    }
    return imply(tree, is: true, source: Array(expression.source.utf8))
  }

  /// Whether a condition is known not to hold.
  func exclude(_ expression: Expression) -> Bool {
    guard let tree = expression.checked?.tree else { return false }
    return imply(tree, is: false, source: Array(expression.source.utf8))
  }

  /// Whether a path is known not to have a word.
  func rulesOut(_ word: String, at path: String) -> Bool {
    words[path].map { !$0.contains(word) } == true || otherWords[path]?.contains(word) == true
  }

  func hasValue(_ path: [String]) -> Bool {
    (1...path.count).contains { present.contains(path.prefix($0).joined(separator: ".")) && $0 > 2 }
      || present.contains(path.joined(separator: "."))
  }

  mutating func addSuccess(of step: String) {
    if succeeded.insert(step).inserted { successes.append(step) }
  }

  /// The next of the steps that have succeeded, each once.
  mutating func nextSuccess() -> String? {
    guard followed < successes.count else { return nil }
    defer { followed += 1 }
    return successes[followed]
  }

  /// Takes up everything that is known elsewhere and holds here too.
  mutating func formUnion(_ other: Facts) {
    if held.isEmpty, failed.isEmpty, successes.isEmpty, present.isEmpty, words.isEmpty,
      otherWords.isEmpty
    {
      self = other
      return
    }
    held.formUnion(other.held)
    failed.formUnion(other.failed)
    present.formUnion(other.present)
    if !other.words.isEmpty { words.merge(other.words) { $0.intersection($1) } }
    if !other.otherWords.isEmpty { otherWords.merge(other.otherWords) { $0.union($1) } }
    for step in other.successes { addSuccess(of: step) }
  }

  private func imply(_ node: SyntaxNode, is value: Bool, source: [UInt8]) -> Bool {
    let key = Self.key(node, source)
    if (value ? held : failed).contains(key) { return true }
    switch node.kind {
    case .literal(.bool(let flag)): return flag == value
    case .and(let left, let right):
      let sides = [left, right].map { imply($0, is: value, source: source) }
      return value ? sides.allSatisfy(\.self) : sides.contains(true)
    case .or(let left, let right):
      let sides = [left, right].map { imply($0, is: value, source: source) }
      return value ? sides.contains(true) : sides.allSatisfy(\.self)
    case .call("!_", _, let arguments):
      return arguments.allSatisfy { imply($0, is: !value, source: source) }
    case .call("_!=_", _, let arguments) where arguments.count == 2:
      return (value ? failed : held).contains(Self.comparison("_==_", arguments, source))
    case .call("_==_", _, let arguments) where arguments.count == 2:
      if value, let step = Self.statusTest(arguments[0], arguments[1]), step.word == "succeeded" {
        return succeeded.contains(step.id)
      }
      return false
    case .call(let name, _, let arguments):
      guard let opposite = Self.opposites[name] else { return false }
      return (value ? failed : held).contains(Self.comparison(opposite, arguments, source))
    default: return false
    }
  }

  private mutating func note(_ key: String, is value: Bool) {
    if value { held.insert(key) } else { failed.insert(key) }
  }

  private mutating func equality(
    _ left: SyntaxNode, _ right: SyntaxNode, is value: Bool, _ source: [UInt8]
  ) {
    note(Self.comparison("_==_", [left, right], source), is: value)
    if let test = SyntaxNode.wordTest(left, right) { noteWords(test, is: value) }
    if let test = Self.statusTest(left, right) {
      let implies = value ? test.word == "succeeded" : ["skipped", "failed"].contains(test.word)
      if implies { addSuccess(of: test.id) }
    }
    let isDefault = [left, right].contains { node in
      switch node.kind {
      case .literal(.string("")), .literal(.bool(false)), .literal(.int(0)), .literal(.null): true
      default: false
      }
    }
    if isDefault != value {
      notePresence(in: left)
      notePresence(in: right)
    }
  }

  /// Values that a condition which holds has looked at with care.
  private mutating func notePresence(in node: SyntaxNode) {
    switch node.kind {
    case .or, .conditional: return
    case .call("!_", _, _), .call("_!=_", _, _), .call("_==_", _, _), .and: return
    default: break
    }
    for reference in node.nameReferences where reference.certainCount < reference.path.count {
      for count in reference.certainCount + 1...reference.path.count {
        present.insert(reference.path.prefix(count).joined(separator: "."))
      }
      if reference.path.count > 3, reference.path[0] == "steps", reference.path[2] == "outputs" {
        addSuccess(of: reference.path[1])
      }
    }
  }

  /// The words that a path must have, or cannot have, for a comparison to have a value.
  private mutating func noteWords(_ test: (path: String, words: Set<String>), is value: Bool) {
    if value {
      words[test.path] = words[test.path]?.intersection(test.words) ?? test.words
    } else {
      otherWords[test.path, default: []].formUnion(test.words)
    }
  }

  private static func statusTest(
    _ left: SyntaxNode, _ right: SyntaxNode
  ) -> (id: String, word: String)? {
    for (one, other) in [(left, right), (right, left)] {
      if let path = one.path()?.path, path.count == 3, path[0] == "steps", path[2] == "status",
        case .literal(.string(let word)) = other.kind
      {
        return (path[1], word)
      }
    }
    return nil
  }

  /// A comparison and the one that holds exactly where it does not.
  private static let opposites = [
    "_<_": "_>=_", "_>=_": "_<_", "_>_": "_<=_", "_<=_": "_>_",
  ]

  private static func comparison(
    _ name: String, _ arguments: [SyntaxNode], _ source: [UInt8]
  ) -> String {
    var sides = arguments.map { key($0, source) }
    if name == "_==_" { sides.sort() }
    return "\(name)(\(sides.joined(separator: ",")))"
  }

  /// One spelling for all ways to write the same.
  private static func key(_ node: SyntaxNode, _ source: [UInt8]) -> String {
    if case .call(let name, _, let arguments) = node.kind, arguments.count == 2,
      name == "_==_" || opposites[name] != nil
    {
      return comparison(name, arguments, source)
    }
    guard node.range.upperBound <= source.count else { return "" }
    let bytes = Array(source[node.range])
    let words = TokenScanner.tokens(of: bytes).map { token in
      String(decoding: bytes[token.range], as: UTF8.self)
    }
    return words.map {
      $0.hasPrefix("\"") && !$0.contains("'") ? "'\($0.dropFirst().dropLast())'" : $0
    }
    .joined(separator: " ")
  }
}

extension SyntaxNode {
  /// The words one of which a path has where the node holds, and none where it does not: of
  /// `x == 'a'`, `x in ['a', 'b']`, `x == 'a' || x == 'b'`.
  fileprivate var wordTest: (path: String, words: Set<String>)? {
    switch kind {
    case .or(let left, let right):
      guard let one = left.wordTest, let other = right.wordTest, one.path == other.path else {
        return nil
      }
      return (one.path, one.words.union(other.words))
    case .call("_==_", _, let sides) where sides.count == 2:
      return Self.wordTest(sides[0], sides[1])
    case .call("@in", _, let sides) where sides.count == 2:
      guard case .list(let elements) = sides[1].kind, let path = sides[0].path()?.path else {
        return nil
      }
      let words = elements.compactMap { element in
        if case .literal(.string(let word)) = element.value.kind { word } else { nil }
      }
      return words.count == elements.count ? (path.joined(separator: "."), Set(words)) : nil
    default: return nil
    }
  }

  /// The same of a comparison of two sides.
  fileprivate static func wordTest(
    _ left: SyntaxNode, _ right: SyntaxNode
  ) -> (path: String, words: Set<String>)? {
    for (side, other) in [(left, right), (right, left)] {
      if case .literal(.string(let word)) = other.kind, let path = side.path()?.path {
        return (path.joined(separator: "."), [word])
      }
    }
    return nil
  }
}

extension Expression {
  /// What is known at a piece of the expression because of the pieces around it: the other side
  /// of `&&` holds, that of `||` does not, `?` decides.
  func addFacts(at range: Range<Int>, to facts: inout Facts) {
    guard var node = checked?.tree else { return }
    let bytes = Array(source.utf8)
    while node.range != range || !node.children.isEmpty {
      let parts = node.children
      guard let next = parts.first(where: { $0.range.contains(range) }) else { return }
      switch node.kind {
      case .and(let left, let right):
        facts.add(next === left ? right : left, is: true, source: bytes)
      case .or(let left, let right):
        facts.add(next === left ? right : left, is: false, source: bytes)
      case .conditional(let test, let first, let second):
        if next === first { facts.add(test, is: true, source: bytes) }
        if next === second { facts.add(test, is: false, source: bytes) }
      default: break
      }
      node = next
    }
  }
}

extension Expression {
  /// Whether a piece of the expression is asked not to be something: it stands under `!` or `!=`.
  func isNegated(at range: Range<Int>) -> Bool {
    guard var node = checked?.tree else { return false }
    while node.range != range || !node.children.isEmpty {
      if case .call(let name, _, _) = node.kind, name == "!_" || name == "_!=_" { return true }
      guard let next = node.children.first(where: { $0.range.contains(range) }) else { break }
      node = next
    }
    return false
  }
}

extension Range<Int> {
  fileprivate func contains(_ other: Range<Int>) -> Bool {
    lowerBound <= other.lowerBound && other.upperBound <= upperBound
  }
}
