import CEL
import Fields
import Values
package import Workflows

/// What is sensitive in a run beyond what the file says: all that is sealed, such as the input of a called
/// workflow that its caller fills from a sensitive value, and what is computed from it.
///
/// Asked after an evaluation, by what the expression reads: where nothing has been opened, nothing can have been.
extension RunScope: SensitiveActivation {
  package func isSensitive(_ expression: Expression) -> Bool {
    expression.isSensitive || reader.vault.hasOpened && readsSealed(expression)
  }

  /// Whether an expression reads something sealed, though nothing may have been opened yet.
  func readsSealed(_ expression: Expression) -> Bool {
    if expression.isSensitive { return true }
    var worst = Taint.none
    for reference in expression.references { worst = max(worst, taint(along: reference.path)) }
    switch worst {
    case .none: return false
    // As it is, the value that is in it can be found in it.
    case .around: return !expression.isPlainRead
    case .whole: return true
    }
  }

  /// Whether what a template gives is sensitive.
  func isSensitive(_ template: Template) -> Bool {
    template.isSensitive || reader.vault.hasOpened && readsSealed(template)
  }

  /// Whether what a template would give is sensitive, though nothing may have been opened yet.
  func readsSealed(_ template: Template) -> Bool {
    template.isSensitive || template.expressions.contains { readsSealed($0) }
  }

  /// The names of those whose values are sensitive.
  func sensitiveNames(of templates: [NamedTemplate]) -> Set<String> {
    var names: Set<String> = []
    // By index: a loop over the templates would copy each of them.
    for index in templates.indices where isSensitive(templates[index].value) {
      names.insert(templates[index].name)
    }
    return names
  }

  /// How much of what stands at a path is sensitive.
  private func taint(along path: [String]) -> Taint {
    guard let root = path.first else { return .none }
    let own = taintOfOwn(along: path[...])
    if extra[root] != nil { return own }
    if let loop = surroundings.loops.last(where: { $0.itemName == root }) {
      return reader.taint(ofItem: loop.index, of: loop.owner, along: path.dropFirst())
    }
    switch root {
    case "inputs": return reader.taint(ofInputsIn: surroundings, along: path.dropFirst())
    case "steps": return taintOfStep(along: path.dropFirst())
    default: return .none
    }
  }

  /// - Parameter path: What stands behind `steps`.
  private func taintOfStep(along path: ArraySlice<String>) -> Taint {
    guard let id = path.first else { return .whole }
    guard let step = surroundings.workflow.step(named: id) else { return .none }
    let rest = path.dropFirst()
    if let member = rest.first, member != "outputs" { return .none }
    let address = surroundings.address(of: step)
    if seesOwnOutputs, address == self.address {
      return taintOfOwn(along: ["outputs"] + rest.dropFirst())
    }
    return reader.taint(ofOutputsOf: step, at: address, along: rest.dropFirst())
  }
}

/// How much of a value is sensitive.
enum Taint: Int, Comparable {
  case none
  /// It has a sensitive value of the run somewhere in it, and nothing else is wrong with it.
  case around
  case whole

  static func < (one: Taint, other: Taint) -> Bool { one.rawValue < other.rawValue }
}

/// What of a name of the place itself is sensitive.
enum Sealing {
  case stored(StoredValues)
  case names(Set<String>)

  func taint(along path: ArraySlice<String>, _ vault: any ValueVault) -> Taint {
    switch self {
    case .stored(let stored): return stored.taint(along: path, vault)
    case .names(let names):
      guard let name = path.first else { return names.isEmpty ? .none : .whole }
      return names.contains(name) ? .whole : .none
    }
  }
}

extension StoredValues {
  /// How much of what stands at a path below the values is sensitive.
  func taint(along path: ArraySlice<String>, _ vault: any ValueVault) -> Taint {
    guard !sealed.isEmpty else { return .none }
    guard let name = path.first else {
      return sealed.map { Self.taint(of: $0.value, along: [], vault) }.max() ?? .none
    }
    return sealed[name].map { Self.taint(of: $0, along: path.dropFirst(), vault) } ?? .none
  }

  private static func taint(
    of commitment: Value, along path: ArraySlice<String>, _ vault: any ValueVault
  ) -> Taint {
    guard let commitment = commitment.asString, vault.isAround(commitment) else { return .whole }
    return vault.open(commitment)?.part(along: path).taintOfContents(vault) ?? .none
  }
}

extension Value {
  /// What stands at a path; where the path leads through something that is no map, all of that.
  fileprivate func part(along path: ArraySlice<String>) -> Value? {
    guard let name = path.first, case .map(let map) = self else { return self }
    return map[name]?.part(along: path.dropFirst())
  }
}

extension Value? {
  /// Of a value that is sealed only for what is in it.
  fileprivate func taintOfContents(_ vault: any ValueVault) -> Taint {
    map { vault.isIn($0) } ?? false ? .around : .none
  }
}

extension StateReader {
  func taint(ofInputsIn surroundings: Surroundings, along path: ArraySlice<String>) -> Taint {
    storedInputs(in: surroundings).taint(along: path, vault)
  }

  func taint(ofItem index: Int, of loop: String, along path: ArraySlice<String>) -> Taint {
    guard let sealed = state.steps[loop]?.group?.start.inputs.sealed, !sealed.isEmpty else {
      return .none
    }
    guard let commitment = sealed["items"]?.asString, vault.isAround(commitment) else {
      return .whole
    }
    return item(index, of: loop)?.part(along: path).taintOfContents(vault) ?? .none
  }

  /// - Parameter path: What stands behind the outputs.
  func taint(
    ofOutputsOf step: Step, at address: String, along path: ArraySlice<String>
  ) -> Taint {
    guard let record = record(at: address) else { return .none }
    if case .forEach = step.kind {
      let collected = record.group?.taint(vault) ?? .none
      return max(collected, record.outputs.taint(along: [], vault))
    }
    guard !record.outputs.sealed.isEmpty else { return .none }
    if let name = path.first, name == Step.eventOutput, let member = path.dropFirst().first,
      step.isPlain(ofEvent: member), let commitment = record.outputs.sealed[name]?.asString
    {
      return vault.open(commitment)?.part(along: path.dropFirst()).taintOfContents(vault) ?? .none
    }
    return record.outputs.taint(along: path, vault)
  }
}

extension Group {
  /// How much of what the iterations came to is sensitive.
  fileprivate func taint(_ vault: any ValueVault) -> Taint {
    collected.values.reduce(.none) { worst, collected in
      guard worst < .whole, case .sealed(let commitment) = collected else { return worst }
      return max(worst, vault.isAround(commitment) ? .around : .whole)
    }
  }
}

extension Step {
  /// Whether a member of the event that ends the step's wait is not sensitive by its contract: the event
  /// is sealed as a whole for what else is in it.
  fileprivate func isPlain(ofEvent member: String) -> Bool {
    switch kind {
    case .wait(let wait):
      let events = wait.events
      return !events.isEmpty
        && events.allSatisfy { event in
          event.contract.map { !($0.fields[member]?.isSensitive ?? false) } ?? false
        }
    case .repeat(let loop): return loop.steps.steps.last?.isPlain(ofEvent: member) ?? false
    default: return false
    }
  }
}
