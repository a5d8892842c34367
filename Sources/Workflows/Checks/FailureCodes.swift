import SourceText
import Values

/// The codes that `error.code` can have: what the steps in question can fail with, as far as that is
/// known before a run.
package final class FailureCodes {
  /// The codes of some steps.
  struct Known {
    /// What any step can fail with, then what their operations and kinds name.
    private(set) var words: [String] = []
    /// Whether a driver may also give others.
    private(set) var isOpen = false
    private var seen: Set<String> = []

    mutating func add(_ more: some Sequence<String>) {
      for word in more where seen.insert(word).inserted { words.append(word) }
    }

    mutating func add(_ other: Known) {
      add(other.words)
      isOpen = isOpen || other.isOpen
    }

    mutating func open() { isOpen = true }

    /// The codes that a slip of the pen may have been meant as. Where a driver may give codes of its own,
    /// not the short general ones: it may well say `blocked`, which is no slip of `locked`.
    func likely(amongOthers declared: Set<String>) -> [String] {
      isOpen ? words.filter { declared.contains($0) || $0.utf8.count > 6 } : words
    }
  }

  /// What any step can fail with: a check, an expression, a value whose key is lost.
  private static let ofAny = ["verify", "verify_unavailable", "expression", "locked", "failed"]
  /// What a call can fail with, whatever the operation is.
  package static let ofCalls = [
    "timeout", "unavailable", "invalid_input", "invalid_inputs", "invalid_output",
    "invalid_outputs", "outcome_unknown", "exit_code", "killed", "interrupted",
    "program_not_found", "constraint", "too_large", "driver_error", "setting",
    "unknown_operation", "unknown_environment", "unknown_connection", "missing_plugin",
    "missing_driver", "missing_operation", "no_example", "lost",
  ]
  /// What a called workflow can fail with, besides what happens in it.
  private static let ofWorkflows = ["failed", "cancelled", "undone", "invalid_inputs"]

  private let parts: Workflow.Parts
  private var found: [Int: Known] = [:]
  private var whole: Known?
  private var workflows: [String: Known] = [:]
  /// The codes that contracts declare.
  private(set) var declared: Set<String> = []

  init(_ parts: Workflow.Parts) { self.parts = parts }

  /// The codes of a step and of all that is in it.
  func codes(of step: Step) -> Known {
    if let known = found[step.index] { return known }
    var known = Known()
    known.add(Self.ofAny)
    add(step, of: parts.catalog, to: &known)
    found[step.index] = known
    return known
  }

  /// The codes of every step of the file.
  func codesOfAll() -> Known {
    if let whole { return whole }
    var known = Known()
    known.add(Self.ofAny)
    for step in parts.allSteps { addOwn(step, of: parts.catalog, to: &known) }
    whole = known
    return known
  }

  private func add(_ step: Step, of catalog: Catalog, to known: inout Known) {
    addOwn(step, of: catalog, to: &known)
    for list in step.kind.lists {
      for inner in list.steps { add(inner, of: catalog, to: &known) }
    }
  }

  private func addOwn(_ step: Step, of catalog: Catalog, to known: inout Known) {
    switch step.kind {
    case .action(let call): add(call, of: catalog, to: &known)
    case .approve: known.add(["rejected", "expired"])
    case .ask, .wait: known.add(["expired"])
    case .repeat: known.add(["exhausted"])
    case .goTo: known.add(["invalid_target"])
    case .workflow(let call):
      known.add(Self.ofWorkflows)
      if let definition = call.definition {
        known.add(codes(inside: definition))
      } else {
        known.open()
      }
    case .set, .section, .parallel, .forEach, .choose, .finish: break
    }
  }

  private func add(_ call: ActionCall, of catalog: Catalog, to known: inout Known) {
    let errors = call.contract?.errors.map(\.code) ?? []
    declared.formUnion(errors)
    known.add(errors)
    known.add(Self.ofCalls)
    let connection = split(call.operation)?.connection ?? ""
    // What is built in fails as its contract says; a connection's driver may have more to tell.
    if !catalog.isBuiltIn(connection) { known.open() }
  }

  private func codes(inside definition: Workflow) -> Known {
    if let known = workflows[definition.file.path] { return known }
    var known = Known()
    for step in definition.allSteps { addOwn(step, of: definition.catalog, to: &known) }
    workflows[definition.file.path] = known
    return known
  }
}

extension Kind {
  /// The lists of steps in it.
  var lists: [StepList] {
    switch self {
    case .section(let steps), .parallel(let steps): [steps]
    case .forEach(let loop): [loop.steps]
    case .repeat(let loop): [loop.steps]
    case .choose(let cases): cases.map(\.steps)
    case .action, .ask, .approve, .wait, .set, .workflow, .goTo, .finish: []
    }
  }
}
