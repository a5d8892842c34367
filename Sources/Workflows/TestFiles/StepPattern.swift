/// How a test names steps of a run: an address (`add_users[3]/create`), an address without the rounds
/// of its loops (`add_users/create`), or the id alone; `create.verify` its looks at the world.
package struct StepPattern: Hashable, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  /// How exactly it names an address: 3 the address itself, 2 without rounds, 1 by its id, 0 not.
  package func precision(for address: String) -> Int {
    if text == address { return 3 }
    if text == Self.withoutRounds(address) { return 2 }
    guard !text.contains("/"), let slash = address.lastIndex(of: "/") else { return 0 }
    return text == address[address.index(after: slash)...] ? 1 : 0
  }

  /// What a step looks at the world for.
  package enum Looks: String, Sendable, CaseIterable { case preconditions, verify, probe }

  /// The step and what its looks are for: `order` and `verify` of `order.verify`; nil where it names none.
  package var looked: (step: StepPattern, looks: Looks)? {
    guard let dot = text.lastIndex(of: "."),
      let looks = Looks(rawValue: String(text[text.index(after: dot)...]))
    else { return nil }
    return (StepPattern(String(text[..<dot])), looks)
  }

  /// The address of the step that this one takes back: `order` of `order.undo` and `order.undo2`; nil
  /// where it takes nothing back.
  var takenBack: String? {
    guard let dot = text.lastIndex(of: ".") else { return nil }
    let suffix = text[text.index(after: dot)...]
    let number = suffix.dropFirst(4)
    guard suffix.hasPrefix("undo"), number.isEmpty || Int(number).map({ $0 > 1 }) == true else {
      return nil
    }
    return String(text[..<dot])
  }

  static func withoutRounds(_ address: String) -> String {
    address.split(separator: "/", omittingEmptySubsequences: false).map { piece in
      piece.last == "]" ? piece[..<(piece.lastIndex(of: "[") ?? piece.endIndex)] : piece
    }.joined(separator: "/")
  }
}

extension Workflow {
  /// The steps that a pattern may mean, in this workflow and those that it calls; of `order.undo` the step
  /// that takes `order` back.
  package func steps(matching pattern: StepPattern) -> [Step] {
    guard let address = pattern.takenBack else { return forwardSteps(matching: pattern) }
    let id = StepPattern.withoutRounds(pattern.text).split(separator: "/").last.map(String.init)
    return forwardSteps(matching: StepPattern(address)).compactMap {
      $0.takingBack(as: id ?? pattern.text, in: catalog)
    }
  }

  private func forwardSteps(matching pattern: StepPattern) -> [Step] {
    let pieces = StepPattern.withoutRounds(pattern.text).split(
      separator: "/", omittingEmptySubsequences: false)
    guard pieces.count > 1 else {
      return definitions.compactMap { $0.step(named: StepPattern.withoutRounds(pattern.text)) }
    }
    var workflow = self
    for piece in pieces.dropLast() {
      guard let step = workflow.step(named: String(piece)) else { return [] }
      if case .workflow(let call) = step.kind {
        guard let definition = call.definition else { return [] }
        workflow = definition
      }
    }
    return [workflow.step(named: String(pieces[pieces.count - 1]))].compactMap(\.self)
  }
}

extension Step {
  /// Whether it holds other steps together and does nothing itself.
  package var isContainer: Bool {
    switch kind {
    case .section, .parallel, .forEach, .choose, .repeat, .workflow: true
    default: false
    }
  }
}
