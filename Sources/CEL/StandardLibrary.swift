/// All the functions of the language, found by name.
///
/// The table is made when the first expression is compiled, not when the process starts.
public enum StandardLibrary {
  /// The tables it is made of.
  public static let functions: [FunctionDeclaration] = [
    OperatorTable.functions, TypeFunctions.table, TextFunctions.table, TimeFunctions.table,
    OptionalFunctions.table, StringsExtension.table, MathExtension.table, ListsExtension.table,
    EncodersExtension.table, NetworkExtension.table,
  ].flatMap(\.self)

  private static let index: [String: FunctionDeclaration] = Dictionary(
    functions.map { ($0.name, $0) }
  ) { first, second in
    FunctionDeclaration(
      first.name, first.summary, overloads: first.overloads + second.overloads,
      examples: first.examples + second.examples)
  }

  private static let operators: [String: FunctionDeclaration] = Dictionary(
    OperatorTable.functions.map { ($0.name, $0) }
  ) { first, _ in first }

  /// Operators are found without the other tables: many an expression needs nothing else.
  static func function(named name: String) -> FunctionDeclaration? {
    if OperatorNames.isOperator(name), let known = operators[name] { return known }
    return index[name]
  }

  static var names: [String] { Array(index.keys) }
}
