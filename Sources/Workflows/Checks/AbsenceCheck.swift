import CEL
import Fields
import SourceText

/// A value that may be absent is read only where the expression allows for its absence.
struct AbsenceCheck {
  private let workflow: WorkflowUnderCheck
  /// The type of `inputs`; nil where no input, nor any part of one, may be absent.
  private let inputs: CELType?
  private let hasOptionalOutputs: Bool
  private let hasOptionalItems: Bool

  init(_ workflow: WorkflowUnderCheck) {
    self.workflow = workflow
    let fields = workflow.parts.inputs
    inputs = fields.hasOptionalParts ? fields.objectType : nil
    hasOptionalOutputs = workflow.decoder.hasOptionalOutputs
    hasOptionalItems = workflow.decoder.hasOptionalItems
  }

  /// Whether a read can be of anything optional, at a first look.
  func concerns(_ read: NameRead) -> Bool {
    hasOptionalOutputs || inputs != nil && read.readsInputs || hasOptionalItems
  }

  func check(_ read: NameRead) {
    let references = read.expression.references
    for index in references.indices where references[index].certainCount >= 2 {
      let reference = references[index]
      guard let (type, count) = root(of: reference, read),
        let path = absentPart(of: type, count, reference, read)
      else { continue }
      if case .match = read.purpose, path[0] == "event" {
        if read.expression.isNegated(at: reference.range) { reportMatch(path, read, reference) }
        continue
      }
      report(path, read, reference)
    }
  }

  // MARK: Types

  /// The type of what the first elements of a path read, and how many they are; nil where nothing in
  /// it can be absent.
  private func root(
    of reference: NameReference, _ read: NameRead
  ) -> (type: CELType, count: Int)? {
    switch reference.path[0] {
    case "inputs": return inputs.map { ($0, 1) }
    case "steps":
      guard hasOptionalOutputs, reference.certainCount >= 4, reference.path[2] == "outputs",
        let step = workflow.decoder.types?.type(of: reference.path[1])
      else { return nil }
      return (step.memberType("outputs"), 3)
    default: return read.type(ofName: reference.path[0]).map { ($0, 1) }
    }
  }

  /// The path to the first part that a reference reads for certain and that may be absent.
  private func absentPart(
    of root: CELType, _ count: Int, _ reference: NameReference, _ read: NameRead
  ) -> [String]? {
    var type = root
    for index in count..<max(count, reference.certainCount) {
      guard case .object(let record) = type.present else { return nil }
      let name = reference.path[index]
      if record.mayLack(name) {
        let path = Array(reference.path[...index])
        if !isPresent(path, read, reference) { return path }
      }
      type = record.type(of: name) ?? .dyn
    }
    return nil
  }

  // MARK: Facts

  /// Whether the flow, or the expression itself, has made sure of a value.
  private func isPresent(_ path: [String], _ read: NameRead, _ reference: NameReference) -> Bool {
    guard let place = workflow.places.place(of: read) else {
      var facts = Facts()
      if case .trigger(let condition?) = read.purpose { facts.add(condition, is: true) }
      read.expression.addFacts(at: reference.range, to: &facts)
      return facts.hasValue(path)
    }
    let facts = workflow.places.facts(at: place, read, reference)
    return facts.hasValue(path) || hasEvent(path, read, facts)
  }

  /// Whether it is known that one of the events has ended a wait for the first of several things.
  private func hasEvent(_ path: [String], _ read: NameRead, _ facts: Facts) -> Bool {
    guard let ways = ways(endingIn: path, read) else { return false }
    let which = (path.dropLast() + ["which"]).joined(separator: ".")
    return ways.allSatisfy { name, wait in
      if case .event = wait { return true }
      return facts.rulesOut(name, at: which)
    }
  }

  /// What a wait waits for whose event a path reads.
  private func ways(
    endingIn path: [String], _ read: NameRead
  ) -> [(name: String, wait: Wait)]? {
    guard var step = waitingStep(path, read) else { return nil }
    while case .repeat(let loop) = step.kind, let last = loop.steps.steps.last { step = last }
    guard case .wait(.firstOf(let ways)) = step.kind else { return nil }
    return ways
  }

  private func waitingStep(_ path: [String], _ read: NameRead) -> Step? {
    if path == ["outputs", "event"], case .after(let index) = read.place {
      return workflow.places.steps.steps[index]
    }
    guard path.count == 4, path[0] == "steps", path[3] == "event" else { return nil }
    return workflow.places.steps[path[1]]
  }

  // MARK: Findings

  private func reportMatch(_ path: [String], _ read: NameRead, _ reference: NameReference) {
    let parent = path.dropLast().joined(separator: ".")
    let name = path[path.count - 1]
    workflow.decoder.report(
      .mayBeAbsent, "an event without `\(name)` never matches, and `\(name)` is optional",
      at: read.span(reference.range),
      help: "`\(parent).?\(name).orValue(…)` says what counts instead; where such an event is "
        + "not meant, write `has(\(parent).\(name)) && …`")
  }

  private func report(_ path: [String], _ read: NameRead, _ reference: NameReference) {
    let whole = path.joined(separator: ".")
    let parent = path.dropLast().joined(separator: ".")
    let name = path[path.count - 1]
    let allowing =
      "`\(parent).?\(name)` leaves its key out then; "
      + "`\(parent).?\(name).orValue(…)` says what counts instead"
    if let ways = ways(endingIn: path, read) {
      let events = ways.filter { if case .event = $0.wait { true } else { false } }.map(\.name)
      workflow.decoder.report(
        .mayBeAbsent, "`\(whole)` is there only when an event has ended the wait",
        at: read.span(reference.range),
        help: events.first.map { "test `\(parent).which == '\($0)'` before, or: \(allowing)" }
          ?? allowing)
      return
    }
    workflow.decoder.report(
      .mayBeAbsent, "`\(whole)` is optional and may be absent", at: read.span(reference.range),
      help: allowing)
  }
}
