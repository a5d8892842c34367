import CEL
import Workflows

/// What a run that goes back to a checkpoint knows no more: the outputs of steps that are done anew, and of what
/// reads them. Whoever has looked at them, answered a question about them or waited for them did so of
/// something that is no more.
struct RenewedOutputs: Equatable {
  /// Whether what comes to another end counts as well, as an approval that is asked again or what failed and is
  /// tried again, though nothing of it was taken back.
  private let followsOutcomes: Bool
  /// Whether a `go_to` that goes by such outputs is followed as well.
  private let followsJumps: Bool
  /// The addresses of the steps, and of those around them.
  private var steps: Set<String> = []
  /// The calls that are made with such outputs.
  private var calls: Set<String> = []
  /// Steps that hold others and go by such outputs in whether they carry them out, or which; and those that a
  /// `go_to` jumps over that goes by them.
  private var undecided: Set<String> = []

  init(followsOutcomes: Bool, everywhere: Bool) {
    self.followsOutcomes = followsOutcomes
    followsJumps = everywhere
  }

  mutating func note(_ place: LaterStep) {
    steps.insert(place.address)
    steps.formUnion(place.holders)
    if followsOutcomes { noteCalls(around: place, onTheWayOnly: true) }
  }

  /// Notes what may come to another end, though nothing of it was taken back: what is around it comes to another
  /// one only where it gives that.
  mutating func noteOutcome(of place: LaterStep) {
    steps.insert(place.address)
    noteCalls(around: place, onTheWayOnly: false)
  }

  private mutating func noteCalls(around place: LaterStep, onTheWayOnly: Bool) {
    for outer in place.around.reversed() {
      if onTheWayOnly, place.holders.contains(outer.address) { continue }
      if gives(outer.step, at: outer.address) { steps.insert(outer.address) }
    }
  }

  /// Follows what is done anew anyway where it reads them.
  mutating func follow(_ place: LaterStep) {
    guard isRead(by: place) else { return }
    if case .workflow = place.step.kind { calls.insert(place.address) } else { note(place) }
    guard followsOutcomes else { return }
    if place.step.isPart, decides(place) {
      undecided.insert(place.address)
      noteAll(in: place.step, place.surroundings)
    }
    if followsJumps, case .goTo(let target) = place.step.kind { noteJump(of: place, to: target) }
    if isUndecided(place) || gives(place.step, at: place.address) { note(place) }
  }

  /// What stands before the target may be carried out now, or not any more.
  private mutating func noteJump(of place: LaterStep, to target: String) {
    guard let list = place.surroundings.workflow.list(of: place.step),
      let start = list.position(of: place.step.id), let end = list.position(of: target),
      start < end
    else { return }
    for step in list.steps[start..<end].dropFirst() {
      let address = place.surroundings.prefix + step.id
      steps.insert(address)
      undecided.insert(address)
      noteAll(in: step, place.surroundings)
    }
  }

  /// Also what was never begun of it may come now.
  private mutating func noteAll(in step: Step, _ surroundings: Surroundings) {
    for inner in step.nestedLists.flatMap(\.steps) {
      steps.insert(surroundings.prefix + inner.id)
      noteAll(in: inner, surroundings)
    }
  }

  // MARK: Reading

  /// Whether a step reads any of them, or one inside it that is not looked at by itself: one of a loop.
  ///
  /// - Parameter asAWhole: Whether no step inside it is looked at by itself.
  func isRead(by place: LaterStep, asAWhole: Bool = false) -> Bool {
    guard !steps.isEmpty else { return false }
    if isUndecided(place) { return true }
    let isWhole = asAWhole || place.step.isLoop
    let expressions = isWhole ? place.step.innerExpressions : place.step.ownExpressions
    if read(expressions, place.surroundings) { return true }
    guard followsOutcomes else { return false }
    let since = isWhole ? place.step.innerSince : place.step.since
    return since.contains { steps.contains(place.surroundings.prefix + $0) }
  }

  /// Whether a step around it, or the step itself, may not carry out any more what it holds.
  private func isUndecided(_ place: LaterStep) -> Bool {
    !undecided.isEmpty
      && (undecided.contains(place.address) || place.holders.contains(where: undecided.contains))
  }

  /// Whether a step that holds others goes by any of them in whether it carries them out, or which.
  private func decides(_ place: LaterStep) -> Bool {
    var conditions = [place.step.condition].compactMap(\.self)
    if case .choose(let cases) = place.step.kind { conditions += cases.compactMap(\.when) }
    return read(conditions, place.surroundings)
  }

  /// Whether the outputs of a called workflow read any of them; false of any other step.
  private func gives(_ step: Step, at address: String) -> Bool {
    guard case .workflow(let call) = step.kind, let called = call.definition else { return false }
    return read(called.outputs.flatMap(\.value.expressions), Surroundings(called, call: address))
  }

  private func read(_ expressions: [Expression], _ surroundings: Surroundings) -> Bool {
    expressions.contains { expression in
      expression.references.contains { isRenewed($0.path, surroundings) }
    }
  }

  private func isRenewed(_ path: [String], _ surroundings: Surroundings) -> Bool {
    switch path[0] {
    case "steps": path.count == 1 || steps.contains(surroundings.prefix + path[1])
    case "inputs": surroundings.call.map(calls.contains) ?? false
    default: false
    }
  }
}

extension Step {
  /// The expressions of the step and of those inside it; what is called sees its inputs alone.
  fileprivate var innerExpressions: [Expression] {
    ownExpressions + nestedLists.flatMap(\.steps).flatMap(\.innerExpressions)
  }

  /// The same of the steps since which its events count.
  fileprivate var innerSince: [String] {
    since + nestedLists.flatMap(\.steps).flatMap(\.innerSince)
  }

  /// The steps since which the events count that it takes.
  fileprivate var since: [String] {
    switch kind {
    case .wait(let wait): wait.since
    case .ask(let question): question.items.compactMap(\.doneOn?.since)
    default: []
    }
  }
}

extension Wait {
  fileprivate var since: [String] {
    switch self {
    case .duration, .until: []
    case .event(let event): [event.since].compactMap(\.self)
    case .firstOf(let ways): ways.flatMap(\.wait.since)
    }
  }
}
