import CEL
import SourceText

/// Outputs may be read only where their step has succeeded on every path that leads there, unless
/// the expression allows for absence.
struct FlowCheck {
  private let workflow: WorkflowUnderCheck
  /// The first step that ends the run well.
  private let firstFinish: Step?
  private var map: StepMap { workflow.places.map }
  private var steps: StepTable { workflow.places.steps }

  init(_ workflow: WorkflowUnderCheck) {
    self.workflow = workflow
    let steps = workflow.has(.finish) ? workflow.parts.allSteps : []
    firstFinish = steps.first { step in
      if case .finish(let finish) = step.kind { finish.outcome == .succeeded } else { false }
    }
  }

  func check(_ read: NameRead) {
    var reported: Set<String> = []
    let references = read.expression.references
    for index in references.indices
    where references[index].path.count >= 2 && references[index].path[0] == "steps" {
      let reference = references[index]
      let id = reference.path[1]
      guard let step = read.step(id, in: steps) else {
        guard workflow.outlines.step(named: id) == nil else { continue }
        if reported.insert(id).inserted {
          workflow.outlines.reportUnknown(id, at: read.span(reference.range))
        }
        continue
      }
      guard needsSuccess(reference, step) || needsFailure(reference),
        let place = workflow.places.place(of: read),
        let finding = finding(step, at: place, read, reference)
      else { continue }
      if reported.insert(id).inserted { report(finding, step, read, reference) }
    }
  }

  /// Whether a path is there for sure as far as its step is concerned, however it is read.
  func isCertain(_ reference: NameReference, _ read: NameRead) -> Bool {
    guard reference.path.count >= 2, let step = read.step(reference.path[1], in: steps) else {
      return true
    }
    let plain = NameReference(
      path: reference.path, range: reference.range, certainCount: reference.path.count)
    guard needsSuccess(plain, step) || needsFailure(plain),
      let place = workflow.places.place(of: read)
    else { return true }
    return finding(step, at: place, read, plain) == nil
  }

  private enum Finding {
    /// Why the step may not have succeeded.
    case noSuccess(String)
    /// The step stands in a loop whose rounds are over.
    case roundsOver(loop: Step)
    /// The last step of the loop, and why it may have been left out.
    case noLastStep(Step, String)
    case noFailure
  }

  private func finding(
    _ step: Step, at place: StepMap.Location, _ read: NameRead, _ reference: NameReference
  ) -> Finding? {
    if !needsSuccess(reference, step) {
      return mayHaveNoError(step, at: place, read, reference) ? .noFailure : nil
    }
    if isCertain(step, at: place, read) { return doubtOfLast(step, at: place, read, reference) }
    if let loop = loopLeft(step, at: place) { return .roundsOver(loop: loop) }
    guard let reason = doubt(step, at: place, read, facts: nil) else {
      return doubtOfLast(step, at: place, read, reference)
    }
    let facts = workflow.places.facts(at: place, read, reference, until: step.id)
    let isKnown = facts.succeeded.contains(step.id) || facts.hasValue(reference.path)
    if isKnown || doubt(step, at: place, read, facts: facts) == nil {
      return doubtOfLast(step, at: place, read, reference)
    }
    return .noSuccess(reason)
  }

  // MARK: Loops

  /// The outermost loop around a step that is not around a place: there its steps have no outputs.
  private func loopLeft(_ step: Step, at place: StepMap.Location) -> Step? {
    guard step.parent != nil, let own = map.location(of: step.index) else { return nil }
    let around = map.chain(place)
    for (level, location) in map.chain(own).enumerated() {
      if level < around.count, around[level].list === location.list { continue }
      switch location.list.purpose {
      case .loop, .forEach: return location.list.owner
      default: break
      }
    }
    return nil
  }

  /// A loop gives the outputs of its last step, which may have been left out of the last round.
  private func doubtOfLast(
    _ step: Step, at place: StepMap.Location, _ read: NameRead, _ reference: NameReference
  ) -> Finding? {
    guard case .repeat(let loop) = step.kind, reference.certainCount > 3,
      let last = loop.steps.steps.last, let location = map.location(of: last.index)
    else { return nil }
    let inside = workflow.places.factsAfterRounds(of: loop)
    guard !inside.succeeded.contains(last.id),
      let reason = doubt(along: [location], upTo: .max, inside)
    else { return nil }
    let facts = workflow.places.facts(at: place, read, reference)
    return facts.hasValue(reference.path) ? nil : .noLastStep(last, reason)
  }

  // MARK: Errors

  /// Whether a read fails where the step has not failed.
  private func needsFailure(_ reference: NameReference) -> Bool {
    reference.certainCount > 2 && reference.path[2] == "error"
  }

  /// Whether a step may have succeeded where its error is read. In a recovery of it, or of a step around
  /// it, something has failed.
  private func mayHaveNoError(
    _ step: Step, at place: StepMap.Location, _ read: NameRead, _ reference: NameReference
  ) -> Bool {
    let around = map.location(of: step.index).map { map.chain($0) } ?? []
    for location in map.chain(place) {
      guard case .recovery = location.list.purpose else { continue }
      guard let owner = location.list.owner else { return false }
      let isAround = around.contains { $0.list.steps.steps[$0.position] === owner }
      if isAround { return false }
    }
    let facts = workflow.places.facts(at: place, read, reference)
    let status = "steps.\(step.id).status"
    return !facts.rulesOut("succeeded", at: status)
      && !facts.hasValue(Array(reference.path.prefix(3)))
  }

  /// Whether a read fails where the step has not succeeded.
  private func needsSuccess(_ reference: NameReference, _ step: Step) -> Bool {
    guard reference.path.count > 2 else { return false }
    switch reference.path[2] {
    case "outputs":
      if case .forEach = step.kind { return reference.certainCount > 2 }
      return reference.certainCount > 3
    case "started_at", "finished_at", "by": return reference.certainCount > 2
    default: return false
    }
  }

  // MARK: Paths

  /// The plain case, which most are: the step stands before the place in the same list, and nothing
  /// can lead around it.
  private func isCertain(_ step: Step, at place: StepMap.Location, _ read: NameRead) -> Bool {
    guard let own = map.location(of: step.index), own.list === place.list,
      own.position < place.position, step.condition == nil,
      step.onFailure == nil, step.onExpiry == nil, !own.list.isJumpedOver(own.position)
    else { return false }
    if case .parallel = own.list.purpose { return false }
    if case .end = read.place { return false }
    return workflow.parts.defaultOnFailure == nil
  }

  /// Why a step may not have succeeded at a place; nil where it has.
  private func doubt(
    _ step: Step, at place: StepMap.Location, _ read: NameRead, facts: Facts?
  ) -> String? {
    if case .after(let index) = read.place, index == step.index { return nil }
    guard let own = map.location(of: step.index) else { return nil }
    let source = map.chain(own)
    let target = map.chain(place)
    var depth = -1
    while depth + 1 < min(source.count, target.count),
      source[depth + 1].list === target[depth + 1].list
    {
      depth += 1
      if source[depth].position != target[depth].position { break }
    }
    guard depth >= 0 else { return outside(source, target) }
    let positions = (source[depth].position, target[depth].position)
    if positions.0 == positions.1 {
      return source.count == depth + 1 ? "it is not done yet here" : "it stands on another branch"
    }
    if case .parallel = source[depth].list.purpose { return "it runs side by side with this one" }
    if positions.0 > positions.1 { return "it comes later" }
    return doubt(along: Array(source[depth...]), upTo: positions.1, facts)
      ?? earlyEnd(before: step, read)
  }

  private func outside(_ source: [StepMap.Location], _ target: [StepMap.Location]) -> String {
    guard let list = target.first?.list else { return "it may not have run" }
    if case .finally = list.purpose { return "`finally` runs whatever has happened before" }
    return "it does not stand before this place"
  }

  /// Walks down from the list that both share to the step.
  private func doubt(
    along chain: [StepMap.Location], upTo position: Int, _ facts: Facts?
  ) -> String? {
    for (level, location) in chain.enumerated() {
      let step = location.list.steps.steps[location.position]
      if level > 0, let reason = doubt(enteringListOf: location, facts) { return reason }
      if let condition = step.condition, facts?.imply(condition) != true {
        return "it is skipped unless `\(condition.source.trimmed)`"
      }
      if isPassedOver(step) { return "the run goes on when it fails" }
      let limit = level == 0 ? position : .max
      if let jump = jump(over: location, upTo: limit, facts) {
        return "`go_to` of step `\(jump.id)` passes over it"
      }
    }
    return nil
  }

  private func doubt(enteringListOf location: StepMap.Location, _ facts: Facts?) -> String? {
    switch location.list.purpose {
    case .recovery: return "it runs only after a failure"
    case .branch(let number):
      guard case .choose(let cases)? = location.list.owner?.kind else { return nil }
      guard let when = cases[number].when else {
        let earlier = cases.prefix(number).compactMap(\.when)
        let isTaken = earlier.allSatisfy { facts?.exclude($0) == true }
        return isTaken ? nil : "it runs only when no other case holds"
      }
      return facts?.imply(when) == true ? nil : "it runs only when `\(when.source.trimmed)`"
    default: return nil
    }
  }

  private func isPassedOver(_ step: Step) -> Bool {
    let own = step.onFailure == nil && step.onExpiry == nil ? [] : [step.onFailure, step.onExpiry]
    for policy in own {
      switch policy {
      case .continue: return true
      case .recover(let branches):
        if branches.contains(where: { $0.then == .continue }) { return true }
      default: break
      }
    }
    guard step.onFailure == nil, leavesFailuresToDefaults(step) else { return false }
    switch workflow.parts.defaultOnFailure {
    case .continue: return canFail(step)
    case .recover(let branches): return canFail(step) && branches.contains { $0.then == .continue }
    default: return false
    }
  }

  /// Whether no step around has something to say of a failure; what fails while things are put right is
  /// for people.
  private func leavesFailuresToDefaults(_ step: Step) -> Bool {
    guard workflow.parts.defaultOnFailure != nil else { return false }
    var location = map.location(of: step.index)
    while let list = location?.list {
      if case .recovery = list.purpose { return false }
      guard let owner = list.owner else { return true }
      guard owner.onFailure?.passesFailuresOn ?? true else { return false }
      location = map.location(of: owner.index)
    }
    return false
  }

  /// Whether the step itself can fail; a failure inside it is of the step in it.
  private func canFail(_ step: Step) -> Bool {
    switch step.kind {
    case .set, .section, .parallel: !step.verify.isEmpty
    default: true
    }
  }

  private func jump(
    over location: StepMap.Location, upTo limit: Int, _ facts: Facts?
  ) -> Step? {
    guard location.list.isJumpedOver(location.position) else { return nil }
    return location.list.jumps.first { jump in
      guard jump.position < location.position, jump.target > location.position,
        jump.target <= limit
      else { return false }
      guard let condition = jump.step.condition else { return true }
      return facts?.exclude(condition) != true
    }?.step
  }

  /// The outputs of the workflow are also needed where a `finish` ends it well before its end.
  private func earlyEnd(before step: Step, _ read: NameRead) -> String? {
    guard case .end = read.place else { return nil }
    guard let firstFinish, firstFinish.index < step.index else { return nil }
    return "`finish` of step `\(firstFinish.id)` may end the run before it"
  }

  // MARK: Findings

  private func report(
    _ finding: Finding, _ step: Step, _ read: NameRead, _ reference: NameReference
  ) {
    switch finding {
    case .noSuccess(let reason): report(reason, step, read, reference)
    case .roundsOver(let loop): reportRoundsOver(loop, step, read, reference)
    case .noLastStep(let last, let reason):
      let output = "steps.\(step.id).outputs.?\(reference.path[3])"
      workflow.decoder.report(
        .mayNotHaveRun,
        "step `\(step.id)` may give nothing: its last step, `\(last.id)`, may have been left out "
          + "of the last round: \(reason)",
        at: read.span(reference.range), notes: [note("the last step is here", last)],
        help: "allow for it, `\(output).orValue(…)`, or let the loop end with a `set` without `if`")
    case .noFailure:
      let field = reference.path.count > 3 ? reference.path[3] : "code"
      workflow.decoder.report(
        .mayBeAbsent, "`steps.\(step.id).error` is there only where the step has failed",
        at: read.span(reference.range),
        help: "allow for it, `steps.\(step.id).?error.\(field).orValue(…)`, or test "
          + "`steps.\(step.id).status == 'failed'`")
    }
  }

  private func report(
    _ reason: String, _ step: Step, _ read: NameRead, _ reference: NameReference
  ) {
    let field = reference.path.dropFirst(3).first
    workflow.decoder.report(
      .mayNotHaveRun, "step `\(step.id)` may not have succeeded here: \(reason)",
      at: read.span(reference.range), notes: [note("the step is here", step)],
      help: field.map {
        "allow for it, `steps.\(step.id).outputs.?\($0).orValue(…)`, or test "
          + "`steps.\(step.id).status == 'succeeded'`"
      } ?? "test `steps.\(step.id).status == 'succeeded'` before")
  }

  private func reportRoundsOver(
    _ loop: Step, _ step: Step, _ read: NameRead, _ reference: NameReference
  ) {
    var reason = "it runs once for each item"
    var help = "`collect` gives what is needed of each item, as `steps.\(loop.id).outputs`"
    if case .repeat(let rounds) = loop.kind {
      reason = "the rounds of `\(loop.id)` are over"
      let isLast = rounds.steps.steps.last === step && reference.path[2] == "outputs"
      let field = isLast ? reference.path.dropFirst(3).first.map { ".\($0)" } ?? "" : ""
      help = "`steps.\(loop.id).outputs\(field)` has what the last step of its last round gave"
    }
    workflow.decoder.report(
      .mayNotHaveRun, "step `\(step.id)` gives nothing here: \(reason)",
      at: read.span(reference.range), notes: [note("the step is here", step)], help: help)
  }

  private func note(_ text: String, _ step: Step) -> Diagnostic.Note {
    .init(text, file: workflow.decoder.file, span: step.span)
  }
}

extension FailurePolicy {
  /// Whether a failure may go on outwards: no recovery is for every failure.
  fileprivate var passesFailuresOn: Bool {
    guard case .recover(let branches) = self else { return false }
    return branches.allSatisfy { $0.when != nil }
  }
}
