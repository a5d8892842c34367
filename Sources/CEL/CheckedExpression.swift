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
    var planner = Planner(environment, findings, isChecked: findings.isChecked)
    do throws(EvaluationError) {
      plan = .success(try planner.plan(tree))
    } catch {
      plan = .failure(error)
    }
    slotCount = planner.slotCount
  }

  /// How much a result may hold: values, and one more for each sixteen bytes of text.
  public static let resultLimit = 5_000_000

  /// The value for these variables.
  ///
  /// - Throws: ``EvaluationError`` with the place in the source.
  public func evaluate(
    _ activation: any Activation, costLimit: Int = defaultCostLimit
  ) throws(EvaluationError) -> Value {
    switch run(activation, activation.unknowns, costLimit) {
    case .value(let value): return value
    case .error(let error): throw error
    case .unknown(let unknowns):
      let names = unknowns.map { "`\($0.path.joined(separator: "."))`" }.sorted()
      throw EvaluationError(.unknown, "\(names.joined(separator: ", ")) cannot be known")
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
    run(activation, unknowns, costLimit)
  }

  private func run(
    _ activation: any Activation, _ unknowns: [Unknown], _ costLimit: Int
  ) -> PartialResult {
    withUnsafeTemporaryAllocation(of: Value?.self, capacity: slotCount) { slots in
      slots.initialize(repeating: nil)
      defer { slots.deinitialize() }
      var evaluation = Evaluation(
        activation: activation, slots: slots, budget: costLimit, unknowns: unknowns)
      do throws(Halt) {
        return .value(try bounded(try root(), &evaluation))
      } catch {
        switch error {
        case .error(let error): return .error(error)
        case .unknown(let unknowns): return .unknown(unknowns)
        }
      }
    }
  }

  private func root() throws(Halt) -> Plan {
    switch plan {
    case .success(let plan): return plan
    case .failure(let error): throw .error(error)
    }
  }

  /// A small expression can name one value again and again: what it gives is small in memory and
  /// endless for whoever walks through it.
  private func bounded(_ plan: Plan, _ evaluation: inout Evaluation) throws(Halt) -> Value {
    let value = try plan.evaluate(&evaluation)
    if !value.isScalar, value.size(limit: Self.resultLimit) > Self.resultLimit {
      throw plan.fail(.limitReached, "the result is too large")
    }
    return value
  }

  /// The variables it reads, with the constant fields that follow: its value depends on nothing else.
  public var references: [Reference] {
    var collector = ReferenceCollector(findings)
    collector.visit(tree, isGuarded: false)
    return collector.references
  }
}
