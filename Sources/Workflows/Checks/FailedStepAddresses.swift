import SourceText
import Values

/// What `error.step` can be: the address of a step that has failed, with the loops and their rounds and
/// the calls around it, as `users[3]/create` and `standard/payment`.
///
/// A workflow that another one calls does not know by what address: that may stand before.
final class FailedStepAddresses {
  /// The steps that can have failed.
  enum Failed {
    case only(Step)
    /// A step, or anything in it.
    case within(Step)
    case anything
  }

  /// A part of an address: `users[3]` or `create`.
  private struct Part {
    let name: String
    let isRound: Bool

    init(_ text: Substring) {
      let digits = text.lastIndex(of: "[").map { text[text.index(after: $0)...].dropLast() }
      isRound =
        text.hasSuffix("]") && digits.map { !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) } ?? false
      name = isRound ? String(text[..<(text.lastIndex(of: "[") ?? text.endIndex)]) : String(text)
    }
  }

  /// How many addresses are looked through for one that is like a text.
  private static let likelyLimit = 500

  private let workflow: WorkflowUnderCheck
  /// The loops around each step of the workflows that are called, by their files and ids.
  private var loopsOfCalled: [String: [String: [String]]] = [:]

  init(_ workflow: WorkflowUnderCheck) { self.workflow = workflow }

  // MARK: Addresses

  /// Whether a text can be the address of a step that has failed.
  func canBe(_ text: String, _ failed: Failed) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(Part.init)
    return parts.indices.contains { isAddress(parts[$0...], failed) }
  }

  private func isAddress(_ parts: ArraySlice<Part>, _ failed: Failed) -> Bool {
    let rounds = parts.prefix { $0.isRound }
    guard let own = parts.dropFirst(rounds.count).first,
      let step = workflow.places.steps[own.name], isAmong(step, failed)
    else { return false }
    if let loops = loops(around: step), loops != rounds.map(\.name) { return false }
    let rest = parts.dropFirst(rounds.count + 1)
    if rest.isEmpty { return true }
    if case .only = failed { return false }
    return isAddress(rest, inside: step)
  }

  /// Whether the rest of an address is that of a step in a workflow that a step calls.
  private func isAddress(_ parts: ArraySlice<Part>, inside step: Step) -> Bool {
    guard case .workflow(let call) = step.kind else { return false }
    guard let definition = call.definition else { return true }
    let rounds = parts.prefix { $0.isRound }
    guard let own = parts.dropFirst(rounds.count).first,
      let inner = definition.step(named: own.name)
    else { return false }
    if let loops = loops(of: definition)[own.name], loops != rounds.map(\.name) { return false }
    let rest = parts.dropFirst(rounds.count + 1)
    return rest.isEmpty || isAddress(rest, inside: inner)
  }

  /// Whether a step is one of those that can have failed. What fails while a step is put right is not in it.
  private func isAmong(_ step: Step, _ failed: Failed) -> Bool {
    switch failed {
    case .anything: return true
    case .only(let wanted): return step === wanted
    case .within(let outer):
      guard let own = workflow.places.map.location(of: step.index) else { return true }
      for location in workflow.places.map.chain(own).reversed() {
        if workflow.places.map.step(at: location) === outer { return true }
        if case .recovery = location.list.purpose { return false }
      }
      return false
    }
  }

  // MARK: Loops

  /// The loops around a step of the file, outermost first; nil where they depend on what has failed.
  private func loops(around step: Step) -> [String]? {
    guard let own = workflow.places.map.location(of: step.index) else { return nil }
    let chain = workflow.places.map.chain(own)
    if case .recovery = chain[0].list.purpose { return nil }
    return chain.compactMap { location in
      switch location.list.purpose {
      case .forEach, .loop: location.list.owner?.id
      default: nil
      }
    }
  }

  private func loops(of definition: Workflow) -> [String: [String]] {
    if let known = loopsOfCalled[definition.file.path] { return known }
    var loops: [String: [String]] = [:]
    Self.walk(definition.steps, in: [], &loops)
    Self.walk(definition.finally, in: [], &loops)
    loopsOfCalled[definition.file.path] = loops
    return loops
  }

  private static func walk(
    _ list: StepList, in around: [String], _ loops: inout [String: [String]]
  ) {
    for step in list.steps {
      loops[step.id] = around
      let inside = step.isLoop ? around + [step.id] : around
      for inner in step.kind.lists { walk(inner, in: inside, &loops) }
      for recovery in step.recoveryLists { walk(recovery, in: around, &loops) }
    }
  }

  // MARK: What to write

  /// Addresses that it can be, as far as they are needed for a message.
  func likely(_ failed: Failed) -> [String] {
    var found: [String] = []
    switch failed {
    case .only(let step): found = [address(of: step)]
    case .within(let step): add(step, to: &found)
    case .anything:
      for step in workflow.parts.steps.steps { add(step, to: &found) }
    }
    return found
  }

  private func add(_ step: Step, to found: inout [String]) {
    guard found.count < Self.likelyLimit else { return }
    let address = address(of: step)
    found.append(address)
    for list in step.kind.lists {
      for inner in list.steps { add(inner, to: &found) }
    }
    guard case .workflow(let call) = step.kind, let definition = call.definition else { return }
    let loops = loops(of: definition)
    for inner in definition.allSteps.prefix(Self.likelyLimit) {
      found.append("\(address)/\(Self.address(inner.id, in: loops[inner.id] ?? []))")
    }
  }

  private func address(of step: Step) -> String {
    Self.address(step.id, in: loops(around: step) ?? [])
  }

  private static func address(_ id: String, in loops: [String]) -> String {
    loops.map { "\($0)[0]/" }.joined() + id
  }

  /// What to write in the place of a text.
  func help(_ text: String, _ likely: [String], _ name: String) -> String? {
    let id = text.lastPart
    let known = likely.contains { $0.lastPart.hasSameBytes(as: id) }
    guard let near = known ? id : nearest(id, among: likely.map(\.lastPart)),
      let meant = likely.first(where: { $0.lastPart.hasSameBytes(as: near) })
    else { return nil }
    guard meant.contains("[") else { return "did you mean `\(meant)`?" }
    return "a step in a loop has its round before it, `\(meant)`: "
      + "`\(name).endsWith('/\(near)')` is so in each"
  }
}

extension Step {
  /// Whether the steps in it are done in rounds, or for each item of a list.
  package var isLoop: Bool {
    switch kind {
    case .forEach, .repeat: true
    default: false
    }
  }
}

extension String {
  /// What stands behind the last `/`.
  fileprivate var lastPart: String {
    split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? self
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
