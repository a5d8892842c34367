import SourceText

/// Addresses, where a test says what has become of one step.
extension TestDecoder {
  /// Whether a name that means a step is the address of one; what it would be is said.
  func isAddress(_ name: String, at span: SourceSpan) -> Bool {
    if workflows.contains(where: { $0.hasAddress(name) }) { return true }
    let id = StepPattern.withoutRounds(name).split(separator: "/").last.map(String.init) ?? name
    let example = workflows.compactMap { $0.address(of: id) }.first
    decoder.report(
      .unknownStep, "no step has the address `\(name)`", at: span,
      label: "expected the address of one step",
      help: example.map { $0.contains("[") ? "`\($0)` is the first of them" : "`\($0)`" })
    return false
  }
}

extension Workflow {
  /// Whether a run can come to a step at an address, in whatever round.
  package func hasAddress(_ address: String) -> Bool {
    let address = StepPattern(address).takenBack ?? address
    let pieces = address.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    var workflow = self
    var loops: [String] = []
    for piece in pieces.dropLast() {
      let name = StepPattern.withoutRounds(piece)
      guard let step = workflow.step(named: name), workflow.stands(step, in: loops) else {
        return false
      }
      switch step.kind {
      case .forEach, .repeat:
        guard piece.hasRound(of: name) else { return false }
        loops.append(name)
      case .workflow(let call):
        guard piece == name, let definition = call.definition else { return false }
        workflow = definition
        loops = []
      default: return false
      }
    }
    return pieces.last.flatMap(workflow.step).map { workflow.stands($0, in: loops) } ?? false
  }

  /// The address of the step with an id, in the first rounds of its loops; of what takes it back likewise.
  package func address(of id: String) -> String? {
    var open: [(workflow: Workflow, prefix: String)] = [(self, "")]
    var seen = 0
    let step = StepPattern(id).takenBack ?? id
    while seen < open.count {
      let (workflow, prefix) = open[seen]
      if let step = workflow.step(named: step) {
        return prefix + workflow.place(of: step) + id.dropFirst(step.id.count)
      }
      for step in workflow.allSteps {
        guard case .workflow(let call) = step.kind, let definition = call.definition,
          !open.contains(where: { $0.workflow === definition })
        else { continue }
        open.append((definition, "\(prefix)\(workflow.place(of: step))/"))
      }
      seen += 1
    }
    return nil
  }

  private func place(of step: Step) -> String {
    loops(around: step).map { "\($0)[0]/" }.joined() + step.id
  }

  /// The recovery steps of `defaults` stand wherever something fails.
  private func stands(_ step: Step, in loops: [String]) -> Bool {
    loops == self.loops(around: step) || isInDefaults(step)
  }

  /// The loops around a step, outermost first; it stands beside one whose recovery step it is.
  private func loops(around step: Step) -> [String] {
    var found: [String] = []
    var inner = step
    while let parent = inner.parent {
      let outer = allSteps[parent]
      if outer.loopBody?.steps.contains(where: { $0 === inner }) == true { found.append(outer.id) }
      inner = outer
    }
    return found.reversed()
  }

  private func isInDefaults(_ step: Step) -> Bool {
    guard case .recover(let branches)? = defaultOnFailure else { return false }
    return branches.contains { $0.steps.steps.first.map { $0.index <= step.index } ?? false }
  }
}

extension Step {
  fileprivate var loopBody: StepList? {
    switch kind {
    case .forEach(let loop): loop.steps
    case .repeat(let loop): loop.steps
    default: nil
    }
  }
}

extension String {
  /// Whether it is the name and the number of a round: `add_users[3]`.
  fileprivate func hasRound(of name: String) -> Bool {
    let digits = dropFirst(name.count)
    guard digits.hasPrefix("["), digits.hasSuffix("]"),
      let number = Int(digits.dropFirst().dropLast()), number >= 0
    else { return false }
    return digits.dropFirst().dropLast() == String(number)
  }
}
