/// What the parser expands rather than calls: operators that do not evaluate all their parts, and
/// macros. They have no overloads; their descriptions and examples are part of the reference.
enum MacroTable {
  static let table: [FunctionDeclaration] = [
    macro(
      "&&", "Whether both hold; where one is false the other may even fail.",
      ("false && 1 / 0 > 1", "false")),
    macro(
      "||", "Whether one of two holds; where one is true the other may even fail.",
      ("1 / 0 > 1 || true", "true")),
    macro(
      "?:", "The second where the first holds, else the third.",
      ("1 < 2 ? 'less' : 'more'", "'less'")),
    macro(
      "has", "Whether a field is there: `has(record.field)`.", ("has({'a': 1}.a)", "true"),
      ("has({'a': 1}.b)", "false")),
    macro(
      "all", "Whether a condition holds for every element, or for every key and value.",
      ("[1, 2].all(x, x > 0)", "true"), ("[1, 2].all(index, x, x > index)", "true")),
    macro(
      "exists", "Whether a condition holds for an element, or for a key and its value.",
      ("[1, 2].exists(x, x > 1)", "true"), ("{'a': 1}.exists(key, value, value == 1)", "true")),
    macro(
      "exists_one", "Whether a condition holds for just one element.",
      ("[1, 2].exists_one(x, x > 1)", "true"), ("[2, 2].exists_one(x, x > 1)", "false")),
    macro(
      "filter", "The elements of a list, or keys of a map, for which a condition holds.",
      ("[1, 2, 3].filter(x, x > 1)", "[2, 3]")),
    macro(
      "map", "What an expression makes of each element, or of those for which a condition holds.",
      ("[1, 2].map(x, x * 2)", "[2, 4]"), ("[1, 2].map(x, x > 1, x * 2)", "[4]")),
    macro(
      "sortBy", "The elements in the order of what an expression makes of them.",
      ("['bbb', 'a', 'cc'].sortBy(x, size(x))", "['a', 'cc', 'bbb']")),
    macro(
      "transformList", "A list of what an expression makes of each position (or key) and value.",
      ("[3, 4].transformList(index, x, index + x)", "[3, 5]")),
    macro(
      "transformMap", "A map with what an expression makes of each key and value in its values.",
      ("{'a': 1}.transformMap(key, value, value + 1)", "{'a': 2}")),
    macro(
      "transformMapEntry", "A map of the entries that an expression makes of each key and value.",
      ("{'a': 1}.transformMapEntry(key, value, {value: key})", "{1: 'a'}")),
    macro(
      "optMap", "What an expression makes of an optional value, absent where it is absent.",
      ("optional.of(1).optMap(x, x + 1).value()", "2")),
    macro(
      "optFlatMap", "The same with an expression that gives an optional value itself.",
      ("optional.of({'a': 1}).optFlatMap(x, x.?a).value()", "1")),
    macro(
      ".?", "A field as an optional value, absent where there is none.",
      ("{'a': 1}.?b.orValue(0)", "0")),
    macro(
      "cel.bind", "Names a value for use in an expression.", ("cel.bind(x, 1 + 1, x * x)", "4")),
  ]

  private static func macro(
    _ name: String, _ summary: String, _ examples: FunctionDeclaration.Example...
  ) -> FunctionDeclaration {
    FunctionDeclaration(name, summary, overloads: [], examples: examples)
  }
}
