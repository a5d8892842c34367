import Fields
import TimeZones
import Values
import Workflows

/// Walks a definition in the order of the procedure and notes what is certain, possible or out of
/// the question.
final class PlanBuilder {
  let scope: PlanScope
  private var workflow: Workflow { scope.workflow }
  /// Where the steps being looked at may be repeated: what they give is not known then.
  private var loopDepth = 0

  private init(_ scope: PlanScope) { self.scope = scope }

  static func body(
    of workflow: Workflow, _ request: RunPlan.Request, prefix: String
  ) -> PlannedBody {
    var inputs = request.inputs
    var unknown: [String] = []
    for field in workflow.inputs.fields where inputs[field.name] == nil {
      if request.takesDefaults, let value = field.defaultValue {
        inputs[field.name] = value
      } else if !(request.takesDefaults && field.isOptional) {
        unknown.append(field.name)
      }
    }
    let scope = PlanScope(
      workflow: workflow, inputs: workflow.inputs.coerce(inputs), unknownInputs: Set(unknown),
      sensitiveInputs: Set(workflow.inputs.sensitiveNames), environment: request.environment,
      facts: PlanFacts(),
      calendar: workflow.calendarValue, now: nil)
    let defaults = workflow.defaultOnFailure.map { Handler(address: nil, policy: $0, outer: nil) }
    return body(scope, inputs, unknown, prefix: prefix, handler: defaults)
  }

  /// - Parameter handler: What takes failures of the workflow's steps.
  private static func body(
    _ scope: PlanScope, _ inputs: ValueMap, _ unknown: [String], prefix: String,
    handler: Handler?
  ) -> PlannedBody {
    let builder = PlanBuilder(scope)
    let workflow = scope.workflow
    let steps = builder.list(workflow.steps, .certain, prefix, handler)
    // What may come after any of the steps knows of none of them.
    let (recoveries, finally) = scope.facts.knowing(only: ValueMap()) {
      var recoveries: [PlannedRecovery] = []
      if case .recover(let branches)? = workflow.defaultOnFailure {
        recoveries = builder.recoveries(branches, .failure, .possible, prefix)
      }
      return (recoveries, builder.list(workflow.finally, .certain, prefix, handler).list)
    }
    return PlannedBody(
      workflow: workflow, inputs: inputs, unknownInputs: unknown,
      sensitiveInputs: scope.sensitiveInputs, steps: steps.list,
      finally: finally, recoveries: recoveries)
  }

  /// The nearest `on_failure` outside.
  final class Handler: Sendable {
    /// nil: `defaults`.
    let address: String?
    let policy: FailurePolicy
    /// Where a failure goes on to that it does not take, since no recovery is for that one.
    let outer: Handler?

    init(address: String?, policy: FailurePolicy, outer: Handler?) {
      self.address = address
      self.policy = policy
      self.outer = outer
    }
  }

  /// What a list, or a step, does to the run.
  struct Reach {
    var list = PlannedList.empty
    /// It may end the workflow.
    var mayEnd = false
    /// Nothing goes on after it.
    var endsSurely = false
  }

  // MARK: Lists

  func list(
    _ list: StepList, _ certainty: Certainty, _ prefix: String, _ outer: Handler?
  ) -> Reach {
    var flow = Flow(certainty)
    var planned: [PlannedStep] = []
    planned.reserveCapacity(list.count)
    for (position, step) in list.steps.enumerated() {
      flow.arrive(at: position)
      var end = Reach()
      let node = self.step(step, flow.certainty, prefix, outer, &end)
      planned.append(node)
      guard node.certainty != .never else { continue }
      if case .goTo(let target) = step.kind {
        if let position = list.position(of: target) {
          flow.jump(to: position, node.isUnconditional)
        }
      } else if end.mayEnd {
        flow.end(end.endsSurely)
      }
    }
    let endsSurely = certainty != .never && flow.isOver
    return Reach(list: PlannedList(planned), mayEnd: flow.mayHaveEnded, endsSurely: endsSurely)
  }

  private func step(
    _ step: Step, _ outside: Certainty, _ prefix: String, _ outer: Handler?, _ end: inout Reach
  ) -> PlannedStep {
    let address = prefix + step.id
    let condition = step.condition.map(scope.verdict)
    let certainty = outside.under(condition ?? .holds)
    let policy = policy(of: step, outer)
    let handler = policy.map { Handler(address: address, policy: $0, outer: outer) } ?? outer
    var parts = PlannedStep.Parts(
      step: step, address: address, certainty: certainty, condition: condition, scope: scope)
    let known = scope.facts.steps
    parts.body = body(of: step, certainty, prefix, handler, &end)
    end.endsSurely =
      end.endsSurely && condition ?? .holds == .holds && !(policy?.mayGoOn ?? false)
    parts.recoveries = scope.facts.knowing(only: known) {
      recoveries(of: step, policy, certainty, prefix)
    }
    parts.handler = handler
    parts.failure = failure(of: step, handler)
    parts.calls = calls(of: step)
    parts.question = question(of: step, handler)
    parts.wait = wait(of: step, handler)
    parts.unmet = certainty == .never ? [] : unmet(of: step)
    learn(step, certainty, condition)
    return PlannedStep(parts)
  }

  /// What a step does with failures: what it says; or of a call, which stands for all that fails in it, what the
  /// defaults say.
  private func policy(of step: Step, _ outer: Handler?) -> FailurePolicy? {
    guard step.onFailure == nil, case .workflow = step.kind, let outer, outer.address == nil else {
      return step.onFailure
    }
    return outer.policy
  }

  private func learn(_ step: Step, _ certainty: Certainty, _ condition: Verdict?) {
    if certainty == .never {
      scope.facts.learn(
        step, status: condition == .fails ? "skipped" : nil, outputs: ValueMap())
    } else if case .set(let assignments) = step.kind, certainty == .certain, loopDepth == 0,
      step.preconditions.isEmpty, step.verify.isEmpty
    {
      var outputs = ValueMap()
      for (name, template) in assignments {
        guard let value = scope.value(of: template) else { return }
        outputs[name] = value
      }
      let sensitive = assignments.filter { $0.value.isSensitive(in: scope) }.map(\.name)
      scope.facts.learn(
        step, status: "succeeded", outputs: outputs, sensitive: Set(sensitive))
    }
  }

  // MARK: Kinds

  private func body(
    of step: Step, _ certainty: Certainty, _ prefix: String, _ handler: Handler?,
    _ end: inout Reach
  ) -> PlannedStep.Body {
    switch step.kind {
    case .section(let list):
      end = self.list(list, certainty, prefix, handler)
      return .section(end.list)
    case .parallel(let list): return parallel(list, certainty, prefix, handler, &end)
    case .choose(let cases): return choose(cases, certainty, prefix, handler, &end)
    case .forEach(let loop):
      return forEach(loop, certainty, Self.loopPrefix(prefix + step.id), handler, &end)
    case .repeat(let loop):
      return rounds(loop, certainty, Self.loopPrefix(prefix + step.id), handler, &end)
    case .workflow(let call):
      return call.definition.map {
        .workflow(sub($0, call, Self.callPrefix(prefix + step.id), handler))
      }
        ?? .leaf
    case .finish:
      end = Reach(mayEnd: certainty != .never, endsSurely: certainty != .never)
      return .leaf
    default: return .leaf
    }
  }

  private func parallel(
    _ list: StepList, _ certainty: Certainty, _ prefix: String, _ handler: Handler?,
    _ end: inout Reach
  ) -> PlannedStep.Body {
    var branches: [PlannedStep] = []
    for step in list.steps {
      var branch = Reach()
      branches.append(self.step(step, certainty, prefix, handler, &branch))
      end.mayEnd = end.mayEnd || branch.mayEnd
      end.endsSurely = end.endsSurely || branch.endsSurely
    }
    return .parallel(PlannedList(branches))
  }

  private func choose(
    _ cases: [Case], _ certainty: Certainty, _ prefix: String, _ handler: Handler?,
    _ end: inout Reach
  ) -> PlannedStep.Body {
    var rest = certainty
    var planned: [PlannedCase] = []
    var allEnd = true
    for choice in cases {
      let verdict = choice.when.map(scope.verdict) ?? .holds
      let taken = rest.under(verdict)
      let inner = list(choice.steps, taken, prefix, handler)
      planned.append(
        PlannedCase(
          when: choice.when, verdict: verdict, certainty: taken, steps: inner.list))
      if taken != .never {
        end.mayEnd = end.mayEnd || inner.mayEnd
        allEnd = allEnd && inner.endsSurely
      }
      switch verdict {
      case .holds: rest = .never
      case .unknown, .broken: rest = rest == .never ? .never : .possible
      case .fails: break
      }
    }
    end.endsSurely = certainty != .never && rest == .never && allEnd
    return .choose(planned, mayMatchNone: rest != .never)
  }

  private func forEach(
    _ loop: ForEach, _ certainty: Certainty, _ prefix: String, _ handler: Handler?,
    _ end: inout Reach
  ) -> PlannedStep.Body {
    let count = ((try? scope.value(of: loop.list)) ?? nil)?.asList?.count
    let inside: Certainty =
      count == 0 ? .never : count == nil ? certainty.under(.unknown) : certainty
    loopDepth += 1
    defer { loopDepth -= 1 }
    let body = list(loop.steps, inside, prefix, handler)
    end.mayEnd = body.mayEnd
    end.endsSurely = body.endsSurely && (count ?? 0) > 0
    let among = loop.maxParallel.map { ", \($0) at a time" } ?? ""
    let words =
      "for each \(loop.itemName) of "
      + (count.map { "\($0)" } ?? "`\(loop.list.source)`") + among
    return .loop(
      PlannedLoop(
        steps: body.list, least: count ?? 0, most: count, width: max(loop.maxParallel ?? 1, 1),
        limit: count, words: words))
  }

  private func rounds(
    _ loop: Repeat, _ certainty: Certainty, _ prefix: String, _ handler: Handler?,
    _ end: inout Reach
  ) -> PlannedStep.Body {
    loopDepth += 1
    defer { loopDepth -= 1 }
    let body = list(loop.steps, certainty, prefix, handler)
    end.mayEnd = body.mayEnd
    end.endsSurely = body.endsSurely
    var words = "until `\(loop.until.source)`"
    if let every = loop.every { words += ", every \(self.words(every))" }
    if let limit = loop.atMost { words += ", at most \(limit) times" }
    return .loop(
      PlannedLoop(
        steps: body.list, least: 1, most: loop.atMost, width: 1, limit: nil,
        words: words))
  }

  private func sub(
    _ definition: Workflow, _ call: SubWorkflow, _ prefix: String, _ handler: Handler?
  ) -> PlannedBody {
    var inputs = ValueMap()
    var unknown: [String] = []
    for field in definition.inputs.fields {
      if let template = call.with.first(where: { $0.name.hasSameBytes(as: field.name) })?.value {
        if let value = scope.value(of: template) {
          inputs[field.name] = value
        } else {
          unknown.append(field.name)
        }
      } else if let value = field.defaultValue {
        inputs[field.name] = value
      } else if !field.isOptional {
        unknown.append(field.name)
      }
    }
    let inner = PlanScope(
      workflow: definition, inputs: definition.inputs.coerce(inputs),
      unknownInputs: Set(unknown),
      sensitiveInputs: Set(definition.inputs.sensitiveNames).union(
        call.with.filter { $0.value.isSensitive(in: scope) }.map(\.name)),
      environment: scope.environment, facts: PlanFacts(),
      calendar: definition.calendarValue, now: nil)
    let defaults = definition.defaultOnFailure.map {
      Handler(address: nil, policy: $0, outer: handler)
    }
    return Self.body(
      inner, inputs, unknown, prefix: prefix, handler: defaults ?? handler)
  }

  // MARK: Recoveries

  /// They stand beside the step. What fails in them is for people, unless they say something else
  /// themselves.
  private func recoveries(
    of step: Step, _ policy: FailurePolicy?, _ certainty: Certainty, _ prefix: String
  ) -> [PlannedRecovery] {
    var found: [PlannedRecovery] = []
    let inside = certainty.under(.unknown)
    for (cause, policy) in [
      (PlannedRecovery.Cause.failure, policy), (.expiry, step.onExpiry),
    ] {
      if case .recover(let branches)? = policy {
        found += recoveries(branches, cause, inside, prefix)
      }
    }
    return found
  }

  private func recoveries(
    _ branches: [RecoveryBranch], _ cause: PlannedRecovery.Cause, _ certainty: Certainty,
    _ prefix: String
  ) -> [PlannedRecovery] {
    branches.map { branch in
      PlannedRecovery(
        cause: cause, source: branch.when?.source,
        steps: list(branch.steps, certainty, prefix, nil).list, then: branch.then)
    }
  }
}

extension PlanBuilder {
  /// What stands before the addresses of the steps in a loop, whatever the round.
  static func loopPrefix(_ address: String) -> String { "\(address)[…]/" }

  /// What stands before the addresses of the steps of a workflow that is called.
  static func callPrefix(_ address: String) -> String { "\(address)/" }
}

extension PlannedStep {
  /// Whether it is done whenever a run comes to it.
  fileprivate var isUnconditional: Bool { condition == nil || condition == .holds }
}

/// Which part of all runs is where, while a list is walked.
private struct Flow {
  private var isFlowing: Bool
  private(set) var mayHaveEnded: Bool
  private var away: Set<Int> = []
  private let isCertain: Bool

  init(_ certainty: Certainty) {
    isFlowing = certainty != .never
    isCertain = certainty == .certain
    mayHaveEnded = false
  }

  var isOver: Bool { !isFlowing && away.isEmpty }

  var certainty: Certainty {
    guard isFlowing else { return .never }
    return isCertain && !mayHaveEnded && away.isEmpty ? .certain : .possible
  }

  mutating func arrive(at position: Int) {
    if away.remove(position) != nil { isFlowing = true }
  }

  mutating func jump(to position: Int, _ always: Bool) {
    away.insert(position)
    if always { isFlowing = false }
  }

  mutating func end(_ always: Bool) {
    mayHaveEnded = true
    if always { isFlowing = false }
  }
}

extension FailurePolicy {
  /// Whether it lets the run go on behind what has failed.
  fileprivate var mayGoOn: Bool {
    switch self {
    case .continue: true
    case .recover(let branches): branches.contains { $0.then == .continue }
    case .park, .stop, .undo: false
    }
  }
}
