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
    comparisons += others.count
    guard comparisons <= Self.mostComparisons else {
      throw EvaluationError(.limitReached, "too many elements to compare with each other")
    }
    return others.contains { CELOperations.isEqual($0, element) }
  }

  mutating func add(_ element: Value) {
    if Self.isKey(element) { keyed.set(element, .null) } else { others.append(element) }
  }

  private static func isKey(_ element: Value) -> Bool {
    switch element {
    case .string, .int, .uint, .bool: true
    case .double(let number): !number.isNaN
    default: false
    }
  }
}
