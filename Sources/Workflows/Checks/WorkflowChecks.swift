import Documents
import SourceText

/// What a check looks at; of a class, so that the checks hand it on without copying its parts.
final class WorkflowUnderCheck {
  let root: Node
  let parts: Workflow.Parts
  /// By index; nil where the file is wrong about a step.
  let steps: [Step?]
  let outlines: OutlineReader
  let places: PlaceFacts
  let decoder: FileDecoder
  /// The roles by their keys.
  let roles: [String: Role]
  /// By list; see ``firstDoubt(in:)``.
  private var firstDoubts: [ObjectIdentifier: Int] = [:]

  init(
    root: Node, parts: Workflow.Parts, steps: [Step?], outlines: OutlineReader, places: PlaceFacts,
    decoder: FileDecoder, roles: [String: Role]
  ) {
    self.root = root
    self.parts = parts
    self.steps = steps
    self.outlines = outlines
    self.places = places
    self.decoder = decoder
    self.roles = roles
  }

  /// Whether any step has a key.
  func has(_ key: StepKey) -> Bool { outlines.keys.contains(key) }

  /// Whether the file is wrong about a condition that leads to where something is read, which was said:
  /// what holds there is not known.
  func isInDoubt(_ read: NameRead) -> Bool {
    let doubtful = decoder.doubtfulConditions
    guard !doubtful.isEmpty || !decoder.doubtfulChecks.isEmpty,
      let place = places.place(of: read)
    else { return false }
    return places.map.chain(place).contains { location in
      let (list, position) = (location.list, location.position)
      if position < list.steps.count {
        let index = list.steps.steps[position].index
        if doubtful.contains(index) { return true }
        // What a step's `if` reads is not behind its preconditions.
        let isOwn = list === place.list && read.isCondition
        if decoder.doubtfulChecks.contains(index), !isOwn { return true }
      }
      return firstDoubt(in: list) < position
    }
  }

  /// Where the first step of a list stands that may end the run, or skip others, under such a condition.
  private func firstDoubt(in list: StepMap.List) -> Int {
    if let known = firstDoubts[ObjectIdentifier(list)] { return known }
    let steps = list.steps.steps
    let first = steps.firstIndex {
      $0.isControl && decoder.doubtfulConditions.contains($0.index)
    }
    firstDoubts[ObjectIdentifier(list)] = first ?? steps.count
    return first ?? steps.count
  }

  /// Whether a step, or the map under one of its keys, has one of the keys under a wrong name, which
  /// was said.
  func isMisspelt(_ keys: [String], of step: Step, in inner: String) -> Bool {
    let whole = outlines.all[step.index].node
    return [whole, whole[inner]].contains { node in
      node.map { decoder.isMisspelt(keys, inMapAt: $0.span.start) } ?? false
    }
  }

  /// The value of a key of a step, where the file has it.
  func node(_ step: Step, _ key: String) -> Node? { outlines.all[step.index].node[key] }
}

/// The checks that look at a workflow as a whole, one file each.
enum WorkflowChecks {
  static let all: [@Sendable (WorkflowUnderCheck) -> Void] = [
    lookAtReads, ApprovalCheck.run, CheckpointCheck.run, ReachCheck.run, RepeatCheck.run,
  ]

  /// The checks of what expressions read: each expression is looked at by all of them in turn.
  @Sendable private static func lookAtReads(_ workflow: WorkflowUnderCheck) {
    let flow = FlowCheck(workflow)
    let absence = AbsenceCheck(workflow)
    let elements = ElementCheck(workflow)
    let comparison = ComparisonCheck(workflow)
    let conversions = ConversionCheck(workflow)
    let members = MemberCheck(workflow)
    let nulls = NullCheck(workflow)
    let asks = workflow.has(.ask)
    let reads = workflow.decoder.reads
    // By index: a read that is passed over is not even counted as used.
    for index in reads.indices {
      if reads[index].readsSteps { flow.check(reads[index]) }
      members.check(reads[index])
      nulls.check(reads[index])
      if absence.concerns(reads[index]) {
        absence.check(reads[index])
        elements.check(reads[index])
      }
      if reads[index].holdsText { comparison.check(reads[index]) }
      if asks { comparison.checkProgress(reads[index]) }
      conversions.check(reads[index])
    }
    for needed in workflow.decoder.neededLengths { conversions.check(needed) }
    for needed in workflow.decoder.neededValues { absence.check(needed) }
    for needed in workflow.decoder.nonNullValues { nulls.check(needed) }
  }

  /// The checks that need to know the project, or that only warn.
  static let advice: [@Sendable (WorkflowUnderCheck, ProjectFacts) -> Void] = [
    HolderCheck.run, PassedApprovalCheck.run, CalendarCheck.run, CalendarHorizonCheck.run,
    EffectsCheck.run, RetryCheck.run,
    DeadlineCheck.run, DeadlineOrderCheck.run, AnswerCheck.run,
    ReviewCheck.run, SensitiveTextCheck.run, SensitiveConditionCheck.run, ScalarCheck.run,
    OpenRepeatCheck.run, FinallyCheck.run, ScheduleCheck.run, SameSidesCheck.run,
  ]
}
