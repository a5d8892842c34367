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
    hasOptionalOutputs && read.readsSteps || inputs != nil && read.readsInputs || hasOptionalItems
  }

  func check(_ read: NameRead) {
    let references = read.expression.references
    for index in references.indices where references[index].certainCount >= 2 {
      let reference = references[index]
      guard let (type, count) = root(of: reference, read),
        let path = absentPart(of: type, count, reference, read)
      else { continue }
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
    default:
      guard hasOptionalItems else { return nil }
      return itemType(reference.path[0], read).map { ($0, 1) }
    }
  }

  /// The type of the item that a name stands for in the loops around a place.
  private func itemType(_ name: String, _ read: NameRead) -> CELType? {
    guard let place = workflow.places.place(of: read) else { return nil }
    for location in workflow.places.map.chain(place).reversed() {
      guard case .forEach(let loop)? = location.list.owner?.kind, loop.itemName == name else {
        continue
      }
      return loop.list.type.elementType
    }
    return nil
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
      read.expression.addFacts(at: reference.range, to: &facts)
      return facts.hasValue(path)
    }
    let facts = workflow.places.facts(at: place, read, reference)
    return facts.hasValue(path) || hasEvent(path, facts)
  }

  /// Whether it is known that one of the events has ended a wait for the first of several things.
  private func hasEvent(_ path: [String], _ facts: Facts) -> Bool {
    guard let ways = ways(endingIn: path) else { return false }
    let which = (path.dropLast() + ["which"]).joined(separator: ".")
    return ways.allSatisfy { name, wait in
      if case .event = wait { return true }
      return facts.rulesOut(name, at: which)
    }
  }

  /// What a wait waits for whose event a path reads.
  private func ways(endingIn path: [String]) -> [(name: String, wait: Wait)]? {
    guard path.count == 4, path[0] == "steps", path[3] == "event",
      var step = workflow.places.steps[path[1]]
    else { return nil }
    while case .repeat(let loop) = step.kind, let last = loop.steps.steps.last { step = last }
    guard case .wait(.firstOf(let ways)) = step.kind else { return nil }
    return ways
  }

  // MARK: Findings

  private func report(_ path: [String], _ read: NameRead, _ reference: NameReference) {
    let whole = path.joined(separator: ".")
    let parent = path.dropLast().joined(separator: ".")
    let name = path[path.count - 1]
    let allowing =
      "`\(parent).?\(name)` leaves its key out then; "
      + "`\(parent).?\(name).orValue(…)` says what counts instead"
    if let ways = ways(endingIn: path) {
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
