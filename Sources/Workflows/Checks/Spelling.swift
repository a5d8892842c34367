import CEL

/// How an expression is written down, so that the same condition is found again wherever it stands.
struct Spelling {
  let source: [UInt8]
  /// What a name of the place is called: `item` is another one in another loop.
  var names: [String: String]
  /// The parts that may have another value at another moment, as `now` has.
  var unsettled: [Range<Int>] = []
  /// Whether any part is read with care, by `.?` or `has()`.
  var allowsForAbsence = true

  init(_ source: [UInt8], _ names: [String: String] = [:]) {
    self.source = source
    self.names = names
  }

  /// Whether a part of the expression has the same value from here on.
  func isSettled(_ node: SyntaxNode) -> Bool {
    unsettled.isEmpty || !unsettled.contains { node.range.contains($0) }
  }

  /// A path with the name at its start as it is called.
  func path(_ path: [String]) -> String { path.spelled(names) }

  /// One spelling for all ways to write the same; nil for what is not settled.
  func key(_ node: SyntaxNode) -> String? {
    guard isSettled(node) else { return nil }
    if case .call(let name, _, let arguments) = node.kind, arguments.count == 2,
      name == "_==_" || Self.opposites[name] != nil
    {
      return comparison(name, arguments)
    }
    guard node.range.upperBound <= source.count else { return nil }
    let bytes = Array(source[node.range])
    var words: [String] = []
    for token in TokenScanner.tokens(of: bytes) {
      let word = String(decoding: bytes[token.range], as: UTF8.self)
      let isField = words.last.map { $0 == "." || $0 == ".?" } ?? false
      words.append(isField ? word : names[word] ?? word.withPlainQuotes)
    }
    return words.joined(separator: " ")
  }

  /// The key of a comparison.
  func comparison(_ name: String, _ arguments: [SyntaxNode]) -> String? {
    var sides = arguments.compactMap { key($0) }
    guard sides.count == arguments.count else { return nil }
    if name == "_==_" { sides.sort() }
    return "\(name)(\(sides.joined(separator: ",")))"
  }

  /// A comparison and the one that holds exactly where it does not.
  static let opposites = [
    "_<_": "_>=_", "_>=_": "_<_", "_>_": "_<=_", "_<=_": "_>_",
  ]
}

extension [String: String] {
  /// Within a macro its name is that of another thing.
  mutating func hide(_ name: String) { self[name] = (self[name] ?? name) + "@" }
}

extension [String] {
  /// The path in one piece, with the name at its start as it is called.
  func spelled(_ names: [String: String]) -> String {
    guard let first, let name = names[first] else { return joined(separator: ".") }
    return ([name] + dropFirst()).joined(separator: ".")
  }
}

extension String {
  /// A text with `'` around it, where it can have them.
  fileprivate var withPlainQuotes: String {
    hasPrefix("\"") && !contains("'") ? "'\(dropFirst().dropLast())'" : self
  }
}

extension Range<Int> {
  func contains(_ other: Range<Int>) -> Bool {
    lowerBound <= other.lowerBound && other.upperBound <= upperBound
  }
}
