import CEL
import Fields
import SourceText

/// An optional value is read only where the expression allows for its absence.
struct AbsenceCheck {
  private let workflow: WorkflowUnderCheck
  private let hasOptionalInputs: Bool
  private let hasOptionalOutputs: Bool

  init(_ workflow: WorkflowUnderCheck) {
    self.workflow = workflow
    hasOptionalInputs = workflow.parts.inputs.hasOptional
    hasOptionalOutputs = workflow.decoder.hasOptionalOutputs
  }

  /// Whether a read can be of anything optional, at a first look.
  func concerns(_ read: NameRead) -> Bool {
    hasOptionalOutputs && read.readsSteps || hasOptionalInputs && read.readsInputs
  }

  func check(_ read: NameRead) {
    let references = read.expression.references
    for index in references.indices where mayBeOptional(references[index].path) {
      let reference = references[index]
      guard let path = optionalField(reference, read), reference.certainCount >= path.count else {
        continue
      }
      if isPresent(path, read, reference) { continue }
      let parent = path.dropLast().joined(separator: ".")
      let name = path[path.count - 1]
      workflow.decoder.report(
        .mayBeAbsent, "`\(path.joined(separator: "."))` is optional and may be absent",
        at: read.span(reference.range),
        help: "`\(parent).?\(name)` leaves its key out then; "
          + "`\(parent).?\(name).orValue(…)` says what counts instead")
    }
  }

  /// A first look that most paths do not pass.
  private func mayBeOptional(_ path: [String]) -> Bool {
    path.count >= 2 && (hasOptionalInputs && path[0] == "inputs" || path.count >= 4)
  }

  /// The path of the optional field that a reference reads, if it reads one.
  private func optionalField(_ reference: NameReference, _ read: NameRead) -> [String]? {
    let path = reference.path
    if path.count >= 2, path[0] == "inputs" {
      return workflow.parts.inputs[path[1]]?.isOptional == true ? Array(path.prefix(2)) : nil
    }
    guard path.count >= 4, path[0] == "steps", path[2] == "outputs",
      let step = read.step(path[1], in: workflow.places.steps)
    else { return nil }
    let fields: FieldSet? =
      switch step.kind {
      case .action(let call): call.contract?.outputs
      case .ask(let question): question.fields
      default: nil
      }
    guard let fields, fields.hasOptional, let position = fields.position(of: path[3]),
      fields.isOptional(at: position)
    else { return nil }
    return Array(path.prefix(4))
  }

  /// Whether the flow, or the expression itself, has made sure of a value.
  private func isPresent(_ path: [String], _ read: NameRead, _ reference: NameReference) -> Bool {
    guard let place = workflow.places.place(of: read) else {
      var facts = Facts()
      read.expression.addFacts(at: reference.range, to: &facts)
      return facts.hasValue(path)
    }
    return workflow.places.facts(at: place, read, reference).hasValue(path)
  }
}
