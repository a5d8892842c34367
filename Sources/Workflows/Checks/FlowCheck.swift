import CEL
import SourceText

/// Outputs may be read only where their step has succeeded on every path that leads there, unless
/// the expression allows for absence.
struct FlowCheck {
  private let workflow: WorkflowUnderCheck
  private let map: StepMap
  private let steps: StepTable

  init(_ workflow: WorkflowUnderCheck) {
    self.workflow = workflow
    (map, steps) = (workflow.places.map, workflow.places.steps)
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
      if reported.insert(id).inserted, !workflow.isInDoubt(read) {
        report(finding, step, read, reference)
      }
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
    if let loop = workflow.places.loopLeft(step, at: place) { return .roundsOver(loop: loop) }
    let end = neededEnd(reference)
    guard doubt(step, at: place, read, needs: end, facts: nil) != nil else {
      return doubtOfLast(step, at: place, read, reference)
    }
    let facts = workflow.places.facts(at: place, read, reference, until: step.id)
    if facts.succeeded.contains(step.id) || isLookedFor(reference, facts) {
      return doubtOfLast(step, at: place, read, reference)
    }
    // What is known may leave another doubt than the first.
    guard let left = doubt(step, at: place, read, needs: end, facts: facts) else {
      return doubtOfLast(step, at: place, read, reference)
    }
    return .noSuccess(left)
  }

  // MARK: Loops

  /// A loop gives the outputs of its last step, which may have been left out of the last round.
  private func doubtOfLast(
    _ step: Step, at place: StepMap.Location, _ read: NameRead, _ reference: NameReference
  ) -> Finding? {
    guard case .repeat(let loop) = step.kind, reference.certainCount > 3,
      let last = loop.steps.steps.last, let location = map.location(of: last.index)
    else { return nil }
    let inside = workflow.places.factsAfterRounds(of: loop, step)
    guard !inside.succeeded.contains(last.id),
      let reason = workflow.places.doubt(along: [location], upTo: location.list.steps.count, inside)
    else { return nil }
    let facts = workflow.places.facts(at: place, read, reference)
    return isLookedFor(reference, facts) ? nil : .noLastStep(last, reason)
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
    return !facts.rulesOut("succeeded", ofStep: step.id)
      && !facts.hasValue(Array(reference.path.prefix(3)))
  }

  /// Whether a read fails where the step has not succeeded, or has not ended in any way.
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

  /// A step that failed or was skipped has its moments too.
  private func neededEnd(_ reference: NameReference) -> PlaceFacts.NeededEnd {
    ["started_at", "finished_at"].contains(reference.path[2]) ? .any : .success
  }

  /// Whether a condition has looked for what is read of a step, or for what it is a part of.
  private func isLookedFor(_ reference: NameReference, _ facts: Facts) -> Bool {
    let path = reference.path
    // Every step has outputs, if only none.
    let first = min(path.count, path[2] == "outputs" ? 4 : 3)
    return (first...path.count).contains { facts.hasValue(Array(path.prefix($0))) }
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

  /// Why a step may not have ended as it has to at a place; nil where it has.
  private func doubt(
    _ step: Step, at place: StepMap.Location, _ read: NameRead, needs end: PlaceFacts.NeededEnd,
    facts: Facts?
  ) -> String? {
    workflow.places.doubt(step, at: place, needs: end, facts: facts)
      ?? earlyEnd(before: step, read)
  }

  /// The outputs of the workflow are also needed where a `finish` ends it well before its end.
  private func earlyEnd(before step: Step, _ read: NameRead) -> String? {
    guard case .end = read.place else { return nil }
    guard let end = workflow.places.earlyEnd, end.index <= step.index else { return nil }
    return "`finish` of step `\(end.step.id)` may end the run before it"
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
    if neededEnd(reference) == .any {
      let moment = reference.path[2]
      workflow.decoder.report(
        .mayNotHaveRun, "step `\(step.id)` may not have been come to here: \(reason)",
        at: read.span(reference.range), notes: [note("the step is here", step)],
        help: "allow for it, `steps.\(step.id).?\(moment)`, or test "
          + "`steps.\(step.id).status != 'pending'`")
      return
    }
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
