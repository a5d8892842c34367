public import Values

/// An expression that can be evaluated, as often as one likes and from several threads.
public final class CheckedExpression: Sendable {
  /// The text it was compiled from.
  public let source: String
  public let tree: SyntaxNode
  /// The type that every value of it has.
  public let type: CELType
  private let plan: Result<Plan, EvaluationError>
  private let slotCount: Int
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
    var planner = Planner(environment, findings, isChecked: !findings.types.isEmpty)
    do throws(EvaluationError) {
      plan = .success(try planner.plan(tree))
    } catch {
      plan = .failure(error)
    }
    slotCount = planner.slotCount
  }

  /// The value for these variables.
  ///
  /// - Throws: ``EvaluationError`` with the place in the source.
  public func evaluate(
    _ activation: any Activation, costLimit: Int = defaultCostLimit
  ) throws(EvaluationError) -> Value {
    var evaluation = Evaluation(
      activation: activation, slots: Array(repeating: nil, count: slotCount), budget: costLimit,
      unknowns: [])
    do throws(Halt) {
      return try run(&evaluation)
    } catch {
      switch error {
      case .error(let error): throw error
      case .unknown:
        throw EvaluationError(.noSuchVariable, "an unknown met without partial evaluation")
      }
    }
  }

  private func run(_ evaluation: inout Evaluation) throws(Halt) -> Value {
    switch plan {
    case .success(let plan): return try plan.evaluate(&evaluation)
    case .failure(let error): throw .error(error)
    }
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
    var evaluation = Evaluation(
      activation: activation, slots: Array(repeating: nil, count: slotCount), budget: costLimit,
      unknowns: unknowns)
    do throws(Halt) {
      return .value(try run(&evaluation))
    } catch {
      switch error {
      case .error(let error): return .error(error)
      case .unknown(let unknowns): return .unknown(unknowns)
      }
    }
  }

  /// The variables it reads, with the constant fields that follow: its value depends on nothing else.
  public var references: [Reference] {
    var collector = ReferenceCollector(findings)
    collector.visit(tree, isGuarded: false)
    return collector.references
  }
}
