public import Values

/// An expression that can be evaluated, as often as one likes and from several threads.
public final class CheckedExpression: Sendable {
  /// The text it was compiled from.
  public let source: String
  public let tree: SyntaxNode
  /// The type that every value of it has.
  public let type: CELType
  private let program: Program
  private let findings: Findings

  /// What one evaluation may cost: steps of macros, calls, and the size of what they make.
  public static let defaultCostLimit = 5_000_000

  init(
    source: String, tree: SyntaxNode, type: CELType, findings: Findings,
    environment: CELEnvironment
  ) {
    self.source = source
    self.tree = tree
    self.type = type
    self.findings = findings
    var planner = Planner(environment, findings, isChecked: findings.isChecked)
    let plan: Result<Plan, EvaluationError>
    do throws(EvaluationError) {
      plan = .success(try planner.plan(tree))
    } catch {
      plan = .failure(error)
    }
    program = Program(plan, slotCount: planner.slotCount)
  }

  /// How much a result may hold: values, and one more for each sixteen bytes of text.
  public static let resultLimit = 5_000_000

  /// The value for these variables.
  ///
  /// - Throws: ``EvaluationError`` with the place in the source.
  public func evaluate(
    _ activation: any Activation, costLimit: Int = defaultCostLimit
  ) throws(EvaluationError) -> Value {
    try program.evaluate(activation, costLimit)
  }

  /// What can be said while some variables, or parts of them, are not known.
  public enum PartialResult: Sendable {
    case value(Value)
    /// The value depends on these.
    case unknown(Set<Unknown>)
    case error(EvaluationError)
  }

  /// The value as far as it can be known: a known part that decides makes the unknown ones
  /// irrelevant.
  public func evaluatePartially(
    _ activation: any Activation, unknowns: [Unknown], costLimit: Int = defaultCostLimit
  ) -> PartialResult {
    program.run(activation, unknowns, costLimit)
  }

  /// The type that the checker has found for a node of the tree; nil for one that was not checked.
  public func type(of node: SyntaxNode) -> CELType? { findings.types[node.id] }

  /// The operands of a call, its target first, that none of the overloads takes where they are null.
  public func operandsRefusingNull(of node: SyntaxNode) -> [SyntaxNode] {
    guard case .call(_, let target, let arguments) = node.kind, let call = findings.calls[node.id]
    else { return [] }
    let operands = (call.isNamespaced ? [] : target.map { [$0] } ?? []) + arguments
    return operands.indices.filter { index in
      call.overloads.allSatisfy { overload in
        overload.parameters.indices.contains(index) && !overload.parameters[index].takesNull
      }
    }.map { operands[$0] }
  }

  /// The variables it reads, with the constant fields that follow: its value depends on nothing else.
  public var references: [Reference] {
    var collector = ReferenceCollector(findings)
    collector.visit(tree, isGuarded: false)
    return collector.references
  }
}

extension CELType {
  /// Whether a null may be given where the type is wanted.
  fileprivate var takesNull: Bool {
    switch self {
    case .dyn, .error, .null, .wrapper, .parameter, .object, .opaque: true
    default: false
    }
  }
}
