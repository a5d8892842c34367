import Values

/// Lists (CEL extensions "lists" and "sets").
enum ListsExtension {
  static let table: [FunctionDeclaration] = [
    FunctionDeclaration(
      "slice", "The elements from a position up to, but not with, another.", id: "list_slice",
      isMember: true, [list, .int, .int], list, [("[1, 2, 3].slice(1, 3)", "[2, 3]")], slice),
    FunctionDeclaration(
      "flatten", "The elements of the lists within a list, one level deep or so many.",
      [
        ("list_flatten", true, [.list(list)], list),
        ("list_flatten_dyn", true, [.list(.dyn)], .list(.dyn)),
        ("list_flatten_int", true, [.list(.dyn), .int], .list(.dyn)),
      ], [("[[1], [2, 3]].flatten()", "[1, 2, 3]"), ("[1, [2, [3]]].flatten(2)", "[1, 2, 3]")],
      flatten),
    FunctionDeclaration(
      "sort", "The elements in order: numbers, texts, moments and the like.",
      sortable.map { ("list_\($0)_sort", true, [.list($0)], .list($0)) },
      [("[3, 1, 2].sort()", "[1, 2, 3]")], sort),
    FunctionDeclaration(
      "distinct", "The elements without those that came before.", id: "list_distinct",
      isMember: true, [list], list, [("[1, 2, 1].distinct()", "[1, 2]")], distinct),
    FunctionDeclaration(
      "lists.range", "The whole numbers from 0 up to, but not with, a number.", id: "lists_range",
      [.int], .list(.int), [("lists.range(3)", "[0, 1, 2]")], range),
    FunctionDeclaration(
      "reverse", "The text, or list, from its end to its start.", id: "list_reverse",
      isMember: true, [list], list, [("[1, 2].reverse()", "[2, 1]")]
    ) { (call) throws(EvaluationError) in .list(try call.list(0).reversed()) },
    FunctionDeclaration(
      "sets.contains", "Whether the first list has every element of the second.",
      id: "list_sets_contains_list", [list, list], .bool,
      [("sets.contains([1, 2, 3], [2, 3])", "true")]
    ) { (call) throws(EvaluationError) in
      let elements = try call.list(0)
      let wanted = try call.list(1)
      return .bool(try contains(elements, all: wanted))
    },
    FunctionDeclaration(
      "sets.equivalent", "Whether two lists have the same elements, whatever order and number.",
      id: "list_sets_equivalent_list", [list, list], .bool,
      [("sets.equivalent([1, 2], [2, 1, 1])", "true")]
    ) { (call) throws(EvaluationError) in
      let first = try call.list(0)
      let second = try call.list(1)
      guard try contains(first, all: second) else { return .bool(false) }
      return .bool(try contains(second, all: first))
    },
    FunctionDeclaration(
      "sets.intersects", "Whether two lists have an element in common.",
      id: "list_sets_intersects_list", [list, list], .bool,
      [("sets.intersects([1, 2], [2, 3])", "true")]
    ) { (call) throws(EvaluationError) in
      var set = ElementSet(try call.list(0))
      for element in try call.list(1) where try set.contains(element) { return .bool(true) }
      return .bool(false)
    },
  ]

  private static let list = CELType.list(.parameter("A"))
  private static let sortable: [CELType] = [
    .int, .uint, .double, .bool, .duration, .timestamp, .string, .bytes, .dyn,
  ]
  private static let longestRange: Int64 = 1_000_000

  private static func slice(_ call: Arguments) throws(EvaluationError) -> Value {
    let elements = try call.list(0)
    let start = try call.int(1)
    let end = try call.int(2)
    guard start >= 0, start <= end, end <= Int64(elements.count) else {
      throw EvaluationError(
        .indexOutOfRange, "cannot slice(\(start), \(end)) a list of \(elements.count)")
    }
    return .list(Array(elements[Int(start)..<Int(end)]))
  }

  private static func flatten(_ call: Arguments) throws(EvaluationError) -> Value {
    let depth = call.count > 1 ? try call.int(1) : 1
    guard depth >= 0 else {
      throw EvaluationError(.invalidArgument, "level must be non-negative")
    }
    var elements = try call.list(0)
    for _ in 0..<min(depth, 1000) {
      var flat: [Value] = []
      var hasLists = false
      for element in elements {
        guard case .list(let inner) = element else {
          flat.append(element)
          continue
        }
        hasLists = true
        flat += inner
        _ = try Arithmetic.sized(flat.count) { 0 }
      }
      elements = flat
      if !hasLists { break }
    }
    return .list(elements)
  }

  private static func sort(_ call: Arguments) throws(EvaluationError) -> Value {
    let elements = try call.list(0)
    guard let first = elements.first else { return .list([]) }
    for element in elements
    where element.typeName != first.typeName || CELOperations.order(first, first) == nil {
      throw EvaluationError(.invalidArgument, "list elements must have the same comparable type")
    }
    let sorted = elements.enumerated().sorted { left, right in
      let order = CELOperations.order(left.element, right.element) ?? 0
      return order == 0 ? left.offset < right.offset : order < 0
    }
    return .list(sorted.map(\.element))
  }

  private static func distinct(_ call: Arguments) throws(EvaluationError) -> Value {
    var seen = ElementSet()
    var result: [Value] = []
    for element in try call.list(0) where try !seen.contains(element) {
      seen.add(element)
      result.append(element)
    }
    return .list(result)
  }

  private static func range(_ call: Arguments) throws(EvaluationError) -> Value {
    let count = try call.int(0)
    guard count <= longestRange else {
      throw EvaluationError(.limitReached, "a range has at most \(longestRange) numbers")
    }
    return .list((0..<max(0, count)).map { .int($0) })
  }

  private static func contains(
    _ elements: [Value], all wanted: [Value]
  ) throws(EvaluationError) -> Bool {
    var set = ElementSet(elements)
    for element in wanted where try !set.contains(element) { return false }
    return true
  }
}
