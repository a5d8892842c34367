import CEL
import Fields
import SourceText

/// A value that may be absent is read only where the expression allows for its absence, and given only
/// where none is needed.
struct AbsenceCheck {
  private let decoder: FileDecoder
  /// What is known at the places of a workflow; nil in a contract.
  private let workflow: WorkflowUnderCheck?
  /// The type of `inputs`; nil where no input, nor any part of one, may be absent.
  private let inputs: CELType?
  private let hasOptionalOutputs: Bool
  private let hasOptionalItems: Bool

  init(_ workflow: WorkflowUnderCheck) {
    self.init(workflow.decoder, workflow, inputs: workflow.parts.inputs)
  }

  /// For a contract: there is no flow.
  init(_ decoder: FileDecoder, inputs: FieldSet) { self.init(decoder, nil, inputs: inputs) }

  private init(_ decoder: FileDecoder, _ workflow: WorkflowUnderCheck?, inputs: FieldSet) {
    self.decoder = decoder
    self.workflow = workflow
    self.inputs = inputs.hasOptionalParts ? inputs.objectType : nil
    hasOptionalOutputs = decoder.hasOptionalOutputs
    hasOptionalItems = decoder.hasOptionalItems
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
        let path = absentPart(of: type, count, reference, read),
        workflow?.isInDoubt(read) != true
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
        let step = decoder.types?.type(of: reference.path[1])
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
      guard case .object(let record) = type.present.unwrapped else { return nil }
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
    guard let workflow, let place = workflow.places.place(of: read) else {
      var facts = Facts()
      if let condition = read.given { facts.add(condition, is: true) }
      read.expression.addFacts(at: reference.range, to: &facts)
      return facts.hasValue(path)
    }
    var facts = workflow.places.facts(at: place, read, reference)
    if let condition = read.given { facts.add(condition, is: true) }
    return facts.hasValue(path) || hasEvent(path, read, facts)
  }

  /// Whether it is known that one of the events that have a field has ended a wait for the first of
  /// several things.
  private func hasEvent(_ path: [String], _ read: NameRead, _ facts: Facts) -> Bool {
    guard let (ways, step, field) = ways(of: path, read) else { return false }
    let which = (step + ["which"]).joined(separator: ".")
    return ways.allSatisfy { name, wait in
      wait.hasEvent(with: field) || facts.rulesOut(name, at: which)
    }
  }

  /// The ways to end a wait whose event a path reads, the path to what the step gives, and the field of
  /// the event.
  private func ways(
    of path: [String], _ read: NameRead
  ) -> (ways: [(name: String, wait: Wait)], step: [String], field: String?)? {
    guard let workflow else { return nil }
    let isOwn = path[0] == "outputs"
    let start = isOwn ? 1 : 3
    guard path.count == start + 1 || path.count == start + 2, path[start] == "event" else {
      return nil
    }
    var step: Step?
    if isOwn, case .after(let index) = read.place { step = workflow.places.steps.steps[index] }
    if !isOwn, path[0] == "steps" { step = workflow.places.steps[path[1]] }
    while case .repeat(let loop)? = step?.kind, let last = loop.steps.steps.last { step = last }
    guard case .wait(.firstOf(let ways))? = step?.kind else { return nil }
    return (
      ways.flattened, Array(path.prefix(start)), path.count > start + 1 ? path[start + 1] : nil
    )
  }

  // MARK: Values that have to be there

  /// Reports a value that has to be there and may be absent.
  func check(_ needed: NeededValue) {
    guard let checked = needed.part.expression.checked else { return }
    let node = needed.part.node ?? checked.tree
    let members = needed.part.members
    let reference = node.path()
    if let read = needed.read {
      if workflow?.isInDoubt(read) == true { return }
      if members.isEmpty {
        guard mayBeAbsent(node, of: checked, read) else { return }
      } else {
        guard let reference, !isPresent(reference.path + members, read, reference) else { return }
      }
    }
    let path = reference.map { ($0.path + members).joined(separator: ".") }
    decoder.report(
      needed.code,
      "\(needed.need), and \(path.map { "`\($0)`" } ?? "what this gives") may be absent",
      at: needed.part.expression.span(of: node.range), help: help(needed.part, path))
  }

  private func help(_ part: ExpressionPart, _ path: String?) -> String {
    guard let path else { return "`.orValue(…)` says what counts then" }
    if !part.members.isEmpty { return "`if: has(\(path))` makes sure of it" }
    let source = part.node?.sourceText ?? part.expression.source.trimmed
    return "`\(source).orValue(…)` says what counts then"
  }

  private func mayBeAbsent(
    _ node: SyntaxNode, of checked: CheckedExpression, _ read: NameRead
  ) -> Bool {
    guard case .optional? = checked.type(of: node) else { return false }
    switch node.kind {
    case .call("or", let target?, let others) where others.count == 1:
      return mayBeAbsent(target, of: checked, read) && mayBeAbsent(others[0], of: checked, read)
    case .call(let name, let target, _) where name == "optional.of" || target.isOptionalType:
      return name != "of" && name != "optional.of"
    case .conditional(_, let positive, let negative):
      return mayBeAbsent(positive, of: checked, read) || mayBeAbsent(negative, of: checked, read)
    case .optionalMap(let target, _, _, isFlat: false):
      return mayBeAbsent(target, of: checked, read)
    case .select(let operand, let field, _):
      return mayLack(field, of: operand, at: node, of: checked, read)
    default:
      guard let reference = node.path() else { return true }
      return !isPresent(reference.path, read, reference)
    }
  }

  private func mayLack(
    _ field: String, of operand: SyntaxNode, at node: SyntaxNode, of checked: CheckedExpression,
    _ read: NameRead
  ) -> Bool {
    let reference = node.path()
    if let reference, isPresent(reference.path, read, reference) { return false }
    if mayBeAbsent(operand, of: checked, read) { return true }
    guard case .object(let record)? = checked.type(of: operand)?.present.unwrapped,
      record.fieldNames.contains(field), !record.mayLack(field)
    else { return true }
    guard let workflow, let reference, reference.path[0] == "steps" else { return false }
    return !FlowCheck(workflow).isCertain(reference, read)
  }

  // MARK: Findings

  private func reportMatch(_ path: [String], _ read: NameRead, _ reference: NameReference) {
    let parent = path.dropLast().joined(separator: ".")
    let name = path[path.count - 1]
    decoder.report(
      .mayBeAbsent, "an event without `\(name)` never matches, and `\(name)` is optional",
      at: read.span(reference.range),
      help: "`\(parent).?\(name).orValue(…)` says what counts instead; where such an event is "
        + "not meant, write `has(\(parent).\(name)) && …`")
  }

  private func report(_ path: [String], _ read: NameRead, _ reference: NameReference) {
    let whole = path.joined(separator: ".")
    let allowing = allowing(path, read)
    if let (ways, step, field) = ways(of: path, read) {
      let events = ways.filter { $0.wait.hasEvent(with: field) }.map(\.name)
      let some =
        field == nil || events.isEmpty
        ? "an event has" : "\(events.quotedList) \(events.count > 1 ? "have" : "has")"
      let which = (step + ["which"]).joined(separator: ".")
      decoder.report(
        .mayBeAbsent, "`\(whole)` is there only when \(some) ended the wait",
        at: read.span(reference.range),
        help: events.first.map { "test `\(which) == '\($0)'` before, or: \(allowing)" } ?? allowing)
      return
    }
    decoder.report(
      .mayBeAbsent, "`\(whole)` is optional and may be absent", at: read.span(reference.range),
      help: allowing)
  }

  /// How to allow for the absence of a value. Where one is needed, its key cannot be left out.
  private func allowing(_ path: [String], _ read: NameRead) -> String {
    let optional = "\(path.dropLast().joined(separator: ".")).?\(path[path.count - 1])"
    let instead = "`\(optional).orValue(…)` says what counts instead"
    return read.isNeeded ? instead : "`\(optional)` leaves its key out then; \(instead)"
  }
}

extension SyntaxNode? {
  /// Whether it is the name `optional`, on which functions that make optional values are called.
  fileprivate var isOptionalType: Bool {
    if case .identifier("optional")? = self?.kind { true } else { false }
  }
}

extension Wait {
  /// Whether it ends with an event, and one that always has a field.
  fileprivate func hasEvent(with field: String?) -> Bool {
    guard case .event(let event) = self else { return false }
    guard let field, let fields = event.contract?.fields else { return true }
    return fields[field].map { !$0.isOptional } ?? false
  }
}
