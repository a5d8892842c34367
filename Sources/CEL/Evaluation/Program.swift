import Values

/// A plan with what its evaluation needs.
struct Program: Sendable {
  private let plan: Result<Plan, EvaluationError>
  private let slotCount: Int

  init(_ plan: Result<Plan, EvaluationError>, slotCount: Int) {
    self.plan = plan
    self.slotCount = slotCount
  }

  /// The value, where all that is read is known.
  func evaluate(
    _ activation: any Activation, _ costLimit: Int
  ) throws(EvaluationError) -> Value {
    switch run(activation, activation.unknowns, costLimit) {
    case .value(let value): return value
    case .error(let error): throw error
    case .unknown(let unknowns):
      let names = unknowns.map { "`\($0.path.joined(separator: "."))`" }.sorted()
      throw EvaluationError(.unknown, "\(names.joined(separator: ", ")) cannot be known")
    }
  }

  func run(
    _ activation: any Activation, _ unknowns: [Unknown], _ costLimit: Int
  ) -> CheckedExpression.PartialResult {
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
    let limit = CheckedExpression.resultLimit
    if !value.isScalar, value.size(limit: limit) > limit {
      throw plan.fail(.limitReached, "the result is too large")
    }
    return value
  }
}
