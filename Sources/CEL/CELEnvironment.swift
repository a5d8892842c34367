/// What expressions can name: variables with their types, functions, and the container in which
/// names are looked up.
public struct CELEnvironment: Sendable {
  public let container: String
  private let variables: [String: CELType]
  private let functions: [String: FunctionDeclaration]
  let hasQualifiedNames: Bool

  /// - Parameters:
  ///   - container: The namespace: in `a.b`, `x` is looked up as `a.b.x`, `a.x`, `x`.
  ///   - variables: Names, dotted ones too, with their types.
  ///   - functions: Functions beside the library's; overloads of the same name are added to it.
  public init(
    container: String = "", variables: [String: CELType] = [:],
    functions: [FunctionDeclaration] = []
  ) {
    self.container = container
    self.variables = variables
    hasQualifiedNames = true
    self.functions = Dictionary(functions.map { ($0.name, $0) }) { first, second in
      FunctionDeclaration(
        first.name, first.summary, overloads: first.overloads + second.overloads,
        examples: first.examples)
    }
  }

  /// Whether a word belongs to the language, so that nothing can be called by it.
  public static func isReserved(_ word: String) -> Bool {
    word.isReserved || ["true", "false", "null", "in"].contains(word)
  }

  /// Parses and checks an expression. All the mistakes of a check are reported, of a parse the first.
  public func compile(_ source: String) -> Result<CheckedExpression, CompileFailure> {
    do throws(Issue) {
      return check(try Parser.parse(source), source: source)
    } catch {
      return .failure(CompileFailure(issues: [error]))
    }
  }

  /// Checks a tree that was parsed before.
  public func check(
    _ tree: SyntaxNode, source: String
  ) -> Result<CheckedExpression, CompileFailure> {
    var checker = Checker(self, source: source)
    let type = checker.type(of: tree)
    guard checker.issues.isEmpty else {
      return .failure(CompileFailure(issues: checker.issues))
    }
    return .success(
      CheckedExpression(
        source: source, tree: tree, type: checker.substitution.resolve(type, openAsDyn: true),
        findings: checker.findings, environment: self))
  }

  /// An expression that is evaluated without a check: every type mistake shows when it is met.
  public func compileUnchecked(_ source: String, expandsMacros: Bool = true) -> Result<
    CheckedExpression, CompileFailure
  > {
    do throws(Issue) {
      let tree = try Parser.parse(source, expandsMacros: expandsMacros)
      return .success(
        CheckedExpression(
          source: source, tree: tree, type: .dyn, findings: Findings(), environment: self))
    } catch {
      return .failure(CompileFailure(issues: [error]))
    }
  }

  // MARK: Lookup

  func type(ofVariable name: String) -> CELType? { variables[name] }

  var variableNames: [String] { Array(variables.keys) }

  /// The library's declaration with what was added to it.
  func function(named name: String) -> FunctionDeclaration? {
    let library = StandardLibrary.function(named: name)
    guard let own = functions[name] else { return library }
    guard let library else { return own }
    return FunctionDeclaration(
      name, library.summary, overloads: library.overloads + own.overloads,
      examples: library.examples)
  }

  var functionNames: [String] { StandardLibrary.names + functions.keys }

  /// The full names that a name can mean, most specific first.
  func candidates(for name: String) -> [String] {
    if name.hasPrefix(".") { return [String(name.dropFirst())] }
    guard !container.isEmpty else { return [name] }
    var result: [String] = []
    var parts = container.split(separator: ".").map(String.init)
    while !parts.isEmpty {
      result.append((parts + [name]).joined(separator: "."))
      parts.removeLast()
    }
    return result + [name]
  }
}

/// Why an expression cannot be used: its mistakes, in order of discovery.
public struct CompileFailure: Error, Hashable, Sendable {
  public let issues: [Issue]
}
