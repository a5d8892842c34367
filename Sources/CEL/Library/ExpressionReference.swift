/// The reference of the expression language, made from the library's tables.
package enum ExpressionReference {
  /// The whole reference as a page, `docs/reference/expressions.md`.
  package static func markdown() -> String {
    var page = """
      # Expressions

      The functions and operators of the expression language, CEL (Common Expression Language). This page is made from the
      library's own table; each example is a test.

      """
    for group in groups {
      page += "\n## \(group.title)\n"
      for function in group.functions { page += markdown(function) }
    }
    return page
  }

  /// What a terminal shows: one function, or without a name all of them, a line each.
  ///
  /// The answer to an unknown name says so and suggests the nearest.
  package static func text(for name: String?) -> String {
    guard let name else { return overview }
    let found = (StandardLibrary.functions + MacroTable.table).filter {
      $0.name == name || title(of: $0) == name || $0.name.hasSuffix(".\(name)")
    }
    guard !found.isEmpty else {
      let suggestion = nearest(name, among: StandardLibrary.names + MacroTable.table.map(\.name))
        .map { "; did you mean `\($0)`?" }
      return "there is no function `\(name)`\(suggestion ?? "")\n"
    }
    return found.map(details).joined(separator: "\n")
  }

  private static let groups: [(title: String, functions: [FunctionDeclaration])] = [
    ("Operators", OperatorTable.functions),
    ("Choice and macros", MacroTable.table),
    ("Sizes and types", TypeFunctions.table),
    ("Texts", TextFunctions.table + StringsExtension.table),
    ("Moments and lengths of time", TimeFunctions.table),
    ("Values that may be absent", OptionalFunctions.table),
    ("Numbers", MathExtension.table),
    ("Lists and sets", ListsExtension.table),
    ("Bytes as text", EncodersExtension.table),
    ("Network addresses", NetworkExtension.table.filter { $0.name != "string" }),
  ]

  private static func title(of function: FunctionDeclaration) -> String {
    OperatorNames.symbol(of: function.name) ?? function.name
  }

  private static func markdown(_ function: FunctionDeclaration) -> String {
    var text = "\n### `\(title(of: function))`\n\n\(function.summary)\n"
    if !function.overloads.isEmpty {
      text += "\n```text\n\(signatures(function).joined(separator: "\n"))\n```\n"
    }
    guard !function.examples.isEmpty else { return text }
    text += "\n| expression | result |\n| --- | --- |\n"
    for example in function.examples {
      text += "| `\(cell(example.expression))` | `\(cell(example.result))` |\n"
    }
    return text
  }

  private static func cell(_ text: String) -> String {
    String(text.flatMap { $0 == "|" ? ["\\", "|"] : [$0] })
  }

  /// The signatures, the many of functions that take any number of values cut to the first ones.
  private static func signatures(_ function: FunctionDeclaration) -> [String] {
    let isOperator = OperatorNames.symbol(of: function.name) != nil
    let all = function.overloads.map { overload in
      isOperator
        ? "\(operatorSignature(function, overload)) -> \(overload.result)"
        : overload.signature(of: function.name)
    }
    return all.count > 16 ? all.prefix(16) + ["…"] : all
  }

  private static func operatorSignature(
    _ function: FunctionDeclaration, _ overload: Overload
  ) -> String {
    let symbol = title(of: function)
    let types = overload.parameters.map(\.description)
    return types.count == 1 ? "\(symbol)\(types[0])" : types.joined(separator: " \(symbol) ")
  }

  private static func details(_ function: FunctionDeclaration) -> String {
    var lines = ["\(title(of: function))", "  \(function.summary)"]
    lines += signatures(function).map { "  \($0)" }
    lines += function.examples.map { "  \($0.expression)  →  \($0.result)" }
    return lines.joined(separator: "\n") + "\n"
  }

  private static var overview: String {
    groups.map { group in
      let width = group.functions.map { title(of: $0).count }.max() ?? 0
      let lines = group.functions.map { function in
        let name = title(of: function)
        let space = String(repeating: " ", count: width - name.count)
        return "  \(name)\(space)  \(function.summary)"
      }
      return "\(group.title)\n" + lines.joined(separator: "\n") + "\n"
    }.joined(separator: "\n")
  }
}
