import Values

/// Elements seen so far, under the equality of expressions.
///
/// Texts, numbers and truth values are found in constant time; other values are compared one by
/// one, up to a limit of work.
struct ElementSet {
  private static let mostComparisons = 1_000_000

  private var keyed = ValueMap()
  private var others: [Value] = []
  private var comparisons = 0

  init() {}

  init(_ elements: [Value]) { for element in elements { add(element) } }

  mutating func contains(_ element: Value) throws(EvaluationError) -> Bool {
    if Self.isKey(element) { return keyed.contains(element) }
    comparisons += others.count * Self.weight(of: element)
    guard comparisons <= Self.mostComparisons else {
      throw EvaluationError(.limitReached, "too many elements to compare with each other")
    }
    return others.contains { CELOperations.isEqual($0, element) }
  }

  mutating func add(_ element: Value) {
    if Self.isKey(element) { keyed.set(element, .null) } else { others.append(element) }
  }

  /// What comparing with the element may cost.
  private static func weight(of element: Value) -> Int {
    switch element {
    case .list(let list): 1 + list.count
    case .map(let map): 1 + map.count * 2
    case .bytes(let bytes): 1 + bytes.count / 64
    default: 1
    }
  }

  private static func isKey(_ element: Value) -> Bool {
    switch element {
    case .string, .int, .uint, .bool: true
    case .double(let number): !number.isNaN
    default: false
    }
  }
}
