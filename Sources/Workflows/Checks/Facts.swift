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
  /// Steps whose status is known to be, or not to be, one of some words.
  private(set) var tested: [String] = []
  /// Paths whose value is there: a condition has looked.
  private var present: Set<String> = []
  /// The only words that a path can have, and words that it does not have.
  private var words: [String: Set<String>] = [:]
  private var otherWords: [String: Set<String>] = [:]
  /// Paths whose value is known not to be null.
  private var notNull: Set<String> = []
  /// Between which numbers a path is.
  private var bounds: [String: Bounds] = [:]
  /// What the names are called that are asked for.
  var names: [String: String] = [:]

  /// Takes up that an expression is true, or false.
  mutating func add(_ expression: Expression, is value: Bool) {
    guard let tree = expression.checked?.tree else { return }
    add(tree, is: value, source: Array(expression.source.utf8))
  }

  mutating func add(_ node: SyntaxNode, is value: Bool, source: [UInt8]) {
    add(node, is: value, in: Spelling(source, names))
  }

  /// Takes up that a part of an expression is true, or false.
  mutating func add(_ node: SyntaxNode, is value: Bool, in spelling: Spelling) {
    note(spelling.key(node), is: value)
    noteBounds(node, is: value, spelling)
    switch node.kind {
    case .or, .call("@in", _, _): noteWords(node.wordTest, is: value, at: node, spelling)
    default: break
    }
    switch node.kind {
    case .and(let left, let right) where value, .or(let left, let right) where !value:
      add(left, is: value, in: spelling)
      add(right, is: value, in: spelling)
      return
    case .call("!_", _, let arguments):
      for argument in arguments { add(argument, is: !value, in: spelling) }
      return
    case .call("_!=_", _, let sides) where sides.count == 2:
      equality(sides[0], sides[1], is: !value, at: node, spelling)
    case .call("_==_", _, let sides) where sides.count == 2:
      equality(sides[0], sides[1], is: value, at: node, spelling)
    case .call(let name, _, let arguments):
      guard let opposite = Spelling.opposites[name] else { break }
      note(spelling.comparison(opposite, arguments), is: !value)
    default: break
    }
    if spelling.allowsForAbsence { notePresence(in: node, being: value, spelling) }
  }

  /// Whether the status of a step is known not to be a word.
  func rulesOut(_ word: String, ofStep id: String) -> Bool {
    rulesOut(word, at: "steps.\(id).status")
  }

  /// Whether a path, which starts at no name of the place, is known not to have a word.
  func rulesOut(_ word: String, at path: String) -> Bool {
    words[path].map { !$0.contains(word) } == true || otherWords[path]?.contains(word) == true
  }

  /// Whether the value of a path is known not to be null.
  func rulesOutNull(_ path: [String]) -> Bool {
    let path = path.spelled(names)
    return notNull.contains(path) || words[path] != nil
  }

  func hasValue(_ path: [String]) -> Bool { present.contains(path.spelled(names)) }

  /// A macro gives a name to its elements, which another thing has outside of it.
  mutating func hide(_ name: String) { names.hide(name) }

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
      otherWords.isEmpty, bounds.isEmpty
    {
      self = other
      return
    }
    held.formUnion(other.held)
    failed.formUnion(other.failed)
    present.formUnion(other.present)
    notNull.formUnion(other.notNull)
    tested += other.tested
    if !other.words.isEmpty { words.merge(other.words) { $0.intersection($1) } }
    if !other.otherWords.isEmpty { otherWords.merge(other.otherWords) { $0.union($1) } }
    if !other.bounds.isEmpty { bounds.merge(other.bounds) { $0.intersection($1) } }
    for step in other.successes { addSuccess(of: step) }
  }

  /// Whether a part of an expression is known to be true, or false.
  func imply(_ node: SyntaxNode, is value: Bool, in spelling: Spelling) -> Bool {
    if let key = spelling.key(node), (value ? held : failed).contains(key) { return true }
    if isImpliedByValues(node, is: value, in: spelling) { return true }
    switch node.kind {
    case .literal(.bool(let flag)): return flag == value
    case .and(let left, let right):
      let sides = [left, right].map { imply($0, is: value, in: spelling) }
      return value ? sides.allSatisfy(\.self) : sides.contains(true)
    case .or(let left, let right):
      let sides = [left, right].map { imply($0, is: value, in: spelling) }
      return value ? sides.contains(true) : sides.allSatisfy(\.self)
    case .call("!_", _, let arguments):
      return arguments.allSatisfy { imply($0, is: !value, in: spelling) }
    case .call("_!=_", _, let sides) where sides.count == 2:
      if has(spelling.comparison("_==_", sides), in: value ? failed : held) { return true }
      guard spelling.isSettled(node), let test = SyntaxNode.wordTest(sides[0], sides[1]) else {
        return false
      }
      return implies(test, is: !value, spelling)
    case .call("_==_", _, let sides) where sides.count == 2:
      guard value, spelling.isSettled(node), let test = SyntaxNode.wordTest(sides[0], sides[1]),
        let step = test.testedStep
      else { return false }
      return test.words == ["succeeded"] && succeeded.contains(step)
    case .call(let name, _, let arguments):
      guard let opposite = Spelling.opposites[name] else { return false }
      return has(spelling.comparison(opposite, arguments), in: value ? failed : held)
    default: return false
    }
  }

  /// Whether what is known of the values that a path can have decides a comparison of it.
  private func isImpliedByValues(
    _ node: SyntaxNode, is value: Bool, in spelling: Spelling
  ) -> Bool {
    if !words.isEmpty || !otherWords.isEmpty, let test = node.wordTest, spelling.isSettled(node),
      implies(test, is: value, spelling)
    {
      return true
    }
    guard !bounds.isEmpty, let test = NumberTest(node), spelling.isSettled(node),
      let known = bounds[spelling.path(test.path)]
    else { return false }
    return value ? test.bounds.contains(known) : test.bounds.intersection(known).isEmpty
  }

  private func implies(_ test: WordTest, is value: Bool, _ spelling: Spelling) -> Bool {
    let path = spelling.path(test.path)
    guard value else { return test.words.allSatisfy { rulesOut($0, at: path) } }
    return words[path].map { $0.isSubset(of: test.words) } ?? false
  }

  private mutating func noteBounds(_ node: SyntaxNode, is value: Bool, _ spelling: Spelling) {
    guard let test = NumberTest(node), spelling.isSettled(node),
      let known = value ? test.bounds : test.bounds.complement
    else { return }
    let path = spelling.path(test.path)
    bounds[path] = bounds[path]?.intersection(known) ?? known
  }

  private func has(_ key: String?, in keys: Set<String>) -> Bool {
    key.map { keys.contains($0) } ?? false
  }

  private mutating func note(_ key: String?, is value: Bool) {
    guard let key else { return }
    if value { held.insert(key) } else { failed.insert(key) }
  }

  private mutating func equality(
    _ left: SyntaxNode, _ right: SyntaxNode, is value: Bool, at node: SyntaxNode,
    _ spelling: Spelling
  ) {
    note(spelling.comparison("_==_", [left, right]), is: value)
    noteWords(SyntaxNode.wordTest(left, right), is: value, at: node, spelling)
    if !value, spelling.isSettled(node), let path = SyntaxNode.nullTest(left, right) {
      notNull.insert(spelling.path(path))
    }
  }

  /// The values without which a condition would not have come out as it did.
  private mutating func notePresence(
    in node: SyntaxNode, being value: Bool, _ spelling: Spelling
  ) {
    for reference in node.nameReferences where reference.certainCount < reference.path.count {
      let path = spelling.path(reference.path)
      guard !present.contains(path),
        Absence(path: reference.path).isRuledOut(by: node, being: value)
      else { continue }
      for count in reference.certainCount + 1...reference.path.count {
        present.insert(spelling.path(Array(reference.path.prefix(count))))
      }
      if reference.path.count > 3, reference.path[0] == "steps", reference.path[2] == "outputs" {
        addSuccess(of: reference.path[1])
      }
    }
  }

  /// The words that a path must have, or cannot have, for a comparison to have a value.
  private mutating func noteWords(
    _ test: WordTest?, is value: Bool, at node: SyntaxNode, _ spelling: Spelling
  ) {
    guard let test else { return }
    let path = spelling.path(test.path)
    let step = test.testedStep
    // A step that is not over may still come to any other word.
    if !spelling.isSettled(node) {
      guard value, step == nil || test.words.isSubset(of: Self.endings) else { return }
    }
    if value {
      words[path] = words[path]?.intersection(test.words) ?? test.words
    } else {
      otherWords[path, default: []].formUnion(test.words)
    }
    guard let step else { return }
    if words[path] == ["succeeded"] { addSuccess(of: step) } else { tested.append(step) }
  }

  private static let endings: Set = ["succeeded", "failed", "skipped"]
}

/// What a condition says of a path: it has one of the words where the condition holds, and none of them
/// where it does not.
struct WordTest {
  let path: [String]
  let words: Set<String>

  /// The step whose status it is about.
  var testedStep: String? {
    path.count == 3 && path[0] == "steps" && path[2] == "status" ? path[1] : nil
  }
}

extension SyntaxNode {
  /// What is said by `x == 'a'`, `x in ['a', 'b']`, `x == 'a' || x == 'b'`.
  fileprivate var wordTest: WordTest? {
    switch kind {
    case .or(let left, let right):
      guard let one = left.wordTest, let other = right.wordTest, one.path == other.path else {
        return nil
      }
      return WordTest(path: one.path, words: one.words.union(other.words))
    case .call("_==_", _, let sides) where sides.count == 2:
      return Self.wordTest(sides[0], sides[1])
    case .call("@in", _, let sides) where sides.count == 2:
      guard case .list(let elements) = sides[1].kind, let path = sides[0].path()?.path else {
        return nil
      }
      let words = elements.compactMap { element in
        if case .literal(.string(let word)) = element.value.kind { word } else { nil }
      }
      return words.count == elements.count ? WordTest(path: path, words: Set(words)) : nil
    default: return nil
    }
  }

  /// The path that a comparison asks to be null.
  fileprivate static func nullTest(_ left: SyntaxNode, _ right: SyntaxNode) -> [String]? {
    for (side, other) in [(left, right), (right, left)] {
      if case .literal(.null) = other.kind, let path = side.path()?.path { return path }
    }
    return nil
  }

  /// The same of a comparison of two sides.
  fileprivate static func wordTest(_ left: SyntaxNode, _ right: SyntaxNode) -> WordTest? {
    for (side, other) in [(left, right), (right, left)] {
      if case .literal(.string(let word)) = other.kind, let path = side.path()?.path {
        return WordTest(path: path, words: [word])
      }
    }
    return nil
  }
}

extension Expression {
  /// What is known at a piece of the expression because of the pieces around it: the other side
  /// of `&&` holds, that of `||` does not, `?` decides.
  func addFacts(at range: Range<Int>, to facts: inout Facts) {
    addFacts(at: range, in: Spelling(Array(source.utf8), facts.names), to: &facts)
  }

  func addFacts(at range: Range<Int>, in spelling: Spelling, to facts: inout Facts) {
    guard var node = checked?.tree else { return }
    var spelling = spelling
    while node.range != range || !node.children.isEmpty {
      let parts = node.children
      guard let next = parts.first(where: { $0.range.contains(range) }) else { return }
      switch node.kind {
      case .and(let left, let right):
        facts.add(next === left ? right : left, is: true, in: spelling)
      case .or(let left, let right):
        facts.add(next === left ? right : left, is: false, in: spelling)
      case .conditional(let test, let first, let second):
        if next === first { facts.add(test, is: true, in: spelling) }
        if next === second { facts.add(test, is: false, in: spelling) }
      default:
        // Inside a macro its names are its own.
        for name in next === parts[0] ? [] : node.boundNames {
          spelling.names.hide(name)
        }
      }
      node = next
    }
  }

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
